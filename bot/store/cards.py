"""The cards that moderators post: a part of the ledger."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from bot.curation.model import Act, CardState, PostedCard
from bot.model import Community
from bot.store.curated import Curated, its, whose
from bot.store.curation_rows import card_of, card_values
from bot.store.curation_tables import card as table
from bot.store.own import tell

DRAFTS_LAST = timedelta(days=1)


class Cards(Curated):
    """The part of `bot.curation.ledger.Ledger` that is about posted cards, in a database.

    Versions are counted as those of items are. Whatever `after` says, its id and community stay.
    """

    async def add_card(self, card: PostedCard) -> None:
        """See `Ledger`."""
        here = card.community
        old = (table.c.state == CardState.DRAFT) & (table.c.at < card.at - DRAFTS_LAST)
        row = {**whose(here), "id": card.id, "version": 1, **card_values(card)}
        async with self._changing(here) as connection:
            await connection.execute(table.delete().where(its(table, here), old))
            await connection.execute(table.insert().values(row))

    async def card(self, community: Community, card_id: str) -> PostedCard | None:
        """See `Ledger`."""
        one = select(table).where(its(table, community), table.c.id == card_id)
        async with self._reading() as connection:
            row = (await connection.execute(one)).first()
        return card_of(row) if row else None

    async def cards(self, community: Community, item_id: str = "") -> Sequence[PostedCard]:
        """See `Ledger`."""
        posted = select(table).where(its(table, community), table.c.state == CardState.POSTED)
        if item_id:
            posted = posted.where(table.c.item == item_id)
        async with self._reading() as connection:
            rows = await connection.execute(posted.order_by(table.c.at, table.c.id))
            return [card_of(row) for row in rows]

    async def change_card(self, before: PostedCard, after: PostedCard, act: Act | None = None) -> bool:
        """See `Ledger`."""
        here = before.community
        as_read = its(table, here) & (table.c.id == before.id) & (table.c.version == before.version)
        values = {**card_values(after), "version": before.version + 1}
        async with self._changing(here) as connection:
            if not (await connection.execute(table.update().where(as_read).values(values))).rowcount:
                return False
            await tell(connection, here, [act] if act else [])
        return True
