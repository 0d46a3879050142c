"""Choosing a time zone by the name of a city, a country, a time or the zone."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import nsmallest

from babel.languages import get_official_languages
from rapidfuzz import fuzz, process

from bot.daily import clock
from bot.daily.gazetteer import FIXED, LANGUAGES, UTC, By, City, Hit, fold, gazetteer, present

CLEARLY = 20
"""How many times as many people one reading of a name must mean as all others, to be what was meant.

London is in England and not in Ontario, but whoever types Birmingham has to say which.
"""
SIMILAR = 75.0
"""How similar, of 100, a name must be to be offered for what may be a misspelling of it."""
_UTC_NAMES = frozenset({"utc", "gmt"})
_SHOWN = re.compile(r"\(([\w/+-]+)\)\s*$")


def offered(prefix: str, language: str, limit: int = 25) -> list[tuple[str, str]]:
    """At most so many cities that fit what was typed so far, best first: in words, and their zone.

    With nothing typed, it is the largest cities, one in each zone, where the language is an official one. If
    nothing fits, it is what is spelled similarly. In words it is at most 100 characters, as Discord allows.
    """
    language = language if language in LANGUAGES else LANGUAGES[0]
    typed = fold(prefix)
    if not typed:
        found: Iterable[City] = _usual(language)
    else:
        found = _best(_fitting(typed), limit) or _best(_similar(typed), limit)
    return list(dict.fromkeys((city.shown(language), city.zone) for city in found))[:limit]


def zone_of(words: str) -> str | None:
    """The zone that is meant by its own name, or that of a city or a country; None where that is not clear.

    A line as `offered` shows it will do too. Case, accents and punctuation do not matter. A country, or a
    name that several cities have, is clear where one zone has nearly all the people. The former name of a
    zone stands for the present one.
    """
    name = match[1] if (match := _SHOWN.search(words)) else words.strip()
    if name.casefold() in _UTC_NAMES:
        return UTC
    if clock.known(name) and name not in FIXED:
        return present(name)
    typed = fold(words)
    people: Counter[str] = Counter()
    for hit in _exact(typed):
        people[hit.city.zone] += hit.people
    match people.most_common():
        case [(zone, _)]:
            return zone
        case [(zone, most), *others] if most > CLEARLY * sum(count for _, count in others):
            return zone
    return None


def _exact(typed: str) -> Iterator[Hit]:
    """What is called just that, and cities called that before their country."""
    yield from (hit for hit in gazetteer().hits.get(typed, ()) if hit.by is not By.LATER_WORD)
    yield from _in_country(typed)


def _in_country(typed: str) -> Iterator[Hit]:
    """Cities whose name was typed, and after it the beginning of their country's."""
    words = typed.split()
    for end in range(1, len(words)):
        country = " ".join(words[end:])
        for hit in gazetteer().hits.get(" ".join(words[:end]), ()):
            names = gazetteer().countries[hit.city.country]
            if hit.by is By.NAME and any(name.startswith(country) for name in names):
                yield hit


def _fitting(typed: str) -> Iterator[tuple[tuple[float, ...], Hit]]:
    """What fits the beginning of a name, each with its rank: exact ones first, then by what, then by size."""
    for hit in _exact(typed):
        yield (0, hit.by, -hit.people), hit
    for name in gazetteer().starting(typed):
        for hit in gazetteer().hits[name]:
            yield (1, hit.by, -hit.people), hit


def _similar(typed: str) -> Iterator[tuple[tuple[float, ...], Hit]]:
    """What is spelled nearly so, each with its rank: the more similar first."""
    for name, score, _ in process.extract(
        typed, gazetteer().keys, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=10
    ):
        for hit in gazetteer().hits[name]:
            yield (-score, hit.by, -hit.people), hit


def _best(ranked: Iterable[tuple[tuple[float, ...], Hit]], limit: int) -> list[City]:
    best: dict[City, tuple[float, ...]] = {}
    for rank, hit in ranked:
        if rank < best.get(hit.city, (2,)):
            best[hit.city] = rank
    return nsmallest(limit, best, key=best.__getitem__)


@lru_cache(maxsize=len(LANGUAGES))
def _usual(language: str) -> tuple[City, ...]:
    found: dict[str, City] = {}
    for city in gazetteer().cities:
        if language in get_official_languages(city.country, de_facto=True):
            found.setdefault(city.zone, city)
    return tuple(found.values())
