"""Opening a database: what is made, with which rights, and what is said when it cannot be."""

import os
import socket
import sqlite3
import stat
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Executable, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import StoreError
from bot.model import Corpus
from bot.store import info, load, open_engine, read, revision, tables, upgrade
from bot.store.engine import reading, writing

NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[None]:
    """Run as an ordinary account: nothing is forbidden to root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared_path() -> Iterator[Path]:
    """A directory that every account can enter; pytest's own are closed."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        path.chmod(0o755)
        yield path
        for place in path.rglob("*"):
            place.chmod(0o700)


def modes(directory: Path) -> dict[str, int]:
    """The rights of all that stands in a directory."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.rglob("*")}


async def prepare(url: str) -> None:
    """Make a database and leave it."""
    engine = open_engine(url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()


async def failure(url: str) -> str:
    """The sentence with which the database at `url` cannot be used."""
    with pytest.raises(StoreError) as caught:
        await prepare(url)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


async def test_files_are_for_their_owner_alone(sqlite_url: str, tmp_path: Path) -> None:
    """Directories, the database, and what SQLite keeps beside it, whatever the umask."""
    umask = os.umask(0)
    try:
        engine = open_engine(sqlite_url.replace("/data/", "/deep/data/"))
        await upgrade(engine)
        await load(engine, Corpus(), "empty")
        made = modes(tmp_path)
        await engine.dispose()
    finally:
        os.umask(umask)
    assert made == {
        "deep": 0o700,
        "data": 0o700,
        "infoshop.sqlite3": 0o600,
        "infoshop.sqlite3-wal": 0o600,
        "infoshop.sqlite3-shm": 0o600,
    }


async def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes are a path from where the bot was started."""
    monkeypatch.chdir(tmp_path)
    engine = open_engine("sqlite:///var/shop.sqlite3")
    assert await upgrade(engine)
    await engine.dispose()
    assert (tmp_path / "var" / "shop.sqlite3").stat().st_size > 0


async def test_how_connections_are_set_up(sqlite_url: str) -> None:
    """Write-ahead log, foreign keys, full flushing and overwriting hold on every connection."""
    engine = open_engine(sqlite_url)
    await upgrade(engine)
    for transaction in (reading, writing):
        async with transaction(engine) as connection:
            pragmas = {
                "journal_mode": "wal",
                "foreign_keys": 1,
                "synchronous": 2,
                "secure_delete": 1,
                "busy_timeout": 30_000,
                "application_id": int.from_bytes(b"INFO", "big"),
            }
            values = {name: await connection.scalar(text(f"PRAGMA {name}")) for name in pragmas}
        assert values == pragmas
    await engine.dispose()


async def test_a_reader_stays_in_its_moment(engine: AsyncEngine) -> None:
    """What others write meanwhile is seen by the next transaction; a writer keeps nothing on an error."""
    count = text("SELECT count(*) FROM concept")
    insert = text("INSERT INTO concept (id, position) VALUES (:id, 0)")
    async with reading(engine) as reader:
        assert await reader.scalar(count) == 0
        async with writing(engine) as writer:
            await writer.execute(insert, {"id": "one"})
        assert await reader.scalar(count) == 0
    with suppress(LookupError):
        async with writing(engine) as writer:
            await writer.execute(insert, {"id": "two"})
            raise LookupError
    async with reading(engine) as reader:
        assert await reader.scalar(count) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "infoshop.sqlite3",
        "mysql://ada:hunter2@host/shop",
        "sqlite+pysqlite:///shop.sqlite3",
        "postgresql+psycopg2://ada:hunter2@host/shop",
        "postgresql+asyncpg://ada:hunter2@host:port/shop",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite:///file:shop?mode=memory&uri=true",
        "sqlite+aiosqlite://shop.sqlite3",
    ],
)
async def test_urls_that_cannot_be_used(url: str) -> None:
    """The sentence shows how to write one, and never the password in it."""
    sentence = await failure(url)
    assert "sqlite+aiosqlite:///" in sentence
    assert "hunter2" not in sentence


async def test_a_file_that_is_not_a_database(tmp_path: Path) -> None:
    """A text file by mistake: said, and left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("Milk, bread. " * 100)
    assert "not an SQLite database" in await failure(f"sqlite:///{path}")
    assert path.read_text() == "Milk, bread. " * 100


async def test_another_programs_database(tmp_path: Path) -> None:
    """A database that is not ours is not touched, whether it is marked as somebody's or not."""
    for number, mark in enumerate((0, 42)):
        path = tmp_path / f"{number}.sqlite3"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(f"PRAGMA application_id = {mark}; CREATE TABLE theirs (x)")
        before = path.read_bytes()
        assert "not one of Infoshop's" in await failure(f"sqlite:///{path}")
        assert path.read_bytes() == before


async def test_a_damaged_database(tmp_path: Path) -> None:
    """Pages overwritten with something else."""
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    await prepare(url)
    with (tmp_path / "shop.sqlite3").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 100_000)
    assert "is damaged: restore a backup" in await failure(url)


async def test_a_directory_in_its_place(tmp_path: Path) -> None:
    """The path of a directory, or one that goes through a file."""
    (tmp_path / "file").touch()
    assert "Is a directory" in await failure(f"sqlite:///{tmp_path}")
    assert "Not a directory" in await failure(f"sqlite:///{tmp_path}/file/shop.sqlite3")


async def test_without_the_right_to_read_or_write(shared_path: Path) -> None:
    """A file that cannot be written, a directory in which nothing can be made."""
    url = f"sqlite:///{shared_path}/shop.sqlite3"
    await prepare(url)
    with unprivileged():
        assert "Permission denied" in await failure(url)
        assert "Permission denied" in await failure(f"sqlite:///{shared_path}/new/shop.sqlite3")


async def test_a_directory_that_can_only_be_read(shared_path: Path) -> None:
    """The file opens, but SQLite cannot write beside it."""
    url = f"sqlite:///{shared_path}/shop.sqlite3"
    await prepare(url)
    for path, mode in ((shared_path / "shop.sqlite3", 0o666), (shared_path, 0o555)):
        os.chmod(path, mode)  # noqa: PTH101
    with unprivileged():
        assert "right to write the file and its directory" in await failure(url)


async def test_somebody_who_does_not_stop_writing(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After waiting, the sentence says that another process has the database."""
    monkeypatch.setattr("bot.store.engine.PATIENCE", 0.05)
    engine = open_engine(sqlite_url)
    await upgrade(engine)
    async with writing(engine):
        with pytest.raises(StoreError, match="in use by another process"):
            await load(engine, Corpus(), "empty")
    await engine.dispose()


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """Refused, unknown, or silent: the host is named and the password is not."""
    for url in (
        "postgresql://ada:hunter2@127.0.0.1:1/shop",
        "postgresql://ada:hunter2@nowhere.invalid/shop",
        f"postgresql://ada:hunter2@/shop?host={tmp_path}",
    ):
        sentence = await failure(url)
        assert "is out of reach" in sentence
        assert "hunter2" not in sentence


async def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something accepts the connection and does not answer."""
    monkeypatch.setattr("bot.store.engine.PATIENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        sentence = await failure(f"postgresql://127.0.0.1:{server.getsockname()[1]}/shop")
    assert "does not answer" in sentence


async def test_what_a_server_refuses(postgresql_url: str) -> None:
    """Another user, another database, an option nobody knows."""
    assert "refused the user name" in await failure(postgresql_url.replace("postgres@", "ada:hunter2@"))
    assert "has no such database" in await failure(postgresql_url.replace("/test", "/nothing"))
    sentence = await failure(f"{postgresql_url}&sslmode=require&password=hunter2")
    assert "does not know: 'sslmode'" in sentence
    assert "hunter2" not in sentence


async def test_a_user_without_rights(postgresql_url: str) -> None:
    """Somebody who may connect and nothing else."""
    engine = open_engine(postgresql_url)
    await _execute(engine, text("CREATE ROLE guest LOGIN"))
    assert "rights that are needed" in await failure(postgresql_url.replace("postgres@", "guest@"))
    await _execute(engine, text("DROP ROLE guest"))
    await engine.dispose()


async def _execute(engine: AsyncEngine, statement: Executable) -> None:
    async with writing(engine) as connection:
        await connection.execute(statement)


async def _read_and(engine: AsyncEngine, meanwhile: Callable[[], Awaitable[None]]) -> None:
    async with reading(engine) as connection:
        await meanwhile()
        await connection.scalar(text("SELECT 1"))


async def test_a_server_that_restarts(postgresql_url: str) -> None:
    """A connection that was cut is replaced, and one that is cut while in use is explained."""
    engine = open_engine(postgresql_url)
    other = open_engine(postgresql_url)
    await upgrade(engine)
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await _execute(other, cut)
    assert await revision(engine)
    with pytest.raises(StoreError, match="broke the connection off"):
        await _read_and(engine, lambda: _execute(other, cut))
    assert await read(engine) == Corpus()
    await engine.dispose()
    await other.dispose()


async def test_other_failures(engine: AsyncEngine) -> None:
    """A mistake in a statement is a `StoreError` too; one in our own code is what it is."""
    with pytest.raises(StoreError, match=r"cannot be used \(.*Error .*\)\."):
        await _execute(engine, text("SELEKT 1"))
    with pytest.raises(TypeError):
        async with reading(engine):
            _ = "a" + 1  # type: ignore[operator]


async def test_instants_are_in_utc(engine: AsyncEngine) -> None:
    """Whatever zone a moment is given in, it comes back as the same moment in UTC; one without is refused."""
    noon = datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    column = tables.corpus.c.loaded_at
    for fingerprint, moment in (("one", noon), ("", None)):
        async with writing(engine) as connection:
            await connection.execute(tables.corpus.update().values(fingerprint=fingerprint, loaded_at=moment))
            stored = await connection.scalar(select(column))
        assert stored == moment
        assert stored is None or stored.tzinfo is UTC
    with pytest.raises(StoreError, match="StatementError"):
        await _execute(engine, tables.corpus.update().values(loaded_at=noon.replace(tzinfo=None)))


async def test_a_database_without_our_tables(database_url: str) -> None:
    """A new one: there is nothing to read, and the sentence says what to run."""
    engine = open_engine(database_url)
    for question in (read(engine), load(engine, Corpus(), "empty")):
        with pytest.raises(StoreError, match="infoshop db upgrade"):
            await question
    state = await info(engine)
    assert (state.revision, state.corpus) == ("", None)
    for statement in ("SELECT * FROM item", "SELECT shelf FROM pg_class, sqlite_master"):
        with pytest.raises(StoreError, match="infoshop db upgrade"):
            await _execute(engine, text(statement))
    await engine.dispose()
