"""A community's items are kept to the letter, changed only by who knows them as they are, and told of."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.curation.ledger import Ledger
from bot.curation.model import Act, Deed, Edit, LinkOutcome, LinkState, Own, OwnShelf
from bot.errors import StoreError
from bot.model import Community
from bot.store import SqlLedger, open_engine, upgrade
from tests.store.daily import HOUR, NOON
from tests.store.shelves import (
    ADDED,
    ANA,
    BEA,
    DAY,
    HERE,
    LONG_AGO,
    THERE,
    an_act,
    an_item,
    items,
    new,
    to_look_at,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | texts
finite = plain.filter(lambda value: value not in {float("inf"), float("-inf")})
values: st.SearchStrategy[Any] = st.recursive(
    finite,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(texts, below, max_size=3),
    max_leaves=8,
)
seeds = st.dictionaries(texts, values, max_size=5)
# Ids with whatever may stand in them, for they come out of files.
names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
on_one_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


changes = st.tuples(seeds, st.dates(), st.booleans())


@given(name=names, first=changes, second=changes, later=st.timedeltas(timedelta(0), 1000 * DAY))
@on_one_database
async def test_what_was_kept_is_read_back_exactly(
    engine: AsyncEngine,
    name: str,
    first: tuple[dict[str, Any], date, bool],
    second: tuple[dict[str, Any], date, bool],
    later: timedelta,
) -> None:
    """As it was added and as it was changed, the order of its keys too; the acts tell the same."""
    ledger, here = SqlLedger(engine), Community("matrix", f"!{uuid4()}';--")
    (seed, day, removed), (new_seed, new_day, new_removed) = first, second
    own = Own(name, seed, 1, NOON, day, removed=removed)
    told = Act(Deed.IMPORTED, name, ANA, NOON, 1, seed)
    assert await ledger.keep(here, new(own), [told])
    assert await ledger.shelf(here) == OwnShelf((own,))
    after = Own(name, new_seed, 2, NOON + later, new_day, removed=new_removed)
    assert await ledger.keep(here, [Edit(own, after)], [replace(told, version=2, seed=new_seed, by="")])
    (read,) = (await ledger.shelf(here)).items
    assert read == after
    assert list(read.seed) == list(new_seed)
    assert [act.seed for act in await ledger.acts(here, name, limit=9)] == [new_seed, seed]


async def test_items_stand_in_the_order_added(ledger: Ledger) -> None:
    """Also those that were changed or removed since, and those that came together."""
    first, second, third, fourth = (an_item(f"topic:{name}") for name in "dacb")
    assert await ledger.keep(HERE, new(first, second), [])
    assert await ledger.keep(HERE, new(third), [])
    gone = replace(first, removed=True)
    assert await ledger.keep(HERE, [*new(fourth), Edit(first, gone)], [])
    kept = (await ledger.shelf(HERE)).items
    assert kept == (replace(gone, version=2), second, third, fourth)
    assert (await ledger.shelf(THERE)).items == ()


async def test_only_who_knows_an_item_as_it_is_can_change_it(ledger: Ledger) -> None:
    """The second of two who read the same is told that it changed since, and leaves no act."""
    read = an_item()
    assert await ledger.keep(HERE, new(read), [ADDED])
    assert await ledger.keep(HERE, [Edit(read, replace(read, version=99))], [an_act(by=BEA)])
    for late in (
        Edit(read, replace(read, removed=True)),
        Edit(None, read),
        Edit(replace(read, id="contact:two"), read),
    ):
        assert not await ledger.keep(HERE, [late], [an_act(by="late")])
    assert await items(ledger) == {read.id: replace(read, version=2)}
    assert [act.by for act in await ledger.acts(HERE, limit=9)] == [BEA, ANA]


async def test_what_two_communities_call_the_same_is_not_the_same(ledger: Ledger) -> None:
    """One changes theirs and drops its links: what the other has stays, and can be changed as it was read."""
    one = an_item(urls=["https://example.org/"])
    neighbours = [THERE, Community("matrix", HERE.id)]
    for each in (HERE, *neighbours):
        assert await ledger.keep(each, new(one), [])
    await ledger.found_link(LinkState("https://example.org/", LinkOutcome.FINE, NOON))
    assert await ledger.keep(HERE, [Edit(one, replace(one, seed={}))], [ADDED])
    for each in neighbours:
        assert await items(ledger, each) == {one.id: one}
        assert list(await ledger.link_states(each)) == ["https://example.org/"]
        assert await ledger.acts(each, limit=9) == []
        assert await ledger.keep(each, [Edit(one, replace(one, removed=True))], [])


async def test_the_id_of_an_item_stays(ledger: Ledger) -> None:
    """And what is new begins at version 1, whatever its history was elsewhere."""
    read = an_item()
    assert await ledger.keep(HERE, new(replace(read, version=7)), [])
    assert await ledger.keep(HERE, [Edit(read, replace(read, id="contact:other"))], [])
    assert await items(ledger) == {read.id: replace(read, version=2)}


@pytest.mark.parametrize("late", ["changed", "removed", "added"])
async def test_of_several_changes_all_are_kept_or_none(ledger: Ledger, late: str) -> None:
    """One that comes too late takes the others with it, acts and links too."""
    one, two = an_item("contact:one"), an_item("contact:two")
    assert await ledger.keep(HERE, new(one, two), [])
    edits = [Edit(one, replace(one, seed={"url": "https://example.org/new"})), *new(an_item("contact:three"))]
    match late:
        case "changed":
            assert await ledger.keep(HERE, [Edit(two, replace(two, seed={}))], [])
            edits.append(Edit(two, two))
        case "removed":
            edits.append(Edit(replace(two, id="contact:nowhere"), two))
        case "added":
            edits.append(Edit(None, two))
    before = await ledger.shelf(HERE)
    assert not await ledger.keep(HERE, edits, [ADDED])
    assert await ledger.shelf(HERE) == before
    assert await ledger.acts(HERE, limit=9) == []
    assert await to_look_at(ledger) == []
    assert await ledger.keep(HERE, edits[:2], [ADDED])
    assert list(await items(ledger)) == ["contact:one", "contact:two", "contact:three"]


async def test_an_item_is_changed_once_at_a_time(ledger: Ledger) -> None:
    """Which of two changes is to hold nobody could tell."""
    one = an_item()
    for edits in (new(one, one), [*new(one), Edit(one, one)]):
        with pytest.raises(ValueError, match="once"):
            await ledger.keep(HERE, edits, [])
    assert await items(ledger) == {}


async def test_as_many_items_as_a_community_may_have(ledger: Ledger) -> None:
    """They are added, changed and removed in one go."""
    many = [an_item(f"topic:{number}", urls=[f"https://example.org/{number}"]) for number in range(2000)]
    assert await ledger.keep(HERE, new(*many), [ADDED] * 2000)
    assert await ledger.keep(HERE, [Edit(each, replace(each, removed=True)) for each in many], [])
    assert (await ledger.shelf(HERE)).items == tuple(replace(each, version=2, removed=True) for each in many)


@pytest.mark.parametrize("bad", [{"on": date(2024, 2, 29)}, {"n": float("nan")}, {"s": {"a"}}])
async def test_what_json_cannot_say_is_refused_whole(ledger: Ledger, bad: dict[str, object]) -> None:
    """It would come back as something else."""
    one = an_item()
    assert await ledger.keep(HERE, new(one), [])
    with pytest.raises(StoreError):
        await ledger.keep(HERE, [*new(an_item("contact:two")), Edit(one, replace(one, seed=bad))], [])
    assert await items(ledger) == {one.id: one}


async def test_a_shared_item_is_hidden_and_shown_again(ledger: Ledger) -> None:
    """Once each; what was so already is not told again. Elsewhere it stays."""
    hidden, unhidden = (replace(ADDED, deed=deed) for deed in (Deed.HIDDEN, Deed.UNHIDDEN))
    assert not await ledger.hide(HERE, "topic:raids", unhidden, hidden=False)
    assert await ledger.hide(HERE, "topic:raids", hidden, hidden=True)
    assert await ledger.hide(HERE, "topic:bail", hidden, hidden=True)
    assert not await ledger.hide(HERE, "topic:raids", hidden, hidden=True)
    assert await ledger.shelf(HERE) == OwnShelf(hidden=frozenset({"topic:raids", "topic:bail"}))
    assert await ledger.shelf(THERE) == OwnShelf()
    assert await ledger.hide(HERE, "topic:raids", unhidden, hidden=False)
    assert (await ledger.shelf(HERE)).hidden == {"topic:bail"}
    assert [act.deed for act in await ledger.acts(HERE, limit=9)] == [Deed.UNHIDDEN, Deed.HIDDEN, Deed.HIDDEN]


async def test_acts_come_newest_first(ledger: Ledger) -> None:
    """Of one moment, the one told of last; those of one subject on request, and as many as asked for."""
    told = [an_act("a", "1", NOON), an_act("b", "2", NOON + HOUR), an_act("a", "3", NOON + HOUR)]
    await ledger.note(HERE, told[1])
    assert await ledger.keep(HERE, [], [told[0], told[2]])
    await ledger.note(THERE, an_act("a", "elsewhere"))
    assert await ledger.acts(HERE, limit=9) == [told[2], told[1], told[0]]
    assert await ledger.acts(HERE, limit=1) == [told[2]]
    assert await ledger.acts(HERE, "a", limit=9) == [told[2], told[0]]
    assert await ledger.acts(HERE, "c", limit=9) == []


async def test_addresses_are_those_of_items_that_are_not_removed(ledger: Ledger) -> None:
    """Wherever they stand in a seed, each once; what is no web address is none to look at."""
    one = an_item(
        urls=["https://example.org/a", "mailto:a@example.org", "http://example.org/b"],
        work={"url": "https://example.org/c", "title": "https://example.org/title"},
        also=[{"from": {"url": "https://example.org/a"}}, {"urls": "https://example.org/d"}],
        text="https://example.org/text",
    )
    two = an_item("contact:two", url="https://example.org/e", urls=[None, 3])
    assert await ledger.keep(HERE, new(one, replace(two, removed=True)), [])
    here = [f"https://example.org/{name}" for name in "acd"]
    assert set(await to_look_at(ledger)) == {*here, "http://example.org/b"}
    assert await ledger.keep(HERE, [Edit(one, replace(one, removed=True)), Edit(two, two)], [])
    assert await to_look_at(ledger) == ["https://example.org/e"]


async def test_links_to_look_at(ledger: Ledger) -> None:
    """Never yet first, then failed once, then for longest; each once, however many shelves have it."""
    urls = [f"https://example.org/{number}" for number in range(6)]
    states: list[LinkState | None] = [
        None,
        LinkState(urls[1], LinkOutcome.FINE, NOON + HOUR),
        LinkState(urls[2], LinkOutcome.GONE, NOON + 2 * HOUR, "404", 2),
        LinkState(urls[3], LinkOutcome.UNSURE, NOON),
        None,
        LinkState(urls[5], LinkOutcome.UNSURE, NOON + 3 * HOUR, "timeout", 1),
    ]
    assert await ledger.keep(HERE, new(an_item(urls=urls[::-1])), [])
    assert await ledger.keep(THERE, new(an_item(urls=urls)), [])
    for state in filter(None, states):
        await ledger.found_link(state)

    async def asked(before: datetime, again: datetime = LONG_AGO, limit: int = 9) -> list[int]:
        found = await ledger.unchecked_links(before, again, limit)
        numbers = [urls.index(address) for address, _ in found]
        assert [state for _, state in found] == [states[number] for number in numbers]
        return numbers

    later = NOON + DAY
    assert await asked(LONG_AGO) == await asked(NOON) == [0, 4]
    assert await asked(NOON, NOON + 3 * HOUR) == [0, 4]
    assert await asked(NOON, later) == [0, 4, 5]
    assert await asked(NOON + 2 * HOUR) == [0, 4, 3, 1]
    assert await asked(later, later) == [0, 4, 5, 3, 1, 2]
    assert [await asked(later, later, limit) for limit in (1, 3, 4)] == [[0], [0, 4, 5], [0, 4, 5, 3]]


async def test_a_link_that_another_shelf_had_before(ledger: Ledger) -> None:
    """It is looked at again, by who is told what was found last: failures in a row are counted on."""
    url = "https://example.org/"
    state = LinkState(url, LinkOutcome.GONE, NOON, "404", 1)
    assert await ledger.keep(HERE, new(an_item(url=url)), [])
    await ledger.found_link(state)
    assert await ledger.keep(THERE, new(an_item(url=url)), [])
    assert await ledger.link_states(THERE) == {}
    assert await ledger.unchecked_links(LONG_AGO, LONG_AGO, 9) == [(url, state)]


async def test_what_was_found_behind_a_link(ledger: Ledger) -> None:
    """Both who have it are told; it stays while items change, and goes with the address."""
    url, other = "https://example.org/a", "https://example.org/b"
    one, two = an_item(urls=[url]), an_item("contact:two", urls=[url, other])
    assert await ledger.keep(HERE, new(one), [])
    assert await ledger.keep(THERE, new(two), [])
    assert await ledger.link_states(HERE) == {}
    state = LinkState(url, LinkOutcome.GONE, NOON, "404", 1)
    await ledger.found_link(state)
    assert await ledger.link_states(HERE) == await ledger.link_states(THERE) == {url: state}
    assert await ledger.keep(HERE, [Edit(one, replace(one, seed={"urls": [other, url]}))], [])
    assert await ledger.link_states(HERE) == {url: state}
    assert await ledger.keep(THERE, [Edit(two, replace(two, removed=True))], [])
    assert await ledger.link_states(THERE) == {}
    assert await ledger.keep(THERE, [Edit(replace(two, version=2), two)], [])
    assert await ledger.link_states(THERE) == {}
    fine = LinkState(url, LinkOutcome.FINE, NOON + DAY)
    await ledger.found_link(fine)
    assert await ledger.link_states(HERE) == await ledger.link_states(THERE) == {url: fine}


async def test_what_is_found_behind_an_address_of_nobody_is_not_kept(ledger: Ledger) -> None:
    """Its community has dropped it while somebody looked: nothing may tell that it was there."""
    await ledger.found_link(LinkState("https://example.org/a", LinkOutcome.GONE, NOON))
    assert await ledger.keep(HERE, new(an_item(urls=["https://example.org/a"])), [])
    assert await ledger.link_states(HERE) == {}


async def test_an_older_schema_is_refused_with_what_to_do(database_url: str) -> None:
    """Until it is upgraded; then the same ledger works."""
    engine = open_engine(database_url)
    await upgrade(engine, "0003")
    ledger = SqlLedger(engine)
    for attempt in (ledger.shelf(HERE), ledger.keep(HERE, [], []), ledger.forget("discord", ANA)):
        with pytest.raises(StoreError, match="infoshop db upgrade"):
            await attempt
    await upgrade(engine)
    assert await ledger.keep(HERE, new(an_item()), [ADDED])
    await engine.dispose()
