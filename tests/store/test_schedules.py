"""Schedules are kept as they are, changed only by who knows them as they are, and forgotten whole."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.daily.book import Book, Step
from bot.daily.model import Draw, Drawn, Memory, Order, Plan, Schedule
from bot.errors import StoreError
from bot.model import Community, Place
from bot.store import SqlBook, open_engine, upgrade
from tests.store.daily import MANY, NOON, SERVER, a_delivery, a_schedule, a_step, added, counted

on_one_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
words = st.lists(st.text("abcdefghijk-_:#09", min_size=1, max_size=12), max_size=4).map(tuple)
draws = st.builds(Draw, st.frozensets(st.sampled_from(Drawn)), words, texts)
plans = st.builds(
    Plan,
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=texts,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    draw=draws,
    order=st.sampled_from(Order),
    thread=st.booleans(),
    language=texts,
    mention=texts,
    tell=texts,
)
instants = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
nexts = st.none() | st.tuples(st.dates(), instants)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Any schedule, with an owner or somebody's own, at one of few places."""
    day, due = draw(nexts) or (None, None)
    return Schedule(
        id=str(uuid4()),
        owner=draw(st.sampled_from([None, SERVER, Community("matrix", "!a'b;--:x")])),
        number=1,
        place=Place("matrix", draw(st.sampled_from(["!one", "房间"]))),
        plan=draw(plans),
        paused=draw(st.booleans()),
        paused_until=draw(st.none() | st.dates()),
        memory=Memory(draw(st.integers(0, 2**31 - 1)), draw(words)),
        next_day=day,
        due=due,
        trouble=draw(texts),
    )


@given(kept=schedules(), plan=plans, memory=st.builds(Memory, st.integers(0, 9), words), after=nexts)
@on_one_database
async def test_what_was_kept_is_read_back_exactly(
    engine: AsyncEngine, kept: Schedule, plan: Plan, memory: Memory, after: tuple[date, datetime] | None
) -> None:
    """As it was added and as it was changed, by every way of asking for it."""
    book = SqlBook(engine)

    async def found(one: Schedule) -> Schedule | None:
        if one.owner is None:
            return await book.own(one.place)
        return next((each for each in await book.of(one.owner) if each.id == one.id), None)

    (kept,) = await added(book, kept)
    assert await found(kept) == kept
    day, due = after or (None, None)
    changed = replace(kept, plan=plan, memory=memory, next_day=day, due=due, trouble="", paused=False)
    assert await book.change(kept, changed)
    changed = replace(changed, version=1)
    assert await found(changed) == changed
    assert changed in await book.after("", MANY)
    if due:
        assert changed in await book.due(["matrix"], due, MANY)
        assert changed in await book.later_than(due - timedelta(seconds=1), MANY)


async def test_numbers_are_the_lowest_that_are_free(book: Book) -> None:
    """Each owner has numbers of their own, and only so many."""
    other = Community("discord", "other")
    for number, name in enumerate("abc", start=1):
        kept = await book.add(replace(a_schedule(name), number=99), most=3)
        assert kept == replace(a_schedule(name), number=number)
    assert await book.add(a_schedule("d"), most=3) is None
    assert await book.add(a_schedule("e", owner=other), most=3) == a_schedule("e", owner=other)
    assert await book.remove("b")
    assert await book.add(a_schedule("f"), most=3) == replace(a_schedule("f"), number=2)
    assert [each.id for each in await book.of(SERVER)] == ["a", "f", "c"]
    assert await book.of(Community("matrix", "server")) == []


async def test_a_second_schedule_of_somebody_s_own_takes_the_place_of_the_first(
    book: Book, engine: AsyncEngine
) -> None:
    """With its deliveries; a community's schedule for the same place has nothing to do with it."""
    here = Place("discord", "conversation")
    first, second = (replace(a_schedule(name, owner=None, place=here), number=7) for name in ("a", "b"))
    community = await book.add(a_schedule("c", place=here), most=1)
    assert community
    assert await book.own(here) is None
    kept = await book.add(first, most=1)
    assert kept
    assert await book.enqueue([a_step(kept)]) == 1
    assert await book.add(second, most=1) == replace(second, number=1) == await book.own(here)
    assert await book.of(SERVER) == [community]
    assert await counted(engine) == (2, 0)


async def test_only_who_knows_a_schedule_as_it_is_can_change_it(book: Book) -> None:
    """The second of two who read the same is told that it changed since."""
    (read,) = await added(book, a_schedule())
    assert await book.change(read, replace(read, trouble="gone"))
    assert not await book.change(read, replace(read, paused=True))
    (now,) = await book.of(SERVER)
    assert now == replace(read, trouble="gone", version=1)
    assert await book.change(now, replace(now, paused=True, version=99))
    assert await book.of(SERVER) == [replace(now, paused=True, version=2)]
    assert not await book.change(a_schedule("nowhere"), a_schedule("nowhere"))


async def test_what_is_removed_is_gone_with_its_deliveries(book: Book, engine: AsyncEngine) -> None:
    one, other = [await book.add(a_schedule(name), MANY) for name in ("one", "other")]
    assert one
    assert other
    await book.enqueue([a_step(one), a_step(other)])
    assert await book.remove("one")
    assert not await book.remove("one")
    assert await counted(engine) == (1, 1)
    assert await book.enqueue([a_step(one)]) == 0


async def test_what_is_due(book: Book) -> None:
    """On the platforms that are asked for, at their instant or before, those due for longest first."""
    minutes = [timedelta(minutes=minute) for minute in range(6)]
    for number in (3, 0, 5, 1, 4, 2):
        place = Place(("discord", "matrix")[number % 2], f"{number}")
        await book.add(a_schedule(f"{number}", place=place, due=NOON + minutes[number]), MANY)
    await book.add(a_schedule("never", due=None), MANY)

    async def names(*platforms: str, limit: int = 10) -> str:
        return "".join(each.id for each in await book.due(platforms, NOON + minutes[4], limit))

    assert await names("discord", "matrix") == "01234"
    assert await names("discord", "matrix", limit=3) == "012"
    assert await names("matrix") == "13"
    assert await names("matrix", "matrix") == "13"
    assert await names("terminal") == ""
    assert await names() == ""


async def test_the_same_schedules_are_due_first_each_time(book: Book) -> None:
    """Of those due at one instant, on several platforms."""
    for name in "dacb":
        place = Place("matrix" if name in "ad" else "discord", name)
        await book.add(a_schedule(name, place=place), MANY)
    assert [each.id for each in await book.due(["matrix", "discord"], NOON, 3)] == ["a", "b", "c"]


async def test_what_is_due_too_late(book: Book) -> None:
    """A pause until a distant day is what somebody wanted, and no mistake."""
    far = NOON + timedelta(days=20)
    schedules = await added(book, *(a_schedule(name, due=far) for name in "abc"), a_schedule("d"))
    paused = replace(schedules[1], paused=True, paused_until=far.date())
    assert await book.change(schedules[1], paused)
    assert {each.id for each in await book.later_than(NOON, 10)} == {"a", "c"}
    assert len(await book.later_than(NOON, 1)) == 1
    assert await book.later_than(far, 10) == []


async def test_going_through_all_schedules(book: Book) -> None:
    """Each that is not paused comes once, whatever its id, also those that have nothing to come."""
    names = ["a", "B", "ä", "_", "10", "9", "z-", "Z"]
    await added(book, *(a_schedule(name, due=None) for name in names))
    (paused,) = await added(book, replace(a_schedule("paused"), paused=True))
    seen: list[str] = []
    while some := await book.after(seen[-1] if seen else "", 3):
        seen += [each.id for each in some]
    assert sorted(seen) == sorted(names)
    assert paused.id not in seen


async def test_a_place_that_is_replaced(book: Book, engine: AsyncEngine) -> None:
    """What is posted, told and owned there goes along, and whoever read it before has to read it again."""
    old, new = Place("discord", "server"), Place("discord", "successor")
    elsewhere = Community("discord", "elsewhere")
    here, told, _ = await added(
        book,
        a_schedule("here", place=old),
        replace(
            a_schedule("told", owner=elsewhere), plan=replace(a_schedule().plan, tell=old.id, mention=old.id)
        ),
        a_schedule("far", owner=Community("matrix", old.id), place=Place("matrix", old.id)),
    )
    await book.enqueue([a_step(here)])
    await book.move(old, new)
    assert await book.of(SERVER) == []
    (moved,) = await book.of(Community("discord", "successor"))
    after = replace(a_step(here).after, version=1)
    assert moved == replace(after, version=2, place=new, owner=Community("discord", "successor"))
    assert await book.of(elsewhere) == [replace(told, version=1, plan=replace(told.plan, tell=new.id))]
    assert [each.place.id for each in await book.of(Community("matrix", old.id))] == [old.id]
    assert not await book.change(after, replace(after, paused=True))
    assert await counted(engine) == (3, 1)


async def test_a_place_that_is_replaced_by_one_with_schedules(book: Book) -> None:
    """They keep their numbers; of two of somebody's own, the one of the new place stays."""
    old, new = Place("discord", "server"), Place("discord", "successor")
    successor = Community("discord", "successor")
    await added(book, *(a_schedule(name) for name in "abc"))
    await added(book, *(a_schedule(name, owner=successor) for name in "de"))
    await added(book, a_schedule("own", owner=None, place=old), a_schedule("own2", owner=None, place=new))
    await book.move(old, new)
    assert {each.id: each.number for each in await book.of(successor)} == {
        "d": 1,
        "e": 2,
        "c": 3,
        "a": 4,
        "b": 5,
    }
    own = await book.own(new)
    assert own
    assert own.id == "own2"
    assert await book.own(old) is None


async def test_a_conversation_that_is_replaced(book: Book) -> None:
    """Somebody's own schedule goes along; nothing happens where nothing is kept."""
    old, new = Place("matrix", "!old"), Place("matrix", "!new")
    await book.move(old, new)
    (own,) = await added(book, a_schedule("own", owner=None, place=old))
    await book.move(old, new)
    assert await book.own(new) == replace(own, place=new, version=1)
    with pytest.raises(ValueError, match="same platform"):
        await book.move(new, Place("discord", "1"))


async def test_a_place_that_is_forgotten(book: Book, engine: AsyncEngine) -> None:
    """With what it owns elsewhere and what others post there, and nothing else."""
    here = Place("discord", SERVER.id)
    other = Community("discord", "other")
    owned, posted, _ = await added(
        book, a_schedule("owned"), a_schedule("posted", owner=other, place=here), a_schedule("x", owner=other)
    )
    await added(book, a_schedule("own", owner=None, place=here))
    await added(book, a_schedule("far", owner=None, place=Place("matrix", SERVER.id)))
    await book.enqueue([a_step(owned), a_step(posted)])
    await book.forget(here)
    assert [each.id for each in await book.after("", 10)] == ["far", "x"]
    assert await counted(engine) == (2, 0)
    await book.forget(here)


async def test_the_version_of_the_zone_data(book: Book) -> None:
    assert await book.rules() == ""
    await book.keep_rules("2026a")
    assert await book.rules() == "2026a"


async def test_what_cannot_be_kept_is_refused_whole(book: Book) -> None:
    """A mark with a blank would come back as two; without a zone nobody knows what moment a time is."""
    (kept,) = await added(book, a_schedule())
    broken = [
        replace(kept, memory=Memory(0, ("a b",))),
        replace(kept, memory=Memory(0, ("",))),
        replace(kept, due=datetime(2026, 3, 1)),  # noqa: DTZ001 - that is the point
        replace(kept, due=None),
        replace(kept, number=0),
    ]
    for bad in broken:
        with pytest.raises(StoreError):
            await book.change(kept, bad)
        with pytest.raises(StoreError):
            await book.enqueue([Step(kept, bad, a_delivery(kept))])
    assert await book.of(SERVER) == [kept]
    assert await book.history(kept.id, 10) == []


async def test_an_older_schema_is_refused_with_what_to_do(database_url: str) -> None:
    """Until it is upgraded; then the same book works."""
    engine = open_engine(database_url)
    await upgrade(engine, "0002")
    book = SqlBook(engine)
    for attempt in (book.rules(), book.remove("one"), book.of(SERVER), book.add(a_schedule(), 1)):
        with pytest.raises(StoreError, match="infoshop db upgrade"):
            await attempt
    await upgrade(engine)
    assert await book.add(a_schedule(), 1)
    assert await book.next_at(["discord"]) == NOON
    await engine.dispose()
