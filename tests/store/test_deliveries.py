"""A day has one delivery, in the queue until it is settled, and looked up until it is old."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.daily.book import Book
from bot.daily.model import Memory, State, What
from bot.model import Place
from bot.store.daily_rows import delivery_values
from bot.store.daily_tables import delivery
from bot.store.deliveries import PRUNED
from bot.store.engine import writing
from tests.store.daily import (
    HOUR,
    MANY,
    MINUTE,
    NOON,
    SERVER,
    TOMORROW,
    a_delivery,
    a_schedule,
    a_step,
    added,
    claimed,
    counted,
    last,
    late,
    one,
    queued,
    sent,
)

SECOND = timedelta(seconds=1)


async def test_schedules_go_on_with_their_deliveries(book: Book) -> None:
    """Hundreds at once, each as its step says; the deliveries are free in the order of the steps."""
    schedules = await added(book, *(a_schedule(f"{n:03}") for n in range(200)))
    steps = [a_step(each) for each in schedules[::-1]]
    steps[7] = replace(steps[7], delivery=None)
    assert await book.enqueue(steps) == 200
    assert await book.due(["discord"], NOON, MANY) == []
    assert await book.of(SERVER) == [replace(a_step(each).after, version=1) for each in schedules]
    held = await claimed(book, limit=MANY)
    assert [each.id for _, each in held] == [step.before.id for step in steps if step.delivery]
    assert [replace(each, id=0, claim="", free_at=NOON) for each, _ in held] == [
        step.delivery for step in steps if step.delivery
    ]
    assert await book.enqueue([]) == 0


async def test_a_step_from_what_has_changed_since_is_left_out(book: Book, engine: AsyncEngine) -> None:
    """With its delivery, and without harm to the others; so is a second step from the same."""
    changed, gone, kept = await added(book, *(a_schedule(name) for name in ("changed", "gone", "kept")))
    assert await book.change(changed, replace(changed, paused=True))
    await book.remove("gone")
    again = replace(a_step(kept), delivery=a_delivery(kept, What.EXTRA, 5))
    assert await book.enqueue([a_step(changed), a_step(gone), a_step(kept), again]) == 1
    assert await counted(engine) == (2, 1)
    assert await one(book, "changed") == replace(changed, paused=True, version=1)
    assert await one(book, "kept") == replace(a_step(kept).after, version=1)


@pytest.mark.parametrize("state", list(State))
async def test_a_day_has_one_delivery(book: Book, state: State) -> None:
    """Whatever became of the first: the schedule goes on, and still has to show what it would have shown."""
    (read,) = await queued(book, "one")
    ((held, _),) = await claimed(book)
    if state is not State.PENDING:
        ended = replace(held, state=state, problem="gone", settled_at=NOON)
        assert await book.record(held, ended, NOON)
    before = await last(book)
    back = replace(read, next_day=NOON.date(), due=NOON)
    assert await book.change(read, back)
    back = await one(book)
    assert await book.enqueue([a_step(back)]) == 1
    assert await book.history("one", 10) == [before]
    after = a_step(back).after
    assert await one(book) == replace(after, version=back.version + 1, memory=back.memory)
    assert back.memory.shown == ("mark0",)


async def test_what_was_skipped_as_late_gives_way(book: Book) -> None:
    """The clock was wrong, and the prompt comes after all. Late again, nothing changes."""
    (read,) = await added(book, a_schedule())
    too_late = late(a_delivery(read))
    assert await book.enqueue([replace(a_step(read), delivery=too_late)]) == 1
    assert replace(await last(book), id=0) == too_late
    back = replace(await one(book), next_day=NOON.date(), due=NOON, memory=Memory(3, ("a", "b")))
    assert await book.change(await one(book), back)
    again = a_step(await one(book))
    anew = late(a_delivery(read))
    assert await book.enqueue([replace(again, delivery=replace(anew, settled_at=NOON + TOMORROW))]) == 1
    assert replace(await last(book), id=0) == too_late
    assert (await one(book)).memory == Memory(3, ("a", "b"))
    assert await book.change(await one(book), replace(back, version=0))
    assert await book.enqueue([a_step(await one(book))]) == 1
    (only,) = await book.history("one", 10)
    assert replace(only, id=0) == a_delivery(back)
    assert (await one(book)).memory == Memory(3, ("a", "b", "mark2"))
    ((held, _),) = await claimed(book)
    assert held.id == only.id


async def test_extra_prompts_are_counted(book: Book) -> None:
    """Each day anew, and apart from what else is delivered; who read an old state gets none."""
    (read,) = await queued(book, "one")
    for number in (1, 2):
        after, more = replace(read, trouble=f"{number}"), a_delivery(read, What.EXTRA)
        put = await book.extra(before=read, after=after, delivery=more)
        assert put
        assert put == await last(book) == replace(more, number=number, id=put.id)
        assert not await book.extra(before=read, after=replace(read, trouble="no"), delivery=more)
        assert await one(book) == replace(after, version=read.version + 1)
        read = await one(book)
    day_after = replace(more, day=more.day + TOMORROW)
    put = await book.extra(before=read, after=read, delivery=day_after)
    assert put
    assert put.number == 1
    assert len(await book.history("one", 10)) == 4


async def test_the_last_deliveries_come_first(book: Book) -> None:
    """Of this schedule, by their days, and on one day what came last first."""
    await queued(book, "other", "one")
    for _ in range(2):
        read = await one(book)
        more = replace(a_delivery(read, What.EXTRA), day=NOON.date())
        assert await book.extra(before=read, after=read, delivery=more)
        read = await one(book)
        assert await book.enqueue([a_step(read)]) == 1
    found = await book.history("one", 10)
    days = [(each.day - NOON.date()).days for each in found]
    assert [(day, each.what, each.number) for day, each in zip(days, found, strict=True)] == [
        (2, What.PROMPT, 0),
        (1, What.PROMPT, 0),
        (0, What.EXTRA, 2),
        (0, What.EXTRA, 1),
        (0, What.PROMPT, 0),
    ]
    assert await book.history("one", 2) == found[:2]
    assert await book.history("nowhere", 2) == []


async def test_when_there_is_something_to_do(book: Book) -> None:
    """The next schedule that is due, or the next delivery that is free, on these platforms."""
    assert await book.next_at(["discord", "matrix"]) is None
    assert await book.next_at([]) is None
    await added(book, a_schedule("never", due=None))
    assert await book.next_at(["discord"]) is None
    (read,) = await added(book, a_schedule())
    await added(book, a_schedule("far", place=Place("matrix", "!room"), due=NOON - HOUR))
    assert await book.next_at(["discord"]) == NOON
    assert await book.next_at(["discord", "matrix"]) == NOON - HOUR
    assert await book.enqueue([a_step(read)]) == 1
    assert await book.next_at(["discord"]) == NOON
    ((held, _),) = await claimed(book)
    assert await book.next_at(["discord"]) == NOON + MINUTE
    assert await book.record(held, sent(held), NOON)
    assert await book.next_at(["discord"]) == NOON + TOMORROW


async def test_old_deliveries_are_forgotten_but_not_the_last(book: Book, engine: AsyncEngine) -> None:
    """Many more than go in one transaction; what is pending, or was settled later, stays."""
    read = await added(book, *(a_schedule(f"{number}") for number in range(5)))
    days = PRUNED // 2
    old = [
        replace(
            late(a_delivery(each)), day=NOON.date() + day * TOMORROW, settled_at=NOON - (days - day) * HOUR
        )
        for day in range(days)
        for each in read
    ]
    async with writing(engine) as connection:
        await connection.execute(delivery.insert(), [delivery_values(each, "discord") for each in old])
    more = replace(a_delivery(read[0]), day=NOON.date() + days * TOMORROW)
    assert await book.enqueue([replace(a_step(read[0]), delivery=more)]) == 1
    recent = 3
    # The first has a pending one after all others; of each of the others, three were settled since.
    assert await book.prune(NOON - recent * HOUR) == 5 * (days - recent)
    assert await book.prune(NOON - recent * HOUR) == 0
    assert await book.prune(NOON + HOUR) == recent + 4 * (recent - 1)
    assert await counted(engine) == (5, 5)
    assert (await last(book, "0")).state is State.PENDING
    assert (await last(book, "4")).settled_at == NOON - HOUR
