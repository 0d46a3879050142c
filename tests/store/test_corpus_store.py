"""The corpus goes into the database whole and comes out as it went in."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import StoreError
from bot.model import (
    Action,
    Actor,
    Alias,
    AnyEntry,
    Concept,
    Contact,
    Corpus,
    Kind,
    Licence,
    Manifestation,
    Name,
    Note,
    NoteType,
    Origin,
    Prompt,
    QuestionWords,
    Reading,
    Section,
    Source,
    Statement,
    Work,
    WorkType,
)
from bot.store import LoadResult, head, info, load, open_engine, read
from bot.store.engine import writing

on_one_database = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Any Unicode but what no database keeps: U+0000 and surrogates.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
lines = texts.filter(bool)
names = st.builds(Name, family=lines, given=texts) | st.builds(Name, literal=lines)
works = st.builds(
    Work,
    type=st.sampled_from(WorkType),
    title=texts,
    authors=st.lists(names, max_size=2).map(tuple),
    **dict.fromkeys(("issued", "container", "volume", "issue", "pages", "publisher"), texts),
    **dict.fromkeys(("place", "url", "language", "note"), texts),
)
licences = st.builds(
    Licence, name=texts, attribution=texts, uri=texts, commercial=st.none() | st.booleans(), note=texts
)
aliases = st.lists(st.builds(Alias, texts, texts), max_size=2).map(tuple)
some_texts = st.lists(texts, max_size=2).map(tuple)
prompts = st.none() | st.builds(Prompt, why=texts, questions=some_texts)
question_words = st.builds(
    QuestionWords,
    language=lines,
    stop=some_texts,
    cues=st.fixed_dictionaries(dict.fromkeys(Kind, some_texts)),
)


def _distinct(prefix: str, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(texts.map(lambda rest: prefix + rest), max_size=most, unique=True)


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """A corpus in which every reference leads somewhere; some ids come back from one corpus to the next."""
    note_ids = draw(_distinct("topic:", 3))
    topics = st.lists(st.sampled_from(note_ids), max_size=2).map(tuple) if note_ids else st.just(())
    sections = st.lists(
        st.builds(Section, texts, texts, texts, prompts), max_size=2, unique_by=lambda part: part.id
    )
    sources = [
        draw(
            st.builds(
                Source,
                id=st.just(source),
                work=works,
                short=texts,
                long=texts,
                sections=sections.map(tuple),
                licence=licences,
                manifestations=st.lists(st.builds(Manifestation, texts, texts, texts), max_size=2).map(tuple),
                caveats=some_texts,
                aliases=aliases,
                topics=topics,
            )
        )
        for source in draw(_distinct("source:", 2))
    ]
    places = [(source.id, section.id) for source in sources for section in source.sections]
    common: dict[str, Any] = {
        "title": texts,
        "statements": _statements(places),
        "aliases": aliases,
        "topics": topics,
        "content_note": texts,
        "caveat": texts,
        "prompt": prompts,
    }
    entries: list[AnyEntry] = [
        draw(st.builds(Note, id=st.just(note), type=st.sampled_from(NoteType), **common)) for note in note_ids
    ]
    kinds: dict[str, st.SearchStrategy[AnyEntry]] = {
        "reading:": st.builds(Reading, id=st.just(""), work=works, **common),
        "action:": st.builds(
            Action,
            id=st.just(""),
            actors=st.lists(st.sampled_from(Actor), max_size=2).map(tuple),
            audience=texts,
            **common,
        ),
        "contact:": st.builds(
            Contact,
            id=st.just(""),
            checked_on=st.dates(),
            **dict.fromkeys(("emails", "phones", "urls", "languages"), some_texts),
            **dict.fromkeys(("region", "checked_in"), texts),
            police=st.booleans(),
            **common,
        ),
    }
    for prefix, strategy in kinds.items():
        entries += [replace(draw(strategy), id=entry) for entry in draw(_distinct(prefix, 2))]
    concepts = st.lists(st.builds(Concept, texts, aliases), max_size=2, unique_by=lambda concept: concept.id)
    languages = st.lists(question_words, max_size=2, unique_by=lambda words: words.language)
    return Corpus(
        tuple(sources),
        tuple(draw(st.permutations(entries))),
        draw(concepts.map(tuple)),
        draw(languages.map(tuple)),
    )


def _statements(places: Sequence[tuple[str, str]]) -> st.SearchStrategy[tuple[Statement, ...]]:
    if not places:
        return st.just(())
    origins = st.builds(
        lambda place, paragraph: Origin(place[0], place[1], paragraph), st.sampled_from(places), texts
    )
    return st.lists(st.builds(Statement, text=lines, origin=origins, by=texts), max_size=2).map(tuple)


def _fingerprint(corpus: Corpus) -> str:
    return f"{hash(repr(corpus)):x}"


@given(corpus=corpora())
@on_one_database
async def test_what_was_loaded_is_read_back_exactly(engine: AsyncEngine, corpus: Corpus) -> None:
    """Whatever corpus came before, and whatever script or control character is in it."""
    before = {item.id: item for item in (await read(engine)).items()}
    after = {item.id: item for item in corpus.items()}
    result = await load(engine, corpus, _fingerprint(corpus))
    assert await read(engine) == corpus
    if result.changed:
        assert list(result.added) == [key for key in after if key not in before]
        assert set(result.removed) == before.keys() - after.keys()
        assert set(result.changed_ids) == {key for key in before.keys() & after if before[key] != after[key]}


@given(
    character=st.characters(categories=["Cs"]) | st.just("\0"),
    place=st.sampled_from(["id", "title", "alias", "cue"]),
)
@on_one_database
async def test_characters_no_database_keeps_are_refused(
    engine: AsyncEngine, old: Corpus, character: str, place: str
) -> None:
    """Alike on both backends, with a printable sentence, and before anything is written."""
    bad = f"a{character}b"
    entry = old.entries[0]
    broken = {
        "id": replace(old, entries=(*old.entries, replace(entry, id=bad))),
        "title": replace(old, entries=(replace(entry, title=bad),)),
        "alias": replace(old, thesaurus=(Concept("raid", (Alias(bad, "en"),)),)),
        "cue": replace(old, question_words=(QuestionWords("fr", (), {Kind.READING: (bad,)}),)),
    }[place]
    await load(engine, old, "old")
    before = await info(engine)
    with pytest.raises(StoreError, match="character that no database keeps") as caught:
        await load(engine, broken, "broken")
    assert str(caught.value).isprintable()
    assert await info(engine) == before


async def test_the_same_fingerprint_writes_nothing(engine: AsyncEngine, old: Corpus) -> None:
    """A second load of the same corpus leaves even the time of loading alone."""
    await load(engine, old, "one")
    before = await info(engine)
    assert await load(engine, old, "one") == LoadResult(changed=False)
    assert await info(engine) == before


async def test_a_load_says_what_it_changed(engine: AsyncEngine, old: Corpus, new: Corpus) -> None:
    """Unchanged entries are not among them, even where they moved to another place."""
    kept = replace(new, entries=(*new.entries, old.entries[25]))
    await load(engine, old, "old")
    result = await load(engine, kept, "kept")
    assert result.added == ("source:two", "contact:two")
    assert result.removed == tuple(f"topic:{n}" for n in range(20, 30) if n != 25)
    assert "topic:25" not in result.changed_ids
    assert set(result.changed_ids) == {item.id for item in old.items()} & {item.id for item in new.items()}
    assert await read(engine) == kept


async def test_prompts_come_change_and_go(engine: AsyncEngine, old: Corpus) -> None:
    """Those of entries and those of sections; whose prompt is another one is among what was changed."""
    source, entry = old.sources[0], old.entries[0]
    assert entry.prompt

    def with_prompts(prompt: Prompt | None) -> Corpus:
        sections = (replace(source.sections[0], prompt=prompt), *source.sections[1:])
        entries = (replace(entry, prompt=prompt), *old.entries[1:])
        return replace(old, sources=(replace(source, sections=sections),), entries=entries)

    await load(engine, old, "old")
    for number, prompt in enumerate(
        [replace(entry.prompt, questions=entry.prompt.questions[::-1]), Prompt("Else", ("Why?",)), None]
    ):
        result = await load(engine, with_prompts(prompt), f"{number}")
        assert result.changed_ids == (source.id, entry.id)
        assert await read(engine) == with_prompts(prompt)
        assert (await load(engine, with_prompts(prompt), "anew")).changed_ids == ()


async def test_rows_of_unchanged_entries_are_left_alone(engine: AsyncEngine, old: Corpus) -> None:
    """Other tables may come to refer to them: a reload must not delete and insert them again."""
    await load(engine, old, "old")
    async with writing(engine) as connection:
        await connection.execute(text("CREATE TABLE fan (item_id TEXT NOT NULL REFERENCES item (id))"))
        await connection.execute(text("INSERT INTO fan SELECT id FROM item"))
    changed = replace(old, entries=(*old.entries[:-1], replace(old.entries[-1], title="another")))
    assert (await load(engine, changed, "changed")).changed_ids == ("contact:one",)


async def test_a_corpus_that_does_not_hold_together_changes_nothing(engine: AsyncEngine, old: Corpus) -> None:
    """The foreign keys are the last to look: a topic or a section that is not there, an id twice."""
    await load(engine, old, "old")
    entry = old.entries[0]
    lost = Statement("Said", Origin("source:one", "third"), by="the book")
    for broken in (
        replace(old, entries=(*old.entries, replace(entry, id="topic:lost", topics=("topic:nowhere",)))),
        replace(old, entries=(*old.entries, replace(entry, id="topic:lost", statements=(lost,)))),
        replace(old, thesaurus=old.thesaurus * 2),
    ):
        with pytest.raises(StoreError, match="nothing was changed") as caught:
            await load(engine, broken, "broken")
        assert str(caught.value).count("\n") == 0
        assert await read(engine) == old


async def test_a_fingerprint_is_needed(engine: AsyncEngine) -> None:
    """An empty one stands for: nothing has been loaded yet."""
    with pytest.raises(ValueError, match="fingerprint"):
        await load(engine, Corpus(), "")


async def test_info_before_and_after_a_load(engine: AsyncEngine, new: Corpus) -> None:
    """It counts, and knows which corpus there is, since when, in UTC."""
    empty = await info(engine)
    assert empty.revision == empty.head == head()
    assert empty.corpus is not None
    assert (empty.corpus.fingerprint, empty.corpus.loaded_at, empty.corpus.entries) == ("", None, 0)
    start = datetime.now(UTC)
    await load(engine, new, "new")
    state = await info(engine)
    assert state.backend.split()[0] == engine.dialect.name
    assert state.size > 10_000
    assert state.corpus is not None
    assert (state.corpus.sources, state.corpus.entries) == (2, 24)
    assert (state.corpus.statements, state.corpus.concepts, state.corpus.fingerprint) == (48, 1, "new")
    assert state.corpus.loaded_at is not None
    assert start <= state.corpus.loaded_at <= datetime.now(UTC)
    assert state.corpus.loaded_at.tzinfo is UTC


async def test_readers_see_the_old_corpus_or_the_new_one(
    engine: AsyncEngine, old: Corpus, new: Corpus
) -> None:
    """Never a mixture, while loads go back and forth and several readers read all the time."""
    await load(engine, old, "old")
    done = asyncio.Event()
    seen: set[str] = set()

    async def look() -> None:
        while not done.is_set():
            corpus = await read(engine)
            assert corpus in (old, new)
            seen.add("old" if corpus == old else "new")

    async def change() -> None:
        for n in range(12):
            await load(engine, (new, old)[n % 2], f"{n}")
        done.set()

    await asyncio.gather(change(), look(), look(), look())
    assert seen == {"old", "new"}


async def test_loads_take_turns(database_url: str, engine: AsyncEngine, old: Corpus, new: Corpus) -> None:
    """Two processes that load at once, the first time too: each load is whole, and the last one stays."""
    engines = [open_engine(database_url) for _ in range(4)]
    corpora = [(old, "old"), (new, "new")] * 2
    await asyncio.gather(*(load(own, *what) for own, what in zip(engines, corpora, strict=True)))
    state = await info(engine)
    assert state.corpus is not None
    assert await read(engine) == {"old": old, "new": new}[state.corpus.fingerprint]
    for own in engines:
        await own.dispose()


async def test_the_oldest_and_the_latest_day(engine: AsyncEngine, old: Corpus) -> None:
    """Dates are dates of the calendar on both backends, over its whole range."""
    contact = old.entries[-1]
    assert isinstance(contact, Contact)
    ends = tuple(replace(contact, id=f"contact:{day}", checked_on=day) for day in (date.min, date.max))
    corpus = replace(old, entries=(*old.entries, *ends))
    await load(engine, corpus, "ends")
    assert await read(engine) == corpus
