"""Databases with as many schedules as are wanted, in the tables of the bot.

A schedule kept by itself costs a transaction, which for a million would take hours; here they are multiplied
in SQL from up to ten thousand patterns, one for each channel.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, literal, null, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.daily.clock import rules
from bot.daily.model import Memory, Plan, Schedule, State, What
from bot.daily.order import mark
from bot.daily.steps import settled_anew
from bot.model import Community, Place
from bot.store import SqlBook, open_engine, upgrade
from bot.store.daily_rows import schedule_values
from bot.store.daily_tables import delivery, schedule
from bot.store.engine import writing

PLATFORM = "discord"
ITEM = "topic:raids"
CHANNELS = 10_000
IN_GUILD = 500  # channels: more Discord does not allow in a server
FIRST_CHANNEL = 1_000_000_000_000_000_000
ZONES = (
    "UTC",
    "America/Toronto",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Prague",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Taipei",
    "Australia/Sydney",
)
SHOWN = tuple(mark(f"topic:{number}") for number in range(30))
"""What a schedule remembers after a month."""

TO_FILL = (
    "PRAGMA cache_size = -400000"  # kilobytes: indexes by chance ids are slow to fill from a small cache
)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[AsyncEngine]:
    """A database with the schema of the bot."""
    engine = open_engine(f"sqlite:///{path}")
    try:
        await upgrade(engine)
        yield engine
    finally:
        await engine.dispose()


def channels(count: int) -> list[int]:
    """The ids of the channels in which so many schedules post."""
    return [FIRST_CHANNEL + number for number in range(min(count, CHANNELS))]


async def fill(path: Path, count: int) -> None:
    """Make a database with so many schedules, due by chance in the course of the day after this one."""
    async with opened(path) as engine:
        async with _filling(engine) as connection:
            patterns = [schedule_values(each) for each in _patterns(count)]
            await connection.execute(schedule.insert(), patterns)
            await _multiply(connection, len(patterns), count)
        # Otherwise the bot would first go through all of them, as after a change of the zone data.
        await SqlBook(engine).keep_rules(rules())


async def fall_due(engine: AsyncEngine, count: int, due: datetime) -> None:
    """Have so many schedules be due at an instant in UTC, in as many channels as there are."""
    some = select(schedule.c.id).order_by(schedule.c.number, schedule.c.owner_id).limit(count)
    at = {"zone": "UTC", "minute": due.hour * 60 + due.minute, "next_day": due.date(), "due": due}
    async with _filling(engine) as connection:
        await connection.execute(schedule.update().where(schedule.c.id.in_(some)).values(at))


async def queue(engine: AsyncEngine, count: int) -> None:
    """Put the next prompts of so many schedules in the queue, each free when it is due."""
    values = {
        "schedule_id": schedule.c.id,
        "platform": schedule.c.platform,
        "day": schedule.c.next_day,
        "what": literal(What.PROMPT, delivery.c.what.type),
        "number": literal(0),
        "item": literal(ITEM),
        "due": schedule.c.due,
        "state": literal(State.PENDING, delivery.c.state.type),
        "free_at": schedule.c.due,
        "claim": literal(""),
        "identity": literal(""),
        "tried_at": null(),
        "attempts": literal(0),
        "message_id": literal(""),
        "problem": literal(""),
        "settled_at": null(),
    }
    some = select(*values.values()).order_by(schedule.c.due, schedule.c.id).limit(count)
    async with _filling(engine) as connection:
        await connection.execute(delivery.insert().from_select(list(values), some))


@asynccontextmanager
async def _filling(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with writing(engine) as connection:
        await connection.exec_driver_sql(TO_FILL)
        yield connection


def _patterns(count: int) -> Iterator[Schedule]:
    """The first schedule of each channel."""
    rng = Random(1)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for number, channel in enumerate(channels(count)):
        guild, place = divmod(number, IN_GUILD)
        plan = Plan(time(rng.randrange(24), rng.randrange(60)), rng.choice(ZONES))
        new = Schedule(
            f"{rng.getrandbits(64):016x}",
            Community(PLATFORM, f"server {guild}"),
            place + 1,
            Place(PLATFORM, str(channel)),
            plan,
            memory=Memory(0, SHOWN),
        )
        yield settled_anew(new, tomorrow)


async def _multiply(connection: AsyncConnection, patterns: int, count: int) -> None:
    """Add schedules for the same channels at the same times, until there are so many."""
    if count <= patterns:
        return
    counting = select(literal(1).label("copy")).cte("counting", recursive=True)
    counting = counting.union_all(
        select(counting.c.copy + 1).where(counting.c.copy < -(-count // patterns) - 1)
    )
    values = dict(schedule.c.items()) | {
        "id": func.lower(func.hex(func.randomblob(8))),
        "number": schedule.c.number + counting.c.copy * IN_GUILD,
    }
    copies = (
        select(*values.values())
        .select_from(schedule.join(counting, true()))
        .order_by(counting.c.copy)
        .limit(count - patterns)
    )
    await connection.execute(schedule.insert().from_select(list(values), copies))
