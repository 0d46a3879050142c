"""Leaving an entry of the shared shelf out for one community, and showing it again."""

from typing import Annotated

from bot.commands.describe import Services, Topic, Typed, command
from bot.commands.request import Audience, Request
from bot.commands.shelf.own import act, keeper_of, ledger_of, names_of, shelf_of
from bot.commands.words import BUTTON, echo, named, shortened, spoken
from bot.curation.model import Deed
from bot.errors import UnknownEntryError
from bot.i18n import message
from bot.reply import Ask, Choice, Reply
from bot.shelf import Close, Found, Item

OFFERED = 5
LISTED = 20


@command("shelf hide", audience=Audience.MODERATOR, private=True, acts=True)
async def hide(
    ask: Request,
    services: Services,
    entry: Annotated[str, Topic(message("The entry of the shared shelf, by its name or its id"))],
) -> Reply:
    """Hide an entry of the shared shelf from this community."""
    tr = ask.tr
    ledger, keeper = ledger_of(ask, services), keeper_of(ask)
    found = await _shared(entry, ask, services)
    if isinstance(found, Reply):
        return await _own(entry, ask, services) or found
    done = act(Deed.HIDDEN, found.id, ask, services)
    again = Choice(tr("Show it again"), Ask("shelf unhide", {"entry": found.id}))
    if not await ledger.hide(keeper, found.id, done, hidden=True):
        return Reply(tr("“{title}” is hidden here already.", title=found.title), choices=(again,))
    services.shelves.changed(keeper)
    text = tr("From now on, nobody here finds “{title}”. Elsewhere it stays.", title=found.title)
    return Reply(text, choices=(again,))


async def _own(words: str, ask: Request, services: Services) -> Reply | None:
    """That the words name something on the community's own shelf, if they do."""
    for each in (await shelf_of(ask, services)).items:
        if not each.removed and (words == each.id or named(words, *names_of(each.seed))):
            remove = spoken("shelf remove", ask)
            text = ask.tr("That stands on your own shelf: {remove} takes it off.", remove=remove)
            return Reply(
                text, choices=(Choice(remove, Ask("shelf remove", {"entry": each.id})),), found=False
            )
    return None


async def _shared(words: str, ask: Request, services: Services) -> Item | Reply:
    """What the words name on the shared shelf; where that is not clear, a reply that asks."""
    tr, shared = ask.tr, services.shelves.shared
    try:
        return shared.get(words)
    except UnknownEntryError:
        answer = await shared.find(words, locale=ask.language)
    hits = answer.hits[:OFFERED] if isinstance(answer, Found | Close) else ()
    called = [hit.item for hit in hits if named(words, hit.item.title)]
    if len(called) == 1:
        return called[0]
    choices = tuple(
        Choice(shortened(hit.item.title, BUTTON), Ask("shelf hide", {"entry": hit.item.id})) for hit in hits
    )
    text = (
        tr("Which one do you mean?")
        if choices
        else tr("Nothing on the shared shelf is called “{words}”.", words=echo(words))
    )
    return Reply(text, choices=choices, found=False, close=bool(choices))


@command("shelf unhide", audience=Audience.MODERATOR, private=True, acts=True)
async def unhide(
    ask: Request,
    services: Services,
    entry: Annotated[str, Typed(message("The hidden entry, by its name or its id"))] = "",
) -> Reply:
    """Show an entry of the shared shelf here again; or what is hidden."""
    tr = ask.tr
    ledger, keeper = ledger_of(ask, services), keeper_of(ask)
    hidden = (await shelf_of(ask, services)).hidden
    titles = {item_id: _title(item_id, services) for item_id in sorted(hidden)}
    found = [item_id for item_id, title in titles.items() if entry == item_id or named(entry, title)]
    if len(found) == 1:
        item_id = found[0]
        if await ledger.hide(keeper, item_id, act(Deed.UNHIDDEN, item_id, ask, services), hidden=False):
            services.shelves.changed(keeper)
        return Reply(tr("“{title}” is found here again.", title=titles[item_id]))
    if not hidden:
        return Reply(tr("Nothing of the shared shelf is hidden here."), found=not entry)
    text = tr.n(
        "{n} entry of the shared shelf is hidden here. Which one is to be shown again?",
        "{n} entries of the shared shelf are hidden here. Which one is to be shown again?",
        len(hidden),
    )
    if entry:
        text = f"{tr('Nothing that is hidden here is called “{words}”.', words=echo(entry))} {text}"
    choices = tuple(
        Choice(shortened(title, BUTTON), Ask("shelf unhide", {"entry": item_id}))
        for item_id, title in list(titles.items())[:LISTED]
    )
    return Reply(text, choices=choices, found=not entry)


def _title(item_id: str, services: Services) -> str:
    try:
        return services.shelves.shared.get(item_id).title
    except UnknownEntryError:  # it has left the shared shelf since
        return item_id
