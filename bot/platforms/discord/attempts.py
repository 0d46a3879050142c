"""Watching a request on its way: whether Discord may have done what it was asked, whatever came of it.

discord.py repeats some requests by itself and shows only the end of that. When the first attempt was taken
and its receipt was lost, the refusal of the second says nothing about the first.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp


@dataclass
class Attempts:
    """The attempts at one request so far.

    `doubtful` are those that left and were not refused. `wait` is for how many seconds Discord last asked us
    to wait, `asked_at` when it did, on the clock of the loop, and `everywhere` whether with all requests.
    """

    doubtful: int = 0
    wait: float = 0.0
    asked_at: float = 0.0
    everywhere: bool = False


_watched: ContextVar[Attempts | None] = ContextVar("_watched", default=None)


@contextmanager
def watched() -> Iterator[Attempts]:
    """Count the attempts at what is asked of Discord in here, by a client with the trace of `trace`."""
    attempts = Attempts()
    token = _watched.set(attempts)
    try:
        yield attempts
    finally:
        _watched.reset(token)


def trace() -> aiohttp.TraceConfig:
    """What a client has to be made with so that its requests can be watched."""
    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(_left)
    config.on_request_end.append(_answered)
    return config


async def _left(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, _params: aiohttp.TraceRequestHeadersSentParams
) -> None:
    if attempts := _watched.get():
        attempts.doubtful += 1


async def _answered(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
) -> None:
    attempts, status = _watched.get(), params.response.status
    if attempts is None:
        return
    if 400 <= status < 500 and status != 408:  # a timeout: of what, on the way, nobody knows
        attempts.doubtful -= 1
    if status == 429:
        headers = params.response.headers
        attempts.asked_at = asyncio.get_running_loop().time()
        attempts.wait = _seconds(headers.get("Retry-After", ""))
        # Without `Via`, it is not Discord that answers, but what keeps crowds away from it.
        attempts.everywhere = "X-RateLimit-Global" in headers or "Via" not in headers


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # an HTTP date: nothing of Discord's sends one
        return 0.0
