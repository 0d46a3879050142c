"""`infoshop db`: for those who look after the database."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.root import cli, settings_of

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store import StoreInfo

db_cli = typer.Typer(
    help="The database: upgrade, backup, restore, info.", no_args_is_help=True, rich_markup_mode=None
)
cli.add_typer(db_cli, name="db")


@db_cli.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database's schema up to date."""
    typer.echo(asyncio.run(_upgrade(settings_of(context))))


async def _upgrade(settings: "Settings") -> str:
    from bot import store  # noqa: PLC0415

    engine = store.open_engine(settings.database)
    try:
        changed = await store.upgrade(engine)
        return f"The schema is {'now' if changed else 'already'} at revision {await store.revision(engine)}."
    finally:
        await engine.dispose()


@db_cli.command()
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
) -> None:
    """Copy an SQLite database while it is in use."""
    from bot import store  # noqa: PLC0415

    asyncio.run(store.backup(settings_of(context).database, target, overwrite=overwrite))
    typer.echo(f"Backed up to {target}.")


@db_cli.command()
def restore(
    context: typer.Context, source: Annotated[Path, typer.Argument(help="A file that `db backup` wrote.")]
) -> None:
    """Put a backup in the database's place, once it has proved to be whole."""
    from bot import store  # noqa: PLC0415

    restored = asyncio.run(store.restore(source, settings_of(context).database))
    typer.echo(f"Restored {source}.")
    if restored.aside:
        typer.echo(f"What was there before is kept as {restored.aside}.")


@db_cli.command()
def info(
    context: typer.Context,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 unless the schema is current and a corpus is loaded.")
    ] = False,
) -> None:
    """Show the state of the database."""
    state = asyncio.run(_info(settings_of(context)))
    rows = [("backend", state.backend), ("schema", _schema(state)), ("size", f"{state.size:,} bytes")]
    corpus = state.corpus
    if corpus and corpus.loaded_at:
        rows += [
            ("corpus", corpus.fingerprint[:16]),
            ("loaded", corpus.loaded_at.strftime("%Y-%m-%d %H:%M UTC")),
            ("sources", str(corpus.sources)),
            ("entries", str(corpus.entries)),
            ("statements", str(corpus.statements)),
            ("concepts", str(corpus.concepts)),
        ]
    else:
        rows.append(("corpus", "none"))
    typer.echo("\n".join(f"{name:11} {value}" for name, value in rows))
    if check and not (corpus and corpus.loaded_at):
        raise typer.Exit(1)


async def _info(settings: "Settings") -> "StoreInfo":
    from bot import store  # noqa: PLC0415

    engine = store.open_engine(settings.database)
    try:
        return await store.info(engine)
    finally:
        await engine.dispose()


def _schema(state: "StoreInfo") -> str:
    if not state.revision:
        return "none"
    return state.revision if state.revision == state.head else f"{state.revision} (current: {state.head})"
