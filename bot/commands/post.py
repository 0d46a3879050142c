"""Posting entries in public, as cards that moderators keep up to date."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from bot.commands.daily.words import where
from bot.commands.describe import Channel, Choose, Services, Topic, Typed, Written, command
from bot.commands.looking import ITEM_ID
from bot.commands.parse import RefusedError
from bot.commands.posted import item_of, may_be_posted, put, shown
from bot.commands.request import Audience, Request
from bot.commands.sending import Unsent
from bot.commands.shelf.own import keeper_of, ledger_of
from bot.commands.upkeep import taking_back, update, withdraw
from bot.commands.words import Posting, Whether, echo, named, spoken, told_apart
from bot.curation.cards import fingerprint_of
from bot.curation.model import CardState, PostedCard
from bot.curation.saying import UnfitError
from bot.curation.words import NOTE, cleaned
from bot.errors import UnknownEntryError
from bot.i18n import message
from bot.model import Place
from bot.reply import Ask, Choice, Reply
from bot.shelf import Close, Found, Item

ID = 6  # bytes of a card's id, written in hexadecimal: with what is put after it, no key is longer than 25
OFFERED = 5


@command("post", audience=Audience.MODERATOR, private=True, acts=True)
async def post(
    ask: Request,
    services: Services,
    *,
    entry: Annotated[str, Topic(message("The entry, by its name or its id"))] = "",
    channel: Annotated[str, Channel(message("Where to post it, if not here"))] = "",
    note: Annotated[str, Typed(message("A note of yours above it"), limit=NOTE.characters)] = "",
    action: Annotated[
        Posting | None, Choose(message("Post a new card, or change or take back those there are"))
    ] = None,
    preview: Annotated[str, Written(message("The preview to go on with"), carried=True)] = "",
    confirm: Annotated[Whether | None, Choose(message("Whether you are sure"))] = None,
) -> Reply:
    """Post an entry in a channel, keep its card up to date, or take it back."""
    tr = ask.tr
    if preview:
        return await _go_on(preview, confirm, ask, services)
    if action is Posting.UPDATE:
        return await update(entry, ask, services)
    if action is Posting.WITHDRAW:
        return await withdraw(entry, confirm, ask, services)
    if not entry:
        raise RefusedError(tr("Which entry? Name it: {command} …", command=spoken("post", ask)))
    given = {name: value for name, value in {"channel": channel, "note": note}.items() if value}
    item = await _meant(entry, given, ask, services)
    return item if isinstance(item, Reply) else await _preview(item, channel, note, ask, services)


async def _meant(words: str, given: Mapping[str, str], ask: Request, services: Services) -> Item | Reply:
    """The entry that the words mean; a reply with those there are where that is not clear."""
    tr, shelf = ask.tr, services.shelf
    try:
        return shelf.get(words)
    except UnknownEntryError:
        if ITEM_ID.fullmatch(words):
            raise UnknownEntryError(tr("That entry is no longer on the shelf, or not shown here.")) from None
    answer = await shelf.find(words, locale=ask.language)
    hits = answer.hits if isinstance(answer, Found | Close) else ()
    found = [hit.item for hit in hits]
    exact = [item for item in found if named(words, item.title, *(alias.text for alias in item.aliases))]
    if isinstance(answer, Found) and len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise RefusedError(tr("I found nothing about “{words}”.", words=echo(words)))
    names = told_apart({item.id: item.title for item in found[:OFFERED]})
    choices = (Choice(name, Ask("post", {**given, "entry": item_id})) for item_id, name in names.items())
    return Reply(tr("Which one do you mean?"), choices=tuple(choices), found=False, close=True)


async def _preview(item: Item, channel: str, note: str, ask: Request, services: Services) -> Reply:
    tr, keeper = ask.tr, keeper_of(ask)
    ledger = ledger_of(ask, services)
    if not may_be_posted(item):
        raise RefusedError(tr("A contact that involves police or border agencies is not posted in public."))
    place = Place(keeper.platform, channel) if channel else ask.place
    if place is None:
        raise RefusedError(tr("Nothing can be posted where you are. Name a channel, or ask in one."))
    try:
        note = cleaned(note, NOTE)
    except UnfitError as error:
        raise RefusedError(error.saying.spoken(tr)) from None
    draft = PostedCard(
        secrets.token_hex(ID), keeper, place, item.id, services.now(), note, locale=tr.language
    )
    draft = replace(draft, fingerprint=fingerprint_of([shown(draft, item, services)]))
    there = [each for each in await ledger.cards(keeper, item.id) if each.place == place]
    await ledger.add_card(draft)
    text = tr("This is how it will look. Where: {place}.", place=where(place.id, ask))
    if there:
        text = f"{text} {tr('A card of it stands there already.')}"
    return _previewed(draft, item, text, ask, services, beside=_renewing(item.id, ask) if there else ())


def _previewed(
    draft: PostedCard,
    item: Item,
    text: str,
    ask: Request,
    services: Services,
    *,
    beside: Sequence[Choice] = (),
) -> Reply:
    choices = (*_sure(draft, ask.tr("Post it"), ask), *beside)
    return Reply(text, (shown(draft, item, services),), choices)


def _sure(draft: PostedCard, words: str, ask: Request) -> tuple[Choice, Choice]:
    """To go on with a preview, or not to; the buttons hold its id and nothing of what is posted."""
    yes, no = ({"preview": draft.id, "confirm": each.value} for each in (Whether.YES, Whether.NO))
    return Choice(words, Ask("post", yes)), Choice(ask.tr("Cancel"), Ask("post", no))


def _renewing(item_id: str, ask: Request) -> tuple[Choice, ...]:
    given = {"entry": item_id, "action": Posting.UPDATE.value}
    return (Choice(ask.tr("Bring the card there up to date"), Ask("post", given)),)


async def _go_on(card_id: str, confirm: Whether | None, ask: Request, services: Services) -> Reply:
    """Post what was previewed, or not."""
    tr, ledger = ask.tr, ledger_of(ask, services)
    draft = await ledger.card(keeper_of(ask), card_id)
    if draft is None or draft.state is CardState.WITHDRAWN:
        raise RefusedError(
            tr("That preview is over. {command} makes a new one.", command=spoken("post", ask))
        )
    if draft.state is CardState.POSTED:
        return Reply(tr("It is posted."), choices=taking_back(draft.item, ask))
    if confirm is Whether.NO:
        off = replace(draft, state=CardState.WITHDRAWN, version=draft.version + 1)
        await ledger.change_card(draft, off)
        return Reply(tr("It was not posted."))
    item = item_of(draft, services)
    if item is None:
        raise RefusedError(tr("That entry is no longer on the shelf, or not shown here."))
    made = shown(draft, item, services)
    if confirm is None or fingerprint_of([made]) != draft.fingerprint:
        anew = replace(draft, fingerprint=fingerprint_of([made]), version=draft.version + 1)
        if not await ledger.change_card(draft, anew):
            raise RefusedError(tr("Somebody else is changing that just now. Please try again."))
        text = tr("This is how it looks now. Where: {place}.", place=where(draft.place.id, ask))
        return _previewed(anew, item, text, ask, services)
    done = await put(draft, made, ask, services)
    if isinstance(done, Unsent):
        return _unsent(draft, done, ask)
    return Reply(tr("Posted: {title}.", title=item.title), choices=taking_back(done.item, ask))


def _unsent(draft: PostedCard, done: Unsent, ask: Request) -> Reply:
    tr = ask.tr
    if done.unkept:
        text = done.why
    elif done.unsure:
        text = tr(
            "Nobody can tell whether it was posted: the connection broke just then. Please look whether it is"
            " there; if not, try again."
        )
    else:
        text = tr("It was not posted: {problem}. The preview is kept for a day.", problem=done.why)
    return Reply(text, choices=_sure(draft, tr("Try again"), ask), found=False)
