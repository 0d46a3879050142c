"""What the parts of the ledger have in common: whose a row is, and whose turn it is to write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zlib import crc32

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Community
from bot.store.access import Access
from bot.store.engine import is_sqlite

LOCK = 0x4F574E53
"""The class of the PostgreSQL advisory locks under which own shelves are written."""

EVERYBODY = 0
"""The lock of that class which every writer holds: together, or alone who writes in all communities."""


class StaleError(Exception):
    """Something is no longer as whoever wants to change it read it; the transaction is to be undone."""


class Curated(Access):
    """Transactions that write what is kept of communities, one at a time for each of them.

    Taking turns keeps two processes from counting the same suggestions, and from waiting for each other's
    rows for ever. What decides whether something may be changed is its version all the same.
    """

    @asynccontextmanager
    async def _changing(self, *communities: Community) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes what is of these communities."""
        async with self._writing() as connection:
            if not is_sqlite(self._engine.url):
                lock = func.pg_advisory_xact_lock_shared(LOCK, EVERYBODY)
                await connection.execute(select(lock))
                for number in sorted({_number(each) for each in communities}):
                    await connection.execute(select(func.pg_advisory_xact_lock(LOCK, number)))
            yield connection

    @asynccontextmanager
    async def _changing_everywhere(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes what is of many communities, while nobody else writes."""
        async with self._writing() as connection:
            if not is_sqlite(self._engine.url):
                await connection.execute(select(func.pg_advisory_xact_lock(LOCK, EVERYBODY)))
            yield connection


def its(table: Table, community: Community) -> ColumnElement[bool]:
    """The rows of a table that are of one community."""
    return (table.c.community_platform == community.platform) & (table.c.community_id == community.id)


def whose(community: Community) -> dict[str, str]:
    """The values that say whose a row is."""
    return {"community_platform": community.platform, "community_id": community.id}


def _number(community: Community) -> int:
    """A number from 1 to 2³¹ - 1, so that it fits the lock and is never that of everybody."""
    return crc32(f"{community.platform} {community.id}".encode()) % (2**31 - 1) + 1
