"""Cards that stand posted: brought up to date when their entries change, and taken back."""

from collections.abc import Iterator, Sequence

from bot.commands.daily.words import where
from bot.commands.describe import Services
from bot.commands.posted import Outcome, updated, withdrawn
from bot.commands.request import Request
from bot.commands.shelf.own import keeper_of, ledger_of
from bot.commands.words import BUTTON, Posting, Whether, named, shortened, told_apart
from bot.curation.entry import name_of
from bot.curation.model import PostedCard
from bot.errors import UnknownEntryError
from bot.i18n import message
from bot.reply import Ask, Choice, Reply


async def update(words: str, ask: Request, services: Services) -> Reply:
    """Let the cards of an entry, or all that stand posted, say what holds now."""
    tr = ask.tr
    cards: Sequence[PostedCard] = await ledger_of(ask, services).cards(keeper_of(ask))
    if words and cards:
        found = await _meant(words, cards, Posting.UPDATE, ask, services)
        if isinstance(found, Reply):
            return found
        _, cards = found
    if not cards:
        return _none(ask)
    outcome = await updated(cards, ask, services)
    said: list[str] = []
    if outcome.done:
        said.append(tr.n("{n} card was changed.", "{n} cards were changed.", len(outcome.done)))
    if outcome.same:
        said.append(tr.n("{n} card is up to date.", "{n} cards are up to date.", len(outcome.same)))
    said += _troubles(outcome, message("A card could not be changed ({place}): {problem}."), ask)
    names = await _names(outcome.gone, ask, services)
    choices: list[Choice] = []
    for item_id, (title, *_) in names.items():
        said.append(tr("“{title}” is no longer on the shelf, and its card still stands.", title=title))
        given = {"entry": item_id, "action": Posting.WITHDRAW.value}
        choices.append(Choice(shortened(tr("Take back: {title}", title=title), BUTTON), Ask("post", given)))
    return Reply("\n".join(said), choices=tuple(choices), found=not outcome.problems)


async def withdraw(words: str, confirm: Whether | None, ask: Request, services: Services) -> Reply:
    """Delete the messages that show an entry, once a moderator is sure."""
    tr = ask.tr
    cards: Sequence[PostedCard] = await ledger_of(ask, services).cards(keeper_of(ask))
    if not cards:
        return _none(ask)
    found = await _meant(words, cards, Posting.WITHDRAW, ask, services)
    if isinstance(found, Reply):
        return found
    title, cards = found
    if confirm is Whether.NO:
        return Reply(tr("It stays."))
    if confirm is None:
        asked = tr.n(
            "Delete the message with “{title}”?",
            "Delete the {n} messages with “{title}”?",
            len(cards),
            title=title,
        )
        (sure,) = taking_back(cards[0].item, ask, sure=True)
        return Reply(asked, choices=(sure,))
    outcome = await withdrawn(cards, ask, services)
    said: list[str] = []
    if outcome.done:
        said.append(tr.n("{n} card was taken back.", "{n} cards were taken back.", len(outcome.done)))
    said += _troubles(outcome, message("A card could not be taken back ({place}): {problem}."), ask)
    return Reply("\n".join(said), found=not outcome.problems)


def taking_back(item_id: str, ask: Request, *, sure: bool = False) -> tuple[Choice, ...]:
    """The choice to take back the cards of an entry, which asks again if that is not `sure`."""
    given = {"entry": item_id, "action": Posting.WITHDRAW.value}
    if sure:
        given["confirm"] = Whether.YES.value
    return (Choice(ask.tr("Take it back"), Ask("post", given)),)


def _none(ask: Request) -> Reply:
    return Reply(ask.tr("No card stands posted here."), found=False)


def _troubles(outcome: Outcome, words: str, ask: Request) -> Iterator[str]:
    for posted, problem in outcome.problems:
        yield ask.tr(words, place=where(posted.place.id, ask), problem=problem)


async def _meant(
    words: str, cards: Sequence[PostedCard], action: Posting, ask: Request, services: Services
) -> tuple[str, Sequence[PostedCard]] | Reply:
    """Of the cards, those of the entry that the words mean, with its name; it may be removed by now."""
    tr, names = ask.tr, await _names(cards, ask, services)
    meant = [each for each in names if each == words] or [
        each for each in names if named(words, *names[each])
    ]
    if len(meant) == 1:
        title, *_ = names[meant[0]]
        return title, [each for each in cards if each.item == meant[0]]
    shown = told_apart({item_id: title for item_id, (title, *_) in names.items()})
    choices = (
        Choice(title, Ask("post", {"entry": item_id, "action": action.value}))
        for item_id, title in shown.items()
    )
    text = tr("Cards of these entries stand posted. Which one do you mean?")
    return Reply(text, choices=tuple(choices), found=False, close=True)


async def _names(cards: Sequence[PostedCard], ask: Request, services: Services) -> dict[str, tuple[str, ...]]:
    """What the entries of cards are called, by their ids, those that were removed included."""
    own = {each.id: each for each in (await ledger_of(ask, services).shelf(keeper_of(ask))).items}
    names: dict[str, tuple[str, ...]] = {}
    for each in cards:
        try:
            item = services.shelf.get(each.item)
            names[each.item] = (item.title, *(alias.text for alias in item.aliases))
        except UnknownEntryError:
            names[each.item] = (name_of(own[each.item].seed) if each.item in own else each.item,)
    return names
