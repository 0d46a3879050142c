"""One conversation after another: what is said becomes a request, and the reply a message.

What was last answered to whom is kept in memory and in the answer itself (see `followup`), from where it
comes back after a restart.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.commands.describe import Services
from bot.commands.request import Audience, Request
from bot.errors import PlatformError
from bot.i18n import message
from bot.model import Community, Place, Visibility
from bot.platforms.matrix.direct import DirectRooms
from bot.platforms.matrix.followup import FIELD, Seal, Step
from bot.platforms.matrix.hearing import Said, step
from bot.platforms.matrix.homeserver import Homeserver, Json
from bot.platforms.matrix.manual import PRIVATE, PUBLIC, typed
from bot.platforms.matrix.message import Message
from bot.platforms.matrix.poster import ROOM
from bot.platforms.matrix.render import content, page
from bot.platforms.matrix.send import insist, send, txn_id
from bot.platforms.matrix.server import RefusedError, TransientError
from bot.platforms.matrix.turn import Turn, concerns_moderators, turn
from bot.reply import Reply

MODERATOR = message("Moderator")
REMEMBERED = 5_000  # conversations in memory; others come back from their rooms
PATIENCE = 5.0  # seconds for what helps an answer along; it goes out without it rather than late
LOOKED_BACK = 60  # events of a room, among which the last answer to somebody is looked for

# Of a room and a person: whether they moderate it.
MayModerate = Callable[[str, str], Awaitable[bool]]
Direct = Callable[[], Awaitable[Place]]


class Conversations:
    """Answers what is said. Questions of one person are to come one at a time.

    `locale` is the language where nobody chose one, `prefix` what stands before a command.
    """

    def __init__(
        self,
        services: Services,
        server: Homeserver,
        seal: Seal,
        may_moderate: MayModerate,
        *,
        locale: str,
        prefix: str,
    ) -> None:
        self._services = services
        self._server = server
        self._seal = seal
        self._may_moderate = may_moderate
        self._locale = locale
        self._prefix = prefix
        self._direct = DirectRooms(server)
        self._steps: OrderedDict[tuple[str, str], Step] = OrderedDict()

    async def answer(self, said: Said) -> None:
        """Answer it. Raises `RefusedError` or `TransientError` where the answer did not get through."""
        way = step(said.line, commanded=said.commanded)
        if way not in {PRIVATE, PUBLIC}:
            private = not said.alone and (
                self._decided_private(said.room_id) or await self._direct.wants_private(said.sender)
            )
            await self._answer(said, private=private)
        elif words := said.line.split(maxsplit=1)[1:]:
            asked = replace(said, words=words[0].removeprefix(self._prefix))
            await self._answer(asked, private=way == PRIVATE)
        else:
            await self._prefer(said, private=way == PRIVATE)
        if said.alone and said.encrypted:
            await self._direct.remember(said.sender, said.room_id)

    async def say(self, said: Said, sentence: Callable[[Request], str], number: int = 0) -> None:
        """Say something of the house's own where it was asked; `number` is as in `txn_id`."""
        last = await self._last(said, said.room_id)
        request = self._request(said, last)
        beside = Turn(Reply(sentence(request)))
        await self._show(said, beside, request, said.room_id, last=last, number=number)

    async def _answer(self, said: Said, *, private: bool) -> None:
        opened = await self._direct_room(said) if private and not said.alone else (said.room_id, True)
        if opened is None:
            return
        place, joined = opened
        invited = False

        async def direct() -> Place:
            nonlocal invited
            asked_to, already_there = await self._open_direct(said, last)
            invited = not already_there
            return asked_to

        last = await self._last(said, place)
        request = self._request(said, last, direct)
        # Looked up each time, and only where it matters: it may take the homeserver a moment.
        if not said.alone and concerns_moderators(said, last, request):
            moderator = await self._may_moderate(said.room_id, said.sender)
            request = self._request(said, last, direct, moderator=moderator)
        taken = await turn(said, last, request, self._services)
        await self._show(said, taken, request, place, last=last)
        if not joined:
            await self.say(said, _invited, 1)
        elif invited:
            await self.say(said, _asked_in, 1)

    async def _prefer(self, said: Said, *, private: bool) -> None:
        """Answer somebody in private from now on, or where they ask."""
        if private and not said.alone and await self._direct_room(said) is None:
            return
        await self._direct.prefer(said.sender, private=private)
        await self.say(said, _in_private if private else _in_public)

    async def _direct_room(self, said: Said) -> tuple[str, bool] | None:
        """The direct room with who asks, and whether they are in it; None where there can be none."""
        try:
            return await self._direct.room_with(said.sender)
        except RefusedError:
            await self.say(said, _no_direct_room)
            return None

    async def _open_direct(self, said: Said, last: Step) -> tuple[Place, bool]:
        """Where the asker alone can be written to, and whether they are there; raises `PlatformError`."""
        if said.alone:
            return Place("matrix", said.room_id), True
        try:
            room_id, joined = await self._direct.room_with(said.sender)
        except (RefusedError, TransientError):
            tr = self._request(said, last).tr
            raise PlatformError(
                tr("I could not open a direct room with you. You can open one with me, and ask me there.")
            ) from None
        return Place("matrix", room_id), joined

    def _request(
        self, said: Said, last: Step, direct: Direct | None = None, *, moderator: bool = False
    ) -> Request:
        room = None if said.alone else said.room_id
        return Request(
            locale=last.locale or self._locale,
            audience=Audience.MODERATOR if moderator else Audience.EVERYONE,
            prefix=self._prefix,
            community=Community("matrix", room) if room else None,
            usually=Visibility.ROOM,  # nothing can be shown to one of several
            moderator_right=MODERATOR,
            place=Place("matrix", room) if room else None,
            direct=direct,
            mentionable=(ROOM,) if room else (),
        )

    def _decided_private(self, room_id: str) -> bool:
        """Whether the moderators of a room decided that answers are for the asker alone."""
        decided = self._services.communities.of(Community("matrix", room_id))
        return decided.answers is Visibility.PRIVATE

    async def _last(self, said: Said, place: str) -> Step:
        """Where the conversation stands: after the answer that is replied to, or else after the last one."""
        own = self._steps.get((place, said.sender)) or await self._recalled(said.sender, place)
        if not said.replied_to or place != said.room_id:
            return own
        try:
            event = await insist(
                self._server.trouble, partial(self._server.message, place, said.replied_to), PATIENCE
            )
        except TransientError:
            return own
        other = self._opened(event, place) if event else None
        return replace(other, person=said.sender, locale=own.locale) if other else own

    async def _recalled(self, person: str, place: str) -> Step:
        """The step that our last answer to somebody in a room carries; an empty one where there is none."""
        try:
            recent = await insist(
                self._server.trouble, partial(self._server.recent, place, LOOKED_BACK), PATIENCE
            )
        except TransientError:  # it is asked for again the next time
            return Step(person)
        except RefusedError:  # we may not read back
            recent = ()
        steps = (self._opened(event, place) for event in recent)
        found = next((each for each in steps if each and each.person == person), Step(person))
        self._remember(place, found)
        return found

    def _opened(self, event: Message, place: str) -> Step | None:
        """The step that an event carries, if it is ours."""
        return self._seal.open(event.content, place) if event.sender == self._server.user_id else None

    def _remember(self, place: str, taken: Step) -> None:
        self._steps[place, taken.person] = taken
        self._steps.move_to_end((place, taken.person))
        if len(self._steps) > REMEMBERED:
            self._steps.popitem(last=False)

    async def _show(
        self, said: Said, taken: Turn, request: Request, place: str, *, last: Step, number: int = 0
    ) -> None:
        """Send a page of a reply, with where the conversation stands then."""
        reply = taken.reply
        if reply.locale:
            request = Request(locale=reply.locale, prefix=request.prefix)
        shown = page(reply, taken.start, request.tr, request.prefix)
        notice = content(shown)
        if place == said.room_id:
            notice["m.relates_to"] = _related(said)
        if not taken.question:
            await send(self._server, place, notice, txn_id(said.event_id, number))
            return
        asks = tuple(choice.ask for choice in shown.offered)
        locale = reply.locale or last.locale
        now = Step(said.sender, taken.question, shown.next, asks, shown.entries, locale)
        if sealed := self._seal.close(now, place):
            notice[FIELD] = sealed
        await send(self._server, place, notice, txn_id(said.event_id, number))
        if sealed or reply.found:  # what was refused for being too long is not to fill the memory
            self._remember(place, now)


def _related(said: Said) -> Json:
    """What makes a message a reply, in the thread of what it replies to (specification, “Threading”)."""
    reply = {"m.in_reply_to": {"event_id": said.event_id}}
    if not said.thread:
        return reply
    return {"rel_type": "m.thread", "event_id": said.thread, "is_falling_back": True, **reply}


def _no_direct_room(request: Request) -> str:
    return request.tr(
        "I could not open a direct room with you, so I have not answered. You can open one with me."
    )


def _invited(request: Request) -> str:
    return request.tr("I have answered you in a direct room. Please accept my invitation to it.")


def _asked_in(request: Request) -> str:
    return request.tr("I have invited you to a direct room. Please accept my invitation to it.")


def _in_private(request: Request) -> str:
    public = typed(PUBLIC, request)
    if request.community is None:
        return request.tr(
            "From now on I answer you here, wherever you ask. {public} ends that.", public=public
        )
    return request.tr(
        "From now on I answer you in our direct room. What you ask here, everyone here still reads: better"
        " ask me there. {public} ends that.",
        public=public,
    )


def _in_public(request: Request) -> str:
    return request.tr("From now on I answer you where you ask, for everyone there to read.")
