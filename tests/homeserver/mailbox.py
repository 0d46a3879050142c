"""What somebody heard in their rooms, to search and to wait for."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.homeserver.wire import Json

_Found = TypeVar("_Found")
PATIENCE = 60  # seconds: how long a busy machine may take before what was not heard counts as not said


@dataclass(frozen=True)
class Message:
    """An event in a room, as its reader understands it.

    Attributes:
        room_id: where.
        type: of the event, or of what was in it if it was encrypted.
        content: likewise; of what could not be read, the content as sent.
        event: as the homeserver gave it: what it and everybody else can see.
        encrypted: whether it came encrypted.
        problem: why it could not be read; empty if it could.
        at: when it came, and its key with it or before, by `time.monotonic()`, in seconds.
    """

    room_id: str
    type: str
    content: Json
    event: Json
    encrypted: bool
    problem: str = ""
    at: float = field(default_factory=time.monotonic, compare=False)

    @property
    def event_id(self) -> str:
        """Which event it is."""
        return str(self.event["event_id"])

    @property
    def sender(self) -> str:
        """Who sent it."""
        return str(self.event["sender"])

    @property
    def body(self) -> str:
        """The plain text; empty if it has none."""
        return str(self.content.get("body", ""))

    @property
    def relates_to(self) -> dict[str, Any]:
        """What it refers to, as the specification lays it out."""
        return self.content.get("m.relates_to") or {}

    @property
    def in_reply_to(self) -> str | None:
        """The event that it answers."""
        event_id: str | None = self.relates_to.get("m.in_reply_to", {}).get("event_id")
        return event_id

    @property
    def thread(self) -> str | None:
        """The event that began the thread it is in."""
        return self.relates_to.get("event_id") if self.relates_to.get("rel_type") == "m.thread" else None

    @property
    def replaces(self) -> str | None:
        """The event that it is a new version of."""
        return self.relates_to.get("event_id") if self.relates_to.get("rel_type") == "m.replace" else None


class Mailbox:
    """Everything somebody heard, oldest first."""

    def __init__(self) -> None:
        self._messages: dict[tuple[str, str], Message] = {}
        self._changed = asyncio.Condition()
        self._broken: BaseException | None = None

    def __iter__(self) -> Iterator[Message]:
        return iter(tuple(self._messages.values()))

    async def put(self, message: Message) -> None:
        """Add a message; one that was there before keeps its place."""
        async with self._changed:
            self._messages[message.room_id, message.event_id] = message
            self._changed.notify_all()

    async def tick(self) -> None:
        """Let those who wait look again, since something else has changed."""
        async with self._changed:
            self._changed.notify_all()

    async def end(self, error: BaseException) -> None:
        """Say that nothing more will come, and why: everybody who waits, or will, hears of it."""
        async with self._changed:
            self._broken = error
            self._changed.notify_all()

    async def until(self, look: Callable[[], _Found | None], what: str, patience: float = PATIENCE) -> _Found:
        """Wait until `look` finds something.

        Raises:
            TimeoutError: after `patience` seconds, naming `what` and the last messages.
            RuntimeError: if nothing more can come.
        """
        try:
            async with asyncio.timeout(patience), self._changed:
                while (found := look()) is None:
                    if self._broken is not None:
                        raise RuntimeError("Nothing more is heard") from self._broken
                    await self._changed.wait()
                return found
        except TimeoutError:
            last = [(m.sender, m.type, m.problem or m.content) for m in tuple(self)[-8:]]
            raise TimeoutError(f"Not heard within {patience} s: {what}. Heard last: {last}") from None
