"""Faults to inject: each for the next so many requests that match a method and a path.

Paths are patterns such as `/interactions/*/callback`, without the base of the API; `*` matches anything.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from aiohttp import web

JSON_TYPE = "application/json"
HTML = "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"


@dataclass(eq=False)
class Fault:
    """Something that goes wrong. `hits` counts how often it has; `left` how often it still will.

    `after` is whether Discord has done what it was asked to before it goes wrong.
    """

    method: str
    path: str
    left: int
    spoil: Callable[[web.Request], web.Response] | None = None
    after: bool = False
    delay: float = 0
    hits: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether that request is one of those."""
        return self.left > 0 and fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


class Faults:
    """What is going to go wrong. The ways to ask for it return the `Fault`, to look at its `hits`."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []
        self._lateness: list[float] = []

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of a request, the one planned first."""
        for fault in self.planned:
            if fault.matches(method, path):
                fault.left -= 1
                fault.hits += 1
                return fault
        return None

    def take_lateness(self) -> float:
        """By how many seconds the next interaction comes too late."""
        return self._lateness.pop(0) if self._lateness else 0

    def error(
        self, status: int, method: str = "*", path: str = "*", *, times: int = 1, after: bool = False
    ) -> Fault:
        """A server error (500, 502, 503, 504 …), before or after the request was carried out."""
        message = {"message": f"{status}: Server Error", "code": 0}
        return self._plan(method, path, times, lambda _: answer(status, message), after=after)

    def rate_limit(
        self,
        method: str = "*",
        path: str = "*",
        *,
        retry_after: float = 0.2,
        everywhere: bool = False,
        via: bool = True,
        times: int = 1,
    ) -> Fault:
        """A 429, of this route or (`everywhere`) of the whole bot; without `Via` as Cloudflare sends it."""
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": everywhere}
        headers = {"Retry-After": str(max(1, round(retry_after))), "X-RateLimit-Scope": "user"}
        if everywhere:
            headers |= {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        return self._plan(method, path, times, lambda _: answer(429, body, headers, via=via))

    def reset(self, method: str = "*", path: str = "*", *, times: int = 1, after: bool = False) -> Fault:
        """The connection is reset, before or after the request was carried out."""
        return self._plan(method, path, times, _reset, after=after)

    def slow(self, seconds: float, method: str = "*", path: str = "*", *, times: int = 1) -> Fault:
        """So many seconds pass before the request is carried out."""
        fault = self._plan(method, path, times, None)
        fault.delay = seconds
        return fault

    def garble(
        self,
        method: str = "*",
        path: str = "*",
        *,
        body: str = HTML,
        content_type: str = "text/html",
        status: int = 200,
        times: int = 1,
        after: bool = False,
    ) -> Fault:
        """An answer that is not what it should be: HTML, or with `content_type` JSON that is none."""
        return self._plan(
            method,
            path,
            times,
            lambda _: web.Response(status=status, body=body.encode(), content_type=content_type),
            after=after,
        )

    def late(self, seconds: float = 4, *, times: int = 1) -> None:
        """The next interactions reach the bot when they are so many seconds old: past 3 s it is too late."""
        self._lateness += [seconds] * times

    def _plan(
        self,
        method: str,
        path: str,
        times: int,
        spoil: Callable[[web.Request], web.Response] | None,
        *,
        after: bool = False,
    ) -> Fault:
        self.planned.append(fault := Fault(method, path, times, spoil, after))
        return fault


def answer(
    status: int, body: object = None, headers: dict[str, str] | None = None, *, via: bool = True
) -> web.Response:
    """An answer as Discord gives it: clients ask for exactly this content type, and for `Via` in a 429."""
    given = {**(headers or {}), **({"Via": "1.1 google"} if via else {})}
    if body is None:
        return web.Response(status=status, headers=given)
    return web.Response(status=status, body=json.dumps(body).encode(), headers=given, content_type=JSON_TYPE)


def _reset(request: web.Request) -> web.Response:
    """Close with RST rather than FIN, which is what makes it a reset for the other side."""
    if request.transport is not None:
        request.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        request.transport.abort()
    return web.Response()
