"""What moderators do with the schedules of their community."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated

from bot.commands.daily.schedules import (
    HISTORY,
    NUMBER,
    Number,
    book_of,
    brief,
    changed,
    chosen,
    days_had,
    drawn,
    insist,
    leading,
    told,
)
from bot.commands.daily.until import offered_days_to_come, until_of
from bot.commands.daily.words import ASKED, moment, problem, standing, title
from bot.commands.describe import Choose, Services, Typed, command
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.words import Whether, spoken
from bot.daily.book import Step
from bot.daily.clock import following, local_day
from bot.daily.model import Delivery, Memory, Order, Schedule, State, What
from bot.daily.steps import EMPTY, FINISHED
from bot.i18n import message
from bot.reply import Ask, Choice, Reply

EXTRAS = 5  # prompts a day beside the one that comes by itself: a room has other things to talk about
FURTHEST = timedelta(days=731)  # of a pause; whoever means longer pauses without an end


@command("daily pause", audience=Audience.MODERATOR, private=True, acts=True)
async def pause(
    ask: Request,
    services: Services,
    schedule: Number = "",
    until: Annotated[
        str, Typed(message("The day it goes on: a date, “monday”, “2 weeks”"), offered_days_to_come)
    ] = "",
) -> Reply:
    """Post nothing for a while, or until it is resumed."""
    tr = ask.tr
    if not until:
        schedule, until = _apart(schedule, services.today())
    found = await chosen(schedule, "daily pause", ask, services, {"until": until} if until else None)
    if isinstance(found, Reply):
        return found
    day = _end(until, local_day(services.now(), found.plan.zone), ask) if until else None
    after = await changed(
        found, ask, services, lambda current: replace(current, paused=True, paused_until=day)
    )
    text = tr("Paused until {day}.", day=tr.full_day(day)) if day else tr("Paused. Nothing is forgotten.")
    return await told(after, text, ask, services)


def _apart(words: str, today: date) -> tuple[str, str]:
    """The schedule and the day, where both were typed without their names: `2 until monday`, `2 weeks`."""
    if NUMBER.fullmatch(words):
        return words, ""
    if until_of(words, today):
        return "", words
    first, _, rest = words.partition(" ")
    return (first, rest) if until_of(rest, today) else (words, "")


def _end(words: str, today: date, ask: Request) -> date:
    day = until_of(words, today)
    if day is None:
        raise RefusedError(
            ask.tr("Until when? Say a date such as 2026-06-05 or 5 June, a day of the week, or 2 weeks.")
        )
    if not today < day <= today + FURTHEST:
        raise RefusedError(
            ask.tr(
                "{day} will not do: name a day after today, within two years. Without one, it is paused until"
                " {resume} is given.",
                day=ask.tr.day(day),
                resume=spoken("daily resume", ask),
            )
        )
    return day


@command("daily resume", audience=Audience.MODERATOR, private=True, acts=True)
async def resume(ask: Request, services: Services, schedule: Number = "") -> Reply:
    """Go on after a pause, or begin a series again that has ended."""
    tr = ask.tr
    found = await chosen(schedule, "daily resume", ask, services)
    if isinstance(found, Reply):
        return found
    if not found.paused and not _ended(found, services):
        return await told(found, tr("It is not paused."), ask, services)

    def change(current: Schedule) -> Schedule:
        ended = _ended(current, services)
        return replace(
            current,
            paused=False,
            paused_until=None,
            memory=Memory(current.memory.round + 1) if ended else current.memory,
            trouble="" if ended else current.trouble,
        )

    text = tr("The series begins again.") if _ended(found, services) else tr("It goes on.")
    return await told(await changed(found, ask, services, change), text, ask, services)


def _ended(schedule: Schedule, services: Services) -> bool:
    """Whether it is a series of which everything was shown."""
    series = schedule.plan.order is Order.SERIES and bool(schedule.memory.shown)
    return series and drawn(schedule, services) is None


@command("daily skip", audience=Audience.MODERATOR, private=True, acts=True)
async def skip(ask: Request, services: Services, schedule: Number = "") -> Reply:
    """Leave out the next prompt; in a series, its part comes the time after."""
    tr = ask.tr
    found = await chosen(schedule, "daily skip", ask, services)
    if isinstance(found, Reply):
        return found
    book = book_of(ask, services)

    async def attempt(current: Schedule) -> tuple[datetime, Schedule] | None:
        if current.next_day is None or current.due is None:
            raise RefusedError(standing(current, ask))
        # As a delivery of that day, it stays skipped whatever is changed later.
        skipped = Delivery(
            0,
            current.id,
            current.next_day,
            What.PROMPT,
            0,
            "",
            current.due,
            State.SKIPPED,
            current.due,
            problem=ASKED,
            settled_at=services.now(),
        )
        shown = None if current.plan.order is Order.SERIES else drawn(current, services)
        after = await _beyond(current, services, ask)
        if shown:
            skipped, after = replace(skipped, item=shown[0]), replace(after, memory=shown[1])
        return (current.due, after) if await book.enqueue([Step(current, after, skipped)]) else None

    due, after = await insist(found, ask, services, attempt)
    text = tr("Nothing comes on {moment}.", moment=moment(due, after.plan, tr))
    return await told(after, text, ask, services)


async def _beyond(schedule: Schedule, services: Services, ask: Request) -> Schedule:
    """A schedule with the prompt after its next one as its next one."""
    had = await days_had(schedule, book_of(ask, services))
    coming = following(schedule.plan, schedule.due or services.now())
    day, due = next(each for each in coming if each[0] not in had)
    return replace(schedule, next_day=day, due=due)


@command("daily remove", audience=Audience.MODERATOR, private=True, acts=True)
async def remove(
    ask: Request,
    services: Services,
    schedule: Number = "",
    confirm: Annotated[Whether | None, Choose(message("Whether you are sure: it cannot be undone"))] = None,
) -> Reply:
    """End a schedule and forget what it posted."""
    tr = ask.tr
    given = {"confirm": confirm.value} if confirm else None
    found = await chosen(schedule, "daily remove", ask, services, given)
    if isinstance(found, Reply):
        return found
    named = brief(found, ask)
    if confirm is Whether.YES:
        await book_of(ask, services).remove(found.id)
        text = tr("Removed, with all that was kept of it: {schedule}.", schedule=named)
        return Reply(text, choices=(Choice(spoken("daily list", ask), Ask("daily list")),))
    if confirm is Whether.NO:
        return await told(found, tr("It stays."), ask, services)
    # By its id: another one may have its number when the button is pressed.
    sure = Choice(tr("Remove it"), Ask("daily remove", {"schedule": found.id, "confirm": Whether.YES.value}))
    pausing = Choice(tr("Pause it instead"), Ask("daily pause", {"schedule": str(found.number)}))
    text = tr("Remove this schedule for good? {schedule}", schedule=named)
    return Reply(text, choices=(sure, pausing))


@command("daily now", audience=Audience.MODERATOR, private=True, acts=True)
async def now(ask: Request, services: Services, schedule: Number = "") -> Reply:
    """Post one at once: today's, or one more."""
    tr = ask.tr
    found = await chosen(schedule, "daily now", ask, services)
    if isinstance(found, Reply):
        return found

    async def attempt(current: Schedule) -> Delivery | None:
        return await _posted_at_once(current, ask, services)

    posted = await insist(found, ask, services, attempt)
    services.posters.changed.set()
    text = tr("On its way: {title}.", title=title(posted.item, ask, services))
    if posted.what is What.PROMPT:
        text = f"{text} {tr('It counts as the prompt of today.')}"
    return Reply(text, choices=leading(found, ask, "daily status"))


async def _posted_at_once(schedule: Schedule, ask: Request, services: Services) -> Delivery | None:
    """What was put in the queue; None where the schedule changed since it was read.

    Raises:
        RefusedError: There were enough today, or there is nothing to post.
    """
    tr, book, at = ask.tr, book_of(ask, services), services.now()
    found = drawn(schedule, services)
    if found is None:
        ended = FINISHED if _ended(schedule, services) else EMPTY
        raise RefusedError(
            tr("There is nothing to post: {problem}.", problem=problem(ended, tr)),
            leading(schedule, ask, "daily resume" if ended == FINISHED else "daily status"),
        )
    item, memory = found
    today = local_day(at, schedule.plan.zone)
    delivery = Delivery(0, schedule.id, today, What.PROMPT, 0, item, at, State.PENDING, at)
    if not schedule.paused and schedule.next_day == today and today not in await days_had(schedule, book):
        after = replace(await _beyond(schedule, services, ask), memory=memory)
        return delivery if await book.enqueue([Step(schedule, after, delivery)]) else None
    history = await book.history(schedule.id, HISTORY)
    if sum(each.what is What.EXTRA and each.day == today for each in history) >= EXTRAS:
        raise RefusedError(tr("There were {n} on request today; that is enough for a room.", n=EXTRAS))
    extra = replace(delivery, what=What.EXTRA)
    after = replace(schedule, memory=memory)
    return await book.extra(schedule, after, extra)  # noqa: S610 - a method of `Book`, not of a query
