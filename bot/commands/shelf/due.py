"""What on a community's own shelf has to be looked at again, and that somebody did."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from bot.commands.describe import OwnEntry, Services, Written, command
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.shelf.own import (
    act,
    changed,
    checked,
    item_here,
    keeper_of,
    last_checked,
    ledger_of,
    shelf_of,
)
from bot.commands.shelf.paging import Page, PageNumber, paged
from bot.commands.words import BUTTON, label, shortened, spoken
from bot.curation.entry import addresses_of, name_of
from bot.curation.model import Deed, Edit, LinkOutcome, LinkState, Own
from bot.curation.seeds import checkable
from bot.curation.sorts import sort_of
from bot.i18n import message
from bot.reply import Ask, Card, Choice, Facts, Reply

AGE = timedelta(days=180)
"""After half a year, an address or a number of a small group may well have changed."""
SHOWN = 8
ADDRESSES = 4  # of one entry
ADDRESS = 200  # characters


@dataclass(frozen=True, slots=True)
class Due:
    """An item to look at, and which of its addresses were found gone."""

    own: Own
    gone: tuple[LinkState, ...]


@command("shelf due", audience=Audience.MODERATOR, private=True)
async def due(ask: Request, services: Services, page: PageNumber = "") -> Reply:
    """What has not been checked for half a year, or leads nowhere."""
    tr = ask.tr
    listed = await _due(ask, services)
    if not listed:
        return Reply(tr("Nothing has to be checked: all of it was, within the last {n} days.", n=AGE.days))
    shown = paged(listed, page, SHOWN)
    rows = tuple((name_of(each.own.seed), _why(each, ask, services)) for each in shown.shown)
    text = tr.n(
        "{n} entry has to be checked: open its links, ask whether the numbers are right. {edit} changes what"
        " is not.",
        "{n} entries have to be checked: open their links, ask whether the numbers are right. {edit} changes"
        " what is not.",
        len(listed),
        edit=spoken("shelf edit", ask),
    )
    every = Choice(
        tr("All shown are checked"), Ask("shelf checked", {"shown": f"{shown.number}.{_print(shown)}"})
    )
    single = (
        Choice(
            shortened(tr("Checked: {title}", title=name_of(each.own.seed)), BUTTON),
            Ask("shelf checked", {"entry": each.own.id}),
        )
        for each in shown.shown
    )
    card = Card(shown.heading(tr("To be checked"), ask), (Facts(rows),))
    return Reply(text, (card,), (every, *shown.onward("shelf due", {}, ask), *single))


async def _due(ask: Request, services: Services) -> list[Due]:
    """Everything that has to be checked: what leads nowhere first, then the oldest."""
    states = await ledger_of(ask, services).link_states(keeper_of(ask))
    listed = [
        Due(each, _gone(each, states)) for each in (await shelf_of(ask, services)).items if not each.removed
    ]
    return sorted(
        (each for each in listed if each.gone or _is_old(each.own, services)),
        key=lambda each: (not each.gone, each.own.checked_on, each.own.id),
    )


def _gone(own: Own, states: Mapping[str, LinkState]) -> tuple[LinkState, ...]:
    """The addresses that were found gone since somebody last looked at them."""
    found = (states.get(address) for address in addresses_of(own.seed))
    return tuple(
        each
        for each in found
        if each and each.outcome is LinkOutcome.GONE and each.at.date() > own.checked_on
    )


def _is_old(own: Own, services: Services) -> bool:
    """Whether it has something to check, and that was long ago."""
    return bool(checkable(own.seed)) and services.today() - own.checked_on > AGE


def _why(each: Due, ask: Request, services: Services) -> str:
    tr, own = ask.tr, each.own
    flagged = [tr("involves police")] if own.seed.get("police") is True else []
    gone = [tr("leads nowhere: {address}", address=state.address) for state in each.gone]
    said = {state.address for state in each.gone}
    others = [shortened(each, ADDRESS) for each in checkable(own.seed) if each not in said]
    return " · ".join(
        (label(sort_of(own.id), tr), *flagged, last_checked(own, ask, services), *gone, *others[:ADDRESSES])
    )


def _print(page: Page[Due]) -> str:
    """What stands on a page, in a few characters, so that nothing is called checked that nobody saw."""
    seen = " ".join(f"{each.own.id}@{each.own.version}" for each in page.shown)
    return hashlib.sha256(seen.encode()).hexdigest()[:12]


@command("shelf checked", audience=Audience.MODERATOR, private=True, acts=True)
async def checked_(
    ask: Request,
    services: Services,
    entry: Annotated[str, OwnEntry(message("The entry that was checked, by its name or its id"))] = "",
    shown: Annotated[
        str, Written(message("A page of what has to be checked, as its button has it"), 20, carried=True)
    ] = "",
) -> Reply:
    """Say that links and numbers were checked today, and are right."""
    tr = ask.tr
    if shown:
        items = await _on_page(shown, ask, services)
    elif entry:
        found = await item_here(entry, ask, services, again=Ask("shelf checked"))
        if isinstance(found, Reply):
            return found
        items = [found]
    else:
        return await due(ask, services)
    edits, acts = [], []
    for own in items:
        after = checked(changed(own, services), services.today())
        edits.append(Edit(own, after))
        acts.append(act(Deed.CHECKED, own.id, ask, services, after))
    if not await ledger_of(ask, services).keep(keeper_of(ask), edits, acts):
        raise RefusedError(tr("Somebody else changed that meanwhile. Please look at it again."))
    services.shelves.changed(keeper_of(ask))
    day = tr.day(services.today())
    text = (
        tr("“{title}” was checked on {day}, by a moderator.", title=name_of(items[0].seed), day=day)
        if len(items) == 1
        else tr.n(
            "{n} entry was checked on {day}, by a moderator.",
            "{n} entries were checked on {day}, by a moderator.",
            len(items),
            day=day,
        )
    )
    return Reply(text, choices=(Choice(spoken("shelf due", ask), Ask("shelf due")),))


async def _on_page(shown: str, ask: Request, services: Services) -> Sequence[Own]:
    """The items that a button was made for. Raises `RefusedError` where the page is not the same any more."""
    number, _, seen = shown.partition(".")
    page = paged(await _due(ask, services), number, SHOWN)
    if not page.shown or _print(page) != seen:
        choice = Choice(spoken("shelf due", ask), Ask("shelf due"))
        raise RefusedError(ask.tr("The list has changed since. Please look at it again."), (choice,))
    return [each.own for each in page.shown]
