"""Faults of the REST API, and what an unmodified discord.py client makes of each."""

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
import pytest_asyncio

from tests.standin.conftest import running
from tests.standin.interactions import DidNotRespondError, Exchange
from tests.standin.messages import Message
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.wire import api
from tests.standin.world import Channel

CALLBACK = "/interactions/*/callback"
SEND = "/channels/*/messages"
loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connected() -> AsyncIterator[Standin]:
    """A stand-in and the trivial bot on it."""
    async with Standin() as standin:
        standin.add_guild("Room")
        async with running(standin):
            await standin.ready()
            yield standin


@pytest.fixture
def channel(connected: Standin) -> Channel:
    connected.refusals.clear()
    return connected.guilds[0].add_channel("general")


@pytest.fixture
def ana(connected: Standin, channel: Channel) -> Person:
    assert channel.guild
    person = connected.add_person("ana")
    channel.guild.add_member(person)
    return person


async def outcome(ana: Person, channel: Channel) -> str:
    """What the bot says came of its attempt to write into the channel; "sent" if it got the message's id."""
    exchange: Exchange = await (await ana.slash(channel, "post")).settled(20)
    return "sent" if exchange.message.text.isdecimal() else exchange.message.text


def posted(channel: Channel) -> list[Message]:
    """What the bot has written into the channel on its own."""
    return [message for message in channel.messages if message.text == "posted @everyone"]


@loop
async def test_server_error_before_the_answer_is_retried(
    connected: Standin, ana: Person, channel: Channel
) -> None:
    fault = connected.faults.error(500, "POST", CALLBACK)
    assert "hello" in (await ana.slash(channel, "hello")).message.text
    assert fault.hits == 1
    assert not connected.refusals


@loop
async def test_server_error_after_the_answer_leads_to_a_second_one(
    connected: Standin, ana: Person, channel: Channel
) -> None:
    connected.faults.error(500, "POST", CALLBACK, after=True)
    exchange = await ana.slash(channel, "hello")
    assert "hello" in exchange.message.text
    await connected.until(lambda: exchange.refusals)
    assert exchange.refusals[0].code == 40060


@loop
async def test_server_errors_while_sending(connected: Standin, ana: Person, channel: Channel) -> None:
    """Most are tried again, which the nonce makes safe; 503 is not."""
    before = connected.faults.error(502, "POST", SEND)
    assert await outcome(ana, channel) == "sent"
    after = connected.faults.error(504, "POST", SEND, after=True)
    assert await outcome(ana, channel) == "sent"
    assert len(posted(channel)) == 2
    final = connected.faults.error(503, "POST", SEND)
    assert await outcome(ana, channel) == "DiscordServerError 0"
    assert len(posted(channel)) == 2
    assert before.hits == after.hits == final.hits == 1


@loop
async def test_rate_limit_is_waited_for_unless_cloudflare_sets_it(
    connected: Standin, ana: Person, channel: Channel
) -> None:
    of_the_route = connected.faults.rate_limit("POST", SEND, retry_after=0.05)
    assert await outcome(ana, channel) == "sent"
    of_everything = connected.faults.rate_limit("POST", SEND, retry_after=0.05, everywhere=True)
    assert await outcome(ana, channel) == "sent"
    of_cloudflare = connected.faults.rate_limit("POST", SEND, via=False)
    assert await outcome(ana, channel) == "HTTPException 0"
    assert of_the_route.hits == of_everything.hits == of_cloudflare.hits == 1
    assert len(posted(channel)) == 2


@loop
async def test_reset_connection_is_not_retried(connected: Standin, ana: Person, channel: Channel) -> None:
    for after in (False, True):
        connected.faults.reset("POST", SEND, after=after)
        assert "ClientOSError" in await outcome(ana, channel)
        assert len(posted(channel)) == int(after)


@loop
async def test_slow_answer_comes_too_late(connected: Standin, ana: Person, channel: Channel) -> None:
    connected.faults.slow(0.3, "POST", CALLBACK)
    with pytest.MonkeyPatch.context() as hurry:
        hurry.setattr(connected, "patience", 0.2)
        with pytest.raises(DidNotRespondError) as missed:
            await ana.slash(channel, "hello")
        await connected.until(lambda: missed.value.exchange.refusals)
    assert missed.value.exchange.refusals[0].code == 10062


@loop
async def test_nonsense_instead_of_an_answer(connected: Standin, ana: Person, channel: Channel) -> None:
    connected.faults.garble("POST", SEND)
    assert (await outcome(ana, channel)).startswith("TypeError")
    connected.faults.garble("POST", SEND, body="{", content_type="application/json")
    assert (await outcome(ana, channel)).startswith("JSONDecodeError")


@loop
async def test_interaction_whose_fifteen_minutes_are_over(
    connected: Standin, ana: Person, channel: Channel
) -> None:
    exchange = await ana.slash(channel, "hello")
    connected.expire(exchange)
    async with api(connected) as session:
        where = f"webhooks/{connected.application_id}/{exchange.token}"
        for response in (
            await session.post(where, json={"content": "x"}),
            await session.patch(f"{where}/messages/@original", json={"content": "x"}),
        ):
            assert (response.status, (await response.json())["code"]) == (401, 50027)


@loop
async def test_nobody_there(connected: Standin, ana: Person, channel: Channel) -> None:
    """Nothing can be said while the API is down; once it is back, all is as before."""
    await connected.down(gateway=False)
    with pytest.MonkeyPatch.context() as hurry:
        hurry.setattr(connected, "patience", 0.3)
        with pytest.raises(DidNotRespondError):
            await ana.slash(channel, "hello")
    await connected.up()
    assert "hello" in (await ana.slash(channel, "hello")).message.text


async def test_faults_come_in_the_order_of_their_planning_and_only_to_what_they_match(
    discord: Standin,
) -> None:
    first = discord.faults.error(500, "GET", "/users/*")
    second = discord.faults.error(502, path="/users/@me", times=2)
    async with api(discord) as session:
        statuses = [(await session.get(path)).status for path in ["users/@me"] * 4 + ["gateway"]]
    assert statuses == [500, 502, 502, 200, 200]
    assert (first.hits, second.hits, second.left) == (1, 2, 0)
    assert [(each.status, each.spoilt) for each in discord.requests][:1] == [(500, True)]


async def test_unanswerable_interactions(discord: Standin) -> None:
    """What a bot must not do with an interaction, one refusal after the other."""
    channel, ana = discord.add_guild("Room").add_channel("general"), discord.add_person("ana")
    assert channel.guild
    channel.guild.add_member(ana)
    exchange = Exchange(2, ana, channel, {"type": 1}, {"1": str(ana.id)})
    discord.exchanges[exchange.token] = exchange
    callback = f"interactions/{exchange.id}/{exchange.token}/callback"
    hook = f"webhooks/{discord.application_id}/{exchange.token}"
    hello = {"content": "hello"}

    async with api(discord) as session:

        async def answer(method: str, path: str, body: Mapping[str, object] | None = None) -> int:
            response: aiohttp.ClientResponse = await session.request(method, path, json=body)
            return response.status if response.ok else (await response.json())["code"]

        assert (
            await answer("POST", f"interactions/1/{exchange.token}/callback", {"type": 4, "data": hello})
            == 10062
        )
        assert await answer("POST", hook, hello) == 10015
        for kind in (1, 6, 7, 8):
            assert await answer("POST", callback, {"type": kind, "data": hello}) == 50035
        assert await answer("POST", callback, {"type": 5, "data": {"flags": 1 << 15}}) == 50035
        assert await answer("POST", callback, {"type": 4, "data": {}}) == 50006
        assert await answer("POST", callback, {"type": 4, "data": hello}) == 204
        assert await answer("POST", callback, {"type": 4, "data": hello}) == 40060
        for _ in range(5):
            assert await answer("POST", hook, hello) == 200
        assert await answer("POST", hook, hello) == 40094
        assert await answer("PATCH", f"{hook}/messages/@original", {"content": "changed"}) == 200
        assert await answer("GET", f"{hook}/messages/@original") == 200
        assert await answer("DELETE", f"{hook}/messages/{exchange.followups[0].id}") == 204
        assert await answer("DELETE", f"{hook}/messages/@original") == 204
        assert await answer("PATCH", f"{hook}/messages/@original", hello) == 10008
        assert await answer("POST", f"webhooks/1/{exchange.token}", hello) == 10015
        assert await answer("POST", f"webhooks/{discord.application_id}/other", hello) == 50027
    assert len(channel.messages) == 4
