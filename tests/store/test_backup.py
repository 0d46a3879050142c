"""A copy of a live database is one moment of it; what is put back has proved itself before."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import StoreError
from bot.model import Corpus
from bot.store import Restored, backup, head, load, open_engine, read, restore, upgrade

NOTES = b"Milk, bread. " * 100


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database of these tests is."""
    return tmp_path / "shop.sqlite3"


@pytest.fixture
def url(path: Path) -> str:
    """Its URL."""
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def shop(url: str, old: Corpus) -> AsyncIterator[AsyncEngine]:
    """The database, open and in use, with the old corpus in it."""
    engine = open_engine(url)
    await upgrade(engine)
    await load(engine, old, "old")
    yield engine
    await engine.dispose()


@pytest.fixture
async def saved(shop: AsyncEngine, url: str, new: Corpus, tmp_path: Path) -> Path:
    """A backup with the old corpus; the database has the new one since, and nobody has it open."""
    target = tmp_path / "saved.sqlite3"
    await backup(url, target)
    await load(shop, new, "new")
    await shop.dispose()
    return target


def change(path: Path, script: str) -> None:
    """Do something to a database that the store would not."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def names(directory: Path) -> set[str]:
    """What stands in a directory."""
    return {path.name for path in directory.iterdir()}


def write(path: Path, content: bytes) -> None:
    """Put something else in the place of a file."""
    path.write_bytes(content)


def append(path: Path, suffix: str) -> Path:
    """The path of a file beside another one, named after it."""
    return path.with_name(path.name + suffix)


async def content(url: str) -> Corpus:
    """The corpus in a database, which is opened for that and closed again."""
    engine = open_engine(url)
    try:
        return await read(engine)
    finally:
        await engine.dispose()


async def test_a_backup_is_one_private_file(shop: AsyncEngine, url: str, old: Corpus, tmp_path: Path) -> None:
    """It is whole without the files that SQLite keeps beside a live database, and for its owner alone."""
    target = tmp_path / "new directory" / "100 % #1?.sqlite3"
    await backup(url, target)
    assert names(target.parent) == {target.name}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert await content(f"sqlite:///{str(target).replace('%', '%25').replace('?', '%3F')}") == old
    assert await read(shop) == old


async def test_backups_of_a_database_being_written(
    shop: AsyncEngine, url: str, old: Corpus, new: Corpus, tmp_path: Path
) -> None:
    """Loads go on meanwhile and are not held up; every backup holds one of the two corpora, whole."""
    for n in range(8):
        await asyncio.gather(load(shop, (new, old)[n % 2], f"{n}"), backup(url, tmp_path / f"{n}"))
        assert await read(shop) == (new, old)[n % 2]
        assert await content(f"sqlite:///{tmp_path}/{n}") in (old, new)


async def test_a_backup_is_not_overwritten_by_accident(
    shop: AsyncEngine, url: str, old: Corpus, new: Corpus, saved: Path
) -> None:
    """Only where it is asked for; the log of the file before does not come to the new one."""
    with pytest.raises(StoreError, match="there already"):
        await backup(url, saved)
    assert await content(f"sqlite:///{saved}") == old
    append(saved, "-wal").write_bytes(b"of the file before")
    await backup(url, saved, overwrite=True)
    assert await content(f"sqlite:///{saved}") == new
    assert not [name for name in names(saved.parent) if name.startswith(".")]
    with pytest.raises(StoreError, match="same file"):
        await backup(url, Path(shop.url.database or ""), overwrite=True)


async def test_what_cannot_be_backed_up(tmp_path: Path, url: str, path: Path) -> None:
    """No database, one that is not ours, a directory in the way, a place where no file can be made."""
    target = tmp_path / "saved"
    with pytest.raises(StoreError, match="no database"):
        await backup(url, target)
    change(path, "CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="not a database of Infoshop"):
        await backup(url, target)
    write(path, NOTES)
    with pytest.raises(StoreError, match="not an SQLite database"):
        await backup(url, target)
    with pytest.raises(StoreError, match="cannot be written"):
        await backup(url, path / "saved")
    assert names(tmp_path) == {path.name}


async def test_a_database_locked_by_somebody(
    shop: AsyncEngine, path: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup waits for its turn, but not for ever."""
    await shop.dispose()
    monkeypatch.setattr("bot.store.sqlite_backup.PATIENCE", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("DELETE FROM alias")
        with pytest.raises(StoreError, match="in use by another process"):
            await backup(url, tmp_path / "saved")


async def test_a_server_has_its_own_tools() -> None:
    """The sentence names them."""
    url = "postgresql://ada:hunter2@host/shop"
    with pytest.raises(StoreError, match="pg_dump"):
        await backup(url, Path("saved"))
    with pytest.raises(StoreError, match="pg_restore"):
        await restore(Path("saved"), url)


async def test_restore_puts_the_backup_in_place(
    saved: Path, url: str, path: Path, old: Corpus, new: Corpus
) -> None:
    """The database before it is kept beside it, and a second restore keeps that one too."""
    assert await restore(saved, url) == Restored(head(), append(path, ".before-restore"))
    assert await content(url) == old
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600  # noqa: PTH116
    assert await content(f"{url}.before-restore") == new
    assert (await restore(saved, url)).aside == append(path, ".before-restore-2")
    assert await content(f"{url}.before-restore") == new
    assert await content(f"{url}.before-restore-2") == old


async def test_restore_where_there_is_nothing(saved: Path, tmp_path: Path, old: Corpus) -> None:
    """On a new machine there is no database yet, or an empty file; what a lost one left is put aside."""
    place = tmp_path / "elsewhere" / "shop.sqlite3"
    url = f"sqlite:///{place}"
    assert await restore(saved, url) == Restored(head(), None)
    assert await content(url) == old
    place.write_bytes(b"")
    assert await restore(saved, url) == Restored(head(), None)
    place.unlink()
    append(place, "-wal").write_bytes(b"left by a lost database")
    append(place, "-shm").write_bytes(b"too")
    assert await restore(saved, url) == Restored(head(), None)
    assert await content(url) == old
    assert append(place, ".before-restore-wal").read_bytes() == b"left by a lost database"


async def test_restore_over_a_damaged_database(saved: Path, url: str, path: Path, old: Corpus) -> None:
    """That is what backups are for; the damaged one is kept as it is, with its log."""
    damaged = b"\xff" * 10_000
    write(path, damaged)
    append(path, "-wal").write_bytes(b"its log")
    assert (await restore(saved, url)).aside == append(path, ".before-restore")
    assert await content(url) == old
    assert append(path, ".before-restore").read_bytes() == damaged
    assert append(path, ".before-restore-wal").read_bytes() == b"its log"


async def test_restore_refuses_while_the_database_is_used(
    saved: Path, shop: AsyncEngine, url: str, new: Corpus, tmp_path: Path
) -> None:
    """Also when whoever has it open does nothing at the moment."""
    assert await read(shop) == new
    before = names(tmp_path)
    with pytest.raises(StoreError, match="in use: stop the bot"):
        await restore(saved, url)
    assert await read(shop) == new
    assert names(tmp_path) <= before
    await shop.dispose()
    assert await restore(saved, url)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("PRAGMA application_id = 7", "not a database of Infoshop"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version of Infoshop"),
        ("DELETE FROM alembic_version", "schema this version does not know"),
        ("DROP TABLE alembic_version", "lacks a table"),
        ("PRAGMA foreign_keys = OFF; DROP TABLE cue", "lacks the table cue"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM source", "refer to nothing"),
        ("PRAGMA ignore_check_constraints = ON; UPDATE item SET position = -1", "is damaged .CHECK"),
    ],
)
async def test_a_backup_that_does_not_prove_itself(
    saved: Path, url: str, new: Corpus, script: str, sentence: str
) -> None:
    """It is refused before anything is replaced, and nothing is left lying about."""
    change(saved, script)
    before = names(saved.parent)
    with pytest.raises(StoreError, match=sentence):
        await restore(saved, url)
    assert names(saved.parent) == before
    assert await content(url) == new


async def test_what_is_no_backup(saved: Path, url: str, path: Path, new: Corpus, tmp_path: Path) -> None:
    """A missing file, another kind of file, half of a backup, the database itself."""
    with pytest.raises(StoreError, match="no backup"):
        await restore(tmp_path / "nothing", url)
    write(tmp_path / "notes.txt", NOTES)
    with pytest.raises(StoreError, match="not an SQLite database"):
        await restore(tmp_path / "notes.txt", url)
    os.truncate(saved, 65_536)
    with pytest.raises(StoreError, match="is damaged"):
        await restore(saved, url)
    with pytest.raises(StoreError, match="same file"):
        await restore(path, url)
    assert await content(url) == new


async def test_restore_does_not_replace_what_is_not_ours(saved: Path, tmp_path: Path) -> None:
    """Another program's database at that path is a mistake in the settings."""
    change(tmp_path / "theirs", "CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="not a database of Infoshop"):
        await restore(saved, f"sqlite:///{tmp_path}/theirs")
