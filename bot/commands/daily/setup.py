"""Setting up a reading prompt every day, and changing it."""

import secrets
from dataclasses import fields, replace
from typing import Annotated

from bot.commands.daily.plan import WHEN, Planner, Wish, offered_zones
from bot.commands.daily.schedules import book_of, chosen, insist, settled, theirs, told
from bot.commands.daily.typed import offered_days, offered_kinds, offered_times
from bot.commands.describe import Channel, Choose, Document, Role, Services, Topic, Typed, command
from bot.commands.parse import RefusedError
from bot.commands.permission import refusal
from bot.commands.request import Audience, Request
from bot.commands.words import Clear, Language, Whether, spoken
from bot.daily.model import Memory, Order, Plan, Schedule
from bot.daily.steps import BROKEN, EMPTY, FINISHED
from bot.i18n import message
from bot.model import Kind, Place
from bot.reply import Ask, Choice, Reply

MOST = 10  # schedules of a community: more would be a feed that nobody reads


@command("daily set", audience=Audience.MODERATOR, private=True, acts=True)
async def set_(
    ask: Request,
    services: Services,
    *,
    time: Annotated[
        str, Typed(message("The local time of day, such as 09:00"), offered_times, example=WHEN)
    ] = "",
    zone: Annotated[str, Typed(message("The time zone, by a city or its name"), offered_zones)] = "",
    where: Annotated[str, Channel(message("Where to post, if not here"))] = "",
    days: Annotated[str, Typed(message("Days of the week, if not every day"), offered_days)] = "",
    what: Annotated[
        str, Typed(message("Readings, sections, actions, terms, if not everything"), offered_kinds)
    ] = "",
    topic: Annotated[str, Topic(message("Only what is filed under a topic"), frozenset({Kind.SUMMARY}))] = "",
    source: Annotated[str, Document(message("Only what comes from one of the documents"))] = "",
    order: Annotated[Order | None, Choose(message("Shuffled, or one document part by part"))] = None,
    thread: Annotated[Whether | None, Choose(message("Open a thread to talk in under each prompt"))] = None,
    language: Annotated[
        Language | None, Choose(message("The language around it; the documents are in English"))
    ] = None,
    mention: Annotated[str, Role(message("Whom to mention, if anybody"))] = "",
    tell: Annotated[str, Channel(message("Where to tell moderators of trouble, if not here"))] = "",
    schedule: Annotated[str, Typed(message("The number of a schedule to change instead of a new one"))] = "",
    clear: Annotated[Clear | None, Choose(message("What the schedule is to be without from now on"))] = None,
) -> Reply:
    """Set up a reading prompt every day, with a time and a zone; or change one."""
    wish = Wish(time, zone, days, what, topic, source, order, thread, language, mention, tell, clear)
    given = {field.name: str(value) for field in fields(wish) if (value := getattr(wish, field.name))}
    if where:
        given["where"] = where
    book = book_of(ask, services)
    if not schedule:
        planner = Planner("daily set", given, ask, services)
        return await _new(wish, where, planner) if given else _manual(ask)
    found = await chosen(schedule, "daily set", ask, services, given)
    if isinstance(found, Reply):
        return found
    planner = Planner("daily set", {**given, "schedule": str(found.number)}, ask, services)

    async def attempt(current: Schedule) -> Schedule | None:
        plan = await planner.planned(wish, current.plan)
        after = await settled(_replanned(current, plan, where), book, services.now())
        return after if await book.change(current, after) else None

    after = await insist(found, ask, services, attempt)
    return await told(after, ask.tr("Schedule {n} is changed.", n=after.number), ask, services)


def _manual(ask: Request) -> Reply:
    """How to set one up, for whoever said nothing about it yet."""
    tr = ask.tr
    example = f"{spoken('daily set', ask)} {tr.name('time')}:09:00 {tr.name('zone')}:Toronto"
    text = tr(
        "Tell me when, and in which time zone: {example} posts something to read here every day, with where"
        " it comes from and a question to think about. {help} explains what else you can choose.",
        example=example,
        help=spoken("help daily set", ask),
    )
    choices = (
        Choice(spoken("help daily set", ask), Ask("help", {"command": "daily set"})),
        Choice(spoken("daily list", ask), Ask("daily list")),
    )
    return Reply(text, choices=choices)


async def _new(wish: Wish, where: str, planner: Planner) -> Reply:
    ask, services, tr = planner.ask, planner.services, planner.ask.tr
    book = book_of(ask, services)
    if ask.community is None:  # nobody is a moderator there
        raise RefusedError(refusal("daily set", ask))
    plan = await planner.planned(wish, None)
    place = Place(ask.community.platform, where) if where else ask.place
    if place is None:
        raise RefusedError(tr("Nothing can be posted where you are. Name a channel, or ask in one."))
    plan = replace(plan, tell=plan.tell or (ask.place or place).id)
    same = (each for each in await theirs(ask, services) if each.place == place and each.plan == plan)
    if there := next(same, None):
        return await told(there, tr("There is that schedule already."), ask, services)
    new = Schedule(secrets.token_hex(8), ask.community, 0, place, plan)
    kept = await book.add(await settled(new, book, services.now()), MOST)
    if kept is None:
        raise RefusedError(
            tr("There are {n} schedules here, and no room for more. Change one, or remove one.", n=MOST),
            [Choice(spoken("daily list", ask), Ask("daily list"))],
        )
    return await told(kept, tr("From now on I post something to read:"), ask, services)


def _replanned(current: Schedule, plan: Plan, where: str) -> Schedule:
    """A schedule that goes by another plan, and posts `where` if that is given."""
    begins = plan.order is Order.SERIES and (
        current.plan.order is not Order.SERIES or current.plan.draw.source != plan.draw.source
    )
    return replace(
        current,
        plan=plan,
        place=Place(current.place.platform, where) if where else current.place,
        # A series begins at its beginning, also where some of its parts were shown before, shuffled.
        memory=Memory(current.memory.round + 1) if begins else current.memory,
        # Why there was none to come may not hold any more; whether posting works, the next one shows.
        trouble="" if current.trouble in {BROKEN, EMPTY, FINISHED} else current.trouble,
    )
