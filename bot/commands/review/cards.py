"""A suggestion as a card: what is suggested as readers would see it, and what became of it."""

import hashlib
import json
from dataclasses import replace

from bot.commands.cards import card
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.commands.words import label
from bot.curation.entry import duplicates, name_of, texts_of
from bot.curation.model import OWN, Own, Seed, Standing, Suggestion
from bot.curation.same import Same
from bot.curation.seeds import checkable
from bot.curation.shelf_file import corpus_of
from bot.curation.sorts import sort_of
from bot.errors import UnknownEntryError
from bot.i18n import Translator, message
from bot.reply import Ask, Block, Card, Choice, Facts, Paragraph

PRINT = 12
"""Characters of a print: no one finds two texts for one within the time that a suggestion waits."""
OUTCOMES = {
    Standing.APPROVED: message("Approved by a moderator, {day}."),
    Standing.DECLINED: message("Declined by a moderator, {day}."),
}


def one(suggestion: Suggestion) -> dict[str, str]:
    """The options by which a command names a suggestion, and what it said when that was offered."""
    return {"suggestion": suggestion.id, "seen": print_of(suggestion.seed)}


def print_of(seed: Seed) -> str:
    """What is suggested in a few characters, so that nobody approves what they did not see."""
    written = json.dumps(seed, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:PRINT]


def suggested(suggestion: Suggestion, ask: Request, services: Services) -> Card:
    """What is suggested, with the day, and what can be done about it or became of it."""
    tr = ask.tr
    footer = [tr("Suggested on {day}.", day=tr.day(suggestion.at.date()))]
    pending = suggestion.standing is Standing.PENDING
    if pending and checkable(suggestion.seed):
        footer.append(tr("Whoever approves it says that its links and numbers are right: please look first."))
    if pending and suggestion.seconded_by:
        footer.append(tr("A moderator approved it; it needs one more."))
    if not pending:
        footer.append(became(suggestion, tr))
    if suggestion.reason:
        footer.append(tr("Reason: {reason}", reason=suggestion.reason))
    choices = (
        Choice(tr("Approve"), Ask("review approve", one(suggestion))),
        Choice(tr("Edit and approve"), Ask("review edit", one(suggestion))),
        Choice(tr("Decline"), Ask("review decline", {"suggestion": suggestion.id})),
    )
    return replace(
        proposed(suggestion.seed, ask, services), footer=tuple(footer), choices=choices if pending else ()
    )


def became(suggestion: Suggestion, tr: Translator) -> str:
    """What moderators made of a suggestion, and on which day; by nobody's name."""
    day = (suggestion.settled_at or suggestion.at).date()
    return tr(OUTCOMES[suggestion.standing], day=tr.day(day))


def proposed(seed: Seed, ask: Request, services: Services) -> Card:
    """Something that is not on the shelf yet, as it would look there; it leads nowhere."""
    sort, now = label(sort_of(str(seed["id"])), ask.tr), services.now()
    corpus = corpus_of([Own(str(seed["id"]), seed, 1, now, now.date())])
    shelf = services.shelves.shared.with_own(corpus, unlisted=OWN, police=True)
    marked = ask.tr("Suggested: {label}", label=sort)
    try:
        made = card(shelf.get(str(seed["id"])), ask, replace(services, shelf=shelf))
    except UnknownEntryError:  # what a shelf can have has changed since it was suggested
        texts = tuple(map(Paragraph, texts_of(seed)))
        return Card(name_of(seed), texts, label=marked)
    blocks = tuple(each for block in made.blocks if (each := _unvouched(block, ask)))
    return replace(made, blocks=blocks, id="", label=marked, footer=(), choices=())


def _unvouched(block: Block, ask: Request) -> Block | None:
    """A part of a card without what is true only once moderators approved it: who says it, who checked it."""
    match block:
        case Paragraph():
            return Paragraph(block.text)
        case Facts():
            rows = tuple(row for row in block.rows if row[0] != ask.tr("Last checked"))
            return Facts(rows) if rows else None
        case _:
            return block


def compared(made: Card, seed: Seed, ask: Request, services: Services) -> Card:
    """A card that also says what is on the shelf already and seems to be the same."""
    found = tuple(Paragraph(same.reason.spoken(ask.tr)) for _, same in resembling(seed, services))
    return replace(made, blocks=(*made.blocks, *found))


def resembling(seed: Seed, services: Services) -> list[tuple[str, Same]]:
    """What readers find on the shelf, shared or own, that seems to be the same thing; certain ones first."""
    return duplicates(seed, (*services.shelf.sources, *services.shelf.entries()))
