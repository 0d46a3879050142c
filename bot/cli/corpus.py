"""`infoshop corpus`: for those who write and load the seed files."""

import asyncio
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.root import cli, settings_of
from bot.errors import CorpusError, UnknownEntryError
from bot.model import Corpus

if TYPE_CHECKING:
    from bot.settings import Settings

corpus_cli = typer.Typer(
    help="The corpus: check, load, show, stats, schema.", no_args_is_help=True, rich_markup_mode=None
)
cli.add_typer(corpus_cli, name="corpus")


class SchemaName(StrEnum):
    """Which kind of file a schema is for."""

    SEED_FILE = "seed-file"
    THESAURUS = "thesaurus"
    QUESTION_WORDS = "question-words"


@corpus_cli.command()
def check(
    path: Annotated[Path, typer.Argument(help="A folder of seed files, or one of its files.")],
) -> None:
    """Print every problem as file:line:column, and exit with 65 if there is one. Nothing is changed."""
    from bot.corpus.check import read  # noqa: PLC0415

    if not path.exists():
        raise UnknownEntryError(f"{path}: there is no such file or folder.")
    try:
        corpus = read(path)
    except CorpusError as error:
        for problem in error.problems:
            typer.echo(str(problem))
        typer.echo(_counted(len(error.problems), "problem"), err=True)
        raise typer.Exit(error.exit_code) from None
    typer.echo(f"In order: {_size(corpus)}.")


@corpus_cli.command()
def load(context: typer.Context) -> None:
    """Put the corpus into the database: all of it, or, if it has a problem, nothing."""
    settings = settings_of(context)
    typer.echo(asyncio.run(_load(settings)))


async def _load(settings: "Settings") -> str:
    from bot import app  # noqa: PLC0415

    result = await app.load_corpus(settings)
    if not result.changed:
        return "The database holds this corpus already; nothing to do."
    changes = (("added", result.added), ("changed", result.changed_ids), ("removed", result.removed))
    return f"Corpus loaded: {', '.join(f'{len(ids)} {what}' for what, ids in changes)}."


@corpus_cli.command()
def show(
    context: typer.Context,
    entry: Annotated[str, typer.Argument(help="An id, such as topic:end-demand.", metavar="ID")],
) -> None:
    """Print one entry or document as readers see it."""
    from bot.cli.answers import show_one  # noqa: PLC0415

    typer.echo(asyncio.run(show_one(settings_of(context), entry)))


@corpus_cli.command()
def stats(context: typer.Context) -> None:
    """Count what the corpus in the database holds."""
    typer.echo(asyncio.run(_stats(settings_of(context))))


async def _stats(settings: "Settings") -> str:
    from bot import app  # noqa: PLC0415

    corpus = await app.stored_corpus(settings)
    shelves = Counter(entry.id.partition(":")[0] for entry in corpus.entries)
    languages = Counter(alias.language for item in corpus.items() for alias in item.aliases)
    drawn = Counter(statement.origin.source for entry in corpus.entries for statement in entry.statements)
    lines = [_size(corpus)]
    lines += ["", "Entries:", *_table(shelves)]
    lines += ["", "Statements drawn from each source:", *_table(drawn)]
    lines += ["", "Aliases in each language:", *_table(languages)]
    return "\n".join(lines)


@corpus_cli.command()
def schema(
    name: Annotated[SchemaName, typer.Argument(help="Which kind of file.")] = SchemaName.SEED_FILE,
) -> None:
    """Print the JSON Schema of a corpus file, for editors that complete and check it."""
    from bot.corpus.published import render  # noqa: PLC0415

    typer.echo(render(name.value), nl=False)


def _table(counts: Counter[str]) -> list[str]:
    return [f"{count:6}  {what}" for what, count in counts.most_common()]


def _size(corpus: Corpus) -> str:
    parts = ((corpus.sources, "source"), (corpus.entries, "entry"), (corpus.thesaurus, "concept"))
    return ", ".join(_counted(len(things), what) for things, what in parts)


def _counted(number: int, what: str) -> str:
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
