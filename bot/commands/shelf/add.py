"""Adding something to a community's own shelf."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Unpack

from bot.commands.describe import Choose, Services, command
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.shelf.entering import all_there, form, insist_on_room, taken, there_already, told, unfit
from bot.commands.shelf.own import SAID_BY, Fields, act, keeper_of, ledger_of, shelf_of, typed_in
from bot.commands.shelf.topics import topic_meant
from bot.commands.words import Whether, label
from bot.curation.entry import UnfitFieldsError, duplicates, filled
from bot.curation.model import Deed, Edit, Own
from bot.curation.same import Same
from bot.curation.sorts import Part, Sort
from bot.i18n import message
from bot.model import NoteType
from bot.reply import Ask, Choice, Form, Reply

TRIES = 5  # to find an id that nobody else has taken meanwhile


@command("shelf add", audience=Audience.MODERATOR, private=True, acts=True)
async def add(
    ask: Request,
    services: Services,
    *,
    kind: Annotated[Sort | None, Choose(message("What you add"))] = None,
    note_type: Annotated[NoteType | None, Choose(message("What a note is about, if not a topic"))] = None,
    police: Annotated[
        Whether | None, Choose(message("Whether a contact involves police or border agencies"))
    ] = None,
    anyway: Annotated[
        Whether | None, Choose(message("Whether to add it although it is here already"))
    ] = None,
    **fields: Unpack[Fields],
) -> Reply:
    """Add something to this community's own shelf."""
    tr, typed = ask.tr, typed_in(fields)
    chosen = {"kind": kind, "note_type": note_type, "police": police, "anyway": anyway}
    given = {name: value.value for name, value in chosen.items() if value}
    if kind is None:
        return _which(ask, {**given, **typed})
    again = Ask("shelf add", given)
    ledger, keeper = ledger_of(ask, services), keeper_of(ask)
    shelf = await shelf_of(ask, services)
    insist_on_room(shelf, ask)
    if not typed:
        text = tr("Only the members of this community find what you add; it stands beside the shared shelf.")
        return Reply(text, form=form(kind, Part.MAIN, again, ask))
    for _ in range(TRIES):
        try:
            made = filled(
                kind,
                typed,
                None,
                taken=taken(shelf, services),
                topic_of=partial(topic_meant, services=services),
                by=SAID_BY,
                today=services.today(),
                note_type=note_type or NoteType.TOPIC,
                police=None if police is None else police is Whether.YES,
            )
        except UnfitFieldsError as error:
            return unfit(error, kind, typed, again, ask)
        # It looks at each of them.
        same = await asyncio.to_thread(duplicates, made.seed, all_there(shelf, services))
        if anyway is not Whether.YES and same and same[0][1].certain:
            shown = there_already(same, ask, services, shelf.hidden)
            return _twice(same, shown, form(kind, Part.MAIN, again, ask, values=typed), ask)
        own = Own(str(made.seed["id"]), made.seed, 1, services.now(), services.today())
        if await ledger.keep(keeper, [Edit(None, own)], [act(Deed.ADDED, own.id, ask, services, own)]):
            shown = there_already(same, ask, services, shelf.hidden)
            reply = await told(own, _added(same, ask), ask, services, made.warnings)
            return replace(reply, choices=(*reply.choices, *shown))
        # Somebody else took the id, perhaps for the very same thing.
        services, shelf = await services.within(keeper), await shelf_of(ask, services)
    raise RefusedError(tr("Others are adding the same just now. Please try again."))


def _which(ask: Request, given: Mapping[str, str]) -> Reply:
    choices = (Choice(label(sort, ask.tr), Ask("shelf add", {**given, "kind": sort.value})) for sort in Sort)
    return Reply(ask.tr("What do you want to add?"), choices=tuple(choices))


def _added(same: list[tuple[str, Same]], ask: Request) -> str:
    tr = ask.tr
    if not same:
        return tr("It is on the shelf now.")
    alike = [why.reason.spoken(tr) for _, why in same]
    return "\n".join((*alike, tr("What you added is on the shelf, too: see whether both are needed.")))


def _twice(same: list[tuple[str, Same]], shown: list[Choice], typed: Form, ask: Request) -> Reply:
    """That it is here already, with the way to add it all the same: the form as it was `typed`, once more."""
    tr = ask.tr
    why = [each.reason.spoken(tr) for _, each in same]
    again = Ask(typed.ask.command, {**typed.ask.options, "anyway": Whether.YES.value})
    if ask.has_forms:
        text = tr("Nothing is kept yet. To add it all the same, send the form once more.")
        return Reply(
            "\n".join((*why, text)), choices=tuple(shown), form=replace(typed, ask=again), found=False
        )
    values = {field.name: field.value for field in typed.fields}
    sure = Choice(tr("Add it all the same"), Ask(again.command, {**again.options, **values}))
    return Reply("\n".join((*why, tr("Nothing is kept yet."))), choices=(sure, *shown), found=False)
