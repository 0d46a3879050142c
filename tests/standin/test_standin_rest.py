"""The REST API as such: permissions, records, threads, nonces, and bodies held against the description."""

import aiohttp
import pytest

from tests.standin import schema
from tests.standin.limits import Flags
from tests.standin.options import NotPossibleError
from tests.standin.schema import Schema
from tests.standin.server import Standin, ViolationError
from tests.standin.wire import api
from tests.standin.world import MEMBER, Channel, Permissions

described = pytest.mark.skipif(
    not schema.description().is_file(), reason="there is no copy of Discord's OpenAPI description at hand"
)


@pytest.fixture
def channel(discord: Standin) -> Channel:
    return discord.add_guild("Room").add_channel("general")


async def refused(response: aiohttp.ClientResponse) -> tuple[int, int]:
    return response.status, (await response.json())["code"]


async def test_only_the_token_opens(discord: Standin) -> None:
    async with api(discord) as session:
        assert (await (await session.get("users/@me")).json())["bot"] is True
        wrong = await session.get("users/@me", headers={"Authorization": "Bot other"})
        assert await refused(wrong) == (401, 0)
        await discord.revoke_token()
        assert await refused(await session.get("users/@me")) == (401, 0)


async def test_unknown_routes_are_recorded_and_fail_the_test() -> None:
    async def ask() -> None:
        async with Standin() as discord, api(discord) as session:
            assert await refused(await session.get("users/@me/guilds")) == (404, 0)

    with pytest.raises(ViolationError, match="GET /api/v10/users/@me/guilds"):
        await ask()


async def speak(*, validate: bool) -> int:
    """Send what our own rules let pass: that a message is to be spoken, said in words."""
    async with Standin(validate=validate) as discord, api(discord) as session:
        channel = discord.add_guild("Room").add_channel("general")
        body = {"content": "x", "tts": "aloud"}
        response = await session.post(f"channels/{channel.id}/messages", json=body)
        assert (response.status == 500) is bool(discord.violations)
        return response.status


@described
async def test_bodies_that_the_description_forbids_fail_the_test() -> None:
    with pytest.raises(ViolationError, match=r"\$\.tts"):
        await speak(validate=True)


async def test_validation_can_be_done_without() -> None:
    assert await speak(validate=False) == 200


@described
def test_components_are_looked_up_by_type() -> None:
    """So an error says what is wrong with the component, not that it is none of twenty things."""
    described = Schema(schema.description())
    route = "/channels/{channel_id}/messages"
    good = {
        "type": 17,
        "components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "x"}]}],
    }
    assert (
        described.problem("POST", route, {"components": [good], "message_reference": {"message_id": 1}})
        is None
    )
    bad = {"type": 17, "components": [{"type": 1, "components": [{"type": 2, "style": 9, "custom_id": "x"}]}]}
    problem = described.problem("POST", route, {"components": [bad]})
    assert problem
    assert "components[0].components[0].components[0].style" in problem
    for field in ("title", "description"):  # as names of fields they are no mere annotations
        assert described.problem("POST", route, {"embeds": [{field: 5}]})
    assert "none of the types" in (described.problem("POST", route, {"components": [{"type": 99}]}) or "")


@pytest.mark.parametrize(
    ("denied", "body", "code"),
    [
        (Permissions.VIEW_CHANNEL, {"content": "x"}, 50001),
        (Permissions.SEND_MESSAGES, {"content": "x"}, 50013),
        (Permissions.EMBED_LINKS, {"embeds": [{"title": "x"}]}, 50013),
    ],
)
async def test_the_bot_needs_permissions(
    discord: Standin, channel: Channel, denied: Permissions, body: dict[str, object], code: int
) -> None:
    channel.permit(discord.app, deny=denied)
    async with api(discord) as session:
        response = await session.post(f"channels/{channel.id}/messages", json=body)
        assert await refused(response) == (403, code)
    assert channel.messages == []


async def test_where_the_bot_cannot_write(discord: Standin) -> None:
    elsewhere = discord.add_guild("Elsewhere", installed=False).add_channel("general")
    ana = discord.add_person("ana")
    ana.closed = True
    async with api(discord) as session:
        for place, code in ((elsewhere.id, 50001), (1, 10003), (discord.private_channel(ana).id, 50001)):
            response = await session.post(f"channels/{place}/messages", json={"content": "x"})
            assert (await refused(response))[1] == code
        opened = await session.post("users/@me/channels", json={"recipient_id": str(ana.id)})
        direct = await opened.json()
        response = await session.post(f"channels/{direct['id']}/messages", json={"content": "x"})
        assert await refused(response) == (403, 50007)
        assert await refused(await session.get("channels/general")) == (400, 50035)


async def test_messages_are_sent_edited_and_deleted(discord: Standin, channel: Channel) -> None:
    messages = f"channels/{channel.id}/messages"
    theirs = discord.add_person("ana")
    assert channel.guild
    channel.guild.add_member(theirs)
    spoken = theirs.say(channel, "hello")
    async with api(discord) as session:
        sent = await (await session.post(messages, json={"content": "https://example.org"})).json()
        mine = channel.messages[-1]
        assert mine.unfurls
        assert not theirs.say(channel, "<https://example.org>").unfurls
        edit = {"flags": int(Flags.SUPPRESS_EMBEDS)}
        assert (await session.patch(f"{messages}/{sent['id']}", json=edit)).status == 200
        assert not mine.unfurls
        assert (await (await session.get(f"{messages}/{sent['id']}")).json())["content"] == mine.content
        assert len(await (await session.get(messages, params={"limit": 2})).json()) == 2
        response = await session.patch(f"{messages}/{spoken.id}", json={"content": "x"})
        assert await refused(response) == (403, 50005)
        assert await refused(await session.delete(f"{messages}/{spoken.id}")) == (403, 50013)
        assert (await session.delete(f"{messages}/{sent['id']}")).status == 204
        assert mine.deleted
        assert await refused(await session.get(f"{messages}/{sent['id']}")) == (404, 10008)


async def test_nonce_makes_sending_safe_to_repeat(discord: Standin, channel: Channel) -> None:
    async with api(discord) as session:
        ids = [
            (await (await session.post(f"channels/{channel.id}/messages", json=body)).json())["id"]
            for body in [{"content": "x", "nonce": "1", "enforce_nonce": True}] * 2
            + [{"content": "x", "nonce": "1"}, {"content": "x", "nonce": "2", "enforce_nonce": True}]
        ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == len(channel.messages) == 3


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        (None, {"@everyone", "@ana", "@&7"}),
        ({"parse": []}, set()),
        ({"parse": ["everyone"]}, {"@everyone"}),
        ({"parse": ["users"]}, {"@ana"}),
        ({"parse": [], "roles": ["7"]}, {"@&7"}),
    ],
)
async def test_pings(
    discord: Standin, channel: Channel, allowed: dict[str, object] | None, pinged: set[str]
) -> None:
    ana = discord.add_person("ana")
    body: dict[str, object] = {"content": f"@everyone <@{ana.id}> <@&7>"}
    async with api(discord) as session:
        await session.post(
            f"channels/{channel.id}/messages", json=body | ({"allowed_mentions": allowed} if allowed else {})
        )
    assert channel.messages[0].pings == pinged


async def test_only_working_buttons_of_the_message_can_be_pressed(discord: Standin, channel: Channel) -> None:
    ana = discord.add_person("ana")
    assert channel.guild
    channel.guild.add_member(ana)
    buttons = [
        {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": True},
        {"type": 2, "style": 5, "label": "Site", "url": "https://example.org"},
    ]
    body = {"content": "x", "components": [{"type": 1, "components": buttons}]}
    async with api(discord) as session:
        assert (await session.post(f"channels/{channel.id}/messages", json=body)).status == 200
    (message,) = channel.messages
    for name, reason in (("Off", "disabled"), ("Site", "link"), ("More", "there is no")):
        with pytest.raises(NotPossibleError, match=reason):
            await ana.click(message, name)
    channel.permit(ana, deny=Permissions.VIEW_CHANNEL)
    assert ana.sees(channel) == []
    with pytest.raises(NotPossibleError, match="does not see"):
        await ana.click(message, "Site")


async def test_places_can_be_looked_up(discord: Standin, channel: Channel) -> None:
    assert channel.guild
    async with api(discord) as session:
        room = await (await session.get(f"guilds/{channel.guild.id}")).json()
        assert (room["name"], [each["name"] for each in room["channels"]]) == ("Room", ["general"])
        assert (await (await session.get(f"channels/{channel.id}")).json())["name"] == "general"
        assert (await session.post(f"channels/{channel.id}/typing")).status == 204
        limit = (await (await session.get("gateway/bot")).json())["session_start_limit"]
        assert limit["max_concurrency"] == 1


async def test_threads(discord: Standin, channel: Channel) -> None:
    async with api(discord) as session:
        sent = await (await session.post(f"channels/{channel.id}/messages", json={"content": "x"})).json()
        on_it = f"channels/{channel.id}/messages/{sent['id']}/threads"
        thread = await (await session.post(on_it, json={"name": "talk"})).json()
        assert thread["id"] == sent["id"]
        assert (await session.post(f"channels/{thread['id']}/messages", json={"content": "y"})).status == 200
        assert await refused(await session.post(on_it, json={"name": "again"})) == (400, 160004)
        assert await refused(await session.post(f"channels/{channel.id}/threads", json={"name": ""})) == (
            400,
            50035,
        )
        channel.permit(None, deny=Permissions.SEND_MESSAGES_IN_THREADS)
        channel.permit(discord.app, deny=Permissions.CREATE_PUBLIC_THREADS)
        response = await session.post(f"channels/{channel.id}/threads", json={"name": "talk"})
        assert await refused(response) == (403, 50013)
        response = await session.post(f"channels/{thread['id']}/messages", json={"content": "z"})
        assert await refused(response) == (403, 50013)
    assert [message.text for message in discord.channels[int(thread["id"])].messages] == ["y"]


async def test_files_are_kept(discord: Standin, channel: Channel) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"attachments": [{"id": 0, "filename": "cite.bib"}]}')
    form.add_field("files[0]", b"@book{x}", filename="cite.bib", content_type="text/plain")
    async with api(discord) as session:
        response = await session.post(f"channels/{channel.id}/messages", data=form)
        assert response.status == 200
    (attachment,) = channel.messages[0].attachments
    assert (attachment["filename"], discord.files.contents[attachment["id"]]) == ("cite.bib", b"@book{x}")


async def test_broken_json_is_refused(discord: Standin, channel: Channel) -> None:
    async with api(discord) as session:
        response = await session.post(f"channels/{channel.id}/messages", data="{")
        assert await refused(response) == (400, 50109)
    assert [each.code for each in discord.refusals] == [50109]


def test_permissions_add_up_as_discord_says() -> None:
    discord = Standin(validate=False)
    channel = discord.add_guild("Room").add_channel("general")
    ana, zoe = discord.add_person("ana"), discord.add_person("zoe")
    assert channel.guild
    channel.guild.add_member(ana)
    channel.guild.add_member(zoe, Permissions.ADMINISTRATOR)
    channel.permit(None, deny=Permissions.SEND_MESSAGES)
    assert channel.permissions_of(ana) == MEMBER & ~Permissions.SEND_MESSAGES
    channel.permit(ana, allow=Permissions.SEND_MESSAGES)
    assert channel.permissions_of(ana) == MEMBER
    channel.permit(None, deny=Permissions.VIEW_CHANNEL)
    assert channel.permissions_of(ana) == 0
    assert channel.permissions_of(zoe) & Permissions.SEND_MESSAGES
    assert channel.permissions_of(discord.add_person("ben")) == 0
