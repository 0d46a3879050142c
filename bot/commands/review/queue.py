"""The moderators' queue: the card of a suggestion where they see it, and word to who suggested it.

A suggestion is kept first, then posted; the id of the message is kept last. So nothing that a platform does
loses a suggestion: what has no card in the queue stands in the list.
"""

from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.commands.describe import Services
from bot.commands.request import Request
from bot.commands.review.cards import compared, suggested
from bot.commands.sending import Unsent, sent
from bot.curation.entry import name_of
from bot.curation.ledger import Ledger
from bot.curation.model import Standing, Suggestion
from bot.errors import StoreError
from bot.i18n import Translator, message, translator
from bot.model import Place
from bot.posting import Post, Poster
from bot.reply import Reply

log = structlog.get_logger()

TRIES = 5  # of a change that somebody else's came before
OUTCOMES = {
    Standing.APPROVED: message(
        "What you suggested, “{title}”, was approved: it stands on the shelf of your community now."
    ),
    Standing.DECLINED: message("What you suggested, “{title}”, was not taken onto the shelf."),
}


async def queued(suggestion: Suggestion, ledger: Ledger, services: Services, tr: Translator) -> str:
    """Post the card of a new suggestion, where there is a queue; return what hindered that, if anything."""
    place_id = services.communities.of(suggestion.community).queue
    if not place_id:
        return ""
    place = Place(suggestion.community.platform, place_id)

    async def post(poster: Poster) -> str:
        return await poster.post(_post(suggestion, place, f"q{suggestion.id}", poster, services))

    message_id = await sent(place.platform, services, tr, post)
    if isinstance(message_id, Unsent):
        return message_id.why

    def shown(current: Suggestion) -> Suggestion:
        return replace(current, queue=place, message_id=message_id)

    after = await changed(suggestion, ledger, shown)
    if after is not None and after.standing is not Standing.PENDING:
        await requeued(after, services, tr)  # whoever decided meanwhile knew of no message
    return ""


async def requeued(suggestion: Suggestion, services: Services, tr: Translator) -> str:
    """Let the card in the queue say what holds now; return what hindered that, if anything."""
    place = suggestion.queue
    if place is None:
        return ""

    async def edit(poster: Poster) -> None:
        key = f"q{suggestion.id}-{suggestion.version}"
        await poster.edit(_post(suggestion, place, key, poster, services), suggestion.message_id)

    done = await sent(place.platform, services, tr, edit)
    return done.why if isinstance(done, Unsent) else ""


def _post(suggestion: Suggestion, place: Place, key: str, poster: Poster, services: Services) -> Post:
    # Of the languages of those who will read it, this is the one that is known.
    ask = Request(suggestion.locale, prefix=poster.prefix, community=suggestion.community)
    card = suggested(suggestion, ask, services)
    if suggestion.standing is Standing.PENDING:
        card = compared(card, suggestion.seed, ask, services)
    return Post(place, Reply(cards=(card,), private=False), key, suggestion.locale)


async def told(suggestion: Suggestion, ledger: Ledger, services: Services) -> None:
    """Forget who suggested it, and tell them what became of it, if they wanted to know.

    In this order nobody is told twice, nor after they asked to be forgotten.
    """
    if not suggestion.by and suggestion.tell is None:
        return
    known: list[Suggestion] = []

    def forgotten(current: Suggestion) -> Suggestion:
        known[:] = [current]
        return replace(current, by="", tell=None)

    if await changed(suggestion, ledger, forgotten) is None:
        return
    (current,) = known
    if (place := current.tell) is None:
        return
    tr = translator(current.locale)
    said = [tr(OUTCOMES[current.standing], title=name_of(current.seed))]
    if current.reason:
        said.append(tr("Reason: {reason}", reason=current.reason))
    said.append(tr("With this, I have forgotten who suggested it."))
    post = Post(place, Reply("\n\n".join(said)), f"t{current.id}", current.locale)
    await sent(place.platform, services, tr, lambda poster: poster.post(post))


async def changed(
    suggestion: Suggestion, ledger: Ledger, change: Callable[[Suggestion], Suggestion]
) -> Suggestion | None:
    """A suggestion changed from whatever it is by now; None where it is gone, or changes too often.

    That a database fails is logged: what somebody asked for is kept by then, and they are not told otherwise.
    """
    current: Suggestion | None = suggestion
    try:
        for _ in range(TRIES):
            if current is None:
                return None
            after = replace(change(current), version=current.version + 1)
            if await ledger.settle(current, after):
                return after
            current = await ledger.suggestion(suggestion.community, suggestion.id)
    except StoreError as error:
        log.exception("suggestion not changed", error=type(error).__name__, problem=str(error))
    return None
