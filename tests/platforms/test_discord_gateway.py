"""The connection to Discord: it comes about and comes back by itself, and nothing said meanwhile is lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import app
from bot.platforms.discord import client, endpoints
from bot.settings import Settings
from tests.cli.shop import PATIENCE, Shop
from tests.platforms.on_discord import Bot, Room, copy, infoshop, register, running
from tests.standin.interactions import DidNotRespondError
from tests.standin.server import Standin

pytestmark = pytest.mark.asyncio(loop_scope="module")

Start = Callable[[], AbstractAsyncContextManager[Bot]]
QUESTION, ANSWER = "night raids", "Raids at night"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[Standin]:
    """One Discord for the tests of a connection that there is."""
    async with Standin() as standin:
        await register(standin)
        yield standin


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    discord: Standin, filled: Shop, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bot]:
    """One bot that survives all of it."""
    async with running(copy(filled, tmp_path_factory.mktemp("gateway")), discord) as bot:
        yield bot


@pytest.fixture
def room(discord: Standin, shared: Bot) -> Room:  # noqa: ARG001 - the bot is there before it
    """A new server."""
    return Room.of(discord)


async def answered(room: Room) -> bool:
    """Whether somebody gets an answer there."""
    exchange = await room.person().slash(room.channel, "find", words=QUESTION)
    return ANSWER in exchange.message.text


async def reconnect(discord: Standin) -> None:
    discord.gateway.reconnect()


async def invalidate(discord: Standin) -> None:
    discord.gateway.invalidate(resumable=True)


@pytest.mark.parametrize(
    "leave",
    [
        lambda discord: discord.gateway.drop(),
        lambda discord: discord.gateway.drop(code=1001),
        lambda discord: discord.gateway.drop(code=4000),
        reconnect,
        invalidate,
    ],
    ids=["reset", "going away", "unknown error", "RECONNECT", "INVALID_SESSION, to be resumed"],
)
async def test_session_is_resumed_and_nothing_lost(
    leave: Callable[[Standin], Awaitable[None]], discord: Standin, shared: Bot, room: Room
) -> None:
    """A command given while there was no connection is answered when there is one."""
    gateway = discord.gateway
    before = gateway.resumed, gateway.identified
    await leave(discord)
    assert await answered(room)
    await discord.until(lambda: gateway.resumed > before[0])
    assert (gateway.resumed, gateway.identified) == (before[0] + 1, before[1])
    assert await answered(room)
    assert not shared.failures


async def test_session_that_is_over_is_begun_anew(discord: Standin, shared: Bot, room: Room) -> None:
    """Discord says so (INVALID_SESSION) when the bot wants to resume it."""
    before = discord.gateway.identified
    await discord.gateway.drop(resumable=False)
    await discord.until(lambda: discord.gateway.identified > before)
    assert await answered(room)
    assert not shared.failures


async def test_silent_gateway_is_left(filled: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a sign of life it is no connection, whatever the network says. 0.2 s stand for Discord's 60."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    settings = Settings(data_dir=copy(filled, tmp_path / "shop").data, semantic="off")
    async with Standin() as discord, app.services(settings) as services:
        await register(discord)
        room = Room.of(discord)
        gateway, gateway.interval = discord.gateway, 0.05
        endpoints.use(discord.api_url, discord.gateway_url)
        stop = asyncio.Event()
        running = asyncio.create_task(client.run(services, stop, discord.token, heartbeat_timeout=0.2))
        await discord.ready()
        assert (gateway.acks, gateway.resumed) == (True, 0)
        gateway.acks = False
        await discord.until(lambda: gateway.resumed)
        gateway.acks = True
        assert await answered(room)
        stop.set()
        await running
    assert gateway.identified == 1


async def nobody_there(discord: Standin, start: Start) -> None:
    """Neither of both."""
    await discord.down()
    async with start() as bot:
        await bot.wrote(lambda: len(pauses(bot)) == 2)
        await discord.up()
        await discord.ready(seconds=PATIENCE)
        first, second = pauses(bot)
        assert 0 < first <= 1 <= second <= 2


async def no_gateway(discord: Standin, start: Start) -> None:
    """The API is there, the gateway is not."""
    await discord.down(rest=False)
    async with start() as bot:
        await bot.logged("library message", logger="discord.shard")
        await discord.up()
        await discord.ready(seconds=PATIENCE)


async def api_in_trouble(discord: Standin, start: Start) -> None:
    """First the token cannot be checked, then the gateway's address is not to be had."""
    discord.faults.error(503, "GET", "/users/@me")
    discord.faults.error(503, "GET", "/gateway/bot")
    async with start() as bot:
        await discord.ready(seconds=PATIENCE)
        assert len(pauses(bot)) == 2


async def api_out_of_its_mind(discord: Standin, start: Start) -> None:
    """A page in the place of the first answer, and the refusal of a token that was just found good."""
    discord.faults.garble("GET", "/users/@me")
    discord.faults.error(401, "GET", "/gateway/bot")
    async with start() as bot:
        await discord.ready(seconds=PATIENCE)
        assert len(pauses(bot)) == 2


def pauses(bot: Bot) -> list[float]:
    """How many seconds it waited before it tried again."""
    return [line["seconds"] for line in bot.log if line["event"] == "starting again"]


async def test_connects_by_itself_once_discord_is_there(filled: Shop, tmp_path: Path) -> None:
    """Nobody has to start it again. All at once, as most of it is waiting."""

    async def play(scenario: Callable[[Standin, Start], Awaitable[None]]) -> None:
        shop = copy(filled, tmp_path / scenario.__name__)
        async with Standin() as discord:
            await register(discord)
            room = Room.of(discord)

            @asynccontextmanager
            async def start() -> AsyncIterator[Bot]:
                bot = await infoshop(shop, discord, "run")
                try:
                    yield bot
                    assert await answered(room)
                    assert await bot.stop() == os.EX_OK
                finally:
                    await bot.stop(signal.SIGKILL)

            await scenario(discord, start)

    await asyncio.gather(*map(play, (nobody_there, no_gateway, api_in_trouble, api_out_of_its_mind)))


async def test_shards_in_one_process(filled: Shop, tmp_path: Path) -> None:
    """As many as Discord advises."""
    async with Standin(shards=2) as discord:
        await register(discord)
        rooms = [Room.of(discord) for _ in range(2)]
        async with running(copy(filled, tmp_path / "shop"), discord, shards=2) as bot:
            assert [await answered(room) for room in rooms] == [True, True]
            assert [(await bot.logged("connected", shard=shard))["shard"] for shard in (0, 1)] == [0, 1]


async def test_shards_in_two_processes(filled: Shop, tmp_path: Path) -> None:
    """Each answers in its own servers and in no others."""
    async with Standin(shards=2) as discord, AsyncExitStack() as stack:
        await register(discord)
        first, second = Room.of(discord), Room.of(discord)
        shop = copy(filled, tmp_path / "shop")

        def start(shard: int) -> AbstractAsyncContextManager[Bot]:
            env = {"INFOSHOP_DISCORD__SHARD_COUNT": "2", "INFOSHOP_DISCORD__SHARD_IDS": str(shard)}
            return running(shop, discord, shards=shard + 1, env=env)

        zero = await stack.enter_async_context(start(0))
        assert await answered(first)
        with pytest.raises(DidNotRespondError):
            await answered(second)
        one = await stack.enter_async_context(start(1))
        assert await answered(second)
        assert await answered(first)
        given = [[line["event"] for line in bot.log].count("command") for bot in (zero, one)]
        assert given == [2, 1]
