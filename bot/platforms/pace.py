"""How fast one person may ask, so that nobody is kept waiting by somebody else's flood."""

import time
from collections.abc import Callable, Hashable

BURST = 12  # reading through an answer's buttons is no flood
INTERVAL = 2.0  # seconds: about as long as it takes to look at an answer
REMEMBERED = 10_000


class Pace:
    """Counts by person, in memory alone, and forgets whoever has not asked for a while.

    It is the generic cell rate algorithm (ITU-T I.371): of each person it keeps one moment, by which all
    they asked would have been asked at the even pace.
    """

    def __init__(
        self, burst: int = BURST, interval: float = INTERVAL, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ahead = burst * interval
        self._interval = interval
        self._clock = clock
        self._paid_until: dict[Hashable, float] = {}

    def wait(self, person: Hashable) -> float:
        """Count one more question of that person. 0 means: answer it; else so many seconds are to pass first.

        A question that has to wait is not counted.
        """
        now = self._clock()
        if len(self._paid_until) >= REMEMBERED:
            self._paid_until = {each: until for each, until in self._paid_until.items() if until > now}
        until = max(self._paid_until.get(person, now), now) + self._interval
        if until - now > self._ahead:
            return until - now - self._ahead
        self._paid_until[person] = until
        return 0.0
