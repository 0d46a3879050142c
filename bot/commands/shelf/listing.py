"""What stands on a community's own shelf, and who changed what when."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

from bot.commands.describe import Choose, OwnEntry, Services, command
from bot.commands.request import Audience, Request
from bot.commands.shelf.deeds import named_deed, subject_of, who
from bot.commands.shelf.differences import rows
from bot.commands.shelf.own import item_here, keeper_of, last_checked, ledger_of, shelf_of
from bot.commands.shelf.paging import PageNumber, paged
from bot.commands.words import Whether, label, spoken
from bot.curation.changes import changes
from bot.curation.entry import name_of
from bot.curation.model import Act, Deed, Own, Seed
from bot.curation.sorts import Sort, sort_of
from bot.i18n import message
from bot.reply import Ask, Block, Card, Choice, Facts, Paragraph, Reply

ORDER = {sort: place for place, sort in enumerate(Sort)}
LISTED = 15
TOLD = 8
"""Deeds on a page of history, of which each may bring several lines of what changed."""
HISTORY = 1000
VERSIONS = 200
OF_SUGGESTIONS = frozenset({Deed.SECONDED, Deed.APPROVED, Deed.DECLINED})


@command("shelf list", audience=Audience.MODERATOR, private=True)
async def list_(
    ask: Request,
    services: Services,
    kind: Annotated[Sort | None, Choose(message("Only one kind"))] = None,
    removed: Annotated[Whether | None, Choose(message("Whether to list what was removed instead"))] = None,
    page: PageNumber = "",
) -> Reply:
    """What stands on this community's own shelf."""
    tr = ask.tr
    gone = removed is Whether.YES
    every = (await shelf_of(ask, services)).items
    items = [each for each in every if each.removed is gone and kind in (None, sort_of(each.id))]
    add = Choice(spoken("shelf add", ask), Ask("shelf add", {"kind": kind.value} if kind else {}))
    bin_ = Choice(tr("What was removed"), Ask("shelf list", {"removed": Whether.YES.value}))
    others = (bin_,) if not gone and any(each.removed for each in every) else ()
    if not items:
        return Reply(_none(kind, ask, gone=gone), choices=() if gone else (add, *others))
    shown = paged(sorted(items, key=lambda each: (ORDER[sort_of(each.id)], each.changed_at)), page, LISTED)
    options = {"kind": kind.value if kind else "", "removed": removed.value if removed else ""}
    title = tr("Removed from your own shelf") if gone else tr("Your own shelf")
    card = Card(
        shown.heading(title, ask),
        (Facts(tuple((name_of(each.seed), _standing(each, ask, services)) for each in shown.shown)),),
    )
    onward = shown.onward("shelf list", {name: value for name, value in options.items() if value}, ask)
    text = tr.n("{n} entry", "{n} entries", len(items))
    restore = Choice(spoken("shelf restore", ask), Ask("shelf restore"))
    lead = (restore,) if gone else (Choice(spoken("shelf due", ask), Ask("shelf due")), add)
    return Reply(text, (card,), (*onward, *lead, *others))


def _none(kind: Sort | None, ask: Request, *, gone: bool) -> str:
    tr = ask.tr
    if gone:
        return tr("Nothing was removed.")
    if kind is None:
        return tr("There is nothing on your own shelf yet.")
    return tr("There is nothing of that on your own shelf yet.")


def _standing(own: Own, ask: Request, services: Services) -> str:
    tr, today = ask.tr, services.today()
    if own.removed:
        age = tr("removed {age}", age=tr.ago(own.changed_at.date(), today))
    else:
        age = last_checked(own, ask, services)
    flagged = tr("involves police") if own.seed.get("police") is True else ""
    return " · ".join(filter(None, (label(sort_of(own.id), tr), flagged, age, own.id)))


@command("shelf history", audience=Audience.MODERATOR, private=True)
async def history(
    ask: Request,
    services: Services,
    entry: Annotated[str, OwnEntry(message("One entry, instead of all that was done"))] = "",
    page: PageNumber = "",
) -> Reply:
    """Who changed what on this community's own shelf, and when."""
    tr = ask.tr
    ledger, keeper = ledger_of(ask, services), keeper_of(ask)
    subject, title = "", tr("What moderators did")
    if entry:
        found = await item_here(entry, ask, services, removed=None, again=Ask("shelf history"))
        if isinstance(found, Reply):
            return found
        subject, title = found.id, tr("History of “{title}”", title=name_of(found.seed))
    acts = await ledger.acts(keeper, subject, limit=HISTORY)
    if not acts:
        return Reply(tr("Nothing was done yet, or it is longer ago than is kept."))
    deeds = [list(each) for _, each in groupby(acts, key=_together)]
    shown = paged(deeds, page, TOLD)
    names = {each.id: name_of(each.seed) for each in (await shelf_of(ask, services)).items}
    for act in (together[0] for together in shown.shown if together[0].deed in OF_SUGGESTIONS):
        if suggestion := await ledger.suggestion(keeper, act.subject):
            names[act.subject] = name_of(suggestion.seed)
    blocks: list[Block] = []
    for together in shown.shown:
        blocks.append(Paragraph(f"{_told(together, names, ask, services)} · {_when(together[0], ask)}"))
        if len(together) == 1 and (differing := await _differences(together[0], ask, services)):
            blocks.append(Facts(differing))
    options = {"entry": subject} if subject else {}
    card = Card(shown.heading(title, ask), tuple(blocks))
    return Reply(cards=(card,), choices=tuple(shown.onward("shelf history", options, ask)))


def _together(act: Act) -> tuple[object, ...]:
    """What one command did to many entries is told once."""
    return (act.deed, act.by, act.at, act.subject if act.deed is Deed.DECIDED else "")


def _told(acts: Sequence[Act], names: dict[str, str], ask: Request, services: Services) -> str:
    tr, first = ask.tr, acts[0]
    if len(acts) > 1:
        n = tr.n("{n} entry", "{n} entries", len(acts))
        return tr("{deed}: {what}", deed=named_deed(first.deed, tr), what=n)
    what = subject_of(first, names, ask, services)
    deed = named_deed(first.deed, tr)
    return tr("{deed}: {what}", deed=deed, what=what) if what else deed


def _when(act: Act, ask: Request) -> str:
    tr = ask.tr
    moment = tr("{day}, {time} UTC", day=tr.day(act.at.date()), time=tr.clock(act.at.time()))
    return f"{moment} · {who(act, ask)}"


async def _differences(act: Act, ask: Request, services: Services) -> tuple[tuple[str, str], ...]:
    """What an act changed in an item; nothing where it was new, or what it was before is not known."""
    if act.seed is None or act.version < 2:
        return ()
    acts = await ledger_of(ask, services).acts(keeper_of(ask), act.subject, limit=VERSIONS)
    before: Seed | None = next((each.seed for each in acts if each.version == act.version - 1), None)
    return rows(changes(before, act.seed), ask.tr) if before is not None else ()
