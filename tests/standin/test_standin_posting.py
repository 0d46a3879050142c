"""A bot that posts by itself: limits, nonces, roles, and places that come and go."""

import asyncio

import pytest

from tests.standin.server import Standin
from tests.standin.wire import api, gateway
from tests.standin.world import ANNOUNCEMENT, FORUM, Channel, Permissions


@pytest.fixture
def channel(discord: Standin) -> Channel:
    return discord.add_guild("Room").add_channel("general")


async def test_fifty_requests_a_second(discord: Standin) -> None:
    """All together, whatever they are for; answers to interactions do not count and are not kept waiting."""
    async with api(discord) as session:
        answers = [await session.get("users/@me") for _ in range(60)]
        refused = [each for each in answers if each.status == 429]
        assert 0 < len(refused) <= 10
        body = await refused[0].json()
        assert body["global"] is True
        assert 0 < body["retry_after"] <= 1
        assert refused[0].headers["X-RateLimit-Global"] == "true"
        assert int(refused[0].headers["Retry-After"]) == 1
        assert (await session.post("interactions/1/none/callback", json={"type": 4})).status == 404
        await asyncio.sleep(body["retry_after"])
        assert (await session.get("users/@me")).status == 200


async def test_five_messages_in_five_seconds_in_a_channel(discord: Standin, channel: Channel) -> None:
    """Another channel is another matter. What is refused is not carried out."""
    assert channel.guild
    other = channel.guild.add_channel("other")
    async with api(discord) as session:
        sent = [
            await session.post(f"channels/{channel.id}/messages", json={"content": "x"}) for _ in range(6)
        ]
        assert [each.status for each in sent] == [200] * 5 + [429]
        assert [each.headers["X-RateLimit-Remaining"] for each in sent] == ["4", "3", "2", "1", "0", "0"]
        body = await sent[-1].json()
        assert body["global"] is False
        assert body["retry_after"] <= 5
        assert (await session.post(f"channels/{other.id}/messages", json={"content": "x"})).status == 200
        discord.limits.messages = None
        assert (await session.post(f"channels/{channel.id}/messages", json={"content": "x"})).status == 200
    assert len(channel.messages) == 6


async def test_nonce_is_remembered_for_a_while(discord: Standin, channel: Channel) -> None:
    """Also of a message that was deleted, which is not made again as long as it is."""
    body = {"content": "x", "nonce": "1", "enforce_nonce": True}
    async with api(discord) as session:
        assert (await session.post(f"channels/{channel.id}/messages", json=body)).status == 200
        discord.deleted(channel.messages[0])
        again = await session.post(f"channels/{channel.id}/messages", json=body)
        assert (again.status, (await again.json())["code"]) == (404, 10008)
        discord.nonce_memory = 0.0
        assert (await session.post(f"channels/{channel.id}/messages", json=body)).status == 200
    assert len(channel.messages) == 1


@pytest.mark.parametrize(
    ("mentionable", "permission", "pinged"),
    [(True, 0, True), (False, 0, False), (False, Permissions.MENTION_EVERYONE, True)],
)
async def test_role_has_to_be_mentionable(
    mentionable: bool,  # noqa: FBT001 - pytest gives it by name
    permission: int,
    pinged: bool,  # noqa: FBT001
    discord: Standin,
    channel: Channel,
) -> None:
    assert channel.guild
    role = channel.guild.add_role("readers", mentionable=mentionable)
    channel.permit(discord.app, allow=permission)
    body = {"content": f"<@&{role.id}>", "allowed_mentions": {"parse": [], "roles": [str(role.id)]}}
    async with api(discord) as session:
        await session.post(f"channels/{channel.id}/messages", json=body)
    assert channel.messages[0].pings == ({f"@&{role.id}"} if pinged else set())


async def test_bot_hears_of_channels_roles_and_its_end(discord: Standin) -> None:
    """Of what there is when it comes, and of what comes and goes then."""
    guild = discord.add_guild("Room")
    news, forum = guild.add_channel("news", ANNOUNCEMENT), guild.add_channel("forum", FORUM)
    readers = guild.add_role("readers")
    async with gateway(discord) as socket:
        await socket.identify(discord)
        there = await socket.event("GUILD_CREATE")
        assert [each["type"] for each in there["channels"]] == [ANNOUNCEMENT, FORUM]
        assert str(readers.id) in [each["id"] for each in there["roles"]]
        others = guild.add_role("others", mentionable=False)
        made = await socket.event("GUILD_ROLE_CREATE")
        assert (made["role"]["id"], made["role"]["mentionable"]) == (str(others.id), False)
        news.delete()
        assert (await socket.event("CHANNEL_DELETE"))["id"] == str(news.id)
        guild.expel()
        assert (await socket.event("GUILD_DELETE"))["id"] == str(guild.id)
    async with api(discord) as session:
        for place, code in ((news, 10003), (forum, 50001)):
            answer = await session.post(f"channels/{place.id}/messages", json={"content": "x"})
            assert (await answer.json())["code"] == code


async def test_threads_are_opened_from_messages_of_channels(discord: Standin, channel: Channel) -> None:
    """Not of threads, forums or direct messages; they go with their channel."""
    assert channel.guild
    async with api(discord) as session:

        async def opened(place: Channel, **fields: object) -> int:
            sent = await (await session.post(f"channels/{place.id}/messages", json={"content": "x"})).json()
            path = f"channels/{place.id}/messages/{sent.get('id', 1)}/threads"
            answer = await (await session.post(path, json={"name": "talk", **fields})).json()
            return int(answer.get("code", 0))

        assert await opened(channel, auto_archive_duration=1440) == 0
        (thread,) = (each for each in channel.guild.channels if each.parent)
        direct = discord.direct_channel(discord.add_person("ana"))
        for place in (thread, direct, channel.guild.add_channel("forum", FORUM)):
            assert await opened(place) == 50024
        channel.delete()
    assert thread.id not in discord.channels
