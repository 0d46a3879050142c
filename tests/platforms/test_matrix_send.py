"""A message arrives once, whatever becomes of the requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial

import pytest

from bot.platforms.matrix.backoff import Trouble
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.send import insist, send, txn_id
from bot.platforms.matrix.server import FIRST, LONGEST, RefusedError, TransientError
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


async def test_what_one_answer_was_told_the_others_know(scene: Set) -> None:
    """While the homeserver asks to wait, nothing else is asked of it by those who can wait, either."""
    on = await scene()
    on.proxy.fail(rate_limited(60_000), "PUT", SENDING)
    with pytest.raises(TransientError):
        await on.client.send(on.room, NOTICE, txn_id("$asked"))
    before = on.proxy.count()
    with pytest.raises(TransientError):
        await insist(on.client.trouble, partial(on.client.call, "GET", "account", "whoami"), within=30.0)
    assert on.proxy.count() == before


async def test_who_invites_the_bot_to_many_rooms_does_not_silence_it(scene: Set) -> None:
    """A limit on joining, or another server that is down, is no reason not to answer."""
    on = await scene()
    for fault in (rate_limited(60_000), BAD_GATEWAY):
        on.proxy.fail(fault, "POST", "/join")
        with pytest.raises(TransientError):
            await on.client.call("POST", "join", on.room)
        assert on.client.trouble.pause() == 0.0


class Clock(asyncio.SelectorEventLoop):
    """A loop whose clock goes on at once to whatever is next."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        selector = self._selector  # type: ignore[attr-defined]  # as asyncio's own tests do
        select = selector.select

        def skip(timeout: float | None) -> object:
            self._now += timeout or 0.0
            return select(0)

        selector.select = skip

    def time(self) -> float:
        """Its own seconds."""
        return self._now


def test_many_who_wait_ask_no_more_than_a_few() -> None:
    """Fifty answers wait for two minutes: each by itself, they would be a thousand requests."""
    asked: list[float] = []

    async def wait() -> None:
        trouble = Trouble(FIRST, LONGEST)
        loop = asyncio.get_running_loop()

        async def attempt() -> bool:
            asked.append(loop.time())
            await asyncio.sleep(0.01)
            if loop.time() < 120:
                trouble.began()
                raise TransientError("502")
            trouble.ended()
            return True

        assert all(await asyncio.gather(*(insist(trouble, attempt) for _ in range(50))))

    with asyncio.Runner(loop_factory=Clock) as runner:
        runner.run(wait())
    later = [moment for moment in asked if 0 < moment < 120]
    assert len(asked) - len(later) <= 100, "each once at the beginning, and once when it is over"
    assert len(later) <= 100
    assert max(asked) <= 120 + 4 * LONGEST


async def test_it_waits_as_long_as_the_homeserver_asks_and_gives_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No pause is shorter than asked for, and none goes beyond the time there is."""
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    async def fail() -> None:
        raise TransientError("429", 7.0)

    calm = Trouble(FIRST, LONGEST)

    monkeypatch.setattr(asyncio, "sleep", pause)
    with pytest.raises(TransientError):
        await insist(calm, fail, within=6.0)
    assert paused == []
    attempts = iter([TransientError("502"), TransientError("429", 7.0), TransientError("502")])

    async def recover() -> str:
        for error in attempts:
            raise error
        return "done"

    assert await insist(calm, recover) == "done"
    assert len(paused) == 3
    assert 7.0 <= paused[1] <= 7.0 + 2 * FIRST
    assert all(pause <= LONGEST for pause in (paused[0], paused[2]))


def test_a_transaction_id_tells_nothing_and_is_fit_for_a_path() -> None:
    """The same for the same event, another one for each other; and no trace of either."""
    ids = {txn_id(event, number) for event in ("$a", "$b", "$a/…\n") for number in (0, 1)}
    assert len(ids) == 6
    assert all(each.isascii() and each.replace(".", "").isalnum() for each in ids)
    assert txn_id("$a") == txn_id("$a", 0)
