"""A desk at which commands about own shelves are given, to a real ledger, at a time that a test sets."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Audience, Request
from bot.communities import Communities
from bot.curation.ledger import Ledger
from bot.curation.model import Own
from bot.model import Community, Place
from bot.reply import Ask, Form, Reply
from bot.shelf import Shelf
from bot.shelves import Shelves
from tests.commands.said import everything

NOON = datetime(2025, 1, 7, 12, 0, tzinfo=UTC)
HERE = Community("discord", "1")
THERE = Community("discord", "2")
ANNA, BEN = "1001", "1002"
"""Two moderators."""

READING = {
    "title": "Working Without Papers",
    "text": "How migrants in the city organised against raids at work.",
    "authors": "Rosa Example",
    "year": "2019",
    "link": "https://press.example.org/papers",
}
CONTACT = {
    "title": "Night Line",
    "text": "Peer support by phone, at night.",
    "reach": "night@line.example.org, https://line.example.org",
    "region": "Toronto",
    "languages": "en",
}


def moderator(by: str = ANNA, community: Community = HERE, **circumstances: object) -> Request:
    """A moderator on Discord, where forms open by themselves."""
    request = Request(
        audience=Audience.MODERATOR,
        community=community,
        moderator_right="Manage Server",
        place=Place("discord", "100"),
        has_channels=True,
        remembers_language=False,
        by=by,
        has_forms=True,
    )
    return replace(request, **circumstances)  # type: ignore[arg-type]  # fields of a request, by their names


def typist(by: str = ANNA, community: Community = HERE) -> Request:
    """A moderator where everything is typed."""
    return moderator(by, community, has_channels=False, has_forms=False, prefix="!", place=None)


def press(reply: Reply, label: str) -> Ask:
    """The command that a choice of a reply, or of a card in it, gives."""
    choices = [*reply.choices, *(choice for card in reply.cards for choice in card.choices)]
    (found,) = [choice.ask for choice in choices if re.fullmatch(label, choice.label)]
    return found


def sent(form: Form | None, **changed: str) -> Ask:
    """A form as somebody sends it: what stands in it, with some of it changed."""
    assert form
    assert set(changed) <= {each.name for each in form.fields}
    values = {each.name: each.value for each in form.fields}
    return Ask(form.ask.command, {**form.ask.options, **values, **changed})


@dataclass
class ShelfDesk:
    """Who gives commands, to a real ledger, at a time that the test sets."""

    ledger: Ledger
    shared: Shelf
    at: datetime = NOON
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        communities = Communities()
        shelves = Shelves(self.shared, self.ledger, communities)
        self.services = Services(
            self.shared,
            "1",
            self._today,
            communities,
            now=lambda: self.at,
            ledger=self.ledger,
            shelves=shelves,
        )

    def _today(self) -> date:
        return self.at.date()

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)

    async def ask(self, question: Ask | str, ask: Request | None = None, /, **options: str) -> Reply:
        """Give a command, by default as a moderator on Discord."""
        if options:
            assert isinstance(question, str)
            question = Ask(question, options)
        return await answer(question, ask or moderator(), self.services)

    async def said(self, question: Ask | str, ask: Request | None = None, /, **options: str) -> str:
        """All the words of the answer to a command."""
        return everything(await self.ask(question, ask, **options))

    async def added(self, kind: str = "reading", ask: Request | None = None, /, **fields: str) -> Own:
        """Something added, as it is kept."""
        before = {each.id for each in await self.items((ask or moderator()).community)}
        common = CONTACT if kind == "contact" else READING
        reply = await self.ask("shelf add", ask, kind=kind, **(fields or common))
        assert reply.found, everything(reply)
        (new,) = [each for each in await self.items((ask or moderator()).community) if each.id not in before]
        return new

    async def items(self, community: Community | None = HERE) -> tuple[Own, ...]:
        """All that a community keeps."""
        assert community
        return (await self.ledger.shelf(community)).items

    async def one(self, item_id: str, community: Community = HERE) -> Own:
        """An item as it is kept by now."""
        (own,) = [each for each in await self.items(community) if each.id == item_id]
        return own

    async def finds(self, words: str, community: Community | None = HERE) -> list[str]:
        """The ids of what a member of a community finds."""
        reply = await answer(Ask("find", {"words": words}), Request(community=community), self.services)
        return [card.id for card in reply.cards]
