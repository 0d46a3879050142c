"""Where people are: cities, the time zones they are in, and what all of these are called.

Names come from three places: the cities that zones are named after, countries, and what times are called
(`Eastern Time`) from CLDR, by way of Babel, in each of our languages; cities that no zone is named after from
GeoNames (`cities.csv`, CC BY 4.0); former names of zones from the zone data.
"""

import csv
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib import resources
from itertools import chain

from babel import Locale
from babel.core import get_global

from bot.daily import clock

LANGUAGES = ("en", "fr", "es")
"""The languages in which CLDR's names are known here; the first is the one for readers of any other."""
UTC = "UTC"
_SHORT = {"GB": "UK", "US": "USA"}  # CLDR has these too, but not Babel
# Zones without summer time; whoever types such a name hardly ever means one.
FIXED = frozenset({"EST", "MST", "HST"})
_NOWHERE = frozenset({"001", "ZZ"})  # how CLDR says that a zone belongs to no country


class By(IntEnum):
    """By what name a place was found, best first."""

    NAME = 0
    LATER_WORD = 1
    COUNTRY = 2
    TIME = 3
    ZONE = 4


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """A city. `names` are by language; `country` is an ISO 3166 code or empty; `people` are thousands.

    `eponymous` is whether its zone is named after it.
    """

    names: Mapping[str, str]
    country: str
    zone: str
    people: int
    eponymous: bool = False

    def shown(self, language: str) -> str:
        """The city in words, with its zone: Londres, Royaume-Uni (Europe/London)."""
        if self.zone == UTC:
            return UTC
        names = (self.names[language], _locale(language).territories.get(self.country, ""))
        return f"{', '.join(filter(None, names))} ({self.zone})"


@dataclass(frozen=True, slots=True)
class Hit:
    """A city that a name leads to. `people` are the thousands who share that name and the zone."""

    by: By
    city: City
    people: int


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Folded names in their order, what each leads to, what countries are called, and all cities.

    The largest cities come first.
    """

    keys: tuple[str, ...]
    hits: Mapping[str, tuple[Hit, ...]]
    countries: Mapping[str, frozenset[str]]
    cities: tuple[City, ...]

    def starting(self, prefix: str) -> Iterator[str]:
        """The names that start so."""
        for place in range(bisect_left(self.keys, prefix), len(self.keys)):
            if not self.keys[place].startswith(prefix):
                return
            yield self.keys[place]


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes and punctuation: words with one space between them."""
    decomposed = unicodedata.normalize("NFKD", re.sub("['’ʻ]", "", text)).casefold()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))


def present(zone: str) -> str:
    """The name that a zone has now, unless our zone data are too old to know it."""
    name = get_global("zone_aliases").get(zone, zone)
    return str(name) if clock.known(name) else zone


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Everything, read once; that takes some tenths of a second."""
    called = _called()
    cities = tuple(sorted(called, key=lambda city: -city.people))
    hits: defaultdict[str, dict[City, Hit]] = defaultdict(dict)
    for name, hit in chain(_by_name(cities, called), _by_country(cities), _by_zone(cities)):
        known = hits[name].get(hit.city)
        if known is None or hit.by < known.by:
            hits[name][hit.city] = hit
    countries = {
        country: frozenset(map(fold, (*_country_names(country), country)))
        for country in {city.country for city in cities}
    }
    in_order = {name: tuple(hits[name].values()) for name in sorted(hits)}
    return Gazetteer(tuple(in_order), in_order, countries, cities)


def _by_name(cities: Iterable[City], called: Mapping[City, Iterable[str]]) -> Iterator[tuple[str, Hit]]:
    for city in cities:
        for name in called[city]:
            words = fold(name).split()
            for start in range(len(words)):
                by = By.LATER_WORD if start else By.NAME
                yield " ".join(words[start:]), Hit(by, city, city.people)


def _by_country(cities: Iterable[City]) -> Iterator[tuple[str, Hit]]:
    """A city for each zone of a country."""
    for city, people in _main(cities, lambda city: (city.country, city.zone)):
        for name in _country_names(city.country):
            yield fold(name), Hit(By.COUNTRY, city, people)


def _by_zone(cities: Iterable[City]) -> Iterator[tuple[str, Hit]]:
    """A city for each zone."""
    for city, people in _main(cities, lambda city: city.zone):
        for name in _time_names(city.zone):
            yield fold(name), Hit(By.TIME, city, people)
        for name in (city.zone, *_former()[city.zone]):
            yield fold(name), Hit(By.ZONE, city, people)


def _called() -> dict[City, frozenset[str]]:
    """Every city with all its names: those that zones are named after, and those of GeoNames."""
    zones = {
        zone: ("" if country in _NOWHERE else country, _zone_names(zone))
        for zone, country in get_global("zone_territories").items()
        if zone in clock.zones() and country != "ZZ"
    }
    called: dict[City, frozenset[str]] = {}
    for row in _rows():
        names = frozenset(filter(None, (row["name"], *row["also"].split("|"))))
        people = int(row["thousands"])
        country, by_language = zones.get(row["zone"], ("", {}))
        same = set(map(fold, names)) & set(map(fold, by_language.values()))
        if eponymous := country == row["country"] and bool(same):
            del zones[row["zone"]]
            names |= set(by_language.values())
        else:
            by_language = dict.fromkeys(LANGUAGES, row["name"])
        called[City(by_language, row["country"], row["zone"], people, eponymous)] = names
    for zone, (country, by_language) in zones.items():
        called[City(by_language, country, zone, 0)] = frozenset(by_language.values())
    called[City(dict.fromkeys(LANGUAGES, UTC), "", UTC, 0)] = frozenset({UTC, "GMT"})
    return called


def _rows() -> Iterator[dict[str, str]]:
    with resources.files("bot.daily").joinpath("cities.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        yield from (row for row in rows if row["zone"] in clock.zones())


def _main(cities: Iterable[City], group: Callable[[City], object]) -> Iterator[tuple[City, int]]:
    """The city that stands for each group, and the thousands of people in all of them.

    It is the one that the zone is named after, else the first.
    """
    main: dict[object, City] = {}
    people: Counter[object] = Counter()
    for city in cities:
        key = group(city)
        if key not in main or city.eponymous:
            main[key] = city
        people[key] += city.people
    return ((city, people[key]) for key, city in main.items())


def _zone_names(zone: str) -> dict[str, str]:
    """What the city that a zone is named after is called, by language."""
    ids = (zone, *_former()[zone])
    plain = zone.rpartition("/")[2].replace("_", " ")
    return {
        language: next(
            (
                str(known["city"])
                for key in ids
                if "city" in (known := _locale(language).time_zones.get(key, {}))
            ),
            plain,
        )
        for language in LANGUAGES
    }


@lru_cache(maxsize=1)
def _former() -> Mapping[str, list[str]]:
    """The former and other names of zones, by the name they have now."""
    former: defaultdict[str, list[str]] = defaultdict(list)
    for other, zone in get_global("zone_aliases").items():
        if other not in FIXED:
            former[zone].append(other)
    return former


def _country_names(country: str) -> list[str]:
    names = [_locale(language).territories.get(country, "") for language in LANGUAGES]
    return [name for name in (*names, _SHORT.get(country, "")) if name]


def _time_names(zone: str) -> Iterator[str]:
    """What people call the time of a zone, as far as that has a name: Eastern Time, EST."""
    meta_zone = get_global("meta_zones").get(zone, "")
    for language in LANGUAGES:
        for names in _locale(language).meta_zones.get(meta_zone, {}).values():
            if isinstance(names, Mapping):
                yield from names.values()


@lru_cache(maxsize=len(LANGUAGES))
def _locale(language: str) -> Locale:
    return Locale(language)
