"""A desk at which commands about daily prompts are given, to a real book, at a time that a test sets."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from bot.commands.daily.deliveries import drawer
from bot.commands.describe import REGISTRY, Services
from bot.commands.dispatch import answer
from bot.commands.request import Audience, Request
from bot.daily.book import Book, Step
from bot.daily.model import Delivery, Schedule, State
from bot.daily.steps import advanced
from bot.model import Community, Place
from bot.reply import Ask, Reply
from bot.shelf import Shelf
from tests.commands.said import everything

MORNING = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)  # a Tuesday, at eight in Toronto
CHANNEL = Place("discord", "100")
SERVER = Community("discord", "1")
RIGHT = "Manage Server"
NINE = {"time": "09:00", "zone": "Toronto"}
MODERATORS = [
    each for each in REGISTRY.values() if each.group == "daily" and each.audience is Audience.MODERATOR
]
NAMES = {"100": "#reading", "200": "#lounge", "300": "#mods", "7": "@readers"}


def moderator(community: Community = SERVER, place: Place | None = CHANNEL, locale: str = "en") -> Request:
    return Request(
        locale,
        audience=Audience.MODERATOR,
        community=community,
        moderator_right=RIGHT,
        place=place,
        has_channels=True,
        called=lambda each: NAMES.get(each, ""),
        remembers_language=False,
    )


def reader(direct: str | None = "dm1", locale: str = "en") -> Request:
    """Somebody in a conversation of their own."""

    async def open_direct() -> Place:
        assert direct
        return Place("discord", direct)

    return Request(locale, direct=open_direct if direct else None)


@dataclass
class Desk:
    """Who gives commands, to a real book, at a time that the test sets."""

    book: Book
    shelf: Shelf
    at: datetime = MORNING
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.services = Services(self.shelf, "1", self._today, book=self.book, now=lambda: self.at)

    def _today(self) -> date:
        return self.at.date()

    async def ask(self, name: str, ask: Request | None = None, /, **options: str) -> Reply:
        """Give a command of the group, by default as a moderator in the channel."""
        return await answer(Ask(f"daily {name}", options), ask or moderator(), self.services)

    async def said(self, name: str, ask: Request | None = None, /, **options: str) -> str:
        """All the words of the answer to a command."""
        return everything(await self.ask(name, ask, **options))

    async def one(self, community: Community = SERVER) -> Schedule:
        """The one schedule of a community."""
        (schedule,) = await self.book.of(community)
        return schedule

    async def step(self) -> Delivery | None:
        """Let what is due go on, as the loop does; return what was put in the queue."""
        (due,) = await self.book.due(["discord"], self.at, 10)
        step = advanced(due, self.at, drawer(self.services))
        await self.book.enqueue([step])
        return step.delivery

    async def settle(
        self, what: State = State.SENT, problem: str = "", trouble: str | None = None
    ) -> Delivery:
        """Take the one delivery that is free in hand, and let this become of it."""
        now = self.at
        ((held, schedule),) = await self.book.claim(
            "discord",
            "bot",
            now=now,
            until=now + timedelta(seconds=30),
            forgotten=now,
            token="mine",  # noqa: S106 - it says who holds it, and opens nothing
            limit=10,
        )
        step = None if trouble is None else Step(schedule, replace(schedule, trouble=trouble))
        pending = what is State.PENDING
        after = replace(
            held,
            state=what,
            problem=problem,
            claim="",
            attempts=held.attempts + 1,
            settled_at=None if pending else now,
            free_at=now + timedelta(hours=1) if pending else held.free_at,
        )
        assert await self.book.record(held, after, now, step)
        return after
