"""Changing something on a community's own shelf, also where two moderators do at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Unpack

from bot.commands.describe import Choose, Services, Written, command
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.shelf.differences import rows
from bot.commands.shelf.entering import form, told, too_heavy, unfit
from bot.commands.shelf.own import (
    SAID_BY,
    Entry,
    Fields,
    act,
    changed,
    item_here,
    keeper_of,
    ledger_of,
    shelf_of,
    typed_in,
)
from bot.commands.shelf.topics import as_called, topic_meant
from bot.commands.words import Whether, label
from bot.curation.changes import changes
from bot.curation.entry import UnfitFieldsError, filled, name_of
from bot.curation.fields import form_fields
from bot.curation.model import Deed, Edit, Own, Seed
from bot.curation.saying import Saying
from bot.curation.seeds import checkable, weight
from bot.curation.sorts import PREFIXES, Part, Sort, sort_of
from bot.i18n import Translator, message
from bot.reply import Ask, Card, Choice, Facts, Reply

ID = re.compile(rf"(?:{'|'.join(PREFIXES)}):[a-z0-9-]+")
TRIES = 5  # while others keep changing the same item
VERSIONS = 200
"""Acts looked through for what an item was when somebody opened its form."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was `typed`, what stood there `before` when it was, and the other options of the command.

    `removed` is the version of which it is known that it was removed, and is to be restored; 0 where none is.
    """

    typed: Mapping[str, str]
    before: Seed
    given: Mapping[str, str]
    removed: int = 0


@command("shelf edit", audience=Audience.MODERATOR, private=True, acts=True)
async def edit(
    ask: Request,
    services: Services,
    *,
    entry: Entry,
    part: Annotated[Part | None, Choose(message("Which part of it to change"))] = None,
    police: Annotated[
        Whether | None, Choose(message("Whether a contact involves police or border agencies"))
    ] = None,
    version: Annotated[
        str, Written(message("The version you saw, where others may have changed it"), 9, carried=True)
    ] = "",
    **fields: Unpack[Fields],
) -> Reply:
    """Change something on this community's own shelf."""
    typed = typed_in(fields)
    chosen = {"part": part.value if part else "", "police": police.value if police else ""}
    given = {name: value for name, value in chosen.items() if value}
    # By its id, also one that was removed meanwhile is found, so that nothing is lost that was typed.
    removed = None if ID.fullmatch(entry) else False
    again = Ask("shelf edit", {**given, **typed})
    found = await item_here(entry, ask, services, removed=removed, again=again)
    if isinstance(found, Reply):
        return found
    if not typed and police is None and not found.removed:
        return _opened(found, part or Part.MAIN, ask, services)
    seen = int(version) if version.isdecimal() else found.version
    removed_at = seen if version and found.removed else 0
    wish = Wish(typed, await _seed_at(seen, found, ask, services), given, removed_at)
    return await _changed(found, wish, ask, services)


def _opened(own: Own, part: Part, ask: Request, services: Services) -> Reply:
    tr, sort = ask.tr, sort_of(own.id)
    if not form_fields(sort, part, tr, seed=own.seed):
        raise RefusedError(
            tr("Something of the kind “{kind}” has no such part.", kind=label(sort, tr)),
        )
    text = tr("What you leave empty is taken away from it.")
    again = _again(own, {"part": part.value})
    return Reply(text, form=form(sort, part, again, ask, seed=as_called(own.seed, services)))


def _again(own: Own, given: Mapping[str, str]) -> Ask:
    return Ask("shelf edit", {"entry": own.id, **given, "version": str(own.version)})


async def _seed_at(version: int, own: Own, ask: Request, services: Services) -> Seed:
    """What an item was at that version; nothing where that is not known any more."""
    if version == own.version:
        return own.seed
    acts = await ledger_of(ask, services).acts(keeper_of(ask), own.id, limit=VERSIONS)
    return next((each.seed for each in acts if each.version == version and each.seed), {})


async def _changed(own: Own, wish: Wish, ask: Request, services: Services) -> Reply:
    """Keep what was typed, unless it is what others changed who were faster."""
    tr, sort = ask.tr, sort_of(own.id)
    police, unchanged = wish.given.get("police"), tr("Nothing in it is different from before.")
    for _ in range(TRIES):
        if own.removed and own.version != wish.removed:
            return _gone(own, wish, ask, services)
        before, now = (_all(sort, as_called(seed, services), tr) for seed in (wish.before, own.seed))
        mine, clashing = _merged(wish.typed, before, now)
        if clashing:
            return _clash(own, replace(wish, typed=mine), clashing, ask, services)
        if not mine and police is None and not own.removed:
            return await told(own, unchanged, ask, services)
        try:
            made = filled(
                sort,
                mine,
                own.seed,
                taken=(),
                topic_of=partial(topic_meant, services=services),
                by=SAID_BY,
                today=services.today(),
                police=None if police is None else police == Whether.YES,
            )
            await _insist_on_room(own, made.seed, mine, ask, services)
        except UnfitFieldsError as error:
            called = as_called(own.seed, services)
            return unfit(error, sort, mine, _again(own, wish.given), ask, seed=called)
        if made.seed == own.seed and not own.removed:
            return await told(own, unchanged, ask, services)
        after = changed(own, services, seed=made.seed, removed=False)
        if checkable(made.seed) != checkable(own.seed):  # somebody has just looked at what they typed
            after = replace(after, checked_on=services.today())
        acts = [act(Deed.EDITED, own.id, ask, services, after)]
        if own.removed:
            acts.insert(0, act(Deed.RESTORED, own.id, ask, services))
        if await ledger_of(ask, services).keep(keeper_of(ask), [Edit(own, after)], acts):
            text = tr("It is on the shelf again.") if own.removed else tr("It is changed.")
            return await told(after, text, ask, services, made.warnings)
        items = (await shelf_of(ask, services)).items
        own = next(each for each in items if each.id == own.id)
    raise RefusedError(tr("Somebody else is changing that entry just now. Please try again."))


async def _insist_on_room(
    own: Own, seed: Seed, typed: Mapping[str, str], ask: Request, services: Services
) -> None:
    """Raise `UnfitFieldsError` where the shelf is full of text, and an item is to become longer."""
    if not typed or weight(seed) <= weight(own.seed):
        return
    others = [each for each in (await shelf_of(ask, services)).items if each.id != own.id]
    if problem := too_heavy([*others, replace(own, seed=seed)]):
        raise UnfitFieldsError(dict.fromkeys(typed, problem))


def _gone(own: Own, wish: Wish, ask: Request, services: Services) -> Reply:
    """That an item was removed, with the way to restore it and what was typed."""
    tr, sort = ask.tr, sort_of(own.id)
    text = tr("“{title}” was removed from the shelf.", title=name_of(own.seed))
    restore = Choice(tr("Restore it"), Ask("shelf restore", {"entry": own.id}))
    if not wish.typed:
        return Reply(text, choices=(restore,), found=False)
    if not ask.has_forms:
        # While a form is asked step by step, nobody could press anything beside it.
        typed = Ask("shelf edit", {**_again(own, wish.given).options, **wish.typed})
        choices = (Choice(tr("Restore it with what you typed"), typed), restore)
        return Reply(text, choices=choices, found=False)
    text = f"{text} {tr('If you send the form once more, it is restored with what you typed.')}"
    part = next(
        (each for each in Part if wish.typed.keys() & _stands(sort, each, own.seed, tr).keys()), Part.MAIN
    )
    called = as_called(own.seed, services)
    shown = form(sort, part, _again(own, wish.given), ask, seed=called, values=wish.typed)
    return Reply(text, choices=(restore,), form=shown, found=False)


def _stands(sort: Sort, part: Part, seed: Seed, tr: Translator) -> dict[str, str]:
    """What stands in a form of an item, by field."""
    return {field.name: field.value for field in form_fields(sort, part, tr, seed=seed)}


def _all(sort: Sort, seed: Seed, tr: Translator) -> dict[str, str]:
    """What stands in all of its forms; nothing where it is not known."""
    return {n: v for part in Part for n, v in _stands(sort, part, seed, tr).items()} if seed else {}


def _merged(
    typed: Mapping[str, str], before: Mapping[str, str], now: Mapping[str, str]
) -> tuple[dict[str, str], frozenset[str]]:
    """What somebody changed, and in which of these fields somebody else put something else meanwhile.

    All fields of a form come back, also those that were left as they were.
    """
    mine = {name: value for name, value in typed.items() if _differs(value, before.get(name, ""))}
    clashing = frozenset(
        name
        for name, value in mine.items()
        if name in now and _differs(now[name], before.get(name, "")) and _differs(now[name], value)
    )
    return mine, clashing


def _differs(one: str, other: str) -> bool:
    return _lines(one) != _lines(other)


def _lines(text: str) -> list[list[str]]:
    """The words of each line: forms bring spaces and empty lines back otherwise than they were."""
    return [words for line in text.splitlines() if (words := line.split())]


def _clash(own: Own, wish: Wish, clashing: frozenset[str], ask: Request, services: Services) -> Reply:
    tr, sort, called = ask.tr, sort_of(own.id), as_called(own.seed, services)
    why = Saying(message("Somebody else changed this meanwhile: put both together, and send it once more."))
    parts = {part: _stands(sort, part, called, tr) for part in Part}
    part = next(each for each in Part if parts[each].keys() & clashing)
    shown = form(
        sort,
        part,
        _again(own, {**wish.given, "part": part.value}),
        ask,
        seed=called,
        values={**parts[part], **wish.typed},
        problems=dict.fromkeys(clashing, why),
    )
    text = tr("Somebody else changed this entry while you did. Nothing of yours is kept yet, or lost.")
    theirs = rows(changes(wish.before, own.seed), tr)
    card = Card(tr("What they changed in “{title}”", title=name_of(own.seed)), (Facts(theirs),))
    return Reply(text, (card,), form=shown, found=False)
