"""Any number of processes share one database: each delivery is put in the queue once and posted by one."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.model import Place
from bot.store import SqlBook, open_engine, upgrade
from bot.store.daily_tables import delivery as table
from bot.store.engine import writing
from tests.store.daily import (
    NOON,
    SERVER,
    TOMORROW,
    a_schedule,
    a_step,
    added,
    claimed,
    counted,
    queued,
    sent,
)

DAYS = 4


async def test_processes_that_deliver_at_once(database_url: str, engine: AsyncEngine) -> None:
    """Three, with two hands each: every schedule has one delivery for each day, and each is posted once."""
    book = SqlBook(engine)
    names = [f"{number:02}" for number in range(30)]
    await added(book, *(a_schedule(name) for name in names))
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.store.courier", database_url, stdin=PIPE, stdout=PIPE
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0, 0]
    posted = [line.rpartition(" ")[0] for out, _ in said for line in out.decode().splitlines()]
    expected = Counter(f"{name} {(NOON + day * TOMORROW).date()}" for name in names for day in range(DAYS))
    assert Counter(posted) == expected
    assert sum(1 for out, _ in said if out) > 1
    for each in await book.of(SERVER):
        assert each.next_day == (NOON + DAYS * TOMORROW).date()
        assert each.memory.shown == tuple(f"mark{number}" for number in range(DAYS))
        assert each.trouble == f"{DAYS}"
        assert each.version == 2 * DAYS
        assert {one.message_id for one in await book.history(each.id, 10)} == {"message"}
    assert await counted(engine) == (len(names), len(names) * DAYS)


async def test_hands_that_reach_out_at_once(database_url: str, engine: AsyncEngine) -> None:
    """What one has, no other gets, and nothing is left lying while many reach for the first few."""
    await queued(SqlBook(engine), *(f"{number:02}" for number in range(40)))
    engines = [open_engine(database_url) for _ in range(4)]
    hands = await asyncio.gather(
        *(claimed(SqlBook(engines[number % 4]), NOON, f"hand {number}", limit=10) for number in range(12))
    )
    taken = [delivery.schedule_id for held in hands for delivery, _ in held]
    assert len(taken) == len(set(taken))
    assert {delivery.claim for held in hands for delivery, _ in held} == {
        f"hand {number}" for number, held in enumerate(hands) if held
    }
    taken += [delivery.schedule_id for delivery, _ in await claimed(SqlBook(engine))]
    assert sorted(taken) == [f"{number:02}" for number in range(40)]
    for own in engines:
        await own.dispose()


async def test_nobody_waits_for_what_another_is_about_to_take(postgresql_url: str) -> None:
    """While another process is in the middle of a claim, the deliveries after those are taken at once."""
    engine = open_engine(postgresql_url)
    await upgrade(engine)
    book = SqlBook(engine)
    await queued(book, *(f"{number}" for number in range(6)))
    async with writing(engine) as connection:
        first = select(table.c.id).order_by(table.c.id).limit(3).with_for_update()
        assert len((await connection.execute(first)).all()) == 3
        async with asyncio.timeout(20):
            held = await claimed(book, limit=2)
    assert [each.schedule_id for each, _ in held] == ["3", "4"]
    assert [each.schedule_id for each, _ in await claimed(book)] == ["0", "1", "2", "5"]
    await engine.dispose()


async def test_many_who_write_in_one_process_stand_in_line(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They succeed even where nobody is patient: none of them ever meets another at the database."""
    monkeypatch.setattr("bot.store.engine.PATIENCE", 0.0)
    engine = open_engine(sqlite_url)
    await upgrade(engine)
    book = SqlBook(engine)
    await queued(book, *(f"{number:02}" for number in range(40)))
    held = await claimed(book)
    assert all(await asyncio.gather(*(book.record(each, sent(each), NOON) for each, _ in held)))
    await engine.dispose()


async def test_of_those_who_read_the_same_one_changes_it(database_url: str, engine: AsyncEngine) -> None:
    """A change, a step and one more prompt: whoever comes second is told, and nothing is overwritten."""
    (read,) = await added(SqlBook(engine), a_schedule())
    engines = [open_engine(database_url) for _ in range(3)]
    step = a_step(read)
    assert step.delivery
    for _ in range(5):
        books = [SqlBook(own) for own in engines]
        done = await asyncio.gather(
            books[0].change(read, replace(read, trouble="changed")),
            books[1].enqueue([replace(step, before=read)]),
            books[2].extra(before=read, after=replace(read, trouble="extra"), delivery=step.delivery),
        )
        assert sum(map(bool, done)) == 1
        (now,) = await SqlBook(engine).of(SERVER)
        assert now.version == read.version + 1
        read = now
    for own in engines:
        await own.dispose()


async def test_schedules_that_are_added_at_once(database_url: str, engine: AsyncEngine) -> None:
    """Each gets a number of its own, no more than allowed; of somebody's own there is one."""
    engines = [open_engine(database_url) for _ in range(4)]
    here = Place("discord", "conversation")
    kept = await asyncio.gather(
        *(SqlBook(engines[number % 4]).add(a_schedule(f"{number}"), 5) for number in range(8))
    )
    own = await asyncio.gather(
        *(
            SqlBook(engines[number % 4]).add(a_schedule(f"own {number}", owner=None, place=here), 5)
            for number in range(4)
        )
    )
    book = SqlBook(engine)
    assert [each.number for each in await book.of(SERVER)] == [1, 2, 3, 4, 5]
    assert sorted(each.number for each in kept if each) == [1, 2, 3, 4, 5]
    assert await book.own(here) in own
    assert await counted(engine) == (6, 0)
    for each in engines:
        await each.dispose()


async def test_a_schedule_that_is_removed_while_it_is_posted(database_url: str, engine: AsyncEngine) -> None:
    """Removing, moving and delivering do not wait for each other for ever, and leave nothing half."""
    names = [f"{number:02}" for number in range(20)]
    schedules = await added(
        SqlBook(engine), *(a_schedule(name, place=Place("discord", "1")) for name in names)
    )
    others = [open_engine(database_url) for _ in range(3)]
    one, two, three = (SqlBook(other) for other in others)

    async def deliver() -> None:
        for each in schedules:
            await one.enqueue([a_step(each), *(a_step(other) for other in schedules[::-1])])
            for delivery, schedule in await claimed(one, limit=3):
                step = a_step(schedule)
                await one.record(delivery, replace(delivery, problem="gone"), NOON, step)

    async def remove() -> None:
        for name in names[::-2]:
            await two.remove(name)

    async def move() -> None:
        for number in range(1, 10):
            await three.move(Place("discord", f"{number}"), Place("discord", f"{number + 1}"))

    await asyncio.gather(deliver(), remove(), move())
    left = await SqlBook(engine).of(SERVER)
    assert [each.id for each in left] == names[::2]
    assert {each.place.id for each in left} == {"10"}
    schedules_left, deliveries = await counted(engine)
    assert (schedules_left, deliveries) == (10, sum([len(await one.history(each.id, 99)) for each in left]))
    for other in others:
        await other.dispose()
