"""Every community sees the shared shelf and its own, and nothing of anybody else's."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.commands.daily.stock import stock
from bot.commands.describe import Services
from bot.commands.dispatch import answer, complete, entries
from bot.commands.request import Audience, Request
from bot.communities import Communities
from bot.curation.model import OWN, Act, Deed, Edit, Own, Seed
from bot.curation.shelf_file import corpus_of
from bot.daily.model import Draw, Order
from bot.errors import StoreError, UnknownEntryError
from bot.model import Community, CommunitySettings, Contact, Kind, Source
from bot.reply import Ask
from bot.shelf import Close, Found, Shelf
from bot.shelves import Shelves
from bot.store import SqlLedger, open_engine
from tests.commands.small import CORPUS, POLICE, RAIDS, TODAY
from tests.search import own

A, B = Community("discord", "1"), Community("discord", "2")
PROMPT = {"why": "To see.", "questions": ["What then?"]}
WORDS = ("harbour", "lantern", "raid", "migration", "clinic", "rights", "night", "kitchen", "book", "shelter")


@pytest.fixture(scope="module")
def shared() -> Iterator[Shelf]:
    shelf = Shelf.of(CORPUS)
    yield shelf
    shelf.close()


async def keep(ledger: SqlLedger, community: Community, *items: Own) -> None:
    acts = [Act(Deed.ADDED, each.id, "7", own.AT, 1, each.seed) for each in items]
    assert await ledger.keep(community, [Edit(None, each) for each in items], acts)


async def hide(ledger: SqlLedger, community: Community, item_id: str) -> None:
    assert await ledger.hide(community, item_id, Act(Deed.HIDDEN, item_id, "7", own.AT), hidden=True)


def lantern(name: str = "lantern") -> Own:
    return own.own(own.contact(name, "Lantern House", "Beds for the night"))


def request(community: Community | None = A) -> Request:
    return Request(community=community, audience=Audience.MODERATOR)


async def test_each_community_has_its_own_beside_the_shared(engine: AsyncEngine, shared: Shelf) -> None:
    """Commands answer from what their community keeps; others and direct messages have the shared shelf."""
    ledger = SqlLedger(engine)
    await keep(ledger, A, lantern())
    services = Services(shared, "1", lambda: TODAY, ledger=ledger)
    here = await answer(Ask("contact", {"who": "lantern house"}), request(), services)
    assert [card.id for card in here.cards] == ["contact:lantern"]
    (card,) = here.cards
    assert card.label.endswith(" · this community's own")
    assert card.footer == ("From this community's own shelf, kept by its moderators.",)
    assert [each.id for each in (await entries(["contact:lantern"], request(), services)).cards] == [card.id]
    for elsewhere in (B, None):
        asked = request(elsewhere)
        assert not (await answer(Ask("contact", {"who": "lantern house"}), asked, services)).found
        assert not (await entries(["contact:lantern"], asked, services)).found
        assert await services.shelves.of(elsewhere) is shared


async def test_what_changes_is_seen_once_that_is_said(engine: AsyncEngine, shared: Shelf) -> None:
    """Until then it is answered from memory, however often it is asked."""
    ledger = SqlLedger(engine)
    shelves = Shelves(shared, ledger)
    assert await shelves.of(A) is shared
    await keep(ledger, A, lantern())
    assert await shelves.of(A) is shared
    shelves.changed(A)
    view = await shelves.of(A)
    assert [each.id for each in view.own] == ["contact:lantern"]
    assert await shelves.of(A) is view


async def test_what_was_read_before_a_change_is_not_kept(engine: AsyncEngine, shared: Shelf) -> None:
    """Somebody asks, and while that is read, something is added."""
    ledger = SqlLedger(engine)
    shelves = Shelves(shared, ledger)
    reading = asyncio.create_task(shelves.of(A))
    await asyncio.sleep(0)
    await keep(ledger, A, lantern())
    shelves.changed(A)
    await reading
    assert [each.id for each in (await shelves.of(A)).own] == ["contact:lantern"]


async def test_who_stops_waiting_does_not_stop_the_others(engine: AsyncEngine, shared: Shelf) -> None:
    """One shelf is read once for all who ask for it at the same time."""
    ledger = SqlLedger(engine)
    await keep(ledger, A, lantern())
    shelves = Shelves(shared, ledger)
    first, second, third = (asyncio.create_task(shelves.of(A)) for _ in range(3))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is await third
    assert first.cancelled() or first.cancelling()
    await shelves.close()


async def test_at_hand_is_nothing_before_it_is_read(engine: AsyncEngine, shared: Shelf) -> None:
    """What the community hides of the shared shelf is not known then, so none of that is offered."""
    ledger = SqlLedger(engine)
    await keep(ledger, A, lantern())
    services = Services(shared, "1", lambda: TODAY, ledger=ledger)
    assert complete("contact", "who", "", request(), services) == []
    assert complete("contact", "who", "", request(None), services)
    await services.within(A)
    assert ("Lantern House", "contact:lantern") in complete("contact", "who", "lan", request(), services)
    await services.shelves.close()


async def test_hidden_topics_are_not_linked_to(engine: AsyncEngine, shared: Shelf) -> None:
    """The way from an entry to its background is left out."""
    ledger = SqlLedger(engine)
    await hide(ledger, A, RAIDS.id)
    services = Services(shared, "1", lambda: TODAY, ledger=ledger)
    filed = own.own(own.action("watch", "Watch the port", "Go and look", topics=[RAIDS.id]))
    for each in (A, B):
        await keep(ledger, each, filed)
    for community, there in ((A, False), (B, True)):
        (card,) = (await entries([filed.id], request(community), services)).cards
        assert any(RAIDS.id in choice.ask.options.values() for choice in card.choices) is there


async def test_police_contacts_are_there_where_a_community_wants_them(engine: AsyncEngine) -> None:
    """Shared ones and its own, with a warning that comes first; from the next question on."""
    ledger = SqlLedger(engine)
    await keep(ledger, A, own.own(own.contact("tip", "Harbour Tip Line", "A line", police=True)), lantern())
    line = Contact(
        "contact:border-line",
        "Border Line",
        POLICE.statements,
        checked_on=TODAY,
        checked_in="Here",
        police=True,
    )
    communities = Communities()
    with_line = Shelf.of(replace(CORPUS, entries=(*CORPUS.entries, line)))
    services = Services(with_line, "1", lambda: TODAY, communities, ledger=ledger)
    for wanted in (False, True, False):
        for community in (A, B):
            await communities.change(community, CommunitySettings(police=wanted))
        reply = await entries(["contact:border-line"], request(B), services)
        assert reply.found is wanted
        assert not wanted or reply.cards[0].warning.startswith("Involves police or border agencies.")
        ids = (await services.shelves.of(A)).ids
        assert ("contact:tip" in ids) is ("contact:border-line" in ids) is wanted
        assert "contact:lantern" in ids
    with_line.close()


async def test_a_shelf_that_cannot_be_read_is_said_to_be_so(tmp_path: Path, shared: Shelf) -> None:
    """Answering from the shared shelf alone would show what the community has hidden."""
    database = open_engine(f"sqlite+aiosqlite:///{tmp_path}/empty.sqlite3")  # it has no schema
    services = Services(shared, "1", lambda: TODAY, ledger=SqlLedger(database))
    reply = await answer(Ask("find", {"words": "raids"}), request(), services)
    assert not reply.found
    assert "cannot be read just now" in reply.text
    with pytest.raises(StoreError):
        await services.shelves.of(A)
    assert (await answer(Ask("find", {"words": "raids"}), request(None), services)).found
    await database.dispose()


async def test_memory_has_a_bound_and_what_goes_is_gone(engine: AsyncEngine, shared: Shelf) -> None:
    """Those that were not asked for the longest go first; one that is larger than the bound can be asked."""
    ledger = SqlLedger(engine)
    communities = [Community("discord", str(number)) for number in range(6)]
    for each in communities:
        await keep(ledger, each, lantern("one"), lantern("two"))
    shelves = Shelves(shared, ledger, most=5)
    views = weakref.WeakValueDictionary({each: await shelves.of(each) for each in communities})
    await views[communities[-1]].find("lantern house")
    assert shelves.size == 4
    gc.collect()
    assert set(views) == set(communities[-2:])
    tiny = Shelves(shared, ledger, most=1)
    assert isinstance(await (await tiny.of(A)).find("lantern house"), Found)
    assert tiny.size == 2


async def test_daily_readings_come_from_both(shared: Shelf) -> None:
    """What has a prompt, the community's own as from one document; nothing that is hidden."""
    drawn = own.own(own.reading("zine", "A Zine", "About phones", prompt=PROMPT, topics=[RAIDS.id]))
    silent = own.own(own.reading("quiet", "No Prompt", "About nothing"))
    hidden = frozenset({"source:review", RAIDS.id})
    view = shared.with_own(corpus_of([drawn, silent]), unlisted=OWN, hidden=hidden)
    every = stock(view).ids(Draw(), Order.SHUFFLED)
    shared_ones = stock(shared).ids(Draw(), Order.SHUFFLED)
    assert set(every) - set(shared_ones) == {drawn.id}
    assert set(shared_ones) - set(every) == {each for each in shared_ones if each.partition("#")[0] in hidden}
    assert stock(view).ids(Draw(source=OWN), Order.SHUFFLED) == (drawn.id,)
    assert drawn.id in stock(view).ids(Draw(topics=(RAIDS.id,)), Order.SHUFFLED)


async def test_the_document_that_own_entries_stand_in_is_no_document_to_find(shared: Shelf) -> None:
    """A card can name it; otherwise it is nowhere."""
    view = shared.with_own(corpus_of([lantern()]), unlisted=OWN)
    assert isinstance(view.get(OWN), Source)
    assert OWN not in view.ids
    assert OWN not in {source.id for source in view.sources}
    assert OWN not in {choice.id for choice in view.complete("", limit=1000)}
    answered = await view.find("this community's own shelf")
    assert not isinstance(answered, Found | Close) or OWN not in {hit.item.id for hit in answered.hits}
    with pytest.raises(UnknownEntryError):
        shared.get(OWN)


TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(" ".join)
Rows = Sequence[tuple[Callable[..., Seed], str, str, list[str], bool]]
MADE = st.tuples(
    st.sampled_from([own.note, own.reading, own.action, own.contact]),
    TITLES,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join),
    st.lists(st.sampled_from([RAIDS.id, "topic:gone"]), max_size=2, unique=True),
    st.booleans(),
)
QUESTIONS = st.one_of(TITLES, st.text(max_size=20), st.sampled_from(["", "source:own", RAIDS.id]))


def made(name: str, rows: Rows) -> list[Own]:
    seeds = []
    for number, (make, title, text, topics, drawn) in enumerate(rows):
        more = {"prompt": PROMPT} if drawn and make is not own.contact else {}
        seeds.append(make(f"{name}-{number}", title, text, topics=topics, **more))
    return [own.own(seed) for seed in seeds]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(MADE, min_size=1, max_size=6),
    st.lists(MADE, min_size=1, max_size=6),
    st.lists(QUESTIONS, min_size=1, max_size=4),
    st.booleans(),
)
async def test_no_question_from_one_community_ever_returns_anothers(
    shared: Shelf,
    ours: Rows,
    theirs: Rows,
    questions: list[str],
    first: bool,  # noqa: FBT001 - as hypothesis draws it
) -> None:
    """Whatever both keep, in whatever order they ask, and by whatever way in."""
    views = {
        name: shared.with_own(corpus_of(made(name, rows)), unlisted=OWN)
        for name, rows in (("a", ours), ("b", theirs))
    }
    asked, other = ("a", "b") if first else ("b", "a")
    foreign = {item.id for item in views[other].own}
    assert foreign
    for question in questions:  # they ask as well, before
        await views[other].find(question)
    view = views[asked]
    seen = {*view.ids, *(item.id for item in (*view.own, *view.sources, *view.corpus.items()))}
    for question in [*questions, *foreign, *(item.title for item in views[other].own)]:
        answered = await view.find(question)
        if isinstance(answered, Found | Close):
            seen |= {hit.item.id for hit in answered.hits}
        for kinds in (frozenset(Kind), frozenset({Kind.CONTACT})):
            seen |= {choice.id for choice in view.complete(question, kinds=kinds, limit=1000)}
    for kind in (None, *Kind):
        seen |= {item.id for item in (*view.entries(kind), *view.themes(kind, 100))}
        seen |= {item.id for item in view.about(RAIDS.id, kind)}
    seen |= {item.id for item in (*view.drawn_from(OWN), *view.about("topic:gone"))}
    seen |= set(stock(view).ids(Draw(), Order.SHUFFLED)) | set(
        stock(view).ids(Draw(source=OWN), Order.SERIES)
    )
    assert not seen & foreign
    for each in foreign:
        assert not view.is_own(each)
        assert not view.drawn_from(each)
        with pytest.raises(UnknownEntryError):
            view.get(each)
        with pytest.raises(UnknownEntryError):
            stock(view).item(each)
