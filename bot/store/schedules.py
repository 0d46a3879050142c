"""What moderators and members decided about daily prompts: the part of the book about schedules."""

import heapq
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.daily.model import Schedule
from bot.model import Community, Place
from bot.store.access import Access
from bot.store.daily_rows import schedule_of, schedule_values
from bot.store.daily_tables import OWN, TELLS, zone_data
from bot.store.daily_tables import schedule as table
from bot.store.engine import is_sqlite
from bot.store.migrate import LOCK

BY_ID = select(table).order_by(table.c.id)

UPDATE = (
    table.update()
    .where(table.c.id == bindparam("its_id"), table.c.version == bindparam("its_version"))
    .values({name: bindparam(name, type_=column.type) for name, column in table.c.items() if name != "id"})
)
"""Keep a schedule, unless it was changed since: with the values of `changed`."""


class ScheduleBook(Access):
    """The part of `bot.daily.book.Book` that is about schedules, in a database.

    What is kept as it is `after` gets the version that follows the one it had `before`. Whatever `after`
    says, its id stays.
    """

    async def of(self, owner: Community) -> Sequence[Schedule]:
        """See `Book`."""
        async with self._reading() as connection:
            return await _read(connection, select(table).where(_owned(owner)).order_by(table.c.number))

    async def own(self, place: Place) -> Schedule | None:
        """See `Book`."""
        async with self._reading() as connection:
            found = await _read(connection, select(table).where(_at(place), OWN))
        return found[0] if found else None

    async def schedule(self, schedule_id: str) -> Schedule | None:
        """See `Book`."""
        async with self._reading() as connection:
            found = await _read(connection, select(table).where(table.c.id == schedule_id))
        return found[0] if found else None

    async def add(self, schedule: Schedule, most: int) -> Schedule | None:
        """See `Book`. Somebody's own schedule is number 1."""
        async with self._writing() as connection:
            await self._take_turns(connection, schedule.owner or schedule.place)
            if schedule.owner is None:
                await connection.execute(table.delete().where(_at(schedule.place), OWN))
                number = 1
            else:
                taken = await _numbers(connection, schedule.owner)
                if len(taken) >= most:
                    return None
                number = _free(taken)
            schedule = replace(schedule, number=number)
            await connection.execute(table.insert().values(schedule_values(schedule)))
        return schedule

    async def change(self, before: Schedule, after: Schedule) -> bool:
        """See `Book`."""
        async with self._writing() as connection:
            return bool((await connection.execute(UPDATE, changed(before, after))).rowcount)

    async def remove(self, schedule_id: str) -> bool:
        """See `Book`."""
        async with self._writing() as connection:
            gone = await connection.execute(table.delete().where(table.c.id == schedule_id))
            return bool(gone.rowcount)

    async def move(self, old: Place, new: Place) -> None:
        """See `Book`.

        Where the new place has schedules of its own, they keep their numbers; somebody's own schedule there
        takes the place of the one they had before.

        Raises:
            ValueError: The places are on different platforms.
        """
        if old.platform != new.platform:
            raise ValueError("a place is replaced by one on the same platform")
        before, after = Community(old.platform, old.id), Community(new.platform, new.id)
        told = (table.c.platform == old.platform) & (table.c.tell == old.id) & TELLS
        async with self._writing() as connection:
            await self._take_turns(connection, after)
            theirs = await _numbers(connection, after)
            taken = theirs | await _numbers(connection, before)
            replaced = (await connection.execute(select(table.c.id).where(_at(new), OWN))).first()
            if replaced:
                await connection.execute(table.delete().where(_at(old), OWN))
            changes = []
            for each in await _locked(connection, _at(old) | _owned(before) | told):
                moved = each
                if each.place == old:
                    moved = replace(moved, place=new)
                if each.plan.tell == old.id:
                    moved = replace(moved, plan=replace(moved.plan, tell=new.id))
                if each.owner == before:
                    number = _free(taken) if each.number in theirs else each.number
                    taken.add(number)
                    moved = replace(moved, owner=after, number=number)
                changes.append(changed(each, moved))
            if changes:
                await connection.execute(UPDATE, changes)

    async def forget(self, place: Place) -> None:
        """See `Book`."""
        async with self._writing() as connection:
            gone = await _locked(connection, _at(place) | _owned(Community(place.platform, place.id)))
            await connection.execute(table.delete().where(table.c.id.in_([each.id for each in gone])))

    async def due(self, platforms: Sequence[str], now: datetime, limit: int) -> Sequence[Schedule]:
        """See `Book`."""
        # One statement for each platform: an index can give the first of one in their order, but not of two.
        async with self._reading() as connection:
            found = [
                await _read(
                    connection,
                    select(table)
                    .where(table.c.platform == platform, table.c.due <= now)
                    .order_by(table.c.due, table.c.id)
                    .limit(limit),
                )
                for platform in set(platforms)
            ]
        every = (each for some in found for each in some)
        return heapq.nsmallest(limit, every, key=lambda each: (each.due or now, each.id))

    async def later_than(self, instant: datetime, limit: int) -> Sequence[Schedule]:
        """See `Book`."""
        late = select(table).where(table.c.due > instant, ~table.c.paused)
        async with self._reading() as connection:
            return await _read(connection, late.order_by(table.c.due.desc()).limit(limit))

    async def after(self, schedule_id: str, limit: int) -> Sequence[Schedule]:
        """See `Book`."""
        async with self._reading() as connection:
            following = BY_ID.where(table.c.id > schedule_id, ~table.c.paused)
            return await _read(connection, following.limit(limit))

    async def rules(self) -> str:
        """See `Book`."""
        async with self._reading() as connection:
            return await connection.scalar(select(zone_data.c.version)) or ""

    async def keep_rules(self, version: str) -> None:
        """See `Book`."""
        async with self._writing() as connection:
            await connection.execute(zone_data.update().values(version=version))

    async def _take_turns(self, connection: AsyncConnection, owner: Community | Place) -> None:
        """Let only one process at a time give out an owner's numbers; on SQLite only one can write anyway."""
        if not is_sqlite(self._engine.url):
            name = func.hashtext(f"{owner.platform} {owner.id}")
            await connection.execute(select(func.pg_advisory_xact_lock(LOCK, name)))


def changed(before: Schedule, after: Schedule) -> dict[str, object]:
    """The values with which `UPDATE` keeps a schedule."""
    values = schedule_values(replace(after, version=before.version + 1))
    del values["id"]
    return {"its_id": before.id, "its_version": before.version, **values}


async def current(connection: AsyncConnection, schedules: Collection[Schedule]) -> set[str]:
    """Which of them are as they were read, by their ids; they stay so until the transaction is over."""
    # In the order of their ids, so that two who want the same ones do not wait for each other. What refers
    # to a schedule can still be written: only the row itself is held.
    statement = (
        select(table.c.id, table.c.version)
        .where(table.c.id.in_([each.id for each in schedules]))
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )
    versions = {row.id: row.version for row in await connection.execute(statement)}
    return {each.id for each in schedules if versions.get(each.id) == each.version}


async def _read(connection: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> list[Schedule]:
    return [schedule_of(row) for row in await connection.execute(statement)]


async def _locked(connection: AsyncConnection, which: ColumnElement[bool]) -> list[Schedule]:
    return await _read(connection, BY_ID.where(which).with_for_update())


async def _numbers(connection: AsyncConnection, owner: Community) -> set[int]:
    return set(await connection.scalars(select(table.c.number).where(_owned(owner))))


def _free(taken: Iterable[int]) -> int:
    return next(number for number in count(1) if number not in taken)


def _owned(owner: Community) -> ColumnElement[bool]:
    return (table.c.owner_platform == owner.platform) & (table.c.owner_id == owner.id)


def _at(place: Place) -> ColumnElement[bool]:
    return (table.c.platform == place.platform) & (table.c.place_id == place.id)
