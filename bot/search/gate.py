"""Is this an answer at all? A wrong answer is worse than none, and near misses are only offered as such.

No single score tells answers from noise, so the decision looks at how much of the question is covered,
each word weighted by how much it says: a question whose telling words are not on the shelf has no answer
here, however many of its common words are. How much is enough depends on the corpus, for in a large one
any two words occur somewhere together; that is measured when the corpus is indexed.
"""

from collections.abc import Callable
from random import Random

from bot.search.question import Question
from bot.search.rank import Match, Ranking, joint_coverage
from bot.search.text import frequencies

ENOUGH = 0.5
"""The share of a question that has to be covered in any corpus."""

_CLOSE = 0.3  # the score from which on an item may have been meant
_BESIDE = 0.6  # the share of the best score from which on others answer, too
_TRIALS = 50
_TOLERATED = 0.02  # the share of trial questions without an answer that may be answered all the same
_MOST = 0.85


class Gate:
    """The decision, with the coverage that it takes in one corpus."""

    def __init__(self, enough: float = ENOUGH) -> None:
        self.enough = enough

    def answers(self, question: Question, ranking: Ranking) -> list[Match]:
        """The items that answer the question, best first; none if it is not answered."""
        leading = ranking.leading
        if not leading or max(leading[0].coverage, joint_coverage(question, leading)) < self.enough:
            return []
        floor = _BESIDE * leading[0].score
        return [*leading, *(match for match in ranking.others if match.score >= floor)]

    def closest(self, ranking: Ranking) -> list[Match]:
        """The items that may have been meant, best first."""
        return [match for match in (*ranking.leading, *ranking.others) if match.score >= _CLOSE]


def calibrated(coverage_of: Callable[[str], float]) -> Gate:
    """The gate for a corpus: questions put together by chance must hardly ever pass.

    `coverage_of` tells how much of a question the best answers of the corpus cover.
    """
    trials = sorted(map(coverage_of, chance_questions(_TRIALS)))
    by_chance = trials[-1 - round(_TOLERATED * _TRIALS)]
    return Gate(min(_MOST, max(ENOUGH, by_chance + 0.01)))


def chance_questions(count: int) -> list[str]:
    """Questions put together by chance, always the same, so that the same corpus always decides alike."""
    chance = Random(0)  # noqa: S311 (nothing here is secret)
    # Common enough to be asked about, too rare to be mere grammar.
    pool = sorted(word for word, share in frequencies("en").items() if 3e-6 < share < 2e-4 and word.isalpha())
    return [" ".join(chance.sample(pool, 3)) for _ in range(count)]
