"""The card of an entry as it stands in a channel: made, posted, changed, taken back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import structlog

from bot.commands.cards import card, opening
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.commands.sending import Unsent, sent
from bot.commands.shelf.own import act, ledger_of
from bot.curation.cards import fingerprint_of
from bot.curation.model import CardState, Deed, PostedCard
from bot.errors import StoreError, UnknownEntryError
from bot.i18n import Translator, message
from bot.model import Contact
from bot.posting import Post, Poster
from bot.reply import Block, Card, Choice, Facts, Paragraph, Reply
from bot.shelf import Item

UNKEPT = message(
    "It was posted, and that could not be kept: I cannot bring it up to date or take it back yet. Please try"
    " again at once, and it is not posted twice."
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of several cards: `problems` say why of some nothing did; of `gone` ones, the entry is."""

    done: list[PostedCard] = field(default_factory=list)
    same: list[PostedCard] = field(default_factory=list)
    gone: list[PostedCard] = field(default_factory=list)
    problems: list[tuple[PostedCard, str]] = field(default_factory=list)


def item_of(posted: PostedCard, services: Services) -> Item | None:
    """The entry of a card, if it is still found and may stand in a channel."""
    try:
        item = services.shelf.get(posted.item)
    except UnknownEntryError:
        return None
    return item if may_be_posted(item) else None


def may_be_posted(item: Item) -> bool:
    """Whether an entry may stand in a channel: what involves police may not, wherever it may be found."""
    return not (isinstance(item, Contact) and item.police)


def shown(posted: PostedCard, item: Item, services: Services) -> Card:
    """What stands in the channel: the entry, the moderators' note above it, and who keeps it up to date."""
    ask = Request(posted.locale, community=posted.community)
    tr, made = ask.tr, card(item, ask, services)
    note = (Paragraph(tr("From the moderators here: {note}", note=posted.note)),) if posted.note else ()
    # The card of an entry of their own says already who keeps it.
    shared = item.id in services.shelves.shared.ids
    posted_by = (tr("From the shared shelf; posted by the moderators here."),) if shared else ()
    return replace(
        made,
        blocks=(*note, *_without_ages(made.blocks, item, tr, services)),
        footer=(*made.footer, *posted_by),
        choices=(Choice(tr("Open the entry"), opening(item)),),
    )


def _without_ages(
    blocks: Iterable[Block], item: Item, tr: Translator, services: Services
) -> tuple[Block, ...]:
    """A card stands for months, in which “yesterday” becomes untrue: the day says it all."""
    checked_on = item.checked_on if isinstance(item, Contact) else services.shelf.checked_on(item.id)
    if checked_on is None:
        return tuple(blocks)
    age = f" ({tr.ago(checked_on, services.today())})"

    def dated(block: Block) -> Block:
        if not isinstance(block, Facts):
            return block
        rows = (
            (name, value.replace(age, "") if name == tr("Last checked") else value)
            for name, value in block.rows
        )
        return Facts(tuple(rows))

    return tuple(map(dated, blocks))


async def put(posted: PostedCard, made: Card, ask: Request, services: Services) -> PostedCard | Unsent:
    """Post a card that was previewed; pressed twice, it is there once."""

    async def post(poster: Poster) -> str:
        return await poster.post(_post(posted, made, posted.id))

    message_id = await sent(posted.place.platform, services, ask.tr, post)
    if isinstance(message_id, Unsent):
        return message_id
    ledger = ledger_of(ask, services)
    after = replace(
        posted,
        state=CardState.POSTED,
        message_id=message_id,
        fingerprint=fingerprint_of([made]),
        at=services.now(),
        version=posted.version + 1,
    )
    try:
        kept = await ledger.change_card(posted, after, act(Deed.POSTED, posted.item, ask, services))
    except StoreError as error:
        log.exception("posted card not kept", error=type(error).__name__, problem=str(error))
        return Unsent(ask.tr(UNKEPT), unkept=True)
    if kept:
        return after
    current = await ledger.card(posted.community, posted.id)
    if current is None or current.state is not CardState.POSTED:  # called off while it was on its way
        await _take_down(after, services, ask.tr)
        return Unsent(ask.tr("it was cancelled meanwhile"))
    return current


async def updated(cards: Iterable[PostedCard], ask: Request, services: Services) -> Outcome:
    """Let cards say what their entries say now."""
    outcome = Outcome()
    ledger = ledger_of(ask, services)
    for posted in cards:
        item = item_of(posted, services)
        if item is None:
            outcome.gone.append(posted)
            continue
        made = shown(posted, item, services)
        fingerprint = fingerprint_of([made])
        if fingerprint == posted.fingerprint:
            outcome.same.append(posted)
            continue
        post = _post(posted, made, f"{posted.id}-{posted.version}")

        async def edit(poster: Poster, post: Post = post, message_id: str = posted.message_id) -> None:
            await poster.edit(post, message_id)

        done = await sent(posted.place.platform, services, ask.tr, edit)
        if isinstance(done, Unsent):
            outcome.problems.append((posted, done.why))
            continue
        after = replace(posted, fingerprint=fingerprint, version=posted.version + 1)
        # Where somebody else changed it meanwhile, theirs is kept: it stands there in the same words.
        await ledger.change_card(posted, after, act(Deed.UPDATED, posted.item, ask, services))
        outcome.done.append(after)
    return outcome


async def withdrawn(cards: Iterable[PostedCard], ask: Request, services: Services) -> Outcome:
    """Delete the messages of cards; of those whose place is gone, they are gone as well."""
    outcome = Outcome()
    ledger = ledger_of(ask, services)
    for posted in cards:
        done = await _take_down(posted, services, ask.tr)
        if isinstance(done, Unsent) and not done.gone:
            outcome.problems.append((posted, done.why))
            continue
        after = replace(posted, state=CardState.WITHDRAWN, version=posted.version + 1)
        await ledger.change_card(posted, after, act(Deed.WITHDRAWN, posted.item, ask, services))
        outcome.done.append(after)
    return outcome


async def _take_down(posted: PostedCard, services: Services, tr: Translator) -> Unsent | None:
    async def withdraw(poster: Poster) -> None:
        await poster.withdraw(posted.place, posted.message_id, f"{posted.id}-w{posted.version}")

    return await sent(posted.place.platform, services, tr, withdraw)


def _post(posted: PostedCard, made: Card, key: str) -> Post:
    return Post(posted.place, Reply(cards=(made,), private=False), key, posted.locale)
