"""A proxy in front of a homeserver that can make every fault a client has to live with, and counts requests.

Without faults it hands everything on unchanged. A fault goes to the next requests that match it:

    async with Proxy(synapse.url) as proxy:
        fault = proxy.fail(rate_limited(retry_after_ms=50), "PUT", "/send/", times=2)
        ...  # whoever uses `proxy.url` sends something
        await fault.hit(2)
"""

import asyncio
import re
import socket
import struct
import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeAlias

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

_OF_ONE_CONNECTION = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}
_PATIENCE = 60  # seconds: how long a busy machine may take before a request counts as not made


@dataclass(frozen=True)
class Answer:
    """Answer this instead of asking the homeserver."""

    status: int
    body: str
    content_type: str = "application/json"


def rate_limited(retry_after_ms: int) -> Answer:
    """As homeservers answer whoever asks too much."""
    return Answer(
        429, f'{{"errcode":"M_LIMIT_EXCEEDED","error":"Slow down","retry_after_ms":{retry_after_ms}}}'
    )


def unknown_token(*, soft_logout: bool = False) -> Answer:
    """As homeservers answer whoever has no valid access token."""
    said = str(soft_logout).lower()
    return Answer(401, f'{{"errcode":"M_UNKNOWN_TOKEN","error":"Unknown","soft_logout":{said}}}')


BAD_GATEWAY = Answer(502, "<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
BAD_JSON = Answer(200, '{"next_batch": "s1')


@dataclass(frozen=True)
class Reset:
    """Break the connection off without an answer."""


@dataclass(frozen=True)
class Lost:
    """Hand the request on, let the homeserver do it, and answer 502 all the same."""


@dataclass(frozen=True)
class Hold:
    """Hand the request on only when this is set (for a delay: by `loop.call_later(seconds, until.set)`)."""

    until: asyncio.Event


Fault: TypeAlias = Answer | Reset | Lost | Hold


@dataclass(frozen=True)
class Seen:
    """A request: when it came, by `time.monotonic()` in seconds, and what it was; `path` has no query."""

    at: float
    method: str
    path: str


class Rule:
    """A fault that is still to happen `left` times, always if that is `None`. `hits`: how often it did."""

    def __init__(self, fault: Fault, method: str, path: "re.Pattern[str]", left: int | None) -> None:
        self.fault = fault
        self.hits = 0
        self._method = method
        self._path = path
        self._left = left
        self._changed = asyncio.Condition()

    def matches(self, method: str, path: str) -> bool:
        """Whether it is meant for such a request."""
        return self._left != 0 and self._method in {"*", method} and self._path.search(path) is not None

    def lift(self) -> None:
        """Let it not happen any more."""
        self._left = 0

    async def use(self) -> Fault:
        """Let it happen once."""
        async with self._changed:
            self.hits += 1
            if self._left is not None:
                self._left -= 1
            self._changed.notify_all()
        return self.fault

    async def hit(self, times: int = 1) -> None:
        """Wait until it has happened so often; `TimeoutError` after a minute."""
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self.hits >= times)


class Proxy:
    """A proxy before the homeserver at `upstream`. `url`: its own; `seen`: every request, oldest first."""

    def __init__(self, upstream: str) -> None:
        self.url = ""
        self.seen: list[Seen] = []
        self._upstream = upstream
        self._rules: list[Rule] = []

    async def __aenter__(self) -> Self:
        # As large as it may be for nobody to wait for the proxy instead of for the homeserver.
        connector = aiohttp.TCPConnector(force_close=True, limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)
        # A client that hangs up ends its request to the homeserver, too.
        self._runner = web.ServerRunner(
            web.Server(self._serve, handler_cancellation=True), shutdown_timeout=1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._session.close()

    def fail(self, fault: Fault, method: str = "*", path: str = "", *, times: int | None = 1) -> Rule:
        """Let a fault happen to the next requests that match, before those asked for later.

        Args:
            fault: which.
            method: of HTTP, or `*` for all.
            path: a regular expression to be found somewhere in the path, as sent.
            times: how often; `None` until it is lifted.
        """
        rule = Rule(fault, method, re.compile(path), times)
        self._rules.append(rule)
        return rule

    def heal(self) -> None:
        """Lift every fault."""
        for rule in self._rules:
            rule.lift()
        self._rules.clear()

    def count(self, method: str = "*", path: str = "") -> int:
        """How many requests there were of a method (`*`: any) with a regular expression found in the path."""
        return sum(method in {"*", seen.method} and bool(re.search(path, seen.path)) for seen in self.seen)

    def busiest(self, seconds: float = 1) -> int:
        """The most requests that came within any such time."""
        times = [seen.at for seen in self.seen]  # in their order
        return max((bisect_left(times, at + seconds) - n for n, at in enumerate(times)), default=0)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.rel_url.raw_path
        self.seen.append(Seen(time.monotonic(), request.method, path))
        rule = next((rule for rule in self._rules if rule.matches(request.method, path)), None)
        match await rule.use() if rule else None:
            case Answer(status, body, content_type):
                await request.read()
                return web.Response(status=status, text=body, content_type=content_type)
            case Reset():
                return _break_off(request)
            case Lost():
                await self._hand_on(request)
                return web.Response(status=502, text=BAD_GATEWAY.body, content_type="text/html")
            case Hold(until):
                await until.wait()
        return await self._hand_on(request)

    async def _hand_on(self, request: web.BaseRequest) -> web.Response:
        try:
            async with self._session.request(
                request.method,
                URL(self._upstream + request.raw_path, encoded=True),
                headers=_end_to_end(request.headers),
                data=await request.read(),
                allow_redirects=False,
            ) as answer:
                return web.Response(
                    status=answer.status, headers=_end_to_end(answer.headers), body=await answer.read()
                )
        except aiohttp.ClientError:  # as proxies answer where there is nobody behind them
            return web.Response(status=502, text=BAD_GATEWAY.body, content_type="text/html")


def _end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """Headers without those that are about one connection only."""
    return CIMultiDict(
        (name, value) for name, value in headers.items() if name.lower() not in _OF_ONE_CONNECTION
    )


def _break_off(request: web.BaseRequest) -> web.Response:
    """Close the connection so that the other side is told of a reset, not of an end."""
    transport = request.transport
    if transport is not None:
        at_once = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        transport.abort()
    return web.Response()  # which nobody gets
