"""One delivery, from being taken in hand to its end: posted once, and what became of it recorded.

Before anything leaves, the row says that it may have left; afterwards, what became of it. Whoever finds a row
of which only the first is known repeats it under the same key, which the platform knows, for as long as it
surely does. After that nobody can tell, and nothing is sent.
"""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.daily.book import Book, Step
from bot.daily.clock import GRACE, is_late, is_over
from bot.daily.model import Delivery, Memory, Schedule, State, What
from bot.daily.steps import BROKEN, EMPTY, LATE, troubled
from bot.errors import StoreError, UnknownEntryError, whereabouts
from bot.model import Place
from bot.posting import NotTakenError, Post, Poster, Problem, UnfitPlaceError
from bot.reply import Reply

LEASE = 30.0
"""Seconds for which a delivery belongs to who took it in hand: an attempt and its record fit in."""

ATTEMPT = 20.0
"""Seconds for one attempt to post, or for all at opening a thread.

Less than a lease, so that what became of it can be recorded by who made it.
"""

AGAIN = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds between attempts of which nothing is known: several of them while the platform knows the key."""

UNFIT = (60.0, 300.0, 900.0, 1800.0, 3600.0)
"""Seconds between attempts at a place that takes no posts: until somebody mends it."""

RECORDING = 0.5
"""Seconds before recording is tried again where the database did not take it."""

BACKWARDS = timedelta(minutes=1)
"""How far a clock goes back before it is taken to have been wrong."""

UNREACHABLE = "unreachable"
UNCERTAIN = "uncertain"
PAUSED = "paused"
NO_THREAD = "thread:"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Composed:
    """What to post, and what a thread about it is called."""

    reply: Reply
    title: str


class Composer(Protocol):
    """Puts what a delivery is into words."""

    async def __call__(self, delivery: Delivery, schedule: Schedule, prefix: str, *, late: bool) -> Composed:
        """The words for a platform where `prefix` stands before a command.

        Raises:
            UnknownEntryError: What was to be shown has left the shelf.
            StoreError: What the community keeps on its shelf cannot be read.
        """


Drawer = Callable[[Schedule], Awaitable[tuple[str, Memory] | None]]
"""Draws the next item of a schedule, as `steps.Draws` does, once its shelf is read. Raises `StoreError`."""


class Courier:
    """Delivers. `clock` gives the instant; `grace` is for how long after its time a prompt may be posted.

    `lease` is for how many seconds a delivery is ours, counted anew before it is posted and after.
    """

    def __init__(
        self,
        book: Book,
        compose: Composer,
        draw: Drawer,
        clock: Callable[[], datetime],
        *,
        grace: timedelta = GRACE,
        lease: float = LEASE,
    ) -> None:
        self._book = book
        self._compose = compose
        self._draw = draw
        self._clock = clock
        self._grace = grace
        self._lease = timedelta(seconds=lease)
        # What was tried between these two, the last time a clock went back, may have been any time ago.
        self._blurred = (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))

    def went_back(self, seen: datetime, now: datetime) -> None:
        """Take note that the clock, which had shown `seen`, was put back to `now`."""
        self._blurred = (now, seen + BACKWARDS)

    async def deliver(self, poster: Poster, held: Delivery, schedule: Schedule) -> None:
        """Take a delivery that is held as far as it goes now. Raises `StoreError`."""
        if (settled := self._settled(poster, held, schedule)) is not None:
            await self._end(held, schedule, settled)
            return
        late = held.what is What.PROMPT and is_late(held.due, self._clock())
        try:
            composed = await self._compose(held, schedule, poster.prefix, late=late)
        except StoreError:
            raise  # another time it can be read; nothing is wrong with the schedule
        except Exception as error:  # noqa: BLE001 - whatever it was, it would be the same in a moment
            await self._not_composed(held, schedule, error)
            return
        tell = held.what in {What.TROUBLE, What.RECOVERY}
        post = Post(
            Place(schedule.place.platform, schedule.plan.tell) if tell else schedule.place,
            composed.reply,
            key(held),
            schedule.plan.language,
            "" if tell else schedule.plan.mention,
        )
        if not held.message_id:
            known = await self._post(poster, post, held, schedule)
            if known is None:
                return
            held = known
        problem = ""
        if schedule.plan.thread and not tell:
            problem = await self._open_thread(poster, post, held, composed.title)
        await self._end(held, schedule, replace(held, state=State.SENT, problem=problem))

    def _settled(self, poster: Poster, held: Delivery, schedule: Schedule) -> Delivery | None:
        """The end of a delivery that is not to be attempted any more; None where it is."""
        now = self._clock()
        if held.message_id:
            return None
        if held.tried_at:
            known = self._surely_known(poster, held.tried_at, now)
            return None if known else replace(held, state=State.UNCERTAIN, problem=UNCERTAIN)
        if held.what is What.PROMPT and schedule.paused:
            return replace(held, state=State.SKIPPED, problem=PAUSED)
        if is_over(held.due, now, self._grace):
            failed = bool(held.attempts)
            state = State.FAILED if failed else State.SKIPPED
            return replace(held, state=state, problem=held.problem if failed else LATE)
        return None

    def _surely_known(self, poster: Poster, tried_at: datetime, now: datetime) -> bool:
        """Whether a platform still knows the key of what was tried then."""
        first, last = self._blurred
        # Processes that share a database need not have quite the same time.
        return -BACKWARDS < now - tried_at < timedelta(seconds=poster.memory) and not first < tried_at < last

    async def _post(self, poster: Poster, post: Post, held: Delivery, schedule: Schedule) -> Delivery | None:
        """Post; the delivery with the id of its message, or None where there is none to go on with."""
        before, now = held, self._clock()
        held = replace(
            held,
            tried_at=held.tried_at or now,
            identity=poster.identity,
            attempts=held.attempts + 1,
            free_at=now + self._lease,
        )
        if not await self._book.record(before, held, now):
            return None
        # What is refused now may have been taken by an attempt of which nothing is known.
        refused = replace(held, tried_at=before.tried_at, identity=before.identity)
        try:
            async with asyncio.timeout(ATTEMPT):
                message_id = await poster.post(post)
        except UnfitPlaceError as error:
            trouble = (
                f"{error.problem}:{error.detail}" if error.problem is Problem.FORBIDDEN else error.problem
            )
            await self._unfit(held, refused, schedule, trouble)
        except NotTakenError as error:
            self._report(poster, error.reason)
            pause = max(error.seconds, _pause(AGAIN, held.attempts) if not error.seconds else 0.0)
            await self._later(held, replace(refused, problem=UNREACHABLE), pause)
        except Exception as error:  # noqa: BLE001 - whatever it was, the platform may have taken it
            self._report(poster, type(error).__name__)
            await self._later(held, replace(held, problem=UNREACHABLE), _pause(AGAIN, held.attempts))
        else:
            known = replace(held, message_id=message_id, tried_at=None, problem="")
            if not schedule.plan.thread:
                return known
            known = replace(known, free_at=self._clock() + self._lease)
            if await self._recorded(held, known):
                return known
        return None

    async def _open_thread(self, poster: Poster, post: Post, held: Delivery, title: str) -> str:
        """Open the thread of a post; what was in the way of it, which does not make it less of a post."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ATTEMPT):
                for pause in (*AGAIN[:2], 0.0):
                    try:
                        await poster.open_thread(post, held.message_id, title)
                    except UnfitPlaceError as error:
                        return f"{NO_THREAD}{error.detail}"
                    except Exception as error:  # noqa: BLE001 - a thread is an addition, and may be missing
                        self._report(poster, type(error).__name__)
                        await asyncio.sleep(min(pause, getattr(error, "seconds", pause)))
                    else:
                        return ""
        return NO_THREAD

    async def _unfit(self, held: Delivery, refused: Delivery, schedule: Schedule, trouble: str) -> None:
        """A place takes no posts: try again later, and tell the moderators unless they were told."""
        if held.what in {What.TROUBLE, What.RECOVERY}:
            await self._recorded(held, self._ended(replace(refused, state=State.FAILED, problem=trouble)))
            return
        # Where it did not work the day before either, there is no hurry.
        lasting = schedule.trouble == trouble != held.problem
        pause = UNFIT[-1] if lasting else _pause(UNFIT, held.attempts)
        after = replace(refused, problem=trouble, free_at=self._clock() + timedelta(seconds=pause))
        await self._recorded_with(held, after, schedule, partial(self._troubled, held, trouble))

    async def _end(self, held: Delivery, schedule: Schedule, settled: Delivery) -> None:
        """Settle a delivery, and let its schedule say how things stand."""
        if held.what in {What.TROUBLE, What.RECOVERY}:
            await self._recorded(held, self._ended(settled))
            return
        match settled.state:
            case State.SENT:
                onward = partial(self._troubled, held, "")
            case State.UNCERTAIN:
                onward = partial(self._troubled, held, UNCERTAIN)
            case State.FAILED:
                onward = partial(self._troubled, held, settled.problem, unseen=held.item)
            case _:
                onward = partial(self._troubled, held, None, unseen=held.item)
        await self._recorded_with(held, self._ended(settled), schedule, onward)

    def _troubled(
        self, held: Delivery, trouble: str | None, schedule: Schedule, unseen: str = ""
    ) -> Step | None:
        return troubled(schedule, trouble, held.day, self._clock(), unseen)

    async def _not_composed(self, held: Delivery, schedule: Schedule, error: Exception) -> None:
        """Go on with what cannot be put into words; what was posted or may have been is not replaced."""
        if held.message_id:
            await self._end(held, schedule, replace(held, state=State.SENT, problem=NO_THREAD))
        elif not isinstance(error, UnknownEntryError):
            log.error("prompt not composed", error=type(error).__name__, path=whereabouts(error))
            after = replace(held, attempts=held.attempts + 1, problem=BROKEN)
            await self._later(held, after, _pause(UNFIT, after.attempts))
        elif held.tried_at:
            await self._end(held, schedule, replace(held, state=State.UNCERTAIN, problem=UNCERTAIN))
        else:
            await self._replace(held, schedule)

    async def _replace(self, held: Delivery, schedule: Schedule) -> None:
        """Draw something else in place of what has left the shelf."""
        drawn = await self._draw(schedule)
        if drawn is None:
            ended = self._ended(replace(held, state=State.SKIPPED, problem=EMPTY))
            await self._recorded_with(held, ended, schedule, partial(self._troubled, held, EMPTY))
            return
        item, memory = drawn
        other = replace(held, item=item, free_at=self._clock(), claim="")
        await self._recorded(held, other, Step(schedule, replace(schedule, memory=memory)))

    def _ended(self, delivery: Delivery) -> Delivery:
        return replace(delivery, settled_at=self._clock(), claim="")

    async def _later(self, held: Delivery, after: Delivery, seconds: float) -> None:
        """Let go of a delivery until it may be tried again."""
        free_at = self._clock() + timedelta(seconds=seconds)
        await self._recorded(held, replace(after, free_at=free_at, claim=""))

    async def _recorded_with(
        self, held: Delivery, after: Delivery, schedule: Schedule, onward: Callable[[Schedule], Step | None]
    ) -> None:
        """Record, with the step that follows from it for the schedule as it is by then.

        That somebody changed the schedule meanwhile is no reason to forget what became of a delivery.
        """
        while not await self._recorded(held, after, onward(schedule)):
            current = await self._book.schedule(schedule.id)
            if current is None or current.version == schedule.version:
                return  # it is the delivery that is not ours any more
            schedule = current

    async def _recorded(self, held: Delivery, after: Delivery, step: Step | None = None) -> bool:
        """Record for as long as we hold the delivery; False where somebody else does by now."""
        while True:
            try:
                return await self._book.record(held, after, self._clock(), step)
            except StoreError as error:
                if self._clock() >= held.free_at:
                    raise
                log.exception("not recorded yet", error=type(error).__name__, problem=str(error))
                await asyncio.sleep(RECORDING)

    def _report(self, poster: Poster, reason: str) -> None:
        log.warning("prompt not taken", platform=poster.platform, error=reason)


def key(delivery: Delivery) -> str:
    """The key of a delivery at its platform: 24 characters that tell nothing of it."""
    named = f"{delivery.schedule_id}/{delivery.day}/{delivery.what}/{delivery.number}"
    return base64.b32encode(hashlib.blake2b(named.encode(), digest_size=15).digest()).decode().lower()


def _pause(pauses: tuple[float, ...], attempts: int) -> float:
    return pauses[min(attempts, len(pauses)) - 1]
