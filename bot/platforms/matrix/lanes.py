"""Work side by side, and in order where it belongs together."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

import structlog

from bot.errors import whereabouts

log = structlog.get_logger()


class Lanes:
    """Jobs with the same key are done one after another, those with different keys side by side."""

    def __init__(self) -> None:
        self._last: dict[Hashable, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def submit(self, key: Hashable, job: Callable[[], Awaitable[None]]) -> None:
        """Do a job when those with the same key are done. What it raises is logged, and ends that job."""
        task = asyncio.create_task(self._do(self._last.get(key), job))
        self._last[key] = task
        self._running.add(task)
        task.add_done_callback(lambda done: self._done(key, done))

    async def finish(self, within: float) -> None:
        """Wait for what is under way, for so many seconds; what is not done by then is given up."""
        if self._running:
            await asyncio.wait(self._running, timeout=within)
        given_up = list(self._running)
        for task in given_up:
            task.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)

    async def _do(self, before: asyncio.Task[None] | None, job: Callable[[], Awaitable[None]]) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await job()
        except Exception as error:  # one failure must not silence the bot for everybody
            log.exception("job failed", platform="matrix", error=error, path=whereabouts(error))

    def _done(self, key: Hashable, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._last.get(key) is task:
            del self._last[key]
