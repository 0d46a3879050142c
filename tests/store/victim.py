"""Forks children that write to a database until they are killed; `test_killed.py` gives the orders.

For each line of standard input a child is made. Once it is at work it says its process id and how many
seconds one piece of work takes it; `gone` is said when it has been killed.
"""

import asyncio
import os
import pickle
import sys
import time
from datetime import UTC, datetime
from itertools import count, cycle
from pathlib import Path

from alembic import command as command  # noqa: PLC0414 - imported before forking, for speed

from bot.model import Corpus
from bot.store import SqlBook, load, open_engine, upgrade
from tests.store.courier import counting
from tests.store.daily import a_step, claimed, sent

FAR = datetime(9000, 1, 1, tzinfo=UTC)


async def load_for_ever(url: str, corpora: list[Corpus]) -> None:
    """Make the database hold the one corpus, then the other, and so on."""
    engine = open_engine(url)
    for number, which in enumerate(cycle((1, 0))):
        start = time.monotonic()
        await load(engine, corpora[which], f"{os.getpid()} {number}")
        if number == 1:
            say(os.getpid(), time.monotonic() - start)


async def deliver_for_ever(url: str) -> None:
    """Put what is due in the queue and post it, day after day; each day is a piece of work."""
    book = SqlBook(open_engine(url))
    for number in count():
        start = time.monotonic()
        due = await book.due(["discord"], FAR, 100)
        now = max(each.due for each in due if each.due)
        await book.enqueue([a_step(each) for each in due])
        for delivery, schedule in await claimed(book, now, f"{os.getpid()} {number}"):
            await book.record(delivery, sent(delivery, now), now, counting(schedule, delivery))
        if number == 1:
            say(os.getpid(), time.monotonic() - start)


async def upgrade_once(url: str) -> None:
    """Make the schema, and wait for the end."""
    say(os.getpid(), 0.1)
    await upgrade(open_engine(url))
    await asyncio.sleep(60)


def say(*words: object) -> None:
    """Tell the test."""
    print(*words, flush=True)  # noqa: T201


def main() -> None:
    """Take orders until there are no more."""
    task, url, path = sys.argv[1:]
    corpora = pickle.loads(Path(path).read_bytes())  # noqa: S301 - the test wrote it
    for line in sys.stdin:
        child = os.fork()
        if not child:
            match task:
                case "load":
                    work = load_for_ever(url, corpora)
                case "deliver":
                    work = deliver_for_ever(url)
                case _:
                    work = upgrade_once(line.strip() or url)
            asyncio.run(work)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main()
