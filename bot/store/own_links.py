"""What a link checker found behind the addresses on communities' own shelves: a part of the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select

from bot.curation.model import LinkState
from bot.model import Community
from bot.store.curated import Curated, its
from bot.store.curation_tables import FAILED_ONCE
from bot.store.curation_tables import own_link as table


class OwnLinks(Curated):
    """The part of `bot.curation.ledger.Ledger` that is about web addresses, in a database."""

    async def unchecked_links(
        self, before: datetime, again: datetime, limit: int
    ) -> Sequence[tuple[str, LinkState | None]]:
        """See `Ledger`. Those never looked at come first, then what failed once, each the oldest first.

        One that a community added since it was looked at is looked at again: its own rows say nothing yet.
        """
        c = table.c
        never = select(c.address).where(c.looked_at.is_(None)).distinct().order_by(c.address)
        known = select(c.address, c.outcome, c.looked_at, c.detail, c.failures).distinct()
        oldest_first = known.order_by(c.looked_at, c.address)
        found: dict[str, LinkState | None] = {}
        async with self._reading() as connection:
            for address in await connection.scalars(never.limit(limit)):
                found[address] = None
            elsewhere = oldest_first.where(c.looked_at.is_not(None), c.address.in_(list(found)))
            for row in await connection.execute(elsewhere):
                found[row.address] = _state(row)
            for due in (and_(FAILED_ONCE, c.looked_at < again), c.looked_at < before):
                rows = await connection.execute(oldest_first.where(due).limit(limit))
                for row in rows:
                    found.setdefault(row.address, _state(row))
        return list(found.items())[:limit]

    async def link_states(self, community: Community) -> Mapping[str, LinkState]:
        """See `Ledger`."""
        looked_at = select(table).where(its(table, community), table.c.looked_at.is_not(None))
        async with self._reading() as connection:
            rows = await connection.execute(looked_at.order_by(table.c.looked_at, table.c.item_id))
            return {row.address: _state(row) for row in rows}

    async def found_link(self, state: LinkState) -> None:
        """See `Ledger`. Nothing is kept of an address that is on no shelf any more."""
        found = {
            "outcome": state.outcome,
            "looked_at": state.at,
            "detail": state.detail,
            "failures": state.failures,
        }
        async with self._changing_everywhere() as connection:
            await connection.execute(table.update().where(table.c.address == state.address).values(found))


def _state(row: Row[*tuple[Any, ...]]) -> LinkState:
    return LinkState(row.address, row.outcome, row.looked_at, row.detail, row.failures)
