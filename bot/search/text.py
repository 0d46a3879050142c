"""Text as search sees it: folded, cut into words, each word reduced to the terms it is indexed by.

Case, accents, punctuation and typographic variants are folded; other scripts are kept. A word is
reduced to the stem of its language, and British spelling to American, so that `decriminalising` and
`decriminalization` are one term.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise

import regex
import Stemmer
from wordfreq import get_frequency_dict

STEMMERS: Mapping[str, str] = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "cs": "czech",
    "de": "german",
}
"""Languages with a stemmer, by BCP 47 tag; the first is the language of the corpus."""

# Typographic apostrophes become the typed one; letters that Unicode does not decompose lose their stroke.
_VARIANTS = str.maketrans("‘’‛′ʼ＇łøđı", "''''''lodi")
_MARKS = re.compile(r"[\u0300-\u036f]+")
_PLAIN = r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*"
_HYPHENATED = regex.compile(rf"{_PLAIN}(?:['-]{_PLAIN})*")
_DOTTED = regex.compile(r"(?<![\p{L}\p{N}])(?:\p{L}\.){2,}")
# Scripts that put no space between words: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_LONGEST = 6  # characters of the longest word worth looking for
_UNKNOWN = 1e-8  # a character of no known word is rarer than any known word
_BRITISH = re.compile(r"is[aei]|our|ll[ei]|nce|tre|programme")  # the few words worth looking at closer
_AMERICAN = (
    (re.compile(r"is(ation(?:s|al|ally)?|e[ds]?|ers?|ing)$"), r"iz\1"),
    (re.compile(r"(?<=[a-z]{3})our(s|ed|ing|ers?|ites?|less|able)?$"), r"or\1"),
    (re.compile(r"(?<=[a-z]{4})ll(ed|ing|ers?)$"), r"l\1"),
    (re.compile(r"^(defen|licen|offen)ces?$"), r"\1se"),
    (re.compile(r"^(cent|theat)re(s?)$"), r"\1er\2"),
    (re.compile(r"^programmes?$"), "program"),
)


def fold(text: str) -> str:
    """Lower case, no accents, compatibility forms resolved, apostrophes straightened."""
    if text.isascii():
        return text.lower()
    # Compatibility forms first: 𝒩 has no lower case of its own. What is lower case may decompose again.
    lower = unicodedata.normalize("NFKD", text.translate(_VARIANTS)).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", lower))
    return unicodedata.normalize("NFKC", bare).translate(_VARIANTS)


def words(text: str) -> Iterator[str]:
    """The folded words of a text, in order. `d'adamo` is one word, and `anti-trafficking` two."""
    return (word for word, _ in compounds(text))


def compounds(text: str) -> Iterator[tuple[str, str]]:
    """The folded words of a text, each with the hyphenated word it is part of, written as one, or nothing."""
    for spelled in _HYPHENATED.findall(_DOTTED.sub(_undotted, fold(text))):
        if "-" not in spelled:
            for piece in (spelled,) if spelled.isascii() else _pieces(spelled):
                yield piece, ""
        else:
            pieces = [piece for word in spelled.split("-") for piece in _pieces(word)]
            for piece in pieces:
                yield piece, "".join(pieces)


def _undotted(match: "regex.Match[str]") -> str:
    return str(match[0]).replace(".", "") + " "


def _pieces(word: str) -> Iterator[str]:
    start = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > start:
            yield word[start : run.start()]
        yield from _segment(run[0])
        start = run.end()
    if start < len(word):
        yield word[start:]


def parts(word: str) -> tuple[str, ...]:
    """The spellings of a word that contains an apostrophe: all of it, and what stands after an elision.

    `d'adamo` is typed `dadamo` or `adamo`, `l'abolition` is typed `abolition`, `maggie's` is `maggies`.
    """
    if "'" not in word:
        return (word,)
    return (word.replace("'", ""), *(part for part in word.split("'") if len(part) > 2))


def index_terms(word: str, language: str = "en") -> frozenset[str]:
    """The terms under which a folded word of a text in that language is filed.

    An English word is filed under its stem. A word of another language is filed as it stands, for it
    may be a name, and under a stem marked as that language's: French `aide` has nothing to do with AIDS.
    """
    if _UNSPACED.fullmatch(word):
        return frozenset({word, *pairs(word)})
    if language == "en":
        return frozenset(map(_english, parts(word)))
    return frozenset(term for part in parts(word) for term in (part, _foreign(part, language)))


def query_terms(word: str, languages: Iterable[str]) -> frozenset[str]:
    """The terms a folded word of a question may be filed under, if it is English or one of these languages.

    Nothing is cached here or below: what somebody asks must not outlive the answer.
    """
    found: set[str] = set()
    for part in parts(word):
        found.update((part, _english(part)))
        found.update(_foreign(part, language) for language in languages if language != "en")
    return frozenset(found)


def pairs(word: str) -> tuple[str, ...]:
    """The overlapping pairs of characters of a word in an unspaced script; of any other, nothing."""
    return tuple(map("".join, pairwise(word))) if _UNSPACED.fullmatch(word) else ()


def _english(word: str) -> str:
    if _BRITISH.search(word):
        for british, american in _AMERICAN:
            word = british.sub(american, word)
    return str(_stemmer("en").stemWord(word))


def _foreign(word: str, language: str) -> str:
    return f"{fold(_stemmer(language).stemWord(word))}~{language}" if language in STEMMERS else word


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(STEMMERS[language], 0)


@cache
def frequencies(language: str) -> Mapping[str, float]:
    """How often common words of a language occur in writing at large (share of all words)."""
    table = get_frequency_dict(language, wordlist="small")
    return table if language in {"en", "zh"} else {fold(word): share for word, share in table.items()}


def _segment(run: str) -> Iterator[str]:
    """Cut a run of an unspaced script into its most probable words, by a unigram model of Chinese.

    A stretch of which nothing is known is left whole; its pairs of characters are looked up instead.
    """
    known = frequencies("zh")
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        best.append(
            min(
                (best[start][0] - math.log2(known.get(run[start:end], _UNKNOWN ** (end - start))), start)
                for start in range(max(0, end - _LONGEST), end)
            )
        )
    cuts = [len(run)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    unknown = ""
    for start, end in pairwise(reversed(cuts)):
        piece = run[start:end]
        if piece in known:
            if unknown:
                yield unknown
                unknown = ""
            yield piece
        else:
            unknown += piece
    if unknown:
        yield unknown
