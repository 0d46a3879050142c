"""Daily prompts for everybody: that of today, and one's own by direct message."""

import asyncio
import secrets
from dataclasses import fields, replace
from datetime import date
from typing import Annotated

import structlog

from bot.commands.daily.deliveries import part_of, round_of
from bot.commands.daily.plan import WHEN, Planner, Wish, offered_zones
from bot.commands.daily.prompt import prompt
from bot.commands.daily.schedules import COMING, HISTORY, book_of, dates, insist, settled
from bot.commands.daily.schedules import theirs as schedules_of
from bot.commands.daily.stock import stock
from bot.commands.daily.typed import offered_days, offered_kinds, offered_times
from bot.commands.daily.words import facts, moment, standing
from bot.commands.describe import Choose, Services, Typed, command
from bot.commands.parse import RefusedError
from bot.commands.request import Request
from bot.commands.words import Language, spoken
from bot.daily.clock import local_day
from bot.daily.model import Delivery, Draw, Order, Schedule, State, What
from bot.daily.order import shuffled
from bot.errors import UnknownEntryError
from bot.i18n import message
from bot.model import Place
from bot.posting import Post, Problem, UnfitPlaceError
from bot.reply import Ask, Block, Bullets, Card, Choice, Paragraph, Reply

PATIENCE = 5.0  # seconds for a word of welcome, for whose outcome somebody waits

log = structlog.get_logger()


@command("daily today")
async def today(ask: Request, services: Services) -> Reply:
    """Today's reading, with a question to think about."""
    if (posted := await _posted_today(ask, services)) is not None:
        delivery, schedule = posted
        return prompt(
            delivery.item,
            ask,
            services,
            part=part_of(delivery.item, schedule, services),
            round=round_of(delivery.item, schedule),
        )
    item_id, number = _of_the_day(services.today(), services)
    if not item_id:
        raise UnknownEntryError(ask.tr("Nothing on this shelf has a question to think about yet."))
    return prompt(item_id, ask, services, round=number)


async def _posted_today(ask: Request, services: Services) -> tuple[Delivery, Schedule] | None:
    """The last that was posted today by a schedule of this community, if it is still on the shelf."""
    if services.book is None:
        return None
    found: list[tuple[Delivery, Schedule]] = []
    drawable = stock(services.shelf).ids(Draw(), Order.SHUFFLED)
    for schedule in await schedules_of(ask, services):
        day = local_day(services.now(), schedule.plan.zone)
        found += [
            (each, schedule)
            for each in await services.book.history(schedule.id, HISTORY)
            if each.day == day
            and each.state is State.SENT
            and each.what in {What.PROMPT, What.EXTRA}
            and each.item in drawable
        ]
    here = [each for each in found if each[1].place == ask.place]
    return max(here or found, key=lambda each: each[0].due, default=None)


def _of_the_day(day: date, services: Services) -> tuple[str, int]:
    """What everybody is shown on a day, drawn from all there is, and the round; empty where there is nothing.

    Nothing is remembered for it: days are counted, and nothing comes twice in a round of as many days as
    there are items.
    """
    items = stock(services.shelf).ids(Draw(), Order.SHUFFLED)
    if not items:
        return "", 0
    number, place = divmod(day.toordinal(), len(items))
    return shuffled(items, "today", number)[place], number


@command("daily me", private=True, acts=True)
async def me(
    ask: Request,
    services: Services,
    *,
    time: Annotated[
        str, Typed(message("The local time of day, such as 09:00"), offered_times, example=WHEN)
    ] = "",
    zone: Annotated[str, Typed(message("Your time zone, by a city or its name"), offered_zones)] = "",
    days: Annotated[str, Typed(message("Days of the week, if not every day"), offered_days)] = "",
    what: Annotated[
        str, Typed(message("Readings, sections, actions, terms, if not everything"), offered_kinds)
    ] = "",
    language: Annotated[
        Language | None, Choose(message("The language around it; the documents are in English"))
    ] = None,
) -> Reply:
    """Have a reading sent to you alone, by direct message."""
    tr = ask.tr
    book = book_of(ask, services)
    place = await _direct(ask)
    wish = Wish(time, zone, days, what, language=language)
    given = {field.name: str(value) for field in fields(wish) if (value := getattr(wish, field.name))}
    planner = Planner("daily me", given, ask, services)
    found = await book.own(place)
    if not given:
        return await _told(found, tr("This is what comes to you:"), ask, services) if found else _offer(ask)
    if found is None:
        plan = await planner.planned(wish, None)
        if place != ask.place:
            await _greet(place, ask, services)
        new = await settled(Schedule(secrets.token_hex(8), None, 0, place, plan), book, services.now())
        kept = await book.add(new, 1) or new
    else:

        async def attempt(current: Schedule) -> Schedule | None:
            after = replace(current, plan=await planner.planned(wish, current.plan))
            after = await settled(after, book, services.now())
            return after if await book.change(current, after) else None

        kept = await insist(found, ask, services, attempt)
    return await _told(kept, tr("From now on I write to you:"), ask, services)


async def _direct(ask: Request) -> Place:
    """Where this reader alone can be written to. Raises `RefusedError` where nobody can."""
    if ask.direct is None:
        raise RefusedError(
            ask.tr("Here I can only answer; there is no conversation in which I could write to you.")
        )
    return await ask.direct()


async def _greet(place: Place, ask: Request, services: Services) -> None:
    """Say hello where readings are to come, so that it shows now, and not tomorrow, whether they can.

    Raises:
        RefusedError: They cannot. Whatever else goes wrong may be over until there is something to read.
    """
    tr = ask.tr
    poster = services.posters.of(place.platform)
    if poster is None:
        return
    text = tr("Here I will write to you. {forget} ends it.", forget=spoken("daily forget", ask))
    try:
        async with asyncio.timeout(PATIENCE):
            await poster.post(Post(place, Reply(text), secrets.token_hex(12), ask.locale))
    except UnfitPlaceError as error:
        if error.problem is Problem.FORBIDDEN:
            raise RefusedError(
                tr(
                    "I may not write to you: you do not take direct messages from me. Allow them in the"
                    " settings of your app, and say this once more. Nothing was kept."
                )
            ) from error
    except Exception as error:  # noqa: BLE001 - a platform may fail in any way
        log.warning("greeting not posted", platform=place.platform, error=type(error).__name__)


def _offer(ask: Request) -> Reply:
    """What somebody can have, who said nothing about it yet."""
    tr = ask.tr
    text = tr(
        "I can send you something to read by direct message, with where it comes from and a question to think"
        " about. Tell me when, and in which time zone: {example}",
        example=f"{spoken('daily me', ask)} {tr.name('time')}:09:00 {tr.name('zone')}:Toronto",
    )
    return Reply(f"{text}\n\n{_kept(ask)}", choices=(_today(ask),))


async def _told(schedule: Schedule, text: str, ask: Request, services: Services) -> Reply:
    tr = ask.tr
    coming = await dates(schedule, book_of(ask, services), COMING)
    days = tuple(moment(due, schedule.plan, tr) for _, due in coming)
    blocks: list[Block] = [facts(schedule, ask, services), Bullets(days, tr("The next ones:"))]
    if schedule.trouble:
        blocks.append(Paragraph(standing(schedule, ask)))
    forget = Choice(tr("End it and forget it"), Ask("daily forget"))
    card = Card(tr("Your daily reading"), (*blocks, Paragraph(_kept(ask))))
    return Reply(text, (card,), (_today(ask), forget))


def _kept(ask: Request) -> str:
    return ask.tr(
        "Kept for this are the conversation to write to, what you chose here, and how far it has come, but"
        " not your name or your id. {forget} ends it and erases all of that.",
        forget=spoken("daily forget", ask),
    )


def _today(ask: Request) -> Choice:
    return Choice(ask.tr("Today's reading"), Ask("daily today"))


@command("daily forget", private=True, acts=True)
async def forget(ask: Request, services: Services) -> Reply:
    """End what is sent to you, and forget it."""
    tr = ask.tr
    book = book_of(ask, services)
    found = await book.own(await _direct(ask))
    if found is not None and await book.remove(found.id):
        return Reply(tr("It is over, and everything that was kept for it is erased."))
    return Reply(tr("Nothing is sent to you, and nothing is kept for it."))
