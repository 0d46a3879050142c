"""Posts on Discord: there once, whatever goes wrong on the way; and what moderators can mend is named."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial

import aiohttp
import discord as library
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.commands.describe import Services
from bot.platforms.discord import poster as posting
from bot.platforms.discord.delivery import LATER, deliver
from bot.platforms.discord.poster import NO_MESSAGE, DiscordPoster
from bot.platforms.discord.refusals import LONG
from bot.posting import NotTakenError, Poster, Posters, Problem, UnfitPlaceError
from bot.reply import Card, Paragraph, Reply
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.platforms.in_process import another, connected, pointed, to
from tests.standin.faults import Fault, Faults
from tests.standin.limits import Flags
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    FORUM,
    MEMBER,
    PUBLIC_THREAD,
    Channel,
    Guild,
    Permissions,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

READ_ON = "Read on"


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    """A small shelf, with nobody to post as yet."""
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
    """The one through which the bot's posts go while it is connected."""
    async with connected(services, discord) as made:
        assert isinstance(made, DiscordPoster)
        yield made
    assert services.posters.all() == []


@pytest.fixture
def guild(discord: Standin, poster: DiscordPoster) -> Guild:  # noqa: ARG001 - the bot is there before it
    """A new server."""
    return discord.add_guild("Room")


@pytest.fixture
def channel(discord: Standin, guild: Guild) -> Iterator[Channel]:
    """A channel in it. What Discord refuses there, the test means it to."""
    yield guild.add_channel("daily")
    discord.faults.planned.clear()
    discord.refusals.clear()


def path(channel: Channel) -> str:
    """Where messages for a channel are sent to."""
    return f"/channels/{channel.id}/messages"


def sent(channel: Channel) -> int:
    """How many requests there were to post in a channel."""
    return len(channel.discord.made("POST", path(channel)))


async def unfit(attempt: Awaitable[object]) -> tuple[Problem, str]:
    """Why a place is not fit for what was attempted."""
    with pytest.raises(UnfitPlaceError) as refused:
        await attempt
    return refused.value.problem, refused.value.detail


async def test_post_is_a_message_that_disturbs_nobody(poster: DiscordPoster, channel: Channel) -> None:
    """Whatever it says: it pings nobody and no link in it unfurls. It goes by its key."""
    card = Card("Raids @here", (Paragraph("@everyone <@&1> https://example.org"),), warning="Police")
    post = to(channel, Reply("Was due this morning.", (card,)))
    message_id = await poster.post(post)
    (message,) = channel.messages
    assert message_id == str(message.id)
    assert message.nonce == post.key
    assert not message.pings
    assert not message.unfurls
    assert Flags.COMPONENTS_V2 in message.flags
    for words in ("Was due this morning.", "Raids", "Police", "https://example.org"):
        assert words in message.text


async def test_poster_is_what_the_house_asks_for(poster: DiscordPoster, discord: Standin) -> None:
    """Who remembers keys is the application; what it is given leaves room for what people ask for."""
    asked: Poster = poster
    assert asked.platform == "discord"
    assert asked.identity == f"discord:{discord.application_id}"
    assert asked.memory + posting.PATIENCE < discord.nonce_memory
    assert discord.limits.everywhere
    assert asked.pace == posting.PACE < discord.limits.everywhere


@pytest.mark.parametrize("kind", [0, ANNOUNCEMENT])
async def test_same_key_is_the_same_message(kind: int, poster: DiscordPoster, guild: Guild) -> None:
    """For every process of the application; another key is another message."""
    channel = guild.add_channel("daily", kind)
    post = to(channel)
    async with another(channel.discord) as second:
        ids = await asyncio.gather(*(each.post(post) for each in (poster, second, poster)))
    assert ids == [str(channel.messages[0].id)] * 3
    await poster.post(to(channel))
    assert len(channel.messages) == 2


@pytest.mark.parametrize(
    "fault",
    [
        partial(Faults.error, status=500),
        partial(Faults.error, status=502),
        Faults.rate_limit,
        partial(Faults.rate_limit, everywhere=True),
    ],
    ids=["500", "502", "429", "429 of all"],
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_what_discord_py_repeats_is_there_once(
    fault: Callable[..., Fault],
    after: bool,  # noqa: FBT001 - pytest gives it by name
    poster: DiscordPoster,
    channel: Channel,
) -> None:
    """Whether or not Discord had taken it before it failed."""
    planned = fault(channel.discord.faults, method="POST", path=path(channel))
    planned.after = after
    assert await poster.post(to(channel)) == str(channel.messages[0].id)
    assert (planned.hits, sent(channel), len(channel.messages)) == (1, 2, 1)
    poster._barred_until = 0.0  # a limit that was injected is over


@pytest.mark.parametrize(
    "fault",
    [
        partial(Faults.error, status=503),
        partial(Faults.error, status=408),
        Faults.reset,
        Faults.garble,
        partial(Faults.garble, body="{", content_type="application/json"),
        partial(Faults.garble, body="{}", content_type="application/json"),
    ],
    ids=["503", "408", "reset", "page", "no JSON", "no message"],
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_lost_receipt_is_no_answer(
    fault: Callable[..., Fault],
    after: bool,  # noqa: FBT001
    poster: DiscordPoster,
    channel: Channel,
) -> None:
    """Nobody can tell whether it was taken, and nobody claims to; the same key again makes it one message."""
    post = to(channel)
    fault(channel.discord.faults, method="POST", path=path(channel), after=after)
    with pytest.raises(Exception) as lost:  # noqa: PT011 - which one it is does not matter
        await poster.post(post)
    assert not isinstance(lost.value, UnfitPlaceError | NotTakenError)
    assert await poster.post(post) == str(channel.messages[0].id)
    assert len(channel.messages) == 1


async def test_refusal_of_a_second_attempt_says_nothing_of_the_first(
    poster: DiscordPoster, channel: Channel
) -> None:
    """Discord took it and said 500; before discord.py asks again, the channel is closed to the bot."""
    discord = channel.discord
    fault = discord.faults.error(500, "POST", path(channel), after=True)
    attempt = asyncio.create_task(poster.post(to(channel)))
    await discord.until(lambda: fault.hits)
    channel.permit(discord.app, deny=Permissions.VIEW_CHANNEL)
    with pytest.raises(library.Forbidden):
        await attempt
    assert len(channel.messages) == 1


async def test_deleted_message_counts_as_posted(poster: DiscordPoster, channel: Channel) -> None:
    """A moderator took it away before we knew of it: it does not come again, and nothing has to be mended."""
    post = to(channel)
    discord = channel.discord
    discord.faults.reset("POST", path(channel), after=True)
    with pytest.raises(OSError):  # noqa: PT011
        await poster.post(post)
    discord.deleted(channel.messages[0])
    assert await poster.post(post) == NO_MESSAGE
    await poster.open_thread(post, NO_MESSAGE, "Talk")
    assert channel.messages == []


@pytest.mark.parametrize(
    ("denied", "named"),
    [(Permissions.VIEW_CHANNEL, "View Channel"), (Permissions.SEND_MESSAGES, "Send Messages")],
)
async def test_missing_permission_is_named_until_it_is_given_back(
    denied: Permissions, named: str, poster: DiscordPoster, channel: Channel
) -> None:
    discord = channel.discord
    post = to(channel)
    channel.permit(discord.app, deny=denied)
    assert await known(poster, channel, named, lambda: poster.post(post)) == (Problem.FORBIDDEN, named)
    channel.permit(discord.app)
    assert await poster.post(post) == str(channel.messages[0].id)


async def known(
    poster: DiscordPoster, channel: Channel, named: str, attempt: Callable[[], Awaitable[object]]
) -> tuple[Problem, str]:
    """Why a place is not fit, once the bot has heard what was changed there; before, it cannot name that."""
    found = (Problem.FORBIDDEN, "")
    async with asyncio.timeout(10):
        while found == (Problem.FORBIDDEN, "") != (Problem.FORBIDDEN, named):
            found = await unfit(attempt())
    assert poster._client.get_channel(channel.id)
    return found


async def test_thread_as_a_place(poster: DiscordPoster, guild: Guild, channel: Channel) -> None:
    """A prompt can go into a thread; what it takes there is another permission, and it has no threads."""
    await poster.open_thread(to(channel), await poster.post(to(channel)), "Talk")
    (thread,) = (each for each in guild.channels if each.parent)
    post = to(thread)
    message_id = await poster.post(post)
    assert [str(message.id) for message in thread.messages] == [message_id]
    assert await unfit(poster.open_thread(post, message_id, "Talk")) == (Problem.FORBIDDEN, "")
    channel.permit(None, deny=Permissions.SEND_MESSAGES_IN_THREADS)
    named = "Send Messages in Threads"
    assert await known(poster, thread, named, lambda: poster.post(to(thread))) == (Problem.FORBIDDEN, named)
    thread.delete()
    assert await unfit(poster.post(to(thread))) == (Problem.GONE, "")


async def test_places_that_are_gone_or_not_for_posts(
    discord: Standin, poster: DiscordPoster, guild: Guild, channel: Channel
) -> None:
    ana = discord.add_person("ana")
    ana.closed = True
    assert await unfit(poster.post(to(guild.add_channel("forum", FORUM)))) == (Problem.FORBIDDEN, "")
    assert await unfit(poster.post(to(discord.direct_channel(ana)))) == (Problem.FORBIDDEN, "")
    other = guild.add_channel("other")
    guild.expel()
    assert await unfit(poster.post(to(other))) == (Problem.FORBIDDEN, "View Channel")
    channel.delete()
    assert await unfit(poster.post(to(channel))) == (Problem.GONE, "")


async def test_direct_messages_take_posts(discord: Standin, poster: DiscordPoster) -> None:
    direct = discord.direct_channel(discord.add_person("ana"))
    assert await poster.post(to(direct)) == str(direct.messages[0].id)


@pytest.mark.parametrize(
    ("plan", "seconds"),
    [
        (partial(Faults.rate_limit, retry_after=600), 600),
        (partial(Faults.rate_limit, retry_after=600, everywhere=True), 600),
        (partial(Faults.rate_limit, retry_after=600, via=False), 600),
        (partial(Faults.error, status=400), LONG),
        (partial(Faults.error, status=403), LONG),
        (partial(Faults.error, status=404), LONG),
    ],
    ids=["429", "429 of all", "429 by Cloudflare", "400", "403 by something else", "404 by something else"],
)
async def test_what_was_surely_not_taken_says_when_to_try_again(
    plan: Callable[..., Fault], seconds: float, poster: DiscordPoster, channel: Channel
) -> None:
    """What is no fault of the place is no reason to tell its moderators; whoever runs the bot reads of it."""
    post = to(channel)
    fault = plan(channel.discord.faults, method="POST", path=path(channel))
    with capture_logs() as lines, pytest.raises(NotTakenError) as refused:
        await poster.post(post)
    assert refused.value.seconds == seconds
    assert fault.hits == 1
    refusals = [line["error"] for line in lines if line["event"] == "post refused"]
    assert len(refusals) == (seconds == LONG)
    if poster._barred_until:  # by what concerns every request, others are not even tried
        with pytest.raises(NotTakenError):
            await poster.post(post)
        assert sent(channel) == 1
        poster._barred_until = 0.0
    assert await poster.post(post) == str(channel.messages[0].id)


async def test_nobody_waits_for_a_post_that_was_cut_short(
    poster: DiscordPoster, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """discord.py sleeps off a limit on all requests, and leaves everybody waiting if it is not let to."""
    monkeypatch.setattr(posting, "PATIENCE", 0.2)
    channel.discord.faults.rate_limit("POST", path(channel), retry_after=1, everywhere=True)
    with pytest.raises(NotTakenError) as refused:
        await poster.post(to(channel))
    assert refused.value.seconds == 1
    async with asyncio.timeout(10):
        await poster._client.http.get_channel(channel.id)
    assert channel.messages == []


async def test_attempt_that_takes_too_long_is_no_answer(
    poster: DiscordPoster, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It left, so it may yet be taken; after that, the same key makes it one message."""
    monkeypatch.setattr(posting, "PATIENCE", 0.2)
    post = to(channel)
    channel.discord.faults.slow(1, "POST", path(channel))
    with pytest.raises(TimeoutError):
        await poster.post(post)
    assert await poster.post(post) == str(channel.messages[0].id)
    await channel.discord.requested("POST", path(channel), 2)
    assert len(channel.messages) == 1


async def test_discord_out_of_reach_takes_nothing(poster: DiscordPoster, channel: Channel) -> None:
    """However long that lasts, it is known that nothing was posted, and so it is once it can be."""
    post = to(channel)
    await channel.discord.down(gateway=False)
    try:
        await hung_up(poster, channel)
        with pytest.raises(NotTakenError):
            await poster.post(post)
    finally:
        await channel.discord.up()
    assert await poster.post(post) == str(channel.messages[0].id)


async def hung_up(poster: DiscordPoster, channel: Channel) -> None:
    """Wait until none of the old connections is left, on which something could leave."""
    while True:
        try:
            await poster._client.http.get_channel(channel.id)
        except aiohttp.ClientConnectorError:
            return
        except aiohttp.ClientError:
            continue


async def test_in_doubt_nothing_more_is_posted_before_discord_answers(
    poster: DiscordPoster, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked something that does nothing; then, what was in doubt is posted once, and the rest is."""
    monkeypatch.setattr(posting, "PATIENCE", 0.3)
    monkeypatch.setattr(posting, "LOOK", 0.3)
    first, second, faults = to(channel), to(channel), channel.discord.faults
    faults.reset("POST", path(channel), after=True)
    with pytest.raises(OSError):  # noqa: PT011
        await poster.post(first)
    faults.error(502, "GET", "/gateway", times=100)
    for post in (first, second):
        with pytest.raises(NotTakenError):
            await poster.post(post)
    assert sent(channel) == 1
    faults.planned.clear()
    ids = [await poster.post(post) for post in (first, second)]
    assert ids == [str(message.id) for message in channel.messages]


async def test_what_cannot_be_made_was_not_posted(poster: DiscordPoster, channel: Channel) -> None:
    """A role that is no number: whatever is wrong with a post, nothing left, and so nothing is in doubt."""
    with pytest.raises(NotTakenError):
        await poster.post(to(channel, mention="everyone"))
    assert sent(channel) == 0


async def test_thread_is_opened_once(poster: DiscordPoster, guild: Guild, channel: Channel) -> None:
    """Its name is the title on one line, as long as names may be."""
    post = to(channel)
    message_id = await poster.post(post)
    channel.discord.faults.reset("POST", f"{path(channel)}/*/threads", after=True)
    with pytest.raises(OSError):  # noqa: PT011
        await poster.open_thread(post, message_id, "Raids\n" + "性" * 100)
    await poster.open_thread(post, message_id, "Raids")
    (thread,) = (each for each in guild.channels if each.parent)
    assert (thread.type, str(thread.id)) == (PUBLIC_THREAD, message_id)
    assert thread.name == "Raids " + "性" * 93 + "…"


async def test_thread_that_is_not_allowed(poster: DiscordPoster, channel: Channel) -> None:
    """The post is there all the same; the permission that it takes is named."""
    post = to(channel)
    channel.permit(channel.discord.app, deny=Permissions.CREATE_PUBLIC_THREADS)
    message_id = await poster.post(post)
    named = "Create Public Threads"
    open_thread = partial(poster.open_thread, post, message_id, "Talk")
    assert await known(poster, channel, named, open_thread) == (Problem.FORBIDDEN, named)
    channel.permit(channel.discord.app)
    await open_thread()


async def test_thread_in_a_channel_for_announcements(poster: DiscordPoster, guild: Guild) -> None:
    channel = guild.add_channel("news", ANNOUNCEMENT)
    await poster.open_thread(to(channel), await poster.post(to(channel)), "Talk")
    assert [each.type for each in guild.channels if each.parent] == [ANNOUNCEMENT_THREAD]


async def test_mention_pings_that_role_and_nobody_else(
    poster: DiscordPoster, guild: Guild, channel: Channel
) -> None:
    """Whoever else the text names. Of a role that may not be mentioned, nobody is pinged."""
    readers, others = guild.add_role("readers"), guild.add_role("others")
    silent = guild.add_role("silent", mentionable=False)
    ana = guild.add_member(channel.discord.add_person("ana"))
    reply = Reply(f"@everyone @here <@&{others.id}> <@{ana.id}>")
    for role in (readers, silent):
        await poster.post(to(channel, reply, mention=str(role.id)))
    loud, quiet = channel.messages
    assert loud.text.startswith(f"<@&{readers.id}>")
    assert loud.pings == {f"@&{readers.id}"}
    assert not quiet.pings


async def test_long_reply_is_read_on_in_private(
    discord: Standin, poster: DiscordPoster, guild: Guild, channel: Channel
) -> None:
    """One message, and a button that shows the whole entry to who presses it."""
    entry = next(entry for entry in CORPUS.entries if entry.title)
    long = tuple(Paragraph("Something to think about. " * 40) for _ in range(10))
    await poster.post(to(channel, Reply(cards=(Card(entry.title, long, id=entry.id),))))
    (message,) = channel.messages
    ana = discord.add_person("ana")
    assert isinstance(ana, Person)
    guild.add_member(ana, MEMBER)
    pressed = await ana.click(message, READ_ON)
    assert pressed.message.ephemeral
    assert entry.title in pressed.message.text


async def test_many_posts_leave_within_the_limits(discord: Standin, poster: DiscordPoster) -> None:
    """As Discord counts them, threads included: nothing is refused, everything arrives, each once."""
    guild = discord.add_guild("Crowd")
    channels = [guild.add_channel(f"daily{number}") for number in range(60)]
    refused = len([each for each in discord.requests if each.status == 429])

    async def deliver_to(channel: Channel) -> None:
        post = to(channel)
        await poster.open_thread(post, await poster.post(post), "Talk")

    await asyncio.gather(*map(deliver_to, channels))
    assert [len(channel.messages) for channel in channels] == [1] * 60
    assert len([each for each in guild.channels if each.parent]) == 60
    assert len([each for each in discord.requests if each.status == 429]) == refused


async def test_poster_outlives_connections(
    discord: Standin, poster: DiscordPoster, services: Services, channel: Channel
) -> None:
    """A session that goes on and one that begins anew: there is still that one poster."""
    resumed, identified = discord.gateway.resumed, discord.gateway.identified
    await discord.gateway.drop()
    await discord.until(lambda: discord.gateway.resumed > resumed)
    discord.gateway.invalidate()
    await discord.until(lambda: discord.gateway.identified > identified, 20)
    await poster._client.wait_until_ready()
    assert services.posters.all() == [poster]
    await poster.post(to(channel))
    assert len(channel.messages) == 1


async def test_told_to_stop_it_finishes_what_is_under_way(services: Services) -> None:
    """And takes nothing more. Two shards have one poster."""
    mine = Services(services.shelf, "1.2.3", services.today, posters=Posters())
    async with Standin(shards=2) as standin, pointed(standin):
        channels = [standin.add_guild("Room").add_channel("daily") for _ in range(2)]
        async with connected(mine, standin) as made:
            await standin.ready(2)
            slow = standin.faults.slow(0.5, "POST", path(channels[0]))
            under_way = asyncio.create_task(made.post(to(channels[0])))
            await made.post(to(channels[1]))
            await standin.until(lambda: slow.hits)
        assert await under_way == str(channels[0].messages[0].id)
        assert mine.posters.all() == []
        with pytest.raises(NotTakenError):
            await made.post(to(channels[1]))
        assert len(channels[1].messages) == 1


async def test_processes_that_divide_shards_divide_the_pace(services: Services) -> None:
    mine = Services(services.shelf, "1.2.3", services.today, posters=Posters())
    async with (
        Standin(shards=4) as standin,
        pointed(standin),
        connected(mine, standin, shard_count=4, shard_ids=[0]) as made,
    ):
        assert made.pace == posting.PACE / 4
        assert made.width == posting.WIDTH / 4


async def test_token_that_was_reset() -> None:
    """The gateway refuses it as well, which ends the platform; of the place, it says nothing."""
    async with Standin() as standin, pointed(standin), another(standin) as second:
        channel = standin.add_guild("Room").add_channel("daily")
        standin.valid_token = ""
        with pytest.raises(NotTakenError) as refused:
            await second.post(to(channel))
    assert refused.value.reason.startswith("401")


async def test_answer_is_not_kept_waiting_longer_than_anybody_would_wait() -> None:
    """Where Discord asks for minutes, what was to be shown to everyone is given up at once, with a line."""

    async def send() -> None:
        raise library.RateLimited(600)

    with capture_logs() as lines:
        assert not await deliver(send, LATER)
    assert [line["event"] for line in lines] == ["answer not delivered"]
