"""The gateway: who hears what, how sessions end and go on, and what an unmodified client makes of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.standin.conftest import running
from tests.standin.gateway import ALL_INTENTS, GUILD_MESSAGES, MESSAGE_CONTENT, compressor
from tests.standin.interactions import DidNotRespondError
from tests.standin.server import Standin
from tests.standin.wire import Socket, gateway
from tests.standin.world import MEMBER, MODERATOR


async def closed(socket: Socket) -> int:
    """The code with which the connection is closed."""
    try:
        while True:
            await socket.receive()
    except ConnectionError as end:
        code: int = end.args[0]
        return code


async def test_hello_heartbeat_ready_and_guilds(discord: Standin) -> None:
    guild, elsewhere = discord.add_guild("Room"), discord.add_guild("Elsewhere", installed=False)
    async with gateway(discord) as socket:
        assert socket.hello["d"] == {"heartbeat_interval": 41250}
        await socket.send(1, None)
        assert (await socket.receive())["op"] == 11
        await socket.identify(discord)
        ready = await socket.event("READY")
        assert ready["resume_gateway_url"] == discord.gateway_url
        assert ready["guilds"] == [{"id": str(guild.id), "unavailable": True}]
        assert (await socket.event("GUILD_CREATE"))["id"] == str(guild.id)
        assert elsewhere.id != guild.id
        channel = guild.add_channel("late")
        assert (await socket.event("CHANNEL_CREATE"))["id"] == str(channel.id)


async def test_servers_come_and_go_and_have_outages(discord: Standin) -> None:
    """Only what an outage took away comes back as something that was there before."""
    guild = discord.add_guild("Room")
    async with gateway(discord) as socket:
        await socket.identify(discord)
        await socket.event("GUILD_CREATE")
        guild.fail()
        assert await socket.event("GUILD_DELETE") == {"id": str(guild.id), "unavailable": True}
        guild.recover()
        assert (await socket.event("GUILD_CREATE"))["unavailable"] is False
        guild.expel()
        assert await socket.event("GUILD_DELETE") == {"id": str(guild.id)}
        guild.invite()
        assert "unavailable" not in await socket.event("GUILD_CREATE")
        discord.add_guild("Another")
        joined = await socket.event("GUILD_CREATE")
        assert (joined["name"], "unavailable" in joined) == ("Another", False)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"token": "other"}, 4004),
        ({"shard": [1, 1]}, 4010),
        ({"intents": ALL_INTENTS + 1}, 4013),
        ({"intents": None}, 4013),
        ({"intents": MESSAGE_CONTENT}, 4014),
    ],
)
async def test_bad_identifying_is_refused(discord: Standin, fields: dict[str, object], code: int) -> None:
    async with gateway(discord) as socket:
        await socket.identify(discord, **fields)
        assert await closed(socket) == code


async def test_out_of_turn(discord: Standin) -> None:
    async with gateway(discord) as socket:
        await socket.send(3, {})
        assert await closed(socket) == 4003
    async with gateway(discord) as socket:
        await socket.socket.send_str("hello")
        assert await closed(socket) == 4002
    for operation, code in ((2, 4005), (99, 4001)):
        async with gateway(discord) as socket:
            await socket.identify(discord)
            await socket.send(operation, {})
            assert await closed(socket) == code
    with pytest.raises(ConnectionError, match="4012"):
        await gateway(discord, "?v=9").__aenter__()


async def test_every_guild_has_its_shard(discord: Standin) -> None:
    """Interactions go where the guild is; direct messages to the first shard."""
    channels = [discord.add_guild(f"Room {number}").add_channel("general") for number in range(2)]
    ana = discord.add_person("ana")
    discord.commands.put({"name": "hello", "description": "x"})
    discord.patience = 0.05
    async with gateway(discord) as first, gateway(discord) as second:
        for number, socket in enumerate((first, second)):
            await socket.identify(discord, shard=[number, 2])
            assert (await socket.event("GUILD_CREATE"))["name"] == f"Room {number}"
        await discord.ready(2)
        for channel, socket in (
            (channels[1], second),
            (channels[0], first),
            (discord.direct_channel(ana), first),
        ):
            if channel.guild:
                channel.guild.add_member(ana)
            with pytest.raises(DidNotRespondError):
                await ana.slash(channel, "hello")
            assert (await socket.event("INTERACTION_CREATE"))["channel_id"] == str(channel.id)


async def test_what_an_interaction_carries(discord: Standin) -> None:
    """In a server a member with her permissions there; elsewhere only an account."""
    discord.patience = 0.05
    channel = discord.add_guild("Room", locale="de").add_channel("general")
    ana, ben = discord.add_person("ana", locale="cs"), discord.add_person("ben")
    assert channel.guild
    channel.guild.add_member(ana, MODERATOR)
    command = discord.commands.put({"name": "Who is it", "type": 2, "integration_types": [0, 1]})
    async with gateway(discord) as socket:
        await socket.identify(discord)
        await discord.ready()
        for place in (channel, discord.direct_channel(ana)):
            with pytest.raises(DidNotRespondError):
                await ana.menu(place, "Who is it", ben)
        there, alone = [await socket.event("INTERACTION_CREATE") for _ in range(2)]
    assert there["data"] == {
        "id": command["id"],
        "name": "Who is it",
        "type": 2,
        "target_id": str(ben.id),
        "resolved": {"users": {str(ben.id): ben.json()}},
    }
    expected = {
        "type": 2,
        "version": 1,
        "locale": "cs",
        "guild_locale": "de",
        "context": 0,
        "guild_id": str(channel.guild.id),
        "channel_id": str(channel.id),
        "app_permissions": str(int(MEMBER)),
        "authorizing_integration_owners": {"0": str(channel.guild.id), "1": str(ana.id)},
    }
    assert expected.items() <= there.items()
    assert there["member"]["permissions"] == there["channel"]["permissions"] == str(int(MODERATOR))
    assert "user" not in there
    assert not {"guild", "guild_id", "member"} & alone.keys()
    assert (alone["context"], alone["user"]["id"]) == (1, str(ana.id))
    assert alone["authorizing_integration_owners"] == {"0": "0", "1": str(ana.id)}


async def test_texts_are_for_those_who_may_read_them(discord: Standin) -> None:
    channel, ana = discord.add_guild("Room").add_channel("general"), discord.add_person("ana")
    assert channel.guild
    channel.guild.add_member(ana)
    discord.gateway.allowed_intents |= MESSAGE_CONTENT
    async with gateway(discord) as none, gateway(discord) as blind, gateway(discord) as all_of_it:
        for socket, intents in (
            (none, 1),
            (blind, GUILD_MESSAGES),
            (all_of_it, GUILD_MESSAGES | MESSAGE_CONTENT),
        ):
            await socket.identify(discord, intents=intents)
            await socket.event("READY")
        ana.say(channel, "hello")
        ana.say(channel, f"hello <@{discord.app.id}>")
        assert [(await blind.event("MESSAGE_CREATE"))["content"] for _ in range(2)] == [
            "",
            channel.messages[1].content,
        ]
        assert (await all_of_it.event("MESSAGE_CREATE"))["content"] == "hello"
        channel.guild.add_channel("other")
        assert (await none.receive())["t"] == "GUILD_CREATE"
        assert (await none.receive())["t"] == "CHANNEL_CREATE"


async def test_resuming_brings_what_was_missed(discord: Standin) -> None:
    guild = discord.add_guild("Room")
    async with gateway(discord) as socket:
        await socket.identify(discord)
        ready = await socket.event("READY")
        await socket.event("GUILD_CREATE")
        await discord.gateway.drop()
        assert await closed(socket) == 1006
    guild.add_channel("missed")
    session = {"token": discord.token, "session_id": ready["session_id"]}
    async with gateway(discord) as socket:
        await socket.send(6, {**session, "seq": 2})
        events = [(await socket.receive()) for _ in range(2)]
        assert [(each["t"], each["s"]) for each in events] == [("CHANNEL_CREATE", 3), ("RESUMED", 4)]
        await discord.gateway.drop(code=4000)
        assert await closed(socket) == 4000
    async with gateway(discord) as socket:
        await socket.send(6, {**session, "seq": 99})
        assert await closed(socket) == 4007


async def test_sessions_end(discord: Standin) -> None:
    """By a goodbye of the client, or when the gateway forgets them."""
    for goodbye in (True, False):
        async with gateway(discord) as socket:
            await socket.identify(discord)
            ready = await socket.event("READY")
            if goodbye:
                await socket.socket.close(code=1000)
            else:
                discord.gateway.invalidate()
                assert await socket.receive() == {"op": 9, "d": False, "s": None, "t": None}
        await discord.until(lambda: not discord.gateway.connections)
        async with gateway(discord) as socket:
            await socket.send(6, {"token": discord.token, "session_id": ready["session_id"], "seq": 1})
            assert (await socket.receive())["op"] == 9


async def test_going_away_and_coming_back_at_the_same_address(discord: Standin) -> None:
    url = discord.gateway_url
    async with gateway(discord) as socket:
        await discord.down()
        assert await closed(socket) == 1006
    with pytest.raises(OSError, match="Cannot connect"):
        await gateway(discord).__aenter__()
    await discord.up()
    assert discord.gateway_url == url
    async with gateway(discord) as socket:
        assert socket.hello["op"] == 10


async def test_compressed_as_asked_for(discord: Standin) -> None:
    async with gateway(discord, "?v=10&encoding=json&compress=zlib-stream") as socket:
        assert socket.hello["op"] == 10


def test_zstandard_stream_can_be_read_message_by_message() -> None:
    zstandard = pytest.importorskip("zstandard", reason="the package zstandard is not installed")
    compress, decompressor = compressor("zstd-stream"), zstandard.ZstdDecompressor().decompressobj()
    assert compress
    texts = ["hello", "hello again" * 100]
    assert [decompressor.decompress(compress(text)).decode() for text in texts] == texts


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connected() -> AsyncIterator[Standin]:
    """A stand-in whose heart beats fast, and the trivial bot on it."""
    async with Standin() as standin:
        standin.gateway.interval = 0.2
        standin.add_guild("Room").add_channel("general")
        async with running(standin, STANDIN_HEARTBEAT_TIMEOUT="1"):
            await standin.ready()
            yield standin


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("fault", ["drop", "reconnect", "invalidate but resumable", "no acknowledgement"])
async def test_the_client_resumes_and_gets_what_was_asked_meanwhile(connected: Standin, fault: str) -> None:
    (channel,) = connected.guilds[0].channels
    ana = connected.add_person("ana")
    connected.guilds[0].add_member(ana)
    identified, resumed = connected.gateway.identified, connected.gateway.resumed
    match fault:
        case "drop":
            await connected.gateway.drop()
        case "reconnect":
            connected.gateway.reconnect()
        case "invalidate but resumable":
            connected.gateway.invalidate(resumable=True)
        case "no acknowledgement":
            connected.gateway.acks = False
            await connected.until(lambda: connected.gateway.resumed > resumed)
            connected.gateway.acks = True
    assert "hello ana" in (await ana.slash(channel, "hello")).message.text
    await connected.until(lambda: connected.gateway.resumed > resumed)
    assert connected.gateway.identified == identified


async def test_the_client_identifies_anew_and_gives_up_when_its_token_is_revoked(discord: Standin) -> None:
    channel, ana = discord.add_guild("Room").add_channel("general"), discord.add_person("ana")
    assert channel.guild
    channel.guild.add_member(ana)
    async with running(discord) as bot:
        await discord.ready()
        await discord.gateway.drop(resumable=False)
        await discord.until(lambda: discord.gateway.identified == 2, 20)
        assert "hello" in (await ana.slash(channel, "hello")).message.text
        await discord.revoke_token()
        async with asyncio.timeout(20):
            assert await bot.wait() != 0


async def test_as_many_shards_as_recommended(discord: Standin) -> None:
    discord.shards = 2
    discord.add_guild("Room 0")
    channel = discord.add_guild("Room 1").add_channel("general")
    ana = discord.add_person("ana")
    assert channel.guild
    channel.guild.add_member(ana)
    async with running(discord):
        await discord.ready(2)
        assert "hello" in (await ana.slash(channel, "hello")).message.text
        assert "hello" in (await ana.slash(discord.direct_channel(ana), "hello")).message.text
