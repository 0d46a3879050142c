"""Servers that take the bot out, come back, or have an outage: what is theirs is kept for who comes back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from bot.commands.describe import Services
from bot.communities import Communities
from bot.model import Community, CommunitySettings
from bot.platforms.discord.membership import Membership
from bot.posting import Posters
from bot.shelf import Shelf
from bot.store import SqlLedger, open_engine, upgrade, write_community
from tests.commands.small import CORPUS, TODAY
from tests.platforms.in_process import connected, pointed
from tests.standin.server import Standin
from tests.standin.world import Guild

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    """A database. What it keeps is tried on both kinds in `store`."""
    engine = open_engine(sqlite_url)
    await upgrade(engine)
    yield engine
    await engine.dispose()


class Told(SqlLedger):
    """A ledger that says when it was told something."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.news = asyncio.Event()
        self.asked = asyncio.Event()
        self.may = asyncio.Event()
        self.may.set()

    async def left(self, community: Community, at: datetime) -> None:
        """See `Ledger`."""
        self.asked.set()
        await self.may.wait()
        try:
            await super().left(community, at)
        finally:
            self.news.set()

    async def returned(self, community: Community) -> None:
        """See `Ledger`."""
        try:
            await super().returned(community)
        finally:
            self.news.set()


@pytest.fixture
def ledger(engine: AsyncEngine) -> Told:
    """Its ledger."""
    return Told(engine)


@pytest.fixture
def services(ledger: Told) -> Iterator[Services]:
    """A small shelf, and the ledger."""
    shelf = Shelf.of(CORPUS)
    yield Services(
        shelf, "1.2.3", lambda: TODAY, Communities(), posters=Posters(), ledger=ledger, now=lambda: NOW
    )
    shelf.close()


@pytest.fixture
async def discord() -> AsyncIterator[Standin]:
    """A Discord with nobody in it."""
    async with Standin() as standin, pointed(standin):
        yield standin


def community(guild: Guild) -> Community:
    """What the house calls a server."""
    return Community("discord", str(guild.id))


async def keep_something(engine: AsyncEngine, *guilds: Guild) -> None:
    """Let something be stored about servers."""
    for guild in guilds:
        await write_community(engine, community(guild), CommunitySettings(suggestions=True))


async def gone(ledger: Told, *guilds: Guild) -> None:
    """Wait until those servers are the ones that the bot is gone from."""
    wanted = {community(guild) for guild in guilds}
    async with asyncio.timeout(10):
        while {*await ledger.departed("discord", LATER, 100)} != wanted:
            await ledger.news.wait()
            ledger.news.clear()


async def test_a_server_that_takes_the_bot_out_is_gone_until_it_comes_back(
    discord: Standin, services: Services, ledger: Told, engine: AsyncEngine
) -> None:
    guild, other = discord.add_guild("Room"), discord.add_guild("Other")
    await keep_something(engine, guild, other)
    async with connected(services, discord):
        guild.expel()
        await gone(ledger, guild)
        guild.invite()
        await gone(ledger)
        guild.expel()
        await gone(ledger, guild)


async def test_an_outage_is_no_departure(
    discord: Standin, services: Services, ledger: Told, engine: AsyncEngine
) -> None:
    """Nor is a server in one when the bot starts."""
    guild, other = discord.add_guild("Room"), discord.add_guild("Other")
    await keep_something(engine, guild, other)
    async with connected(services, discord):
        guild.fail()
        other.expel()
        await gone(ledger, other)  # what was said before it was heard before it
        guild.recover()
        other.invite()
        await gone(ledger)


async def test_what_happened_while_nobody_listened_is_made_good_at_the_start(
    discord: Standin, services: Services, ledger: Told, engine: AsyncEngine
) -> None:
    """The day of an earlier departure stays; of rooms and of other shards' servers, nothing is said."""
    here, there, back = (discord.add_guild(name) for name in ("Here", "There", "Back"))
    await keep_something(engine, here, there, back)
    await write_community(engine, Community("matrix", "!room"), CommunitySettings(suggestions=True))
    there.expel()
    await ledger.left(community(back), NOW - timedelta(days=9))
    async with connected(services, discord):
        await gone(ledger, there)
    assert await ledger.departed("matrix", LATER, 100) == []


async def test_servers_of_other_shards_are_none_of_this_process(
    services: Services, ledger: Told, engine: AsyncEngine
) -> None:
    async with Standin(shards=2) as discord, pointed(discord):
        first, second, third = (discord.add_guild(name) for name in "abc")
        await keep_something(engine, first, second, third)
        third.expel()  # on the shard of the first
        async with connected(services, discord, shard_count=2, shard_ids=[0]):
            await gone(ledger, third)


async def test_a_database_that_fails_stops_nobody(
    discord: Standin, services: Services, ledger: Told, engine: AsyncEngine
) -> None:
    """It leaves a line for the operator."""
    guild = discord.add_guild("Room")
    with capture_logs() as lines:
        async with connected(services, discord):
            async with engine.begin() as connection:
                await connection.exec_driver_sql("DROP TABLE departure")
            guild.expel()
            async with asyncio.timeout(10):
                await ledger.news.wait()
    assert "membership not kept" in [line["event"] for line in lines]


async def test_what_was_begun_is_kept_before_the_database_is_closed(services: Services, ledger: Told) -> None:
    """And nothing is begun after that: it is made good at the next start."""
    membership = Membership(services)
    ledger.may.clear()
    begun = asyncio.create_task(membership.left(1))
    await ledger.asked.wait()
    closing = asyncio.create_task(membership.close())
    await asyncio.sleep(0)
    assert not closing.done()
    await membership.left(2)
    await membership.returned(3, is_new=True)
    await membership.compare([], [0], 1)
    ledger.may.set()
    await asyncio.gather(begun, closing)
    assert await ledger.departed("discord", LATER, 9) == [Community("discord", "1")]
