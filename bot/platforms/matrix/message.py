"""What was said in a room, as the rest of the platform sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """An event of a room that is no state, in the clear.

    `type` and `content` are those inside where it came encrypted (`encrypted` is True then). `sent_at` is
    when it was sent, in seconds since 1970 (UTC), as the sender's server has it. Ids are opaque: nothing
    reads them.
    """

    room_id: str
    event_id: str
    sender: str
    type: str
    content: Mapping[str, Any]
    sent_at: float
    encrypted: bool = False
