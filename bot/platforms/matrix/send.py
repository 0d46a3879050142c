"""Getting a request through to the homeserver, and a message into a room once."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.platforms.matrix.backoff import Backoff
from bot.platforms.matrix.homeserver import Homeserver, Json
from bot.platforms.matrix.server import TransientError

GIVE_UP = 300.0  # seconds: whoever has waited longer for an answer has asked again or gone
FIRST = 0.5  # seconds, for a person is waiting
LONGEST = 15.0

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
    return await insist(lambda: server.send(room_id, content, transaction))


async def insist(attempt: Callable[[], Awaitable[Told]], within: float = GIVE_UP) -> Told:
    """Try until it works, with growing pauses or as long as the homeserver asks for, for so many seconds.

    Only for what does no harm when it is done twice. Raises what the last attempt raised.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + within
    backoff = Backoff(FIRST, LONGEST)
    while True:
        try:
            return await attempt()
        except TransientError as error:
            wait = backoff.next(error.wait)
            if loop.time() + wait > until:
                raise
            await asyncio.sleep(wait)
