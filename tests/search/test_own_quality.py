"""A community's own shelf is searched together with the shared one, and neither spoils the other."""

from collections.abc import Iterator

import pytest

from bot.curation.model import OWN
from bot.curation.shelf_file import corpus_of
from bot.model import Corpus, Kind
from bot.shelf import ALL_KINDS, Found, Shelf
from tests.search import own
from tests.search.test_quality import HERE, kinds, lines


@pytest.fixture(scope="module")
def shared(corpus: Corpus) -> Iterator[Shelf]:
    shelf = Shelf.of(corpus)
    yield shelf
    shelf.close()


async def found(
    shelf: Shelf, question: str, kinds: frozenset[Kind] = ALL_KINDS, locale: str = "en"
) -> list[str]:
    answer = await shelf.find(question, kinds=kinds, locale=locale)
    return [hit.item.id for hit in answer.hits] if isinstance(answer, Found) else []


async def test_fifty_entries_on_other_matters_change_no_answer_of_the_shared_shelf(shared: Shelf) -> None:
    """240 questions about the documents, those without an answer among them."""
    view = shared.with_own(corpus_of(own.items()), unlisted=OWN)
    for query in lines(HERE / "queries.jsonl"):
        asked = (query["q"], kinds(query), query["locale"])
        assert await found(view, *asked) == await found(shared, *asked), query["q"]


async def test_what_a_community_keeps_is_found(shared: Shelf) -> None:
    """44 questions about 50 entries, first of all that is found; the bound is what was measured, less one."""
    view = shared.with_own(corpus_of(own.items()), unlisted=OWN)
    first = [(await found(view, question))[:1] == [wanted] for question, wanted in own.QUESTIONS.items()]
    assert sum(first) >= len(first) - 2
    for question in own.NOTHING:
        assert not await found(view, question)


async def test_an_own_entry_is_found_by_the_names_of_a_shared_topic(shared: Shelf) -> None:
    """In any language that these are in; it says nothing of them itself."""
    entry = own.own(own.action("port", "Watch the port", "Go and look", topics=["topic:raids"]))
    view = shared.with_own(corpus_of([entry]), unlisted=OWN)
    assert entry.id in [each.id for each in view.about("topic:raids")]
    for question, locale in (("port raids", "en"), ("descentes port", "fr")):
        assert (await found(view, question, frozenset({Kind.ACTION}), locale))[:1] == [entry.id]


async def test_hidden_items_are_nowhere(shared: Shelf) -> None:
    """They are not found, completed, listed or drawn; what is filed under them stays."""
    hidden = frozenset({"topic:end-demand", "source:butterfly-statement"})
    view = shared.with_own(Corpus(), hidden=hidden)
    assert not hidden & set(view.ids)
    assert not hidden & {item.id for item in (*view.sources, *view.entries(), *view.themes(limit=100))}
    for question in ("nordick moddle", "topic:end-demand", "end demand", "books like the nordic model"):
        assert not hidden & set(await found(view, question))
    for prefix in ("", "nor", "end d", "butterf"):
        assert not hidden & {choice.id for choice in view.complete(prefix, limit=1000)}
    assert view.about("topic:end-demand") == shared.about("topic:end-demand")
