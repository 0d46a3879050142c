"""Offers to hand a shelf over to another community, and what comes of them: a part of the ledger."""

from datetime import datetime

from sqlalchemy import select

from bot.curation.model import Act, Changes, Offer
from bot.model import Community
from bot.store.curated import Curated, StaleError, its, whose
from bot.store.curation_tables import offer as table
from bot.store.own import put, tell


class HandingOver(Curated):
    """The part of `bot.curation.ledger.Ledger` that is about offers, in a database."""

    async def offer(self, offer: Offer, act: Act) -> None:
        """See `Ledger`. An offer has ended that ends at the instant of the act, or before."""
        here = offer.community
        row = {**whose(here), "code": offer.code, "ends_at": offer.ends_at}
        async with self._changing_everywhere() as connection:
            gone = its(table, here) | (table.c.ends_at <= act.at)
            await connection.execute(table.delete().where(gone))
            await connection.execute(table.insert().values(row))
            await tell(connection, here, [act])

    async def offered(self, code: str, now: datetime) -> Offer | None:
        """See `Ledger`."""
        holds = select(table).where(table.c.code == code, table.c.ends_at > now)
        async with self._reading() as connection:
            row = (await connection.execute(holds)).first()
        if row is None:
            return None
        return Offer(row.code, Community(row.community_platform, row.community_id), row.ends_at)

    async def hand_over(self, offer: Offer, given: Changes, to: Community, received: Changes) -> bool:
        """See `Ledger`.

        Raises:
            ValueError: Two of the edits on one side are of one item.
        """
        giver, url = offer.community, self._engine.url
        this_one = its(table, giver) & (table.c.code == offer.code)
        try:
            async with self._changing(giver, to) as connection:
                if not (await connection.execute(table.delete().where(this_one))).rowcount:
                    return False
                await put(connection, url, giver, given.edits, given.acts)
                await put(connection, url, to, received.edits, received.acts)
        except StaleError:
            return False
        return True
