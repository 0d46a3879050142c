"""Communities' own items, what they hide of the shared ones, and who did what: a part of the ledger."""

from collections.abc import Mapping, Sequence

from sqlalchemy import URL, ColumnElement, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.curation.model import Act, Edit, Own, OwnShelf
from bot.model import Community
from bot.store.curated import Curated, StaleError, its, whose
from bot.store.curation_rows import act_of, act_values, addresses_in, own_of, own_values
from bot.store.curation_tables import act as acts_table
from bot.store.curation_tables import hidden_item, own_link
from bot.store.curation_tables import own_item as table
from bot.store.engine import insert_of

CHANGEABLE = ("seed", "version", "changed_at", "checked_on", "removed")
UPDATE = (
    table.update()
    .where(
        table.c.community_platform == bindparam("its_platform"),
        table.c.community_id == bindparam("its_community"),
        table.c.id == bindparam("its_id"),
        table.c.version == bindparam("its_version"),
    )
    .values({name: bindparam(name, type_=table.c[name].type) for name in CHANGEABLE})
)
"""Keep an item, unless it was changed since."""

DROP_LINK = own_link.delete().where(
    own_link.c.community_platform == bindparam("its_platform"),
    own_link.c.community_id == bindparam("its_community"),
    own_link.c.item_id == bindparam("its_id"),
    own_link.c.address == bindparam("its_address"),
)


class OwnShelves(Curated):
    """The part of `bot.curation.ledger.Ledger` that is about items and acts, in a database.

    What is kept as it is `after` gets the version that follows the one it had `before`, and 1 where it is
    new. Whatever `after` says, its id stays.
    """

    async def shelf(self, community: Community) -> OwnShelf:
        """See `Ledger`."""
        items = select(table).where(its(table, community)).order_by(table.c.position, table.c.id)
        hidden = select(hidden_item.c.item_id).where(its(hidden_item, community))
        async with self._reading() as connection:
            return OwnShelf(
                tuple(own_of(row) for row in await connection.execute(items)),
                frozenset(await connection.scalars(hidden)),
            )

    async def keep(self, community: Community, edits: Sequence[Edit], acts: Sequence[Act]) -> bool:
        """See `Ledger`.

        Raises:
            ValueError: Two of the edits are of one item.
        """
        try:
            async with self._changing(community) as connection:
                await put(connection, self._engine.url, community, edits, acts)
        except StaleError:
            return False
        return True

    async def hide(self, community: Community, item_id: str, act: Act, *, hidden: bool) -> bool:
        """See `Ledger`."""
        async with self._changing(community) as connection:
            if hidden:
                insert = insert_of(self._engine.url)(hidden_item)
                row = insert.values(**whose(community), item_id=item_id)
                done = await connection.execute(row.on_conflict_do_nothing())
            else:
                one = its(hidden_item, community) & (hidden_item.c.item_id == item_id)
                done = await connection.execute(hidden_item.delete().where(one))
            if done.rowcount:
                await tell(connection, community, [act])
            return bool(done.rowcount)

    async def note(self, community: Community, act: Act) -> None:
        """See `Ledger`."""
        async with self._changing(community) as connection:
            await tell(connection, community, [act])

    async def acts(self, community: Community, subject: str = "", *, limit: int) -> Sequence[Act]:
        """See `Ledger`."""
        statement = select(acts_table).where(its(acts_table, community))
        if subject:
            statement = statement.where(acts_table.c.subject == subject)
        newest_first = statement.order_by(acts_table.c.at.desc(), acts_table.c.id.desc())
        async with self._reading() as connection:
            return [act_of(row) for row in await connection.execute(newest_first.limit(limit))]


async def put(
    connection: AsyncConnection, url: URL, community: Community, edits: Sequence[Edit], acts: Sequence[Act]
) -> None:
    """Keep items of a community, and acts, within a transaction that writes what is of it.

    Raises:
        StaleError: An item is no longer as it was read. The transaction must not be kept.
        ValueError: Two of the edits are of one item.
    """
    edited = {(edit.before or edit.after).id: edit for edit in edits}
    if len(edited) < len(edits):
        raise ValueError("an item can only be changed once at a time")
    if edited:
        await _change(connection, community, {key: e for key, e in edited.items() if e.before})
        await _add(connection, url, community, [e.after for e in edits if not e.before])
        await _link(connection, community, {key: edit.after for key, edit in edited.items()})
    await tell(connection, community, acts)


async def tell(connection: AsyncConnection, community: Community, acts: Sequence[Act]) -> None:
    """Keep acts, the first as the oldest."""
    if acts:
        await connection.execute(acts_table.insert(), [act_values(community, act) for act in acts])


async def _change(connection: AsyncConnection, community: Community, edits: Mapping[str, Edit]) -> None:
    believed = {key: edit.before.version for key, edit in edits.items() if edit.before}
    if not believed:
        return
    # In the order of their ids, and held until the transaction is over.
    statement = (
        select(table.c.id, table.c.version)
        .where(its(table, community), table.c.id.in_(list(believed)))
        .order_by(table.c.id)
        .with_for_update()
    )
    if {row.id: row.version for row in await connection.execute(statement)} != believed:
        raise StaleError
    rows = [
        {
            **_key(community, key),
            "its_version": believed[key],
            **own_values(edit.after),
            "version": believed[key] + 1,
        }
        for key, edit in edits.items()
    ]
    await connection.execute(UPDATE, rows)


async def _add(connection: AsyncConnection, url: URL, community: Community, new: Sequence[Own]) -> None:
    if not new:
        return
    last = await connection.scalar(select(func.max(table.c.position)).where(its(table, community)))
    first = 0 if last is None else last + 1
    rows = [
        {**whose(community), "id": own.id, "position": first + number, "version": 1, **own_values(own)}
        for number, own in enumerate(new)
    ]
    insert = insert_of(url)(table).on_conflict_do_nothing().returning(table.c.id)
    if len((await connection.execute(insert, rows)).all()) < len(rows):
        raise StaleError


async def _link(connection: AsyncConnection, community: Community, items: Mapping[str, Own]) -> None:
    """Let the addresses of items be those in their seeds; what was found behind one that stays, stays."""
    columns = own_link.c.item_id, own_link.c.address
    here: ColumnElement[bool] = its(own_link, community) & own_link.c.item_id.in_(list(items))
    before = {(row.item_id, row.address) for row in await connection.execute(select(*columns).where(here))}
    after = {
        (key, address) for key, own in items.items() if not own.removed for address in addresses_in(own.seed)
    }
    if gone := sorted(before - after):
        rows = [{**_key(community, key), "its_address": address} for key, address in gone]
        await connection.execute(DROP_LINK, rows)
    if new := sorted(after - before):
        fresh = {**whose(community), "detail": "", "failures": 0}
        added = [{**fresh, "item_id": key, "address": address} for key, address in new]
        await connection.execute(own_link.insert(), added)


def _key(community: Community, item_id: str) -> dict[str, str]:
    return {"its_platform": community.platform, "its_community": community.id, "its_id": item_id}
