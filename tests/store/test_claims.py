"""A delivery is in one pair of hands at a time, and what became of it is kept with all that follows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.daily.book import Book, Step
from bot.daily.model import Delivery, State, What
from bot.errors import StoreError
from bot.model import Place
from bot.store import SqlBook
from tests.store.daily import (
    HOUR,
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
    one,
    queued,
    sent,
)

SECOND = timedelta(seconds=1)


async def test_who_claims_has_it_until_the_lease_is_over(book: Book) -> None:
    await queued(book, "one")
    assert await claimed(book, NOON - SECOND) == []
    ((held, schedule),) = await claimed(book, claim="first")
    assert (held.claim, held.free_at, held.state) == ("first", NOON + MINUTE, State.PENDING)
    assert schedule == await one(book)
    assert held == await last(book)
    assert await claimed(book, NOON + MINUTE - SECOND, "second") == []
    ((again, _),) = await claimed(book, NOON + MINUTE, "second")
    assert again == replace(held, claim="second", free_at=NOON + 2 * MINUTE)
    assert not await book.record(held, sent(held), NOON + MINUTE)
    assert await last(book) == again


async def test_what_was_free_for_longest_is_claimed_first(book: Book) -> None:
    """On this platform, and no more than asked for."""
    minutes = [5, 1, 4, 2, 3]
    for minute in minutes:
        (each,) = await added(book, a_schedule(f"{minute}", due=NOON - minute * MINUTE))
        await book.enqueue([a_step(each)])
    (far,) = await added(book, a_schedule("far", place=Place("matrix", "!room")))
    await book.enqueue([a_step(far)])
    held = [[each.id for _, each in await claimed(book, limit=2)] for _ in range(4)]
    assert held == [["5", "4"], ["3", "2"], ["1"], []]
    assert [each.id for _, each in await claimed(book, platform="matrix")] == ["far"]
    assert await claimed(book, limit=0) == []


async def test_what_another_identity_tried_is_left_to_it(book: Book) -> None:
    """Until its platform has forgotten the key; what is given back untried is anybody's."""
    await queued(book, "one")
    ((held, _),) = await claimed(book, identity="first")
    tried = replace(held, tried_at=NOON, identity="first", attempts=1)
    assert await book.record(held, tried, NOON)
    now = NOON + HOUR
    assert await claimed(book, now, identity="second") == []
    assert len(await claimed(book, now, identity="first")) == 1
    assert await claimed(book, now + MINUTE - SECOND, identity="second") == []
    ((forgotten, _),) = await claimed(book, now + MINUTE, identity="second")
    assert (forgotten.tried_at, forgotten.identity, forgotten.attempts) == (NOON, "first", 1)
    untried = replace(forgotten, tried_at=None, identity="first", claim="", free_at=now + MINUTE)
    assert await book.record(forgotten, untried, now + MINUTE)
    assert len(await claimed(book, now + MINUTE, identity="second")) == 1


async def test_what_became_of_a_delivery_is_kept(book: Book) -> None:
    """Step by step while it is held; once it is settled, it is nobody's any more."""
    await queued(book, "one")
    ((held, _),) = await claimed(book)
    now = NOON + SECOND
    tried = replace(held, tried_at=now, identity="application", attempts=1, problem="unreachable")
    assert await book.record(held, tried, now)
    assert await last(book) == tried
    put_back = replace(tried, claim="", free_at=NOON + 5 * SECOND, item="topic:two")
    assert await book.record(tried, put_back, now)
    assert not await book.record(tried, put_back, now)
    ((again, _),) = await claimed(book, NOON + 5 * SECOND)
    assert again == replace(put_back, claim="ours", free_at=NOON + 5 * SECOND + MINUTE)
    done = replace(sent(again), tried_at=None, problem="")
    assert await book.record(again, done, NOON + 6 * SECOND)
    assert not await book.record(again, replace(done, message_id="another"), NOON + 6 * SECOND)
    assert await last(book) == done
    assert await claimed(book, NOON + TOMORROW) == []


async def test_what_tells_deliveries_apart_never_changes(book: Book) -> None:
    await queued(book, "one")
    ((held, _),) = await claimed(book)
    other = replace(sent(held), day=held.day + TOMORROW, number=9, what=What.EXTRA, schedule_id="two", id=77)
    assert await book.record(held, other, NOON)
    assert await last(book) == sent(held)


@pytest.mark.parametrize("broken", ["claim", "lease", "settled", "version", "removed"])
async def test_a_record_with_a_step_is_whole(book: Book, engine: AsyncEngine, broken: str) -> None:
    """Where anything is not as believed, nothing of it is kept; and all of it where everything is."""
    (read,) = await queued(book, "one")
    ((held, _),) = await claimed(book)
    step = Step(read, replace(read, trouble="gone"), a_delivery(read, What.TROUBLE))
    believed, now = held, NOON
    match broken:
        case "claim":
            believed = replace(held, claim="another")
        case "lease":
            now = held.free_at
        case "settled":
            assert await book.record(held, sent(held), NOON)
        case "version":
            assert await book.change(read, replace(read, paused=True))
        case "removed":
            await book.remove("one")
    schedules, deliveries = await book.of(SERVER), await book.history("one", 10)
    assert not await book.record(believed, replace(sent(held), problem="mine"), now, step)
    assert (await book.of(SERVER), await book.history("one", 10)) == (schedules, deliveries)
    if broken in {"claim", "lease"}:
        assert await book.record(held, sent(held), NOON, step)
        assert await one(book) == replace(step.after, version=2)
        assert {each.what for each in await book.history("one", 10)} == {What.PROMPT, What.TROUBLE}
    assert await counted(engine) in {(1, 1), (1, 2), (0, 0)}


async def test_word_to_the_moderators_goes_out_once_a_day(book: Book) -> None:
    """The delivery of the step is put in the queue unless there is one like it, whatever became of that."""
    await queued(book, "one")
    for number in range(2):
        ((held, read),) = await claimed(book, NOON + number * HOUR)
        free = replace(held, claim="", free_at=NOON + (number + 1) * HOUR)
        word = replace(a_delivery(read, What.TROUBLE), day=NOON.date(), due=NOON + TOMORROW)
        word = replace(word, free_at=NOON + TOMORROW, item=f"trouble {number}")
        assert await book.record(
            held, free, NOON + number * HOUR, Step(read, replace(read, trouble=f"{number}"), word)
        )
    assert (await one(book)).trouble == "1"
    words = [each.item for each in await book.history("one", 10) if each.what is What.TROUBLE]
    assert words == ["trouble 0"]


async def test_a_record_that_cannot_be_kept_changes_nothing(book: Book) -> None:
    """A delivery that is pending was not settled, and one that is settled was so at some instant."""
    (read,) = await queued(book, "one")
    ((held, _),) = await claimed(book)
    step = Step(read, replace(read, trouble="gone"))
    for bad in (replace(held, state=State.SENT), replace(held, settled_at=NOON), replace(held, attempts=-1)):
        with pytest.raises(StoreError, match="nothing was changed"):
            await book.record(held, bad, NOON, step)
    assert await last(book) == held
    assert await one(book) == read


class Model:
    """What a book should say of the deliveries of one schedule: as simple as it can be."""

    def __init__(self) -> None:
        self.rows: dict[int, Delivery] = {}

    def claim(self, now: int, claim: str, identity: str) -> list[Delivery]:
        """Take all that is free."""
        at = NOON + now * MINUTE
        free = [
            each
            for each in self.rows.values()
            if each.state is State.PENDING
            and each.free_at <= at
            and (each.tried_at is None or each.identity == identity or each.tried_at < at - HOUR)
        ]
        for each in free:
            self.rows[each.id] = replace(each, claim=claim, free_at=at + MINUTE)
        return [self.rows[each.id] for each in sorted(free, key=lambda each: (each.free_at, each.id))]

    def record(self, held: Delivery, after: Delivery, now: int) -> bool:
        """Keep what became of one, if it is still held."""
        row = self.rows[held.id]
        ours = row.state is State.PENDING and row.claim == held.claim
        if not ours or row.free_at <= NOON + now * MINUTE:
            return False
        self.rows[held.id] = after
        return True


actions = st.tuples(
    st.sampled_from(["claim", "try", "give back", "settle"]), st.integers(0, 130), st.sampled_from("xy")
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(actions, max_size=25))
async def test_any_sequence_of_claims_and_records(
    engine: AsyncEngine, acts: Sequence[tuple[str, int, str]]
) -> None:
    """Two identities, clocks that jump: the database and the simplest thing that could work agree."""
    book, model = SqlBook(engine), Model()
    for each in await book.of(SERVER):
        await book.remove(each.id)
    await queued(book, "a", "b", "c")
    for name in "abc":
        put = await last(book, name)
        model.rows[put.id] = put
    hands: list[Delivery] = []
    for number, (act, now, who) in enumerate(acts):
        at = NOON + now * MINUTE
        if act == "claim":
            held = [each for each, _ in await claimed(book, at, f"{number}", identity=who)]
            assert held == model.claim(now, f"{number}", who)
            hands += held
            continue
        for index, hand in enumerate(hands):
            after = {
                "try": replace(hand, tried_at=hand.tried_at or at, identity=who, attempts=hand.attempts + 1),
                "give back": replace(hand, claim="", free_at=at + MINUTE, tried_at=None),
                "settle": sent(hand, at),
            }[act]
            if await book.record(hand, after, at):
                assert model.record(hand, after, now)
                hands[index] = after
            else:
                assert not model.record(hand, after, now)
    for name in "abc":
        put = await last(book, name)
        assert put == model.rows[put.id]
