"""Very many schedules due in the same minute, on a bot that people go on asking."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import psutil
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.bots import TOPICS, figures, infoshop, resident, start
from bench.daily.ledger import IN_GUILD, channels, fall_due, opened
from bot.daily.courier import key
from bot.daily.model import State
from bot.store.daily_rows import delivery_of
from bot.store.daily_tables import delivery
from bot.store.engine import reading
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import TEXT, Channel

PATIENCE = 120.0  # seconds for a bot to be there, to answer, to begin, on a busy machine
WARM_UP = 20
APART = 0.1  # seconds between an answer and the next command
PEOPLE = 40  # who take turns: the bot slows down whoever asks more than once in two seconds
LOOK = 0.25  # seconds between looks at the memory and the queue


@dataclass(frozen=True, slots=True)
class Burst:
    """What came of so many schedules, `due` of them at once, that post in so many channels.

    Posts are those of the `seconds` from the first one on. `refused` counts answers of 429. `furthest` is by
    how many places a post came earlier or later than its turn, by when it was due and the schedule's id.
    `processor_s` is what processor time the bot took meanwhile, and `most_in_queue` how many deliveries were
    in the queue at most.

    Commands are timed in milliseconds, `before` on the idle bot for as many seconds. Memory is in bytes.
    """

    schedules: int
    due: int
    channels: int
    seconds: float
    posts: int
    most_in_a_second: int
    refused: int
    furthest: int
    processor_s: float
    most_in_queue: int
    resident_before: int
    resident_most: int
    asked_before: int
    median_before_ms: float
    p99_before_ms: float
    asked: int
    median_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Posts in a second, on average."""
        return self.posts / self.seconds


async def burst(path: Path, schedules: int, due: int, seconds: float) -> Burst:
    """Let so many schedules of a database (`ledger.fill`) fall due while the bot runs on it."""
    async with Standin(validate=False) as discord:
        discord.patience = PATIENCE  # what takes longer than Discord allows is to be measured, too
        room = discord.add_guild("Room").add_channel("general")
        places = list(_add_channels(discord, schedules))
        async with opened(path) as engine, _running(discord, path) as process:
            asking = _asking(discord, room)
            await _ask(asking, commands=WARM_UP)
            before = await _ask(asking, seconds=seconds)
            resident_before = resident(process)
            over = asyncio.Event()
            watching = asyncio.create_task(_most_resident(process, over))
            now = datetime.now(UTC).replace(second=0, microsecond=0)
            await fall_due(engine, due, now)
            await discord.until(lambda: discord.nonces, PATIENCE)
            queueing = asyncio.create_task(_most_in_queue(engine, now, over))
            processor = -_processor_seconds(process)
            during = await _ask(asking, seconds=seconds)
            processor += _processor_seconds(process)
            over.set()
            most_in_queue = await queueing
            resident_most = await watching
            order = await _order(engine, now)
        posted = [at for _, at in discord.nonces.values()]
        median_before, p99_before, _ = figures(before)
        median, p99, _ = figures(during)
        return Burst(
            schedules,
            due,
            min(due, len(places)),
            seconds,
            posts=sum(at - posted[0] <= seconds for at in posted),
            most_in_a_second=_most_in_a_second(posted),
            refused=sum(request.status == 429 for request in discord.requests),
            furthest=_furthest(order, list(discord.nonces)),
            processor_s=processor,
            most_in_queue=most_in_queue,
            resident_before=resident_before,
            resident_most=max(resident_before, resident_most),
            asked_before=len(before),
            median_before_ms=median_before,
            p99_before_ms=p99_before,
            asked=len(during),
            median_ms=median,
            p99_ms=p99,
        )


def _add_channels(discord: Standin, schedules: int) -> Iterator[Channel]:
    """The channels that the schedules post in, each in a server with as many as it may have."""
    for number, identifier in enumerate(channels(schedules)):
        if number % IN_GUILD == 0:
            guild = discord.add_guild(f"Server {number // IN_GUILD}")
        channel = Channel(discord, TEXT, f"daily-{number}", guild=guild, id=identifier)
        guild.channels.append(discord.keep(channel))
        yield channel


@asynccontextmanager
async def _running(discord: Standin, path: Path) -> AsyncIterator[int]:
    """Infoshop on that database, as a process, by its number."""
    environment = {
        "INFOSHOP_DATA_DIR": str(path.parent),
        "INFOSHOP_DATABASE_URL": f"sqlite:///{path}",
        "INFOSHOP_SEMANTIC": "off",
        "INFOSHOP_LOG_LEVEL": "error",  # it is stopped in the middle of it
        "INFOSHOP_DISCORD__TOKEN": discord.token,
        "INFOSHOP_DISCORD__API_BASE_URL": discord.api_url,
        "INFOSHOP_DISCORD__GATEWAY_URL": discord.gateway_url,
    }
    await infoshop(environment, "corpus", "load")
    await infoshop(environment, "discord", "sync")
    process = await start(environment, "-m", "bot", "run")
    try:
        await discord.ready(seconds=PATIENCE)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


@dataclass(frozen=True, slots=True)
class _Asking:
    """People who ask in a channel, one after the other."""

    channel: Channel
    people: Iterator[Person]
    topics: Iterator[str]


def _asking(discord: Standin, channel: Channel) -> _Asking:
    people = [discord.add_person(f"p{number}") for number in range(PEOPLE)]
    for person in people:
        if channel.guild:
            channel.guild.add_member(person)
    return _Asking(channel, cycle(people), cycle(TOPICS))


async def _ask(asking: _Asking, *, seconds: float = 0.0, commands: int = 1) -> list[float]:
    """Seconds until each answer to `/summary`: to so many commands, or as many as are given in so long."""
    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    taken: list[float] = []
    while len(taken) < commands or clock() < until:
        person, topic = next(asking.people), next(asking.topics)
        began = clock()
        await person.slash(asking.channel, "summary", topic=topic)
        taken.append(clock() - began)
        await asyncio.sleep(APART)
    return taken


def _processor_seconds(process: int) -> float:
    """What processor time a process, by its number, has taken so far."""
    times = psutil.Process(process).cpu_times()
    return times.user + times.system


async def _most_resident(process: int, over: asyncio.Event) -> int:
    """The most memory until it is `over`."""
    most = 0
    async for _ in _looks():
        most = max(most, resident(process))
        if over.is_set():
            break
    return most


async def _most_in_queue(engine: AsyncEngine, now: datetime, over: asyncio.Event) -> int:
    """The most deliveries due at an instant that are seen to wait in the queue, until it is over."""
    most = 0
    waiting = select(func.count()).where(delivery.c.due == now, delivery.c.state == State.PENDING)
    async for _ in _looks():
        async with reading(engine) as connection:
            most = max(most, await connection.scalar(waiting) or 0)
        if over.is_set():
            break
    return most


async def _looks() -> AsyncIterator[None]:
    while True:
        yield
        await asyncio.sleep(LOOK)


async def _order(engine: AsyncEngine, now: datetime) -> list[str]:
    """The keys of the posts due at an instant, in the order of their turns."""
    at_once = select(delivery).where(delivery.c.due == now).order_by(delivery.c.schedule_id)
    async with reading(engine) as connection:
        return [key(delivery_of(row)) for row in await connection.execute(at_once)]


def _furthest(order: Sequence[str], posted: Sequence[str]) -> int:
    turns = {each: turn for turn, each in enumerate(order)}
    return max(abs(turns[each] - turn) for turn, each in enumerate(posted))


def _most_in_a_second(posted: Sequence[float]) -> int:
    most, window = 0, deque[float]()
    for at in posted:
        window.append(at)
        while window[0] <= at - 1:
            window.popleft()
        most = max(most, len(window))
    return most
