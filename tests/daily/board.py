"""A platform made of lists, which does as it is told, and a bot that posts there by a clock of its own."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from bot.daily.courier import LEASE, Composed
from bot.daily.model import Delivery, Memory, Plan, Schedule, What
from bot.daily.order import draw
from bot.daily.postman import Postman
from bot.model import Community, Place
from bot.posting import Post, Posters
from bot.reply import Reply
from bot.store import SqlBook

POOL = ("one", "two", "three")
OWNER = Community("board", "owner")
TEAM = "team"


@dataclass
class Board:
    """Never forgets a key. `before` and `after` are called with each post, and may raise."""

    platform: str = "board"
    prefix: str = "!"
    identity: str = "board"
    memory: float = 120.0
    pace: float = 1000.0
    width: int = 10
    keys: dict[str, str] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)
    before: Callable[[Post], None] = lambda _: None
    after: Callable[[Post], None] = lambda _: None
    talk: asyncio.Event | None = None
    """Where there is one, threads are opened when it is set."""

    async def post(self, post: Post) -> str:
        """Take it, unless its key is known."""
        await asyncio.sleep(0)
        self.before(post)
        if post.key not in self.keys:
            self.keys[post.key] = str(len(self.keys))
            self.posts.append(post)
        self.after(post)
        return self.keys[post.key]

    async def edit(self, post: Post, message_id: str) -> None:
        """Let what stands there say something else."""
        at = next(n for n, each in enumerate(self.posts) if self.keys[each.key] == message_id)
        self.posts[at] = replace(post, key=self.posts[at].key)

    async def withdraw(self, place: Place, message_id: str, key: str) -> None:
        """Take it down."""
        del place, key
        self.posts = [each for each in self.posts if self.keys[each.key] != message_id]

    async def open_thread(self, post: Post, message_id: str, title: str) -> None:
        """Open one."""
        del post, message_id
        if self.talk:
            await self.talk.wait()
        self.threads.append(title)

    def at(self, place: str) -> list[str]:
        """What stands at a place."""
        return [post.reply.text for post in self.posts if post.place.id == place]


@dataclass
class Bot:
    """A bot with a board; `draws` and `composes` are called for what is drawn and composed, and may raise."""

    book: SqlBook
    board: Board = field(default_factory=Board)
    ahead: timedelta = timedelta()
    draws: Callable[[Schedule], None] = lambda _: None
    composes: Callable[[Delivery], None] = lambda _: None
    lease: float = LEASE
    posters: Posters = field(default_factory=Posters)
    postman: Postman = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process in its place."""
        self.postman = Postman(
            self.book, self.posters, self._compose, self._draw, clock=self.now, lease=self.lease
        )

    def now(self) -> datetime:
        """By the clock of the bot."""
        return datetime.now(UTC) + self.ahead

    async def schedule(
        self, name: str, *, late: timedelta = timedelta(minutes=1), thread: bool = False, zone: str = "UTC"
    ) -> Schedule:
        """A schedule that has been due for a while; it posts at a place of its name, and tells the team."""
        due = (self.now() - late).replace(second=0, microsecond=0)
        plan = Plan(time(due.hour, due.minute), zone, thread=thread, tell=TEAM)
        place = Place("board", name)
        new = Schedule(name, OWNER, 0, place, plan, next_day=due.date(), due=due)
        added = await self.book.add(new, 1000)
        assert added is not None
        return added

    async def goes(self, ahead: timedelta = timedelta(), *, rounds: int = 3) -> None:
        """Some time passes, and the bot goes its round, and again for what came of it."""
        self.ahead += ahead
        with self.posters.connected(self.board):
            for _ in range(rounds):
                await self.postman.round()
                await self.postman.finish()

    async def stored(self, name: str) -> Schedule:
        """A schedule as it is kept."""
        return next(each for each in await self.book.of(OWNER) if each.id == name)

    async def last(self, name: str, what: What = What.PROMPT) -> Delivery:
        """The newest delivery of a schedule."""
        return next(each for each in await self.book.history(name, 20) if each.what is what)

    async def _compose(self, delivery: Delivery, schedule: Schedule, prefix: str, *, late: bool) -> Composed:
        del schedule, prefix, late
        if delivery.what in {What.PROMPT, What.EXTRA}:
            self.composes(delivery)
        words = f"{delivery.what} {delivery.item}"
        return Composed(Reply(words), words)

    async def _draw(self, schedule: Schedule) -> tuple[str, Memory] | None:
        self.draws(schedule)
        return draw(POOL, schedule.memory, schedule.id, schedule.plan.order)
