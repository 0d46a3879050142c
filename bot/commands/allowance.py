"""How much one person may put before others in a while: counted in memory alone, and soon forgotten."""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SUGGESTIONS = 5
SPAN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So `many` times in a `span`, each person by themselves.

    Of a person it is remembered when, until that is a span ago, and not what; nothing of it is ever written
    down.
    """

    many: int = SUGGESTIONS
    span: timedelta = SPAN
    _taken: dict[Hashable, deque[datetime]] = field(default_factory=dict, init=False, repr=False)

    def take(self, person: Hashable, now: datetime) -> timedelta:
        """Count one more of a person. Nothing is left to wait, or so long, and then it was not counted."""
        self._forget(now)
        taken = self._taken.setdefault(person, deque())
        if len(taken) >= self.many:
            return taken[0] + self.span - now
        taken.append(now)
        return timedelta()

    def give_back(self, person: Hashable) -> None:
        """Not to have counted the last one of a person, since nothing came of it."""
        if taken := self._taken.get(person):
            taken.pop()

    def _forget(self, now: datetime) -> None:
        for person, taken in list(self._taken.items()):
            while taken and now - taken[0] >= self.span:
                taken.popleft()
            if not taken:
                del self._taken[person]
