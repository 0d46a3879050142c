"""The database fails in the middle of a delivery: the caller is told, and nothing is half done or lost."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.daily.book import Book, Step
from bot.daily.model import Delivery, Schedule, What
from bot.errors import StoreError
from bot.model import Place
from bot.store import SqlBook, open_engine, upgrade
from bot.store.engine import reading, writing
from tests.store.daily import (
    NOON,
    SERVER,
    a_delivery,
    a_schedule,
    a_step,
    added,
    claimed,
    counted,
    queued,
    sent,
)

State = tuple[list[Schedule], list[Delivery]]


async def state(book: Book) -> State:
    """All that is kept of the server."""
    schedules = list(await book.of(SERVER))
    return schedules, [one for each in schedules for one in await book.history(each.id, 1000)]


def writes(
    book: Book, due: Schedule, held: Delivery, read: Schedule
) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Everything that changes something, with what would make it do so."""
    step = Step(read, replace(read, trouble="gone"), a_delivery(read, What.TROUBLE))
    return {
        "add": lambda: book.add(a_schedule("more"), 99),
        "change": lambda: book.change(due, replace(due, paused=True)),
        "remove": lambda: book.remove(due.id),
        "move": lambda: book.move(due.place, Place("discord", "new")),
        "forget": lambda: book.forget(due.place),
        "enqueue": lambda: book.enqueue([a_step(due)]),
        "extra": lambda: book.extra(before=due, after=due, delivery=a_delivery(due, What.EXTRA)),
        "claim": lambda: claimed(book),
        "record": lambda: book.record(held, sent(held), NOON, step),
        "keep_rules": lambda: book.keep_rules("2026a"),
        "prune": lambda: book.prune(NOON),
    }


async def test_a_database_that_another_process_holds(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked for is refused in a sentence, and can be asked for again when the other is done."""
    monkeypatch.setattr("bot.store.engine.PATIENCE", 0.01)
    engine, other = open_engine(sqlite_url), open_engine(sqlite_url)
    await upgrade(engine)
    book = SqlBook(engine)
    (read,) = await queued(book, "one")
    ((held, _),) = await claimed(book)
    (due,) = await added(book, a_schedule("due"))
    before = await state(book)
    async with writing(other):
        for attempt in writes(book, due, held, read).values():
            with pytest.raises(StoreError, match="in use by another process"):
                await attempt()
        assert await state(book) == before
        assert await book.due(["discord"], NOON, 9) == [due]
    asked = writes(book, due, held, read)
    assert await asked["record"]()
    assert await asked["enqueue"]() == 1
    await engine.dispose()
    await other.dispose()


async def fits(book: Book, steps: Sequence[Step]) -> bool:
    """Let schedules go on; whether the disk had room for that."""
    try:
        assert await book.enqueue(steps) == len(steps)
    except StoreError as error:
        assert "no room left" in str(error)  # noqa: PT017 - both ends are expected
        return False
    return True


async def test_a_disk_that_is_full(sqlite_url: str) -> None:
    """What still fits is kept whole, the rest not at all; with more room, it goes on where it was."""
    engine = open_engine(sqlite_url)
    await upgrade(engine)
    names = [f"{number:03}" for number in range(300)]
    schedules = await added(SqlBook(engine), *(a_schedule(name) for name in names))
    async with reading(engine) as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
    small = open_engine(sqlite_url)

    def limit(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.cursor().execute(f"PRAGMA max_page_count = {pages + 3}")

    event.listen(small.sync_engine, "connect", limit)
    book = SqlBook(small)
    went_on = 0
    while await fits(book, steps := [a_step(each) for each in schedules[went_on : went_on + 10]]):
        went_on += len(steps)
    assert 0 < went_on < len(names)
    assert await counted(engine) == (len(names), went_on)
    kept = await book.of(SERVER)
    assert [each.version for each in kept] == [1] * went_on + [0] * (len(names) - went_on)
    assert await SqlBook(engine).enqueue([a_step(each) for each in schedules]) == len(names) - went_on
    assert await counted(engine) == (len(names), len(names))
    await engine.dispose()
    await small.dispose()


@pytest.mark.parametrize("what", ["enqueue", "record", "extra", "claim", "add", "move"])
async def test_a_connection_that_breaks_at_any_statement(engine: AsyncEngine, what: str) -> None:
    """After the first, the second, the third … statement: all of it was kept, or nothing."""
    book = SqlBook(engine)
    (read,) = await queued(book, "one")
    ((held, _),) = await claimed(book)
    (due,) = await added(book, a_schedule("due"))
    before = await state(book)
    for broken in range(1, 20):
        left = broken

        def fail(*_heard: object) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise OSError(5, "Input/output error")

        event.listen(engine.sync_engine, "after_cursor_execute", fail)
        try:
            await writes(book, due, held, read)[what]()
        except StoreError:
            assert await quiet(engine, fail, state(book)) == before
        else:
            break
        finally:
            if event.contains(engine.sync_engine, "after_cursor_execute", fail):
                event.remove(engine.sync_engine, "after_cursor_execute", fail)
    else:
        pytest.fail("it never came to its end")
    assert broken > 1
    assert (await state(book) == before) is (what == "claim")


async def quiet(engine: AsyncEngine, fail: Callable[..., None], question: Awaitable[State]) -> State:
    """An answer from a connection that works."""
    event.remove(engine.sync_engine, "after_cursor_execute", fail)
    return await question
