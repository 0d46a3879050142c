"""Seeing that an answer arrives: what discord.py does not try again is tried again here.

It repeats 500, 502 and 504, and a 429 that names its way (`Via`); a broken connection, 503 outside of
webhooks and a 429 of the way itself it does not. An answer that Discord took and whose receipt was lost is
refused the second time (40060); then it has arrived.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog

FIRST = 2.8  # seconds: Discord forgets an interaction that is not answered within 3
LATER = 60.0  # seconds: a reader who has waited a minute has gone; the token would hold for 15
PAUSE = 0.2  # seconds before the second attempt, twice that before the third, and so on

# Discord's error codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
ALREADY_ANSWERED = 40060
TOO_LATE = {
    10062: "unknown interaction",
    10008: "unknown message",
    10015: "unknown webhook",
    50027: "expired",
}

log = structlog.get_logger()


async def deliver(send: Callable[[], Awaitable[object]], patience: float) -> bool:
    """Send until it has arrived, for so many seconds. False where it is too late or Discord is out of reach.

    discord.py's own attempts count towards those seconds, too; where Discord asks for a longer wait than the
    client takes, it makes none.

    Raises:
        discord.HTTPException: Discord refuses what was sent, and would again.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    pause = PAUSE
    while True:
        try:
            async with asyncio.timeout_at(until):
                await _attempt(send)
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED:
                return True
            if error.code in TOO_LATE:
                log.warning("answer not delivered", platform="discord", error=TOO_LATE[error.code])
                return False
            if error.status != 429 and error.status < 500:
                raise
            wait, reason = _asked_to_wait(error) or pause, str(error.status)
        except discord.RateLimited as error:
            wait, reason = error.retry_after, "429"
        except (aiohttp.ClientError, OSError, ValueError) as error:  # the last: what came back was no JSON
            wait, reason = pause, type(error).__name__
        else:
            return True
        wait *= random.uniform(1.0, 1.2)  # noqa: S311 - spreads attempts, guards nothing
        if loop.time() + wait > until:
            log.warning("answer not delivered", platform="discord", error=reason)
            return False
        await asyncio.sleep(wait)
        pause *= 2


async def _attempt(send: Callable[[], Awaitable[object]]) -> None:
    """Send once. What nobody can tell from an arrival counts as one."""
    try:
        await send()
    except discord.InteractionResponded:
        return
    except (TypeError, LookupError):
        # discord.py takes a receipt apart unseen; this was none, but the page of something on the way.
        log.warning("receipt unreadable", platform="discord")


def _asked_to_wait(error: discord.HTTPException) -> float:
    """How many seconds Discord asks to wait; 0 where it does not say."""
    try:
        return float(error.response.headers.get("Retry-After", 0))
    except ValueError:
        return 0.0
