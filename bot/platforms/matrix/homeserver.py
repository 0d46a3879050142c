"""What a conversation needs of the homeserver, whoever provides it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.platforms.matrix.backoff import Trouble
from bot.platforms.matrix.message import Message
from bot.reply import File

Json = dict[str, Any]


class Room(Protocol):
    """A room as it is known from syncing."""

    @property
    def room_id(self) -> str:
        """Its id, in which nothing is to be read."""

    @property
    def member_count(self) -> int:
        """How many are in it or invited, we ourselves included."""

    def name_of(self, user_id: str) -> str:
        """What a member is called in it; empty where they have no name."""


class Homeserver(Protocol):
    """Our account on the homeserver.

    Every method makes one attempt. It raises `server.TransientError` where another one may help, and
    `server.RefusedError` where it will not.
    """

    @property
    def user_id(self) -> str:
        """Who we are."""

    @property
    def trouble(self) -> Trouble:
        """What all requests know of the homeserver's trouble."""

    async def send(self, room_id: str, content: Json, txn_id: str) -> str:
        """Send a message (`m.room.message`) and return the id of its event; encrypted where the room is.

        A room that we have only just made is known. The same `txn_id` never makes a second event.
        """

    async def message(self, room_id: str, event_id: str) -> Message | None:
        """One event, in the clear; None where it is not to be had."""

    async def recent(self, room_id: str, limit: int) -> Sequence[Message]:
        """The latest events of a room, in the clear, the newest first; what cannot be read is left out."""

    async def put(self, room_id: str, file: File) -> Json:
        """Upload a file; the content of the message that shows it in a room, encrypted where the room is."""

    async def get(self, content: Mapping[str, Any], most: int) -> bytes:
        """The file of a message, of at most so many bytes; also raises what `media.get` does."""

    async def call(self, method: str, *path: str, body: Json | None = None) -> Json:
        """Any other request of the client-server API; the parts of the `path` are escaped."""
