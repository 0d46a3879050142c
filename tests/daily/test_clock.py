"""When prompts are due, in every zone there is."""

import zoneinfo
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise, takewhile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.daily import clock
from bot.daily.model import EVERY_DAY, Plan
from tests.daily import tzif

SECOND = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = sorted(clock.zones())
FIRST_YEAR = 1900

some_zone = st.sampled_from(ZONES)
some_day = st.dates(date(FIRST_YEAR, 1, 3), date(2120, 12, 31))
some_time = st.times().map(lambda at: at.replace(second=0, microsecond=0))
some_days = st.frozensets(st.integers(0, 6), min_size=1)
some_instant = st.integers(-70 * 365 * 86400, 150 * 365 * 86400).map(lambda seconds: EPOCH + seconds * SECOND)


@cache
def changes(zone: str) -> list[datetime]:
    """When the clocks of a zone were or will be changed, to 2037 or so."""
    first = int((datetime(FIRST_YEAR, 1, 3, tzinfo=UTC) - EPOCH).total_seconds())
    recorded = (
        at for at, before, after in tzif.transitions(tzif.raw(zone)) if before != after and at > first
    )
    return [EPOCH + timedelta(seconds=at) for at in recorded]


def kinds(zone: str) -> Iterator[datetime]:
    """Of the changes of a zone that set the clocks from and to the same time of day, the first of each."""
    seen = set()
    for change in changes(zone):
        before, after = wall(change - SECOND, zone), wall(change, zone)
        if (kind := (before.time(), after.time(), after.date() - before.date())) not in seen:
            seen.add(kind)
            yield change


def distinct() -> Iterator[str]:
    """The zones, but of those that are one under several names only the first."""
    seen = set()
    for zone in ZONES:
        if (data := tzif.raw(zone)) not in seen:
            seen.add(data)
            yield zone


def wall(instant: datetime, zone: str) -> datetime:
    """What the clocks of a zone show."""
    return instant.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)


def assert_first(zone: str, local: datetime) -> None:
    """The instant found for a local time is the first at which clocks show that time or a later one."""
    found = clock.instant(local.date(), local.time(), zone)
    assert found.tzinfo is UTC
    assert wall(found, zone) >= local
    assert wall(found - SECOND, zone) < local
    # Between changes, clocks only go forward: it is enough to look at the last second before each.
    near = changes(zone)
    for change in near[bisect_left(near, found - timedelta(days=3)) :]:
        if change > found:
            break
        assert wall(change - SECOND, zone) < local


@given(some_zone, some_day, some_time)
def test_a_local_time_is_the_first_instant_at_which_clocks_show_it_or_a_later_one(
    zone: str, day: date, at: time
) -> None:
    assert_first(zone, datetime.combine(day, at))


def test_so_it_is_around_every_kind_of_change_of_every_clock() -> None:
    around = [
        timedelta(minutes=minutes) for minutes in (-61, -30, -1, 0, 1, 30, 59, 60, 90, 12 * 60, 24 * 60 - 1)
    ]
    for zone in distinct():
        for change in kinds(zone):
            for shown in {wall(change - SECOND, zone), wall(change, zone)}:
                for minutes in around:
                    assert_first(zone, (shown + minutes).replace(second=0))


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        pytest.param("America/Toronto", "2026-03-08T02:30", "2026-03-08T07:00", id="gap of an hour"),
        pytest.param("America/Toronto", "2026-03-08T02:00", "2026-03-08T07:00", id="where the gap begins"),
        pytest.param("America/Toronto", "2026-03-08T03:00", "2026-03-08T07:00", id="where the gap ends"),
        pytest.param("America/Toronto", "2026-11-01T01:30", "2026-11-01T05:30", id="twice"),
        pytest.param("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30", id="gap of half an hour"),
        pytest.param("America/Toronto", "1919-03-30T23:45", "1919-03-31T04:30", id="gap over midnight"),
        pytest.param("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00", id="gap at midnight"),
        pytest.param("Asia/Kathmandu", "2026-02-28T09:00", "2026-02-28T03:15", id="odd offset"),
        pytest.param("Pacific/Kiritimati", "2028-02-29T00:00", "2028-02-28T10:00", id="leap day"),
        pytest.param("Europe/London", "2026-12-31T23:59", "2026-12-31T23:59", id="end of a year"),
    ],
)
def test_examples(zone: str, local: str, expected: str) -> None:
    moment = datetime.fromisoformat(local)
    assert clock.instant(moment.date(), moment.time(), zone) == datetime.fromisoformat(f"{expected}+00:00")


def test_only_dates_that_a_zone_skipped_do_not_exist() -> None:
    """Where the date line was moved, a date was left out; every other day in reach of a change exists."""
    skipped = set()
    for zone in ZONES:
        for change in kinds(zone):
            day = clock.local_day(change, zone)
            for near in range(-2, 3):
                if not clock.exists(day + timedelta(days=near), zone):
                    skipped.add((zone, (day + timedelta(days=near)).isoformat()))
    assert skipped == {
        ("Kwajalein", "1993-08-21"),
        ("Pacific/Kwajalein", "1993-08-21"),
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Enderbury", "1994-12-31"),
        ("Pacific/Kanton", "1994-12-31"),
        ("Pacific/Fakaofo", "2011-12-30"),
        ("Pacific/Kiritimati", "1994-12-31"),
    }


@given(some_zone, some_day)
def test_a_date_exists_if_the_clocks_show_it_at_some_time(zone: str, day: date) -> None:
    noon = datetime.combine(day, time(12), UTC)
    shown = {clock.local_day(noon + timedelta(hours=hours), zone) for hours in range(-40, 41)}
    assert clock.exists(day, zone) == (day in shown)


@given(some_zone, some_instant, some_time, some_days)
@example("Pacific/Apia", datetime(2011, 12, 29, tzinfo=UTC), time(9), EVERY_DAY)
@example("America/Toronto", datetime(1919, 3, 31, 4, 29, tzinfo=UTC), time(23, 45), EVERY_DAY)
def test_prompts_follow_on_each_planned_date_once_and_later_each_time(
    zone: str, after: datetime, at: time, days: frozenset[int]
) -> None:
    found = list(islice(clock.following(Plan(at, zone, days), after), 20))
    assert all(earlier < later for earlier, later in pairwise([after, *(due for _, due in found)]))
    assert all(due == clock.instant(day, at, zone) for day, due in found)
    # Every date there is, from well before, whose time is yet to come.
    first = clock.local_day(after, zone) - timedelta(days=3)
    dates = [first + timedelta(days=number) for number in range((found[-1][0] - first).days + 1)]
    planned = [day for day in dates if day.weekday() in days and clock.exists(day, zone)]
    assert [day for day, _ in found] == [day for day in planned if clock.instant(day, at, zone) > after]


def test_what_follows_a_prompt_is_the_next_one() -> None:
    plan = Plan(time(9), "America/Toronto")
    day, due = clock.on_or_after(plan, date(2024, 2, 28))
    assert next(clock.following(plan, due)) == (date(2024, 2, 29), due + timedelta(days=1))
    assert next(clock.following(plan, due - SECOND)) == (day, due)


@given(some_zone, some_day, some_time, some_days)
def test_the_first_on_a_date_or_later_is_the_first_planned_date_that_exists(
    zone: str, day: date, at: time, days: frozenset[int]
) -> None:
    plan = Plan(at, zone, days)
    found, due = clock.on_or_after(plan, day)
    assert due == clock.instant(found, at, zone)
    between = takewhile(lambda each: each < found, (day + timedelta(days=number) for number in range(20)))
    assert not any(each.weekday() in days and clock.exists(each, zone) for each in between)
    assert found >= day
    assert found.weekday() in days


@given(some_zone, some_instant, some_time, some_days)
def test_no_prompt_is_further_off_than_the_longest_time(
    zone: str, after: datetime, at: time, days: frozenset[int]
) -> None:
    _, due = next(clock.following(Plan(at, zone, days), after))
    assert due - after <= clock.LONGEST


def test_nor_is_it_around_any_kind_of_change_of_any_clock() -> None:
    """The furthest apart are two on a weekday of which a zone skipped one: thirteen days."""
    furthest = timedelta()
    for zone in distinct():
        for change in kinds(zone):
            shown = wall(change, zone)
            for weekday in {(shown + timedelta(days=days)).weekday() for days in (-1, 0, 1)}:
                for at in (time(0), shown.time().replace(second=0), time(12), time(23, 59)):
                    plan = Plan(at, zone, frozenset({weekday}))
                    coming = clock.following(plan, change - timedelta(days=8))
                    dues = [due for _, due in islice(coming, 3)]
                    furthest = max(furthest, *(later - earlier for earlier, later in pairwise(dues)))
    assert timedelta(days=13) <= furthest <= clock.LONGEST


def test_a_prompt_is_late_after_ten_minutes_and_over_after_the_grace() -> None:
    due = datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert not clock.is_late(due, due + timedelta(minutes=10))
    assert clock.is_late(due, due + timedelta(minutes=10, seconds=1))
    assert not clock.is_over(due, due + timedelta(hours=6), clock.GRACE)
    assert clock.is_over(due, due + timedelta(hours=6, seconds=1), clock.GRACE)
    assert not clock.is_late(due, due - timedelta(hours=1))


@pytest.mark.parametrize(
    ("zone", "is_known"),
    [
        ("America/Toronto", True),
        ("UTC", True),
        ("US/Eastern", True),
        ("Etc/GMT+5", True),
        ("america/toronto", False),
        ("America", False),
        ("Factory", False),
        ("localtime", False),
        ("right/UTC", False),
        ("../../etc/passwd", False),
        ("", False),
    ],
)
def test_zones_are_known_by_their_names(zone: str, is_known: bool) -> None:  # noqa: FBT001 - a column
    assert clock.known(zone) is is_known


def test_a_zone_that_is_not_known_is_an_error() -> None:
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        clock.instant(date(2026, 1, 1), time(9), "Atlantis/Poseidonis")


def test_rules_change_when_the_data_of_one_zone_does_and_zones_are_then_read_anew(tmp_path: Path) -> None:
    zone, day, at = "Europe/Lisbon", date(2026, 7, 1), time(9)
    usual, due = clock.rules(), clock.instant(day, at, zone)
    assert clock.rules() == usual
    file = tmp_path / zone
    file.parent.mkdir()
    file.write_bytes(tzif.by_rule("<+02>-2"))
    with tzif.zone_data(tmp_path):
        changed = clock.rules()
        assert changed != usual
        assert clock.instant(day, at, zone) == datetime(2026, 7, 1, 7, tzinfo=UTC)
        file.write_bytes(tzif.by_rule("<+03>-3"))
        # Until somebody asks, this process goes by what it has read: all that is due is counted by one set.
        assert clock.instant(day, at, zone) == datetime(2026, 7, 1, 7, tzinfo=UTC)
        assert clock.rules() not in {usual, changed}
        assert clock.instant(day, at, zone) == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert clock.rules() == usual
    assert clock.instant(day, at, zone) == due
