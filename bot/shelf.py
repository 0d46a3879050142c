"""The shelf as commands see it: look something up, complete a word, browse."""

import asyncio
from collections.abc import Collection, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bot.errors import UnknownEntryError
from bot.model import AnyEntry, Contact, Corpus, Kind, Note, NoteType, Source
from bot.search.completion import Completer
from bot.search.engine import Engine, Outcome, build_engine
from bot.search.record import records

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


class Shelf:
    """All items in memory with their index: answering fetches nothing and writes nothing.

    Searching happens in one thread beside the event loop, which stays free to answer others.
    """

    def __init__(self, corpus: Corpus, engine: Engine, completer: Completer) -> None:
        self._corpus = corpus
        self._engine = engine
        self._completer = completer
        self._items: dict[str, Item] = {item.id: item for item in corpus.items()}
        self._filed: dict[str, list[AnyEntry]] = {}
        self._drawn: dict[str, list[AnyEntry]] = {}
        for entry in corpus.entries:
            for topic in dict.fromkeys(entry.topics):
                self._filed.setdefault(topic, []).append(entry)
            for source in dict.fromkeys(statement.origin.source for statement in entry.statements):
                self._drawn.setdefault(source, []).append(entry)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search")
        self._lessons: Generator[None] | None = None

    @classmethod
    def of(cls, corpus: Corpus, vectors: Path | None = None) -> Self:
        """Index a corpus and put it on the shelf.

        With a file for its `vectors`, search learns in the background to compare meanings, too.

        A contact that involves police or border agencies stays off it, so that nothing can lead there.
        """
        entries = tuple(
            entry for entry in corpus.entries if not (isinstance(entry, Contact) and entry.police)
        )
        corpus = replace(corpus, entries=entries)
        indexed = list(records(corpus))
        engine = build_engine(indexed, corpus.thesaurus, corpus.question_words)
        shelf = cls(corpus, engine, Completer(indexed))
        if vectors is not None:
            shelf._lessons = engine.learn(indexed, vectors)
            shelf._thread.submit(shelf._learn, shelf._lessons)
        return shelf

    def _learn(self, lessons: Generator[None]) -> None:
        """One lesson, then whoever waits for an answer has a turn."""
        if next(lessons, "over") != "over":
            with suppress(RuntimeError):  # the shelf was closed
                self._thread.submit(self._learn, lessons)

    def close(self) -> None:
        """Let go of the thread and the index."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._lessons:
            self._lessons.close()
        self._engine.close()

    @property
    def corpus(self) -> Corpus:
        """All that is on the shelf: always the same object, without what `of` left off it."""
        return self._corpus

    @property
    def sources(self) -> Sequence[Source]:
        """The source documents, in the order of the corpus."""
        return self._corpus.sources

    @property
    def ids(self) -> Collection[str]:
        """The ids of all items."""
        return self._items.keys()

    def get(self, item_id: str) -> Item:
        """The item with that id. Raises `UnknownEntryError`."""
        try:
            return self._items[item_id]
        except KeyError:
            raise UnknownEntryError("That entry is no longer on the shelf.") from None

    def entries(self, kind: Kind | None = None) -> Sequence[AnyEntry]:
        """Entries in the order of the corpus (of one kind)."""
        return [entry for entry in self._corpus.entries if kind in (None, entry.kind)]

    def drawn_from(self, source_id: str) -> Sequence[AnyEntry]:
        """Entries with a statement from that source."""
        return self._drawn.get(source_id, ())

    def about(self, topic_id: str, kind: Kind | None = None) -> Sequence[AnyEntry]:
        """Entries filed under that topic (of one kind)."""
        return [entry for entry in self._filed.get(topic_id, ()) if kind in (None, entry.kind)]

    def themes(self, kind: Kind | None = None, limit: int = 5) -> tuple[Note, ...]:
        """The topics that most is filed under (of one kind), most first."""
        counts = {
            note.id: len(self.about(note.id, kind))
            for note in self._corpus.entries
            if isinstance(note, Note) and note.type is NoteType.TOPIC
        }
        best = sorted((topic for topic in counts if counts[topic]), key=lambda topic: -counts[topic])[:limit]
        return tuple(note for topic in best if isinstance(note := self._items[topic], Note))

    async def find(self, question: str, *, kinds: frozenset[Kind] = ALL_KINDS, locale: str = "en") -> Answer:
        """What the shelf has to say to a question. An id is answered with its item."""
        item = self._items.get(question.strip())
        if item is not None and item.kind in kinds:
            return Found((Hit(item, 1.0),))
        loop = asyncio.get_running_loop()
        outcome: Outcome = await loop.run_in_executor(
            self._thread, self._engine.search, question, kinds, locale
        )
        if outcome.answers:
            return Found(tuple(Hit(self._items[scored.id], scored.score) for scored in outcome.answers))
        if outcome.closest:
            return Close(tuple(Hit(self._items[scored.id], scored.score) for scored in outcome.closest))
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        return Nothing(self.themes(kind))

    def complete(
        self, prefix: str, *, kinds: frozenset[Kind] = ALL_KINDS, locale: str = "en", limit: int = 25
    ) -> Sequence[Completion]:
        """Choices for what somebody is typing, best first; the most used ones for an empty prefix."""
        return [
            Completion(name_in(self._items[item_id], locale.partition("-")[0]), item_id)
            for item_id in self._completer.complete(prefix, kinds, limit)
        ]
