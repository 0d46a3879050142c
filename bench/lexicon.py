"""Invented words with the statistics of a language.

A word belongs to a rank. The commonest ranks are English function words; the others are made of
syllables, the rarer the longer. How often a rank r is drawn follows Zipf's law as large collections
of text do, in two regimes: as 1/r among the common words, and as 1/r² beyond. The distinct words of
a text of n words then grow like the square root of n (Heaps' law).
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, islice
from random import Random

_FUNCTION_WORDS = """
the of and to in a is that for it as was with on by are from at be this which or an have not but what how who
they their we our you he she his her its has had were been will can would more about when where there if so no
all one may also into than them these other such only any some do does my me i
"""
FUNCTION_WORDS = tuple(_FUNCTION_WORDS.split())

_COMMON = 8000  # ranks of the first regime
_LAST = 10**9  # rank; there are more words of three syllables
_DRAWN = 1000  # words at a time
_MANDELBROT = 2.7  # flattens the very first ranks, as in real texts
_SHORT, _MEDIUM = 300, 40_000  # ranks up to which words have one syllable, and two

# No onset begins with a coda, and vowels never meet: a word can be cut into syllables in one way only.
_ONSETS = (*"bdfghjklmnprstvwz", "ch", "br", "dr", "gr", "kr", "pr", "tr", "bl", "kl", "pl")
_NUCLEI = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_CODAS = ("", "n", "l", "r", "s")
_SYLLABLES = [onset + nucleus + coda for onset in _ONSETS for nucleus in _NUCLEI for coda in _CODAS]
_STRIDE = 618_033_989  # neighbouring ranks get unlike words; coprime with the number of syllables


def spell(rank: int) -> str:
    """The word of a rank; no two ranks share one (but a few syllables are function words, too)."""
    if rank < len(FUNCTION_WORDS):
        return FUNCTION_WORDS[rank]
    syllables = 1 if rank < _SHORT else 2 if rank < _MEDIUM else 3
    number = rank * _STRIDE % len(_SYLLABLES) ** syllables
    word = ""
    for _ in range(syllables):
        number, syllable = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[syllable]
    return word


class Lexicon:
    """Draws words. `ranks` has the rank of every word that may have been drawn so far."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        common = [spell(rank) for rank in range(_COMMON)]
        self.ranks: dict[str, int] = {}
        for rank, word in enumerate(common):
            self.ranks.setdefault(word, rank)
        self._rare: dict[int, str] = {}
        weights = [1 / (rank + 1 + _MANDELBROT) for rank in range(_COMMON)]
        # The regimes meet at one frequency; from there on, 1/r² adds up to that frequency times the rank.
        weights.append(_COMMON * weights[-1])
        functional = len(FUNCTION_WORDS)
        self._running = self._endless(common, weights)
        self._content = self._endless(common[functional:], weights[functional:])

    def running(self, count: int) -> list[str]:
        """Words as they follow each other in a text."""
        return list(islice(self._running, count))

    def content(self, count: int) -> list[str]:
        """Words that mean something, common or rare."""
        return list(islice(self._content, count))

    def rare(self) -> str:
        """A word from the second regime."""
        rank = min(int(_COMMON / (1 - self._rng.random())), _LAST)
        word = self._rare.get(rank)
        if word is None:
            word = self._rare[rank] = spell(rank)
            self.ranks[word] = rank
        return word

    def _endless(self, common: Sequence[str], weights: Sequence[float]) -> Iterator[str]:
        """Common words in proportion to their weights; the last weight is that of all rare words."""
        words = [*common, ""]
        cumulative = list(accumulate(weights))
        while True:
            for word in self._rng.choices(words, cum_weights=cumulative, k=_DRAWN):
                yield word or self.rare()


def unused(rng: Random, used: Collection[str]) -> str:
    """A word like the rare ones that is not among those used."""
    while (word := spell(rng.randrange(_COMMON, _LAST))) in used:
        pass
    return word
