"""What is promised to be forgotten, and looked at, is so where nothing but a chat ever runs."""

import asyncio
import os
import pty
import select
import sqlite3
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.curation.entry import filled
from bot.curation.model import Act, Deed, Edit, Own
from bot.curation.sorts import Sort
from bot.model import Community
from bot.store import SqlLedger, open_engine, upgrade
from tests.cli.shop import PATIENCE, SCRIPT, Shop

HERE = Community("terminal", "")
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=366)
NOWHERE = "https://127.0.0.1:1/"  # which is on no public Internet, and so is not asked


async def moderated(shop: Shop) -> None:
    """An entry with a link, added more than a year ago and changed today."""
    engine = open_engine(f"sqlite+aiosqlite:///{shop.database}")
    await upgrade(engine)
    values = {"title": "Lantern", "text": "A reading.", "link": "https://lantern.example.org/"}
    seed = filled(
        Sort.READING, values, None, taken=(), topic_of=lambda _: None, by="us", today=NOW.date()
    ).seed
    own = Own(str(seed["id"]), {**seed, "urls": [NOWHERE]}, 1, LONG_AGO, LONG_AGO.date())
    acts = [Act(Deed.ADDED, own.id, "", LONG_AGO), Act(Deed.EDITED, own.id, "", NOW)]
    assert await SqlLedger(engine).keep(HERE, [Edit(None, own)], acts)
    await engine.dispose()


def count(shop: Shop, query: str) -> int:
    """How many rows there are."""
    database = sqlite3.connect(f"file:{shop.database}?mode=ro", uri=True, timeout=PATIENCE)
    try:
        (number,) = database.execute(query).fetchone()
    finally:
        database.close()
    return int(number)


def forgotten(shop: Shop) -> bool:
    """Whether what was done more than a year ago is, and nothing else."""
    return count(shop, "select count(*) from act") == 1


def looked_at(shop: Shop) -> bool:
    """Whether the link was."""
    return count(shop, "select count(*) from own_link where outcome = 'unsure'") == 1


def until(reached: Callable[[], bool], still: Callable[[], bool]) -> None:
    """Wait for what another process does to a file, which nobody tells us of."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert still()
        assert time.monotonic() < deadline
        select.select([], [], [], 0.05)


@pytest.mark.parametrize("command", ["chat", "run"])
def test_in_a_chat_too_old_acts_end_and_links_are_looked_at(shop: Shop, command: str) -> None:
    """While somebody talks, and nothing of it stands between what is said; links only by `run`."""
    alone = command == "run"
    asyncio.run(moderated(shop))
    assert count(shop, "select count(*) from act") == 2
    with shop.start(command, env={"INFOSHOP_LINKS__CHECK": "true", "INFOSHOP_LOG_LEVEL": "warning"}) as chat:
        until(lambda: forgotten(shop) and looked_at(shop) is alone, lambda: chat.poll() is None)
        out, err = chat.communicate(b"/quit\n", timeout=PATIENCE)
    assert chat.returncode == 0
    assert b"acts" not in out
    assert alone or err == b""
    assert looked_at(shop) is alone


def test_on_a_screen_no_log_line_of_it_stands_in_the_talk(shop: Shop) -> None:
    """However much is to be logged; the answer to a question is, as before."""
    asyncio.run(moderated(shop))
    ours, theirs = pty.openpty()
    settings = {"INFOSHOP_LINKS__CHECK": "true", "INFOSHOP_LOG_LEVEL": "info", "TERM": "dumb"}
    with subprocess.Popen(  # noqa: S603 - it is our own program
        [str(SCRIPT), "run"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=shop.cwd,
        env={**shop.environment, **settings},
    ) as chat:
        os.close(theirs)
        until(lambda: forgotten(shop) and looked_at(shop), lambda: chat.poll() is None)
        os.write(ours, b"night raids\n/quit\n")
        said = b""
        while chunk := _read(ours):
            said += chunk
        assert chat.wait(PATIENCE) == 0
    os.close(ours)
    assert b"Raids at night" in said
    assert b'"event": "command"' in said
    assert b"old acts" not in said
    assert b"links" not in said


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 65536)
    except OSError:  # the other end is closed
        return b""
