"""Keeping platforms alive side by side: one that fails is started again, and the others do not notice."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog

from bot.errors import InfoshopError

FIRST = 1.0  # seconds until the second attempt; each further one waits twice as long as the last
LONGEST = 300.0  # seconds
STEADY = 600.0  # seconds after which what was started counts as working again

Start = Callable[[], Awaitable[None]]

log = structlog.get_logger()


async def keep_all(platforms: Mapping[str, Start], stop: asyncio.Event) -> None:
    """Run every platform until `stop`, or until none is left.

    Raises:
        InfoshopError: All of them failed for good; it is the error of the first one.
    """
    ended = await asyncio.gather(*(keep(name, start, stop) for name, start in platforms.items()))
    failed = [error for error in ended if error is not None]
    if failed and not stop.is_set():
        raise failed[0]


async def keep(name: str, start: Start, stop: asyncio.Event) -> InfoshopError | None:
    """Run a platform until `stop`, and start it again whenever it ends before.

    What only an operator can mend ends it, and is returned.
    """
    loop = asyncio.get_running_loop()
    delay = FIRST
    while not stop.is_set():
        began = loop.time()
        problem = "ended"
        try:
            await start()
        except InfoshopError as error:
            log.critical("platform left", platform=name, error=type(error).__name__, problem=str(error))
            return error
        except Exception as error:  # noqa: BLE001 - whatever it is, to be absent helps nobody
            problem = type(error).__name__
        if stop.is_set():
            break
        delay = FIRST if loop.time() - began > STEADY else delay
        wait = random.uniform(delay / 2, delay)  # noqa: S311 - spreads attempts, guards nothing
        log.warning("starting again", platform=name, error=problem, seconds=round(wait, 1))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
        delay = min(2 * delay, LONGEST)
    return None
