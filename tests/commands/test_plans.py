"""What people type when they plan is understood, whatever their language, or plainly not."""

import re
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.daily import typed, until
from bot.commands.daily.typed import WEEKDAYS, WEEKEND, days_of, kinds_of, said_days, said_kinds, time_of
from bot.commands.daily.until import until_of
from bot.commands.request import Request
from bot.daily.model import EVERY_DAY, Drawn
from bot.i18n import LANGUAGES, translator

TUESDAY = date(2026, 6, 2)
LANGUAGE = st.sampled_from(LANGUAGES)
# Anything, and what is nearly right: pieces of what is understood, in any order.
PIECES = (
    "9|09|:00|.30|h|21h30|am|p.m.|noon|midi|du soir|de la mañana|25:00|99999999999|９|²"
    "|mon|Monday|lundi|lunes|-|–|to|a|au|every|tous|día|days|weekend|week-end|fines de semana|and|,|;|/"
    "|readings|lectures|acciones|everything|tout|todo"
    "|2026-06-05|2026-13-40|June|juin|5|5th|1er|29|feb|tomorrow|in|2|weeks|mois|9999|months|jusqu'au"
)
PIECE = st.sampled_from(re.split(r"\|", PIECES))
TYPED = st.one_of(st.text(max_size=60), st.lists(PIECE, max_size=7).map(" ".join), PIECE)


@pytest.mark.parametrize(
    ("words", "hour", "minute"),
    [
        ("9", 9, 0),
        ("9:00", 9, 0),
        ("09:30", 9, 30),
        ("0930", 9, 30),
        ("930", 9, 30),
        ("9.30", 9, 30),
        ("9am", 9, 0),
        ("9 a.m.", 9, 0),
        ("9.30 pm", 21, 30),
        ("12am", 0, 0),
        ("12 pm", 12, 0),
        ("12:15 AM", 0, 15),
        ("13 pm", 13, 0),
        ("21h30", 21, 30),
        ("21 h", 21, 0),
        ("9h", 9, 0),
        ("à 9 heures du matin", 9, 0),
        ("9 h du soir", 21, 0),
        ("a las 9 de la mañana", 9, 0),
        ("9 de la noche", 21, 0),
        ("at 9 o'clock", 9, 0),
        ("９：００", 9, 0),
        ("noon", 12, 0),
        ("Midi", 12, 0),
        ("medianoche", 0, 0),
        ("0:00", 0, 0),
        ("23:59", 23, 59),
    ],
)
def test_a_time_of_day_is_understood_as_people_write_it(words: str, hour: int, minute: int) -> None:
    assert time_of(words) == time(hour, minute)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "25:00",
        "24:00",
        "9:60",
        "9:5",
        "13am",
        "0 pm",
        "-9",
        "9:00 Toronto",
        "nine",
        "1 de la noche",
        "9²",
    ],
)
def test_what_is_no_time_of_day_is_not_guessed(words: str) -> None:
    assert time_of(words) is None


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("every day", EVERY_DAY),
        ("Daily", EVERY_DAY),
        ("tous les jours", EVERY_DAY),
        ("todos los días", EVERY_DAY),
        ("weekdays", WEEKDAYS),
        ("en semaine", WEEKDAYS),
        ("entre semana", WEEKDAYS),
        ("weekend", WEEKEND),
        ("le week-end", WEEKEND),
        ("los fines de semana", WEEKEND),
        ("mon, wed", {0, 2}),
        ("mon/wed/fri", {0, 2, 4}),
        ("Mon-Fri", WEEKDAYS),
        ("mon – wed, sat", {0, 1, 2, 5}),
        ("du lundi au jeudi", {0, 1, 2, 3}),
        ("de lunes a viernes", WEEKDAYS),
        ("fri to mon", {4, 5, 6, 0}),
        ("every Monday", {0}),
        ("Mondays & Thursdays", {0, 3}),
        ("tous les mardis et les jeudis", {1, 3}),
        ("sábados y domingos", WEEKEND),
        ("mar", {1}),
        ("weekdays and sunday", {*WEEKDAYS, 6}),
    ],
)
def test_days_of_the_week_are_understood_in_every_language(words: str, days: set[int]) -> None:
    assert days_of(words) == frozenset(days)


@pytest.mark.parametrize(
    "words",
    ["", ",", "and", "mon to", "to mon", "s", "except monday", "weekdays-sunday", "mon!", "first monday"],
)
def test_days_that_are_not_clear_are_not_guessed(words: str) -> None:
    assert days_of(words) is None


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("readings", {Drawn.READING}),
        ("Readings and actions", {Drawn.READING, Drawn.ACTION}),
        ("sections, terms", {Drawn.SECTION, Drawn.TERM}),
        ("lectures et actions", {Drawn.READING, Drawn.ACTION}),
        ("términos y acciones", {Drawn.TERM, Drawn.ACTION}),
        ("everything", set()),
        ("tout", set()),
        ("readings, sections, actions, terms", set()),
    ],
)
def test_what_to_draw_from_is_understood(words: str, kinds: set[Drawn]) -> None:
    assert kinds_of(words) == frozenset(kinds)


@pytest.mark.parametrize("words", ["", ",", "contacts", "readings but not actions"])
def test_what_cannot_be_drawn_from_is_not_guessed(words: str) -> None:
    assert kinds_of(words) is None


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-06-05", date(2026, 6, 5)),
        ("5 June", date(2026, 6, 5)),
        ("June 5th, 2027", date(2027, 6, 5)),
        ("1er juillet", date(2026, 7, 1)),
        ("5 de junio de 2027", date(2027, 6, 5)),
        ("2 june", date(2027, 6, 2)),
        ("29 feb", date(2028, 2, 29)),
        ("Friday, June 5, 2026", date(2026, 6, 5)),
        ("tomorrow", date(2026, 6, 3)),
        ("mañana", date(2026, 6, 3)),
        ("3 days", date(2026, 6, 5)),
        ("in 2 weeks", date(2026, 6, 16)),
        ("pour une semaine", date(2026, 6, 9)),
        ("1 month", date(2026, 7, 2)),
        ("7 months", date(2027, 1, 2)),
        ("monday", date(2026, 6, 8)),
        ("until tuesday", date(2026, 6, 9)),
        ("jusqu'au lundi", date(2026, 6, 8)),
        ("lundi prochain", date(2026, 6, 8)),
        ("hasta el viernes", date(2026, 6, 5)),
        ("3 mar", date(2027, 3, 3)),
        ("mar", date(2026, 6, 9)),
    ],
)
def test_a_day_to_come_is_understood(words: str, day: date) -> None:
    assert until_of(words, TUESDAY) == day


@pytest.mark.parametrize(
    "words",
    ["", "5", "5/6", "2026-13-40", "31 feb", "99999 days", "jui 5", "monday friday", "2 3 weeks", "soon"],
)
def test_a_day_that_is_not_clear_is_not_guessed(words: str) -> None:
    assert until_of(words, TUESDAY) is None


def test_a_month_from_its_last_day_ends_on_the_last_day_of_a_shorter_one() -> None:
    assert until_of("1 month", date(2027, 1, 31)) == date(2027, 2, 28)


@given(TYPED, st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_nothing_that_is_typed_is_an_error(words: str, today: date) -> None:
    assert until_of(words, today) is None or isinstance(until_of(words, today), date)
    at, days, kinds = time_of(words), days_of(words), kinds_of(words)
    assert at is None or (at.second, at.microsecond, at.tzinfo) == (0, 0, None)
    assert days is None or (days and days <= EVERY_DAY)
    assert kinds is None or len(kinds) < len(Drawn)


@given(st.times(), LANGUAGE)
def test_a_time_that_is_said_is_understood_again(at: time, language: str) -> None:
    to_the_minute = at.replace(second=0, microsecond=0)
    assert time_of(translator(language).clock(to_the_minute)) == to_the_minute


@given(st.frozensets(st.sampled_from(sorted(EVERY_DAY)), min_size=1), LANGUAGE)
def test_days_that_are_said_are_understood_again(days: frozenset[int], language: str) -> None:
    assert days_of(said_days(days, translator(language))) == days


@given(st.frozensets(st.sampled_from(Drawn), max_size=3), LANGUAGE)
def test_kinds_that_are_said_are_understood_again(kinds: frozenset[Drawn], language: str) -> None:
    assert kinds_of(said_kinds(kinds, translator(language))) == kinds


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 3000), LANGUAGE)
def test_a_day_that_is_said_is_understood_again(today: date, days: int, language: str) -> None:
    day, tr = today + timedelta(days=days), translator(language)
    assert until_of(tr.day(day), today) == day
    assert until_of(tr.full_day(day), today) == day
    assert until_of(day.isoformat(), today) == day


OFFERS: Sequence[tuple[Callable[[str, Request], Sequence[tuple[str, str]]], Callable[[str], object]]] = (
    (typed.offered_times, time_of),
    (typed.offered_days, days_of),
    (typed.offered_kinds, kinds_of),
    (until.offered_days_to_come, lambda words: until_of(words, TUESDAY)),
)


@pytest.mark.parametrize(("offer", "understand"), OFFERS)
@given(prefix=TYPED, language=LANGUAGE)
def test_what_is_offered_is_understood_whatever_was_typed_before(
    offer: Callable[[str, Request], Sequence[tuple[str, str]]],
    understand: Callable[[str], object],
    prefix: str,
    language: str,
) -> None:
    """Unless what stands before it in a list is nothing that is."""
    before = prefix.rpartition(",")[0]
    for _, value in offer(prefix, Request(language)):
        assert understand(value) is not None or (before and understand(before) is None)


@pytest.mark.parametrize("offer", [offer for offer, _ in OFFERS])
def test_something_is_offered_before_anything_is_typed(
    offer: Callable[[str, Request], Sequence[tuple[str, str]]],
) -> None:
    assert offer("", Request())


def test_a_list_is_completed_item_by_item() -> None:
    assert typed.offered_days("mon, tu", Request()) == [("mon, Tuesday", "mon, Tuesday")]
    assert ("09:00", "09:00") in typed.offered_times("9", Request())
    assert typed.offered_times("9.45 pm", Request())[0] == ("21:45", "21:45")
    assert [value for value, _ in typed.offered_kinds("readings, re", Request("en"))] == []
