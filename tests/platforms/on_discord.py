"""The bot as an operator runs it, in a process of its own, on a Discord that is ours."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.platforms.discord.sync import payloads
from tests.cli.shop import NOTHING, PATIENCE, SCRIPT, Shop
from tests.standin.interactions import Exchange
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import MEMBER, MODERATOR, Channel


@dataclass
class Bot:
    """`infoshop run`, and what it wrote to standard error so far."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _reading: asyncio.Task[None] = field(init=False)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            self.lines.append(line.decode())
            self._heard.set()

    @property
    def log(self) -> list[dict[str, Any]]:
        """What it logged. A line that is no JSON fails here, as a traceback would be one."""
        return [json.loads(line) for line in self.lines]

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The lines that say that something failed for which the bot has no remedy."""
        return [line for line in self.log if line["level"] in ("error", "critical")]

    async def wrote(self, condition: Callable[[], object]) -> None:
        """Wait until what it wrote makes something so. Raises `TimeoutError`."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._heard.clear()
                await self._heard.wait()

    async def logged(self, event: str, **fields: object) -> dict[str, Any]:
        """Wait until it has logged such a line. Raises `TimeoutError`."""

        def found() -> list[dict[str, Any]]:
            return [each for each in self.log if each["event"] == event and fields.items() <= each.items()]

        await self.wrote(found)
        return found()[0]

    async def ended(self) -> int:
        """Wait until it has ended; its exit code."""
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
            await self._reading
        return code

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.ended()


def settings(discord: Standin) -> dict[str, str]:
    """What an operator would give in the environment."""
    return {
        "INFOSHOP_DISCORD__TOKEN": discord.token,
        "INFOSHOP_DISCORD__APPLICATION_ID": str(discord.application_id),
        "INFOSHOP_DISCORD__API_BASE_URL": discord.api_url,
        "INFOSHOP_DISCORD__GATEWAY_URL": discord.gateway_url,
        "INFOSHOP_LOG_LEVEL": "info",
        "INFOSHOP_SEMANTIC": "off",
    }


async def infoshop(shop: Shop, discord: Standin, *words: str, env: Mapping[str, str] = NOTHING) -> Bot:
    """Start `infoshop` with some words."""
    process = await asyncio.create_subprocess_exec(
        SCRIPT,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=shop.cwd,
        env={**shop.environment, **settings(discord), **env},
    )
    return Bot(process)


async def run(shop: Shop, discord: Standin, *, shards: int = 1, env: Mapping[str, str] = NOTHING) -> Bot:
    """Start the bot and wait until it is connected."""
    bot = await infoshop(shop, discord, "run", env=env)
    connected = asyncio.create_task(discord.ready(shards, seconds=PATIENCE))
    ended = asyncio.create_task(bot.process.wait())
    await asyncio.wait({connected, ended}, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not connected.done():
        connected.cancel()
        raise AssertionError("".join(bot.lines))
    await connected
    return bot


@asynccontextmanager
async def running(
    shop: Shop, discord: Standin, *, shards: int = 1, env: Mapping[str, str] = NOTHING
) -> AsyncIterator[Bot]:
    """The bot from when it is connected until it is told to stop; what it wrote never holds its token."""
    bot = await run(shop, discord, shards=shards, env=env)
    try:
        yield bot
        await bot.stop()
        assert discord.token not in "".join(bot.lines)
    finally:
        if bot.process.returncode is None:
            bot.process.kill()
            await bot.ended()


async def sync(shop: Shop, discord: Standin, *words: str) -> Bot:
    """Tell Discord the commands."""
    bot = await infoshop(shop, discord, "discord", "sync", *words)
    assert await bot.ended() == os.EX_OK, "".join(bot.lines)
    return bot


async def register(discord: Standin) -> None:
    """Let Discord know the commands as it does after `infoshop discord sync`, which takes a process."""
    for each in await payloads():
        discord.commands.put(each)


def copy(shop: Shop, base: Path) -> Shop:
    """Another place with the same database in it."""
    copied = Shop(base, shop.seeds)
    copied.data.mkdir()
    shutil.copy(shop.database, copied.database)
    return copied


@dataclass(frozen=True)
class Room:
    """A server with a channel. People are made as they are needed: what one does slows down no other."""

    discord: Standin
    channel: Channel

    @classmethod
    def of(cls, discord: Standin) -> "Room":
        """A new one."""
        return cls(discord, discord.add_guild("Room").add_channel("general"))

    def person(self, permissions: int = MEMBER) -> Person:
        """Somebody new."""
        person = self.discord.add_person(f"person{len(self.discord.persons)}")
        assert self.channel.guild
        self.channel.guild.add_member(person, permissions)
        return person


@contextmanager
def busy(shop: Shop) -> Iterator[None]:
    """Somebody else is writing to the database: what the bot has to write takes as long as this."""
    with closing(sqlite3.connect(shop.database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def decide(room: Room) -> Exchange:
    """A moderator has answers shown to everyone from now on, which the bot writes down."""
    return await room.person(MODERATOR).slash(room.channel, "settings", answers="everyone here")
