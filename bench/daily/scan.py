"""What the bot asks the store all the time, with few schedules and with many; and two obvious ways to ask it.

Without index: what is due is asked for as the bot does, in a table that lacks its index for that. Exact
minute: all schedules are read, and it is worked out in the program whose local time it is.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.bots import figures
from bench.daily.ledger import ITEM, PLATFORM, opened, queue
from bot.daily.model import Memory, Schedule
from bot.daily.postman import ENQUEUED
from bot.daily.steps import advanced
from bot.store import SqlBook
from bot.store.daily_tables import schedule
from bot.store.engine import reading, writing

LESS_OFTEN = 40  # what takes seconds is asked so many times less
HELD = 10
HOLDER = "bench"
FAR_OFF = datetime(2100, 1, 1, tzinfo=UTC)
DUE, GO_ON, NEXT, IN_HAND = "what is due", f"{ENQUEUED} go on", "when is next", f"{HELD} in hand"
WITHOUT_INDEX, EXACT_MINUTE = "without index", "exact minute"


@dataclass(frozen=True, slots=True)
class Row:
    """How long something takes with so many schedules, in milliseconds, and from how many times that is."""

    question: str
    schedules: int
    median_ms: float
    p99_ms: float
    times: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """A database with so many schedules, of which those that go on together are due at `now`."""

    schedules: int
    engine: AsyncEngine
    book: SqlBook
    now: datetime


async def scan(paths: Mapping[int, Path], pending: Mapping[int, int], times: int) -> list[Row]:
    """Ask everything so many times of databases with so many schedules; they are not to be used afterwards.

    They take turns, so that whatever else the machine does meets all of them. `pending` is how many
    deliveries there are, by the number of schedules, when it is asked for deliveries.
    """
    less_often = -(-times // LESS_OFTEN)
    async with AsyncExitStack() as stack:
        ledgers = []
        for count, path in paths.items():
            engine = await stack.enter_async_context(opened(path))
            now = await _when_so_many_are_due(engine, ENQUEUED)
            ledgers.append(Ledger(count, engine, SqlBook(engine), now))
        rows = [
            *await _in_turns(DUE, ledgers, _due, times),
            *await _in_turns(EXACT_MINUTE, ledgers, _exact_minute, less_often),
            *await _in_turns(GO_ON, ledgers, _go_on, times),
        ]
        for each in ledgers:
            await queue(each.engine, pending[each.schedules])
        rows += await _in_turns(NEXT, ledgers, _next, times)
        rows += await _in_turns(IN_HAND, ledgers, _claim, times)
        for each in ledgers:
            await _drop_index(each.engine)
        rows += await _in_turns(WITHOUT_INDEX, ledgers, _due, less_often)
    return rows


async def _in_turns(
    question: str, ledgers: Sequence[Ledger], ask: Callable[[Ledger], Awaitable[float]], times: int
) -> list[Row]:
    """Ask each so many times, and once before it counts, which prepares statements."""
    taken: dict[int, list[float]] = {each.schedules: [] for each in ledgers}
    for _ in range(times + 1):
        for each in ledgers:
            taken[each.schedules].append(await ask(each))
    return [Row(question, count, *figures(seconds[1:])[:2], times) for count, seconds in taken.items()]


async def _seconds(asked: Awaitable[object]) -> float:
    began = time.perf_counter()
    await asked
    return time.perf_counter() - began


async def _due(ledger: Ledger) -> float:
    return await _seconds(ledger.book.due([PLATFORM], ledger.now, ENQUEUED))


async def _next(ledger: Ledger) -> float:
    return await _seconds(ledger.book.next_at([PLATFORM]))


async def _go_on(ledger: Ledger) -> float:
    """As many as go on together put their next prompts in the queue. To draw these is not timed."""
    due = await ledger.book.due([PLATFORM], FAR_OFF, ENQUEUED)
    steps = [advanced(each, each.due, _draw) for each in due if each.due]
    return await _seconds(ledger.book.enqueue(steps))


def _draw(each: Schedule) -> tuple[str, Memory]:
    return ITEM, each.memory


async def _claim(ledger: Ledger) -> float:
    """Some are taken in hand under a lease that is over at once: so all stay free, and these become last."""
    return await _seconds(
        ledger.book.claim(
            PLATFORM,
            identity=HOLDER,
            now=FAR_OFF,
            until=FAR_OFF,
            forgotten=FAR_OFF,
            token=HOLDER,
            limit=HELD,
        )
    )


async def _exact_minute(ledger: Ledger) -> float:
    return await _seconds(_at_their_time(ledger.engine, ledger.now))


async def _at_their_time(engine: AsyncEngine, now: datetime) -> list[str]:
    """The ids of the schedules whose local time it is, found as where no instants are kept."""
    every = select(schedule.c.id, schedule.c.zone, schedule.c.minute, schedule.c.days, schedule.c.paused)
    local: dict[str, tuple[int, str]] = {}
    found = []
    async with reading(engine) as connection:
        for its_id, zone, minute, days, paused in await connection.execute(every):
            if zone not in local:
                there = now.astimezone(ZoneInfo(zone))
                local[zone] = there.hour * 60 + there.minute, str(there.weekday())
            if not paused and minute == local[zone][0] and local[zone][1] in days:
                found.append(its_id)
    return found


async def _when_so_many_are_due(engine: AsyncEngine, count: int) -> datetime:
    """When the last of so many is due: less than a day after the first."""
    instants = select(schedule.c.due).order_by(schedule.c.due).limit(count)
    async with reading(engine) as connection:
        last = (await connection.scalars(instants)).all()[-1]
    return last or FAR_OFF


async def _drop_index(engine: AsyncEngine) -> None:
    """Take away the index by which the bot finds what is due."""
    for index in schedule.indexes:
        if [column.name for column in index.columns] == ["platform", "due", "id"]:
            async with writing(engine) as connection:
                await connection.run_sync(index.drop)
