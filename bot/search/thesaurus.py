"""Words that mean the same: which concepts of the thesaurus a text touches, and with which words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from bot.model import Concept
from bot.search.text import index_terms, words


class Touch(NamedTuple):
    """A concept that the words from `start` up to `stop` stand for; `term` is what it is filed under."""

    term: str
    start: int
    stop: int


class Spot(NamedTuple):
    """A place in a text: the words that may stand there, and the terms these may be filed under."""

    words: Collection[str]
    terms: frozenset[str]


class Thesaurus:
    """Finds the words and phrases of the thesaurus in sequences of words.

    A word that stands in the thesaurus as it is spelt means what it means there; only another word is
    looked up by its stem, for stems confuse: `organise` and `organisation` have the same.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._spelt: dict[str, set[str]] = defaultdict(set)
        self._stemmed: dict[str, set[str]] = defaultdict(set)
        # The first two words of a phrase lead to the rest of the phrases that begin with them.
        self._phrases: dict[tuple[str, str], list[tuple[list[frozenset[str]], str]]] = defaultdict(list)
        for concept in concepts:
            name = f"#{concept.id}"
            for phrase in concept.words:
                spelt = list(words(phrase.text))
                terms = [index_terms(word, phrase.language) for word in spelt]
                if len(spelt) == 1:
                    self._spelt[spelt[0]].add(name)
                    for term in terms[0]:
                        self._stemmed[term].add(name)
                elif spelt:
                    for beginning in product(terms[0], terms[1]):
                        self._phrases[beginning].append((terms[2:], name))
        self._beginnings = frozenset(first for first, _ in self._phrases)

    def touched(self, text: Sequence[Spot]) -> Iterator[Touch]:
        """Every word and phrase that occurs in a text."""
        for start, spot in enumerate(text):
            spelt = [self._spelt[word] for word in spot.words if word in self._spelt]
            stemmed = () if spelt else [self._stemmed[term] for term in spot.terms if term in self._stemmed]
            for name in set().union(*spelt, *stemmed) if spelt or stemmed else ():
                yield Touch(name, start, start + 1)
            if start + 1 < len(text) and not self._beginnings.isdisjoint(spot.terms):
                yield from self._begun(text, start)

    def _begun(self, text: Sequence[Spot], start: int) -> Iterator[Touch]:
        for beginning in product(text[start].terms, text[start + 1].terms):
            for rest, name in self._phrases.get(beginning, ()):
                stop = start + 2 + len(rest)
                following = text[start + 2 : stop]
                if len(following) == len(rest) and not any(
                    wanted.isdisjoint(spot.terms) for wanted, spot in zip(rest, following, strict=True)
                ):
                    yield Touch(name, start, stop)
