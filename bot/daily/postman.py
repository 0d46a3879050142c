"""The round: what has fallen due is put in the queue, and what is in the queue is taken to its platform.

Any number of processes may do this on one database. One that is killed leaves rows behind under a lease; who
finds them when it is over goes on with them.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.daily.book import Book, Step
from bot.daily.clock import GRACE, LONGEST, rules
from bot.daily.courier import BACKWARDS, LEASE, Composer, Courier, Drawer
from bot.daily.model import Delivery, Schedule, What
from bot.daily.steps import BROKEN, advanced, brought_forward, notice, realigned, settled_anew
from bot.errors import StoreError, whereabouts
from bot.posting import Poster, Posters

ENQUEUED = 50
"""Schedules in one transaction: few enough that whoever asks something meanwhile does not notice."""

REST = 10.0
"""Seconds after which it is looked again, whatever another process may have put in the queue."""

OTHERS = 1.0
"""Seconds after which it is looked again where something is free that another process has to do."""

FINISH = 7.0
"""Seconds for what is under way when we are told to stop."""

PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before the next round where the database cannot be used."""

LOOK = timedelta(hours=1)
"""After how long it is looked again whether a schedule can be made out that could not be."""

KEPT = timedelta(days=400)
"""For how long a settled delivery can be looked up: a year, and some."""

log = structlog.get_logger()


def utc_now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


class Allowance:
    """How many posts a platform may be given now: so many a second, and never more than `width` at once."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._left = float(poster.width)
        self._counted = asyncio.get_running_loop().time()

    def take(self, most: int) -> int:
        """As many of `most` as are allowed."""
        now = asyncio.get_running_loop().time()
        self._left = min(self._left + (now - self._counted) * self._poster.pace, float(self._poster.width))
        self._counted = now
        return min(most, int(self._left))

    def spend(self, count: int) -> None:
        """Count them as given."""
        self._left -= count

    @property
    def wait(self) -> float:
        """Seconds until a handful is allowed: fetching each by itself would take longer than posting it."""
        some = max(1, self._poster.width // 4)
        return max(0.0, (some - self._left) / self._poster.pace)


class Postman:
    """Goes the round until it is told to stop. `lease` is in seconds; `clock` gives the instant in UTC."""

    def __init__(
        self,
        book: Book,
        posters: Posters,
        compose: Composer,
        draw: Drawer,
        *,
        clock: Callable[[], datetime] = utc_now,
        lease: float = LEASE,
        grace: timedelta = GRACE,
    ) -> None:
        self._book = book
        self._posters = posters
        self._draw = draw
        self._clock = clock
        self._lease = lease
        self._grace = grace
        self._courier = Courier(book, compose, draw, clock, grace=grace, lease=lease)
        self._under_way: dict[asyncio.Task[None], str] = {}
        self._allowances: dict[str, tuple[Poster, Allowance]] = {}
        self._tidy_at = 0.0
        self._tidied = self._seen = datetime.fromtimestamp(0, UTC)

    async def run(self, stop: asyncio.Event) -> None:
        """Post what falls due until `stop`; then finish what is under way, within `FINISH` seconds."""
        told = asyncio.create_task(stop.wait())
        going: asyncio.Task[float] | None = None
        failures = 0
        try:
            while not stop.is_set():
                self._posters.changed.clear()
                going = asyncio.create_task(self.round())
                # A database that is locked, or a million schedules, may take longer than we are given.
                await asyncio.wait({going, told}, return_when=asyncio.FIRST_COMPLETED)
                if not going.done():
                    break
                try:
                    rest = going.result()
                    failures = 0
                except StoreError as error:
                    rest = PAUSES[min(failures, len(PAUSES) - 1)]
                    failures += 1
                    log.exception(
                        "prompts wait", error=type(error).__name__, problem=str(error), seconds=rest
                    )
                if rest and not stop.is_set():
                    await self._rest(rest, told)
            if going:
                going.cancel()
            await self.finish()
        finally:
            left = (told, *self._under_way, *([going] if going else ()))
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def round(self) -> float:
        """Enqueue some of what is due and hand some of it out; the seconds until there is more to do."""
        posters = self._posters.all()
        if not posters:
            return REST
        await self._tidy()
        platforms = [poster.platform for poster in posters]
        waits = [await self._hand_out(poster) for poster in posters]
        if (soonest := min(waits)) < REST:
            return soonest
        upcoming = await self._book.next_at(platforms)
        until = (upcoming - self._clock()).total_seconds() if upcoming else REST
        # What is free already, and was not handed out, is another's for now.
        return min(until if until > 0 else OTHERS, REST)

    async def finish(self) -> None:
        """Wait for what is under way, for `FINISH` seconds at most."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FINISH)

    async def _rest(self, seconds: float, told: asyncio.Task[bool]) -> None:
        """Wait so long, or until there may be something to do."""
        changed = asyncio.create_task(self._posters.changed.wait())
        try:
            # Whoever comes back makes room for the next.
            waiting = {told, changed, *(self._under_way if seconds >= OTHERS else ())}
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()

    async def _enqueue(self, platform: str) -> int:
        """Let some due schedules of a platform go on; how many, and at `ENQUEUED` there may be more."""
        now = self._clock()
        due = await self._book.due([platform], now, ENQUEUED)
        if due:
            await self._book.enqueue([await self._step(each, now) for each in due])
        return len(due)

    async def _step(self, schedule: Schedule, now: datetime) -> Step:
        """How a schedule goes on; where that is without something to post, its moderators are told."""
        try:
            drawn = await self._draw(schedule)
            step = advanced(schedule, now, lambda _: drawn, self._grace)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a zone that is gone, say: the others still go on
            _report(error)
            step = Step(schedule, replace(schedule, trouble=BROKEN, due=now + LOOK))
        trouble, day = step.after.trouble, step.delivery.day if step.delivery else schedule.next_day
        if not trouble or trouble == schedule.trouble or not schedule.plan.tell or not day:
            return step
        return replace(step, delivery=notice(schedule, day, trouble, now, What.TROUBLE))

    async def _hand_out(self, poster: Poster) -> float:
        """Take some deliveries in hand; the seconds until a platform may be given more."""
        known = self._allowances.get(poster.platform)
        if known is None or known[0] is not poster:
            known = self._allowances[poster.platform] = (poster, Allowance(poster))
        allowance = known[1]
        busy = sum(platform == poster.platform for platform in self._under_way.values())
        limit = allowance.take(poster.width - busy)
        if limit <= 0:
            return REST if busy >= poster.width else allowance.wait
        held = await self._claim(poster, limit)
        enqueued = 0
        if len(held) < limit:
            # Only now, so that the queue stays short: what is to be tried again is not to wait behind it.
            enqueued = await self._enqueue(poster.platform)
            if enqueued:
                held = [*held, *await self._claim(poster, limit - len(held))]
        allowance.spend(len(held))
        for delivery, schedule in held:
            self._begin(self._courier.deliver(poster, delivery, schedule), poster.platform)
        if len(held) == limit:
            return allowance.wait
        return 0.0 if enqueued == ENQUEUED else REST

    async def _claim(self, poster: Poster, limit: int) -> Sequence[tuple[Delivery, Schedule]]:
        now = self._clock()
        return await self._book.claim(
            poster.platform,
            poster.identity,
            now=now,
            until=now + timedelta(seconds=self._lease),
            forgotten=now - timedelta(seconds=poster.memory),
            token=secrets.token_hex(8),
            limit=limit,
        )

    def _begin(self, work: Coroutine[object, object, None], platform: str) -> None:
        """Have something done beside the round, for a platform or for none."""
        task = asyncio.create_task(work)
        self._under_way[task] = platform
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            # Its lease runs out, and then somebody goes on with it.
            log.error("work left", error=type(error).__name__, path=whereabouts(error))

    async def _tidy(self) -> None:
        """Mend what a wrong clock or old zone data sent astray; once a day, forget what is too old."""
        now = self._clock()
        if now < self._seen - BACKWARDS:
            self._courier.went_back(self._seen, now)
            await self._all(lambda schedule: brought_forward(schedule, now))
        self._seen = now
        if (time := asyncio.get_running_loop().time()) < self._tidy_at:
            return
        self._tidy_at = time + REST
        await self._mend(
            await self._book.later_than(now + LONGEST, ENQUEUED),
            lambda schedule: settled_anew(schedule, now),
            # So that what is wrong with it comes to light.
            lambda schedule: replace(schedule, due=now),
        )
        if timedelta() <= now - self._tidied < timedelta(days=1) or not await self._book.after("", 1):
            return
        self._tidied = now
        self._begin(self._keep_house(now), "")  # beside the round, which is not to wait for it

    async def _keep_house(self, now: datetime) -> None:
        """Forget what is too old, and go by the zone data that there are now."""
        await self._book.prune(now - KEPT)
        version = await asyncio.to_thread(rules)
        if await self._book.rules() != version:
            await self._all(realigned)
            await self._book.keep_rules(version)

    async def _all(self, mended: Callable[[Schedule], Schedule]) -> None:
        """Go through all schedules and keep those that are others when they are mended."""
        last = ""
        while some := await self._book.after(last, ENQUEUED):
            await self._mend(some, mended)
            last = some[-1].id

    async def _mend(
        self,
        schedules: Sequence[Schedule],
        mended: Callable[[Schedule], Schedule],
        otherwise: Callable[[Schedule], Schedule] = lambda schedule: schedule,
    ) -> None:
        """Keep schedules as they are when they are mended, or `otherwise` where they cannot be."""
        steps = []
        for each in schedules:
            try:
                after = mended(each)
            except Exception as error:  # noqa: BLE001 - as above
                _report(error)
                after = otherwise(each)
            if after != each:
                steps.append(Step(each, after))
        if steps:
            await self._book.enqueue(steps)


def _report(error: Exception) -> None:
    log.error("schedule left", error=type(error).__name__, path=whereabouts(error))
