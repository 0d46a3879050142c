"""`infoshop matrix`: for those who look after the bot's account on Matrix."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from bot.cli.root import cli, settings_of
from bot.errors import PlatformError

if TYPE_CHECKING:
    from bot.platforms.matrix.setup import Report

matrix_cli = typer.Typer(
    help="The account on Matrix: setup, status, verify.", no_args_is_help=True, rich_markup_mode=None
)
cli.add_typer(matrix_cli, name="matrix")

Told = TypeVar("Told")


@matrix_cli.command()
def setup(context: typer.Context) -> None:
    """Log in, publish the keys of the bot's device, and have its identity vouch for it.

    Safe to repeat. A device that was logged out is replaced by a new one; an identity that somebody else made
    for the account never is.
    """
    from bot import app  # noqa: PLC0415
    from bot.platforms.matrix.setup import set_up  # noqa: PLC0415

    _show(_run(set_up(app.matrix_account(settings_of(context)))))


@matrix_cli.command()
def status(context: typer.Context) -> None:
    """Show what the homeserver knows of the bot; exit with 1 unless strict clients trust its device.

    It may be asked while the bot runs.
    """
    from bot import app  # noqa: PLC0415
    from bot.platforms.matrix.setup import look_up  # noqa: PLC0415

    _show(_run(look_up(app.matrix_account(settings_of(context)))))


@matrix_cli.command()
def verify(context: typer.Context) -> None:
    """Print what to compare, and what to type, to vouch for the bot from another client."""
    from bot import app  # noqa: PLC0415
    from bot.platforms.matrix.setup import instructions, look_up  # noqa: PLC0415

    typer.echo(instructions(_run(look_up(app.matrix_account(settings_of(context))))))


def _run(asked: Coroutine[Any, Any, Told]) -> Told:
    from bot.platforms.matrix.server import RefusedError, TransientError  # noqa: PLC0415

    try:
        return asyncio.run(asked)
    except TransientError as error:
        said = f"The homeserver cannot be asked just now ({error.reason}). {error.problem}"
        raise PlatformError(said.rstrip()) from None
    except RefusedError as error:
        raise PlatformError(f"The homeserver refuses that ({error}).") from None


def _show(report: "Report") -> None:
    for name, value in report.rows:
        typer.echo(f"{name:10} {value}")
    if report.advice:
        typer.echo(report.advice, err=True)
    if not report.in_order:
        raise typer.Exit(1)
