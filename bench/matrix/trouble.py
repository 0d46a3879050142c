"""How often Infoshop asks a homeserver, or a proxy before it, that answers nothing but 502."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bench.matrix.bots import infoshop
from tests.homeserver.people import Person
from tests.homeserver.proxy import BAD_GATEWAY, Proxy
from tests.homeserver.synapse import Synapse


@dataclass(frozen=True, slots=True)
class Requests:
    """How many came within `seconds` from the first that was answered 502, which is among them.

    `while_answering` is of a bot that was at work and had a command to answer, `from_the_start` of one that
    was started in the trouble.
    """

    seconds: float
    while_answering: int
    from_the_start: int


async def requests(synapse: Synapse, person: Person, folder: Path, seconds: float) -> Requests:
    """Have both at once."""
    answering, starting = await asyncio.gather(
        _while_answering(synapse, person, folder, seconds), _from_the_start(synapse, folder, seconds)
    )
    return Requests(seconds, answering, starting)


async def _while_answering(synapse: Synapse, person: Person, folder: Path, seconds: float) -> int:
    credentials = await synapse.register("answering")
    room = await person.create_room(invite=[credentials.user_id])
    async with (
        Proxy(synapse.url) as proxy,
        infoshop(proxy.url, credentials, folder, folder / "answering"),
    ):
        await person.joined(room, credentials.user_id)
        await person.answer_to(await person.say(room, "!help"))
        trouble = proxy.fail(BAD_GATEWAY, times=None)
        await person.say(room, "!help")  # ends the request that was let through before
        await trouble.hit()
        await asyncio.sleep(seconds)
        return trouble.hits


async def _from_the_start(synapse: Synapse, folder: Path, seconds: float) -> int:
    credentials = await synapse.register("starting")
    async with Proxy(synapse.url) as proxy:
        trouble = proxy.fail(BAD_GATEWAY, times=None)
        async with infoshop(proxy.url, credentials, folder, folder / "starting"):
            await trouble.hit()
            await asyncio.sleep(seconds)
            return trouble.hits
