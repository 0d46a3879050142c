"""How a schedule goes on: pure functions from a schedule and the time to the schedule as it is then.

They never go back: the date of the next prompt only moves forward while the clock does, and whatever the
clock does, the store keeps one delivery for a schedule and a date. `version` is left to the store.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.daily import clock
from bot.daily.book import Step
from bot.daily.model import Delivery, Memory, Order, Schedule, State, What
from bot.daily.order import put_back

LATE = "late"
EMPTY = "empty"
FINISHED = "finished"
BROKEN = "broken"

_When = tuple[date, datetime]  # the local date and the instant of a prompt

Draws = Callable[[Schedule], tuple[str, Memory] | None]
"""Draws the next item of a schedule (see `order.draw`); None where there is none."""


def settled_anew(schedule: Schedule, now: datetime) -> Schedule:
    """A schedule with its next prompt after now: for one that is new, changed, resumed or was led astray.

    Paused until a date, that is its first prompt from that date on; paused for good, it has none.
    """
    if schedule.paused and schedule.paused_until is None:
        return replace(schedule, next_day=None, due=None)
    day, due = next(clock.following(schedule.plan, now))
    if schedule.paused_until is not None and day < schedule.paused_until:
        day, due = clock.on_or_after(schedule.plan, schedule.paused_until)
    return replace(schedule, next_day=day, due=due)


def brought_forward(schedule: Schedule, now: datetime) -> Schedule:
    """A schedule whose next prompt was put off while a clock was ahead; one that is due already stays so."""
    anew = settled_anew(schedule, now)
    return anew if schedule.due and anew.due and anew.due < schedule.due else schedule


def realigned(schedule: Schedule) -> Schedule:
    """A schedule due as the zone data has it now; its next prompt stays the one of the same date.

    It may then be due in the past. Where the zone no longer has that date, it is that of the next one.
    """
    if schedule.next_day is None:
        return schedule
    day, due = clock.on_or_after(schedule.plan, schedule.next_day)
    return replace(schedule, next_day=day, due=due)


def advanced(schedule: Schedule, now: datetime, draw: Draws, grace: timedelta = clock.GRACE) -> Step:
    """What becomes of a schedule that is due: the delivery of its next prompt, and the schedule after that.

    A prompt is skipped where its `grace` is over or the one after it is due already: at most one is posted
    for all that fell due while nobody was there. Of several in a row that were missed, the first is recorded
    as skipped, for all of them. A prompt that is skipped is not drawn: it would have been the next one.

    Where the zone data changed, so that it is due only later, the schedule goes on without a delivery. A
    pause that was to last until then is over. A schedule that is paused for good stays as it is.
    """
    current = realigned(schedule)
    if current.next_day is None or current.due is None or current.due > now:
        return Step(schedule, current)
    passed, coming = _around(current, current.due, now)
    delivery = Delivery(
        id=0,
        schedule_id=schedule.id,
        day=current.next_day,
        what=What.PROMPT,
        number=0,
        item="",
        due=current.due,
        state=State.PENDING,
        free_at=current.due,
    )
    if passed is not None or clock.is_over(current.due, now, grace):
        onward = coming if passed is None or clock.is_over(passed[1], now, grace) else passed
        return Step(schedule, _at(current, onward), _skipped(delivery, LATE, now))
    drawn = draw(current)
    if drawn is None:
        problem = FINISHED if schedule.plan.order is Order.SERIES and schedule.memory.shown else EMPTY
        after = replace(_at(current, coming), trouble=problem)
        return Step(schedule, after, _skipped(delivery, problem, now))
    item, memory = drawn
    after = replace(_at(current, coming), memory=memory)
    return Step(schedule, after, replace(delivery, item=item))


def troubled(
    schedule: Schedule, trouble: str | None, day: date, now: datetime, unseen: str = ""
) -> Step | None:
    """The step of a schedule whose trouble is another now, with word of it to its moderators.

    Trouble of None is what it was. An item that was `unseen` is drawn again. Of another permission that is
    missing, nobody is told anew. None where there is nothing to change.
    """
    trouble = schedule.trouble if trouble is None else trouble
    memory = put_back(schedule.memory, unseen) if unseen else schedule.memory
    after = replace(schedule, trouble=trouble, memory=memory)
    if after == schedule:
        return None
    if _kind(trouble) == _kind(schedule.trouble) or not schedule.plan.tell:
        return Step(schedule, after)
    what = What.TROUBLE if trouble else What.RECOVERY
    return Step(schedule, after, notice(schedule, day, trouble or schedule.trouble, now, what))


def notice(schedule: Schedule, day: date, trouble: str, now: datetime, what: What) -> Delivery:
    """Word to the moderators of a schedule, once for this version of it."""
    return Delivery(0, schedule.id, day, what, schedule.version, trouble, now, State.PENDING, now)


def _kind(trouble: str) -> str:
    """A trouble without the permission that is missing."""
    return trouble.partition(":")[0]


def _around(schedule: Schedule, due: datetime, now: datetime) -> tuple[_When | None, _When]:
    """The last prompt after the one that is due which is due as well, if any, and the first that is not."""
    passed = None
    coming = clock.following(schedule.plan, max(due, now - clock.LONGEST))
    while (when := next(coming))[1] <= now:
        passed = when
    return passed, when


def _at(schedule: Schedule, when: _When) -> Schedule:
    return replace(schedule, paused=False, paused_until=None, next_day=when[0], due=when[1])


def _skipped(delivery: Delivery, problem: str, now: datetime) -> Delivery:
    return replace(delivery, state=State.SKIPPED, problem=problem, settled_at=now)
