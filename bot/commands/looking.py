"""Looking something up: the answer, the closest there is, or plainly nothing and what to try instead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.cards import WORDS, called, leading_to, title
from bot.commands.describe import ALL_KINDS, Services
from bot.commands.request import Request
from bot.commands.words import BUTTON, amount, echo, shortened
from bot.errors import UnknownEntryError
from bot.i18n import message
from bot.model import Kind, Note, Source
from bot.reply import Ask, Choice, Reply
from bot.shelf import Answer, Close, Found, Hit, Item

TRIES = 3  # more than three guesses are a list to read, not a question to answer
TOPICS = 5
# The ids of documents and entries, as seed files spell them. Nobody asks in this form by chance.
ITEM_ID = re.compile(
    r"(?:source|topic|law|org|person|figure|testimony|publication|reading|action|contact):"
    r"[a-z0-9]+(?:-[a-z0-9]+)*"
)

NOTHING: dict[Kind | None, str] = {
    None: message("I found nothing about “{words}”."),
    Kind.SUMMARY: message("I have no summary about “{words}”."),
    Kind.READING: message("I know of no reading about “{words}”."),
    Kind.ACTION: message("I know of no action about “{words}”."),
    Kind.CONTACT: message("I have no contact for “{words}”."),
}


@dataclass(frozen=True, slots=True)
class Finds:
    """What was found. `on` names the topic or document where everything filed under it was asked for."""

    hits: tuple[Hit, ...]
    on: str = ""


async def look(words: str, kinds: frozenset[Kind], ask: Request, services: Services) -> Finds | Reply:
    """Look on some shelves for words or an id; where there is no answer, the reply that says so.

    Raises:
        UnknownEntryError: It is the id of an entry that was removed; its letters are not searched for.
    """
    try:
        item = services.shelf.get(words)
    except UnknownEntryError:
        if ITEM_ID.fullmatch(words):
            raise UnknownEntryError(
                ask.tr("That entry is no longer on the shelf, or not shown here.")
            ) from None
        answer = await services.shelf.find(words, kinds=kinds, locale=ask.language)
        if isinstance(answer, Found):
            return Finds(answer.hits)
        closest = answer.hits if isinstance(answer, Close) else ()
        return await _no_answer(words, kinds, closest, ask, services)
    if item.kind in kinds:
        return Finds((Hit(item, 1.0),))
    if filed := _filed_under(item, kinds, services):
        return Finds(tuple(Hit(entry, 1.0) for entry in filed), title(item, ask))
    return _nothing(title(item, ask), kinds, [leading_to(item, ask, shelf_named=True)], ask, services)


def _filed_under(item: Item, kinds: frozenset[Kind], services: Services) -> Sequence[Item]:
    if isinstance(item, Source):
        entries = services.shelf.drawn_from(item.id)
    elif isinstance(item, Note):
        entries = services.shelf.about(item.id)
    else:
        return ()
    return [entry for entry in entries if entry.kind in kinds]


async def _no_answer(
    words: str, kinds: frozenset[Kind], closest: Sequence[Hit], ask: Request, services: Services
) -> Reply:
    elsewhere = await _elsewhere(words, kinds, ask, services)
    if not closest:
        return _nothing(echo(words), kinds, elsewhere, ask, services)
    tr = ask.tr
    near = [leading_to(hit.item, ask, shelf_named=len(kinds) > 1) for hit in closest]
    return Reply(
        tr("Nothing here is called “{words}”. Did you mean:", words=echo(words)),
        choices=tuple([*elsewhere[:1], *near][:TRIES]),
        found=False,
        close=True,
    )


async def _elsewhere(words: str, kinds: frozenset[Kind], ask: Request, services: Services) -> list[Choice]:
    """What other shelves would have answered, and what this one has under a topic of that name."""
    others = ALL_KINDS - kinds
    if not others:
        return []
    answer: Answer = await services.shelf.find(words, kinds=others, locale=ask.language)
    if not isinstance(answer, Found):
        return []
    choices: list[Choice] = []
    for hit in answer.hits[:2]:
        for kind in kinds:
            if filed := _filed_under(hit.item, frozenset({kind}), services):
                offer = ask.tr(
                    "{label}: {value}", label=amount(kind, len(filed), ask.tr), value=called(hit.item, ask)
                )
                choices.append(Choice(shortened(offer, BUTTON), Ask(kind.value, {WORDS[kind]: hit.item.id})))
        choices.append(leading_to(hit.item, ask, shelf_named=True))
    return choices[:TRIES]


def nothing(ask: Request, services: Services) -> Reply:
    """That nothing was found on any shelf, without a word of what was looked for, and what to begin with."""
    return _nothing("", ALL_KINDS, (), ask, services)


def _nothing(
    words: str, kinds: frozenset[Kind], elsewhere: Sequence[Choice], ask: Request, services: Services
) -> Reply:
    tr = ask.tr
    kind = next(iter(kinds)) if len(kinds) == 1 else None
    said = tr(NOTHING[kind], words=words) if words else tr("Nothing was found.")
    here = _to_try(kind, ask, services)
    if elsewhere:
        then = tr("What may help comes first below; then topics this shelf has.")
    elif kind is None:
        then = tr(
            "The documents here are about sex workers' rights, migrant justice and the harm done by"
            " anti-trafficking policy. You could begin with:"
        )
    else:
        then = tr("What there is:") if here else ""
    return Reply(
        f"{said} {then}".strip(), choices=(*elsewhere, *here[: TOPICS - len(elsewhere)]), found=False
    )


def _to_try(kind: Kind | None, ask: Request, services: Services) -> list[Choice]:
    if kind is Kind.CONTACT:  # few enough to be named themselves
        return [leading_to(item, ask) for item in services.shelf.entries(kind)[:TOPICS]]
    command = kind or Kind.SUMMARY
    return [
        Choice(shortened(called(topic, ask), BUTTON), Ask(command.value, {WORDS[command]: topic.id}))
        for topic in services.shelf.themes(None if command is Kind.SUMMARY else command, TOPICS)
    ]
