"""The commands as Discord shows them: every limit kept in every language, and what is given is heard."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Annotated, Any, cast

import discord
import pytest
import regex
from discord import app_commands

from bot.commands.describe import (
    GROUPS,
    REGISTRY,
    Attachment,
    Channel,
    Choose,
    Command,
    Option,
    Role,
    Services,
    Topic,
    Written,
    command,
)
from bot.commands.request import Audience, Request
from bot.commands.words import label
from bot.i18n import LANGUAGES, translator
from bot.model import Actor
from bot.platforms.discord.registration import commands, locales
from bot.platforms.discord.sync import payloads
from bot.reply import Reply

SLASH, MENU = 1, 3
CHOSEN: dict[type, int] = {Channel: 7, Role: 8, Attachment: 11}
# Discord's reference: “Application Command Object”, “Application Command Naming” and “Localization”.
NAME = regex.compile(r"[-_\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}")
DESCRIPTION, CHOICE, CHOICES, OPTIONS, SLASH_COMMANDS, MENUS, IN_ALL = 100, 100, 25, 25, 100, 15, 8000


def texts(thing: dict[str, Any], field: str) -> list[str]:
    """A text and all its translations."""
    return [thing[field], *thing[f"{field}_localizations"].values()]


def longest(thing: dict[str, Any]) -> int:
    """Characters that count towards the limit in all: of each text the longest translation."""
    own = sum(max(map(len, texts(thing, field))) for field in ("name", "description") if field in thing)
    own += len(thing.get("value", ""))
    return own + sum(longest(each) for kind in ("options", "choices") for each in thing.get(kind, ()))


def in_every_locale(things: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """The names of some things, locale by locale, as a person is shown them."""
    listed = list(things)
    yield [each["name"] for each in listed]
    for locale in map(str, locales()):
        yield [each["name_localizations"][locale] for each in listed]


def commands_in(slash: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The commands themselves, those of groups among them, by the names we have for them."""
    made: dict[str, dict[str, Any]] = {}
    for payload in slash:
        if payload["name"] in GROUPS:
            made |= {f"{payload['name']} {each['name']}": each for each in payload["options"]}
        else:
            made[payload["name"]] = payload
    return made


def given_in(described: Command) -> list[Option]:
    """The options that are given in the command itself: the others stand in a form."""
    return [option for option in described.options if not isinstance(option.marker, Written)]


def test_only_locales_that_discord_knows_and_that_are_spoken_here() -> None:
    """One language may be several locales; English is given explicitly, too."""
    assert {each.value for each in locales()} >= {"en-US", "en-GB", "fr", "es-ES", "es-419"}
    assert {translator(each.value).language for each in locales()} <= set(LANGUAGES)
    assert discord.Locale.german not in locales()


async def test_every_command_is_registered_and_every_limit_kept() -> None:
    """A single violation has Discord refuse the command; and what is too long would be cut silently."""
    made = await payloads()
    slash = [each for each in made if each["type"] == SLASH]
    menus = [each for each in made if each["type"] == MENU]
    assert sorted(commands_in(slash)) == sorted(REGISTRY)
    # A group stands where its first command does.
    assert [each["name"] for each in slash] == list(dict.fromkeys(name.split(" ")[0] for name in REGISTRY))
    assert [each["name"] for each in menus] == [each.menu for each in REGISTRY.values() if each.menu]
    assert len(slash) <= SLASH_COMMANDS
    assert len(menus) <= MENUS
    assert all(longest(payload) <= IN_ALL for payload in slash)
    assert_described(slash)
    for payload in slash:
        if payload["name"] in GROUPS:
            assert payload["description"] == GROUPS[payload["name"]]
            assert len(payload["options"]) <= OPTIONS
            assert_described(payload["options"])
    for name, payload in commands_in(slash).items():
        described = REGISTRY[name]
        assert payload["description"] == described.description
        assert [each["description"] for each in payload["options"]] == [
            option.description for option in given_in(described)
        ]
        assert_options_fit(payload["options"])
    for payload in menus:
        assert all(1 <= len(name) <= 32 for name in texts(payload, "name"))


def assert_described(things: list[dict[str, Any]]) -> None:
    """Each has a name of its own in every language, and a description."""
    for names in in_every_locale(things):
        assert len({*names}) == len(names)
        assert all(NAME.fullmatch(name) and name == name.lower() for name in names)
    for thing in things:
        assert all(1 <= len(text) <= DESCRIPTION for text in texts(thing, "description"))


def assert_options_fit(options: list[dict[str, Any]]) -> None:
    """As many as Discord takes, required ones first."""
    assert len(options) <= OPTIONS
    required = [each["required"] for each in options]
    assert required == sorted(required, reverse=True)
    assert_described(options)
    for option in options:
        choices = option.get("choices", [])
        assert len(choices) <= CHOICES
        for shown in in_every_locale(choices):
            assert len({*shown}) == len(shown)
            assert all(1 <= len(each) <= CHOICE for each in shown)


async def test_options_say_how_they_are_filled_in() -> None:
    """From a list where there is one, else in words: as many as are read, and completed while typed.

    A channel, a role or a file is chosen in Discord's own way.
    """
    made = commands_in(each for each in await payloads() if each["type"] == SLASH)
    for described in REGISTRY.values():
        for option, payload in zip(given_in(described), made[described.name]["options"], strict=True):
            assert payload["name"] == option.name
            assert payload["required"] == option.required
            if type(option.marker) in CHOSEN:
                assert payload["type"] == CHOSEN[type(option.marker)]
                assert "autocomplete" not in payload
            elif option.choices:
                assert [each["value"] for each in payload["choices"]] == list(option.choices)
                assert "autocomplete" not in payload
            else:
                assert payload["max_length"] == option.limit <= 6000
                assert payload["autocomplete"] is True


async def test_texts_are_those_of_the_catalogues() -> None:
    """A reader of French is offered what help, in French, says."""
    tr = translator("fr")
    menus = {each["name"]: each for each in await payloads() if each["type"] == MENU}
    slash = {each["name"]: each for each in await payloads() if each["type"] == SLASH}
    for name, description in GROUPS.items():
        assert slash[name]["name_localizations"]["fr"] == tr.name(name)
        assert slash[name]["description_localizations"]["fr"] == tr(description)
    made = commands_in(slash.values())
    for described in REGISTRY.values():
        payload = made[described.name]
        assert payload["name_localizations"]["fr"] == tr.name(described.name.rpartition(" ")[2])
        assert payload["description_localizations"]["fr"] == tr(described.description)
        if described.menu:
            assert menus[described.menu]["name_localizations"]["fr"] == tr(described.menu)
        for option, shown in zip(given_in(described), payload["options"], strict=True):
            assert shown["name_localizations"]["fr"] == tr.name(option.name)
            assert shown["description_localizations"]["fr"] == tr(option.description)
            for member, choice in zip(option.choices or (), shown.get("choices", ()), strict=True):
                assert choice["name_localizations"]["fr"] == label(member, tr)


async def test_commands_can_be_given_everywhere_and_by_everyone() -> None:
    """In servers, in the bot's direct messages and in private channels, added by a server or by a person.

    What is for moderators alone, a group of such commands too, is for servers and hidden from others.
    """
    made = {each["name"]: each for each in await payloads()}
    for name, payload in made.items():
        audiences = {
            described.audience
            for described in REGISTRY.values()
            if name in (described.menu, described.name.split(" ")[0])
        }
        everyone = Audience.EVERYONE in audiences
        assert payload["contexts"] == ([0, 1, 2] if everyone else [0])
        assert payload["integration_types"] == [0, 1]
        needed = None if everyone else discord.Permissions(manage_guild=True).value
        assert payload["default_member_permissions"] == needed
    for name in ("find", "suggest", "daily", "privacy", "settings"):
        assert made[name]["default_member_permissions"] is None


async def test_a_command_for_moderators_is_hidden_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is for servers alone: there are no moderators elsewhere."""

    async def tidy(
        _ask: Request,
        _services: Services,
        topic: Annotated[str, Topic("What to tidy")],
        who: Annotated[Actor | None, Choose("Who acts")] = None,
    ) -> Reply:
        """Tidy the shelf."""
        return Reply(f"{topic} {who}")

    monkeypatch.setitem(REGISTRY, "tidy", REGISTRY["find"])  # put back as it was when the test ends
    command("tidy", audience=Audience.MODERATOR, menu="Tidy this")(tidy)
    slash, menu = (each for each in await payloads() if each["name"].casefold().startswith("tidy"))
    for payload in (slash, menu):
        assert payload["contexts"] == [0]
        assert payload["default_member_permissions"] == discord.Permissions(manage_guild=True).value
    assert slash["name_localizations"]["fr"] == "tidy"  # no catalogue has it yet
    assert [each["required"] for each in slash["options"]] == [True, False]


class Heard:
    """What the handlers were called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    async def command(self, _: discord.Interaction, *given: object) -> None:
        """A command, or an entry of a menu."""
        self.calls.append(given)

    async def complete(self, _: discord.Interaction, *given: object) -> list[app_commands.Choice[str]]:
        """Something typed."""
        self.calls.append(given)
        return [app_commands.Choice(name="Raids", value="topic:raids")]

    def made(self) -> dict[str, Any]:
        """Every command, by name."""
        return {each.name: each for each in commands(self.command, self.complete, self.command)}


async def test_a_command_hears_the_options_that_were_given() -> None:
    """One that was left out is not there."""
    heard = Heard()
    nobody = cast("discord.Interaction", None)
    await heard.made()["action"].callback(nobody, topic=None, who="ally")
    await heard.made()["help"].callback(nobody, command=None)
    assert heard.calls == [("action", {"who": "ally"}), ("help", {})]


async def test_a_menu_hears_the_message() -> None:
    heard = Heard()
    message = object()
    (described,) = (each for each in REGISTRY.values() if each.menu)
    await heard.made()[described.menu].callback(cast("discord.Interaction", None), message)
    assert heard.calls == [(described.name, message)]


async def test_completion_hears_what_is_typed_and_what_else_is_given() -> None:
    """The parts that are offered depend on the document that was chosen before."""
    heard = Heard()
    options = [
        {"type": 3, "name": "topic", "value": "lantern"},
        {"type": 3, "name": "part", "value": "int", "focused": True},
    ]
    answers: list[list[app_commands.Choice[str]]] = []

    async def answer(choices: list[app_commands.Choice[str]]) -> None:
        answers.append(choices)

    response = SimpleNamespace(is_done=lambda: False, autocomplete=answer)
    interaction = SimpleNamespace(_state=None, guild=None, guild_id=None, response=response)
    interaction.namespace = app_commands.Namespace(cast("Any", interaction), {}, cast("Any", options))
    await heard.made()["summary"]._invoke_autocomplete(interaction, "part", interaction.namespace)
    assert [each.value for (each,) in answers] == ["topic:raids"]
    assert heard.calls == [("summary", "part", "int", {"topic": "lantern"})]
