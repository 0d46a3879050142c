"""`infoshop` itself: the options that every command shares, and what becomes of their output."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

import bot

if TYPE_CHECKING:
    from bot.settings import Settings


class Door(TyperGroup):
    """A group of commands whose output may be cut off."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - typer does not export the type
        """Run a command. That whoever reads the output has seen enough is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            discard_output()
            raise typer.Exit from None


cli = typer.Typer(
    cls=Door,
    help="The back room of a movement bookshop: sourced summaries, readings, actions and contacts.",
    epilog=(
        "Exit codes: 0 it worked, or there is an answer; 1 nothing was found; 2 wrong usage; 65 the corpus or"
        " a line of questions has problems; 66 no such entry or file; 69 a chat platform; 74 the database;"
        " 78 the settings; 130 interrupted."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def discard_output() -> None:
    """Send what is still to be written to standard output nowhere: it cannot be written any more.

    Otherwise the interpreter tries once more at its end, and complains.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(wanted: bool) -> None:  # noqa: FBT001 (typer calls it with the option's value)
    if wanted:
        typer.echo(f"infoshop {bot.__version__}")
        raise typer.Exit


@cli.callback()
def root(
    context: typer.Context,
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            help="A settings file; config/infoshop.toml is read where it exists.",
            metavar="FILE",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 (its callback has already done what it is for)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Hold the path of the settings file until a command needs the settings."""
    context.obj = config


def settings_of(context: typer.Context) -> "Settings":
    """The settings, with logging as they ask for it. Raises `SettingsError`."""
    # `infoshop --help` answers five times as fast without the libraries that commands need.
    from bot import logs, settings  # noqa: PLC0415

    loaded = settings.load(context.find_root().obj)
    logs.configure(loaded.log_level)
    return loaded
