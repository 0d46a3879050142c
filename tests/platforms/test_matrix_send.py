"""A message arrives once, whatever becomes of the requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest

from bot.platforms.matrix import send as sending
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.send import insist, send, txn_id
from bot.platforms.matrix.server import RefusedError, TransientError
from bot.platforms.matrix.session import connected
from tests.homeserver.fixtures import Arrive
from tests.homeserver.people import Person
from tests.homeserver.proxy import BAD_GATEWAY, BAD_JSON, Fault, Lost, Proxy, Reset, rate_limited
from tests.platforms.parrot import Register

NOTICE = {"msgtype": "m.notice", "body": "answer", "m.mentions": {}}
SENDING = "/send/m.room"
NAMES = ("rate limited", "bad gateway", "bad JSON", "reset", "lost")


@dataclass(frozen=True)
class Scene:
    """Somebody and the bot in a room, and the proxy by which the bot reaches the homeserver."""

    alice: Person
    room: str
    client: Client
    proxy: Proxy

    def heard(self, body: str) -> int:
        """How often something was said in the room."""
        return sum(message.body == body for message in self.alice.mail)


Set = Callable[..., Awaitable[Scene]]


@pytest.fixture
async def scene(arrive: Arrive, register: Register, proxy: Proxy) -> AsyncIterator[Set]:
    """Make a scene, in a room that is `encrypted` or not."""
    async with AsyncExitStack() as stack:

        async def make(*, encrypted: bool = False) -> Scene:
            alice = await arrive("alice")
            account = replace(await register(), homeserver=proxy.url)
            client = await stack.enter_async_context(connected(account))
            room = await alice.create_room(encrypted=encrypted, invite=[client.user_id])
            await client.call("POST", "rooms", room, "join")
            await alice.joined(room, client.user_id)
            return Scene(alice, room, client, proxy)

        yield make


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("fault", [rate_limited(20), BAD_GATEWAY, BAD_JSON, Reset(), Lost()], ids=NAMES)
async def test_it_is_sent_again_and_arrives_once(scene: Set, fault: Fault, encrypted: bool) -> None:  # noqa: FBT001
    """Refused for now, broken off, or accepted with the word of it lost: one transaction, one message."""
    on = await scene(encrypted=encrypted)
    rule = on.proxy.fail(fault, "PUT", SENDING, times=2)
    event_id = await send(on.client, on.room, NOTICE, txn_id("$asked"))
    await on.alice.read(event_id)
    last = await send(on.client, on.room, {**NOTICE, "body": "last"}, txn_id("$other"))
    await on.alice.read(last)
    assert rule.hits == 2
    assert on.heard("answer") == 1


async def test_the_same_answer_after_a_restart_is_not_sent_again(scene: Set) -> None:
    """Its transaction id comes from the event it answers; another number is another message."""
    on = await scene()
    first = await send(on.client, on.room, NOTICE, txn_id("$asked"))
    again = await send(on.client, on.room, {**NOTICE, "body": "otherwise"}, txn_id("$asked"))
    second = await send(on.client, on.room, NOTICE, txn_id("$asked", 1))
    await on.alice.read(second)
    assert first == again != second
    assert (on.heard("answer"), on.heard("otherwise")) == (2, 0)


async def test_a_refusal_is_not_argued_with(scene: Set) -> None:
    """Where we may not speak, once is enough."""
    on = await scene()
    await on.alice.kick(on.room, on.client.user_id)
    with pytest.raises(RefusedError, match="M_FORBIDDEN"):
        await send(on.client, on.room, NOTICE, txn_id("$asked"))
    assert on.proxy.count("PUT", SENDING) == 1


async def test_it_waits_as_long_as_the_homeserver_asks_and_gives_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No pause is shorter than asked for, and none goes beyond the time there is."""
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    async def fail() -> None:
        raise TransientError("429", 7.0)

    monkeypatch.setattr(asyncio, "sleep", pause)
    with pytest.raises(TransientError):
        await insist(fail, within=6.0)
    assert paused == []
    attempts = iter([TransientError("502"), TransientError("429", 7.0), TransientError("502")])

    async def recover() -> str:
        for error in attempts:
            raise error
        return "done"

    assert await insist(recover) == "done"
    assert len(paused) == 3
    assert 7.0 <= paused[1] <= 7.0 + 2 * sending.FIRST
    assert all(pause <= sending.LONGEST for pause in (paused[0], paused[2]))


def test_a_transaction_id_tells_nothing_and_is_fit_for_a_path() -> None:
    """The same for the same event, another one for each other; and no trace of either."""
    ids = {txn_id(event, number) for event in ("$a", "$b", "$a/…\n") for number in (0, 1)}
    assert len(ids) == 6
    assert all(each.isascii() and each.replace(".", "").isalnum() for each in ids)
    assert txn_id("$a") == txn_id("$a", 0)
