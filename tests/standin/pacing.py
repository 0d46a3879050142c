"""Rate limits as Discord publishes them, or names them in the headers of its answers.

All requests of a bot together: 50 a second, those that answer interactions aside ("Rate Limits" in Discord's
documentation). Messages in one channel: 5 in 5 seconds; that number is in no documentation, but in the
headers of the answers, from which clients are told to take it.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from aiohttp import web

from tests.standin.faults import answer
from tests.standin.refusals import JSON

PLENTY = 1000


@dataclass
class Window:
    """So many requests in any so many seconds; `most` of None is no limit."""

    most: int | None
    seconds: float
    made: deque[float] = field(default_factory=deque)

    def wait(self) -> float:
        """Seconds until there is room for one more; 0 where there is."""
        now = asyncio.get_running_loop().time()
        while self.made and self.made[0] <= now - self.seconds:
            self.made.popleft()
        full = self.most is not None and len(self.made) >= self.most
        return self.made[0] + self.seconds - now if full else 0.0

    def count(self) -> None:
        """Count a request made now."""
        self.made.append(asyncio.get_running_loop().time())


class Limits:
    """What a bot may do how often: `everywhere` a second and `messages` in one channel in 5, both or None.

    A request that is one too many is not carried out and answered with 429.
    """

    def __init__(self) -> None:
        self.everywhere: int | None = 50
        self.messages: int | None = 5
        self._all = Window(self.everywhere, 1.0)
        self._channels: dict[str, Window] = defaultdict(lambda: Window(self.messages, 5.0))

    def take(self, request: web.Request, template: str) -> web.Response | None:
        """Count a request, or say that it is one too many."""
        self._all.most = self.everywhere
        exempt = template.startswith(("/interactions/", "/webhooks/"))
        if not exempt and (wait := self._all.wait()):
            return _refusal(wait, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"})
        window = self._window(request, template)
        if window and (wait := window.wait()):
            return _refusal(wait, {**self.headers(request, template), "X-RateLimit-Scope": "user"})
        if not exempt:
            self._all.count()
        if window:
            window.count()
        return None

    def headers(self, request: web.Request, template: str) -> dict[str, str]:
        """What an answer says of the limit of its route; most routes have one that is never reached."""
        window = self._window(request, template)
        most = window.most if window and window.most is not None else PLENTY
        left = most - len(window.made) if window else most - 1
        began = window.made[0] + window.seconds if window and window.made else 0.0
        reset = began - asyncio.get_running_loop().time() if began else 1.0
        return {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, left)),
            "X-RateLimit-Reset-After": f"{reset:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(f"{request.method} {template}".encode()).hexdigest()[:32],
        }

    def _window(self, request: web.Request, template: str) -> Window | None:
        if request.method != "POST" or template != "/channels/{channel_id}/messages":
            return None
        window = self._channels[request.match_info["channel_id"]]
        window.most = self.messages
        return window


def _refusal(wait: float, headers: dict[str, str]) -> web.Response:
    everywhere = "X-RateLimit-Global" in headers
    body: JSON = {
        "message": "You are being rate limited.",
        "retry_after": round(wait, 3),
        "global": everywhere,
    }
    return answer(429, body, {**headers, "Retry-After": str(math.ceil(wait))})
