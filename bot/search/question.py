"""What a question asks for: its words, what each may stand for, and how much each matters."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.model import Kind, QuestionWords
from bot.search.terms import Terms
from bot.search.text import STEMMERS, frequencies, pairs, query_terms, words
from bot.search.thesaurus import Spot, Touch

MAX_CHARACTERS = 400
MAX_WORDS = 32
"""A question is read up to here. A longer text, such as a message, says early what it is about."""

LIKE = "#similar"
"""The concept of the thesaurus whose words ask for what is like the thing named after them."""

_TABLES = frozenset({*STEMMERS, "zh"})
_INFLECTED = 0.95  # another form of the same word
_SYNONYM = 0.8  # another word for the same thing
_CUE = 0.1  # the importance of "email" to somebody who asks for a contact
_RARE = 3.4  # the Zipf frequency from which on a word is certainly a word
_SLIP = 0.85  # the confidence from which on a misspelt word is a small one
_HALF = 4  # letters that each half of a compound has at least
_JOINED = 5  # letters from which on two words may be the beginning of one
_COMMONEST = 6.6  # Zipf frequency of a word that says nothing, such as "people have"
_RAREST = 3.6  # Zipf frequency from which on a word says all it can


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a question. `terms` are what it may be filed under, with the confidence in each.

    `importance` is its share in what is asked (0 to 1). `proper` words name an organisation or a person.
    """

    word: str
    terms: Mapping[str, float]
    importance: float
    proper: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question, taken apart. `cues` are the kinds it asks for, `importance` is all there is to cover.

    `like` is what follows a word for likeness: "Sex at the Margins" in "books like Sex at the Margins".
    """

    text: str
    parts: tuple[Part, ...]
    cues: frozenset[Kind]
    like: str = ""
    importance: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "importance", sum(part.importance for part in self.parts))


class Reader:
    """Takes questions apart with the words of an index and the small words of each language."""

    def __init__(self, index: Terms, small_words: Sequence[QuestionWords] = ()) -> None:
        self._index = index
        self._stop = {row.language: _single(row.stop) for row in small_words}
        self._cues = {
            (row.language, kind): _single(texts) for row in small_words for kind, texts in row.cues.items()
        }

    def over(self, index: Terms) -> "Reader":
        """One with the same small words and the words of another index."""
        other = Reader(index)
        other._stop, other._cues = self._stop, self._cues
        return other

    def read(self, text: str, kinds: frozenset[Kind], locale: str = "en") -> Question:
        """Take a question apart. Never fails: what cannot be read counts for nothing."""
        text = text[:MAX_CHARACTERS]
        typed = list(words(text))[:MAX_WORDS]
        languages = self._languages(typed, locale)
        asked = list(self._split(typed, languages))
        resolved = [
            self._resolve(word, languages, last=number == len(asked) - 1) for number, word in enumerate(asked)
        ]
        terms: list[dict[str, float]] = [self._filed(meant, languages) for meant in resolved]
        spots = [
            Spot(meant.keys(), frozenset(term for other in meant for term in query_terms(other, languages)))
            for meant in resolved
        ]
        touches = list(self._index.thesaurus.touched(spots))
        self._add_concepts(touches, resolved, terms)
        cues = frozenset(kind for word in asked for kind in self._cued(word, languages))
        parts = tuple(
            Part(word, found, self._importance(word, found, kinds, languages), self._is_proper(found))
            for word, found in zip(asked, terms, strict=True)
        )
        if not any(part.importance for part in parts):  # nothing but small words: then they are the question
            parts = tuple(replace(part, importance=1.0) for part in parts)
        like = max((touch.stop for touch in touches if touch.term == LIKE), default=len(asked))
        return Question(text, parts, cues, " ".join(asked[like:]))

    def _split(self, asked: list[str], languages: Collection[str]) -> Iterator[str]:
        """Words as they are filed: `d adamo` is one, `antitrafficking` two."""
        position = 0
        while position < len(asked):
            word = asked[position]
            if position + 1 < len(asked) and self._belong_together(word, asked[position + 1], languages):
                yield word + asked[position + 1]
                position += 2
                continue
            position += 1
            if word in self._index.vocabulary or self._is_filed(query_terms(word, languages)):
                yield word
            else:
                yield from pairs(word) or self._compound(word, languages)

    def _belong_together(self, word: str, following: str, languages: Collection[str]) -> bool:
        vocabulary = self._index.vocabulary
        if word in vocabulary and following in vocabulary:
            return False
        joined = word + following
        return joined in vocabulary or (
            len(joined) > _JOINED and bool(vocabulary.complete(joined, languages))
        )

    def _compound(self, word: str, languages: Collection[str]) -> tuple[str, ...]:
        vocabulary = self._index.vocabulary
        if not _zipf(word, languages) and not vocabulary.correct(word, languages):
            for cut in range(_HALF, len(word) - _HALF + 1):
                if word[:cut] in vocabulary and word[cut:] in vocabulary:
                    return word[:cut], word[cut:]
        return (word,)

    def _languages(self, asked: Sequence[str], locale: str) -> tuple[str, ...]:
        """English, the reader's language, and another that has more of the words than English has."""

        def share(language: str) -> int:
            table, stop = frequencies(language), self._stop.get(language, frozenset())
            return sum(word in table or word in stop for word in asked)

        spoken = [language for language in _TABLES if language in self._stop]
        best = max(("en", *spoken), key=lambda language: (share(language), language == "en"))
        return tuple(dict.fromkeys(("en", locale[:2], best)))

    def _is_filed(self, terms: frozenset[str]) -> bool:
        return any(self._index.frequency(term) for term in terms)

    def _resolve(self, word: str, languages: Sequence[str], *, last: bool) -> dict[str, float]:
        """The words of the vocabulary that a word may stand for, with the confidence in each."""
        vocabulary = self._index.vocabulary
        if word.replace("'", "") in vocabulary or self._is_filed(query_terms(word, languages)):
            return {word: 1.0}
        if any(_zipf(word, (language,)) > _RARE for language in languages[:2]):
            # A real word that is not on the shelf. Correcting it would put words into a mouth, unless it
            # sounds like the right one.
            meant = dict(vocabulary.sounding_like(word, languages))
        else:
            meant = dict(vocabulary.correct(word, languages))
            for other, confidence in vocabulary.complete(word, languages):
                meant[other] = max(meant.get(other, 0.0), confidence if last else confidence - 0.1)
        return {
            other: confidence for other, confidence in meant.items() if not self._is_small(other, languages)
        } or {word: 1.0}

    def _is_small(self, word: str, languages: Iterable[str]) -> bool:
        return any(word in self._stop.get(language, ()) for language in languages)

    def _filed(self, meant: Mapping[str, float], languages: Collection[str]) -> dict[str, float]:
        found: dict[str, float] = {}
        for other, confidence in meant.items():
            inflected = 1.0 if other.replace("'", "") in self._index.vocabulary else _INFLECTED
            for term in query_terms(other, languages):
                if self._index.frequency(term):
                    found[term] = max(found.get(term, 0.0), confidence * inflected)
        return found

    def _add_concepts(
        self,
        touches: Iterable[Touch],
        resolved: Sequence[Mapping[str, float]],
        terms: Sequence[dict[str, float]],
    ) -> None:
        """File each word under the concepts it stands for, alone or in a phrase, too."""
        for touch in touches:
            span = range(touch.start, touch.stop)
            confidence = min(max(resolved[position].values(), default=0.0) for position in span)
            if self._index.frequency(touch.term):
                for position in span:
                    known = terms[position].get(touch.term, 0.0)
                    terms[position][touch.term] = max(known, _SYNONYM * confidence)

    def _is_proper(self, terms: Mapping[str, float]) -> bool:
        return any(
            confidence > _SYNONYM and self._index.is_proper(term) for term, confidence in terms.items()
        )

    def _is_slip(self, word: str, languages: Collection[str]) -> bool:
        """Whether a word that is filed nowhere is a small one misspelt: `teh`, `diferent`."""
        if word in self._index.vocabulary:
            return False
        if any(
            len(small) == len(word) and small[0] == word[0] and sorted(small) == sorted(word)
            for language in languages
            for small in self._stop.get(language, ())
        ):
            return True
        nearest = self._index.vocabulary.correct(word, languages)[:1]
        return any(sure >= _SLIP and self._is_small(other, languages) for other, sure in nearest)

    def _cued(self, word: str, languages: Sequence[str]) -> Iterator[Kind]:
        for kind in Kind:
            if any(word in self._cues.get((language, kind), ()) for language in languages):
                yield kind

    def _importance(
        self, word: str, terms: Mapping[str, float], kinds: frozenset[Kind], languages: Sequence[str]
    ) -> float:
        if self._is_small(word, languages) or (not terms and self._is_slip(word, languages)):
            return 0.0
        if len(kinds) == 1 and kinds <= set(self._cued(word, languages)):
            return _CUE
        common = _zipf(word, languages)
        weight = min(1.0, max(0.1, (_COMMONEST - common) / (_COMMONEST - _RAREST)))
        if terms:
            weight *= 0.3 + 0.7 * min(
                self._index.rarity(term) for term in terms if terms[term] == max(terms.values())
            )
        return weight


def _single(texts: Iterable[str]) -> frozenset[str]:
    """The texts that are one word. A phrase says nothing of its words: `no borders` is a topic."""
    return frozenset(spelt[0] for text in texts if len(spelt := list(words(text))) == 1)


def _zipf(word: str, languages: Iterable[str]) -> float:
    """How common a word is: the logarithm of its occurrences in a thousand million words; 0 for no word."""
    plain = word.replace("'", "")
    share = max(
        (frequencies(language).get(plain, 0.0) for language in languages if language in _TABLES), default=0.0
    )
    return math.log10(share) + 9 if share else 0.0
