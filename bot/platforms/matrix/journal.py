"""How far the bot has come, so that a restart loses no command and answers none twice.

A sync is settled once everything in it has been dealt with. On disk is the token of the last settled sync
before the first that is not; after a crash the homeserver tells from there on, and what had been answered by
then is known by its event id. Nothing of what was said is kept, and nothing of who said it.
"""

from collections import deque
from collections.abc import Iterable
from pathlib import Path

import structlog

from bot.errors import PlatformError
from bot.platforms.matrix import files
from bot.platforms.matrix.server import section

log = structlog.get_logger()


class Batch:
    """The events of one sync; `token` is the place after it."""

    def __init__(self, token: str, pending: Iterable[str]) -> None:
        self.token = token
        self.pending = set(pending)
        self.answered: set[str] = set()


class Journal:
    """What has to survive a restart besides keys, in a file of its own."""

    def __init__(self, path: Path) -> None:
        """Read it. One that cannot be read is begun anew: then the homeserver tells how things are."""
        self._path = path
        try:
            kept = files.read(path) or {}
        except PlatformError as error:
            log.warning("journal begun anew", platform="matrix", problem=str(error))
            kept = {}
        self.token = str(kept.get("token", ""))
        answered = kept.get("answered")
        self._answered = set(map(str, answered if isinstance(answered, list) else ()))
        self._batches: deque[Batch] = deque()
        self._left = {str(room): float(since) for room, since in section(kept, "left").items()}
        self._hints = {str(room): str(day) for room, day in section(kept, "hints").items()}

    def is_answered(self, event_id: str) -> bool:
        """Whether an event was dealt with, or is being dealt with."""
        return event_id in self._answered or any(
            event_id in each.answered or event_id in each.pending for each in self._batches
        )

    def open(self, token: str, events: Iterable[str]) -> None:
        """A sync came, up to `token`, with events to deal with."""
        self._batches.append(Batch(token, events))
        self._settle()

    def settle(self, *event_ids: str) -> None:
        """Events were dealt with. Many at once are written down once."""
        if not event_ids:
            return
        for batch in self._batches:
            done = batch.pending.intersection(event_ids)
            batch.pending -= done
            batch.answered |= done
        if not self._settle():
            self._save()

    def start_over(self) -> None:
        """The homeserver does not know the place any more."""
        self.token = ""
        self._save()

    @property
    def left(self) -> dict[str, float]:
        """The rooms that we were removed from, and when, in seconds since 1970 (UTC)."""
        return dict(self._left)

    def leave(self, room_id: str, now: float) -> None:
        """We were removed from a room."""
        self._left.setdefault(room_id, now)
        self._save()

    def rejoin(self, room_id: str) -> None:
        """We are in a room again, or all that belonged to it is deleted."""
        if self._left.pop(room_id, None) is not None:
            self._save()

    def hint(self, room_id: str, day: str) -> bool:
        """Whether a room has had no hint on that day; now it has."""
        if self._hints.get(room_id) == day:
            return False
        self._hints = {room: given for room, given in self._hints.items() if given == day} | {room_id: day}
        self._save()
        return True

    def _settle(self) -> bool:
        """Move on past every sync that is settled. False where the first is not."""
        settled = False
        while self._batches and not self._batches[0].pending:
            self.token = self._batches.popleft().token
            settled = True
        if settled:
            self._answered.clear()
            self._save()
        return settled

    def _save(self) -> None:
        answered = self._answered.union(*(each.answered for each in self._batches))
        content = {
            "token": self.token,
            "answered": sorted(answered),
            "left": self._left,
            "hints": self._hints,
        }
        files.write(self._path, content, durable=False)
