"""Search: a question in, items out, best first, or an honest nothing."""

import gc
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.model import Concept, Kind, QuestionWords
from bot.search.gate import Gate, calibrated
from bot.search.index import Index, build
from bot.search.overlay import Overlay
from bot.search.question import Question, Reader
from bot.search.rank import Match, alike, joint_coverage, rank
from bot.search.record import Record
from bot.search.terms import Terms

if TYPE_CHECKING:
    from bot.search.semantic import Semantics

ANSWERS = 10
"""How many items answer one question, at most."""

SUGGESTIONS = 3
"""How many may be offered as "did you mean"."""

FEW = 200
"""How many records can be laid over an index without anything more being there by chance."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scored:
    """The id of an item with its score from 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answers, best first; where there are none, the closest there is."""

    answers: tuple[Scored, ...]
    closest: tuple[Scored, ...]


class Engine:
    """An index with what is needed to question it. One thread at a time may ask."""

    def __init__(self, index: Index, reader: Reader, gate: Gate) -> None:
        self._index = index
        self._reader = reader
        self._gate = gate
        self._semantics: Semantics | None = None

    def learn(self, records: Iterable[Record], vectors: Path) -> Generator[None]:
        """Learn to compare meanings, too, a little with each step; searches in between go by words alone.

        It takes the optional extra `semantic`. The file `vectors` keeps what was learnt of these records.
        """
        try:
            from bot.search import semantic  # noqa: PLC0415 (it need not be installed, and takes a while)
        except ModuleNotFoundError:
            return
        except Exception as error:  # noqa: BLE001 (a library that is not made for this machine)
            log.warning("semantic search is off", error=type(error).__name__)
            return
        self._semantics = yield from semantic.learn(self._index, records, vectors)

    def search(self, text: str, kinds: frozenset[Kind] = frozenset(Kind), locale: str = "en") -> Outcome:
        """Answer a question. Any text at all is a question; its cost has a bound."""
        question = self._reader.read(text, kinds, locale)
        return _outcome(question, kinds, self._index, self._gate, semantics=self._semantics)

    def over(self, records: Iterable[Record], hidden: Collection[str] = ()) -> "Layered":
        """Lay records over what is indexed, and hide some of that, for whoever asks by what this returns.

        It takes as long as indexing these records alone, and can be done in another thread than searching.
        """
        overlay = Overlay(self._index, records, hidden)
        reader = self._reader.over(overlay)
        gate = self._gate if overlay.added <= FEW else calibrated(_coverage(overlay, reader))
        return Layered(self, overlay, reader, gate, hidden)

    def close(self) -> None:
        """Free the index."""
        self._index.close()


class Layered:
    """What an engine has, and what was laid over it: one question to both. One thread at a time may ask."""

    def __init__(
        self, under: Engine, overlay: Overlay, reader: Reader, gate: Gate, hidden: Collection[str]
    ) -> None:
        self._under = under
        self._overlay = overlay
        self._reader = reader
        self._gate = gate
        self._hidden = hidden

    def search(self, text: str, kinds: frozenset[Kind] = frozenset(Kind), locale: str = "en") -> Outcome:
        """Answer a question, as `Engine.search` does."""
        question = self._reader.read(text, kinds, locale)
        semantics = self._under._semantics  # noqa: SLF001 - of its own kind; it may have been learnt meanwhile
        return _outcome(question, kinds, self._overlay, self._gate, semantics=semantics, hidden=self._hidden)


def _outcome(
    question: Question,
    kinds: frozenset[Kind],
    index: Terms,
    gate: Gate,
    *,
    semantics: "Semantics | None",
    hidden: Collection[str] = (),
) -> Outcome:
    if likes := alike(index, question, kinds):
        return Outcome(tuple(Scored(item.id, round(share, 4)) for item, share in likes[:ANSWERS]), ())
    ranking = rank(index, question, kinds)
    answers = gate.answers(question, ranking)
    closest = [] if answers else gate.closest(ranking)
    if semantics:
        answers, closest = semantics.revise(question, kinds, ranking.leading, answers, closest, hidden=hidden)
    return Outcome(tuple(map(_scored, answers[:ANSWERS])), tuple(map(_scored, closest[:SUGGESTIONS])))


def _coverage(index: Terms, reader: Reader) -> Callable[[str], float]:
    """How much of a text the best items of an index cover together."""

    def coverage_of(text: str) -> float:
        question = reader.read(text, frozenset(Kind))
        return joint_coverage(question, rank(index, question, frozenset(Kind)).leading)

    return coverage_of


def build_engine(
    records: Iterable[Record], concepts: Iterable[Concept] = (), small_words: Sequence[QuestionWords] = ()
) -> Engine:
    """Index the records and calibrate the decision on them."""
    index = build(records, concepts)
    reader = Reader(index, small_words)
    engine = Engine(index, reader, calibrated(_coverage(index, reader)))
    # What has just been built is here to stay. Left to the garbage collector, all of it would be looked
    # through now and then, in the middle of a question.
    gc.freeze()
    return engine


def _scored(match: Match) -> Scored:
    return Scored(match.item.id, round(match.score, 4))
