"""How a suggestion is settled: by one moderator, or by two where the community wants that."""

from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass, replace

from bot.commands.describe import Services
from bot.commands.parse import RefusedError
from bot.commands.request import Request
from bot.commands.review.cards import became
from bot.commands.review.queue import TRIES, requeued, told
from bot.commands.shelf.entering import insist_on_room, taken
from bot.commands.shelf.own import act, checked, keeper_of, ledger_of
from bot.commands.words import echo
from bot.curation.model import Act, Deed, Edit, Own, Seed, Standing, Suggestion


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of a suggestion, with the item that is added and the acts that tell of it."""

    after: Suggestion
    edits: tuple[Edit, ...] = ()
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """A suggestion as it is now, with the item that was added, if one was.

    `hindered` says why the card in the queue does not say so, and is empty where it does.
    """

    suggestion: Suggestion
    own: Own | None
    hindered: str


async def found(words: str, ask: Request, services: Services) -> Suggestion:
    """The suggestion with that id, which waits to be decided.

    Raises:
        RefusedError: There is none, or it was decided meanwhile.
    """
    suggestion = await ledger_of(ask, services).suggestion(keeper_of(ask), words)
    if suggestion is None:
        raise RefusedError(ask.tr("There is no suggestion “{id}” here, or not any more.", id=echo(words)))
    return _waiting(suggestion, ask)


def _waiting(suggestion: Suggestion, ask: Request) -> Suggestion:
    if suggestion.standing is Standing.PENDING:
        return suggestion
    said = [became(suggestion, ask.tr)]
    if suggestion.reason:
        said.append(ask.tr("Reason: {reason}", reason=suggestion.reason))
    said.append(ask.tr("That holds: a suggestion is decided once."))
    raise RefusedError(" ".join(said))


async def settled(
    suggestion: Suggestion,
    ask: Request,
    services: Services,
    attempt: Callable[[Suggestion], Awaitable[Step]],
) -> Settled:
    """What becomes of a suggestion; the queue is changed, and whoever suggested it is told.

    Of two moderators who decide at once, one does, and the other is told what became of it.

    Raises:
        RefusedError: Somebody else decided it meanwhile, or what the attempt raises.
    """
    ledger, keeper = ledger_of(ask, services), keeper_of(ask)
    for _ in range(TRIES):
        step = await attempt(suggestion)
        after = replace(step.after, version=suggestion.version + 1)
        if await ledger.settle(suggestion, after, step.edits, step.acts):
            if step.edits:
                services.shelves.changed(keeper)
            hindered = await requeued(after, services, ask.tr)
            if after.standing is not Standing.PENDING:
                await told(after, ledger, services)
            return Settled(after, next((each.after for each in step.edits), None), hindered)
        suggestion = await found(suggestion.id, ask, services)
    raise RefusedError(ask.tr("Somebody else is deciding that just now. Please try again."))


async def approval(suggestion: Suggestion, seed: Seed, ask: Request, services: Services) -> Step:
    """The approval of a suggestion, as it was made or as this moderator edited it.

    Where two have to approve, the first one's is only kept; an edit has to be approved by somebody else, too.

    Raises:
        RefusedError: The same moderator approved it before, or the shelf is full.
    """
    tr, now = ask.tr, services.now()
    if services.communities.of(suggestion.community).two:
        if not ask.by:
            raise RefusedError(tr("Two moderators have to approve it, and here I cannot tell who is who."))
        edited = seed != suggestion.seed
        if edited or not suggestion.seconded_by:
            seconded = replace(suggestion, seed=seed, seconded_by=ask.by)
            return Step(seconded, acts=(act(Deed.SECONDED, suggestion.id, ask, services),))
        if suggestion.seconded_by == ask.by:
            raise RefusedError(tr("You have approved it. Another moderator has to, as well."))
    shelf = await ledger_of(ask, services).shelf(suggestion.community)
    insist_on_room(shelf, ask)
    item_id = free(str(seed["id"]), taken(shelf, services))
    # Whoever approves it vouches for it: what a card says was checked, was checked now.
    own = checked(Own(item_id, {**seed, "id": item_id}, 1, now, now.date()), now.date())
    after = replace(
        suggestion,
        seed=own.seed,
        standing=Standing.APPROVED,
        settled_by=ask.by,
        settled_at=now,
        item=item_id,
    )
    acts = (
        act(Deed.APPROVED, suggestion.id, ask, services),
        act(Deed.ADDED, item_id, ask, services, own),
    )
    return Step(after, (Edit(None, own),), acts)


def refusal(suggestion: Suggestion, reason: str, ask: Request, services: Services) -> Step:
    """That a suggestion is declined; one moderator can, also where two have to approve."""
    after = replace(
        suggestion,
        standing=Standing.DECLINED,
        settled_by=ask.by,
        settled_at=services.now(),
        reason=reason,
    )
    return Step(after, acts=(act(Deed.DECLINED, suggestion.id, ask, services),))


def free(item_id: str, having: Container[str]) -> str:
    """An id that nothing has yet: this one, or with a number after it."""
    number, candidate = 1, item_id
    while candidate in having:
        number += 1
        candidate = f"{item_id}-{number}"
    return candidate
