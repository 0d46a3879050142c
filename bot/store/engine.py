"""Open a database, and the two ways to work with it: `reading` and `writing`, each one transaction."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import StoreError
from bot.store.failures import explained, place
from bot.store.tables import APPLICATION_ID

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
SPELLING = (
    "The database URL {problem}. Write sqlite+aiosqlite:///relative/path, sqlite+aiosqlite:////absolute/path "
    "or postgresql+asyncpg://user:password@host/database."
)

PATIENCE = 30.0
"""Seconds to wait for another process to finish writing, or for a server to answer."""

PATIENCE_TO_WIPE = 1000
"""Milliseconds to wait for others to finish reading before the log is left to be emptied another time."""

# WAL lets people read while a corpus is loaded. FULL costs one disk flush for each of our rare commits;
# with NORMAL a power cut could take back a commit, and what was recorded as sent would be sent again. What
# is forgotten is written over, so that it does not lie about in the file.
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


def parse_url(url: str) -> URL:
    """Read a database URL; `sqlite:` and `postgresql:` without a driver mean ours.

    Raises:
        StoreError: It is not a URL, or asks for a database or driver that is not supported. The sentence
            never repeats the URL, which may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(SPELLING.format(problem="cannot be read")) from error
    parsed = parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))
    if parsed.drivername not in DRIVERS.values():
        raise StoreError(SPELLING.format(problem=f"asks for {parsed.drivername}, which is not supported"))
    if not is_sqlite(parsed):
        return parsed
    # A database in memory is a different one for every connection, and would be lost.
    if parsed.database in {None, "", ":memory:"} or parsed.query or parsed.host:
        raise StoreError(SPELLING.format(problem="does not name a plain file"))
    return parsed


def is_sqlite(url: URL) -> bool:
    """Whether the database is a file."""
    return url.get_backend_name() == "sqlite"


def sqlite_path(url: URL) -> Path:
    """The file of an SQLite database."""
    return Path(url.database or "")


def open_engine(url: str) -> AsyncEngine:
    """Open the database at `url`; an SQLite file is made where there is none, for its owner alone.

    The server, or the content of the file, is first looked at when a connection is used.

    Raises:
        StoreError: The URL cannot be used, or the file or its directory cannot be made.
    """
    parsed = parse_url(url)
    # Parameters stay out of error messages: they may hold what a person wrote.
    if not is_sqlite(parsed):
        return create_async_engine(
            parsed, hide_parameters=True, pool_pre_ping=True, connect_args={"timeout": PATIENCE}
        )
    _make_private(parsed)
    engine = create_async_engine(
        parsed, hide_parameters=True, connect_args={"timeout": PATIENCE, "isolation_level": None}
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction in which every statement sees the same moment. Raises `StoreError`."""
    with explained(engine.url):
        async with engine.connect() as connection:
            if not is_sqlite(engine.url):
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            async with connection.begin():
                yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine, *, schema: bool = False) -> AsyncIterator[AsyncConnection]:
    """A transaction that may write: all of it is kept, or nothing. Raises `StoreError`.

    On SQLite it takes the only writing place at once: a transaction that began by reading and then
    wants to write is refused when another one has written in between. With `schema`, foreign keys are
    not enforced there: a table is changed by building a new one and dropping the old, which would take
    along the rows that refer to it. Who does that checks them before the end.
    """
    begin = ("PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE") if schema else ("BEGIN IMMEDIATE",)
    with explained(engine.url):
        async with engine.connect() as connection:
            await connection.execution_options(infoshop_begin=begin)
            try:
                async with connection.begin():
                    yield connection
            finally:
                if schema:
                    await connection.invalidate()


async def wipe(engine: AsyncEngine) -> None:
    """Empty the write-ahead log of an SQLite database, which holds what was there before it was deleted.

    Where somebody reads for longer than a moment, it is left: it is written over as others write. Raises
    `StoreError`.
    """
    if not is_sqlite(engine.url):
        return
    with explained(engine.url):
        async with engine.connect() as connection:
            await connection.execution_options(infoshop_begin=())
            await connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_TO_WIPE}")
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            await connection.invalidate()  # the next one to get it is to be as patient as everybody


def insert_of(url: URL) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
    """The INSERT that knows ON CONFLICT.

    Both databases have the same statement, but SQLAlchemy has no word for it that both understand.
    """
    return sqlite.insert if is_sqlite(url) else postgresql.insert


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA application_id")
        (application_id,) = cursor.fetchone() or (0,)
        cursor.execute("SELECT count(*) FROM sqlite_master")
        (objects,) = cursor.fetchone() or (0,)
        if application_id != APPLICATION_ID and (application_id or objects):
            raise StoreError(
                "The file is an SQLite database, but not one of Infoshop's: it was left as it is."
            )
        for pragma in PRAGMAS:
            cursor.execute(pragma)
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    # The driver's own BEGIN comes too late: it leaves out SELECT and schema changes. This is SQLAlchemy's
    # recipe for every Python version; `autocommit=False` needs 3.12 and cannot say IMMEDIATE.
    for statement in connection.get_execution_options().get("infoshop_begin", ("BEGIN",)):
        connection.exec_driver_sql(statement)


def make_directories(path: Path) -> None:
    """Make the directories a file is to stand in, each for its owner alone. Raises `OSError`."""
    for directory in reversed(path.parents):
        if not directory.exists():
            directory.mkdir(mode=0o700, exist_ok=True)


def _make_private(url: URL) -> None:
    path = sqlite_path(url)
    try:
        make_directories(path)
        # Made by us, because SQLite would let everybody read it; its -wal and -shm files copy this mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"{place(url)} cannot be opened ({error.strerror}).") from error
