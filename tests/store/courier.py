"""A process that puts what is due in the queue and posts it; `test_daily_race.py` runs several at once.

It takes a database URL, says `ready`, waits for a line, and then says each delivery that it posted: its
schedule, its day and under which claim.
"""

import asyncio
import os
import sys
from dataclasses import replace

from bot.daily.book import Step
from bot.daily.model import Delivery, Schedule
from bot.store import SqlBook, open_engine
from tests.store.daily import NOON, TOMORROW, a_step, claimed, sent

NOW = NOON + 3 * TOMORROW


async def enqueue(book: SqlBook) -> bool:
    """Let schedules go on as long as any is due; the same ones that the others find due."""
    due = await book.due(["discord"], NOW, 5)
    await book.enqueue([a_step(each) for each in due])
    return bool(due)


async def post(book: SqlBook, claim: str) -> bool:
    """Post what is free, and let its schedule count it."""
    held = await claimed(book, NOW, claim, limit=7)
    for delivery, schedule in held:
        sys.stdout.write(f"{delivery.schedule_id} {delivery.day} {claim}\n")
        now = schedule
        while not await book.record(delivery, sent(delivery, NOW), NOW, counting(now, delivery)):
            (now,) = [each for each in await book.after("", 1000) if each.id == schedule.id]
    return bool(held)


def counting(schedule: Schedule, delivery: Delivery) -> Step:
    """One more was posted. Nothing but this changes `trouble`, so it counts them."""
    assert schedule.id == delivery.schedule_id
    return Step(schedule, replace(schedule, trouble=f"{int(schedule.trouble or 0) + 1}"))


async def work(url: str) -> None:
    """Until there is nothing left to do: what others hold they finish themselves."""
    engine = open_engine(url)
    books = [SqlBook(engine), SqlBook(engine)]
    await books[0].rules()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()

    async def one(book: SqlBook, claim: str) -> None:
        turn, busy = 0, True
        while busy:
            turn += 1
            busy = await enqueue(book) | await post(book, f"{claim}-{turn}")

    await asyncio.gather(*(one(book, f"{os.getpid()}-{number}") for number, book in enumerate(books)))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
