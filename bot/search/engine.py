"""Search: a question in, items out, best first, or an honest nothing."""

import gc
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.model import Concept, Kind, QuestionWords
from bot.search.gate import Gate, calibrated
from bot.search.index import Index, build
from bot.search.question import Reader
from bot.search.rank import Match, alike, joint_coverage, rank
from bot.search.record import Record

if TYPE_CHECKING:
    from bot.search.semantic import Semantics

ANSWERS = 10
"""How many items answer one question, at most."""

SUGGESTIONS = 3
"""How many may be offered as "did you mean"."""

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
        if likes := alike(self._index, question, kinds):
            return Outcome(tuple(Scored(item.id, round(share, 4)) for item, share in likes[:ANSWERS]), ())
        ranking = rank(self._index, question, kinds)
        answers = self._gate.answers(question, ranking)
        closest = [] if answers else self._gate.closest(ranking)
        if self._semantics:
            answers, closest = self._semantics.revise(question, kinds, ranking.leading, answers, closest)
        return Outcome(tuple(map(_scored, answers[:ANSWERS])), tuple(map(_scored, closest[:SUGGESTIONS])))

    def close(self) -> None:
        """Free the index."""
        self._index.close()


def build_engine(
    records: Iterable[Record], concepts: Iterable[Concept] = (), small_words: Sequence[QuestionWords] = ()
) -> Engine:
    """Index the records and calibrate the decision on them."""
    index = build(records, concepts)
    reader = Reader(index, small_words)

    def coverage_of(text: str) -> float:
        question = reader.read(text, frozenset(Kind))
        return joint_coverage(question, rank(index, question, frozenset(Kind)).leading)

    engine = Engine(index, reader, calibrated(coverage_of))
    # What has just been built is here to stay. Left to the garbage collector, all of it would be looked
    # through now and then, in the middle of a question.
    gc.freeze()
    return engine


def _scored(match: Match) -> Scored:
    return Scored(match.item.id, round(match.score, 4))
