"""Whether something proposed is on a shelf already: by its address, ISBN, DOI, or nearly the same title."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from rapidfuzz import fuzz

from bot.curation.links import same_link_key
from bot.curation.runs import runs
from bot.curation.saying import Saying
from bot.i18n import message
from bot.search.text import fold

ALIKE = 78
"""Of 100: how alike the least alike words of two titles are if they are one title, misspelt.

Measured in tests/curation/test_same.py on titles of the corpus: variants of one have 82 and more, different
ones 73 and less. A score of whole titles does not part them: one word of many makes another title.
"""

_ARTICLE = re.compile(r"\b(?:the|an?|l[ae]s?|une?|los?|el|unas?|unos)\b|\bl'")
# Of a script that puts no space between words, and says a word in a character or two, each is one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_NUMBER = re.compile(r"\d+")
# What stands before a subtitle, or before what is added in brackets.
_SUBTITLE = re.compile(r":|\s[-–—]\s|[-–—]\s|[?!.]\s|\s?\(")
_NEGATIONS = frozenset({"de", "un", "non", "not", "anti", "dis", "in", "im", "re", "self"})

# An ISBN of 13 digits says so by how it begins (the EAN prefix of books); one of 10 could be a phone number.
_ISBN_13 = re.compile(r"(?<![\d-])97[89][ -]?(?:\d[ -]?){9}\d(?!\d)")
_ISBN_10 = re.compile(r"(?i)(?:\bisbn(?:-?10)?[:= ]*|/(?:dp|isbn|gp/product)/)((?:\d[ -]?){9}[\dx])(?![\w-])")
_DOI = re.compile(r"\b10\.\d{4,9}(?:\.\d+)*/[^\s\"“”?#&]+")
# What publishers put behind a DOI in their addresses.
_VIEW = re.compile(r"(?:/(?:full|pdf|epdf|epub|abstract|meta|html)|\.pdf)+$")
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it stands, its words folded, and those before a subtitle; none where it has no subtitle."""

    text: str
    whole: tuple[str, ...]
    main: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """What an entry is recognised by. ISBNs have 13 digits, DOIs small letters."""

    title: Title
    links: frozenset[str]
    isbns: frozenset[str]
    dois: frozenset[str]


@dataclass(frozen=True, slots=True)
class Same:
    """Why something seems to be there already. By a title alone, that is not `certain`."""

    reason: Saying
    certain: bool


def marks(title: str, addresses: Iterable[str] = (), texts: Iterable[str] = ()) -> Marks:
    """What an entry of that title is recognised by; ISBNs and DOIs are looked for in all that is given."""
    addresses = list(addresses)
    everything = [title, *addresses, *texts]
    return Marks(
        title=_read(title),
        links=frozenset(map(same_link_key, addresses)),
        isbns=frozenset(number for text in everything for number in _isbns(text)),
        dois=frozenset(name for text in everything for name in _dois(text)),
    )


def likeness(proposed: Marks, existing: Marks) -> Same | None:
    """Why the existing entry seems to be the proposed one, or None.

    Titles tell within one kind of entry: an organisation and how to reach it may be called the same.
    """
    title = existing.title.text
    if proposed.dois & existing.dois:
        doi = min(proposed.dois & existing.dois)
        why = message("“{title}” is here already, with the same DOI: {doi}.")
        return Same(Saying(why, {"title": title, "doi": doi}), certain=True)
    if proposed.isbns & existing.isbns:
        isbn = min(proposed.isbns & existing.isbns)
        why = message("“{title}” is here already, with the same ISBN: {isbn}.")
        return Same(Saying(why, {"title": title, "isbn": isbn}), certain=True)
    if proposed.links & existing.links:
        why = message("“{title}” is here already, with the same address.")
        return Same(Saying(why, {"title": title}), certain=True)
    if _titles_alike(proposed.title, existing.title, ALIKE) >= ALIKE:
        why = message("“{title}” is here already, and is called the same or nearly so.")
        return Same(Saying(why, {"title": title}), certain=False)
    return None


def title_likeness(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 100: as alike as the words in which they differ most.

    Case, accents, punctuation and articles do not count, nor a subtitle that only one of them has.
    """
    return _titles_alike(_read(one), _read(other), 0)


def _read(title: str) -> Title:
    main, *rest = _SUBTITLE.split(title.strip(), maxsplit=1)
    return Title(title, _words(title), _words(main) if rest and _words(rest[0]) else ())


def _words(title: str) -> tuple[str, ...]:
    folded = _ARTICLE.sub(" ", fold(title).replace("&", " and "))
    return tuple(_WORD.findall(folded.replace("'", "")))


def _titles_alike(one: Title, other: Title, least: float) -> float:
    compared = [(one.whole, other.whole)]
    # From a single word, such as “Introduction”, nothing follows.
    if len(one.main) > 1:
        compared.append((one.main, other.whole))
    if len(other.main) > 1:
        compared.append((one.whole, other.main))
    return max(_least_alike(*pair, least) for pair in compared)


def _least_alike(one: tuple[str, ...], other: tuple[str, ...], least: float) -> float:
    """How alike the words are that differ most; 0 if that is certain to be less than the `least`."""
    # Two titles are at least as alike as the least alike of their parts, and this is much sooner known.
    if not (one and other) or fuzz.ratio("".join(one), "".join(other)) < least:
        return 0
    if _numbers(one) != _numbers(other):  # a report of each year, parts of a series
        return 0
    # Of several ways to lay them side by side, the one found depends on which comes first.
    one, other = sorted((one, other))
    # Written as one word, `sexworkers` is `sex workers`.
    differing = [("".join(here), "".join(there)) for here, there in runs(one, other) if here != there]
    return min((_alike(*pair) for pair in differing), default=100)


def _numbers(words: Sequence[str]) -> list[str]:
    return [number for word in words for number in _NUMBER.findall(word)]


def _alike(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if long.endswith(short) and long.removesuffix(short) in _NEGATIONS:
        return 0  # to decriminalise is not to criminalise
    return fuzz.ratio(one, other)


def _isbns(text: str) -> Iterator[str]:
    """The ISBNs in a text, as 13 digits; only those whose check digit is right (ISO 2108, annex A)."""
    for found in _ISBN_13.finditer(text):
        number = re.sub(r"\D", "", found[0])
        if number[-1] == _check_digit(number[:-1]):
            yield number
    for found in _ISBN_10.finditer(text):
        digits = re.sub(r"[^\dxX]", "", found[1])
        values = [10 if digit in "xX" else int(digit) for digit in digits]
        if sum(value * weight for value, weight in zip(values, range(10, 0, -1), strict=True)) % 11 == 0:
            number = f"978{digits[:-1]}"
            yield number + _check_digit(number)


def _check_digit(digits: str) -> str:
    return str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10)


def _dois(text: str) -> Iterator[str]:
    """The DOIs in a text, in small letters, since case does not count (DOI Handbook, 2.4)."""
    for found in _DOI.findall(unquote(text)):
        name = found.lower()
        while name != (shorter := _VIEW.sub("", _unpunctuated(name))):
            name = shorter
        if not name.endswith("/"):
            yield name


def _unpunctuated(name: str) -> str:
    """Without the last character if it belongs to the sentence around: 10.1016/s0140-6736(14) keeps its."""
    last = name[-1]
    stray = last in ".,;:'’»" or (last in _BRACKETS and name.count(last) > name.count(_BRACKETS[last]))
    return name[:-1] if stray else name
