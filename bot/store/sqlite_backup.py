"""Copy a live SQLite database to a file, and put such a copy back once it has proved itself.

These work on files, so they speak to SQLite directly. PostgreSQL brings its own tools.
"""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from bot.errors import StoreError
from bot.store.engine import PATIENCE, is_sqlite, make_directories, parse_url, sqlite_path
from bot.store.failures import explained
from bot.store.migrate import known_revisions
from bot.store.tables import APPLICATION_ID, HEAD, metadata

COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; applied to another database's file, they would destroy it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in place now: its schema's revision, and where the database before it is kept, if any."""

    revision: str
    aside: Path | None


async def backup(url: str, target: Path, *, overwrite: bool = False) -> None:
    """Copy the database, which may be in use, to one file that only its owner can read.

    The copy is one moment of the database, checked before `target` appears under its name, complete.

    Raises:
        StoreError: There is no such database, it is not ours or damaged, it is on a server, or `target` is
            there already and `overwrite` is not set.
    """
    path = _file_of(url)
    await asyncio.to_thread(_backup, path, target, overwrite=overwrite)


async def restore(source: Path, url: str) -> Restored:
    """Put a backup in the place of the database. Its schema may be older: upgrade it afterwards.

    The database that was there is kept beside it as `….before-restore`. Before anything is replaced, the
    backup is copied, and the copy has to pass SQLite's checks and be of a schema that this version knows.

    Raises:
        StoreError: The backup is not one, is damaged or too new; the database is in use or on a server.
    """
    path = _file_of(url)
    return await asyncio.to_thread(_restore, source, path)


def _file_of(url: str) -> Path:
    parsed = parse_url(url)
    if not is_sqlite(parsed):
        raise StoreError(
            f"The database {parsed.database} is on a PostgreSQL server, which brings its own tools: "
            "back it up with `pg_dump --format=custom`, and put it back with `pg_restore`."
        )
    return sqlite_path(parsed)


def _backup(path: Path, target: Path, *, overwrite: bool) -> None:
    if not path.exists():
        raise StoreError(f"There is no database {path} to back up.")
    _refuse_same(path, target)
    with _temporary(target) as copy:
        _copy(path, copy)
        _prove(copy, path)
        if target.exists() and not overwrite:
            raise StoreError(
                f"{target} is there already: choose another name, or say that it may be overwritten."
            )
        for companion in COMPANIONS:
            _beside(target, companion).unlink(missing_ok=True)
        copy.replace(target)
    _flush_directory(target.parent)


def _restore(source: Path, path: Path) -> Restored:
    if not source.is_file():
        raise StoreError(f"There is no backup {source}.")
    _refuse_same(source, path)
    with _temporary(path) as copy:
        _copy(source, copy)
        revision = _prove(copy, source)
        with _alone(path):
            aside = _set_aside(path)
            copy.replace(path)
    _flush_directory(path.parent)
    return Restored(revision, aside)


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """A private file in the directory of `target`, so that it can take its place in one step."""
    try:
        make_directories(target)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{target} cannot be written ({error.strerror}).") from error


def _copy(source: Path, copy: Path) -> None:
    with (
        _explained(source),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as live,
        closing(sqlite3.connect(copy, isolation_level=None)) as still,
    ):
        # Reading first takes the lock within the timeout; `backup` alone would wait for it for ever.
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master")
        live.backup(still)
        # A database in WAL mode is more than one file.
        still.execute("PRAGMA journal_mode = DELETE")


def _prove(copy: Path, named: Path) -> str:
    """Check a copy of the database `named` and return the revision of its schema."""
    with _explained(named), closing(sqlite3.connect(copy)) as connection:
        if _value(connection, "PRAGMA application_id") != APPLICATION_ID:
            raise StoreError(f"{named} is not a database of Infoshop.")
        if (found := _value(connection, "PRAGMA integrity_check")) != "ok":
            raise StoreError(f"{named} is damaged ({str(found).splitlines()[0]}).")
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise StoreError(f"{named} is damaged: it has rows that refer to nothing.")
        revision = str(_value(connection, "SELECT max(version_num) FROM alembic_version"))
        if revision not in known_revisions():
            raise StoreError(
                f"{named} has a schema this version does not know ({revision}; it knows up to {HEAD}): "
                "a newer version of Infoshop made it."
            )
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if revision == HEAD and (missing := set(metadata.tables) - tables):
            raise StoreError(f"{named} is damaged: it lacks the table {min(missing)}.")
        return revision


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Lock out everybody else from the database that is to be replaced, or refuse where somebody uses it."""
    if not _has_content(path):
        yield
        return
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        try:
            identity = _value(connection, "PRAGMA application_id")
            if identity != APPLICATION_ID and _value(connection, "SELECT count(*) FROM sqlite_master"):
                raise StoreError(f"{path} is not a database of Infoshop: it was left as it is.")
            # Leaving WAL mode takes a lock that idle connections of other processes withstand, too.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise StoreError(f"{path} is in use: stop the bot, then restore.") from error
            # What cannot be read cannot be locked either, and is why somebody restores.
        yield


def _set_aside(path: Path) -> Path | None:
    """Keep the database under a free name, so that at every moment there is one under its own."""
    aside, number = _beside(path, ".before-restore"), 1
    while any(_beside(aside, suffix).exists() for suffix in ("", *COMPANIONS)):
        number += 1
        aside = _beside(path, f".before-restore-{number}")
    kept = _has_content(path)
    if kept:
        aside.hardlink_to(path)
    for companion in COMPANIONS:
        if (left := _beside(path, companion)).exists():
            left.rename(_beside(aside, companion))
    return aside if kept else None


def _refuse_same(one: Path, other: Path) -> None:
    if one.exists() and other.exists() and one.samefile(other):
        raise StoreError(f"{other} is the same file as {one}: a backup is kept in another one.")


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _value(connection: sqlite3.Connection, statement: str) -> str | int | None:
    value: str | int | None = connection.execute(statement).fetchone()[0]
    return value


def _explained(path: Path) -> AbstractContextManager[None]:
    return explained(URL.create("sqlite", database=str(path)))


def _flush_directory(directory: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
