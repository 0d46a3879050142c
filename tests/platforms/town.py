"""A server with a bot in a process of its own, people who use it, and a shelf that its moderators keep."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.commands.describe import Command
from tests.cli.shop import Shop
from tests.platforms.given import CONTACT, FILLED, GIVEN, HIDDEN, READING, REMOVED, SUGGESTION, WITH_SHELF
from tests.platforms.on_discord import Bot
from tests.standin.components import Kind, walk
from tests.standin.interactions import Exchange, Modal
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import MEMBER, MODERATOR, Channel, Guild


@dataclass(frozen=True)
class Town:
    """A server with a bot and some people."""

    discord: Standin
    bot: Bot
    shop: Shop
    guild: Guild
    channel: Channel

    def person(
        self, locale: str = "en-GB", permissions: int = MEMBER, *, guild: Guild | None = None
    ) -> Person:
        """Somebody new in the server: nobody is slowed down for what others did."""
        person = self.discord.add_person(f"member{len(self.discord.persons)}", locale=locale)
        (guild or self.guild).add_member(person, permissions)
        return person

    def moderator(self, place: Channel, locale: str = "en-GB") -> Person:
        """Somebody new who moderates the server of that channel."""
        return self.person(locale, MODERATOR, guild=place.guild)

    async def outcome(self, command: str, since: datetime) -> str:
        """What came of the last time that a command was given, as the bot logged it: found, close, nothing.

        That is not longer ago than `since`.
        """

        def outcomes() -> list[str]:
            return [
                str(each.get("tier", each.get("error")))
                for each in self.bot.log
                if each["event"] == "command"
                and each["command"] == command
                and datetime.fromisoformat(each["timestamp"]) >= since
            ]

        await self.bot.wrote(outcomes)
        return outcomes()[-1]


@dataclass(frozen=True)
class Home:
    """A channel of a server whose moderators keep a shelf, and the number of the suggestion that waits there.

    On the shelf stands `OWN`, `REMOVED` was taken off it, and `HIDDEN` is hidden.
    """

    channel: Channel
    suggestion: str = ""

    def given(self, command: Command) -> dict[str, object]:
        """What to give to a command there."""
        return {
            name: self.suggestion if value == SUGGESTION else value
            for name, value in GIVEN[command.name].items()
        }


async def home_of(town: Town, command: Command) -> Home:
    """Where to give a command: what changes a shelf, on a server of its own."""
    if command.name.split(" ")[0] not in WITH_SHELF:
        return Home(town.channel)
    channel = town.discord.add_guild("Home").add_channel("general")
    adds, removes, hides, decides = (town.moderator(channel) for _ in range(4))

    async def add() -> None:
        await fill_in(adds, await adds.slash(channel, "shelf add", kind="reading"), READING)

    async def remove() -> None:
        await fill_in(removes, await removes.slash(channel, "shelf add", kind="contact"), CONTACT)
        await removes.slash(channel, "shelf remove", entry=REMOVED, confirm="yes")

    async def suggest() -> str:
        await decides.slash(channel, "settings", suggestions="yes")
        ana = town.person(guild=channel.guild)
        opened = await ana.slash(channel, "suggest", kind="note")
        await fill_in(ana, opened, {"title": "Night watch", "text": "What neighbours call it."})
        listed = await decides.slash(channel, "review list")
        (number,) = re.findall("Suggestion ([0-9a-f]+)", listed.message.text)
        return str(number)

    hide = hides.slash(channel, "shelf hide", entry=HIDDEN)
    number, *_ = await asyncio.gather(suggest(), add(), remove(), hide)
    return Home(channel, number)


async def fill_in(person: Person, opened: Exchange, words: Mapping[str, str] = FILLED) -> Exchange:
    """Fill in a form, as far as the words have something for its fields."""
    assert opened.modal, opened.message.text
    fields = values_of(opened.modal)
    return await person.submit(opened.modal, {name: words[name] for name in fields if name in words})


def values_of(modal: Modal) -> dict[str, str]:
    """What stands in the fields of a form, by name. For each of them there is something to fill in."""
    fields = [each for _, each in walk(modal.json["components"]) if each["type"] == Kind.TEXT_INPUT]
    assert {each["custom_id"] for each in fields} <= {*FILLED}
    return {each["custom_id"]: each.get("value") or "" for each in fields}


async def give(
    person: Person, place: Channel, name: str, options: Mapping[str, object], *, force: bool = False
) -> Exchange:
    """What a command comes to; where it opens a form, that is filled in, in all of its fields."""
    exchange = await person.slash(place, name, options, force=force)
    return await fill_in(person, exchange) if exchange.modal else exchange


def guild_of(place: Channel) -> Guild:
    """The server of a channel."""
    assert place.guild
    return place.guild


def seen_by_asker_alone(exchange: Exchange) -> bool:
    """Whether the answer is private, quiet and whole: no ping, no preview, nothing that is still to come."""
    message = exchange.message
    assert not message.pings
    assert not message.unfurls
    assert not message.loading
    assert message.text.strip()
    return message.ephemeral
