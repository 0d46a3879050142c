"""The promise, kept under `kill -9`: what each platform saw is counted, for every schedule and date.

Each life of the bot is a process that posts what is due and is killed at one of the points of a delivery:
before and after each thing that it asks of the database or the platform. Lives follow each other, or run
three at a time, until everything is settled.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest

from bot.daily.model import Schedule, State, What
from bot.model import Place
from bot.store import SqlBook, open_engine, upgrade
from tests.daily.lives import LEASE, Life, end_of, schedule, start
from tests.homeserver.fixtures import Arrive
from tests.platforms.parrot import Parrot, Register, meet
from tests.standin.server import Standin
from tests.standin.world import Channel

POINTS = 13
"""Points of an undisturbed life with one schedule that opens a thread."""

BEFORE_POST, AFTER_POST = 6, 7
"""The points around posting."""

EVERY, TELLING = tuple(range(1, POINTS + 1)), (BEFORE_POST, AFTER_POST, POINTS)
DEATHS = 100
MANY = 40


@asynccontextmanager
async def kept(url: str) -> AsyncIterator[SqlBook]:
    """A book in a database."""
    engine = open_engine(url)
    await upgrade(engine)
    yield SqlBook(engine)
    await engine.dispose()


@pytest.fixture
async def book(database_url: str) -> AsyncIterator[SqlBook]:
    """A book to look into from outside."""
    async with kept(database_url) as book:
        yield book


@pytest.fixture
async def discord() -> AsyncIterator[Standin]:
    """A Discord to post on."""
    async with Standin() as standin:
        yield standin


def channels(discord: Standin, count: int) -> list[Channel]:
    """New channels."""
    guild = discord.add_guild("Shop")
    return [guild.add_channel(f"readings-{number}") for number in range(count)]


def threads(channel: Channel) -> list[str | None]:
    """The names of the threads of a channel."""
    assert channel.guild
    return [each.name for each in channel.guild.channels if each.parent is channel]


async def added(book: SqlBook, places: Sequence[str], name: str, *, thread: bool = False) -> list[Schedule]:
    """A schedule for each place, all of them due."""
    schedules = []
    for number, place in enumerate(places):
        new = await book.add(schedule(f"{name}{number}", Place("discord", place), thread=thread), 100_000)
        assert new is not None
        schedules.append(new)
    return schedules


async def through(life: Life, points: Sequence[int]) -> int:
    """Live and die at each of the points in turn, then live on until everything is settled; the deaths."""
    killed = sum([await end_of(start(replace(life, kill_at=point))) for point in points])
    assert not await end_of(start(life))
    return killed


async def posted_once(book: SqlBook, schedules: Sequence[Schedule], where: Sequence[Channel]) -> None:
    """Each schedule has posted its prompt of the day, once, and the book says so."""
    for each, channel in zip(schedules, where, strict=True):
        assert [message.text for message in channel.messages] == [
            f"prompt of {each.id} on {each.next_day}"
        ], each.id
        (delivery,) = await book.history(each.id, 5)
        assert delivery.state is State.SENT
        assert delivery.message_id == str(channel.messages[0].id)


async def test_an_undisturbed_life_has_as_many_points_as_are_tried(
    database_url: str, book: SqlBook, discord: Standin
) -> None:
    """At the last point it dies, after it there is nothing left to die at."""
    where = channels(discord, 2)
    life = Life(database_url, discord=(discord.api_url, discord.token))
    for number, (kill_at, dies) in enumerate(((POINTS, True), (POINTS + 1, False))):
        schedules = await added(book, [str(where[number].id)], f"life{number}-", thread=True)
        assert await end_of(start(replace(life, kill_at=kill_at))) is dies
        await through(life, ())
        await posted_once(book, schedules, where[number : number + 1])


async def test_killed_at_every_step_it_posts_once(database_url: str, book: SqlBook, discord: Standin) -> None:
    """At each point, and at each of some pairs of points one after the other."""
    chance = random.Random(5)  # noqa: S311 - which pairs are tried
    pairs = [(first, second) for first in range(1, POINTS + 1) for second in range(1, POINTS + 1)]
    rounds = [(point,) for point in range(1, POINTS + 1)] + chance.sample(pairs, 12)
    where = channels(discord, len(rounds))
    life = Life(database_url, discord=(discord.api_url, discord.token))
    killed = 0
    for number, points in enumerate(rounds):
        schedules = await added(book, [str(where[number].id)], f"round{number}-", thread=True)
        killed += await through(life, points)
        await posted_once(book, schedules, where[number : number + 1])
        assert threads(where[number]) == [where[number].messages[0].text]
    assert killed >= len(rounds)


async def test_three_processes_share_postgresql_and_each_row_is_sent_by_one(
    postgresql_url: str, discord: Standin
) -> None:
    """They are killed at random, over and over, and started again."""
    chance = random.Random(7)  # noqa: S311 - where they die
    deaths = iter(range(DEATHS))
    # Long enough for what is taken in hand at once, by three on a busy machine.
    life = Life(postgresql_url, discord=(discord.api_url, discord.token), lease=3 * LEASE)

    async def line() -> None:
        for _ in deaths:
            if not await end_of(start(replace(life, kill_at=chance.randint(1, 40)))):
                break
        assert not await end_of(start(life))

    async with kept(postgresql_url) as book:
        where = channels(discord, MANY)
        schedules = await added(book, [str(each.id) for each in where], "many")
        await asyncio.gather(line(), line(), line())
        await posted_once(book, schedules, where)


@pytest.mark.parametrize(("point", "posts"), [(BEFORE_POST, 0), (AFTER_POST, 1)])
async def test_away_for_longer_than_the_key_is_known_it_is_uncertain(
    database_url: str, book: SqlBook, discord: Standin, point: int, posts: int
) -> None:
    """Whether Discord had taken it or not: it is not sent again, and moderators are told."""
    where, moderators = channels(discord, 2)
    new = schedule("uncertain", Place("discord", str(where.id)))
    new = replace(new, plan=replace(new.plan, tell=str(moderators.id)))
    assert await book.add(new, 1)
    life = Life(database_url, memory=LEASE / 2, discord=(discord.api_url, discord.token))
    assert await through(life, [point]) == 1
    assert len(where.messages) == posts
    assert [message.text for message in moderators.messages] == [f"trouble of uncertain on {new.next_day}"]
    states = {each.what: each.state for each in await book.history("uncertain", 5)}
    assert states == {What.PROMPT: State.UNCERTAIN, What.TROUBLE: State.SENT}


async def test_killed_as_soon_as_discord_has_it_it_is_posted_once(
    database_url: str, book: SqlBook, discord: Standin
) -> None:
    """Somewhere between what Discord saw and what the bot wrote down."""
    where = channels(discord, 10)
    schedules = []
    life = Life(database_url, discord=(discord.api_url, discord.token))
    for number, channel in enumerate(where):
        schedules += await added(book, [str(channel.id)], f"cut{number}-")
        process = start(life)
        await discord.until(partial(getattr, channel, "messages"))
        process.kill()
        await end_of(process)
        await through(life, ())
    await posted_once(book, schedules, where)


@pytest.mark.parametrize("points", [EVERY, TELLING], ids=["plain", "encrypted"])
async def test_killed_at_every_step_it_posts_once_on_synapse(
    database_url: str, book: SqlBook, arrive: Arrive, register: Register, points: Sequence[int]
) -> None:
    """As a member of the room sees it."""
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=points is TELLING)
    life = Life(database_url, matrix=account, room=room)
    names = []
    for point in points:
        new = await book.add(schedule(f"point{point}", Place("matrix", room), thread=True), 100)
        assert new is not None
        names.append(f"prompt of {new.id} on {new.next_day}")
        assert await through(life, [point]) == 1
        (delivery,) = await book.history(new.id, 5)
        assert delivery.state is State.SENT
    await alice.mail.until(lambda: next((each for each in alice.mail if each.body == names[-1]), None), "it")
    seen = Counter(message.body for message in alice.mail)
    assert [seen[name] for name in names] == [1] * len(names)
