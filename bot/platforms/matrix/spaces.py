"""Whose own shelf holds in a room: that of the space it belongs to, where both sides say so, or its own.

Anybody may claim that their room belongs to a space, or that a space has a room; only both together count
(specification, “Spaces”). We have to be in the space ourselves, by an invitation of those who keep it.
"""

import time
from functools import partial

from bot.model import Community
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import Json, RefusedError, TransientError, section

CHILD, PARENT = "m.space.child", "m.space.parent"
PATIENCE = 5.0  # seconds
HOLDS_FOR = (
    300.0  # seconds for which what the homeserver said is believed: no sync tells of what was redacted
)


class Spaces:
    """Finds the space of a room.

    What syncs say can only deny that there is one: a sync may have shown an event that did not become the
    state. So the homeserver is asked, once in a while for each pair of events that name each other.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._confirmed: dict[str, tuple[tuple[str, str], float]] = {}

    async def keeper_of(self, room_id: str) -> str:
        """The space that a room belongs to; the room itself where there is none, or none that is sure."""
        space_id, parent = self._parent(room_id)
        child = self._client.named(space_id, CHILD).get(room_id, {}) if space_id else {}
        if not _names(child) or not self._is_space(space_id):
            self._confirmed.pop(room_id, None)
            return room_id
        now = (str(parent.get("event_id")), str(child.get("event_id")))
        pair, until = self._confirmed.get(room_id, (("", ""), 0.0))
        if pair != now or time.monotonic() > until:
            sure = await self._holds(room_id, PARENT, space_id) and await self._holds(
                space_id, CHILD, room_id
            )
            if not sure:
                return room_id
            self._confirmed[room_id] = (now, time.monotonic() + HOLDS_FOR)
        return space_id

    async def keeper(self, community: Community) -> Community:
        """The space of a room, as a community; the room itself where there is none, or none that is sure."""
        return Community(community.platform, await self.keeper_of(community.id))

    def _parent(self, room_id: str) -> tuple[str, Json]:
        """The space that a room names as the one it belongs to, and the event: the canonical or only one.

        Of several canonical ones, the id that comes first counts (“m.space.parent relationships”).
        """
        named = {each: event for each, event in self._client.named(room_id, PARENT).items() if _names(event)}
        canonical = [
            each for each, event in named.items() if section(event, "content").get("canonical") is True
        ]
        chosen = sorted(canonical) if canonical else list(named) if len(named) == 1 else []
        return (chosen[0], named[chosen[0]]) if chosen else ("", {})

    def _is_space(self, room_id: str) -> bool:
        """Whether we are in that room, and it is a space."""
        create = section(self._client.state(room_id, "m.room.create"), "content")
        return self._client.room(room_id) is not None and create.get("type") == "m.space"

    async def _holds(self, room_id: str, kind: str, key: str) -> bool:
        ask = partial(self._client.call, "GET", "rooms", room_id, "state", kind, key)
        try:
            return _has_servers(await insist(self._client.trouble, ask, PATIENCE))
        except (RefusedError, TransientError):
            return False


def _names(event: Json) -> bool:
    return _has_servers(section(event, "content"))


def _has_servers(content: Json) -> bool:
    """Whether it names a room: without servers to find it through, it takes back what it named before."""
    servers = content.get("via")
    return isinstance(servers, list) and bool(servers)
