"""Schedules and deliveries to keep."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.daily.book import Book, Step
from bot.daily.model import Delivery, Memory, Plan, Schedule, State, What
from bot.model import Community, Place
from bot.store.daily_tables import delivery, schedule
from bot.store.engine import reading

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TOMORROW = timedelta(days=1)
PLAN = Plan(at=time(12), zone="UTC", tell="moderators")
SERVER = Community("discord", "server")
MANY = 1_000_000


def a_schedule(
    name: str = "one",
    *,
    owner: Community | None = SERVER,
    place: Place | None = None,
    due: datetime | None = NOON,
) -> Schedule:
    """A schedule of the server that is due at noon."""
    where = place or Place("discord", f"channel of {name}")
    return Schedule(name, owner, 1, where, PLAN, next_day=due.date() if due else None, due=due)


def a_delivery(of: Schedule, what: What = What.PROMPT, number: int = 0) -> Delivery:
    """What a schedule is due to post, as it is put in the queue."""
    assert of.next_day
    assert of.due
    return Delivery(0, of.id, of.next_day, what, number, "topic:one", of.due, State.PENDING, of.due)


def late(delivery: Delivery) -> Delivery:
    """The same, found when it was too late."""
    return replace(delivery, state=State.SKIPPED, problem="late", item="", settled_at=delivery.due + HOUR)


def sent(delivery: Delivery, at: datetime = NOON) -> Delivery:
    """The same, posted."""
    return replace(delivery, state=State.SENT, message_id="message", settled_at=at)


def a_step(of: Schedule) -> Step:
    """A schedule that is due goes on to the next day, and remembers what it showed."""
    shown = Memory(of.memory.round, (*of.memory.shown, f"mark{len(of.memory.shown)}"))
    assert of.next_day
    assert of.due
    after = replace(of, memory=shown, next_day=of.next_day + TOMORROW, due=of.due + TOMORROW)
    return Step(of, after, a_delivery(of))


async def added(book: Book, *schedules: Schedule) -> list[Schedule]:
    """Keep schedules, and give them back as they are kept."""
    kept = [await book.add(each, MANY) for each in schedules]
    return [each for each in kept if each]


async def queued(book: Book, *names: str) -> list[Schedule]:
    """Keep schedules whose first prompt is in the queue, and give them back as they are kept."""
    schedules = await added(book, *(a_schedule(name) for name in names))
    assert await book.enqueue([a_step(each) for each in schedules]) == len(names)
    return [replace(a_step(each).after, version=1) for each in schedules]


async def claimed(
    book: Book,
    now: datetime = NOON,
    claim: str = "ours",
    *,
    identity: str = "application",
    limit: int = 100,
    platform: str = "discord",
) -> Sequence[tuple[Delivery, Schedule]]:
    """Take what is free in hand, for a minute; what was tried an hour ago is forgotten."""
    return await book.claim(
        platform, identity, now=now, until=now + MINUTE, forgotten=now - HOUR, token=claim, limit=limit
    )


async def one(book: Book, name: str = "one") -> Schedule:
    """A schedule of the server as it is now."""
    (found,) = [each for each in await book.of(SERVER) if each.id == name]
    return found


async def last(book: Book, name: str = "one") -> Delivery:
    """The last delivery of a schedule."""
    return (await book.history(name, 1))[0]


async def counted(engine: AsyncEngine) -> tuple[int, int]:
    """How many schedules and how many deliveries are kept."""
    async with reading(engine) as connection:
        schedules = await connection.scalar(select(func.count()).select_from(schedule))
        deliveries = await connection.scalar(select(func.count()).select_from(delivery))
    return schedules or 0, deliveries or 0
