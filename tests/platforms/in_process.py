"""The bot's connection to Discord in the process of a test, which can then ask it to post."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import discord
import pytest

from bot.commands.describe import Services
from bot.model import Place
from bot.platforms.discord import client, endpoints
from bot.platforms.discord.attempts import trace
from bot.platforms.discord.poster import DiscordPoster
from bot.posting import Post, Poster
from bot.reply import Reply
from tests.standin.server import Standin
from tests.standin.world import Channel

QUICKLY = 0.05  # seconds that discord.py waits for one more server before it says that it is ready

_keys = count()


@asynccontextmanager
async def pointed(standin: Standin) -> AsyncIterator[None]:
    """Have discord.py speak to the stand-in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
        patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", None)
        endpoints.use(standin.api_url, standin.gateway_url)
        yield


@asynccontextmanager
async def connected(services: Services, standin: Standin, **options: object) -> AsyncIterator[Poster]:
    """The bot from when it takes posts until it is told to stop."""
    stop = asyncio.Event()
    services.posters.changed.clear()
    running = asyncio.create_task(
        client.run(services, stop, standin.token, guild_ready_timeout=QUICKLY, **options)
    )
    changed = asyncio.create_task(services.posters.changed.wait())
    await asyncio.wait({running, changed}, return_when=asyncio.FIRST_COMPLETED)
    changed.cancel()
    if running.done():
        await running
    try:
        (poster,) = services.posters.all()
        yield poster
    finally:
        stop.set()
        await running


@asynccontextmanager
async def another(standin: Standin) -> AsyncIterator[DiscordPoster]:
    """A second process of the same application, which posts and does nothing else."""
    second = discord.Client(intents=discord.Intents(guilds=True), http_trace=trace())
    async with second:
        await second.login(standin.token)
        yield DiscordPoster(second)


def to(channel: Channel, reply: Reply | str = "Today's reading", *, key: str = "", mention: str = "") -> Post:
    """Something to post there, under a key of its own unless one is given."""
    made = Reply(reply) if isinstance(reply, str) else reply
    return Post(Place("discord", str(channel.id)), made, key or f"key{next(_keys)}", mention=mention)
