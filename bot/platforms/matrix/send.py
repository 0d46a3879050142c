"""Getting a request through to the homeserver, and a message into a room once."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.platforms.matrix.backoff import Backoff, Trouble
from bot.platforms.matrix.homeserver import Homeserver, Json
from bot.platforms.matrix.server import FIRST, LONGEST, TransientError

GIVE_UP = 300.0  # seconds: whoever has waited longer for an answer has asked again or gone

Told = TypeVar("Told")


def txn_id(event_id: str, number: int = 0) -> str:
    """The transaction id of the message that answers an event, or of another one with another number.

    It is the same whenever that event is answered: a homeserver sends what has an id it knows from this
    device only once, however often we are cut off or restarted while answering. It tells nothing of the
    event.
    """
    return f"{hashlib.blake2b(event_id.encode(), digest_size=16).hexdigest()}.{number}"


async def send(server: Homeserver, room_id: str, content: Json, transaction: str) -> str:
    """Send a message and return the id of its event.

    Raises:
        RefusedError: The homeserver says no.
        TransientError: It could not be reached for `GIVE_UP` seconds.
    """
    return await insist(server.trouble, lambda: server.send(room_id, content, transaction))


async def insist(trouble: Trouble, attempt: Callable[[], Awaitable[Told]], within: float = GIVE_UP) -> Told:
    """Try until it works, with growing pauses or as long as the homeserver asks for, for so many seconds.

    Only for what does no harm when it is done twice. While the homeserver is in `trouble`, of which those
    who make the attempts tell it, nothing is tried, however many wait.

    Raises:
        TransientError: What the last attempt raised, or that there was no time for one.
        Exception: Whatever else an attempt raises.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + within
    backoff = Backoff(FIRST, LONGEST)
    last = TransientError("in trouble already")
    while True:
        wait = trouble.pause()
        if not wait:
            try:
                return await attempt()
            except TransientError as error:
                last, wait = error, backoff.next(error.wait)
        if loop.time() + wait > until:
            raise last
        await asyncio.sleep(wait)
