"""Every schema there ever was comes up to date, with what is in it."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.curation.model import OwnShelf
from bot.daily.model import Delivery, Schedule
from bot.errors import StoreError
from bot.model import Community, Corpus, Place
from bot.store import (
    SqlBook,
    SqlLedger,
    head,
    info,
    load,
    open_engine,
    read,
    read_communities,
    revision,
    upgrade,
)
from bot.store.engine import reading, writing
from bot.store.migrate import _config, known_revisions
from bot.store.tables import APPLICATION_ID, metadata
from tests.store.past import ROOM, decided, kept, scheduled, shelved

ROWS = Path(__file__).parent / "revisions"
PROCESS = """
import asyncio, sys
from alembic import command
from bot.store import open_engine, upgrade
async def main():
    engine = open_engine(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    print(await upgrade(engine))
    await engine.dispose()
asyncio.run(main())
"""


async def in_book(engine: AsyncEngine) -> list[tuple[Schedule, list[Delivery]]]:
    """The schedules of the community and of the person in the rows, with their deliveries."""
    book = SqlBook(engine)
    own = await book.own(Place("matrix", "!room"))
    schedules = [*await book.of(Community("discord", "1")), *([own] if own else [])]
    return [(each, list(await book.history(each.id, 10))) for each in schedules]


async def on_shelves(engine: AsyncEngine) -> list[object]:
    """What is kept of the shelf of the room in the rows, in any table."""
    ledger = SqlLedger(engine)
    now = datetime(2024, 3, 1, tzinfo=UTC)
    return [
        await ledger.shelf(ROOM),
        await ledger.link_states(ROOM),
        await ledger.acts(ROOM, limit=10),
        await ledger.pending(ROOM, 10),
        await ledger.suggestion(ROOM, "s2"),
        await ledger.cards(ROOM),
        await ledger.offered("code", now),
        await ledger.departed("matrix", now, 10),
    ]


def differences(connection: Connection) -> object:
    """What Alembic would write into a new migration: how the tables differ from `metadata`."""
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def checks(connection: Connection) -> set[tuple[str, str | None, str]]:
    """Every CHECK constraint, which Alembic does not compare, as the database tells it."""
    inspector = inspect(connection)
    return {
        (table, check["name"], check["sqltext"])
        for table in metadata.tables
        for check in inspector.get_check_constraints(table)
    }


def test_revisions_follow_each_other() -> None:
    """One line of them, and it ends where `tables.HEAD` says; each has rows to try its successors on."""
    scripts = ScriptDirectory.from_config(_config())
    assert scripts.get_heads() == [head()]
    assert known_revisions() == sorted(known_revisions())
    assert [path.stem for path in sorted(ROWS.iterdir())] == known_revisions()


@pytest.mark.parametrize("start", known_revisions())
async def test_upgrade_from_every_revision(database_url: str, start: str) -> None:
    """A database of that age, with rows of that age in it, comes up to date and keeps what it knows."""
    engine = open_engine(database_url)
    assert await upgrade(engine, start)
    async with writing(engine) as connection:
        for statement in (ROWS / f"{start}.sql").read_text(encoding="utf-8").split(";\n"):
            if statement:
                await connection.exec_driver_sql(statement)
    assert await upgrade(engine) is (start != head())
    assert await revision(engine) == head()
    assert await read(engine) == kept(start)
    assert await read_communities(engine) == decided(start)
    assert await in_book(engine) == (scheduled() if start >= "0003" else [])
    assert await SqlBook(engine).rules() == ("2024a" if start >= "0003" else "")
    nothing: list[object] = [OwnShelf(), {}, [], [], None, [], None, []]
    assert await on_shelves(engine) == (shelved() if start >= "0004" else nothing)
    async with reading(engine) as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_migrations_build_the_schema_that_statements_expect(
    engine: AsyncEngine, tmp_path: Path, postgresql_url: str
) -> None:
    """Tables, columns, types, keys, indexes and CHECK constraints; nothing is left for a migration to do."""
    other_url = f"sqlite:///{tmp_path}/other" if engine.dialect.name == "sqlite" else postgresql_url
    other = open_engine(other_url)
    async with writing(other) as connection:
        await connection.run_sync(metadata.create_all)
        expected = await connection.run_sync(checks)
    await other.dispose()
    async with reading(engine) as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(checks) == expected
    assert len(expected) > 20


async def test_upgrading_twice_does_nothing(engine: AsyncEngine) -> None:
    """The second time there is nothing to do, and the corpus is still there."""
    await load(engine, kept(), "kept")
    assert await upgrade(engine) is False
    assert await read(engine) == kept()


async def test_processes_that_upgrade_at_once(database_url: str) -> None:
    """All of them succeed, and one of them did it."""
    open_pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROCESS, database_url, stdin=open_pipe, stdout=open_pipe, stderr=open_pipe
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
    answers = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
    assert sorted(answers) == [(b"False\n", b"")] * 2 + [(b"True\n", b"")]
    engine = open_engine(database_url)
    assert await revision(engine) == head()
    await engine.dispose()


async def test_a_database_of_a_newer_version(engine: AsyncEngine) -> None:
    """Nothing touches it, and the sentence says what to do; one can still look."""
    async with writing(engine) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for question in (upgrade(engine), read(engine), load(engine, Corpus(), "empty")):
        with pytest.raises(StoreError, match="newer version of Infoshop"):
            await question
    state = await info(engine)
    assert (state.revision, state.head, state.corpus) == ("9999", head(), None)


async def test_rows_that_refer_to_nothing_stop_an_upgrade(tmp_path: Path) -> None:
    """Foreign keys rest while SQLite's tables are rebuilt, so they are checked before the end."""
    with closing(sqlite3.connect(tmp_path / "shop.sqlite3")) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.executescript(
            "CREATE TABLE one (id PRIMARY KEY); CREATE TABLE two (id REFERENCES one);"
            "INSERT INTO two VALUES (1);"
        )
    engine = open_engine(f"sqlite:///{tmp_path}/shop.sqlite3")
    with pytest.raises(StoreError, match="refer to nothing"):
        await upgrade(engine)
    assert await revision(engine) == ""
    await engine.dispose()
