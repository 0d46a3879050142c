"""Bring a database's schema up to date.

Alembic is imported only where it has something to do: it would cost every start a third of a second.
"""

from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError
from bot.store.engine import is_sqlite, reading, writing
from bot.store.failures import place
from bot.store.tables import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 0x494E464F
"""The PostgreSQL advisory lock under which schemas are changed, one process at a time."""


def head() -> str:
    """The revision of the schema that this version of the program works with."""
    return HEAD


async def revision(engine: AsyncEngine) -> str:
    """The revision of a database's schema; empty where it has none yet. Raises `StoreError`."""
    async with reading(engine) as connection:
        return await stored_revision(connection)


async def upgrade(engine: AsyncEngine, to: str = HEAD) -> bool:
    """Bring the schema to a revision, in one transaction. Return whether that was needed.

    Two processes may do this at once: the second waits for the first and finds nothing to do.

    Raises:
        StoreError: The schema was made by a newer version, or the database cannot be used.
    """
    if await revision(engine) == to:
        return False
    async with writing(engine, schema=True) as connection:
        if not is_sqlite(engine.url):
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        before = await stored_revision(connection)
        if before and before not in known_revisions():
            raise _too_new(engine.url, before)
        await connection.run_sync(_upgrade, to)
        if is_sqlite(engine.url) and (await connection.execute(text("PRAGMA foreign_key_check"))).first():
            raise StoreError(
                f"{place(engine.url)} has rows that refer to nothing; its schema was left as it was."
            )
        return before != await stored_revision(connection)


async def require_head(connection: AsyncConnection, url: URL) -> None:
    """Raise a `StoreError` that says what to do unless the schema is the one this version works with."""
    stored = await stored_revision(connection)
    if stored == HEAD:
        return
    if stored and stored not in known_revisions():
        raise _too_new(url, stored)
    raise StoreError(f"{place(url)} has an older schema ({stored or 'none'}): run `infoshop db upgrade`.")


async def stored_revision(connection: AsyncConnection) -> str:
    """The revision as this transaction sees it; empty where there is no schema yet."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return ""
    return await connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def known_revisions() -> list[str]:
    """Every revision this version of the program has a migration for, oldest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _too_new(url: URL, stored: str) -> StoreError:
    return StoreError(
        f"{place(url)} has a schema this version does not know ({stored}; it knows up to {HEAD}): "
        "a newer version of Infoshop made it. Install that one, or restore an older backup."
    )


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    return config


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command  # noqa: PLC0415

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
