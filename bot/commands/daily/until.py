"""What people type for a day to come: a date, a day of the week, an amount of time.

As in `typed`, every language of the interface is understood, and what is not is None.
"""

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

from babel.dates import get_month_names

from bot.commands.daily.typed import called, weekday_called
from bot.commands.request import Request
from bot.i18n import LANGUAGES
from bot.search.text import fold

_NUMBER = re.compile(r"(\d{1,4})(?:st|nd|rd|th|er)?")
_ISO = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")
_ONE = frozenset({"a", "an", "one", "un", "une", "una", "uno"})
_TOMORROW = frozenset({"tomorrow", "demain", "manana"})
_UNITS = {
    **dict.fromkeys(("day", "days", "jour", "jours", "dia", "dias"), "day"),
    **dict.fromkeys(("week", "weeks", "semaine", "semaines", "semana", "semanas"), "week"),
    **dict.fromkeys(("month", "months", "mois", "mes", "meses"), "month"),
}
# What may stand around it and says nothing more: "until", "in", "next", in English, French and Spanish.
_AROUND = re.compile(
    r"until|till|for|in|on|of|the|next|jusqu|au|le|la|pour|dans|pendant|prochaine?"
    r"|hasta|el|los|por|durante|en|del?|proxim[oa]|dentro|que|viene|[,.;']"
)


def until_of(words: str, today: date) -> date | None:
    """The day until which something rests: `2026-06-05`, `5 June`, `tomorrow`, `3 days`, `2 weeks`, `monday`.

    A day of the week is the next one after `today`, a day of the year likewise.
    """
    if iso := _ISO.fullmatch(words):
        return _date(*map(int, iso.groups()))
    numbers: list[int] = []
    named: list[str] = []
    for token in re.findall(r"\w+|\S", fold(words)):
        if number := _NUMBER.fullmatch(token):
            numbers.append(int(number[1]))
        elif token in _ONE:
            numbers.append(1)
        elif not _AROUND.fullmatch(token):
            named.append(token)
    units = [_UNITS[token] for token in named if token in _UNITS]
    if units:
        fits = len(units) == len(named) == 1 and len(numbers) < 2
        return _later(today, (numbers or [1])[0], units[0]) if fits else None
    months = [month for token in named for month in _months_called(token)]
    if numbers:
        # The day of the week may be named with it; the date tells which it is.
        rest = [token for token in named if not _months_called(token)]
        fits = len(months) == 1 and len(rest) < 2 and all(map(weekday_called, rest))
        return _day_of_month(numbers, months[0], today) if fits else None
    if len(named) != 1:
        return None
    if named[0] in _TOMORROW:
        return today + timedelta(days=1)
    weekday = weekday_called(named[0])
    return _next(today, min(weekday)) if weekday else None


def _later(today: date, amount: int, unit: str) -> date:
    if unit != "month":
        return today + timedelta(days=amount * (7 if unit == "week" else 1))
    years, month = divmod(today.month - 1 + amount, 12)
    year = today.year + years
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _day_of_month(numbers: Sequence[int], month: int, today: date) -> date | None:
    match sorted(numbers):
        case [day]:
            # 29 February may be eight years away.
            years = range(today.year, today.year + 9)
            return next((each for year in years if (each := _date(year, month, day)) and each > today), None)
        case [day, year]:
            return _date(year, month, day)
        case _:
            return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def offered_days_to_come(prefix: str, ask: Request) -> list[tuple[str, str]]:
    """Days to go on with what is typed: what it is, then those of a week, and a few more."""
    today = datetime.now(UTC).date()
    near = [today + timedelta(days=days) for days in (*range(1, 8), 14, 21)]
    days = [*near, _later(today, 1, "month")]
    typed = until_of(prefix, today)
    begun = [day for day in days if fold(ask.tr.full_day(day)).startswith(fold(prefix.strip()))]
    found = dict.fromkeys([typed, *begun] if typed and typed > today else begun)
    return [(ask.tr.full_day(day), day.isoformat()) for day in found]


def _months_called(word: str) -> frozenset[int]:
    return called(word, _names_of_months(), 3)


@cache
def _names_of_months() -> Mapping[str, int]:
    return {fold(name): m for tag in LANGUAGES for m, name in get_month_names("wide", locale=tag).items()}
