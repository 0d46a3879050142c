"""The words of an index, and which of them somebody meant by a word that is not among them.

A word is compared with words, never with records, so the cost of a misspelling grows with the
vocabulary (which hardly grows) and not with the corpus.
"""

from bisect import bisect_left
from collections.abc import Collection, Container, Iterator, Mapping
from functools import cache

import jellyfish
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.text import parts

MIN_LETTERS = 4
"""Shorter words are not corrected: at three letters everything is one slip away from everything."""

PREFIX_LETTERS = 3
"""The fewest letters that complete to a word."""

_EDGE = 2  # letters at an end of a word that are right in nearly every misspelling
_COMPLETIONS = 12  # words that a prefix may stand for, at most
_LOOKED_AT = 400  # words beginning with a prefix that are looked at
_SURE = 0.75  # the confidence below which a correction is a guess
_ALIKE = 0.5  # the similarity below which words that sound alike are different words
_WORSE = 0.12  # how much less certain than the best correction another may be
_CORRECTIONS = 4  # words that a misspelling may stand for, at most


class Vocabulary:
    """Folded words, arranged for completion and correction. `counts` has how often, by language.

    With a `base`, it has the words of that, too, and arranges only those that are new.
    """

    def __init__(self, counts: Mapping[tuple[str, str], int], base: "Vocabulary | None" = None) -> None:
        self.layers: tuple[_Words, ...] = (*(base.layers if base else ()), _Words(counts, base or ()))

    def __contains__(self, word: object) -> bool:
        return any(word in layer.counts for layer in self.layers)

    def complete(self, prefix: str, languages: Collection[str]) -> list[tuple[str, float]]:
        """Words of these languages that begin so, with the confidence (0 to 1) that each is meant."""
        if len(prefix) < PREFIX_LETTERS:
            return []
        found = [
            (word, layer.counts[word])
            for layer in self.layers
            for word in layer.beginning(prefix)
            if layer.is_spoken(word, languages)
        ]
        found.sort(key=lambda pair: (-pair[1], len(pair[0])))
        return [(word, 0.7 + 0.25 * len(prefix) / len(word)) for word, _ in found[:_COMPLETIONS]]

    def correct(self, word: str, languages: Collection[str]) -> list[tuple[str, float]]:
        """The words of these languages that a misspelt one may stand for, best first, with the confidence."""
        if len(word) < MIN_LETTERS or not word.isalpha():
            return []
        slips = 1 if len(word) < 6 else 2 if len(word) < 11 else 3
        found: dict[str, float] = {}
        counts: dict[str, int] = {}
        for layer in self.layers:
            for other, confidence in layer.misspelt(word, slips):
                if layer.is_spoken(other, languages):
                    found[other] = max(found.get(other, 0.0), confidence)
                    counts[other] = layer.counts[other]
        ranked = sorted(found, key=lambda other: (-found[other], -counts[other], other))
        return [
            (other, found[other])
            for other in ranked[:_CORRECTIONS]
            if found[other] >= found[ranked[0]] - _WORSE
        ]

    def sounding_like(self, word: str, languages: Collection[str]) -> list[tuple[str, float]]:
        """The words of these languages that sound like a real word and are spelt much like it."""
        return [
            (other, 0.9 * alike)
            for layer in self.layers
            for other, alike in layer.alike(word, _SURE)
            if layer.is_spoken(other, languages)
        ]


class _Words:
    """Those words of some counts that are not `known`, each way that they are looked for."""

    def __init__(self, counts: Mapping[tuple[str, str], int], known: Container[str]) -> None:
        self.counts: dict[str, int] = {}
        self._languages: dict[str, frozenset[str]] = {}
        for (spelt, language), count in counts.items():
            for word in parts(spelt):
                if word in known:
                    continue
                self.counts[word] = self.counts.get(word, 0) + count
                spoken = self._languages.get(word, frozenset())
                self._languages[word] = _tongues(spoken | {language})
        self._sorted = sorted(self.counts)
        self._by_head: dict[tuple[str, int], list[str]] = {}
        self._by_tail: dict[tuple[str, int], list[str]] = {}
        self._by_sound: dict[str, list[str]] = {}
        for word in self._sorted:
            if len(word) >= MIN_LETTERS and word.isalpha():
                self._by_head.setdefault((word[:_EDGE], len(word)), []).append(word)
                self._by_tail.setdefault((word[-_EDGE:], len(word)), []).append(word)
                if sound := _sound(word):
                    self._by_sound.setdefault(sound, []).append(word)

    def beginning(self, prefix: str) -> Iterator[str]:
        """Words that begin so, of the first that are looked at."""
        start = bisect_left(self._sorted, prefix)
        return (word for word in self._sorted[start : start + _LOOKED_AT] if word.startswith(prefix))

    def misspelt(self, word: str, slips: int) -> Iterator[tuple[str, float]]:
        """Words of which another may be a misspelling, with the confidence; one may come several times."""
        yield from self._near(word, self._by_head, word[:_EDGE], slips)
        # Few people get the beginning of a word wrong, and then hardly anything else.
        yield from self._near(word, self._by_tail, word[-_EDGE:], 1)
        for other, alike in self.alike(word, _ALIKE):
            yield other, 0.5 + 0.45 * alike

    def alike(self, word: str, least: float) -> Iterator[tuple[str, float]]:
        """Words that sound the same, and how similar they are spelt."""
        for other in self._by_sound.get(_sound(word), ()):
            alike = OSA.normalized_similarity(word, other)
            if alike >= least:
                yield other, alike

    def is_spoken(self, word: str, languages: Collection[str]) -> bool:
        """Whether a word is one of these languages."""
        return not self._languages[word].isdisjoint(languages)

    @staticmethod
    def _near(
        word: str, buckets: Mapping[tuple[str, int], list[str]], edge: str, slips: int
    ) -> Iterator[tuple[str, float]]:
        for length in range(max(MIN_LETTERS, len(word) - slips), len(word) + slips + 1):
            if pool := buckets.get((edge, length)):
                for other, distance, _ in process.extract(
                    word, pool, scorer=OSA.distance, score_cutoff=slips, limit=_CORRECTIONS
                ):
                    confidence = 1 - 0.9 * distance / max(len(word), length)
                    if confidence >= _SURE:
                        yield other, confidence


@cache
def _tongues(languages: frozenset[str]) -> frozenset[str]:
    """The same set for the same languages: a vocabulary has many words and few languages."""
    return languages


def _sound(word: str) -> str:
    """How a word in Latin letters sounds to an English ear; empty where that says too little."""
    key = jellyfish.metaphone(word) if word.isascii() else ""
    return key if len(key) >= 3 else ""
