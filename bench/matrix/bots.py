"""The bots, each a process of its own that logs in on a new account."""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.bots import resident, start
from bench.matrix.audience import Audience
from tests.homeserver import echo as echoing
from tests.homeserver.synapse import Credentials, Synapse

KINDS = ("plain", "encrypted")


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that is in its rooms, which are by `KINDS`.

    `started` is the seconds from its start until it was there, `resident_at_start` what memory it had then,
    in bytes.
    """

    user_id: str
    rooms: dict[str, str]
    process: int
    started: float
    resident_at_start: int

    @property
    def resident(self) -> int:
        """Bytes of memory it has at the moment."""
        return resident(self.process)


@asynccontextmanager
async def echo(synapse: Synapse, people: Audience, folder: Path) -> AsyncIterator[Running]:
    """The bot that repeats what it hears."""
    credentials = await synapse.register("echo")
    process = echoing.running(synapse.url, credentials, folder / "echo")
    async with _invited(people, credentials, process) as bot:
        yield bot


@asynccontextmanager
async def ours(synapse: Synapse, people: Audience, folder: Path) -> AsyncIterator[Running]:
    """Infoshop, with its corpus in the database."""
    credentials = await synapse.register("infoshop")
    process = infoshop(synapse.url, credentials, folder, folder / "matrix")
    async with _invited(people, credentials, process) as bot:
        yield bot


@asynccontextmanager
async def infoshop(url: str, credentials: Credentials, data: Path, keys: Path) -> AsyncIterator[int]:
    """The process of Infoshop on a homeserver; gives its number."""
    environment = settings(data) | {
        "INFOSHOP_MATRIX__HOMESERVER": url,
        "INFOSHOP_MATRIX__USER_ID": credentials.user_id,
        "INFOSHOP_MATRIX__PASSWORD": credentials.password,
        "INFOSHOP_MATRIX__STORE_PATH": str(keys),
        "INFOSHOP_MATRIX__ALLOW_INVITES_FROM": "*",
        "INFOSHOP_LOG_LEVEL": "error",  # trouble is made on purpose
    }
    process = await start(environment, "-m", "bot", "run")
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def settings(data: Path) -> dict[str, str]:
    """The environment of Infoshop with its database in a folder."""
    return {"INFOSHOP_DATA_DIR": str(data), "INFOSHOP_SEMANTIC": "off"}


@asynccontextmanager
async def _invited(
    people: Audience, credentials: Credentials, process: AbstractAsyncContextManager[int]
) -> AsyncIterator[Running]:
    bot = credentials.user_id
    rooms = {kind: await people.room(bot, encrypted=kind == "encrypted") for kind in KINDS}
    began = time.monotonic()
    async with process as number:
        came = max([await people.come(bot, room) for room in rooms.values()])
        yield Running(bot, rooms, number, came - began, resident(number))
