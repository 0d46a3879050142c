"""Commands of two words, and options that are channels and roles, as Discord shows, keeps and sends them."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.commands.describe import REGISTRY, Services
from bot.i18n import translator
from bot.platforms.discord import client, endpoints
from bot.platforms.discord.address import Address, Step, read, write
from bot.platforms.discord.difference import Payload
from bot.platforms.discord.sync import payloads, sync
from bot.reply import Ask
from bot.shelf import Shelf
from tests.commands.grouped import NAMES, registered
from tests.commands.small import CORPUS
from tests.standin.options import NotPossibleError
from tests.standin.server import Standin
from tests.standin.world import MODERATOR

TEXT, ROLE, CHANNEL = 3, 8, 7  # types of options, in Discord's reference: “Application Command Option Type”
SUBCOMMAND = 1
MANAGE_GUILD = discord.Permissions(manage_guild=True).value


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    """The group is there."""
    with registered():
        yield


async def group() -> Payload:
    """What Discord is told of the group."""
    (made,) = (each for each in await payloads() if each["name"] == "words")
    return made


async def test_a_group_is_one_command_with_subcommands() -> None:
    """Of its commands, none is registered by itself; every text has its translation."""
    made = await payloads()
    assert not {each["name"] for each in made} & {*NAMES, "set", "pause"}
    words = await group()
    assert words["type"] == 1
    assert words["description"] == "Words of the day."
    assert words["name_localizations"]["fr"] == translator("fr").name("words") == "mots"
    assert [each["name"] for each in words["options"]] == ["set", "pause", "find"]
    for each in words["options"]:
        assert each["type"] == SUBCOMMAND
        assert each["description"] == REGISTRY[f"words {each['name']}"].description
        assert each["name_localizations"]["fr"] == translator("fr").name(each["name"])
    assert words["options"][2]["name_localizations"]["fr"] == "chercher"


async def test_channels_and_roles_are_discords_own() -> None:
    """Channels in which something can be posted for all: of texts and of announcements. No completion."""
    options = {each["name"]: each for each in (await group())["options"][0]["options"]}
    assert [each["type"] for each in options.values()] == [TEXT, TEXT, CHANNEL, ROLE]
    assert options["channel"]["channel_types"] == [0, 5]
    for name in ("channel", "mention"):
        assert not options[name]["required"]
        assert "autocomplete" not in options[name]
    assert options["time"]["autocomplete"] is True
    assert options["time"]["max_length"] == 20
    assert options["time"]["required"]


async def test_a_group_is_shown_where_one_of_its_commands_can_be_given() -> None:
    """Discord does not hide single subcommands; who may give them is looked at when they are given."""
    words = await group()
    assert words["contexts"] == [0, 1, 2]
    assert words["default_member_permissions"] is None
    del REGISTRY["words find"]
    words = await group()
    assert words["contexts"] == [0]
    assert words["default_member_permissions"] == MANAGE_GUILD
    assert words["integration_types"] == [0, 1]


@pytest.fixture
async def standin(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Standin]:
    """A Discord without commands, which holds what it is told against its published description."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with Standin() as standin:
        endpoints.use(standin.api_url, standin.gateway_url)
        yield standin


async def told(standin: Standin) -> list[str]:
    """What is said while Discord is told of the commands."""
    said: list[str] = []
    await sync(standin.token, said.append, pauses=())
    return "\n".join(said).splitlines()


async def test_a_group_is_created_once_and_edited_where_it_differs(standin: Standin) -> None:
    """Down to an option of one of its commands; and it is sent whole."""
    assert "+ /words" in await told(standin)
    writes = standin.commands.writes
    assert await told(standin) == [f"= {writes} unchanged"]
    (kept,) = (each for each in standin.commands.all() if each["name"] == "words")
    commands = {each["name"]: each for each in kept["options"]}
    options = {each["name"]: each for each in commands["set"]["options"]}
    options["channel"]["channel_types"] = [5]
    options["time"]["max_length"] = 10
    options["zone"]["description_localizations"]["fr"] = "Une ville"
    commands["find"]["name_localizations"]["fr"] = "trouver"
    kept["options"].remove(commands["pause"])
    *differences, unchanged, done = await told(standin)
    assert differences == [
        '~ /words: options: ["set", "find"] → ["set", "pause", "find"]',
        '~ /words: options.find.name.fr: "trouver" → "chercher"',
        "~ /words: options.set.options.channel.channel_types: [5] → [0, 5]",
        "~ /words: options.set.options.time.max_length: 10 → 20",
        '~ /words: options.set.options.zone.description.fr: "Une ville" → "A city"',
    ]
    assert (unchanged, done) == (f"= {writes - 1} unchanged", "Done.")
    assert standin.commands.writes == writes + 1
    assert await told(standin) == [f"= {writes} unchanged"]


async def test_the_order_of_kinds_of_channels_is_no_difference(standin: Standin) -> None:
    await told(standin)
    writes = standin.commands.writes
    (kept,) = (each for each in standin.commands.all() if each["name"] == "words")
    kept["options"][0]["options"][2]["channel_types"].reverse()
    assert await told(standin) == [f"= {writes} unchanged"]


@pytest.mark.parametrize("step", Step)
def test_a_button_leads_to_a_command_of_a_group(step: Step) -> None:
    where = Address(step, Ask("words set", {"time": "09:00", "zone": "New York|=%"}), 0)
    assert read(write(where, 7)) == where


@pytest.fixture
async def connected(standin: Standin) -> AsyncIterator[Standin]:
    """The same with the bot."""
    await told(standin)
    shelf = Shelf.of(CORPUS)
    stop = asyncio.Event()
    running = asyncio.create_task(client.run(Services(shelf, "1.2.3"), stop, standin.token))
    await standin.ready()
    yield standin
    stop.set()
    await running
    shelf.close()


async def test_what_is_chosen_reaches_the_command_as_ids(connected: Standin) -> None:
    """Given by a moderator, in her language; in the same breath, what is typed is completed."""
    guild = connected.add_guild("Room")
    channel, role = guild.add_channel("general"), guild.add_role("Readers")
    mo = connected.add_person("mo", locale="fr")
    guild.add_member(mo, MODERATOR)
    exchange = await mo.slash(channel, "mots set", time="noon", channel=channel, mention=role)
    assert exchange.message.ephemeral
    assert f"time=noon zone= channel={channel.id} mention={role.id}" in exchange.message.text
    offered = await mo.autocomplete(channel, "mots set", focused="time", channel=channel, mention=role)
    assert [(each["name"], each["value"]) for each in offered] == [("noon", "12:00")]
    with pytest.raises(NotPossibleError, match="of the types"):
        await mo.slash(channel, "mots set", time="9", channel=connected.direct_channel(mo))


async def test_a_command_for_moderators_in_a_group_for_all_is_refused_in_code(connected: Standin) -> None:
    """Discord shows it to everybody, and where there are no moderators."""
    guild = connected.add_guild("Room")
    channel = guild.add_channel("general")
    ana = connected.add_person("ana")
    guild.add_member(ana)
    assert "solidarity" in (await ana.slash(channel, "words find")).message.text
    refused = await ana.slash(channel, "words set", time="9")
    assert refused.message.ephemeral
    assert "You need the permission “Manage Server” for /words set." in refused.message.text
    alone = await ana.slash(connected.direct_channel(ana), "words set", time="9")
    assert "its moderators can do it there" in alone.message.text
