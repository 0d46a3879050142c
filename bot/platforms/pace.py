"""How fast one person may ask, so that nobody is kept waiting by somebody else's flood."""

import asyncio
from collections.abc import Hashable

BURST = 12  # reading through an answer's buttons is no flood
INTERVAL = 2.0  # seconds: about as long as it takes to look at an answer


class Pace:
    """Counts by person, in memory alone, and forgets whoever has not asked for a while.

    It is the generic cell rate algorithm (ITU-T I.371): of each person it keeps one moment, by which all
    they asked would have been asked at the even pace, until that moment has passed.
    """

    def __init__(self, burst: int = BURST, interval: float = INTERVAL) -> None:
        self._ahead = burst * interval
        self._interval = interval
        self._paid_until: dict[Hashable, float] = {}

    def wait(self, person: Hashable) -> float:
        """Count one more question of that person. 0 means: answer it; else so many seconds are to pass first.

        A question that has to wait is not counted.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        until = max(self._paid_until.get(person, now), now) + self._interval
        if until - now > self._ahead:
            return until - now - self._ahead
        self._paid_until[person] = until
        loop.call_at(until, self._forget, person, until)
        return 0.0

    def _forget(self, person: Hashable, until: float) -> None:
        """Forget somebody who has not asked again since."""
        if self._paid_until.get(person) == until:
            del self._paid_until[person]
