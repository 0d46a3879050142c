"""The shelf as commands see it: look something up, complete a word, browse."""

import asyncio
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from heapq import merge
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Self, TypeVar

from bot.errors import UnknownEntryError
from bot.model import AnyEntry, Contact, Corpus, Kind, Note, NoteType, Source
from bot.search.completion import Completer
from bot.search.engine import Engine, Layered, build_engine
from bot.search.record import Names, Record, names_of, records

T = TypeVar("T")

Item = Source | AnyEntry
ALL_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `score` lies between 0 and 1 and only orders the hits of one question."""

    item: Item
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """Answers, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """No answer, but at most three things that may have been meant."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """No answer; `topics` are some that there is something on."""

    topics: tuple[Note, ...]


Answer = Found | Close | Nothing


@dataclass(frozen=True, slots=True)
class Completion:
    """A choice offered while somebody types: what is shown, and the id to send instead."""

    label: str
    id: str


def name_in(item: Item, language: str) -> str:
    """What an item is called in a language: its title in English, elsewhere its first alias there, if any."""
    if language == "en":
        return item.title
    return next(
        (alias.text for alias in item.aliases if alias.language.partition("-")[0] == language), item.title
    )


class _Layer:
    """A corpus on the shelf: its items by id, by what they are filed under, by where they come from."""

    def __init__(self, corpus: Corpus, indexed: Sequence[Record]) -> None:
        self.corpus = corpus
        self.items: dict[str, Item] = {item.id: item for item in corpus.items()}
        self.filed: dict[str, list[AnyEntry]] = {}
        self.drawn: dict[str, list[AnyEntry]] = {}
        for entry in corpus.entries:
            for topic in dict.fromkeys(entry.topics):
                self.filed.setdefault(topic, []).append(entry)
            for source in dict.fromkeys(statement.origin.source for statement in entry.statements):
                self.drawn.setdefault(source, []).append(entry)
        self.completer = Completer(indexed)


@dataclass(frozen=True)
class _Room:
    """What a shelf has in common with what is made of it: see `Shelf.with_own`."""

    shared: _Layer
    flagged: tuple[Contact, ...]
    engine: Engine
    searching: ThreadPoolExecutor
    building: ThreadPoolExecutor

    @cached_property
    def names(self) -> Names:
        """What shared items are called."""
        return names_of(self.shared.corpus)


class Shelf:
    """All items in memory with their index: answering fetches nothing and writes nothing.

    Searching happens in one thread beside the event loop, which stays free to answer others. Where a
    community has a shelf of its own, that is a layer before the shared one, and both are seen as one.
    """

    def __init__(
        self,
        room: _Room,
        before: tuple[_Layer, ...] = (),
        *,
        indexed: Sequence[Record] = (),
        unlisted: Source | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self._room = room
        self._layers = (*before, room.shared)
        self._indexed = indexed
        self._unlisted = unlisted
        self._engine: Engine | Layered | None = None if before or hidden else room.engine
        self._lessons: Generator[None] | None = None
        self._checked: Mapping[str, date] = {}
        self.hidden = hidden
        self.under: Shelf = self
        """The one that is the same for every community."""

    @classmethod
    def of(cls, corpus: Corpus, vectors: Path | None = None) -> Self:
        """Index a corpus and put it on the shelf.

        With a file for its `vectors`, search learns in the background to compare meanings, too.

        A contact that involves police or border agencies stays off it, so that nothing can lead there.
        """
        corpus, flagged = _apart(corpus)
        indexed = list(records(corpus))
        engine = build_engine(indexed, corpus.thesaurus, corpus.question_words)
        threads = (ThreadPoolExecutor(1, thread_name_prefix=name) for name in ("search", "shelves"))
        shelf = cls(_Room(_Layer(corpus, indexed), flagged, engine, *threads))
        if vectors is not None:
            shelf._lessons = engine.learn(indexed, vectors)
            shelf._room.searching.submit(shelf._learn, shelf._lessons)
        return shelf

    def with_own(
        self,
        own: Corpus,
        *,
        unlisted: str = "",
        hidden: frozenset[str] = frozenset(),
        police: bool = False,
        checked: Mapping[str, date] | None = None,
    ) -> "Shelf":
        """This shelf as a community sees it: with a corpus of its own, and without what it has `hidden`.

        With `police`, contacts that involve police or border agencies are there, too, its own and those that
        were left off this shelf. The document `unlisted` can be had by its id, and is nowhere else. Own
        entries may be filed under shared topics; `checked` is when somebody last looked at them.

        It can be made in any thread, takes little time, needs no closing, and is of no use after this shelf.
        """
        own, own_flagged = _apart(own)
        frame = next((source for source in own.sources if source.id == unlisted), None)
        own = Corpus(
            tuple(source for source in own.sources if source.id != unlisted),
            (*own.entries, *(own_flagged if police else ())),
        )
        flagged = Corpus(entries=self._room.flagged if police else ())
        before: list[_Layer] = []
        indexed: list[Record] = []
        for corpus in (own, flagged):
            found = list(records(corpus, self._room.names))
            before.append(_Layer(corpus, found))
            indexed += found
        made = Shelf(self._room, tuple(before), indexed=indexed, unlisted=frame, hidden=hidden)
        made.under, made._checked = self.under, checked or {}
        return made

    async def beside(self, work: Callable[[], T]) -> T:
        """Have something done in the thread in which shelves are made, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._room.building, work)

    def _learn(self, lessons: Generator[None]) -> None:
        """One lesson, then whoever waits for an answer has a turn."""
        if next(lessons, "over") != "over":
            with suppress(RuntimeError):  # the shelf was closed
                self._room.searching.submit(self._learn, lessons)

    def close(self) -> None:
        """Let go of the threads and the index."""
        self._room.building.shutdown(wait=True, cancel_futures=True)
        self._room.searching.shutdown(wait=True, cancel_futures=True)
        if self._lessons:
            self._lessons.close()
        self._room.engine.close()

    @cached_property
    def corpus(self) -> Corpus:
        """All that is on the shelf: always the same object, without what was left off it."""
        shared = self._room.shared.corpus
        if self._engine is self._room.engine:
            return shared
        return replace(shared, sources=tuple(self.sources), entries=tuple(self.entries()))

    @property
    def own_corpus(self) -> Corpus:
        """What is a community's own; nothing where this is not the shelf of one."""
        return self._layers[0].corpus if len(self._layers) > 1 else Corpus()

    @property
    def own(self) -> Sequence[Item]:
        """What is a community's own: documents first."""
        return tuple(self.own_corpus.items())

    def is_own(self, item_id: str) -> bool:
        """Whether an item is a community's own; so is the document that its entries stand in."""
        if self._unlisted is not None and item_id == self._unlisted.id:
            return True
        return len(self._layers) > 1 and item_id in self._layers[0].items

    def checked_on(self, item_id: str) -> date | None:
        """The day on which somebody last looked whether the addresses of an own item are right."""
        return self._checked.get(item_id)

    @property
    def sources(self) -> Sequence[Source]:
        """The source documents, in the order of the corpus."""
        found = chain.from_iterable(layer.corpus.sources for layer in self._layers)
        return [source for source in found if source.id not in self.hidden]

    @cached_property
    def ids(self) -> Collection[str]:
        """The ids of all items."""
        if self._engine is self._room.engine:
            return self._room.shared.items.keys()
        return frozenset(chain.from_iterable(layer.items for layer in self._layers)) - self.hidden

    def get(self, item_id: str) -> Item:
        """The item with that id. Raises `UnknownEntryError`."""
        item = self._listed(item_id)
        if item is None and self._unlisted is not None and item_id == self._unlisted.id:
            return self._unlisted
        if item is None:
            raise UnknownEntryError("That entry is no longer on the shelf, or not shown here.")
        return item

    def _listed(self, item_id: str) -> Item | None:
        if item_id in self.hidden:
            return None
        found = (layer.items.get(item_id) for layer in self._layers)
        return next((item for item in found if item is not None), None)

    def entries(self, kind: Kind | None = None) -> Sequence[AnyEntry]:
        """Entries in the order of the corpus (of one kind)."""
        return self._shown((layer.corpus.entries for layer in self._layers), kind)

    def drawn_from(self, source_id: str) -> Sequence[AnyEntry]:
        """Entries with a statement from that source."""
        return self._shown(layer.drawn.get(source_id, ()) for layer in self._layers)

    def about(self, topic_id: str, kind: Kind | None = None) -> Sequence[AnyEntry]:
        """Entries filed under that topic (of one kind)."""
        return self._shown((layer.filed.get(topic_id, ()) for layer in self._layers), kind)

    def _shown(self, found: Iterable[Sequence[AnyEntry]], kind: Kind | None = None) -> Sequence[AnyEntry]:
        return [
            entry
            for each in found
            for entry in each
            if kind in (None, entry.kind) and entry.id not in self.hidden
        ]

    def themes(self, kind: Kind | None = None, limit: int = 5) -> tuple[Note, ...]:
        """The topics that most is filed under (of one kind), most first."""
        topics = (note for note in self.entries() if isinstance(note, Note) and note.type is NoteType.TOPIC)
        counted = [(len(self.about(note.id, kind)), note) for note in topics]
        best = sorted((pair for pair in counted if pair[0]), key=lambda pair: -pair[0])[:limit]
        return tuple(note for _, note in best)

    async def find(self, question: str, *, kinds: frozenset[Kind] = ALL_KINDS, locale: str = "en") -> Answer:
        """What the shelf has to say to a question. An id is answered with its item."""
        item = self._listed(question.strip())
        if item is not None and item.kind in kinds:
            return Found((Hit(item, 1.0),))
        engine = self._engine
        if engine is None:
            engine = await self.beside(self._laid)
        asked = partial(engine.search, question, kinds, locale)
        outcome = await asyncio.get_running_loop().run_in_executor(self._room.searching, asked)
        if outcome.answers:
            return Found(tuple(Hit(self.get(scored.id), scored.score) for scored in outcome.answers))
        if outcome.closest:
            return Close(tuple(Hit(self.get(scored.id), scored.score) for scored in outcome.closest))
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        return Nothing(self.themes(kind))

    def _laid(self) -> Engine | Layered:
        """What searches all layers; made for the first question, for many a shelf is only drawn from."""
        engine = self._engine or self._room.engine.over(self._indexed, self.hidden)
        self._engine, self._indexed = engine, ()
        return engine

    def complete(
        self, prefix: str, *, kinds: frozenset[Kind] = ALL_KINDS, locale: str = "en", limit: int = 25
    ) -> Sequence[Completion]:
        """Choices for what somebody is typing, best first; the most used ones for an empty prefix."""
        found = [layer.completer.ranked(prefix, kinds, limit, self.hidden) for layer in self._layers]
        best = islice(merge(*found, key=itemgetter(0)), limit)
        language = locale.partition("-")[0]
        return [Completion(name_in(self.get(item_id), language), item_id) for _, item_id in best]


def _apart(corpus: Corpus) -> tuple[Corpus, tuple[Contact, ...]]:
    """A corpus without the contacts that involve police or border agencies, and these."""
    flagged = tuple(entry for entry in corpus.entries if isinstance(entry, Contact) and entry.police)
    if not flagged:
        return corpus, ()
    return replace(corpus, entries=tuple(entry for entry in corpus.entries if entry not in flagged)), flagged
