"""The shelf as commands see it."""

from dataclasses import replace

import pytest

from bot.corpus.check import packaged_seeds, read
from bot.errors import UnknownEntryError
from bot.model import Contact, Corpus, Kind, NoteType
from bot.shelf import Close, Found, Nothing, Shelf

EVERY = frozenset(Kind)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read(packaged_seeds())


@pytest.fixture(scope="module")
def shelf(corpus: Corpus) -> Shelf:
    return Shelf.of(corpus)


async def test_the_three_tiers(shelf: Shelf) -> None:
    """An answer, the closest there is, or nothing and some topics there is something on."""
    assert isinstance(found := await shelf.find("nordick moddle", kinds=EVERY), Found)
    assert found.hits[0].item.id == "topic:end-demand"
    assert isinstance(close := await shelf.find("sesta trial in the supreme court", kinds=EVERY), Close)
    assert 0 < len(close.hits) <= 3
    assert isinstance(nothing := await shelf.find("pizza recipe", kinds=EVERY), Nothing)
    assert all(topic.type is NoteType.TOPIC for topic in nothing.topics)


async def test_an_id_is_answered_with_its_item(shelf: Shelf) -> None:
    """Choices lead straight to an entry; on another shelf it is not an answer."""
    found = await shelf.find("contact:butterfly", kinds=EVERY)
    assert isinstance(found, Found)
    assert [hit.item.id for hit in found.hits] == ["contact:butterfly"]
    assert not isinstance(await shelf.find("topic:end-demand", kinds=frozenset({Kind.CONTACT})), Found)


def test_what_is_not_there_is_not_found(shelf: Shelf) -> None:
    """A card may have been removed since its button was shown."""
    with pytest.raises(UnknownEntryError, match="no longer on the shelf"):
        shelf.get("topic:gone")


async def test_a_line_to_the_police_is_not_on_the_shelf(corpus: Corpus) -> None:
    """No search, no completion and no id leads to it."""
    (first, *_) = (entry for entry in corpus.entries if isinstance(entry, Contact))
    line = replace(first, id="contact:tip-line", title="Trafficking tip line", aliases=(), police=True)
    shelf = Shelf.of(replace(corpus, entries=(*corpus.entries, line)))
    answer = await shelf.find("trafficking tip line", kinds=frozenset({Kind.CONTACT}))
    assert not isinstance(answer, Found | Close) or all(hit.item.id != line.id for hit in answer.hits)
    assert all(choice.id != line.id for choice in shelf.complete("trafficking tip", kinds=EVERY))
    with pytest.raises(UnknownEntryError):
        shelf.get(line.id)
    shelf.close()


@pytest.mark.parametrize("prefix", ["", "n", "nor", "nordic m", "sex w", "butterf", "警", "zzz"])
@pytest.mark.parametrize("locale", ["en", "fr-CA", "zh-Hans", "xx"])
def test_completion(shelf: Shelf, prefix: str, locale: str) -> None:
    """At most 25 choices, each once; the most used for nothing typed yet."""
    choices = shelf.complete(prefix, kinds=EVERY, locale=locale)
    assert len({choice.id for choice in choices}) == len(choices) <= 25
    assert bool(choices) == (prefix != "zzz")


def test_completion_speaks_the_readers_language(shelf: Shelf) -> None:
    """A French reader sees French names; an English one the titles."""
    by_locale = {
        locale: {c.id: c.label for c in shelf.complete("nordic", kinds=EVERY, locale=locale)}
        for locale in ("en", "fr")
    }
    assert by_locale["en"]["topic:end-demand"] == shelf.get("topic:end-demand").title
    assert by_locale["fr"]["topic:end-demand"] == "Modèle nordique"


def test_browsing(shelf: Shelf, corpus: Corpus) -> None:
    """By kind, by topic, by source; themes have something under them."""
    assert [entry.id for entry in shelf.entries()] == [entry.id for entry in corpus.entries]
    assert {entry.kind for entry in shelf.entries(Kind.ACTION)} == {Kind.ACTION}
    assert all("topic:raids" in entry.topics for entry in shelf.about("topic:raids"))
    assert {source.id for source in shelf.sources} == {source.id for source in corpus.sources}
    for theme in shelf.themes(Kind.READING):
        assert shelf.about(theme.id, Kind.READING)
    drawn = shelf.drawn_from("source:butterfly-statement")
    assert any(entry.id == "contact:butterfly" for entry in drawn)
