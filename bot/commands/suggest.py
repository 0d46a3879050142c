"""Suggesting something for a community's own shelf, which its moderators decide on."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Unpack

from bot.commands.describe import Choose, Services, command
from bot.commands.parse import RefusedError
from bot.commands.request import Request
from bot.commands.review.cards import proposed, resembling
from bot.commands.review.queue import queued
from bot.commands.review.waiting import PENDING
from bot.commands.shelf.entering import form, taken, there_already, unfit
from bot.commands.shelf.own import Fields, ledger_of, shelf_of, typed_in
from bot.commands.shelf.topics import topic_meant
from bot.commands.words import Whether, label, spoken
from bot.curation.entry import (
    SUGGESTED_BY,
    Filled,
    UnfitFieldsError,
    addresses_of,
    filled,
    name_of,
    texts_of,
)
from bot.curation.model import Seed, Suggestion
from bot.curation.same import Marks, Same, likeness, marks
from bot.curation.sorts import Part, Sort, sort_of
from bot.errors import InfoshopError
from bot.i18n import message
from bot.model import Community, Place, Visibility
from bot.reply import Ask, Choice, Reply

ID = 6  # bytes of a suggestion's id, written in hexadecimal: short enough to be typed


@command("suggest", private=True, acts=True)
async def suggest(
    ask: Request,
    services: Services,
    kind: Annotated[Sort | None, Choose(message("What you suggest"))] = None,
    anonymous: Annotated[
        Whether | None, Choose(message("Without keeping who you are, which is usual, or with it"))
    ] = None,
    anyway: Annotated[
        Whether | None, Choose(message("Whether to send it although it may be here already"))
    ] = None,
    **fields: Unpack[Fields],
) -> Reply:
    """Suggest something for this community's own shelf."""
    tr, typed = ask.tr, typed_in(fields)
    keeper = _keeper(ask, services)
    chosen = {"kind": kind, "anonymous": anonymous, "anyway": anyway}
    given = {name: value.value for name, value in chosen.items() if value}
    if kind is None:
        return _which(ask, {**given, **typed})
    again = Ask("suggest", given)
    if not typed:
        text = tr("The moderators here read what you send, and decide whether it comes onto the shelf.")
        return Reply(f"{text} {_promise(anonymous, ask)}", form=form(kind, Part.MAIN, again, ask))
    try:
        made = filled(
            kind,
            typed,
            None,
            taken=taken(await shelf_of(ask, services), services),
            topic_of=lambda words: topic_meant(words, services),
            by=SUGGESTED_BY,
            today=services.today(),
        )
    except UnfitFieldsError as error:
        return unfit(error, kind, typed, again, ask)
    if twice := await _twice(made.seed, keeper, anyway, ask, services):
        text, shown, may_go_on = twice
        return _instead(text, kind, typed, again, ask, shown=shown, may_go_on=may_go_on)
    suggestion = await _kept(made.seed, keeper, anonymous, ask, services)
    if isinstance(suggestion, str):
        return _instead(suggestion, kind, typed, again, ask)
    return await _sent(suggestion, made, anonymous, ask, services)


def _keeper(ask: Request, services: Services) -> Community:
    """The community whose shelf it would come onto. Raises `RefusedError` where nobody may suggest."""
    tr = ask.tr
    ledger_of(ask, services)
    if ask.keeper is None:
        raise RefusedError(tr("A suggestion is for one server or room: please make it there."))
    if not services.communities.of(ask.keeper).suggestions:
        switch = f"{spoken('settings', ask)} {tr.name('suggestions')}:{tr('yes')}"
        raise RefusedError(
            tr("Suggestions are off here. Moderators can switch them on with {settings}.", settings=switch)
        )
    return ask.keeper


def _which(ask: Request, given: Mapping[str, str]) -> Reply:
    choices = (Choice(label(sort, ask.tr), Ask("suggest", {**given, "kind": sort.value})) for sort in Sort)
    return Reply(ask.tr("What do you want to suggest?"), choices=tuple(choices))


def _promise(anonymous: Whether | None, ask: Request) -> str:
    """What will be kept of who sends it."""
    if anonymous is Whether.NO:
        return ask.tr(
            "The id of your account, which the moderators here can see, and where to write to you are kept"
            " until you have been told what became of it."
        )
    return ask.tr("Nothing about you is kept with it.")


async def _twice(
    seed: Seed, keeper: Community, anyway: Whether | None, ask: Request, services: Services
) -> tuple[str, Sequence[Choice], bool] | None:
    """That it seems to be here already, what shows it, and whether it may be sent all the same."""
    tr = ask.tr
    waiting = await ledger_of(ask, services).pending(keeper, PENDING)
    # What others suggest is nobody's business before it is decided: it is said that they did, and no more.
    before = await asyncio.to_thread(_alike, seed, [each.seed for each in waiting])
    there = await asyncio.to_thread(resembling, seed, services)
    certain = any(each.certain for each in (*before, *(same for _, same in there)))
    if not (there or before) or (anyway is Whether.YES and not certain):
        return None
    said = [same.reason.spoken(tr) for _, same in there]
    if any(each.certain for each in before):
        said.append(tr("Somebody suggested the same already: the moderators have yet to decide."))
    elif before:
        said.append(tr("Somebody may have suggested the same already: the moderators have yet to decide."))
    return "\n".join(said), there_already(there, ask, services), not certain


def _alike(seed: Seed, others: Sequence[Seed]) -> list[Same]:
    """What others have in common with what is suggested."""
    mine, sort = _marks(seed), sort_of(str(seed["id"]))
    found = [(other, likeness(mine, _marks(other))) for other in others]
    # A title tells within one kind.
    return [same for other, same in found if same and (same.certain or sort is sort_of(str(other["id"])))]


def _marks(seed: Seed) -> Marks:
    return marks(name_of(seed), addresses_of(seed), texts_of(seed))


def _instead(
    text: str,
    kind: Sort,
    typed: Mapping[str, str],
    again: Ask,
    ask: Request,
    *,
    shown: Sequence[Choice] = (),
    may_go_on: bool = False,
) -> Reply:
    """Why it was not sent, with the form as it was filled in, and the way to send it all the same if any."""
    tr = ask.tr
    said = [text, tr("Nothing was sent yet.")]
    sure = Ask("suggest", {**again.options, "anyway": Whether.YES.value})
    if may_go_on and ask.has_forms:
        said.append(tr("If it is something else, send the form once more."))
        again = sure
    elif may_go_on:
        words = Choice(tr("It is something else: send it"), Ask("suggest", {**sure.options, **typed}))
        return Reply("\n".join(said), choices=(words, *shown), found=False)
    stands = form(kind, Part.MAIN, again, ask, values=typed) if ask.has_forms else None
    return Reply("\n".join(said), choices=tuple(shown), form=stands, found=False)


def _too_many(wait: timedelta, ask: Request) -> str:
    tr, minutes = ask.tr, -(-int(wait.total_seconds()) // 60)
    go_on = tr.n("please go on in {n} minute.", "please go on in {n} minutes.", max(1, minutes))
    return tr("That is as much as one person can suggest within an hour: {go_on}", go_on=go_on)


async def _kept(
    seed: Seed, keeper: Community, anonymous: Whether | None, ask: Request, services: Services
) -> Suggestion | str:
    """A new suggestion, once it is kept; or why there is no room for it."""
    person = (keeper.platform, ask.by)
    if wait := services.suggesting.take(person, services.now()):
        return _too_many(wait, ask)
    kept = False
    try:
        suggestion = await _new(seed, keeper, anonymous, ask, services)
        kept = await ledger_of(ask, services).suggest(suggestion, PENDING)
    finally:
        if not kept:
            services.suggesting.give_back(person)
    if kept:
        return suggestion
    return ask.tr("So many suggestions wait here that there is no room for more: please try again later.")


async def _new(
    seed: Seed, keeper: Community, anonymous: Whether | None, ask: Request, services: Services
) -> Suggestion:
    """A suggestion, with who made it if they want to be told and can be."""
    tell = await _where_to_tell(ask) if anonymous is Whether.NO else None
    return Suggestion(
        secrets.token_hex(ID),
        keeper,
        seed,
        services.now(),
        ask.tr.language,
        by=ask.by if tell else "",
        tell=tell,
    )


async def _where_to_tell(ask: Request) -> Place | None:
    if not ask.by or ask.direct is None:
        return None
    try:
        return await ask.direct()
    except InfoshopError:
        return None


async def _sent(
    suggestion: Suggestion, made: Filled, anonymous: Whether | None, ask: Request, services: Services
) -> Reply:
    tr = ask.tr
    hindered = await queued(suggestion, ledger_of(ask, services), services, tr)
    said = [warning.spoken(tr) for warning in made.warnings]
    said.append(tr("Thank you. It waits for the moderators to decide."))
    if hindered:
        said.append(
            tr(
                "It could not be shown in their channel ({problem}); it stands in their list.",
                problem=hindered,
            )
        )
    if suggestion.by:
        erased = tr("{forget} erases it at once.", forget=spoken("privacy forget-me", ask))
        said.append(f"{_promise(Whether.NO, ask)} {erased}")
    elif anonymous is Whether.NO:
        said.append(
            tr("I cannot write to you alone, so that you will not be told; nothing about you was kept.")
        )
    else:
        said.append(
            tr("Nothing about you was kept with it, so that you will not be told what becomes of it.")
        )
    if ask.community is not None and ask.usually is Visibility.ROOM:
        said.append(tr("What you typed here, everybody in this room can see."))
    return Reply("\n".join(said), (proposed(suggestion.seed, ask, services),))
