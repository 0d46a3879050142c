"""How long to wait before trying again."""

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
