"""What the commands about a community's own shelf share: whose it is, which item is meant, what was done."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, TypedDict

from rapidfuzz import fuzz, process

from bot.commands.describe import OwnEntry, Services, Written, group
from bot.commands.parse import RefusedError
from bot.commands.permission import refusal
from bot.commands.request import Request
from bot.commands.words import echo, named, spoken, told_apart
from bot.curation.entry import CHECKED_BY, name_of
from bot.curation.fields import LIMITS
from bot.curation.ledger import Ledger
from bot.curation.model import NEVER, Act, Deed, Own, OwnShelf, Seed
from bot.curation.seeds import checkable
from bot.i18n import message
from bot.model import Community
from bot.reply import Ask, Choice, Reply
from bot.search.text import fold

ALIKE = 60  # of 100: how alike words and a name are for it to be offered
OFFERED = 5
SAID_BY = CHECKED_BY
"""Who says what a moderator adds."""
LIST = 4000  # characters of a list as typed: as many as Discord's forms take

group(
    "shelf",
    message("The shelf that this community keeps for itself, beside the shared one"),
    alone="shelf list",
)

Entry = Annotated[str, OwnEntry(message("The entry of your own shelf, by its name or its id"))]


class Fields(TypedDict, total=False):
    """What somebody fills in about an item; each is what `curation.fields.NAMES` calls it."""

    title: Annotated[str, Written(message("What it is called"))]
    text: Annotated[str, Written(message("What it is about, in at most 90 words"), LIMITS["text"], long=True)]
    authors: Annotated[str, Written(message("Who wrote it; several with a semicolon between them"), LIST)]
    year: Annotated[str, Written(message("The year or day it was published, such as 2007 or 2012-01-25"))]
    link: Annotated[str, Written(message("Its address on the web, with https://"), LIMITS["link"])]
    audience: Annotated[str, Written(message("Whom it is addressed to, such as the city council"))]
    actors: Annotated[str, Written(message("Who can do it, such as allies or lawmakers"))]
    reach: Annotated[
        str, Written(message("Email, phone and web addresses, with commas between them"), LIST, long=True)
    ]
    region: Annotated[str, Written(message("The place or region it is for"))]
    languages: Annotated[str, Written(message("The languages spoken there"))]
    short: Annotated[str, Written(message("The summary in at most 60 words"), LIMITS["short"], long=True)]
    long: Annotated[str, Written(message("The summary in at most 350 words"), LIMITS["long"], long=True)]
    authors_year: Annotated[
        str, Written(message("Who wrote it, and when in brackets: Family, Given (2012)"), LIST)
    ]
    type: Annotated[str, Written(message("What sort of work it is, such as a book or a film"))]
    names: Annotated[
        str, Written(message("Other names people type for it, one on each line"), LIST, long=True)
    ]
    topics: Annotated[str, Written(message("The topics it belongs to, with commas between them"), LIST)]
    content_note: Annotated[str, Written(message("What readers may want to know before they read it"))]
    caveat: Annotated[str, Written(message("What is lacking or uncertain about it"))]
    publisher: Annotated[str, Written(message("Who published it"))]
    why: Annotated[str, Written(message("Why to read it, in a sentence"), LIMITS["why"], long=True)]
    question: Annotated[
        str,
        Written(
            message("Questions to think about, one on each line; three at most"),
            LIMITS["question"],
            long=True,
        ),
    ]


def typed_in(fields: Fields) -> dict[str, str]:
    """What was filled in, by name; empty text takes away what was there."""
    return {name: str(value) for name, value in fields.items()}


def ledger_of(ask: Request, services: Services) -> Ledger:
    """Where own shelves are kept. Raises `RefusedError` where nothing is."""
    if services.ledger is None:
        raise RefusedError(ask.tr("Nothing is kept here, so there can be no shelf of your own."))
    return services.ledger


def keeper_of(ask: Request) -> Community:
    """The community whose own shelf holds here. Raises `RefusedError` where there is none."""
    if ask.keeper is None:
        raise RefusedError(refusal("shelf list", ask))
    return ask.keeper


async def shelf_of(ask: Request, services: Services) -> OwnShelf:
    """All that the community keeps, what is removed included. Raises `RefusedError` where nothing is kept."""
    return await ledger_of(ask, services).shelf(keeper_of(ask))


def act(deed: Deed, subject: str, ask: Request, services: Services, own: Own | None = None) -> Act:
    """A line of the audit log: that this reader did it, now; of an item, with what it is after that."""
    kept = (own.version, own.seed) if own else (0, None)
    return Act(deed, subject, ask.by, services.now(), *kept)


def changed(before: Own, services: Services, *, seed: Seed | None = None, removed: bool | None = None) -> Own:
    """An item as it is after a change."""
    return replace(
        before,
        seed=before.seed if seed is None else seed,
        removed=before.removed if removed is None else removed,
        version=before.version + 1,
        changed_at=services.now(),
    )


def checked(own: Own, day: date) -> Own:
    """An item whose addresses moderators checked on that day (UTC)."""
    seed = own.seed
    if "checked_on" in seed:
        seed = {**seed, "checked_on": day.isoformat(), "checked_in": CHECKED_BY}
    return replace(own, seed=seed, checked_on=day)


def last_checked(own: Own, ask: Request, services: Services) -> str:
    """When it was last checked, in words; empty where there is nothing to check."""
    if not checkable(own.seed):
        return ""
    if own.checked_on == NEVER:
        return ask.tr("never checked")
    return ask.tr("last checked {age}", age=ask.tr.ago(own.checked_on, services.today()))


async def item_here(
    words: str, ask: Request, services: Services, *, removed: bool | None = False, again: Ask | None = None
) -> Own | Reply:
    """The item of the community's own shelf (or of what was `removed` from it; of both: None) that is meant.

    Where that is not clear, a reply that says so; its choices give `again` with the id as its option `entry`.
    """
    tr = ask.tr
    items = [each for each in (await shelf_of(ask, services)).items if removed in (None, each.removed)]
    words = words.strip()
    found = [each for each in items if each.id == words] or _meant(words, items)
    if words and len(found) == 1:
        return found[0]
    found.sort(key=lambda each: each.changed_at, reverse=True)
    near = found[:OFFERED] or _near(words, items)
    names = told_apart({each.id: name_of(each.seed) for each in near})
    choices = tuple(
        Choice(name, Ask(again.command, {**again.options, "entry": item_id}))
        for item_id, name in names.items()
        if again
    )
    if not items:
        text = (
            tr("Nothing was removed from this community's own shelf.")
            if removed
            else tr(
                "There is nothing on this community's own shelf yet. {add} adds something.",
                add=spoken("shelf add", ask),
            )
        )
    elif words in services.shelves.shared.ids:
        text = tr(
            "That stands on the shared shelf, which is the same for everyone. {hide} leaves it out here.",
            hide=spoken("shelf hide", ask),
        )
    elif found or not words:
        text = tr("Which one do you mean?")
    elif removed:
        text = tr("Nothing that was removed is called “{words}”.", words=echo(words))
    else:
        text = tr("Nothing on this community's own shelf is called “{words}”.", words=echo(words))
    if words in services.shelves.shared.ids:
        choices = (Choice(spoken("shelf hide", ask), Ask("shelf hide", {"entry": words})),)
    elif not near and items:
        listing = spoken("shelf list", ask)
        text = f"{text} {tr('{command} shows what there is.', command=listing)}"
        choices = (Choice(listing, Ask("shelf list", {"removed": "yes"} if removed else {})),)
    return Reply(text, choices=choices, found=False, close=bool(near))


def names_of(seed: Seed) -> Iterable[str]:
    """The title of an item, and what else it is called."""
    yield name_of(seed)
    aliases = seed.get("aliases")
    for each in aliases.values() if isinstance(aliases, Mapping) else ():
        yield from map(str, each)


def _meant(words: str, items: Iterable[Own]) -> list[Own]:
    """The items that are called so; where none is, those whose title has a word that begins with each one."""
    items = list(items)
    if exact := [each for each in items if named(words, *names_of(each.seed))]:
        return exact
    typed = fold(words).split()
    return [
        each
        for each in items
        if all(any(word.startswith(one) for word in fold(name_of(each.seed)).split()) for one in typed)
    ]


def _near(words: str, items: Iterable[Own]) -> list[Own]:
    titles = {each.id: fold(name_of(each.seed)) for each in items}
    best = process.extract(fold(words), titles, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=OFFERED)
    by_id = {each.id: each for each in items}
    return [by_id[item_id] for _, _, item_id in best]


def is_hidden_contact(own: Own, ask: Request, services: Services) -> bool:
    """Whether readers cannot find an item because it involves police and the community left those out."""
    return own.seed.get("police") is True and not services.communities.of(keeper_of(ask)).police
