"""What moderators see of the schedules of their community: which there are, what comes, what was posted."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from bot.commands.daily.schedules import (
    HISTORY,
    Number,
    book_of,
    brief,
    chosen,
    dates,
    items,
    leading,
    none_yet,
    theirs,
)
from bot.commands.daily.words import facts, moment, outcome, problem, said_order, standing, title
from bot.commands.describe import Services, command
from bot.commands.request import Audience, Request
from bot.commands.words import spoken
from bot.daily.model import Delivery, Order, State, What
from bot.daily.steps import EMPTY, FINISHED
from bot.reply import Ask, Block, Bullets, Card, Choice, Facts, Paragraph, Reply

PREVIEWED = 7
SHOWN = 10  # posts in a status


@command("daily list", audience=Audience.MODERATOR, private=True)
async def list_(ask: Request, services: Services) -> Reply:
    """The daily prompts of this community, and when each comes next."""
    schedules = await theirs(ask, services)
    if not schedules:
        return none_yet(ask)
    rows = (
        (brief(each, ask), f"{said_order(each.plan, ask, services)}. {standing(each, ask)}")
        for each in schedules
    )
    names = ("daily preview", "daily status", "daily set")
    return Reply(
        cards=(Card(ask.tr("Daily prompts"), (Facts(tuple(rows)),)),),
        choices=tuple(Choice(spoken(name, ask), Ask(name)) for name in names),
    )


@command("daily preview", audience=Audience.MODERATOR, private=True)
async def preview(ask: Request, services: Services, schedule: Number = "") -> Reply:
    """What comes on the next seven days, unless something changes."""
    tr = ask.tr
    found = await chosen(schedule, "daily preview", ask, services)
    if isinstance(found, Reply):
        return found
    titles = [title(item, ask, services) for item in items(found, services, PREVIEWED)]
    days = [moment(due, found.plan, tr) for _, due in await dates(found, book_of(ask, services), PREVIEWED)]
    listed = [tr("{when}: {title}", when=when, title=each) for when, each in zip(days, titles, strict=False)]
    blocks: list[Block] = [Bullets(tuple(listed or titles))] if titles else []
    if not days:
        blocks.insert(0, Paragraph(standing(found, ask)))
    if len(titles) < PREVIEWED:
        ends = FINISHED if found.plan.order is Order.SERIES else EMPTY
        blocks.append(Paragraph(tr("After that: {problem}.", problem=problem(ends, tr))))
    heading = tr("The next prompts of schedule {n}", n=found.number)
    return Reply(
        cards=(Card(heading, tuple(blocks)),), choices=leading(found, ask, "daily skip", "daily now")
    )


@command("daily status", audience=Audience.MODERATOR, private=True)
async def status(ask: Request, services: Services, schedule: Number = "") -> Reply:
    """What was posted last, what comes next, and what went wrong."""
    tr = ask.tr
    found = await chosen(schedule, "daily status", ask, services)
    if isinstance(found, Reply):
        return found
    history = await book_of(ask, services).history(found.id, HISTORY)
    posts = [each for each in history if each.what in {What.PROMPT, What.EXTRA}]
    blocks: list[Block] = [facts(found, ask, services), Paragraph(standing(found, ask))]
    if since := _failing_since(posts):
        blocks.append(
            Paragraph(tr("It has not worked since {moment}.", moment=moment(since, found.plan, tr)))
        )
    listed = tuple(_post(each, ask, services) for each in posts[:SHOWN])
    blocks.append(
        Bullets(listed, tr("The last ones:")) if listed else Paragraph(tr("Nothing was posted yet."))
    )
    if any(each.state is State.UNCERTAIN for each in posts[:SHOWN]):
        uncertain = tr(
            "Uncertain: the connection broke while it was posted, and nobody can tell whether it arrived. So"
            " that nothing comes twice, it was not sent again. Please look; {now} posts one at once.",
            now=spoken("daily now", ask),
        )
        blocks.append(Paragraph(uncertain))
    heading = tr("Schedule {n}", n=found.number)
    onward = leading(
        found, ask, "daily preview", "daily now", "daily resume" if found.paused else "daily pause"
    )
    return Reply(cards=(Card(heading, tuple(blocks)),), choices=onward)


def _post(delivery: Delivery, ask: Request, services: Services) -> str:
    tr = ask.tr
    day, said = tr.full_day(delivery.day), outcome(delivery, tr)
    if delivery.what is What.EXTRA:
        day = tr("{day}, on request", day=day)
    if not delivery.item:
        return tr("{day}: {outcome}", day=day, outcome=said)
    return tr("{day}: {title} ({outcome})", day=day, outcome=said, title=title(delivery.item, ask, services))


def _failing_since(posts: Sequence[Delivery]) -> datetime | None:
    """When the first was due of those that have not been posted since the last one that was."""
    unsent = takewhile(lambda each: each.state is not State.SENT, posts)
    failed = [
        each.due
        for each in unsent
        if each.state is State.FAILED or (each.state is State.PENDING and each.problem)
    ]
    return failed[-1] if failed else None
