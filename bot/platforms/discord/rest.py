"""Discord without a gateway, for what an operator does: log in, ask, and say plainly what went wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from json import JSONDecodeError
from math import ceil
from typing import TypeVar

import aiohttp
import discord

from bot.errors import InfoshopError, PlatformError, SettingsError

PAUSES = (1.0, 2.0, 4.0)  # seconds between attempts, where Discord does not ask for more
LONGEST = 30.0  # seconds: an operator who would have to wait longer is told so
ATTEMPT = 90.0  # seconds: discord.py itself repeats some requests, for up to half a minute

REFUSED = (
    "Discord refuses the token: it was reset, or is not written as it should be."
    " The developer portal shows a new one once (your application, Bot, Reset Token)."
)
NOT_DISCORD = "What answers is not Discord. Is discord.api_base_url right, and does the network let us out?"
NO_ACCESS = (
    "Discord gives no access to that server: the bot is not in it, or was invited without its commands."
    " `infoshop discord invite` prints the link that invites it."
)
# By Discord's error code: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
SENTENCES = {50001: NO_ACCESS, 10004: NO_ACCESS}

T = TypeVar("T")


@asynccontextmanager
async def session(token: str, pauses: Sequence[float] = PAUSES) -> AsyncIterator[discord.Client]:
    """A client that has logged in over HTTP alone; its `application_id` is the one the token belongs to.

    Raises:
        SettingsError: Discord refuses the token.
        PlatformError: Discord is out of reach.
    """
    if token.split() != [token]:  # it would break the header it is sent in
        raise SettingsError(REFUSED)
    client = await patiently(lambda: _log_in(token), pauses)
    try:
        yield client
    finally:
        await client.close()


async def application_of(token: str, pauses: Sequence[float] = PAUSES) -> int:
    """The id of the application a token belongs to. Raises what `session` raises."""
    async with session(token, pauses) as client:
        if client.application_id is None:
            raise PlatformError(NOT_DISCORD)
        return client.application_id


async def patiently(ask: Callable[[], Awaitable[T]], pauses: Sequence[float] = PAUSES) -> T:
    """What Discord answers, asked again where it is out of order, out of reach or wants us to wait.

    `pauses` are the seconds between attempts. It has to be a question that does no harm when asked twice.

    Raises:
        SettingsError: Discord refuses the token.
        PlatformError: Discord refuses something else, or the last attempt went wrong, too.
    """
    left = iter(pauses)
    while True:
        try:
            async with asyncio.timeout(ATTEMPT):
                return await ask()
        except (discord.DiscordException, aiohttp.ClientError, OSError, JSONDecodeError) as error:
            problem, wait = _problem(error)
            pause = next(left, None)
            if pause is None or wait is None or wait > LONGEST:
                raise problem from None
        await asyncio.sleep(max(pause, wait))


async def _log_in(token: str) -> discord.Client:
    client = discord.Client(intents=discord.Intents(guilds=True), max_ratelimit_timeout=LONGEST)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(client.close)
        try:
            await client.login(token)
        except (KeyError, TypeError):  # discord.py takes any answer for what it asked for
            raise PlatformError(NOT_DISCORD) from None
        closing.pop_all()
    return client


def _problem(error: Exception) -> tuple[InfoshopError, float | None]:
    """What to say, and for how many seconds Discord asks to wait; None where asking again is of no use."""
    match error:
        case discord.LoginFailure() | discord.HTTPException(status=401):
            return SettingsError(REFUSED), None
        case discord.RateLimited():
            return _asked_to_wait(error.retry_after)
        case discord.HTTPException(status=429):
            return _asked_to_wait(error.response.headers.get("Retry-After", "0"))
        case discord.HTTPException(status=status) if status >= 500:
            return PlatformError(f"Discord is out of order (HTTP {status}): try again later."), 0
        case discord.HTTPException():
            refusal = f"Discord refuses this (HTTP {error.status}, code {error.code}): {error.text}"
            return PlatformError(SENTENCES.get(error.code, refusal)), None
        case _:
            why = getattr(error, "strerror", None) or type(error).__name__
            sentence = f"Discord cannot be reached: {why}."
            return PlatformError(NOT_DISCORD if isinstance(error, JSONDecodeError) else sentence), 0


def _asked_to_wait(seconds: float | str) -> tuple[InfoshopError, float]:
    wait = float(seconds)
    return PlatformError(f"Discord asks us to wait {ceil(wait)} seconds: give the command again then."), wait
