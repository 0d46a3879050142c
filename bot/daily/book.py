"""What has to be kept of schedules and deliveries, as the rest of the house asks for it; `store` keeps it.

Whatever is changed is changed in one transaction that repeats what its caller believed: the `version` of a
schedule, the `claim` on a delivery. Where that no longer holds, nothing is changed and the answer is False.
Every method raises `StoreError` where the database cannot be used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.daily.model import Delivery, Schedule
from bot.model import Community, Place


@dataclass(frozen=True, slots=True)
class Step:
    """A schedule as it was read and as it goes on, and what is to be delivered in between, if anything."""

    before: Schedule
    after: Schedule
    delivery: Delivery | None = None


class Book(Protocol):
    """Schedules and deliveries."""

    async def of(self, owner: Community) -> Sequence[Schedule]:
        """A community's schedules by their numbers."""

    async def own(self, place: Place) -> Schedule | None:
        """Somebody's own schedule for their direct messages at a place."""

    async def schedule(self, schedule_id: str) -> Schedule | None:
        """A schedule as it is now."""

    async def add(self, schedule: Schedule, most: int) -> Schedule | None:
        """Keep a new schedule under the lowest number its owner has free; None where there are `most`.

        Somebody's own schedule (without an owner) takes the place of the one they have for that place.
        """

    async def change(self, before: Schedule, after: Schedule) -> bool:
        """Keep a schedule as it is `after`, unless it is no longer as it was `before`."""

    async def remove(self, schedule_id: str) -> bool:
        """Forget a schedule and its deliveries. False where there is none."""

    async def move(self, old: Place, new: Place) -> None:
        """Let what is posted, told and owned at one place be so at another that replaces it."""

    async def forget(self, place: Place) -> None:
        """Forget every schedule that is owned by the community at a place or posts there."""

    async def due(self, platforms: Sequence[str], now: datetime, limit: int) -> Sequence[Schedule]:
        """Schedules that are due, those that have been for longest first."""

    async def later_than(self, instant: datetime, limit: int) -> Sequence[Schedule]:
        """Schedules that are not paused and are due later than a regular one can be."""

    async def after(self, schedule_id: str, limit: int) -> Sequence[Schedule]:
        """Schedules that are not paused with an id greater than this, by id: to go through all of them."""

    async def enqueue(self, steps: Sequence[Step]) -> int:
        """Let schedules go on, and put their deliveries in the queue; return how many went on.

        A step whose schedule changed since it was read is left out. Where there is a delivery of that day
        already, the schedule goes on with its memory as it was, and the old delivery stays; but one that was
        skipped because it was late (`skipped`, problem `late`) gives way to a pending one.
        """

    async def extra(self, before: Schedule, after: Schedule, delivery: Delivery) -> Delivery | None:
        """Put one more prompt of a day in the queue, with the next free number; None if it changed since."""

    async def claim(
        self,
        platform: str,
        identity: str,
        *,
        now: datetime,
        until: datetime,
        forgotten: datetime,
        token: str,
        limit: int,
    ) -> Sequence[tuple[Delivery, Schedule]]:
        """Take pending deliveries in hand that are free: those that were for longest first.

        They carry `token` and are not free before `until`. What another identity than ours tried is left to
        it, unless it was tried before `forgotten`.
        """

    async def record(self, held: Delivery, after: Delivery, now: datetime, step: Step | None = None) -> bool:
        """Keep what became of a delivery in hand, and with it a step of its schedule.

        False, and nothing is changed, where it is not pending, not `held` under that claim any more, its
        lease is over at `now`, or the schedule of the step changed since it was read. The delivery of the
        step is put in the queue unless there is one like it.
        """

    async def history(self, schedule_id: str, limit: int) -> Sequence[Delivery]:
        """The last deliveries of a schedule, newest first."""

    async def next_at(self, platforms: Sequence[str]) -> datetime | None:
        """When the next schedule is due or the next pending delivery free, whichever comes first."""

    async def prune(self, before: datetime) -> int:
        """Forget settled deliveries of that age, but not the last one of a schedule; return how many."""

    async def rules(self) -> str:
        """The version of the time zone data by which schedules are due; empty at first."""

    async def keep_rules(self, version: str) -> None:
        """Keep that version."""
