"""What moderators make of a suggestion: approve it, as it is or edited, or decline it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Unpack

from bot.commands.describe import Choose, Services, Typed, Written, command
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.review.cards import PRINT, one, print_of, suggested
from bot.commands.review.deciding import Settled, Step, approval, found, refusal, settled
from bot.commands.review.waiting import list_
from bot.commands.shelf.entering import form, taken, told, unfit
from bot.commands.shelf.own import Fields, shelf_of, typed_in
from bot.commands.shelf.topics import topic_meant
from bot.commands.words import Whether
from bot.curation.entry import Filled, UnfitFieldsError, filled, name_of
from bot.curation.model import Seed, Suggestion
from bot.curation.saying import Saying, UnfitError
from bot.curation.sorts import Part, sort_of
from bot.curation.words import REASON, cleaned
from bot.i18n import message
from bot.reply import Ask, Choice, Field, Form, Reply

Which = Annotated[str, Typed(message("The suggestion, by its number in the list"))]
Seen = Annotated[
    str, Written(message("What it said when you saw it, as its button has it"), PRINT, carried=True)
]
EDITED = message("Another moderator has just edited it. Please look at it again.")


@command("review approve", audience=Audience.MODERATOR, private=True, acts=True)
async def approve(ask: Request, services: Services, suggestion: Which = "", seen: Seen = "") -> Reply:
    """Put what was suggested on the shelf, as it is."""
    if not suggestion:
        return await list_(ask, services)
    waiting = await found(suggestion, ask, services)
    if _is_another(waiting, seen):
        return _edited_meanwhile(waiting, ask, services)

    async def attempt(current: Suggestion) -> Step:
        return await approval(_unedited(current, waiting, ask), waiting.seed, ask, services)

    return await _approved(await settled(waiting, ask, services, attempt), (), ask, services)


@command("review edit", audience=Audience.MODERATOR, private=True, acts=True)
async def edit(
    ask: Request,
    services: Services,
    suggestion: Which = "",
    seen: Seen = "",
    police: Annotated[
        Whether | None, Choose(message("Whether a contact involves police or border agencies"))
    ] = None,
    **fields: Unpack[Fields],
) -> Reply:
    """Change what was suggested, and approve it with that."""
    tr, typed = ask.tr, typed_in(fields)
    if not suggestion:
        return await list_(ask, services)
    waiting = await found(suggestion, ask, services)
    again = Ask("review edit", one(waiting) | ({"police": police.value} if police else {}))
    sort = sort_of(str(waiting.seed["id"]))
    if not typed and police is None:
        text = tr("What you change here is what comes onto the shelf; with that, you approve it.")
        return Reply(text, form=form(sort, Part.MAIN, again, ask, seed=waiting.seed))
    if _is_another(waiting, seen):
        stands = form(sort, Part.MAIN, again, ask, seed=waiting.seed, values=typed)
        return replace(_edited_meanwhile(waiting, ask, services), form=stands)
    try:
        made = await _edited(waiting.seed, typed, police, ask, services)
    except UnfitFieldsError as error:
        return unfit(error, sort, typed, again, ask, seed=waiting.seed)

    async def attempt(current: Suggestion) -> Step:
        return await approval(_unedited(current, waiting, ask), made.seed, ask, services)

    return await _approved(await settled(waiting, ask, services, attempt), made.warnings, ask, services)


def _is_another(suggestion: Suggestion, seen: str) -> bool:
    """Whether a suggestion does not say any more what somebody saw; who names it alone saw what it says."""
    return seen not in {"", print_of(suggestion.seed)}


def _edited_meanwhile(suggestion: Suggestion, ask: Request, services: Services) -> Reply:
    """What a suggestion says since somebody edited it, to be decided on anew."""
    return Reply(ask.tr(EDITED), (suggested(suggestion, ask, services),), found=False)


def _unedited(current: Suggestion, seen: Suggestion, ask: Request) -> Suggestion:
    """A suggestion that is still as it was seen: nobody approves what somebody else wrote meanwhile."""
    if current.seed != seen.seed:
        raise RefusedError(ask.tr(EDITED))
    return current


async def _edited(
    seed: Seed, typed: Mapping[str, str], police: Whether | None, ask: Request, services: Services
) -> Filled:
    return filled(
        sort_of(str(seed["id"])),
        typed,
        seed,
        taken=taken(await shelf_of(ask, services), services),
        topic_of=lambda words: topic_meant(words, services),
        by=str(seed.get("by", "")),
        today=services.today(),
        police=None if police is None else police is Whether.YES,
    )


async def _approved(settled: Settled, warnings: Iterable[Saying], ask: Request, services: Services) -> Reply:
    tr = ask.tr
    if settled.own is None:
        text = tr("You approved it. It comes onto the shelf when one more moderator does, too.")
        reply = Reply(
            "\n".join((*(warning.spoken(tr) for warning in warnings), text)),
            (replace(suggested(settled.suggestion, ask, services), choices=()),),
        )
    else:
        text = tr("Approved: it is on the shelf now.")
        reply = await told(settled.own, text, ask, services, warnings)
    return _with_trouble(reply, settled, ask)


@command("review decline", audience=Audience.MODERATOR, private=True, acts=True)
async def decline(
    ask: Request,
    services: Services,
    suggestion: Which = "",
    reason: Annotated[
        str | None, Written(message("Why it is declined; it may be left out"), REASON.characters)
    ] = None,
) -> Reply:
    """Not put it on the shelf, with a reason or without."""
    tr = ask.tr
    if not suggestion:
        return await list_(ask, services)
    waiting = await found(suggestion, ask, services)
    if reason is None:
        text = tr("Decline “{title}”?", title=name_of(waiting.seed))
        return Reply(text, form=_reasons(waiting, ask))
    try:
        why = cleaned(reason, REASON)
    except UnfitError as error:
        said = error.saying.spoken(tr)
        return Reply(
            tr("Nothing is decided yet: something has to be put differently."),
            form=_reasons(waiting, ask, reason, said),
            found=False,
        )

    async def attempt(current: Suggestion) -> Step:
        return refusal(current, why, ask, services)

    done = await settled(waiting, ask, services, attempt)
    return _with_trouble(Reply(tr("Declined: “{title}”.", title=name_of(waiting.seed))), done, ask)


def _reasons(suggestion: Suggestion, ask: Request, value: str = "", problem: str = "") -> Form:
    tr = ask.tr
    hint = tr("Who suggested it is told, if they wanted to be.")
    field = Field("reason", tr("Reason"), hint, value, limit=REASON.characters, problem=problem)
    return Form(tr("Decline"), (field,), Ask("review decline", {"suggestion": suggestion.id}))


def _with_trouble(reply: Reply, settled: Settled, ask: Request) -> Reply:
    """What was decided; and that the card in the queue does not say so, if it does not."""
    tr = ask.tr
    if settled.hindered:
        cannot = tr("Its card in the queue could not be changed: {problem}.", problem=settled.hindered)
        reply = replace(reply, text=f"{reply.text}\n{cannot}")
    return replace(reply, choices=(*reply.choices, Choice(tr("What else waits"), Ask("review list"))))
