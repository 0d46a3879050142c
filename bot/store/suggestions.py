"""What members propose for a community's own shelf, and what became of it: a part of the ledger."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from bot.curation.model import Act, Edit, Standing, Suggestion
from bot.model import Community
from bot.store.curated import Curated, StaleError, its, whose
from bot.store.curation_rows import suggestion_of, suggestion_values
from bot.store.curation_tables import SUGGESTED_BY, WAITING
from bot.store.curation_tables import suggestion as table
from bot.store.own import put


class Suggestions(Curated):
    """The part of `bot.curation.ledger.Ledger` that is about suggestions, in a database.

    Versions are counted as those of items are. Whatever `after` says, its id and community stay.
    """

    async def suggest(self, suggestion: Suggestion, most: int) -> bool:
        """See `Ledger`."""
        here = suggestion.community
        waiting = select(func.count()).select_from(table).where(its(table, here), WAITING)
        async with self._changing(here) as connection:
            if suggestion.standing is Standing.PENDING and (await connection.scalar(waiting) or 0) >= most:
                return False
            row = {**whose(here), "id": suggestion.id, "version": 1, **suggestion_values(suggestion)}
            await connection.execute(table.insert().values(row))
        return True

    async def suggestion(self, community: Community, suggestion_id: str) -> Suggestion | None:
        """See `Ledger`."""
        one = select(table).where(its(table, community), table.c.id == suggestion_id)
        async with self._reading() as connection:
            row = (await connection.execute(one)).first()
        return suggestion_of(row) if row else None

    async def pending(self, community: Community, limit: int) -> Sequence[Suggestion]:
        """See `Ledger`."""
        waiting = select(table).where(its(table, community), WAITING).order_by(table.c.at, table.c.id)
        async with self._reading() as connection:
            return [suggestion_of(row) for row in await connection.execute(waiting.limit(limit))]

    async def untold(self, platform: str, before: datetime, limit: int) -> Sequence[Suggestion]:
        """See `Ledger`."""
        c = table.c
        waiting = (c.community_platform == platform) & SUGGESTED_BY & (c.settled_at < before)
        some = select(table).where(waiting).order_by(c.settled_at, c.id).limit(limit)
        async with self._reading() as connection:
            return [suggestion_of(row) for row in await connection.execute(some)]

    async def settle(
        self, before: Suggestion, after: Suggestion, edits: Sequence[Edit] = (), acts: Sequence[Act] = ()
    ) -> bool:
        """See `Ledger`.

        Raises:
            ValueError: Two of the edits are of one item.
        """
        here = before.community
        as_read = its(table, here) & (table.c.id == before.id) & (table.c.version == before.version)
        values = {**suggestion_values(after), "version": before.version + 1}
        try:
            async with self._changing(here) as connection:
                if not (await connection.execute(table.update().where(as_read).values(values))).rowcount:
                    return False
                await put(connection, self._engine.url, here, edits, acts)
        except StaleError:
            return False
        return True
