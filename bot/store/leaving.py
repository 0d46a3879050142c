"""Communities that the bot leaves, people to be forgotten, what is too old: a part of the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    and_,
    case,
    exists,
    func,
    null,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Community
from bot.store.curated import Curated, its, whose
from bot.store.curation_tables import (
    DONE_BY,
    OVER,
    PERSONS,
    act,
    card,
    departure,
    own_item,
    own_link,
    suggestion,
)
from bot.store.daily_tables import schedule
from bot.store.engine import insert_of, wipe
from bot.store.holdings import CURATED, HOLDINGS

PRUNED = 500
"""Rows deleted for their age in one transaction: others want to write meanwhile."""


class Leaving(Curated):
    """The part of `bot.curation.ledger.Ledger` that is about what is not kept for ever, in a database."""

    async def left(self, community: Community, at: datetime) -> None:
        """See `Ledger`."""
        row = insert_of(self._engine.url)(departure).values(**whose(community), at=at)
        async with self._changing(community) as connection:
            await connection.execute(row.on_conflict_do_nothing())

    async def returned(self, community: Community) -> None:
        """See `Ledger`."""
        async with self._changing(community) as connection:
            await connection.execute(departure.delete().where(its(departure, community)))

    async def departed(self, platform: str, before: datetime, limit: int) -> Sequence[Community]:
        """See `Ledger`. Those gone for longest come first."""
        c = departure.c
        gone = select(c.community_id).where(c.community_platform == platform, c.at < before)
        async with self._reading() as connection:
            ids = await connection.scalars(gone.order_by(c.at, c.community_id).limit(limit))
            return [Community(platform, its_id) for its_id in ids]

    async def kept(self, platform: str) -> Sequence[Community]:
        """See `Ledger`."""
        named = [
            select(holding.id.label("id")).where(holding.platform == platform)
            for holding in HOLDINGS
            if not holding.belongs
        ]
        async with self._reading() as connection:
            ids = await connection.scalars(union(*named).order_by("id"))
            return [Community(platform, its_id) for its_id in ids]

    async def move(self, old: Community, new: Community) -> None:
        """See `Ledger`. What the new community has not comes after what it has.

        Posted messages stay where they are, and so do the places that say where that is.

        Raises:
            ValueError: The communities are on different platforms.
        """
        if old.platform != new.platform:
            raise ValueError("a community is replaced by one on the same platform")
        if old == new:
            return
        theirs = select(own_item.c.id).where(its(own_item, new))
        position = select(func.coalesce(func.max(own_item.c.position) + 1, 0)).where(its(own_item, new))
        async with self._changing(old, new) as connection:
            await connection.execute(departure.delete().where(its(departure, old)))
            doubled = own_link.c.item_id.in_(theirs)
            await connection.execute(own_link.delete().where(its(own_link, old), doubled))
            shift = {"position": own_item.c.position + (await connection.scalar(position) or 0)}
            for holding in CURATED:
                table = holding.table
                if table is not act:
                    await _drop_doubled(connection, table, old, new)
                moved = {**whose(new), **(shift if table is own_item else {})}
                await connection.execute(table.update().where(holding.of(old)).values(moved))

    async def purge(self, community: Community, *, gone_before: datetime | None = None) -> bool:
        """See `Ledger`. It is gone from the files of SQLite too, once nobody reads there."""
        # Held in the order of their ids first: so does whoever posts, and two who want the same schedules
        # do not wait for each other.
        schedules = next(holding for holding in HOLDINGS if holding.table is schedule)
        held = select(schedule.c.id).where(schedules.of(community)).order_by(schedule.c.id).with_for_update()
        since = select(departure.c.at).where(its(departure, community))
        async with self._changing(community) as connection:
            if gone_before is not None:  # it may have come back since whoever asks for this looked
                gone_at = await connection.scalar(since)
                if gone_at is None or gone_at >= gone_before:
                    return False
            (await connection.execute(held)).all()
            for holding in HOLDINGS:
                await connection.execute(holding.table.delete().where(holding.of(community)))
        await wipe(self._engine)
        return True

    async def everything(self, community: Community) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """See `Ledger`. Tables that have nothing of it are left out; instants are as in ISO 8601, in UTC."""
        told = {}
        async with self._reading() as connection:
            for holding in HOLDINGS:
                rows = select(holding.table).where(holding.of(community))
                found = await connection.execute(rows.order_by(*holding.table.primary_key))
                told[holding.table.name] = [
                    {name: _in_json(value) for name, value in row.items()} for row in found.mappings()
                ]
        return {name: rows for name, rows in told.items() if rows}

    async def forget(self, platform: str, person: str) -> int:
        """See `Ledger`. It is gone from the files of SQLite too, once nobody reads there.

        A suggestion that somebody read before cannot be changed by them after: it would be written back.
        """
        if not person:
            return 0
        c = suggestion.c
        by_them = c.suggested_by == person
        values = {
            **{column.name: case((column == person, ""), else_=column) for column, _ in PERSONS},
            "tell_platform": case((by_them, null()), else_=c.tell_platform),
            "tell_id": case((by_them, null()), else_=c.tell_id),
            "version": c.version + 1,
        }
        # The platform in each: beside them, it would have SQLite look at all suggestions there.
        here = c.community_platform == platform
        theirs = or_(*(and_(here, column == person, recorded) for column, recorded in PERSONS))
        done = (act.c.done_by == person) & DONE_BY
        async with self._changing_everywhere() as connection:
            suggestions = await connection.execute(suggestion.update().where(theirs).values(values))
            acts = await connection.execute(
                act.update().where(act.c.community_platform == platform, done).values(done_by="")
            )
            had = suggestions.rowcount + acts.rowcount
        await wipe(self._engine)
        return had

    async def prune(self, before: datetime) -> int:
        """See `Ledger`. It takes some at a time, so that others can write in between."""
        settled = suggestion.c.settled_at
        return sum(
            [
                await self._prune(act, act.c.at, act.c.at < before),
                await self._prune(suggestion, settled, settled.is_not(None) & (settled < before)),
                await self._prune(card, card.c.at, OVER & (card.c.at < before)),
            ]
        )

    async def _prune(self, table: Table, age: Column[datetime], over: ColumnElement[bool]) -> int:
        aged = select(*table.primary_key).where(over).order_by(age, *table.primary_key)
        pruned, gone = 0, 1
        while gone:
            some = tuple_(*table.primary_key).in_(aged.limit(PRUNED))
            async with self._changing_everywhere() as connection:
                gone = (await connection.execute(table.delete().where(some))).rowcount
            pruned += gone
        return pruned


async def _drop_doubled(connection: AsyncConnection, table: Table, old: Community, new: Community) -> None:
    """Delete what the old community has under a key that the new one has too."""
    twin = table.alias()
    rest = [column.name for column in table.primary_key if column.name not in whose(old)]
    same = [twin.c[name] == table.c[name] for name in rest]
    theirs = (twin.c.community_platform == new.platform) & (twin.c.community_id == new.id)
    await connection.execute(table.delete().where(its(table, old), exists().where(theirs, *same)))


def _in_json(value: object) -> object:
    match value:
        case date():  # a datetime too
            return value.isoformat()
        case StrEnum():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value
