"""Messages of ours that are changed or taken back: what moderators can mend there is named, as for posts."""

from collections.abc import AsyncIterator, Awaitable, Iterator

import aiohttp
import pytest
import pytest_asyncio

from bot.commands.describe import Services
from bot.model import Place
from bot.platforms.discord.poster import NO_MESSAGE, DiscordPoster
from bot.posting import NotTakenError, Problem, UnfitPlaceError
from bot.reply import Ask, Card, Choice, Paragraph, Reply
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.platforms.in_process import connected, pointed, to
from tests.standin.server import Standin
from tests.standin.world import MEMBER, Channel, Guild, Permissions

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    """A small shelf."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[Standin]:
    """One Discord for all tests here; each brings its own server."""
    async with Standin() as standin, pointed(standin):
        yield standin


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def poster(services: Services, discord: Standin) -> AsyncIterator[DiscordPoster]:
    """The one through which the bot's posts go."""
    async with connected(services, discord) as made:
        assert isinstance(made, DiscordPoster)
        yield made


@pytest.fixture
def channel(discord: Standin, poster: DiscordPoster) -> Channel:  # noqa: ARG001 - the bot is there first
    """A channel of a new server."""
    return discord.add_guild("Room").add_channel("cards")


def place(channel: Channel) -> Place:
    """The same, as the house calls it."""
    return Place("discord", str(channel.id))


async def unfit(attempt: Awaitable[object]) -> tuple[Problem, str]:
    """Why a place is not fit for what was attempted."""
    with pytest.raises(UnfitPlaceError) as refused:
        await attempt
    return refused.value.problem, refused.value.detail


async def test_a_message_says_something_else(poster: DiscordPoster, channel: Channel) -> None:
    """Whole, with its buttons; it still pings nobody, and is still that one message."""
    card = Card("Approve?", choices=(Choice("Approve", Ask("help")),))
    message_id = await poster.post(to(channel, Reply("A suggestion", (card,))))
    (message,) = channel.messages
    assert message.labels == ["Approve"]
    settled = Reply("Approved @everyone", (Card("Raids", (Paragraph("<@&1> https://example.org"),)),))
    await poster.edit(to(channel, settled), message_id)
    await poster.edit(to(channel, settled), message_id)
    assert channel.messages == [message]
    assert "Approved" in message.text
    assert "A suggestion" not in message.text
    assert message.labels == []
    assert not message.pings
    assert not message.unfurls


async def test_a_message_is_taken_back_once(poster: DiscordPoster, channel: Channel) -> None:
    message_id = await poster.post(to(channel))
    await poster.withdraw(place(channel), message_id, "key")
    assert channel.messages == []
    await poster.withdraw(place(channel), message_id, "key")


@pytest.mark.parametrize("gone", ["deleted", NO_MESSAGE])
async def test_a_message_that_is_gone_stays_so(poster: DiscordPoster, channel: Channel, gone: str) -> None:
    """Deleted by somebody, or in the moment when it was posted."""
    message_id = await poster.post(to(channel))
    channel.discord.deleted(channel.messages[0])
    await poster.edit(to(channel), message_id if gone == "deleted" else gone)
    await poster.withdraw(place(channel), message_id if gone == "deleted" else gone, "key")
    assert channel.messages == []


async def test_a_channel_that_is_gone_or_hidden_is_named(poster: DiscordPoster, channel: Channel) -> None:
    message_id = await poster.post(to(channel))
    channel.permit(channel.discord.app, deny=Permissions.VIEW_CHANNEL)
    assert await unfit(poster.edit(to(channel), message_id)) == (Problem.FORBIDDEN, "View Channel")
    problem = await unfit(poster.withdraw(place(channel), message_id, "key"))
    assert problem == (Problem.FORBIDDEN, "View Channel")
    channel.permit(channel.discord.app, allow=MEMBER)
    channel.delete()
    assert await unfit(poster.edit(to(channel), message_id)) == (Problem.GONE, "")
    assert await unfit(poster.withdraw(place(channel), message_id, "key")) == (Problem.GONE, "")


async def test_messages_of_others_are_left_alone(poster: DiscordPoster, channel: Channel) -> None:
    """The bot has the right to delete none but its own, and to change none."""
    guild = channel.guild
    assert isinstance(guild, Guild)
    ana = channel.discord.add_person("ana")
    guild.add_member(ana)
    theirs = ana.say(channel, "hello")
    with pytest.raises(NotTakenError):
        await poster.edit(to(channel), str(theirs.id))
    with pytest.raises(UnfitPlaceError):
        await poster.withdraw(place(channel), str(theirs.id), "key")
    assert channel.messages == [theirs]


async def test_what_discord_may_have_done_is_no_refusal(poster: DiscordPoster, channel: Channel) -> None:
    """A receipt that was lost says nothing about the message; done again, all is as it should be."""
    message_id = await poster.post(to(channel))
    channel.discord.faults.reset("PATCH", "/channels/*", after=True)
    with pytest.raises(aiohttp.ClientError):
        await poster.edit(to(channel, "Changed"), message_id)
    await poster.edit(to(channel, "Changed"), message_id)
    assert [message.text for message in channel.messages] == ["Changed"]
    channel.discord.faults.reset("DELETE", "/channels/*", after=True)
    await poster.withdraw(place(channel), message_id, "key")  # aiohttp asks again: that can be done twice
    assert channel.messages == []


async def test_a_limit_is_kept(poster: DiscordPoster, channel: Channel) -> None:
    message_id = await poster.post(to(channel))
    channel.discord.faults.rate_limit("PATCH", "/channels/*", retry_after=300)
    with pytest.raises(NotTakenError) as refused:
        await poster.edit(to(channel, "Changed"), message_id)
    assert refused.value.seconds >= 299
