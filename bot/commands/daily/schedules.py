"""What the commands about daily prompts share: which schedule is meant, how to change it, what comes."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Annotated, TypeVar

from bot.commands.daily.deliveries import drawer, pool_of
from bot.commands.daily.words import facts, moment, standing, timing, where
from bot.commands.describe import Services, Typed, group
from bot.commands.parse import RefusedError
from bot.commands.request import Request
from bot.commands.words import BUTTON, echo, shortened, spoken
from bot.daily.book import Book
from bot.daily.clock import following, on_or_after
from bot.daily.model import Memory, Schedule, State, What
from bot.daily.order import upcoming
from bot.daily.steps import LATE, settled_anew
from bot.i18n import message
from bot.reply import Ask, Block, Bullets, Card, Choice, Paragraph, Reply

T = TypeVar("T")

TRIES = 5  # of a change that somebody else's came before; whoever is slower five times can ask again
COMING = 3  # dates told when something was decided
# Rows looked through for what happened on the last days, and for days to come that were skipped.
HISTORY = 100
NUMBER = re.compile(r"\D{0,3}(\d{1,3})")

Number = Annotated[str, Typed(message("The number of the schedule, where there are several"))]

group("daily", message("A reading prompt every day, for a community or for you alone"))


def book_of(ask: Request, services: Services) -> Book:
    """Where schedules are kept. Raises `RefusedError` where nothing is."""
    if services.book is None:
        raise RefusedError(ask.tr("Nothing is kept here, so there can be no daily prompts."))
    return services.book


async def theirs(ask: Request, services: Services) -> Sequence[Schedule]:
    """The schedules of the community in which a command is given, by number; of no other."""
    return await book_of(ask, services).of(ask.community) if ask.community else ()


async def chosen(
    words: str, command: str, ask: Request, services: Services, given: Mapping[str, str] | None = None
) -> Schedule | Reply:
    """The community's schedule of that number (or id), which goes without saying where there is but one.

    Where there is none at all, the reply that says so. `given` are the other options of the `command`.

    Raises:
        RefusedError: There is none of that number, or it has to be said which.
    """
    tr = ask.tr
    schedules = await theirs(ask, services)
    if not schedules:
        return none_yet(ask)
    if not words and len(schedules) == 1:
        return schedules[0]
    number = NUMBER.fullmatch(words)
    for schedule in schedules:
        if words == schedule.id or (number and int(number[1]) == schedule.number):
            return schedule
    choices = (
        Choice(
            shortened(brief(schedule, ask), BUTTON),
            Ask(command, {**(given or {}), "schedule": str(schedule.number)}),
        )
        for schedule in schedules
    )
    if words:
        sentence = tr("There is no schedule “{number}” here. There are:", number=echo(words))
    else:
        sentence = tr("There are several schedules here. Which one?")
    raise RefusedError(sentence, tuple(choices))


def none_yet(ask: Request) -> Reply:
    """That a community has no schedule, and how it gets one."""
    command = spoken("daily set", ask)
    text = ask.tr("There is no daily prompt here yet. {command} sets one up.", command=command)
    return Reply(text, choices=(Choice(command, Ask("daily set")),))


def brief(schedule: Schedule, ask: Request) -> str:
    """A schedule in a few words: its number, when and where."""
    place = where(schedule.place.id, ask)
    return ask.tr(
        "Schedule {n}, {timing}, {place}",
        n=schedule.number,
        timing=timing(schedule.plan, ask.tr),
        place=place,
    )


def leading(schedule: Schedule, ask: Request, *names: str) -> tuple[Choice, ...]:
    """Choices that give other commands for a schedule."""
    one = {"schedule": str(schedule.number)}
    return tuple(Choice(spoken(name, ask), Ask(name, one)) for name in names)


async def insist(
    schedule: Schedule, ask: Request, services: Services, attempt: Callable[[Schedule], Awaitable[T | None]]
) -> T:
    """What an attempt to change a schedule comes to; where it changed meanwhile (None), try again from there.

    Raises:
        RefusedError: It was removed meanwhile, or changes too often.
    """
    book = book_of(ask, services)
    current: Schedule | None = schedule
    for _ in range(TRIES):
        if current is None:
            raise RefusedError(ask.tr("That schedule was removed meanwhile."))
        if (done := await attempt(current)) is not None:
            return done
        if schedule.owner is None:
            current = await book.own(schedule.place)
        else:
            every = await book.of(schedule.owner)
            current = next((each for each in every if each.id == schedule.id), None)
    raise RefusedError(ask.tr("Somebody else is changing that schedule just now. Please try again."))


async def changed(
    schedule: Schedule, ask: Request, services: Services, change: Callable[[Schedule], Schedule]
) -> Schedule:
    """Change a schedule, with its next prompt counted from now. Raises `RefusedError` as `insist` does."""
    book = book_of(ask, services)

    async def attempt(current: Schedule) -> Schedule | None:
        after = await settled(change(current), book, services.now())
        return after if await book.change(current, after) else None

    return await insist(schedule, ask, services, attempt)


async def settled(schedule: Schedule, book: Book, now: datetime) -> Schedule:
    """A schedule with its next prompt after now, on a date that it has not had its prompt of."""
    anew = settled_anew(schedule, now)
    had = await days_had(schedule, book)
    while anew.next_day in had and anew.next_day is not None:
        day, due = on_or_after(anew.plan, anew.next_day + timedelta(days=1))
        anew = replace(anew, next_day=day, due=due)
    return anew


async def days_had(schedule: Schedule, book: Book) -> set[date]:
    """The dates that have their prompt, or were skipped, and get no other."""
    return {
        each.day
        for each in await book.history(schedule.id, HISTORY)
        if each.what is What.PROMPT and not (each.state is State.SKIPPED and each.problem == LATE)
    }


async def dates(schedule: Schedule, book: Book, n: int) -> list[tuple[date, datetime]]:
    """The next dates on which there is a prompt, and when it is due; none while it is paused for good."""
    if schedule.next_day is None or schedule.due is None:
        return []
    had = await days_had(schedule, book)
    to_come = [(schedule.next_day, schedule.due)]
    to_come += islice(following(schedule.plan, schedule.due), n + len(had))
    return [each for each in to_come if each[0] not in had][:n]


async def told(schedule: Schedule, text: str, ask: Request, services: Services) -> Reply:
    """What holds for a community's schedule now, and what comes next."""
    tr = ask.tr
    coming = await dates(schedule, book_of(ask, services), COMING)
    blocks: list[Block] = [facts(schedule, ask, services)]
    if coming:
        days = tuple(moment(due, schedule.plan, tr) for _, due in coming)
        blocks.append(Bullets(days, tr("The next ones:")))
    else:
        blocks.append(Paragraph(standing(schedule, ask)))
    one = {"schedule": str(schedule.number)}
    choices = (
        Choice(tr("Preview"), Ask("daily preview", one)),
        Choice(tr("Post one now"), Ask("daily now", one)),
        Choice(tr("All schedules"), Ask("daily list")),
        Choice(tr("Resume"), Ask("daily resume", one))
        if schedule.paused
        else Choice(tr("Pause"), Ask("daily pause", one)),
    )
    return Reply(text, (Card(tr("Schedule {n}", n=schedule.number), tuple(blocks)),), choices)


def drawn(schedule: Schedule, services: Services) -> tuple[str, Memory] | None:
    """The next item of a schedule and its memory after that; None where there is none."""
    return drawer(services)(schedule)


def items(schedule: Schedule, services: Services, n: int) -> list[str]:
    """The ids of the next items of a schedule; fewer where there are no more."""
    from_these = pool_of(schedule, services)
    return upcoming(from_these, schedule.memory, schedule.id, schedule.plan.order, n)
