"""`infoshop chat`, `ask` and `run`: where people get answers."""

import asyncio
import sys
from contextlib import AsyncExitStack, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.questions import AskedFor, Question
from bot.cli.root import cli, settings_of
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.settings import Settings

BAD_LINES = 65  # as `sysexits.h` has it for input that is wrong

Locale = Annotated[str | None, typer.Option(help="The language to answer in: en, fr or es.")]


@cli.command(
    epilog='With --jsonl, a line of input is {"q": "…"}, with "kind" and "locale" if wanted. Each is answered'
    ' by one line, in order, best result first: {"q", "kind", "results": [{"id", "kind", "title", "text",'
    ' "source", "score"}, …], "suggestions"}. A line that cannot be used is answered with an "error" that'
    " says which line it was and why; the others are answered all the same, and the exit code is 65."
)
def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="What you want to know, in your own words.")] = None,
    *,
    kind: Annotated[AskedFor, typer.Option(help="The shelf to ask.")] = AskedFor.ANY,
    locale: Locale = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with one line of JSON.")] = False,
    as_jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Answer each line of JSON on standard input with one.")
    ] = False,
) -> None:
    """Answer one question or a file of them."""
    if as_jsonl and question is not None:
        raise UsageError(
            "--jsonl reads the questions from standard input; leave out the one on the command line."
        )
    if not as_jsonl and question is None:
        raise UsageError('What is the question? Try: infoshop ask "nordick moddle"')
    settings = settings_of(context)
    from bot.cli.answers import answer_lines, answer_one, write_line  # noqa: PLC0415

    if question is None:
        with open(0, "rb", closefd=False) as lines:
            raise typer.Exit(0 if answer_lines(settings, lines) else BAD_LINES)
    asked = Question(question, kind, locale or settings.locale)
    text, found = asyncio.run(answer_one(settings, asked, as_json=as_json))
    if as_json:
        write_line(text)
    else:
        typer.echo(text)
    raise typer.Exit(0 if found else 1)


@cli.command()
def chat(
    context: typer.Context,
    *,
    locale: Locale = None,
    color: Annotated[bool, typer.Option(help="Use colour where the terminal can show it.")] = True,
) -> None:
    """Talk to the shelf in this terminal."""
    settings = settings_of(context)
    asyncio.run(_chat(settings, locale or settings.locale, color=color, links=False))


@cli.command()
def run(context: typer.Context) -> None:
    """Start on every configured platform, or else the chat."""
    settings = settings_of(context)
    if settings.platforms:
        from bot import app  # noqa: PLC0415

        asyncio.run(app.serve(settings))
        return
    typer.echo("Neither Discord nor Matrix is configured.", err=True)
    typer.echo("Opening the chat in this terminal; /quit leaves it.", err=True)
    asyncio.run(_chat(settings, settings.locale, color=True, links=True))


async def _chat(settings: "Settings", locale: str, *, color: bool, links: bool) -> None:
    """Talk, with what goes on beside it. A talk beside a bot that runs leaves the `links` to that one."""
    from bot import app, logs  # noqa: PLC0415
    from bot.platforms.terminal.chat import chat as talk  # noqa: PLC0415

    async with AsyncExitStack() as running:
        services = await running.enter_async_context(app.services(settings))
        await running.enter_async_context(app.daily(services))
        # What it logs would stand in the middle of the talk, unless the log goes elsewhere.
        with logs.silent() if sys.stderr.isatty() else nullcontext():
            await running.enter_async_context(
                app.housekeeping(settings, services, asyncio.Event(), links=links)
            )
        await talk(services, locale, color=color)
