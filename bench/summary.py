"""What trials amount to: a row of figures each, and how these grow with the corpus."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.questions import NONSENSE
from bench.trial import Answered, Trial


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of a trial: milliseconds, seconds, bytes, and shares from 0 to 1.

    `false` is the share of nonsense that got an answer. `within_three_by_shape` has the share of
    questions of each shape whose record was among the first three.
    """

    peer: str
    entries: int
    build_s: float
    peak_bytes: int
    kept_bytes: int
    asked: int
    median_ms: float
    p99_ms: float
    first: float
    within_three: float
    false: float
    within_three_by_shape: dict[str, float]


def row(trial: Trial) -> Row:
    """The figures of a trial."""
    times = sorted(1000 * answer.seconds for answer in trial.answered)
    sense = [answer for answer in trial.answered if answer.shape != NONSENSE]
    nonsense = [answer for answer in trial.answered if answer.shape == NONSENSE]
    shapes = sorted({answer.shape for answer in sense})
    return Row(
        peer=trial.peer,
        entries=trial.entries,
        build_s=trial.build_seconds,
        peak_bytes=trial.peak,
        kept_bytes=trial.kept,
        asked=len(trial.answered),
        median_ms=statistics.median(times),
        p99_ms=percentile(times, 99),
        first=_share([answer.first for answer in sense]),
        within_three=_share([answer.within_three for answer in sense]),
        false=_share([answer.anything for answer in nonsense]),
        within_three_by_shape={shape: _share(_found(sense, shape)) for shape in shapes},
    )


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that at least so many percent do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]


def _found(answered: Sequence[Answered], shape: str) -> list[bool]:
    return [answer.within_three for answer in answered if answer.shape == shape]


def _share(true: Sequence[bool]) -> float:
    return sum(true) / len(true) if true else 0.0
