"""What is to be posted and what became of it: the part of the book about deliveries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.daily.book import Step
from bot.daily.model import Delivery, Schedule, State
from bot.store.daily_rows import DELIVERY, IDENTITY, delivery_of, delivery_values, schedule_of
from bot.store.daily_tables import PENDING
from bot.store.daily_tables import delivery as table
from bot.store.daily_tables import schedule as schedules
from bot.store.engine import insert_of
from bot.store.schedules import UPDATE, ScheduleBook, changed, current

KEY = [table.c[name] for name in IDENTITY]
LATE = "late"
PRUNED = 500
"""Deliveries forgotten in one transaction: others want to write meanwhile."""


class SqlBook(ScheduleBook):
    """`bot.daily.book.Book` in a database; any number of processes may use it at once."""

    async def enqueue(self, steps: Sequence[Step]) -> int:
        """See `Book`. Of several steps of one schedule, only the first can be one from what was read."""
        first: dict[str, Step] = {}
        for step in steps:
            first.setdefault(step.before.id, step)
        async with self._writing() as connection:
            unchanged = await current(connection, [step.before for step in first.values()])
            steps = [step for step in first.values() if step.before.id in unchanged]
            put = await self._put(connection, steps)
            changes = [
                changed(step.before, step.after)
                if step.delivery is None or _key(step.delivery) in put
                else changed(step.before, replace(step.after, memory=step.before.memory))
                for step in steps
            ]
            if changes:
                await connection.execute(UPDATE, changes)
        return len(steps)

    async def extra(self, before: Schedule, after: Schedule, delivery: Delivery) -> Delivery | None:
        """See `Book`."""
        async with self._writing() as connection:
            if not (await connection.execute(UPDATE, changed(before, after))).rowcount:
                return None
            same_day = (table.c.schedule_id == before.id) & (table.c.day == delivery.day)
            last = await connection.scalar(
                select(func.max(table.c.number)).where(same_day, table.c.what == delivery.what)
            )
            delivery = replace(delivery, schedule_id=before.id, number=(last or 0) + 1)
            values = delivery_values(delivery, after.place.platform)
            number = await connection.scalar(table.insert().values(values).returning(table.c.id))
        return replace(delivery, id=number or 0)

    async def claim(
        self,
        platform: str,
        identity: str,
        *,
        now: datetime,
        until: datetime,
        forgotten: datetime,
        token: str,
        limit: int,
    ) -> Sequence[tuple[Delivery, Schedule]]:
        """See `Book`."""
        # The platform of a row never changes. In the statement that takes some, it would have SQLite look for
        # them among all that are free, by the index for that, and not by their ids.
        free = and_(PENDING, table.c.free_at <= now)
        ours = or_(table.c.tried_at.is_(None), table.c.identity == identity, table.c.tried_at < forgotten)
        first = (
            select(table.c.id)
            .where(table.c.platform == platform, free, ours)
            .order_by(table.c.free_at, table.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._writing() as connection:
            order = {key: place for place, key in enumerate(await connection.scalars(first))}
            if not order:
                return []
            # That they are free is said again: nothing but this statement decides who has them.
            taken = (
                table.update()
                .where(table.c.id.in_(list(order)), free)
                .values(claim=token, free_at=until)
                .returning(table)
            )
            held = [delivery_of(row) for row in await connection.execute(taken)]
            theirs = select(schedules).where(schedules.c.id.in_({each.schedule_id for each in held}))
            kept = {row.id: schedule_of(row) for row in await connection.execute(theirs)}
        held.sort(key=lambda each: order[each.id])
        return [(each, kept[each.schedule_id]) for each in held]

    async def record(self, held: Delivery, after: Delivery, now: datetime, step: Step | None = None) -> bool:
        """See `Book`."""
        in_hand = and_(table.c.id == held.id, PENDING, table.c.claim == held.claim, table.c.free_at > now)
        kept = {name: getattr(after, name) for name in DELIVERY if name not in IDENTITY}
        async with self._writing() as connection:
            # The schedule first, as everywhere: two who hold what the other wants would wait for ever.
            if step and not await current(connection, [step.before]):
                return False
            if not (await connection.execute(table.update().where(in_hand).values(kept))).rowcount:
                return False
            if step:
                await connection.execute(UPDATE, changed(step.before, step.after))
                if step.delivery:
                    values = delivery_values(step.delivery, step.after.place.platform)
                    insert = insert_of(self._engine.url)(table).values(values)
                    await connection.execute(insert.on_conflict_do_nothing(index_elements=KEY))
        return True

    async def history(self, schedule_id: str, limit: int) -> Sequence[Delivery]:
        """See `Book`."""
        its = select(table).where(table.c.schedule_id == schedule_id)
        async with self._reading() as connection:
            rows = await connection.execute(its.order_by(table.c.day.desc(), table.c.id.desc()).limit(limit))
            return [delivery_of(row) for row in rows]

    async def next_at(self, platforms: Sequence[str]) -> datetime | None:
        """See `Book`."""
        soonest = [
            statement.where(where).scalar_subquery()
            for platform in set(platforms)
            for statement, where in (
                (
                    select(func.min(schedules.c.due)),
                    and_(schedules.c.platform == platform, schedules.c.due.is_not(None)),
                ),
                (select(func.min(table.c.free_at)), and_(table.c.platform == platform, PENDING)),
            )
        ]
        if not soonest:
            return None
        async with self._reading() as connection:
            instants = (await connection.execute(select(*soonest))).one()
        return min((instant for instant in instants if instant is not None), default=None)

    async def prune(self, before: datetime) -> int:
        """See `Book`. It takes some at a time, so that others can write in between."""
        pruned = 0
        last: Sequence[tuple[datetime, int]] = ()
        while gone := await self._prune_some(before, last):
            pruned += len(gone)
            last = gone[-1:]
        return pruned

    async def _prune_some(
        self, before: datetime, last: Sequence[tuple[datetime, int]]
    ) -> Sequence[tuple[datetime, int]]:
        """Forget some, beginning after the last ones: when each was settled, and its id."""
        place, later = tuple_(table.c.settled_at, table.c.id), table.alias()
        not_last = exists().where(later.c.schedule_id == table.c.schedule_id, later.c.id > table.c.id)
        aged = (
            select(table.c.settled_at, table.c.id)
            .where(table.c.settled_at < before, not_last, *(place > tuple_(*one) for one in last))
            .order_by(table.c.settled_at, table.c.id)
            .limit(PRUNED)
            .with_for_update(skip_locked=True, of=table)
        )
        async with self._writing() as connection:
            gone = [(row.settled_at, row.id) for row in await connection.execute(aged)]
            if gone:
                ids = [its_id for _, its_id in gone]
                await connection.execute(table.delete().where(table.c.id.in_(ids)))
        return gone

    async def _put(self, connection: AsyncConnection, steps: Sequence[Step]) -> set[tuple[Any, ...]]:
        """Put the deliveries of steps in the queue; return which of them, as they are told apart."""
        rows = [delivery_values(step.delivery, step.after.place.platform) for step in steps if step.delivery]
        if not rows:
            return set()
        insert = insert_of(self._engine.url)(table)
        late = and_(table.c.state == State.SKIPPED, table.c.problem == LATE)
        statement = insert.on_conflict_do_update(
            index_elements=KEY,
            set_={name: insert.excluded[name] for name in DELIVERY if name not in IDENTITY},
            where=and_(late, insert.excluded.state == State.PENDING),
        )
        return {tuple(row) for row in await connection.execute(statement.returning(*KEY), rows)}


def _key(each: Delivery) -> tuple[Any, ...]:
    return tuple(getattr(each, name) for name in IDENTITY)
