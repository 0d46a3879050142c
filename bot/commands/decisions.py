"""What moderators decide for the shelf of their community: who adds to it, who approves, what is left out."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.commands.daily.words import where
from bot.commands.describe import Services
from bot.commands.parse import RefusedError
from bot.commands.permission import may, refusal
from bot.commands.request import Audience, Request
from bot.commands.sending import Unsent, sent
from bot.commands.words import Whether, spoken
from bot.curation.model import Act, Deed
from bot.i18n import message
from bot.model import Community, CommunitySettings, Place
from bot.posting import Post, Poster
from bot.reply import Ask, Choice, Reply

# Sentences for each setting: what holds where it is on, and where it is off.
HOLDS = {
    "suggestions": (
        message("Members can suggest things for the shelf; moderators decide."),
        message("Members cannot suggest anything for the shelf."),
    ),
    "two": (
        message("Two moderators have to approve a suggestion."),
        message("One moderator can approve a suggestion."),
    ),
    "police": (
        message("Contacts that involve police or border agencies are found here, and marked as such."),
        message("Contacts that involve police or border agencies are not found here."),
    ),
}
INSTEAD = {
    "suggestions": (message("Let members suggest"), message("Take no suggestions")),
    "two": (message("Let two moderators approve"), message("Let one moderator approve")),
    # There is no button that lets them be found: that should be typed, and thought about.
    "police": ("", message("Leave out contacts of police")),
}
WARNING = message(
    "Please think about who reads here: for many sex workers and migrants, a call to police or a border"
    " agency ends in arrest, eviction or deportation. Such contacts say on their card that they are one."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to hold from now on; of what is None, nothing is said. An empty `queue` is nowhere."""

    suggestions: Whether | None = None
    queue: str | None = None
    two: Whether | None = None
    police: Whether | None = None

    def __bool__(self) -> bool:
        return any(each is not None for each in (self.suggestions, self.queue, self.two, self.police))

    def on(self, held: CommunitySettings) -> CommunitySettings:
        """What holds then."""
        return replace(
            held,
            suggestions=_now(self.suggestions, before=held.suggestions),
            queue=held.queue if self.queue is None else self.queue,
            two=_now(self.two, before=held.two),
            police=_now(self.police, before=held.police),
        )


def _now(wanted: Whether | None, *, before: bool) -> bool:
    return before if wanted is None else wanted is Whether.YES


def queue_of(channel: str, here: Whether | None, ask: Request) -> str | None:
    """The id of the place for suggestions that is asked for; None where none is.

    Raises:
        RefusedError: This reader may not choose it, or nothing can be posted there.
    """
    if not channel and here is None:
        return None
    if not may(Audience.MODERATOR, ask):
        raise RefusedError(refusal("settings", ask))
    if channel or here is Whether.NO:
        return channel
    if ask.place is None:
        raise RefusedError(ask.tr("Nothing can be posted where you are. Name a channel, or ask in one."))
    if not ask.place.id:
        raise RefusedError(ask.tr("Here suggestions stand in {list} alone.", list=spoken("review list", ask)))
    return ask.place.id


def insist(wish: Wish, ask: Request, services: Services) -> Community:
    """The community for which that is decided.

    Raises:
        RefusedError: It cannot be decided here, or could not be kept to.
    """
    if ask.keeper is None:  # nobody is a moderator there
        raise RefusedError(refusal("settings", ask))
    if services.ledger is None:
        raise RefusedError(ask.tr("Nothing is kept here, so there can be no shelf of your own."))
    if wish.two is Whether.YES and not ask.by:
        raise RefusedError(
            ask.tr("Here I cannot tell who is who, so nobody could be the second of two: leave it at one.")
        )
    return ask.keeper


async def decide(wish: Wish, keeper: Community, ask: Request, services: Services) -> str:
    """Let something hold for the shelf of a community from now on; return what there is to say about it."""
    before = services.communities.of(keeper)
    after = wish.on(before)
    changed = [name for name in ("suggestions", "queue", "two", "police") if _differs(name, before, after)]
    if services.ledger is not None:
        for name in changed:  # kept first: there is to be no decision of which nobody knows who took it
            decided = {name: getattr(after, name)}
            act = Act(Deed.DECIDED, name, ask.by, services.now(), seed=decided)
            await services.ledger.note(keeper, act)
    if changed:
        after = await services.communities.amend(keeper, wish.on)
    if "police" in changed:
        services.shelves.changed(keeper)
    said = [_holds(name, after, ask) for name in HOLDS if getattr(wish, name) is not None]
    if wish.police is Whether.YES:
        said.append(ask.tr(WARNING))
    if wish.queue is not None:
        said.append(_queue(after, ask))
        if trouble := await _announced(after, keeper, ask, services):
            said.append(trouble)
    elif wish.suggestions is Whether.YES and not after.queue:
        said.append(_queue(after, ask))
    return "\n".join(said)


def told(act: Act, ask: Request) -> str:
    """What a decision was, in a sentence; of an old one, only the name of the setting is known."""
    if not act.seed:
        return ask.tr.name(act.subject)
    value = act.seed[act.subject]
    if act.subject == "queue":
        return _queue(CommunitySettings(queue=str(value)), ask)
    on, off = HOLDS[act.subject]
    return ask.tr(on if value else off)


def _differs(name: str, before: CommunitySettings, after: CommunitySettings) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


async def _announced(held: CommunitySettings, keeper: Community, ask: Request, services: Services) -> str:
    """Say in the queue what it is; return why that did not work, if it did not."""
    tr = ask.tr
    if not held.queue:
        return ""
    note = Post(
        Place(keeper.platform, held.queue),
        Reply(tr("Suggestions come here.")),
        f"n{secrets.token_hex(6)}",
        tr.language,
    )

    async def post(poster: Poster) -> str:
        return await poster.post(note)

    done = await sent(keeper.platform, services, tr, post)
    if not isinstance(done, Unsent):
        return ""
    return tr(
        "Nothing can be posted there yet: {problem}. Until then, suggestions stand in the list alone.",
        problem=done.why,
    )


def standing(ask: Request, services: Services) -> str:
    """What holds for the shelf of the community, as far as it concerns this reader."""
    tr, keeper = ask.tr, ask.keeper
    if keeper is None or services.ledger is None:
        return ""
    held = services.communities.of(keeper)
    shown = HOLDS if may(Audience.MODERATOR, ask) else [name for name in HOLDS if name != "two"]
    said = [_holds(name, held, ask) for name in shown if name != "two" or held.suggestions]
    if may(Audience.MODERATOR, ask):
        if held.suggestions:
            said.append(_queue(held, ask))
        if keeper != ask.community:
            said.append(tr("The shelf is that of the whole space, and so is what is decided about it."))
    return "\n".join(said)


def onward(ask: Request, services: Services) -> Iterator[Choice]:
    """What moderators could decide instead."""
    if ask.keeper is None or services.ledger is None or not may(Audience.MODERATOR, ask):
        return
    held = services.communities.of(ask.keeper)
    for name, (on, off) in INSTEAD.items():
        is_on = getattr(held, name)
        if name == "two" and not (held.suggestions and (ask.by or is_on)):
            continue
        if words := off if is_on else on:
            value = Whether.NO if is_on else Whether.YES
            yield Choice(ask.tr(words), Ask("settings", {name: value.value}))


def _holds(name: str, held: CommunitySettings, ask: Request) -> str:
    on, off = HOLDS[name]
    return ask.tr(on if getattr(held, name) else off)


def _queue(held: CommunitySettings, ask: Request) -> str:
    tr = ask.tr
    if not held.queue:
        return tr("No channel is told of suggestions: moderators find them in the list.")
    return tr("Moderators are told of suggestions: {place}.", place=where(held.queue, ask))
