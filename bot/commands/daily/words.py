"""Schedules in words: when, where, what from, how it stands, and what became of what was posted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.commands.cards import called, short_title
from bot.commands.daily.prompt import title_of
from bot.commands.daily.typed import said_days, said_kinds
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.commands.words import spoken
from bot.daily.model import Delivery, Draw, Order, Plan, Schedule, State
from bot.errors import UnknownEntryError
from bot.i18n import Translator, message
from bot.model import Source
from bot.posting import Problem
from bot.reply import Facts

# Why something was not posted, as `Schedule.trouble` and `Delivery.problem` have it.
TROUBLES = {
    Problem.GONE.value: message("the place to post in is gone, or I am not in it any more"),
    Problem.FORBIDDEN.value: message("I am not allowed to post there"),
    "unreachable": message("the platform could not be reached"),
    "uncertain": message(
        "it is uncertain whether the platform took it; it was not sent again, so that nothing comes twice"
    ),
    "broken": message("its time zone, or something else of it, is not known now"),
    "empty": message("there is nothing to draw from"),
    "finished": message("the series is at its end"),
    "late": message("it was too late to post it"),
    "paused": message("prompts were paused"),
    "asked": message("a moderator skipped it"),
}
ASKED = "asked"
OUTCOMES = {
    State.PENDING: message("about to be posted"),
    State.SENT: message("posted"),
    State.FAILED: message("not posted: {problem}"),
    State.SKIPPED: message("left out: {problem}"),
    State.UNCERTAIN: message("uncertain whether it was posted"),
}
NO_THREAD = message("posted, but its thread could not be opened")
AGAIN = message("not posted yet, and tried again: {problem}")
MISSING = message("I lack the permission “{permission}” there")


def moment(due: datetime, plan: Plan, tr: Translator) -> str:
    """An instant as the clocks of a plan's zone show it."""
    try:
        local = due.astimezone(ZoneInfo(plan.zone))
    except (LookupError, ValueError, OSError):  # a zone that newer zone data do not have
        utc = due.astimezone(UTC)
        return tr("{day}, {time} UTC", day=tr.full_day(utc.date()), time=tr.clock(utc.time()))
    return tr("{day}, {time}", day=tr.full_day(local.date()), time=tr.clock(local.time()))


def timing(plan: Plan, tr: Translator) -> str:
    """When prompts come: days, time and zone."""
    days = said_days(plan.days, tr)
    return tr("{days} at {time} ({zone})", days=days, time=tr.clock(plan.at), zone=plan.zone)


def where(place_id: str, ask: Request) -> str:
    """What a place is called for whoever asks."""
    if ask.place is not None and ask.place.id == place_id:
        return ask.tr("here")
    return ask.called(place_id) or ask.tr("in another channel")


def said_draw(draw: Draw, ask: Request, services: Services) -> str:
    """What is drawn from."""
    tr = ask.tr
    values = {
        "kinds": said_kinds(draw.kinds, tr),
        "topic": tr.all_of(tr("“{title}”", title=_name(topic, ask, services)) for topic in draw.topics),
        "source": _name(draw.source, ask, services),
    }
    match bool(draw.topics), bool(draw.source):
        case True, True:
            return tr("{kinds} on {topic} from “{source}”", **values)
        case True, False:
            return tr("{kinds} on {topic}", **values)
        case False, True:
            return tr("{kinds} from “{source}”", **values)
        case _:
            return values["kinds"]


def said_order(plan: Plan, ask: Request, services: Services) -> str:
    """In what order, and from what."""
    if plan.order is Order.SERIES:
        return ask.tr(
            "“{source}” in parts, one after the other", source=_name(plan.draw.source, ask, services)
        )
    return ask.tr("{what}; shuffled, nothing twice", what=said_draw(plan.draw, ask, services))


def _name(item_id: str, ask: Request, services: Services) -> str:
    try:
        item = services.shelf.get(item_id)
    except UnknownEntryError:
        return ask.tr("no longer on the shelf")
    return short_title(item) if isinstance(item, Source) else called(item, ask)


def title(item_id: str, ask: Request, services: Services) -> str:
    """What a drawn item is called."""
    try:
        return title_of(item_id, ask, services)
    except UnknownEntryError:
        return ask.tr("no longer on the shelf")


def facts(schedule: Schedule, ask: Request, services: Services) -> Facts:
    """What holds for a schedule, except what is as usual."""
    return Facts(tuple(_rows(schedule, ask, services)))


def _rows(schedule: Schedule, ask: Request, services: Services) -> Iterator[tuple[str, str]]:
    tr, plan = ask.tr, schedule.plan
    yield tr("When"), timing(plan, tr)
    if schedule.owner is None:
        yield tr("Where"), tr("your direct messages")
    else:
        yield tr("Where"), where(schedule.place.id, ask)
    yield tr("What"), said_order(plan, ask, services)
    if plan.language != tr.language:
        yield tr("Language"), tr.language_name(plan.language)
    if plan.thread:
        yield tr("Thread"), tr("one under each prompt")
    if plan.mention:
        known = tr(plan.mention) if plan.mention in ask.mentionable else ask.called(plan.mention)
        yield tr("Mentioned"), known or tr("a role")
    if plan.tell and plan.tell != schedule.place.id:
        yield tr("Trouble is told"), where(plan.tell, ask)


def standing(schedule: Schedule, ask: Request) -> str:
    """How a schedule stands: when the next prompt is due, or why there is none, and what trouble it has."""
    tr = ask.tr
    said: list[str] = []
    if schedule.paused and schedule.paused_until is None:
        said.append(tr("Paused; {resume} lets it go on.", resume=spoken("daily resume", ask)))
    elif schedule.paused and schedule.paused_until is not None:
        said.append(tr("Paused until {day}.", day=tr.full_day(schedule.paused_until)))
    if schedule.trouble:
        said.append(tr("Trouble: {problem}.", problem=problem(schedule.trouble, tr)))
    if schedule.trouble == "finished":
        said.append(tr("{resume} begins it again.", resume=spoken("daily resume", ask)))
    elif schedule.due is not None:
        said.append(tr("Next: {moment}.", moment=moment(schedule.due, schedule.plan, tr)))
    return " ".join(said)


def problem(trouble: str, tr: Translator) -> str:
    """Why something was not posted."""
    reason, _, permission = trouble.partition(":")
    if permission:
        return tr(MISSING, permission=tr(permission))
    return tr(TROUBLES[reason]) if reason in TROUBLES else tr("something went wrong")


def outcome(delivery: Delivery, tr: Translator) -> str:
    """What became of a delivery."""
    said = OUTCOMES[delivery.state]
    if delivery.problem and delivery.state is State.SENT:
        said = NO_THREAD
    elif delivery.problem and delivery.state is State.PENDING:
        said = AGAIN
    return tr(said, problem=problem(delivery.problem, tr))
