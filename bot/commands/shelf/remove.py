"""Taking something off a community's own shelf, and putting it back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from bot.commands.describe import Choose, Services, Typed, command
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.shelf.entering import card_of, told
from bot.commands.shelf.own import Entry, act, changed, item_here, keeper_of, ledger_of, shelf_of
from bot.commands.words import Whether, spoken
from bot.curation.entry import name_of
from bot.curation.model import Deed, Edit, Own
from bot.i18n import message
from bot.reply import Ask, Choice, Reply


@command("shelf remove", audience=Audience.MODERATOR, private=True, acts=True)
async def remove(
    ask: Request,
    services: Services,
    entry: Entry,
    confirm: Annotated[Whether | None, Choose(message("Whether you are sure; it can be restored"))] = None,
) -> Reply:
    """Take something off this community's own shelf; it can be restored."""
    tr = ask.tr
    given = {"confirm": confirm.value} if confirm else {}
    found = await item_here(entry, ask, services, again=Ask("shelf remove", given))
    if isinstance(found, Reply):
        return found
    named = name_of(found.seed)
    if confirm is Whether.NO:
        return Reply(tr("It stays."), await card_of(found, ask, services))
    if confirm is None:
        text = [
            tr(
                "Take “{title}” off the shelf? Nobody finds it any more, and {restore} brings it back.",
                title=named,
                restore=spoken("shelf restore", ask),
            )
        ]
        items = (await shelf_of(ask, services)).items
        if n := sum(_mentions(each.seed, found.id) for each in items if not each.removed and each != found):
            text.append(
                tr.n(
                    "{n} other entry is filed under it or drawn from it.",
                    "{n} other entries are filed under it or drawn from it.",
                    n,
                )
            )
        sure = Choice(tr("Remove it"), Ask("shelf remove", {"entry": found.id, "confirm": Whether.YES.value}))
        # Of what readers can do with it, nothing is to be pressed here instead.
        cards = tuple(replace(each, choices=()) for each in await card_of(found, ask, services))
        return Reply("\n".join(text), cards, (sure,))
    await _keep(found, ask, services, removed=True)
    posted = await ledger_of(ask, services).cards(keeper_of(ask), found.id)
    choices = [Choice(tr("Restore it"), Ask("shelf restore", {"entry": found.id}))]
    if posted:
        words = tr.n("Withdraw the posted card ({n})", "Withdraw the posted cards ({n})", len(posted))
        choices.append(Choice(words, Ask("post", {"entry": found.id, "action": "withdraw"})))
    return Reply(tr("“{title}” is off the shelf.", title=named), choices=tuple(choices))


@command("shelf restore", audience=Audience.MODERATOR, private=True, acts=True)
async def restore(
    ask: Request,
    services: Services,
    entry: Annotated[str, Typed(message("The entry that was removed, by its name or its id"))] = "",
) -> Reply:
    """Put back what was taken off this community's own shelf."""
    found = await item_here(entry, ask, services, removed=True, again=Ask("shelf restore"))
    if isinstance(found, Reply):
        return found
    after = await _keep(found, ask, services, removed=False)
    return await told(after, ask.tr("It is on the shelf again."), ask, services)


async def _keep(own: Own, ask: Request, services: Services, *, removed: bool) -> Own:
    after = changed(own, services, removed=removed)
    done = act(Deed.REMOVED if removed else Deed.RESTORED, own.id, ask, services, after)
    if not await ledger_of(ask, services).keep(keeper_of(ask), [Edit(own, after)], [done]):
        raise RefusedError(ask.tr("Somebody else changed that entry meanwhile. Please look at it again."))
    services.shelves.changed(keeper_of(ask))
    return after


def _mentions(value: object, item_id: str) -> bool:
    """Whether an item is named anywhere in another one: as its topic, or as where something stands."""
    if isinstance(value, Mapping):
        return any(_mentions(each, item_id) for each in value.values())
    if isinstance(value, list | tuple):
        return any(_mentions(each, item_id) for each in value)
    return value == item_id
