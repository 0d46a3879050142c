"""What is asked for every minute is found by an index, on both databases: nothing else is looked at."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.daily.model import Schedule
from bot.model import Community, Place
from bot.store import SqlBook
from bot.store.daily_rows import delivery_values, schedule_values
from bot.store.daily_tables import delivery, schedule
from bot.store.engine import writing
from tests.store.daily import HOUR, NOON, PLAN, TOMORROW, a_delivery, a_schedule, a_step, claimed, sent

LIMIT = 10
SIZE = 3000
Statement = tuple[str, Any]


def many() -> Iterator[Schedule]:
    """Schedules of which many are no answer to any question: paused, or of a platform that is not there."""
    for number in range(SIZE):
        name = f"{number:06}"
        minutes = timedelta(minutes=number % 1440)
        kept = a_schedule(name, owner=Community("discord", name), due=NOON + TOMORROW + minutes)
        match number % 5:
            case 0:  # overdue, on a platform that is not connected
                kept = replace(kept, place=Place("matrix", name), due=NOON - minutes)
            case 1:  # paused for good
                kept = replace(kept, paused=True, next_day=None, due=None)
            case 2:  # paused until a distant day
                day = NOON + 100 * TOMORROW
                kept = replace(kept, paused=True, paused_until=day.date(), next_day=day.date(), due=day)
            case 3:  # somebody's own
                kept = replace(kept, owner=None)
        if number % 100 == 4:
            kept = replace(kept, due=NOON - minutes)
        yield replace(kept, plan=replace(PLAN, tell="" if number % 2 else f"tell {name}"))


@pytest.fixture
async def statements(engine: AsyncEngine) -> AsyncIterator[list[Statement]]:
    """What is said to a database with thousands of rows."""
    schedules = list(many())
    pending = [a_delivery(replace(each, next_day=NOON.date(), due=NOON)) for each in schedules]
    settled = [replace(sent(each), day=each.day - TOMORROW, free_at=NOON - HOUR) for each in pending]
    tried = [
        replace(each, tried_at=NOON, identity="another") if number < LIMIT else each
        for number, each in enumerate(pending)
    ]
    rows = [
        delivery_values(each, of.place.platform)
        for each, of in zip((*tried, *settled), schedules * 2, strict=True)
    ]
    async with writing(engine) as connection:
        await connection.execute(schedule.insert(), [schedule_values(each) for each in schedules])
        await connection.execute(delivery.insert(), rows)
        await connection.execute(text("ANALYZE"))
    with heard(engine) as said:
        yield said


@contextmanager
def heard(engine: AsyncEngine) -> Iterator[list[Statement]]:
    """What is said to a database meanwhile."""
    said: list[Statement] = []

    def hear(*heard: Any) -> None:  # noqa: ANN401 - as SQLAlchemy tells it
        _, _, statement, parameters, *_ = heard
        said.append((statement, parameters))

    event.listen(engine.sync_engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", hear)


async def sqlite_steps(connection: AsyncConnection, statement: str, parameters: Any) -> list[str]:  # noqa: ANN401
    """How SQLite would go about a statement."""
    rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row.detail for row in rows]


async def rows_touched(connection: AsyncConnection, statement: str, parameters: Any) -> int:  # noqa: ANN401
    """How many rows PostgreSQL looked at while it did what a statement says."""
    rows = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    told = rows.scalar_one()
    plans = json.loads(told) if isinstance(told, str) else told
    return max(touched(node) for plan in plans for node in nodes(plan["Plan"]))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A step of a plan, and the steps under it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def touched(node: dict[str, Any]) -> int:
    """The rows that a step gave or threw away."""
    passed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + passed) * node["Actual Loops"])


PLATFORMS = ("discord", "terminal")
QUESTIONS: dict[str, Callable[[SqlBook], Awaitable[object]]] = {
    "due": lambda book: book.due(PLATFORMS, NOON, LIMIT),
    "later_than": lambda book: book.later_than(NOON + 3 * TOMORROW, LIMIT),
    "after": lambda book: book.after("001000", LIMIT),
    "claim": lambda book: claimed(book, limit=LIMIT),
    "next_at": lambda book: book.next_at(PLATFORMS),
    "of": lambda book: book.of(Community("discord", "000004")),
    "own": lambda book: book.own(Place("discord", "channel of 000003")),
    "move": lambda book: book.move(Place("discord", "tell 000004"), Place("discord", "new")),
    "forget": lambda book: book.forget(Place("discord", "channel of 000004")),
    "history": lambda book: book.history("000004", LIMIT),
    "remove": lambda book: book.remove("000004"),
}


async def test_only_what_is_asked_for_is_looked_at(engine: AsyncEngine, statements: list[Statement]) -> None:
    """A few rows beside those that are returned, of thousands; on SQLite no table is read whole or sorted."""
    book = SqlBook(engine)
    await book.rules()  # once, it looks at the schema
    for question, ask in QUESTIONS.items():
        statements.clear()
        answer = await ask(book)
        if question in {"due", "claim", "after"}:
            assert isinstance(answer, list)
            assert len(answer) == LIMIT
        asked = [each for each in statements if " schedule" in each[0] or " delivery" in each[0]]
        assert asked
        async with engine.connect() as connection:
            for said in asked:
                async with connection.begin() as transaction:
                    if engine.dialect.name == "sqlite":
                        # The few rows of one place or one schedule may be sorted, but not all that are due.
                        sorts = question in {"of", "move", "forget", "history"}
                        for step in await sqlite_steps(connection, *said):
                            assert not step.startswith("SCAN") or step == "SCAN CONSTANT ROW", (said, step)
                            assert sorts or "TEMP B-TREE" not in step, (said, step)
                    else:
                        assert await rows_touched(connection, *said) <= 4 * LIMIT, said
                    await transaction.rollback()


async def test_hundreds_of_steps_are_few_statements(engine: AsyncEngine) -> None:
    """Putting deliveries in the queue costs no word to the database for each of them."""
    book = SqlBook(engine)
    schedules = [a_schedule(f"{number}", owner=None) for number in range(300)]
    async with writing(engine) as connection:
        await connection.execute(schedule.insert(), [schedule_values(each) for each in schedules])
    await book.rules()  # once, it looks at the schema
    with heard(engine) as statements:
        assert await book.enqueue([a_step(each) for each in schedules]) == 300
    assert len(statements) < 10
