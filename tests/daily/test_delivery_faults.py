"""What goes wrong on the way of a prompt, and how each of it ends: nothing doubled, nothing erased."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.daily.courier import LEASE, Composed
from bot.daily.model import Delivery, Memory, Plan, Schedule, State, What
from bot.daily.order import draw
from bot.daily.postman import Postman
from bot.errors import StoreError
from bot.model import Community, Place
from bot.platforms.discord import poster as poster_of_discord
from bot.platforms.discord.poster import DiscordPoster
from bot.posting import Posters
from bot.reply import Reply
from bot.store import SqlBook, open_engine, upgrade
from tests.platforms.in_process import another, pointed
from tests.standin.server import Standin
from tests.standin.world import Channel, Guild, Permissions

POOL = ("one", "two", "three")
DAY = timedelta(days=1)
MINUTES = timedelta(minutes=1)
SENDING = ("POST", "/channels/*/messages")


@dataclass
class Shop:
    """A bot that posts, with a clock that can be turned: a server with a channel, and one for moderators."""

    discord: Standin
    poster: DiscordPoster
    engine: AsyncEngine
    ahead: timedelta = timedelta()
    posters: Posters = field(default_factory=Posters)
    book: SqlBook = field(init=False)
    postman: Postman = field(init=False)
    guild: Guild = field(init=False)
    channel: Channel = field(init=False)
    moderators: Channel = field(init=False)

    def __post_init__(self) -> None:
        self.guild = self.discord.add_guild("Shop")
        self.channel, self.moderators = self.guild.add_channel("readings"), self.guild.add_channel("team")
        self.restart()

    def restart(self) -> None:
        """Another process in its place."""
        self.book = SqlBook(self.engine)
        self.postman = Postman(self.book, self.posters, compose, drawn, clock=self.now)

    def now(self) -> datetime:
        """By the clock of the bot."""
        return datetime.now(UTC) + self.ahead

    async def schedule(
        self, name: str = "s1", *, thread: bool = False, late: timedelta = MINUTES
    ) -> Schedule:
        """A schedule that has been due for so long, every day."""
        due = self.now().replace(second=0, microsecond=0) - late
        place = Place("discord", str(self.channel.id))
        plan = Plan(time(due.hour, due.minute), "UTC", thread=thread, tell=str(self.moderators.id))
        owner = Community("discord", str(self.guild.id))
        new = Schedule(name, owner, 0, place, plan, next_day=due.date(), due=due)
        added = await self.book.add(new, 10)
        assert added is not None
        return added

    async def goes(self, ahead: timedelta = timedelta()) -> None:
        """Some time passes, and the bot goes its round, and again for what came of it."""
        self.ahead += ahead
        with self.posters.connected(self.poster):
            for _ in range(3):
                await self.postman.round()
                await self.postman.finish()

    async def stored(self) -> Schedule:
        """The schedule as it is kept."""
        (found,) = await self.book.of(Community("discord", str(self.guild.id)))
        return found

    async def last(self, name: str = "s1") -> Delivery:
        """The newest prompt of it."""
        found = await self.book.history(name, 10)
        return next(each for each in found if each.what is What.PROMPT)

    def posts(self) -> list[str]:
        """What everybody in the channel sees."""
        return [message.text for message in self.channel.messages]

    def told(self) -> list[str]:
        """What moderators were told."""
        return [message.text for message in self.moderators.messages]


async def compose(delivery: Delivery, schedule: Schedule, prefix: str, *, late: bool) -> Composed:
    """The delivery in few words."""
    del schedule, prefix
    words = f"{delivery.what} {delivery.item}{' late' if late else ''}"
    return Composed(Reply(words), words)


async def drawn(schedule: Schedule) -> tuple[str, Memory] | None:
    """The next of three."""
    return draw(POOL, schedule.memory, schedule.id, schedule.plan.order)


@pytest.fixture
async def shop(engine: AsyncEngine) -> AsyncIterator[Shop]:
    """On SQLite and on PostgreSQL."""
    async with Standin() as discord, pointed(discord), another(discord) as poster:
        yield Shop(discord, poster, engine)


async def test_a_prompt_is_posted_and_recorded(shop: Shop) -> None:
    await shop.schedule(thread=True)
    await shop.goes()
    delivery = await shop.last()
    assert shop.posts() == [f"prompt {delivery.item}"]
    assert delivery.state is State.SENT
    assert delivery.message_id == str(shop.channel.messages[0].id)
    assert [each.name for each in shop.guild.channels if each.parent is shop.channel] == shop.posts()
    await shop.goes()
    assert len(shop.posts()) == 1
    await shop.goes(DAY)
    assert len(shop.posts()) == 2
    assert shop.told() == []


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_that_breaks_leads_to_one_post(shop: Shop, *, after: bool) -> None:
    """Before Discord took it or after: it is asked again under the same key."""
    await shop.schedule()
    shop.discord.faults.reset(*SENDING, times=20, after=after)
    await shop.goes()
    assert len(shop.posts()) == int(after)
    assert (await shop.last()).state is State.PENDING
    shop.discord.faults.planned.clear()
    shop.restart()
    await shop.goes(MINUTES)
    assert len(shop.posts()) == 1
    assert (await shop.last()).state is State.SENT
    assert shop.told() == []


async def test_an_error_after_it_was_taken_leads_to_one_post(shop: Shop) -> None:
    await shop.schedule()
    fault = shop.discord.faults.error(500, *SENDING, after=True)
    await shop.goes()
    assert fault.hits == 1
    assert len(shop.posts()) == 1
    assert (await shop.last()).state is State.SENT


async def test_a_limit_is_waited_for(shop: Shop) -> None:
    await shop.schedule()
    shop.discord.faults.rate_limit(*SENDING, retry_after=30, via=False)
    await shop.goes()
    assert shop.posts() == []
    pending = await shop.last()
    assert pending.state is State.PENDING
    assert pending.tried_at is None, "it was refused for sure"
    assert pending.free_at > shop.now() + timedelta(seconds=20)


async def test_what_nobody_can_tell_is_uncertain_told_and_never_resent(shop: Shop) -> None:
    """The connection breaks after Discord took it, and the bot is away for longer than the key is known."""
    await shop.schedule()
    shop.discord.faults.reset(*SENDING, times=20, after=True)
    await shop.goes()
    shop.discord.faults.planned.clear()
    await shop.goes(timedelta(seconds=shop.poster.memory))
    delivery = await shop.last()
    assert delivery.state is State.UNCERTAIN
    assert len(shop.posts()) == 1
    assert shop.told() == ["trouble uncertain"]
    assert (await shop.stored()).trouble == "uncertain"
    await shop.goes(timedelta(hours=3))
    assert len(shop.posts()) == 1
    await shop.goes(DAY)
    assert len(shop.posts()) == 2
    assert shop.told() == ["trouble uncertain", "recovery uncertain"]
    assert (await shop.stored()).trouble == ""


async def test_an_outage_leaves_in_doubt_only_what_was_under_way_when_it_began(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a quarter of an hour, Discord answers with 502: what falls due in it is posted after it."""
    monkeypatch.setattr(poster_of_discord, "PATIENCE", 0.3)
    monkeypatch.setattr(poster_of_discord, "LOOK", 0.3)
    await shop.schedule()
    later = {f"due in {minutes} minutes": minutes * MINUTES for minutes in (2, 3, 4)}
    for name, ahead in later.items():
        await shop.schedule(name, late=-ahead)
    shop.discord.faults.error(502, times=10_000, after=True)
    for minutes in (0, 0.5, 3, 3, 3, 3, 3):
        await shop.goes(minutes * MINUTES)
    assert len(shop.posts()) == len(shop.discord.made(*SENDING)) == 1
    shop.discord.faults.planned.clear()
    for _ in range(2):
        await shop.goes(MINUTES)
    assert (await shop.last()).state is State.UNCERTAIN
    posted = [await shop.last(name) for name in later]
    assert {each.state for each in posted} == {State.SENT}
    assert sorted(shop.posts()[1:]) == sorted(f"prompt {each.item} late" for each in posted)
    assert shop.told() == ["trouble uncertain"]


async def test_a_permission_lost_and_given_back(shop: Shop) -> None:
    """Moderators are told once, nothing is erased, and it goes on by itself, and says that it is late."""
    await shop.schedule()
    shop.channel.permit(shop.discord.app, deny=Permissions.SEND_MESSAGES)
    await shop.goes()
    for _ in range(5):
        await shop.goes(timedelta(minutes=20))
    assert shop.posts() == []
    assert [text.partition(":")[0] for text in shop.told()] == ["trouble forbidden"]
    assert (await shop.stored()).trouble.startswith("forbidden")
    pending = await shop.last()
    assert pending.state is State.PENDING
    shop.channel.permit(shop.discord.app)
    await shop.goes(timedelta(hours=1))
    assert shop.posts() == [f"prompt {pending.item} late"]
    assert len(shop.told()) == 2
    assert shop.told()[1].startswith("recovery")
    assert (await shop.stored()).trouble == ""


async def test_a_channel_that_is_gone(shop: Shop) -> None:
    """Day after day it fails, moderators are told once, and the schedule and what it did not show stay."""
    await shop.schedule()
    shop.channel.delete()
    items = set()
    for _ in range(3):
        await shop.goes()
        items.add((await shop.last()).item)
        await shop.goes(timedelta(hours=7))
        assert (await shop.last()).state is State.FAILED
        await shop.goes(timedelta(hours=17))
    assert shop.told() == ["trouble gone"]
    assert len(items) == 1, "what could not be shown is drawn again"
    assert (await shop.stored()).due is not None
    assert len([each for each in await shop.book.history("s1", 20) if each.what is What.PROMPT]) >= 3


async def test_moderators_who_cannot_be_told_are_no_reason_to_stop(shop: Shop) -> None:
    await shop.schedule()
    shop.channel.permit(shop.discord.app, deny=Permissions.SEND_MESSAGES)
    shop.moderators.delete()
    await shop.goes()
    shop.channel.permit(shop.discord.app)
    await shop.goes(timedelta(hours=1))
    assert len(shop.posts()) == 1


async def test_too_late_is_skipped_and_recorded(shop: Shop) -> None:
    """The bot was away; what it would have posted is the next one."""
    await shop.schedule()
    await shop.goes(timedelta(hours=7))
    assert shop.posts() == []
    skipped = await shop.last()
    assert (skipped.state, skipped.problem, skipped.item) == (State.SKIPPED, "late", "")
    assert (await shop.stored()).memory == Memory()


async def test_paused_while_it_waits_it_is_not_posted(shop: Shop) -> None:
    await shop.schedule()
    shop.channel.permit(shop.discord.app, deny=Permissions.SEND_MESSAGES)
    await shop.goes()
    shop.channel.permit(shop.discord.app)
    before = await shop.stored()
    assert await shop.book.change(before, replace(before, paused=True, next_day=None, due=None))
    await shop.goes(timedelta(hours=1))
    assert shop.posts() == []
    assert (await shop.last()).state is State.SKIPPED


async def test_a_clock_that_goes_wrong_costs_no_prompt_and_doubles_none(shop: Shop) -> None:
    """A year ahead for a while, and back: the prompt of today is still to come, and comes once."""
    await shop.schedule()
    shop.ahead += timedelta(days=365)
    await shop.goes()
    shop.ahead -= timedelta(days=365)
    for _ in range(2):
        await shop.goes()
    assert (await shop.stored()).due < shop.now() + DAY  # type: ignore[operator]
    for _ in range(3):
        await shop.goes(DAY)
    prompts = [each for each in await shop.book.history("s1", 50) if each.state is State.SENT]
    days = [each.day for each in prompts]
    assert len(days) == len(set(days)) == len(shop.posts())
    assert len(days) >= 3


async def test_what_is_tried_again_does_not_wait_behind_a_backlog(shop: Shop) -> None:
    """Its key would be forgotten meanwhile. What waits for its turn waits as a schedule."""
    first = await shop.schedule()
    names = [f"backlog{number}" for number in range(200)]
    for name in names:
        place = Place("discord", str(shop.guild.add_channel(name).id))
        assert await shop.book.add(replace(first, id=name, owner=Community("discord", name), place=place), 1)
    shop.discord.faults.reset(*SENDING)
    await shop.goes()
    states = {name: await shop.book.history(name, 1) for name in ("s1", *names)}
    (again,) = [
        name
        for name, found in states.items()
        if found and found[0].state is State.PENDING and found[0].tried_at
    ]
    while (await shop.book.history(again, 1))[0].state is State.PENDING:
        await shop.goes(timedelta(seconds=3))
    assert len(await shop.book.due(["discord"], shop.now(), 500)) > len(names) / 4


async def test_two_bots_on_one_database_post_once(shop: Shop) -> None:
    await shop.schedule()
    other = Postman(SqlBook(shop.engine), shop.posters, compose, drawn, clock=shop.now)
    with shop.posters.connected(shop.poster):
        await asyncio.gather(shop.postman.round(), other.round())
        await asyncio.gather(shop.postman.round(), other.round())
        await asyncio.gather(shop.postman.finish(), other.finish())
    assert len(shop.posts()) == 1


@pytest.fixture
async def small_disk(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[AsyncEngine, list[int]]]:
    """An SQLite database on a disk whose size in pages can be set."""
    path = tmp_path_factory.mktemp("disk") / "infoshop.sqlite3"
    engine = open_engine(f"sqlite+aiosqlite:///{path}")
    await upgrade(engine)
    pages: list[int] = []

    def limit(connection: object) -> None:
        if pages:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[-1]}")  # type: ignore[attr-defined]

    event.listen(engine.sync_engine, "begin", limit, insert=True)
    yield engine, pages
    await engine.dispose()


async def test_a_full_disk_delays_and_doubles_nothing(
    small_disk: tuple[AsyncEngine, list[int]],
) -> None:
    engine, pages = small_disk
    async with Standin() as discord, pointed(discord), another(discord) as poster:
        shop = Shop(discord, poster, engine)
        await shop.schedule()
        async with engine.connect() as connection:
            used = (await connection.execute(text("PRAGMA page_count"))).scalar()
        pages.append(int(used or 0))
        for _ in range(2):
            with suppress(StoreError):
                await shop.goes()
        pages.append(1_000_000)
        await shop.goes(timedelta(seconds=LEASE))
        assert len(shop.posts()) == 1
        assert (await shop.last()).state is State.SENT


async def test_a_locked_database_delays_and_doubles_nothing(shop: Shop) -> None:
    """Somebody else writes for a while, as in a backup that takes long."""
    await shop.schedule()
    if shop.engine.dialect.name != "sqlite":
        pytest.skip("a PostgreSQL database has no such lock")
    async with shop.engine.connect() as other:
        await other.execution_options(infoshop_begin=("BEGIN IMMEDIATE",))
        await other.begin()
        going = asyncio.create_task(shop.goes())
        done, _ = await asyncio.wait({going}, timeout=1)
        assert not done
        assert shop.posts() == []
    await going
    assert len(shop.posts()) == 1
