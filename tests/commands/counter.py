"""A counter at which members suggest and moderators decide and post: a real ledger, a platform in memory."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sqlalchemy import select

from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Audience, Request
from bot.communities import Communities
from bot.curation.model import Act, OwnShelf, Suggestion
from bot.model import Community, CommunitySettings, Place
from bot.posting import Post
from bot.reply import Ask, Reply
from bot.shelf import Shelf
from bot.shelves import Shelves
from bot.store import SqlLedger
from bot.store.tables import metadata

NOON = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
SERVER = Community("discord", "1")
ELSEWHERE = Community("discord", "2")
QUEUE = Place("discord", "300")
LOUNGE = Place("discord", "200")
RIGHT = "Manage Server"
NAMES = {"100": "#reading", "200": "#lounge", "300": "#mods"}
READING = {
    "kind": "reading",
    "title": "Organising in the Heat",
    "text": "How massage workers organise against raids.",
    "authors": "Chen, Mei; Rose Collective",
    "year": "2021",
    "link": "https://press.example.org/organising",
}


class Board:
    """A platform in memory (see `posting.Poster`): what was posted stands under its place and its id.

    `after` runs when a message stands there and nobody was told its id yet.
    """

    platform = "discord"
    prefix = "/"
    identity = "board"
    memory = 120.0
    pace = 50.0
    width = 10

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str], Post] = {}
        self.keys: dict[str, str] = {}
        self.edited: list[Post] = []
        self.refusals: dict[str, Exception] = {}
        self.after: Callable[[Post], Awaitable[object]] | None = None
        self._count = 0

    async def post(self, post: Post) -> str:
        """Post it once, unless the place refuses."""
        self._refuse(post.place)
        if post.key not in self.keys:
            self._count += 1
            self.keys[post.key] = f"m{self._count}"
            self.messages[post.place.id, self.keys[post.key]] = post
        if self.after:
            hook, self.after = self.after, None
            await hook(post)
        return self.keys[post.key]

    async def edit(self, post: Post, message_id: str) -> None:
        """Change it, if it is there."""
        self._refuse(post.place)
        if (post.place.id, message_id) in self.messages:
            self.messages[post.place.id, message_id] = post
            self.edited.append(post)

    async def withdraw(self, place: Place, message_id: str, key: str) -> None:
        """Delete it."""
        del key
        self._refuse(place)
        self.messages.pop((place.id, message_id), None)

    async def open_thread(self, post: Post, message_id: str, title: str) -> None:
        """Nothing here is talked about in threads."""

    def _refuse(self, place: Place) -> None:
        if place.id in self.refusals:
            raise self.refusals[place.id]

    def at(self, place: Place) -> list[Post]:
        """What stands in a place, oldest first."""
        return [post for (where, _), post in self.messages.items() if where == place.id]


def member(by: str = "9001", community: Community | None = SERVER, locale: str = "en") -> Request:
    """Somebody in a server."""

    async def direct() -> Place:
        return Place("discord", f"dm-{by}")

    return Request(
        locale,
        community=community,
        moderator_right=RIGHT,
        place=Place("discord", "100") if community else None,
        direct=direct,
        has_channels=True,
        called=lambda each: NAMES.get(each, ""),
        remembers_language=False,
        by=by,
        has_forms=True,
    )


def moderator(by: str = "7001", community: Community = SERVER, locale: str = "en") -> Request:
    """A moderator of a server, in a channel."""
    return replace(member(by, community, locale), audience=Audience.MODERATOR)


def typing(ask: Request) -> Request:
    """The same person where there are no forms and no channels to choose from."""
    return replace(ask, has_forms=False, has_channels=False, prefix="!")


def labels(reply: Reply) -> list[str]:
    """What the buttons of a reply say."""
    return [choice.label for card in reply.cards for choice in card.choices] + [
        choice.label for choice in reply.choices
    ]


def press(reply: Reply, label: str) -> Ask:
    """What a button of a reply leads to."""
    offered = [*(choice for card in reply.cards for choice in card.choices), *reply.choices]
    (ask,) = {(each.ask.command, tuple(each.ask.options.items())) for each in offered if each.label == label}
    return Ask(ask[0], dict(ask[1]))


@dataclass
class Counter:
    """Who gives commands to a ledger, beside a shelf, at a time that the test sets."""

    ledger: SqlLedger
    shelf: Shelf
    at: datetime = NOON
    board: Board = field(default_factory=Board)
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        communities = Communities({SERVER: CommunitySettings(suggestions=True, queue=QUEUE.id)})
        self.services = Services(
            self.shelf,
            "1",
            self._today,
            communities=communities,
            now=lambda: self.at,
            ledger=self.ledger,
            shelves=Shelves(self.shelf, self.ledger, communities),
        )

    def _today(self) -> date:
        return self.at.date()

    async def give(self, ask: Ask | str, by: Request) -> Reply:
        """Give a command."""
        return await answer(ask, by, self.services)

    async def suggest(self, by: Request | None = None, /, **options: str) -> Reply:
        """Suggest the reading, or something else."""
        return await self.give(Ask("suggest", {**READING, **options}), by or member())

    async def decide(self, deed: str, by: Request | None = None, /, **options: str) -> Reply:
        """Decide on the one suggestion that waits, as a moderator."""
        waiting = await self.waiting()
        return await self.give(
            Ask(f"review {deed}", {"suggestion": waiting.id, **options}), by or moderator()
        )

    async def waiting(self) -> Suggestion:
        """The one suggestion that waits."""
        (one,) = await self.ledger.pending(SERVER, 10)
        return one

    async def own(self, community: Community = SERVER) -> OwnShelf:
        """What a community keeps."""
        return await self.ledger.shelf(community)

    async def acts(self, community: Community = SERVER) -> list[Act]:
        """What was done in a community, oldest first."""
        return list(reversed(await self.ledger.acts(community, limit=100)))

    async def settle(
        self, *, suggestions: bool = True, queue: str = QUEUE.id, two: bool = False, police: bool = False
    ) -> None:
        """Let something hold in the server."""
        held = CommunitySettings(suggestions=suggestions, queue=queue, two=two, police=police)
        await self.services.communities.change(SERVER, held)

    async def stored(self) -> str:
        """All that stands in any table, as text."""
        async with self.ledger._engine.connect() as connection:
            tables = [(await connection.execute(select(table))).all() for table in metadata.sorted_tables]
        return str(tables)
