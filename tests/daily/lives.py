"""Lives of a bot that posts: each is a process of its own, and ends where it is told to, by SIGKILL.

They are forked from a server that has imported everything once, so that hundreds of them take minutes.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from multiprocessing.context import ForkServerProcess
from typing import Any, cast

import discord

from bot.daily.book import Book
from bot.daily.courier import Composed
from bot.daily.model import Delivery, Memory, Plan, Schedule
from bot.daily.postman import Postman
from bot.model import Community, Place
from bot.platforms.discord import endpoints
from bot.platforms.discord.attempts import trace
from bot.platforms.discord.poster import DiscordPoster
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.poster import MatrixPoster
from bot.posting import Poster, Posters
from bot.reply import Reply
from bot.store import SqlBook, open_engine
from tests.platforms.parrot import Parrot

LEASE = 0.4  # seconds: the next life does not wait long for what the last one left
SOON = timedelta(hours=1)  # what is due later than that is another day's
LOOK = 0.05  # seconds between looks whether everything is settled
PATIENCE = 120.0  # seconds

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.daily.lives"])


@dataclass(frozen=True)
class Life:
    """A life, from its start until everything is settled or it is killed at a point, counted from 1.

    `memory` is for how many seconds its platform is taken to know a key. `discord` is the address of the API
    and the token, `matrix` an account that is in a `room`.
    """

    database: str
    kill_at: int = 0
    memory: float = PATIENCE
    discord: tuple[str, str] | None = None
    matrix: Account | None = None
    room: str = ""
    lease: float = LEASE


class Mortal:
    """Stands before something of ours and hands everything on, but for what dies at a point of the way."""

    def __init__(self, inner: object, points: "Points", steps: frozenset[str]) -> None:
        self._inner = inner
        self._points = points
        self._steps = steps

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        found = getattr(self._inner, name)
        return self._points.around(found) if name in self._steps else found


class Points:
    """The points of a life at which it may end: before and after each step."""

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at

    def reach(self) -> None:
        """Go on, or not."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, step: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The step, with a point before and one after it; of a claim, one after it if it found anything."""

        @wraps(step)
        async def mortal(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            claims = step.__name__ == "claim"
            if not claims:
                self.reach()
            told = await step(*args, **kwargs)
            if told or not claims:
                self.reach()
            return told

        return mortal


def schedule(
    name: str, place: Place, *, thread: bool = False, late: timedelta = timedelta(minutes=2)
) -> Schedule:
    """A schedule that has been due for a while."""
    due = datetime.now(UTC).replace(second=0, microsecond=0) - late
    plan = Plan(time(due.hour, due.minute), "UTC", thread=thread, tell=place.id)
    return Schedule(name, Community(place.platform, "1"), 0, place, plan, next_day=due.date(), due=due)


def start(life: Life) -> ForkServerProcess:
    """Begin a life."""
    process = CONTEXT.Process(target=_main, args=(life,), daemon=True)
    process.start()
    return process


async def end_of(process: ForkServerProcess) -> bool:
    """Wait until a life is over; whether it was killed."""
    await asyncio.to_thread(process.join, PATIENCE)
    if process.exitcode is None:
        process.kill()
        raise AssertionError("it goes on and on")
    assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode
    return process.exitcode != 0


def _main(life: Life) -> None:
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    points = Points(life.kill_at)
    engine = open_engine(life.database)
    book = SqlBook(engine)
    posters = Posters()
    stop = asyncio.Event()
    async with _poster(life) as poster:
        poster.memory = life.memory
        mortal = cast("Poster", Mortal(poster, points, frozenset({"post", "open_thread"})))
        carried = cast("Book", Mortal(book, points, frozenset({"enqueue", "claim", "record"})))
        postman = Postman(carried, posters, _compose, _draw, lease=life.lease)
        with posters.connected(mortal):
            posting = asyncio.create_task(postman.run(stop))
            while not await _settled(book, poster.platform):
                await asyncio.wait({posting}, timeout=LOOK)
                if posting.done():
                    posting.result()  # it should not have ended
            stop.set()
            await posting
    await engine.dispose()


async def _settled(book: SqlBook, platform: str) -> bool:
    upcoming = await book.next_at([platform])
    return upcoming is None or upcoming > datetime.now(UTC) + SOON


@asynccontextmanager
async def _poster(life: Life) -> AsyncIterator[DiscordPoster | MatrixPoster]:
    if life.discord:
        api, token = life.discord
        endpoints.use(api, None)
        async with discord.Client(intents=discord.Intents.none(), http_trace=trace()) as client:
            await client.login(token)
            yield DiscordPoster(client)
    if life.matrix:
        async with Parrot(life.matrix) as parrot:
            while parrot.client.room(life.room) is None:  # noqa: ASYNC110 - it comes with the first sync
                await asyncio.sleep(LOOK)
            yield MatrixPoster(parrot.client, life.matrix.prefix)


async def _compose(delivery: Delivery, schedule: Schedule, prefix: str, *, late: bool) -> Composed:
    del prefix, late
    words = f"{delivery.what} of {schedule.id} on {delivery.day}"
    return Composed(Reply(words), words)


async def _draw(schedule: Schedule) -> tuple[str, Memory] | None:
    return "topic:one", schedule.memory
