"""`infoshop db`: the state of the database, and copies of it that can be trusted."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store import head
from tests.cli.shop import Shop, write_corpus


def dump(database: Path) -> list[str]:
    """Everything in a database, as SQL."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())


def test_upgrade_and_info(empty: Shop) -> None:
    """From nothing to a schema to a corpus, and what is said of each."""
    assert empty.run("db", "info", "--check").returncode == 1
    first = empty.run("db", "upgrade")
    assert (first.returncode, first.stdout) == (0, f"The schema is now at revision {head()}.\n")
    assert empty.run("db", "upgrade").stdout == f"The schema is already at revision {head()}.\n"
    without = empty.run("db", "info", "--check")
    assert without.returncode == 1
    assert "corpus      none\n" in without.stdout
    empty.run("corpus", "load")
    state = empty.run("db", "info", "--check")
    assert state.returncode == 0
    rows = dict(line.split(maxsplit=1) for line in state.stdout.splitlines())
    assert rows["schema"] == head()
    assert (rows["sources"], rows["entries"], rows["statements"], rows["concepts"]) == ("1", "4", "5", "1")
    assert rows["loaded"].endswith(" UTC")


def test_backup_and_restore_with_a_reader(shop: Shop, tmp_path: Path) -> None:
    """While somebody reads, a backup is taken; what changed after it is undone by restoring it."""
    copy = tmp_path / "monday.sqlite3"
    before = dump(shop.database)
    with closing(sqlite3.connect(shop.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        done = shop.run("db", "backup", str(copy))
        assert (done.returncode, done.stdout) == (0, f"Backed up to {copy}.\n")
        assert dump(copy) == before
        other = write_corpus(tmp_path / "other", variant="Later,")
        assert shop.run("corpus", "load", env={"INFOSHOP_SEEDS": str(other)}).returncode == 0
        busy = shop.run("db", "restore", str(copy))
        assert busy.returncode == 74
        assert "stop the bot" in busy.stderr
    assert dump(shop.database) != before
    restored = shop.run("db", "restore", str(copy))
    assert restored.returncode == 0, restored.stderr
    assert dump(shop.database) == before
    assert "before-restore" in restored.stdout
    answered = shop.run("ask", "night raids")
    assert answered.returncode == 0
    assert "Later," not in answered.stdout


def test_a_backup_is_not_overwritten_unasked(shop: Shop, tmp_path: Path) -> None:
    """The only copy somebody has may be the one in the way."""
    copy = tmp_path / "monday.sqlite3"
    copy.write_text("precious")
    refused = shop.run("db", "backup", str(copy))
    assert refused.returncode == 74
    assert "is there already" in refused.stderr
    assert copy.read_text() == "precious"
    assert shop.run("db", "backup", str(copy), "--overwrite").returncode == 0
    assert dump(copy) == dump(shop.database)


def test_a_damaged_backup_is_not_restored(shop: Shop, tmp_path: Path) -> None:
    """A damaged copy leaves ours alone."""
    damaged = tmp_path / "damaged.sqlite3"
    whole = shop.database.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    done = shop.run("db", "restore", str(damaged))
    assert done.returncode == 74
    assert str(damaged) in done.stderr
    assert done.stderr.count("\n") == 1
    assert shop.database.read_bytes() == whole


def test_there_is_nothing_to_back_up(empty: Shop, tmp_path: Path) -> None:
    """An empty file would look like a backup."""
    done = empty.run("db", "backup", str(tmp_path / "monday.sqlite3"))
    assert done.returncode == 74
    assert "no database" in done.stderr
    assert not (tmp_path / "monday.sqlite3").exists()


def test_the_database_is_for_its_owner_alone(empty: Shop) -> None:
    """Nobody else on the machine may read what communities keep."""
    empty.run("db", "upgrade")
    assert empty.data.stat().st_mode & 0o077 == 0
    assert empty.database.stat().st_mode & 0o077 == 0
