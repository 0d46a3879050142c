"""Which servers the bot was taken out of, and is in again: the house keeps what is theirs for a while.

A server in an outage is one we are in: it is there, among the others, and unavailable.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import structlog

from bot.commands.describe import Services
from bot.errors import whereabouts
from bot.model import Community

PLATFORM = "discord"
MOST = 100_000  # of those that we are gone from, and that are kept for some weeks

log = structlog.get_logger()


class Membership:
    """Tells the ledger. What goes wrong there is logged; it is made good when the bot starts again."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._gone: set[Community] = set()
        self._turn = asyncio.Lock()  # what happens first is kept first
        self._closing = False

    async def close(self) -> None:
        """Begin nothing more, and wait until what was begun is kept: the database is closed after that."""
        self._closing = True
        async with self._turn:  # it is given in the order in which it was asked for
            return

    async def left(self, guild_id: int) -> None:
        """We were taken out of a server."""
        if self._closing:
            return
        async with self._in_turn():
            await self._leave(_community(guild_id))

    async def returned(self, guild_id: int, *, is_new: bool) -> None:
        """A server is there, where we are; it may have been there all the time, unless it `is_new`."""
        community = _community(guild_id)
        if not self._closing and (is_new or community in self._gone):
            async with self._in_turn():
                await self._return(community)

    async def compare(self, here: Collection[int], shards: Collection[int], shard_count: int) -> None:
        """Make good what was not heard of: `here` are the servers we are in, on those shards."""
        ledger = self._services.ledger
        if ledger and not self._closing:
            ours = {_community(guild_id) for guild_id in here}
            async with self._in_turn():
                for community in await ledger.kept(PLATFORM):
                    if _is_on(community, shards, shard_count) and community not in ours:
                        await self._leave(community)
                for community in await ledger.departed(PLATFORM, self._services.now(), MOST):
                    if community in ours:
                        await self._return(community)

    async def _leave(self, community: Community) -> None:
        self._gone.add(community)
        if ledger := self._services.ledger:
            await ledger.left(community, self._services.now())

    async def _return(self, community: Community) -> None:
        if ledger := self._services.ledger:
            await ledger.returned(community)
        self._gone.discard(community)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        async with self._turn:
            try:
                yield
            except Exception as error:
                log.exception("membership not kept", platform=PLATFORM, error=error, path=whereabouts(error))


def _community(guild_id: int) -> Community:
    return Community(PLATFORM, str(guild_id))


def _is_on(community: Community, shards: Collection[int], shard_count: int) -> bool:
    """Whether one of the shards hears of a server (“Sharding Formula”, in Discord's documentation)."""
    return community.id.isdecimal() and (int(community.id) >> 22) % shard_count in shards
