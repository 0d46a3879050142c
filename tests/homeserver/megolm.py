"""What a device exchanges with everybody in a room (Megolm), by `vodozemac`."""

import json
from dataclasses import dataclass, field

from vodozemac import (
    DecodeException,
    GroupSession,
    InboundGroupSession,
    MegolmDecryptionException,
    MegolmMessage,
    SessionKey,
)

from tests.homeserver.identity import Device
from tests.homeserver.olm import MEGOLM, Letter
from tests.homeserver.wire import Json

_ROTATE_AFTER = 100  # messages, as the specification has it where the room says nothing


class UnreadableError(Exception):
    """A message of a room cannot be read; says why."""


class NoKeyError(UnreadableError):
    """Its key has not come, or not yet."""


@dataclass
class Outbound:
    """A session that this device writes with. `readers`: the devices that were given its key."""

    session: GroupSession = field(default_factory=GroupSession)
    readers: set[Device] = field(default_factory=set)

    def worn(self, readers: set[Device]) -> bool:
        """Whether somebody could read on who should not any more, or it has been used enough."""
        return not self.readers <= readers or self.session.message_index >= _ROTATE_AFTER

    def key(self, room_id: str) -> Json:
        """The content of the `m.room_key` to give to readers."""
        return {
            "algorithm": MEGOLM,
            "room_id": room_id,
            "session_id": self.session.session_id,
            "session_key": self.session.session_key.to_base64(),
        }

    def write(self, room_id: str, kind: str, content: Json) -> Json:
        """What every reader can read of a message; relations stay outside, as the specification wants."""
        inside = {name: value for name, value in content.items() if name != "m.relates_to"}
        message = json.dumps({"type": kind, "content": inside, "room_id": room_id}).encode()
        sealed: Json = {
            "algorithm": MEGOLM,
            "session_id": self.session.session_id,
            "ciphertext": self.session.encrypt(message).to_base64(),
        }
        if "m.relates_to" in content:
            sealed["m.relates_to"] = content["m.relates_to"]
        return sealed


@dataclass
class Inbound:
    """A session that another device writes with; `letter` brought its key."""

    session: InboundGroupSession
    letter: Letter
    seen: dict[int, str] = field(default_factory=dict)


class Library:
    """The sessions that others write with, by room and session."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[str, str], Inbound] = {}

    def learn(self, letter: Letter) -> None:
        """Keep the key that an `m.room_key` brought, unless there is one.

        Raises:
            UnreadableError: if it is not the key that it says it is.
        """
        content = letter.content
        session = InboundGroupSession(SessionKey(content["session_key"]))
        if session.session_id != content["session_id"]:
            raise UnreadableError("This is the key of another session")
        self._sessions.setdefault((content["room_id"], session.session_id), Inbound(session, letter))

    def read(self, room_id: str, event: Json) -> tuple[str, Json, Letter]:
        """Read a message: its type, its content, and the letter that brought the key.

        Raises:
            UnreadableError: without a key, if it was read before as another event, or is not of this room.
        """
        content = event["content"]
        known = self._sessions.get((room_id, content.get("session_id", "")))
        if known is None:
            raise NoKeyError("no key")
        try:
            message = MegolmMessage.from_base64(content["ciphertext"])
            if message.message_index() < known.session.first_known_index:
                raise NoKeyError("no key")
            opened = known.session.decrypt(message)
        except (DecodeException, MegolmDecryptionException) as error:
            raise UnreadableError(str(error)) from error
        said = json.loads(opened.plaintext)
        if said["room_id"] != room_id or known.letter.sender != event["sender"]:
            raise UnreadableError("said by somebody else")
        if known.seen.setdefault(opened.message_index, event["event_id"]) != event["event_id"]:
            raise UnreadableError("repeated")
        outside = {name: content[name] for name in ("m.relates_to",) if name in content}
        return said["type"], {**said["content"], **outside}, known.letter
