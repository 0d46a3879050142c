"""The two bots that are compared, each a process of its own on a Discord of its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.bots import infoshop, resident, start
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import Channel, Guild

PATIENCE = 120.0  # seconds for a bot to be there, on a busy machine


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that answers. `started` is the seconds from its start until it was connected."""

    discord: Standin
    guild: Guild
    channel: Channel
    process: asyncio.subprocess.Process
    started: float

    @property
    def resident(self) -> int:
        """Bytes of memory it has at the moment."""
        return resident(self.process.pid)

    def people(self, count: int) -> list[Person]:
        """So many who have not asked before, for whoever asks too often is slowed down."""
        people = [self.discord.add_person(f"p{number}") for number in range(count)]
        for person in people:
            self.guild.add_member(person)
        return people

    async def asked(self, person: Person, topic: str) -> float:
        """Seconds that somebody waits for an answer to `/summary`."""
        began = time.perf_counter()
        await person.slash(self.channel, "summary", topic=topic)
        return time.perf_counter() - began


@asynccontextmanager
async def constant() -> AsyncIterator[Running]:
    """The bot that always says the same."""
    async with Standin(validate=False) as discord:
        environment = {
            "BENCH_TOKEN": discord.token,
            "BENCH_API": discord.api_url,
            "BENCH_GATEWAY": discord.gateway_url,
        }
        async with _running(discord, environment, "-m", "bench.discord.constant") as bot:
            yield bot


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[Running]:
    """Infoshop with its corpus, which a first start has put into the database."""
    async with Standin(validate=False) as discord:
        environment = {
            "INFOSHOP_DATA_DIR": str(folder),
            "INFOSHOP_SEMANTIC": "off",
            "INFOSHOP_DISCORD__TOKEN": discord.token,
            "INFOSHOP_DISCORD__API_BASE_URL": discord.api_url,
            "INFOSHOP_DISCORD__GATEWAY_URL": discord.gateway_url,
        }
        await infoshop(environment, "corpus", "load")
        await infoshop(environment, "discord", "sync")
        async with _running(discord, environment, "-m", "bot", "run") as bot:
            yield bot


@asynccontextmanager
async def _running(discord: Standin, environment: Mapping[str, str], *words: str) -> AsyncIterator[Running]:
    discord.patience = PATIENCE  # what takes longer than Discord allows is to be measured, too
    guild = discord.add_guild("Room")
    channel = guild.add_channel("general")
    began = time.perf_counter()
    process = await start(environment, *words)
    try:
        await discord.ready(seconds=PATIENCE)
        yield Running(discord, guild, channel, process, time.perf_counter() - began)
    finally:
        process.terminate()
        await process.wait()
