"""What every part of the store that is kept in hand has in common: how it comes to its database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.engine import is_sqlite, reading, writing
from bot.store.migrate import require_head


class Access:
    """Transactions on a database whose schema is up to date."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._checked = False
        # SQLite lets one write at a time; the others ask again after a while, in no order. With twenty of
        # them, two thirds of the time went by asking. Here, they stand in line.
        sqlite = is_sqlite(engine.url)
        self._line: AbstractAsyncContextManager[None] = asyncio.Lock() if sqlite else nullcontext()

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with reading(self._engine) as connection:
            await self._require_head(connection)
            yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._line, writing(self._engine) as connection:
            await self._require_head(connection)
            yield connection

    async def _require_head(self, connection: AsyncConnection) -> None:
        """Look at the schema once: to ask each time would cost as much as what is asked."""
        if not self._checked:
            await require_head(connection, self._engine.url)
            self._checked = True
