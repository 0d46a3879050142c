"""The proxy makes the faults it is asked for, where and as often as it is, and otherwise changes nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from tests.homeserver.people import Person
from tests.homeserver.proxy import (
    BAD_GATEWAY,
    BAD_JSON,
    Fault,
    Hold,
    Lost,
    Proxy,
    Reset,
    rate_limited,
    unknown_token,
)
from tests.homeserver.synapse import Synapse
from tests.homeserver.wire import CLIENT, RefusedError, Wire


class Upstream:
    """A server that tells what it was asked. `asked`: how often; `gone`: that somebody hung up on it."""

    def __init__(self) -> None:
        self.asked = 0
        self.waiting = asyncio.Event()
        self.gone = asyncio.Event()

    async def serve(self, request: web.BaseRequest) -> web.Response:
        """Answer with the request, compressed; to `/wait`, never."""
        self.asked += 1
        if request.path == "/wait":
            self.waiting.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.gone.set()
        told = {
            "method": request.method,
            "path": request.raw_path,
            "body": await request.text(),
            "token": request.headers.get("Authorization"),
        }
        answer = web.json_response(told, headers={"X-Mark": "kept"})
        answer.enable_compression()
        return answer


@pytest.fixture
async def upstream() -> AsyncIterator[tuple[Upstream, str]]:
    """A server and its address."""
    upstream = Upstream()
    runner = web.ServerRunner(web.Server(upstream.serve, handler_cancellation=True), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield upstream, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_it_hands_on_what_it_is_given(upstream: tuple[Upstream, str]) -> None:
    """Method, escaped path, query, token and body arrive; status, headers and body come back."""
    path = "/rooms/%21a%2Fb/send?x=%26&y=1"
    async with (
        Proxy(upstream[1]) as proxy,
        aiohttp.ClientSession(headers={"Authorization": "Bearer t"}) as session,
    ):
        for method in ("GET", "PUT", "POST", "DELETE"):
            async with session.request(method, URL(proxy.url + path, encoded=True), data=b"{}") as answer:
                assert (answer.status, answer.headers["X-Mark"]) == (200, "kept")
                told = {"method": method, "path": path, "body": "{}", "token": "Bearer t"}
                assert await answer.json() == told


@pytest.mark.parametrize(
    ("fault", "status", "code", "reaches"),
    [
        (rate_limited(70), 429, "M_LIMIT_EXCEEDED", 0),
        (unknown_token(), 401, "M_UNKNOWN_TOKEN", 0),
        (BAD_GATEWAY, 502, "", 0),
        (Lost(), 502, "", 1),
    ],
)
async def test_it_refuses(
    upstream: tuple[Upstream, str], fault: Fault, status: int, code: str, reaches: int
) -> None:
    """The next requests that match get the fault, so many of them, whether or not the server did its work."""
    async with Proxy(upstream[1]) as proxy, Wire(proxy.url) as wire:
        rule = proxy.fail(fault, "PUT", r"/send/", times=2)
        for _ in range(2):
            with pytest.raises(RefusedError) as refused:
                await wire.call("PUT", "/send/1")
            assert (refused.value.status, refused.value.code) == (status, code)
            await wire.call("GET", "/send/1")
            await wire.call("PUT", "/state/1")
        assert upstream[0].asked == 4 + 2 * reaches
        await wire.call("PUT", "/send/1")
        await rule.hit(2)
        assert rule.hits == 2


async def test_a_rate_limit_says_how_long_to_wait(upstream: tuple[Upstream, str]) -> None:
    async with Proxy(upstream[1]) as proxy, Wire(proxy.url) as wire:
        proxy.fail(rate_limited(70))
        with pytest.raises(RefusedError) as refused:
            await wire.call("GET", "/")
        assert refused.value.body["retry_after_ms"] == 70


async def test_it_answers_with_broken_json(upstream: tuple[Upstream, str]) -> None:
    async with Proxy(upstream[1]) as proxy, Wire(proxy.url) as wire:
        proxy.fail(BAD_JSON)
        with pytest.raises(ValueError, match="Unterminated string"):
            await wire.call("GET", "/")


async def test_it_resets_the_connection(upstream: tuple[Upstream, str]) -> None:
    """The other side sees the reset itself, not a proper end."""
    async with Proxy(upstream[1]) as proxy, Wire(proxy.url) as wire:
        proxy.fail(Reset())
        with pytest.raises(aiohttp.ClientOSError) as broken:
            await wire.call("POST", "/")
        assert isinstance(broken.value, ConnectionResetError) or "reset" in str(broken.value)
        assert upstream[0].asked == 0


async def test_it_delays(upstream: tuple[Upstream, str]) -> None:
    """A request that is held back is overtaken by the next, and arrives when it may."""
    async with Proxy(upstream[1]) as proxy, Wire(proxy.url) as wire:
        rule = proxy.fail(Hold(until := asyncio.Event()), path="/slow")
        slow = asyncio.create_task(wire.call("GET", "/slow"))
        await rule.hit()
        await wire.call("GET", "/quick")
        assert not slow.done()
        until.set()
        assert (await slow)["path"] == "/slow"


async def test_it_can_answer_nothing_but_502_until_healed(upstream: tuple[Upstream, str]) -> None:
    async with Proxy(upstream[1]) as proxy, Wire(proxy.url) as wire:
        proxy.fail(BAD_GATEWAY, times=None)
        for _ in range(5):
            with pytest.raises(RefusedError):
                await wire.call("GET", "/")
        assert upstream[0].asked == 0
        proxy.heal()
        await wire.call("GET", "/")


async def test_it_answers_502_where_there_is_no_server() -> None:
    async with Proxy("http://127.0.0.1:1") as proxy, Wire(proxy.url) as wire:
        with pytest.raises(RefusedError, match="502"):
            await wire.call("GET", "/")


async def test_it_counts(upstream: tuple[Upstream, str]) -> None:
    """By method and path, in their order, with times by which the densest stretch is found."""
    async with Proxy(upstream[1]) as proxy, Wire(proxy.url) as wire:
        assert proxy.busiest() == 0
        for path in ("/sync?since=1", "/send/1", "/sync?since=2"):
            await wire.call("GET", path)
        await wire.call("POST", "/sync")
        assert [seen.path for seen in proxy.seen] == ["/sync", "/send/1", "/sync", "/sync"]
        assert (
            proxy.count(),
            proxy.count("GET"),
            proxy.count(path="/sync"),
            proxy.count("GET", "/s.nc"),
        ) == (4, 3, 3, 2)
        assert all(earlier.at <= later.at for earlier, later in pairwise(proxy.seen))
        assert proxy.seen[-1].at <= time.monotonic()
        assert (proxy.busiest(3600), proxy.busiest(0)) == (4, 0)


async def test_a_client_that_hangs_up_hangs_up_on_the_server(upstream: tuple[Upstream, str]) -> None:
    """A long poll that is given up does not go on behind the proxy."""
    async with Proxy(upstream[1]) as proxy, Wire(proxy.url) as wire:
        waiting = asyncio.create_task(wire.call("GET", "/wait"))
        await upstream[0].waiting.wait()
        waiting.cancel()
        await asyncio.wait_for(upstream[0].gone.wait(), 60)


async def test_a_person_behind_it(synapse: Synapse) -> None:
    """Said once, answered 502, said again under the same transaction: the homeserver took it once."""
    credentials = await synapse.register("alice")
    async with Proxy(synapse.url) as proxy, await Person.login(proxy.url, credentials) as alice:
        room = await alice.create_room()
        proxy.fail(Lost(), "PUT", "/send/")
        path = f"{CLIENT}/rooms/{room}/send/m.room.message/one"
        content = {"msgtype": "m.text", "body": "Once"}
        with pytest.raises(RefusedError, match="502"):
            await alice.wire.call("PUT", path, content)
        await alice.wire.call("PUT", path, content)
        last = await alice.say(room, "The last")
        await alice.hear(lambda message: message.event_id == last, "the last")
        assert [message.body for message in alice.mail if message.body] == ["Once", "The last"]
