"""One conversation after another: what is said becomes a request, and the reply a message.

What was last answered to whom is kept in memory and in the answer itself (see `steps`), from where it comes
back after a restart.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bot.commands.describe import Services
from bot.commands.request import Request
from bot.errors import PlatformError
from bot.model import Place
from bot.platforms.matrix.circumstances import Circumstances, KeeperOf, MayModerate, itself
from bot.platforms.matrix.direct import DirectRooms
from bot.platforms.matrix.enclosure import Enclosure
from bot.platforms.matrix.followup import FIELD, Seal, Step
from bot.platforms.matrix.hearing import Said, answers, step
from bot.platforms.matrix.homeserver import Homeserver, Json
from bot.platforms.matrix.manual import PRIVATE, PUBLIC, typed
from bot.platforms.matrix.render import content, page
from bot.platforms.matrix.send import insist, send, txn_id
from bot.platforms.matrix.server import RefusedError, TransientError
from bot.platforms.matrix.steps import Steps
from bot.platforms.matrix.turn import Turn, asked_for, form_turn, leads_on, turn
from bot.reply import File, Reply

# The numbers of the messages that one event is answered with, see `txn_id`; 2 is a hint of `run`.
ANSWER, BESIDE, HANDED, FILES = 0, 1, 3, 10


class Conversations:
    """Answers what is said. Questions of one person are to come one at a time.

    `locale` is the language where nobody chose one, `prefix` what stands before a command. `keeper_of` says
    whose own shelf holds in a room.
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
        keeper_of: KeeperOf = itself,
    ) -> None:
        self._services = services
        self._server = server
        self._prefix = prefix
        self._circumstances = Circumstances(services, server, may_moderate, keeper_of, locale, prefix)
        self._direct = DirectRooms(server)
        self._steps = Steps(server, seal)

    def may_answer(self, room_id: str, person: str, event_id: str) -> bool:
        """Whether a reply of somebody to an event may be an answer to us, for all that is known at once."""
        return self._steps.may_answer(room_id, person, event_id)

    async def answer(self, said: Said) -> None:
        """Answer it. Raises `RefusedError` or `TransientError` where the answer did not get through."""
        own = await self._answered(said)
        if own is not None:
            if own.after != said.event_id:  # else it was answered just before a crash
                await self._take_turn(said, own, (said.room_id, True), fills=True)
            return
        if said.may_answer:
            return
        way = step(said.line, commanded=said.commanded)
        if way not in {PRIVATE, PUBLIC}:
            private = not said.alone and (
                self._circumstances.decided_private(said.room_id)
                or await self._direct.wants_private(said.sender)
            )
            await self._answer(said, private=private)
        elif words := said.line.split(maxsplit=1)[1:]:
            asked = replace(said, words=words[0].removeprefix(self._prefix))
            await self._answer(asked, private=way == PRIVATE)
        else:
            await self._prefer(said, private=way == PRIVATE)
        if said.alone and said.encrypted:
            await self._direct.remember(said.sender, said.room_id)

    async def say(self, said: Said, sentence: Callable[[Request], str], number: int = ANSWER) -> None:
        """Say something of the house's own where it was asked; `number` is as in `txn_id`."""
        last = await self._steps.last(said, said.room_id)
        request = self._circumstances.plain(said, last)
        beside = Turn(Reply(sentence(request)))
        await self._show(said, beside, request, said.room_id, last=last, number=number)

    async def _answered(self, said: Said) -> Step | None:
        """Where a form stands whose question this answers; None where it answers none."""
        if not (said.alone or said.replied_to or said.may_answer):
            return None
        own = await self._steps.of(said.sender, said.room_id)
        asks = own.filling is not None or own.lost
        return own if asks and answers(said, own.event_id, self._prefix) else None

    async def _answer(self, said: Said, *, private: bool) -> None:
        opened = await self._direct_room(said) if private and not said.alone else (said.room_id, True)
        if opened is not None:
            last = await self._steps.last(said, opened[0])
            await self._take_turn(said, last, opened, fills=False)

    async def _take_turn(self, said: Said, last: Step, opened: tuple[str, bool], *, fills: bool) -> None:
        """Take a turn, and show it in the room that was `opened` for it; one that `fills` answers a form."""
        place, joined = opened
        invited = False

        async def direct() -> Place:
            nonlocal invited
            asked_to, already_there = await self._open_direct(said, last)
            invited = not already_there
            return asked_to

        plain = self._circumstances.plain(said, last)
        goes_on = fills or leads_on(said, plain)
        before = last.file if goes_on else ""
        enclosure = Enclosure(self._server, said, last.room or said.room_id, before, plain.tr)
        room = await self._circumstances.room_of(said, last, leads_on=goes_on)
        asked = last.filling.form.ask if fills and last.filling else asked_for(said, last)
        shared = not said.alone and place == said.room_id
        request = await self._circumstances.request(
            said, last, room, asked, direct=direct, upload=enclosure.read, overheard=shared
        )
        go_on = form_turn if fills else turn
        taken = await go_on(said, last, request, self._services, shared=shared)
        handed = await self._hand_over(said, taken.reply.files, place)
        about = "" if room == place else room
        now = Step(said.sender, locale=last.locale, room=about, file=enclosure.event_id)
        await self._show(said, taken, request, place, last=now)
        if handed is not None:
            await self.say(said, handed, HANDED)
        if not joined:
            await self.say(said, _invited, BESIDE)
        elif invited:
            await self.say(said, _asked_in, BESIDE)

    async def _hand_over(
        self, said: Said, files: tuple[File, ...], place: str
    ) -> Callable[[Request], str] | None:
        """Send files to whoever asked and to nobody else; return what is to be said of that, if anything."""
        if not files:
            return None
        try:
            room_id, joined = (
                (said.room_id, True) if said.alone else await self._direct.room_with(said.sender)
            )
        except (RefusedError, TransientError):
            return _no_room_for_files
        try:
            for number, file in enumerate(files, start=FILES):
                shown = await insist(self._server.trouble, partial(self._server.put, room_id, file))
                await send(self._server, room_id, shown, txn_id(said.event_id, number))
        except (RefusedError, TransientError):
            return _not_handed
        if room_id == place:
            return None
        return _handed if joined else _handed_to_guest

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
            tr = self._circumstances.plain(said, last).tr
            raise PlatformError(
                tr("I could not open a direct room with you. You can open one with me, and ask me there.")
            ) from None
        return Place("matrix", room_id), joined

    async def _show(
        self, said: Said, taken: Turn, request: Request, place: str, *, last: Step, number: int = ANSWER
    ) -> None:
        """Send a page of a reply, with where the conversation stands then, which is `last` until then."""
        reply = taken.reply
        if reply.locale:
            request = Request(locale=reply.locale, prefix=request.prefix)
        shown = page(reply, taken.start, request.tr, request.prefix, whole=taken.whole)
        notice = content(shown)
        if place == said.room_id:
            notice["m.relates_to"] = _related(said)
        if not taken.question:
            await send(self._server, place, notice, txn_id(said.event_id, number))
            return
        now = replace(
            last,
            question=taken.question,
            next=shown.next,
            offered=tuple(choice.ask for choice in shown.offered),
            entries=shown.entries,
            locale=reply.locale or last.locale,
            filling=taken.filling,
            after=said.event_id,
        )
        if sealed := self._steps.closed(now, place):
            notice[FIELD] = sealed
        event_id = await send(self._server, place, notice, txn_id(said.event_id, number))
        if sealed or reply.found:  # what was refused for being too long is not to fill the memory
            self._steps.remember(place, replace(now, event_id=event_id))


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


def _no_room_for_files(request: Request) -> str:
    return request.tr(
        "The file is for you alone, and I could not open a direct room with you. You can open one with me."
    )


def _not_handed(request: Request) -> str:
    return request.tr("The homeserver did not take the file. Please try again later.")


def _handed(request: Request) -> str:
    return request.tr("The file is for you alone: I have sent it to our direct room.")


def _handed_to_guest(request: Request) -> str:
    return request.tr(
        "The file is for you alone: I have sent it to a direct room. Please accept my invitation to it."
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
