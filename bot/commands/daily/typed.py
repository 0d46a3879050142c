"""What people type when they plan: a time of day, days of the week, what to draw from.

Whoever answers in one language may type in another, so every language of the interface is understood at once.
What cannot be understood is None, never a guess and never an exception; what `Translator` and the labels here
say is understood again.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import time
from functools import cache
from typing import TypeVar

from babel.dates import get_day_names

from bot.commands.request import Request
from bot.daily.model import EVERY_DAY, Drawn
from bot.i18n import LANGUAGES, Translator, message, translator
from bot.search.text import fold

T = TypeVar("T")

WEEKDAYS = frozenset(range(5))
WEEKEND = EVERY_DAY - WEEKDAYS
DAYS: Mapping[frozenset[int], str] = {
    EVERY_DAY: message("every day"),
    WEEKDAYS: message("weekdays"),
    WEEKEND: message("weekends"),
}
KINDS: Mapping[Drawn, str] = {
    Drawn.READING: message("readings"),
    Drawn.SECTION: message("sections"),
    Drawn.ACTION: message("actions"),
    Drawn.TERM: message("terms"),
}
EVERYTHING = message("everything")

# What else is typed for them, folded: in English, French and Spanish.
_DAYS: Mapping[frozenset[int], str] = {
    EVERY_DAY: "everyday|each day|daily|all|all days|all week|tous les jours|chaque jour|quotidien"
    "|todos los dias|cada dia|a diario|diario",
    WEEKDAYS: "weekday|working days|workdays|business days|jours ouvrables|jours ouvres|jours de semaine"
    "|en semaine|dias laborables|dias habiles|entre semana",
    WEEKEND: "weekend|week end|week ends|week-end|week-ends|fin de semaine|fins de semaine|fin de semana"
    "|fines de semana",
}
_KINDS: Mapping[frozenset[Drawn], str] = {
    frozenset({Drawn.READING}): "reading|books|lecture|lectures|lectura|lecturas",
    frozenset({Drawn.SECTION}): "section|part|parts|partie|parties|seccion|secciones|parte|partes",
    frozenset({Drawn.ACTION}): "action|accion|acciones",
    frozenset({Drawn.TERM}): "term|topics|laws|terme|termes|termino|terminos",
    frozenset(Drawn): "all|anything|tout|todo",
}
_SEPARATORS = frozenset(",;./&+")
_FILLING = frozenset(
    {"on", "every", "each", "of", "le", "les", "tous", "chaque", "du", "el", "los", "todos", "cada", "de"}
)
_TO = frozenset({"-", "–", "—", "to", "through", "thru", "until", "till", "a", "au", "hasta"})
_PIECE = r"\w+|\S"

_AM = r"a\.?\s*m\.?|in the morning|du matin|de la ma[nñ]ana"
_PM = r"p\.?\s*m\.?|in the afternoon|in the evening|de l'apres[- ]midi|du soir|de la tarde"
_NIGHT = "at night|de la noche"
_TIME = re.compile(
    rf"(?:(?P<hour>\d{{1,2}})(?:\s*(?::|\.|h|heures?|horas?)\s*(?P<minute>\d\d)?(?:\s*h(?:oras|eures)?)?)?"
    rf"|(?P<hours>\d{{1,2}})(?P<minutes>\d\d))\s*(?:(?P<am>{_AM})|(?P<pm>{_PM})|(?P<night>{_NIGHT}))?"
)
_NAMED_TIMES = {
    **dict.fromkeys(("noon", "midday", "midi", "mediodia"), time(12)),
    **dict.fromkeys(("midnight", "minuit", "medianoche"), time()),
}
# Words around a time of day that do not change it.
_AT = re.compile(r"^(?:at|a las?|a|vers)\s+|\s+o'clock$")


def time_of(words: str) -> time | None:
    """A local time of day, to the minute: `9`, `9:00`, `9am`, `21h30`, `9.30 pm`, `0930`, `noon`."""
    typed = _AT.sub("", fold(words).strip())
    if typed in _NAMED_TIMES:
        return _NAMED_TIMES[typed]
    found = _TIME.fullmatch(typed)
    if found is None:
        return None
    hour = int(found["hour"] or found["hours"])
    minute = int(found["minute"] or found["minutes"] or 0)
    if (found["am"] and hour > 12) or (found["pm"] and hour == 0):
        return None
    if found["night"] and not 7 <= hour < 12:  # twelve at night is midnight, and one may be either
        return None
    if found["am"] and hour == 12:
        hour = 0
    elif (found["pm"] or found["night"]) and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def days_of(words: str) -> frozenset[int] | None:
    """Days of the week: `every day`, `weekdays`, `mon, wed`, `Monday to Thursday and Saturday`."""
    chosen: set[int] = set()
    before: int | None = None
    ranging = False
    for token in _tokens(words, _day_phrases()):
        if not ranging and token in _TO and before is not None:
            ranging = True
            continue
        if token in _filling():
            continue
        found = _day_phrases().get(token) or weekday_called(token)
        if not found or (ranging and len(found) > 1):
            return None
        (only, *others) = sorted(found)
        if ranging and before is not None:
            found = frozenset((before + n) % 7 for n in range((only - before) % 7 + 1))
        chosen |= found
        before = None if ranging or others else only
        ranging = False
    return frozenset(chosen) if chosen and not ranging else None


def kinds_of(words: str) -> frozenset[Drawn] | None:
    """What to draw from: `readings and actions`; empty, as in `Draw`, for everything."""
    chosen: set[Drawn] = set()
    for token in _tokens(words, _kind_phrases()):
        if token in _filling():
            continue
        found = _kind_phrases().get(token)
        if not found:
            return None
        chosen |= found
    if not chosen:
        return None
    return frozenset() if chosen == set(Drawn) else frozenset(chosen)


def said_days(days: frozenset[int], tr: Translator) -> str:
    """Days of the week in words."""
    return tr(DAYS[days]) if days in DAYS else tr.all_of(tr.weekday(day) for day in sorted(days))


def said_kinds(kinds: frozenset[Drawn], tr: Translator) -> str:
    """What is drawn from, in words."""
    return tr.all_of(tr(KINDS[kind]) for kind in Drawn if kind in kinds) if kinds else tr(EVERYTHING)


def offered_times(prefix: str, ask: Request) -> list[tuple[str, str]]:
    """Times of day to go on with what is typed: what it is, then every half hour that begins like that."""
    typed = time_of(prefix)
    digits = prefix.strip().rstrip("h:. ")
    halves = [time(hour, minute) for hour in (*range(7, 24), *range(7)) for minute in (0, 30)]
    begun = [at for at in halves if f"{at:%H:%M}".startswith(digits) or f"{at.hour}" == digits]
    times = dict.fromkeys([typed, *begun] if typed else begun)
    return [(ask.tr.clock(at), f"{at:%H:%M}") for at in times]


def offered_days(prefix: str, ask: Request) -> list[tuple[str, str]]:
    """Days of the week to go on with what is typed."""
    return _continued(prefix, [*map(ask.tr, DAYS.values()), *map(ask.tr.weekday, sorted(EVERY_DAY))])


def offered_kinds(prefix: str, ask: Request) -> list[tuple[str, str]]:
    """What to draw from, to go on with what is typed."""
    return _continued(prefix, [ask.tr(EVERYTHING), *map(ask.tr, KINDS.values())])


def _continued(prefix: str, labels: Iterable[str]) -> list[tuple[str, str]]:
    """The labels that go on with the last item of a list; what was listed before stays before them."""
    before, comma, last = prefix.rpartition(",")
    listed = {fold(each.strip()) for each in before.split(",")}
    begun = [
        each for each in labels if fold(each).startswith(fold(last.strip())) and fold(each) not in listed
    ]
    return [(shown, shown) for each in begun if (shown := f"{before.strip()}{comma} {each}".strip())]


def _tokens(words: str, phrases: Mapping[str, object]) -> list[str]:
    """The words of a list, with phrases that are known as a whole in one piece."""
    known = "|".join(re.escape(each) for each in sorted(phrases, key=len, reverse=True))
    found = re.findall(rf"(?<!\w)(?:{known})(?!\w)|{_PIECE}", " ".join(fold(words).split()))
    return [token for token in found if token not in _SEPARATORS]


@cache
def _day_phrases() -> Mapping[str, frozenset[int]]:
    return _phrases(_DAYS, DAYS.items())


@cache
def _kind_phrases() -> Mapping[str, frozenset[Drawn]]:
    labels = {frozenset({kind}): label for kind, label in KINDS.items()}
    return _phrases(_KINDS, [*labels.items(), (frozenset(Drawn), EVERYTHING)])


def _phrases(
    typed: Mapping[frozenset[T], str], labels: Iterable[tuple[frozenset[T], str]]
) -> Mapping[str, frozenset[T]]:
    """Everything that is said for some values, in all languages, folded."""
    known = {phrase: values for values, phrases in typed.items() for phrase in phrases.split("|")}
    for values, label in labels:
        known |= {fold(translator(language)(label)): values for language in LANGUAGES}
    return known


@cache
def _filling() -> frozenset[str]:
    """What stands between the items of a list: `and`, `et`, `y`."""
    lists = (translator(language).all_of(("1", "2", "3")) for language in LANGUAGES)
    joining = {token for each in lists for token in re.findall(_PIECE, fold(each))}
    return _FILLING | (joining - {"1", "2", "3"})


def weekday_called(word: str) -> frozenset[int]:
    """The day of the week that a word begins or means; empty where it is none, or may be another one."""
    return called(word, _names_of_days(), 2) or called(word.removesuffix("s"), _names_of_days(), 2)


def called(word: str, names: Mapping[str, int], shortest: int) -> frozenset[int]:
    """What a word names, or begins to name with at least so many letters; empty where that is not clear."""
    if word in names:
        return frozenset({names[word]})
    begun = {value for name, value in names.items() if len(word) >= shortest and name.startswith(word)}
    return frozenset(begun) if len(begun) == 1 else frozenset()


@cache
def _names_of_days() -> Mapping[str, int]:
    return {fold(name): day for tag in LANGUAGES for day, name in get_day_names("wide", locale=tag).items()}
