"""The circumstances of a command on Matrix: which room it is about, whose shelf holds there, who decides."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bot.commands.describe import Services
from bot.commands.request import Audience, Request
from bot.i18n import message
from bot.model import Community, Place, Visibility
from bot.platforms.matrix.followup import Step
from bot.platforms.matrix.hearing import Said
from bot.platforms.matrix.homeserver import Homeserver
from bot.platforms.matrix.poster import ROOM
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import RefusedError, TransientError
from bot.platforms.matrix.turn import command_of, concerns_moderators
from bot.reply import Ask

MODERATOR = message("Moderator")
PATIENCE = 5.0  # seconds
OF_THE_SHELF = {"shelf", "review", "post", "settings", "privacy"}
"""The commands, and groups of them, about what the keeper of the shelf has: its moderators give them."""

# Of a room and a person: whether they moderate it.
MayModerate = Callable[[str, str], Awaitable[bool]]
# Of a room: the room or space whose own shelf holds there.
KeeperOf = Callable[[str], Awaitable[str]]
Direct = Callable[[], Awaitable[Place]]
Upload = Callable[[str, int], Awaitable[bytes]]


async def itself(room_id: str) -> str:
    """The keeper of a room that is in no space."""
    return room_id


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Makes requests. `locale` is the language where nobody chose one, `prefix` stands before a command."""

    services: Services
    server: Homeserver
    may_moderate: MayModerate
    keeper_of: KeeperOf
    locale: str
    prefix: str

    async def room_of(self, said: Said, last: Step, *, leads_on: bool) -> str:
        """The room that something is about: where others are, or what led to it; empty where there is none.

        Somebody who left that room since is out of it here, too.
        """
        if not said.alone:
            return said.room_id
        if not leads_on or not last.room or not await self._is_in(last.room, said.sender):
            return ""
        return last.room

    def plain(self, said: Said, last: Step) -> Request:
        """The circumstances of what is said beside a conversation."""
        return self._request(said, last, "" if said.alone else said.room_id, None)

    async def request(
        self,
        said: Said,
        last: Step,
        room: str,
        question: Ask | str,
        *,
        direct: Direct | None = None,
        upload: Upload | None = None,
        overheard: bool = False,
    ) -> Request:
        """The circumstances of a `question` about a `room` (none where that is empty).

        `overheard` is as in `Request`.
        """
        keeper = await self.keeper_of(room) if room else ""
        made = partial(self._request, said, last, room, direct=direct, upload=upload, overheard=overheard)
        request = made(keeper or None)
        # Looked up each time, and only where it matters: it may take the homeserver a moment.
        if not room or not concerns_moderators(question, request, commanded=said.commanded):
            return request
        first = command_of(question, request).partition(" ")[0]
        decider = keeper if first in OF_THE_SHELF else room
        if not await self.may_moderate(decider, said.sender):
            return request
        # Power may outlast a membership, and in a space nobody has to be who speaks in its rooms.
        if decider != said.room_id and not await self._is_in(decider, said.sender):
            return request
        return made(keeper, audience=Audience.MODERATOR)

    def decided_private(self, room_id: str) -> bool:
        """Whether the moderators of a room decided that answers are for the asker alone."""
        decided = self.services.communities.of(Community("matrix", room_id))
        return decided.answers is Visibility.PRIVATE

    def _request(
        self,
        said: Said,
        last: Step,
        room: str,
        keeper: str | None,
        *,
        direct: Direct | None = None,
        upload: Upload | None = None,
        overheard: bool = False,
        audience: Audience = Audience.EVERYONE,
    ) -> Request:
        return Request(
            locale=last.locale or self.locale,
            audience=audience,
            prefix=self.prefix,
            community=Community("matrix", room) if room else None,
            usually=Visibility.ROOM,  # nothing can be shown to one of several
            moderator_right=MODERATOR,
            place=Place("matrix", room) if room else None,
            direct=direct,
            mentionable=(ROOM,) if room else (),
            by=said.sender,
            upload=upload,
            overheard=overheard,
            keeper=Community("matrix", keeper) if keeper else None,
        )

    async def _is_in(self, room_id: str, person: str) -> bool:
        """Whether somebody is in a room; where that is not to be had, they count as not."""
        ask = partial(self.server.call, "GET", "rooms", room_id, "state", "m.room.member", person)
        try:
            return (await insist(self.server.trouble, ask, PATIENCE)).get("membership") == "join"
        except (RefusedError, TransientError):
            return False
