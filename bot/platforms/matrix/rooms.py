"""Which rooms the bot is in: invited, moved, put out."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Protocol

import structlog

from bot.platforms.matrix.client import Client
from bot.platforms.matrix.journal import Journal
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import Json, RefusedError, dicts, section

TOMBSTONE = "m.room.tombstone"
Job = Callable[[], Awaitable[None]]
Enter = Callable[[str], Awaitable[None]]

log = structlog.get_logger()


class Belongings(Protocol):
    """What belongs to rooms elsewhere in the house, such as their settings. Both may be asked for twice."""

    async def move(self, old: str, new: str) -> None:
        """A room was replaced by another."""

    async def forget(self, room_id: str) -> None:
        """Nothing of a room is needed any more."""


class Rooms:
    """Accepts invites of those who may invite, follows upgraded rooms, and forgets those that are over.

    `allowed` is as `Account.allow_invites_from`, `purge_after` in seconds. `enter` is told of every room that
    we are in, once for each start and each time that we join it.
    """

    def __init__(
        self,
        client: Client,
        journal: Journal,
        belongings: Belongings,
        *,
        allowed: tuple[str, ...],
        purge_after: float,
        enter: Enter | None = None,
    ) -> None:
        self._client = client
        self._journal = journal
        self._belongings = belongings
        self._allowed = frozenset(allowed)
        self._purge_after = purge_after
        self._enter = enter
        self._entered: set[str] = set()
        self._followed: set[tuple[str, str]] = set()
        self._purging: set[str] = set()
        self._moving: dict[str, asyncio.Event] = {}

    def jobs(self, body: Json) -> Iterator[tuple[str, Job]]:
        """What a sync that was taken in asks for: jobs by name. Each does no harm when it is done twice."""
        for room_id, room in section(body, "rooms", "invite").items():
            yield (
                f"invite {room_id}",
                partial(self._answer, room_id, dicts(section(room, "invite_state").get("events"))),
            )
        for room_id in section(body, "rooms", "join"):
            self._journal.rejoin(room_id)
            yield from self._moves(room_id)
            if self._enter and room_id not in self._entered:
                self._entered.add(room_id)
                yield f"enter {room_id}", partial(self._enter, room_id)
        for room_id, room in section(body, "rooms", "leave").items():
            if self._was_joined(room_id, room):
                log.warning("removed from a room", platform="matrix")
                self._journal.leave(room_id, time.time())
            self._client.drop(room_id)
            self._entered.discard(room_id)
        for room_id, since in self._journal.left.items():
            if time.time() - since > self._purge_after and room_id not in self._purging:
                self._purging.add(room_id)
                yield f"purge {room_id}", partial(self._purge, room_id)

    def may_invite(self, user_id: str, room_id: str) -> bool:
        """Whether an invite of that user to that room is accepted."""
        # A user's id ends with their server by definition; of a room's id nothing can be said.
        return not self._allowed.isdisjoint({"*", user_id, user_id.partition(":")[2], room_id} - {""})

    async def moved(self, room_id: str) -> None:
        """Wait until what was decided for the room that this one replaces, if it does, holds here."""
        if arrived := self._moving.get(room_id):
            await arrived.wait()

    async def _answer(self, room_id: str, state: list[Json]) -> None:
        """Join a room that we were invited to, or decline."""
        # A strange server may have put another invite beside its own: whoever invites us has to be allowed.
        inviters = {
            str(event.get("sender"))
            for event in state
            if event.get("type") == "m.room.member" and event.get("state_key") == self._client.user_id
        } or {""}
        if all(self.may_invite(inviter, room_id) for inviter in inviters):
            await self._join(room_id, *inviters)
            return
        log.warning("invite declined", platform="matrix", error="neither the sender nor the room is allowed")
        with suppress(RefusedError):  # it was taken back
            await insist(self._client.trouble, partial(self._client.call, "POST", "rooms", room_id, "leave"))
            await insist(self._client.trouble, partial(self._client.call, "POST", "rooms", room_id, "forget"))

    async def _join(self, room_id: str, *who: str) -> None:
        # A room's id does not tell where it is: the server of whoever pointed us there is in it.
        servers = sorted({user_id.partition(":")[2] for user_id in who})
        query = {"via": servers, "server_name": servers}
        try:
            await insist(
                self._client.trouble, partial(self._client.server.call, "POST", "join", room_id, query=query)
            )
        except RefusedError as error:
            log.warning("room cannot be joined", platform="matrix", error=error.code or str(error.status))

    def _moves(self, room_id: str) -> Iterator[tuple[str, Job]]:
        """The jobs that follow from a room being replaced, or being a replacement."""
        successor = self._successor(room_id)
        if successor and (room_id, successor) not in self._followed and self._client.room(successor) is None:
            self._followed.add((room_id, successor))
            yield f"follow {room_id}", partial(self._follow, room_id, successor)
        create = section(self._client.state(room_id, "m.room.create"), "content")
        pairs = {(room_id, successor), (str(section(create, "predecessor").get("room_id", "")), room_id)}
        for old, new in pairs:
            if new and self._replaces(old, new):
                self._moving.setdefault(new, asyncio.Event())
                yield f"move {old}", partial(self._move, old, new)

    def _successor(self, room_id: str) -> str:
        """The room that a room says it was replaced by; empty where it was not."""
        tombstone = self._client.state(room_id, TOMBSTONE)
        successor = section(tombstone, "content").get("replacement_room")
        return successor if isinstance(successor, str) else ""

    def _replaces(self, old: str, new: str) -> bool:
        """Whether two rooms agree that one replaces the other, and somebody who may invite us said so."""
        create = section(self._client.state(new, "m.room.create"), "content")
        agreed = self._successor(old) == new and section(create, "predecessor").get("room_id") == old
        return agreed and self._is_trusted(old, new)

    def _is_trusted(self, old: str, new: str) -> bool:
        tombstone = self._client.state(old, TOMBSTONE) or {}
        return self.may_invite(str(tombstone.get("sender")), new)

    async def _follow(self, old: str, new: str) -> None:
        if self._is_trusted(old, new):
            await self._join(new, str((self._client.state(old, TOMBSTONE) or {}).get("sender")))
        else:
            log.warning("room upgrade not followed", platform="matrix", error="its sender may not invite")

    async def _move(self, old: str, new: str) -> None:
        """Take what belongs to a room along to its replacement, and leave it."""
        try:
            await self._belongings.move(old, new)
        finally:
            self._moving.pop(new, asyncio.Event()).set()
        log.info("room moved", platform="matrix")
        with suppress(RefusedError):
            await insist(self._client.trouble, partial(self._client.call, "POST", "rooms", old, "leave"))

    def _was_joined(self, room_id: str, room: object) -> bool:
        """Whether we were in a room that we are not in any more; if not, it was an invite."""
        if self._client.room(room_id):
            return True
        events = [
            *dicts(section(room, "state").get("events")),
            *dicts(section(room, "timeline").get("events")),
        ]
        return any(
            event.get("type") == "m.room.member"
            and event.get("state_key") == self._client.user_id
            and section(event, "unsigned", "prev_content").get("membership") == "join"
            for event in events
        )

    async def _purge(self, room_id: str) -> None:
        """Delete what belongs to a room that we were removed from, unless we are in it again."""
        self._purging.discard(room_id)
        if room_id not in self._journal.left:
            return
        with suppress(RefusedError):
            await insist(self._client.trouble, partial(self._client.call, "POST", "rooms", room_id, "forget"))
        await self._belongings.forget(room_id)
        self._client.forget(room_id)
        self._journal.rejoin(room_id)
