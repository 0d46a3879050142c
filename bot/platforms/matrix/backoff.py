"""How long to wait before trying again: each by itself, and all together."""

import asyncio
import random

FIRST = 1.0  # seconds
LONGEST = 60.0  # seconds


class Backoff:
    """Exponential backoff with full jitter: a server that comes back is not met by everybody at once.

    Each wait is drawn evenly from nothing to a bound, which is `first` seconds, then twice as long each time,
    up to `longest`.
    """

    def __init__(self, first: float = FIRST, longest: float = LONGEST) -> None:
        self._first = first
        self._longest = longest
        self.tried = 0

    def next(self, at_least: float = 0.0) -> float:
        """Seconds to wait now. `at_least` is what the server asked for; the jitter then comes on top."""
        bound = min(self._first * 2 ** min(self.tried, 32), self._longest)
        self.tried += 1
        return at_least + random.uniform(0, bound)  # noqa: S311 - spreads attempts, guards nothing

    def reset(self) -> None:
        """It worked: the next trouble is a new one."""
        self.tried = 0


class Trouble:
    """The trouble of one server, which all who ask it share: what it told one of them, the others know.

    Bounds are as those of `Backoff`.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._backoff = Backoff(first, longest)
        self._spread = first
        self._until = 0.0

    def began(self, asked_for: float = 0.0) -> None:
        """A request failed, and the server asked to wait for so many seconds (0: it said nothing)."""
        now = asyncio.get_running_loop().time()
        if now >= self._until:  # else it was under way already, and tells nothing new
            self._until = now + self._backoff.next()
        self._until = max(self._until, now + asked_for)

    def ended(self) -> None:
        """A request was answered. What the server asked for still holds."""
        self._backoff.reset()

    def pause(self) -> float:
        """Seconds until a request makes sense, 0 for at once. By then others may know better: ask again."""
        left = self._until - asyncio.get_running_loop().time()
        if left <= 0:
            return 0.0
        # Whoever comes first tries for all: so that not all come first.
        spread = self._spread * self._backoff.tried
        return left + random.uniform(0, spread)  # noqa: S311 - spreads attempts, guards nothing
