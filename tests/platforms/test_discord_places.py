"""What a command is told of where it was given, and the way from there to somebody's direct messages."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio

from bot.commands.describe import REGISTRY, Services, command
from bot.commands.request import Request
from bot.model import Place
from bot.platforms.discord.sync import payloads
from bot.reply import Reply
from bot.shelf import Shelf
from tests.commands.small import CORPUS
from tests.platforms.in_process import connected, pointed
from tests.standin.faults import Faults
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import Channel, Guild

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPEN = "/users/@me/channels"
given: list[Request] = []


@contextmanager
def registered() -> Iterator[None]:
    """Two commands: one that only says where it is, and one that opens direct messages."""
    before = dict(REGISTRY)

    @command("here", private=True)
    async def here(ask: Request, _services: Services) -> Reply:
        """Where this is."""
        given.append(ask)
        return Reply("Here.")

    @command("direct", private=True)
    async def direct(ask: Request, _services: Services) -> Reply:
        """Where somebody can be written to."""
        assert ask.direct
        return Reply((await ask.direct()).id)

    try:
        yield
    finally:
        REGISTRY.clear()
        REGISTRY.update(before)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[Standin]:
    """One Discord, with the bot on it."""
    shelf = Shelf.of(CORPUS)
    with registered():
        async with Standin() as standin, pointed(standin):
            for each in await payloads():
                if each["name"] in {"here", "direct"}:
                    standin.commands.put(each)
            async with connected(Services(shelf, "1.2.3"), standin) as poster:
                assert poster
                yield standin
    shelf.close()


@pytest.fixture
def ana(discord: Standin) -> Person:
    """Somebody."""
    return discord.add_person("ana")


@pytest.fixture
def guild(discord: Standin, ana: Person) -> Guild:
    """A server of hers, with the bot."""
    guild = discord.add_guild("Room")
    guild.add_member(ana)
    return guild


async def told(ana: Person, channel: Channel) -> Request:
    """What a command given there is told."""
    await ana.slash(channel, "here")
    return given.pop()


async def test_place_is_where_something_can_be_posted(discord: Standin, guild: Guild, ana: Person) -> None:
    """A channel of a server with the bot, or the bot's own direct messages; not where it is a guest."""
    channel = guild.add_channel("general")
    for ours in (channel, discord.direct_channel(ana)):
        assert (await told(ana, ours)).place == Place("discord", str(ours.id))
    elsewhere = discord.add_guild("Elsewhere", installed=False)
    elsewhere.add_member(ana)
    others = discord.private_channel(ana, discord.add_person("ben"))
    for foreign in (elsewhere.add_channel("general"), others):
        assert (await told(ana, foreign)).place is None


async def test_channels_and_roles_are_those_of_a_server_with_the_bot(
    discord: Standin, guild: Guild, ana: Person
) -> None:
    assert (await told(ana, guild.add_channel("general"))).has_channels
    assert not (await told(ana, discord.direct_channel(ana))).has_channels
    assert (await told(ana, discord.direct_channel(ana))).mentionable == ()


async def test_channels_and_roles_are_called_by_their_names(
    discord: Standin, guild: Guild, ana: Person
) -> None:
    """Those of this server, as they are called now; of others, and of what is gone, nothing is known."""
    channel, role = guild.add_channel("general"), guild.add_role("Readers")
    other = discord.add_guild("Other").add_channel("secret")
    called = (await told(ana, channel)).called
    assert called(str(channel.id)) == "#general"
    assert called(str(role.id)) == "@Readers"
    assert called(str(guild.id)) == "@everyone"
    for unknown in (str(other.id), "123", "", "x", "²"):
        assert called(unknown) == ""
    assert (await told(ana, discord.direct_channel(ana))).called(str(channel.id)) == ""


async def test_direct_messages_are_opened_from_anywhere(discord: Standin, guild: Guild, ana: Person) -> None:
    """It is the same conversation each time, in which something can be posted; in it, nothing is opened."""
    mine = discord.direct_channel(ana)
    for channel in (guild.add_channel("general"), discord.private_channel(ana, discord.add_person("ben"))):
        assert (await ana.slash(channel, "direct")).message.text == str(mine.id)
    asked = len(discord.made("POST", OPEN))
    assert (await ana.slash(mine, "direct")).message.text == str(mine.id)
    assert len(discord.made("POST", OPEN)) == asked


@pytest.mark.parametrize("status", [400, 403])
async def test_who_cannot_be_written_to_is_told_what_to_do(
    status: int, discord: Standin, guild: Guild, ana: Person
) -> None:
    discord.faults.error(status, "POST", OPEN)
    answer = (await ana.slash(guild.add_channel("general"), "direct")).message.text
    assert "Discord does not let me write to you" in answer


@pytest.mark.parametrize("fault", [Faults.reset, Faults.garble])
async def test_direct_messages_that_cannot_be_opened_just_now(
    fault: object, discord: Standin, guild: Guild, ana: Person
) -> None:
    assert callable(fault)
    fault(discord.faults, "POST", OPEN)
    answer = (await ana.slash(guild.add_channel("general"), "direct")).message.text
    assert "Please ask again in some minutes" in answer
