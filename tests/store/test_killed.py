"""A process that is killed while it writes leaves what was there before, or what it wanted to write."""

import asyncio
import os
import pickle
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.daily.model import State
from bot.model import Corpus
from bot.store import SqlBook, head, load, open_engine, read, revision, upgrade
from bot.store.engine import reading
from tests.store.daily import MANY, NOON, SERVER, TOMORROW, a_schedule, added, claimed


@asynccontextmanager
async def victim(task: str, url: str, corpora: Path) -> AsyncIterator[Process]:
    """A process that forks a child for every line it is sent."""
    # Nobody hears of the coverage of what is killed, and measuring it takes long.
    quick = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.store.victim", task, url, corpora, stdin=PIPE, stdout=PIPE, env=quick
    )
    try:
        yield process
    finally:
        await process.communicate(b"")  # the end of its orders


async def kill_after(process: Process, pieces: float, order: str = "") -> None:
    """Have a child made, let it work for about so many pieces of work, and end it without a warning."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{order}\n".encode())
    child, seconds = (await process.stdout.readline()).split()
    await asyncio.sleep(pieces * float(seconds))
    os.kill(int(child), signal.SIGKILL)
    assert await process.stdout.readline() == b"gone\n"


async def test_killed_while_loading(
    database_url: str, engine: AsyncEngine, old: Corpus, new: Corpus, tmp_path: Path
) -> None:
    """At twenty random moments: the corpus is one of the two, whole, and the next load works."""
    corpora = tmp_path / "corpora"
    corpora.write_bytes(pickle.dumps([old, new]))
    await load(engine, old, "old")
    seen = set()
    random.seed(1)
    async with victim("load", database_url, corpora) as process:
        for _ in range(20):
            await kill_after(process, random.uniform(0, 2))  # noqa: S311
            corpus = await read(engine)
            assert corpus in (old, new)
            seen.add("old" if corpus == old else "new")
            if engine.dialect.name == "sqlite":
                async with reading(engine) as connection:
                    assert await connection.scalar(text("PRAGMA integrity_check")) == "ok"
                    assert (await connection.execute(text("PRAGMA foreign_key_check"))).all() == []
    assert seen == {"old", "new"}
    await load(engine, old, "at last")
    assert await read(engine) == old


async def test_killed_while_delivering(database_url: str, engine: AsyncEngine, tmp_path: Path) -> None:
    """At twenty random moments: each day that is over has its delivery, and what was posted was counted."""
    corpora = tmp_path / "corpora"
    corpora.write_bytes(pickle.dumps([]))
    book = SqlBook(engine)
    await added(book, *(a_schedule(name) for name in "abcde"))
    random.seed(2)
    pending = 0
    async with victim("deliver", database_url, corpora) as process:
        for _ in range(20):
            await kill_after(process, random.uniform(0, 2))  # noqa: S311
            for each in await book.of(SERVER):
                history = await book.history(each.id, MANY)
                assert each.next_day
                days = (each.next_day - NOON.date()).days
                assert [one.day for one in history] == [
                    each.next_day - n * TOMORROW for n in range(1, days + 1)
                ]
                assert len(each.memory.shown) == days
                posted = sum(one.state is State.SENT for one in history)
                assert int(each.trouble or 0) == posted
                assert each.version == days + posted
                pending += days - posted
    assert pending
    # What those who were killed held is free when their lease is over.
    later = NOON + 1000 * TOMORROW
    left = sum(
        [1 for each in "abcde" for one in await book.history(each, MANY) if one.state is State.PENDING]
    )
    assert len(await claimed(book, later, limit=MANY)) == left


async def test_killed_while_upgrading(tmp_path: Path) -> None:
    """An empty database stays empty or has the whole schema; the next upgrade works either way."""
    corpora = tmp_path / "corpora"
    corpora.write_bytes(pickle.dumps([]))
    async with victim("upgrade", "", corpora) as process:
        for number in range(15):
            url = f"sqlite:///{tmp_path}/{number}.sqlite3"
            await kill_after(process, 0.2 * number, order=url)
            engine = open_engine(url)
            assert await revision(engine) in {"", head()}
            await upgrade(engine)
            assert await read(engine) == Corpus()
            await engine.dispose()
