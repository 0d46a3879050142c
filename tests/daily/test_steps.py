"""How schedules go on, whatever time it is said to be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.daily import clock, steps
from bot.daily.book import Step
from bot.daily.model import Delivery, Memory, Order, Plan, Schedule, State, What
from bot.daily.order import draw
from bot.daily.steps import advanced, realigned, settled_anew
from bot.model import Community, Place
from tests.daily import tzif

HOUR = timedelta(hours=1)
POOL = tuple(f"reading:{number}" for number in range(5))
TORONTO = Plan(time(9), "America/Toronto")
MONDAY = datetime(2026, 5, 4, 13, tzinfo=UTC)  # nine o'clock in Toronto
OWNER = Community("terminal", "")


def schedule(plan: Plan = TORONTO, **others: Any) -> Schedule:  # noqa: ANN401 - any field
    """A schedule that is due for the first time on that Monday."""
    first = Schedule("one", OWNER, 1, Place("terminal", ""), plan, next_day=date(2026, 5, 4), due=MONDAY)
    return replace(first, **others)


def next_item(each: Schedule) -> tuple[str, Memory] | None:
    """Draws from the pool."""
    return draw(POOL, each.memory, each.id, each.plan.order)


def nothing(_: Schedule) -> None:
    """Draws from nothing."""


def delivered(step: Step) -> Delivery:
    """The delivery of a step that has one."""
    assert step.delivery is not None
    return step.delivery


def test_what_is_due_is_delivered_and_the_next_one_is_tomorrow() -> None:
    before = schedule()
    step = advanced(before, MONDAY + timedelta(seconds=3), next_item)
    drawn = next_item(before)
    assert drawn is not None
    assert step.before is before
    assert step.delivery == Delivery(
        0, "one", date(2026, 5, 4), What.PROMPT, 0, drawn[0], MONDAY, State.PENDING, MONDAY
    )
    assert step.after == replace(
        before, memory=drawn[1], next_day=date(2026, 5, 5), due=MONDAY + timedelta(days=1)
    )


def test_what_is_not_due_yet_stays() -> None:
    before = schedule()
    assert advanced(before, MONDAY - timedelta(seconds=1), next_item) == Step(before, before)


@pytest.mark.parametrize("late", [timedelta(), timedelta(minutes=59), clock.GRACE])
def test_within_the_grace_it_is_delivered_late(late: timedelta) -> None:
    assert delivered(advanced(schedule(), MONDAY + late, next_item)).state is State.PENDING


def test_after_the_grace_it_is_skipped_and_what_would_have_been_shown_is_not_lost() -> None:
    now = MONDAY + clock.GRACE + timedelta(seconds=1)
    step = advanced(schedule(), now, next_item)
    skipped = delivered(step)
    assert (skipped.state, skipped.problem, skipped.item) == (State.SKIPPED, steps.LATE, "")
    assert skipped.settled_at == now
    assert step.after.memory == Memory()
    assert step.after.due == MONDAY + timedelta(days=1)


def test_the_grace_is_what_the_operator_decided() -> None:
    now = MONDAY + 2 * HOUR
    assert delivered(advanced(schedule(), now, next_item, HOUR)).state is State.SKIPPED
    assert delivered(advanced(schedule(), now, next_item, 2 * HOUR)).state is State.PENDING


def test_of_days_missed_the_first_is_recorded_and_the_last_is_posted_within_its_grace() -> None:
    friday = MONDAY + timedelta(days=4, hours=1)
    first = advanced(schedule(), friday, next_item)
    assert (delivered(first).day, delivered(first).state) == (date(2026, 5, 4), State.SKIPPED)
    second = advanced(first.after, friday, next_item)
    assert (delivered(second).day, delivered(second).state) == (date(2026, 5, 8), State.PENDING)
    assert second.after.next_day == date(2026, 5, 9)


def test_after_months_it_goes_on_with_the_next_day_to_come() -> None:
    now = MONDAY + timedelta(days=200, hours=12)
    step = advanced(schedule(), now, next_item)
    assert delivered(step).day == date(2026, 5, 4)
    assert step.after.due is not None
    assert now < step.after.due <= now + timedelta(days=1)


def test_two_are_never_posted_at_once_however_long_the_grace() -> None:
    tuesday = MONDAY + timedelta(days=1)
    step = advanced(schedule(), tuesday, next_item, timedelta(days=3))
    assert delivered(step).state is State.SKIPPED
    assert step.after.due == tuesday


@pytest.mark.parametrize(
    ("order", "memory", "problem"),
    [
        (Order.SHUFFLED, Memory(2, ("abcdef",)), steps.EMPTY),
        (Order.SERIES, Memory(), steps.EMPTY),
        (Order.SERIES, Memory(0, ("abcdef",)), steps.FINISHED),
    ],
)
def test_where_there_is_nothing_to_show_the_schedule_says_so_and_goes_on(
    order: Order, memory: Memory, problem: str
) -> None:
    before = schedule(replace(TORONTO, order=order), memory=memory)
    step = advanced(before, MONDAY, nothing)
    assert (delivered(step).state, delivered(step).problem) == (State.SKIPPED, problem)
    assert step.after.trouble == problem
    assert step.after.memory == memory
    assert step.after.due == MONDAY + timedelta(days=1)


def test_trouble_lasts_until_something_was_posted() -> None:
    """Drawing something is not posting it: only the record of the post ends the trouble."""
    step = advanced(schedule(trouble="gone"), MONDAY, next_item)
    assert step.after.trouble == "gone"


def test_a_pause_ends_with_the_first_prompt_from_its_date_on() -> None:
    paused = settled_anew(schedule(paused=True, paused_until=date(2026, 5, 10)), MONDAY)
    assert (paused.paused, paused.next_day) == (True, date(2026, 5, 10))
    assert paused.due is not None
    assert advanced(paused, paused.due - HOUR, next_item).after == paused
    step = advanced(paused, paused.due, next_item)
    assert delivered(step).day == date(2026, 5, 10)
    assert (step.after.paused, step.after.paused_until) == (False, None)


def test_a_pause_for_good_has_no_end() -> None:
    paused = settled_anew(schedule(paused=True), MONDAY)
    assert (paused.next_day, paused.due) == (None, None)
    assert advanced(paused, MONDAY + timedelta(days=900), next_item) == Step(paused, paused)
    assert realigned(paused) == paused


def test_a_pause_until_a_date_that_has_come_is_due_next() -> None:
    paused = schedule(paused=True, paused_until=date(2026, 5, 4))
    assert settled_anew(paused, MONDAY + HOUR).next_day == date(2026, 5, 5)


@given(
    st.sampled_from(sorted(clock.zones())), st.integers(-7 * 365 * 24 * 60, 40 * 365 * 24 * 60), st.times()
)
def test_counted_anew_it_is_due_next_and_never_on_a_day_that_is_over(
    zone: str, minutes: int, at: time
) -> None:
    now = MONDAY + timedelta(minutes=minutes)
    plan = Plan(at.replace(second=0, microsecond=0), zone)
    after = settled_anew(schedule(plan, due=now + timedelta(days=900), next_day=date(2099, 1, 1)), now)
    assert after.due is not None
    assert after.next_day is not None
    assert now < after.due <= now + clock.LONGEST
    assert after.next_day >= clock.local_day(now, zone)


@dataclass
class Outbox:
    """What the store promises of steps (`Book.enqueue`), and what was posted in the end.

    One delivery for a date; a second one is not put there, except in place of one that was late.
    """

    schedule: Schedule
    days: dict[date, Delivery] = field(default_factory=dict)
    posted: list[tuple[date, str]] = field(default_factory=list)

    def go_on(self, now: datetime) -> None:
        """One round of the postman with a clock that says that it is `now`."""
        if self.schedule.due is not None and self.schedule.due > now + clock.LONGEST:
            self.schedule = settled_anew(self.schedule, now)
        while self.schedule.due is not None and self.schedule.due <= now:
            self.take(advanced(self.schedule, now, next_item))

    def take(self, step: Step) -> None:
        """Keep a step."""
        assert step.before == self.schedule
        new = step.delivery
        old = self.days.get(new.day) if new else None
        superseded = old is not None and (old.state, old.problem) == (State.SKIPPED, steps.LATE)
        if old is not None and not (superseded and new and new.state is State.PENDING):
            self.schedule = replace(step.after, memory=step.before.memory)
            return
        self.schedule = step.after
        if new is not None:
            self.days[new.day] = new
            if new.state is State.PENDING:
                self.posted.append((new.day, new.item))


some_plan = st.builds(
    Plan,
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(
        [
            "America/Toronto",
            "Pacific/Apia",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
            "UTC",
            "Europe/London",
        ]
    ),
    st.frozensets(st.integers(0, 6), min_size=1),
)
some_hours = st.one_of(
    st.floats(-1, 1),
    st.floats(-30, 30),
    st.floats(-24 * 40, 24 * 40),
    st.just(24.0 * 3650),
    st.just(-24.0 * 3650),
)


@settings(max_examples=200, deadline=None)
@given(some_plan, st.lists(some_hours, max_size=40), st.sampled_from([2011, 2026]))
def test_a_clock_that_jumps_back_and_forth_never_makes_two_of_a_date(
    plan: Plan, jumps: Sequence[float], year: int
) -> None:
    """And when it is right again, every day has its prompt, on time."""
    right = datetime(year, 12, 20, 12, tzinfo=UTC)
    outbox = Outbox(settled_anew(schedule(plan), right))
    now = right
    for hours in jumps:
        now = min(max(now + hours * HOUR, datetime(1990, 1, 1, tzinfo=UTC)), datetime(2090, 1, 1, tzinfo=UTC))
        outbox.go_on(now)
    dates = [day for day, _ in outbox.posted]
    assert len(set(dates)) == len(dates)
    # Days go by on a clock that is right. It may have to catch up with what it did too early.
    for hour in range(30 * 24):
        outbox.go_on(right + hour * HOUR)
    dates = [day for day, _ in outbox.posted]
    assert len(set(dates)) == len(dates)
    coming = clock.following(plan, right + clock.LONGEST)
    due = {day for day, _ in takewhile(lambda each: each[1] < right + timedelta(days=29), coming)}
    assert due
    assert due <= set(dates)


@settings(deadline=None)
@given(some_plan, st.lists(st.integers(1, 80), max_size=60))
def test_a_bot_that_is_often_off_misses_only_what_fell_out_of_the_grace(plan: Plan, hours: list[int]) -> None:
    """Looking at any times, every prompt whose grace was not over then is posted, once, in order."""
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    outbox = Outbox(settled_anew(schedule(plan), now))
    looked = []
    for passed in hours:
        now += passed * HOUR
        looked.append(now)
        outbox.go_on(now)
    coming = clock.following(plan, datetime(2026, 3, 1, 12, tzinfo=UTC))
    expected = [
        day
        for day, due in takewhile(lambda each: each[1] <= now, coming)
        if any(due <= then <= due + clock.GRACE for then in looked)
    ]
    assert [day for day, _ in outbox.posted] == expected
    assert all(day in expected or each.problem == steps.LATE for day, each in outbox.days.items())


@settings(deadline=None)
@given(st.lists(st.integers(1, 80), min_size=1, max_size=60))
def test_nothing_is_shown_twice_in_a_round_whatever_was_missed(hours: list[int]) -> None:
    now = MONDAY
    outbox = Outbox(schedule())
    for passed in hours:
        outbox.go_on(now)
        now += passed * HOUR
    items = [item for _, item in outbox.posted]
    for start in range(0, len(items), len(POOL)):
        shown = items[start : start + len(POOL)]
        assert len(set(shown)) == len(shown)


@pytest.fixture
def zone_folder(tmp_path: Path) -> Iterator[Path]:
    """Where zones are looked for first."""
    (tmp_path / "Test").mkdir()
    with tzif.zone_data(tmp_path):
        yield tmp_path


def at_place(folder: Path, hours: int) -> None:
    """Let the clocks of the zone Test/Place be so many hours ahead of UTC, by new data."""
    (folder / "Test" / "Place").write_bytes(tzif.by_rule(f"<{hours:+03}>{-hours}"))
    clock._zone.cache_clear()  # as `rules` does after it has looked at all zones, which takes long


# Of a change by more hours than the grace has, a prompt may be skipped; there are none but at the date line.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 60)), min_size=2, max_size=12), st.integers(0, 23)
)
def test_new_zone_data_move_what_is_due_and_never_make_two_of_a_date(
    zone_folder: Path, periods: list[tuple[int, int]], hour: int
) -> None:
    """The offset of a zone changes again and again by new data, and it is counted anew each time.

    No date is posted twice and none is left out, for the bot is there all the time.
    """
    at_place(zone_folder, 0)
    now = datetime(2026, 5, 4, 12, tzinfo=UTC)
    outbox = Outbox(settled_anew(schedule(Plan(time(hour), "Test/Place")), now))
    first = outbox.schedule.next_day
    assert first is not None
    for offset, hours in periods:
        at_place(zone_folder, offset)
        outbox.schedule = realigned(outbox.schedule)
        for _ in range(hours):
            outbox.go_on(now)
            now += HOUR
    dates = [day for day, _ in outbox.posted]
    assert dates == [first + timedelta(days=number) for number in range(len(dates))]
    assert outbox.schedule.next_day == first + timedelta(days=len(dates))


def test_new_zone_data_are_heeded_even_where_nobody_counted_anew(zone_folder: Path) -> None:
    """What was due by the old data and is due only later by the new ones waits; it keeps its date."""
    at_place(zone_folder, 2)
    before = settled_anew(schedule(Plan(time(9), "Test/Place")), datetime(2026, 5, 4, tzinfo=UTC))
    assert before.due == datetime(2026, 5, 4, 7, tzinfo=UTC)
    at_place(zone_folder, 1)
    step = advanced(before, before.due, next_item)
    assert step == Step(before, replace(before, due=datetime(2026, 5, 4, 8, tzinfo=UTC)))
    at_place(zone_folder, 5)
    late = advanced(step.after, datetime(2026, 5, 4, 8, tzinfo=UTC), next_item)
    assert (delivered(late).due, delivered(late).state) == (
        datetime(2026, 5, 4, 4, tzinfo=UTC),
        State.PENDING,
    )
    assert late.after.next_day == date(2026, 5, 5)


def test_a_date_that_new_zone_data_take_away_gives_way_to_the_next() -> None:
    """Samoa told the world half a year before that it would have no 30 December 2011."""
    before = schedule(Plan(time(9), "Pacific/Apia"), next_day=date(2011, 12, 30), due=MONDAY)
    after = realigned(before)
    assert (after.next_day, after.due) == (date(2011, 12, 31), datetime(2011, 12, 30, 19, tzinfo=UTC))
