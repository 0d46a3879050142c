"""A narrow, typed adapter around nio, which is asked for two things: encryption, and who is in which room.

nio's own requests are not used: it repeats them without end or drops what it could not send, and calls a room
key shared whose delivery failed. Its parts that know nothing of the network are; what they are fed is cut
into single events, so that one that makes them stumble (a malformed key, say) is left out and the others are
not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import nio
import structlog

from bot.platforms.matrix import media
from bot.platforms.matrix.backoff import Trouble
from bot.platforms.matrix.keys import Keys
from bot.platforms.matrix.message import Message
from bot.platforms.matrix.server import Json, RefusedError, Server, dicts, section
from bot.reply import File

KEPT = {"m.room.create", "m.room.power_levels", "m.room.tombstone"}
"""State that is asked for often; other state is what nio makes of it, or is fetched when needed."""

OF_SPACES = {"m.space.child", "m.space.parent"}
"""State by which rooms and spaces name each other; its key is the room that is named."""

# https://spec.matrix.org/latest/appendices/#canonical-json
GREATEST = 2**53 - 1

log = structlog.get_logger()


class SealedError(Exception):
    """An event cannot be decrypted with the keys that have arrived so far."""


class Room:
    """A room as it is known from syncing."""

    def __init__(self, room: Any) -> None:  # noqa: ANN401 - nio has no types
        self._room = room

    @property
    def room_id(self) -> str:
        """Its id, in which nothing is to be read."""
        return str(self._room.room_id)

    @property
    def encrypted(self) -> bool:
        """Whether what is said in it is encrypted. Once it is, it stays so."""
        return bool(self._room.encrypted)

    @property
    def member_count(self) -> int:
        """How many are in it or invited, we ourselves included."""
        return len(self._room.users)

    def name_of(self, user_id: str) -> str:
        """What a member is called in it; empty where they have no name."""
        member = self._room.users.get(user_id)
        return (member.display_name or "") if member else ""


class Client:
    """Our account on the homeserver."""

    def __init__(self, server: Server, machine: Any) -> None:  # noqa: ANN401 - nio has no types
        """`machine` is a `nio.Client` whose store is loaded."""
        self.server = server
        self.keys = Keys(server, machine)
        self._machine = machine
        self._turns = count(1)
        self._state: dict[str, dict[str, Json]] = {}
        self._named: dict[tuple[str, str], dict[str, Json]] = {}

    @property
    def user_id(self) -> str:
        """Who we are."""
        return str(self._machine.user_id)

    @property
    def device_id(self) -> str:
        """Which of our devices we are."""
        return str(self._machine.device_id)

    @property
    def trouble(self) -> Trouble:
        """What all requests know of the homeserver's trouble."""
        return self.server.trouble

    async def close(self) -> None:
        """Give the connections and the files back."""
        await self.server.close()
        self._machine.store.database.close()

    async def call(self, method: str, *path: str, body: Json | None = None) -> Json:
        """Any request of the client-server API, once; the parts of the `path` are escaped."""
        return await self.server.call(method, *path, body=body)

    async def call_for_list(self, method: str, *path: str, body: Json | None = None) -> list[Json]:
        """The same where the answer is a list of objects, as it is for the state of a room."""
        return dicts(await self.server.ask(method, *path, body=body))

    async def send(self, room_id: str, content: Json, txn_id: str) -> str:
        """Send a message and return the id of its event; encrypted where the room is.

        One attempt. The same `txn_id` never makes a second event (on the same device).

        Raises:
            TransientError: It may or may not have arrived.
            RefusedError: It will not.
        """
        room = self.room(room_id) or await self._learn(room_id)
        kind = "m.room.message"
        if room.encrypted:
            await self.keys.share(room_id)
            kind, content = self._machine.encrypt(room_id, kind, content)
        sent = await self.server.call("PUT", "rooms", room_id, "send", kind, txn_id, body=content)
        return str(sent["event_id"])

    async def put(self, room_id: str, file: File) -> Json:
        """Upload a file; the content of the message that shows it in a room, encrypted where the room is."""
        room = self.room(room_id) or await self._learn(room_id)
        return await media.put(self.server, file, sealed=room.encrypted)

    async def get(self, content: Mapping[str, Any], most: int) -> bytes:
        """The file of a message, of at most so many bytes; also raises what `media.get` does."""
        return await media.get(self.server, content, most)

    async def message(self, room_id: str, event_id: str) -> Message | None:
        """One event, in the clear; None where it is not to be had."""
        try:
            raw = await self.server.call("GET", "rooms", room_id, "event", event_id)
        except RefusedError:
            return None
        return next(iter(self._readable(room_id, [raw])), None)

    async def recent(self, room_id: str, limit: int) -> Sequence[Message]:
        """The latest events of a room, in the clear, the newest first; what cannot be read is left out."""
        query = {"dir": "b", "limit": str(limit)}
        told = await self.server.call("GET", "rooms", room_id, "messages", query=query)
        return list(self._readable(room_id, told.get("chunk", [])))

    def room(self, room_id: str) -> Room | None:
        """A room that we are in, as far as is known."""
        known = self._machine.rooms.get(room_id)
        return Room(known) if known else None

    def state(self, room_id: str, event_type: str) -> Json | None:
        """The event that is a room's state of a type with the empty key; of the types in `KEPT` alone."""
        return self._state.get(room_id, {}).get(event_type)

    def named(self, room_id: str, event_type: str) -> dict[str, Json]:
        """The events by which a room names others, of a type in `OF_SPACES`, by the room that is named."""
        return dict(self._named.get((room_id, event_type), {}))

    def take_in(self, body: Json) -> None:
        """Learn what a sync says of keys and of the rooms we are in: first the keys, so that events open."""
        for event in dicts(section(body, "to_device").get("events")):
            self._feed({"to_device": {"events": [event]}})
        for room_id, room in section(body, "rooms", "join").items():
            self._update(room_id, [*dicts(section(room, "state").get("events")), *_states(room)])
        self._feed({"device_lists": section(body, "device_lists")})
        if "device_one_time_keys_count" in body:
            # nio takes no notice of a count of zero, and would never upload keys again.
            self.keys.count = section(body, "device_one_time_keys_count").get("signed_curve25519", 0)
        if isinstance(unused := body.get("device_unused_fallback_key_types"), list):
            self.keys.has_fallback = "signed_curve25519" in unused

    def drop(self, room_id: str) -> None:
        """Know nothing of a room any more but that it was encrypted, and the keys of what was said in it."""
        self._machine.rooms.pop(room_id, None)
        self._state.pop(room_id, None)
        for kind in OF_SPACES:
            self._named.pop((room_id, kind), None)

    def forget(self, room_id: str) -> None:
        """Delete the keys of what was said in a room that we left."""
        self.drop(room_id)
        self.keys.forget(room_id)

    def open(self, room_id: str, raw: Json) -> Message | None:
        """What an event that is no state says; None where it says nothing, or nothing that can be understood.

        Raises:
            SealedError: Its key, or the keys of the device that sent it, are not here (yet).
        """
        content = raw.get("content")
        if not isinstance(content, dict) or not all(
            isinstance(raw.get(name), str) for name in ("event_id", "sender", "type")
        ):
            return None
        sent_at = raw.get("origin_server_ts", 0)
        encrypted = raw["type"] == "m.room.encrypted"
        kind = raw["type"]
        if encrypted:
            if not all(isinstance(content.get(name), str) for name in ("ciphertext", "session_id")):
                return None  # it was taken back (redacted), or is for nobody
            clear = self.keys.decrypt(room_id, raw)
            if clear is None:
                raise SealedError
            kind, content = str(clear.get("type")), clear.get("content")
        if not isinstance(content, dict) or not isinstance(sent_at, int) or abs(sent_at) > GREATEST:
            return None
        return Message(room_id, raw["event_id"], raw["sender"], kind, content, sent_at / 1000, encrypted)

    def _readable(self, room_id: str, events: object) -> Iterator[Message]:
        for raw in dicts(events):
            if "state_key" in raw:
                continue
            try:
                message = self.open(room_id, raw)
            except SealedError:
                continue
            if message:
                yield message

    async def _learn(self, room_id: str) -> Room:
        """A room that no sync has told us of yet, such as one that we have only just made."""
        self._update(room_id, await self.call_for_list("GET", "rooms", room_id, "state"))
        return Room(self._machine.rooms[room_id])

    def _update(self, room_id: str, state: Iterable[Json]) -> None:
        events = list(state)
        if not self._feed(_joined(room_id, events)):
            for some in ([], *([event] for event in events)):
                self._feed(_joined(room_id, some))
        room = self._machine.rooms[room_id]
        for event in events:
            if event.get("state_key") == "" and str(event.get("type")) in KEPT:
                self._state.setdefault(room_id, {})[event["type"]] = event
            if str(event.get("type")) in OF_SPACES:
                self._named.setdefault((room_id, event["type"]), {})[str(event.get("state_key"))] = event
            if event.get("type") == "m.room.encryption":
                room.encrypted = (
                    True  # whatever nio makes of it: nothing is to be said in the clear by mistake
                )
        # The filter asks for all members, so that the list is whole.
        room.members_synced = True

    def _feed(self, part: Json) -> bool:
        """Hand a part of a sync to nio, which takes no part whose token it had last."""
        try:
            parsed = nio.SyncResponse.from_dict({**part, "next_batch": str(next(self._turns))})
            if isinstance(parsed, nio.SyncResponse):
                self._machine.receive_response(parsed)
                return True
            problem = "malformed"
        except Exception as error:  # noqa: BLE001 - strangers write events, and nio checks only some of them
            problem = type(error).__name__
        log.warning("event left out", platform="matrix", error=problem)
        return False


def _joined(room_id: str, state: Sequence[Json]) -> Json:
    return {"rooms": {"join": {room_id: {"state": {"events": state}}}}}


def _states(room: object) -> list[Json]:
    """The state among what happened in a room of late."""
    return [each for each in dicts(section(room, "timeline").get("events")) if "state_key" in each]
