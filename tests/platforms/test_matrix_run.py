"""The bot on Matrix as a whole: it starts whatever the homeserver does, answers, and ends when told to."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest
from structlog.testing import capture_logs

import bot.commands
from bot.commands.describe import Services
from bot.communities import Communities
from bot.errors import InfoshopError, PlatformError, SettingsError
from bot.model import Community, CommunitySettings, Visibility
from bot.platforms.matrix import files
from bot.platforms.matrix import run as whole
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.run import Decided, run
from bot.platforms.matrix.server import Json, is_in_the_clear
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.homeserver.fixtures import Arrive
from tests.homeserver.proxy import BAD_GATEWAY, Answer, Hold, Proxy
from tests.homeserver.synapse import Synapse
from tests.platforms.parrot import Register

assert bot.commands  # importing it registers the commands


@pytest.fixture
def services() -> Services:
    """The small shelf."""
    return Services(Shelf.of(CORPUS), "1.2.3", lambda: TODAY)


class Running:
    """The bot, from the first line of a block to its last."""

    def __init__(self, services: Services, account: Account) -> None:
        self.stop = asyncio.Event()
        self._task = asyncio.create_task(run(services, self.stop, account))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        await self._task


@pytest.mark.parametrize("encrypted", [False, True])
async def test_it_answers(arrive: Arrive, register: Register, services: Services, *, encrypted: bool) -> None:
    """In a room of two, and to somebody whose client is strict."""
    alice = await arrive("alice", strict=True)
    account = await register()
    async with Running(services, account):
        room = await alice.create_room(encrypted=encrypted, invite=[account.user_id])
        await alice.joined(room, account.user_id)
        answer = await alice.answer_to(await alice.say(room, "!summary review"))
    assert "raids" in answer.body
    assert (answer.content["msgtype"], answer.encrypted) == ("m.notice", encrypted)


async def test_a_homeserver_that_is_down_is_waited_for(
    arrive: Arrive, register: Register, services: Services, synapse: Synapse
) -> None:
    """From the beginning, and in between; then it answers what was asked meanwhile."""
    alice = await arrive("alice")
    account = await register()
    running = None
    async with synapse.down():
        running = Running(services, account)
        await asyncio.sleep(0)
    async with running:
        room = await alice.create_room(invite=[account.user_id])
        await alice.joined(room, account.user_id)
        await synapse.restart()
        await alice.answer_to(await alice.say(room, "!help"))


@pytest.mark.parametrize("path", ["/login", "/keys/query", "/keys/upload", "/device_signing/upload", "/sync"])
async def test_trouble_at_the_start(
    arrive: Arrive, register: Register, services: Services, proxy: Proxy, path: str
) -> None:
    alice = await arrive("alice")
    account = await register(proxy.url)
    trouble = proxy.fail(BAD_GATEWAY, "*", path)
    async with Running(services, account):
        room = await alice.create_room(encrypted=True, invite=[account.user_id])
        await alice.joined(room, account.user_id)
        await alice.answer_to(await alice.say(room, "!help"))
    assert trouble.hits == 1


async def test_what_cannot_be_vouched_for_yet_is_later(
    arrive: Arrive,
    register: Register,
    services: Services,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Meanwhile everybody else is answered; then those with strict clients are, too."""
    monkeypatch.setattr(whole, "PATIENCE", 0.1)
    alice, bob = await arrive("alice"), await arrive("bob", strict=True)
    account = await register(proxy.url)
    trouble = proxy.fail(BAD_GATEWAY, "POST", "/device_signing/upload", times=None)
    async with Running(services, account):
        room = await alice.create_room(encrypted=True, invite=[account.user_id, bob.user_id])
        await bob.join(room)
        await alice.joined(room, account.user_id)
        await alice.answer_to(await alice.say(room, "!help"))
        await trouble.hit()
        signed = proxy.fail(Hold(_set()), "POST", "/signatures/upload")
        trouble.lift()
        await signed.hit()
        while not (await bob.encryption._query([account.user_id]))[0].signed:
            await alice.answer_to(await alice.say(room, "!help"))
        await bob.answer_to(await bob.say(room, "!help"))


async def test_it_can_be_stopped_while_it_waits(register: Register, services: Services, proxy: Proxy) -> None:
    never = proxy.fail(BAD_GATEWAY, times=None)
    async with Running(services, await register(proxy.url)):
        await never.hit(2)


@pytest.mark.parametrize("path", ["/login", "/sync"])
async def test_it_can_be_stopped_while_the_homeserver_says_nothing(
    register: Register, services: Services, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(whole, "FINISH", 0.0)
    silent = proxy.fail(Hold(asyncio.Event()), "*", path, times=None)
    async with Running(services, await register(proxy.url)):
        await silent.hit()


async def test_answers_under_way_are_finished(
    arrive: Arrive, register: Register, services: Services, proxy: Proxy
) -> None:
    alice = await arrive("alice")
    account = await register(proxy.url)
    running = Running(services, account)
    async with running:
        room = await alice.create_room(invite=[account.user_id])
        await alice.joined(room, account.user_id)
        go_on = asyncio.Event()
        held = proxy.fail(Hold(go_on), "PUT", "/send/")
        said = await alice.say(room, "!help")
        await held.hit()
        running.stop.set()
        await asyncio.sleep(0)
        go_on.set()
    assert await alice.answer_to(said)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"password": "wrong"}, SettingsError, "password"),
        ({"homeserver": "nowhere"}, SettingsError, "address"),
        ({"device_id": "", "user_id": ""}, SettingsError, "USER_ID"),
    ],
)
async def test_what_only_an_operator_can_mend_ends_it(
    register: Register, services: Services, change: dict[str, str], error: type[InfoshopError], said: str
) -> None:
    account = replace(await register(), **change)  # type: ignore[arg-type]  # all of them are text
    with pytest.raises(error, match=said):
        await run(services, asyncio.Event(), account)


async def test_a_refusal_ends_it(register: Register, services: Services, proxy: Proxy) -> None:
    proxy.fail(Answer(403, '{"errcode":"M_FORBIDDEN"}'), "POST", "/keys/upload")
    with pytest.raises(PlatformError, match="M_FORBIDDEN"):
        await run(services, asyncio.Event(), await register(proxy.url))


async def test_a_revoked_token_ends_it(
    register: Register, services: Services, synapse: Synapse, proxy: Proxy
) -> None:
    account = await register(proxy.url)
    polled = proxy.fail(BAD_GATEWAY, "GET", "/sync")
    running = asyncio.create_task(run(services, asyncio.Event(), account))
    await polled.hit()
    (session,) = account.store_path.glob("session.json")
    await synapse.revoke(json.loads(session.read_text())["access_token"])
    with pytest.raises(PlatformError, match="infoshop matrix setup"):
        await running


@pytest.mark.parametrize(
    ("address", "clear"),
    [
        ("http://matrix.example.org", True),
        ("HTTP://matrix.example.org", True),
        ("http://192.0.2.1:8008", True),
        ("https://matrix.example.org", False),
        ("http://127.0.0.1:8008", False),
        ("http://[::1]:8008", False),
        ("http://localhost:8008", False),
        ("https://192.0.2.1", False),
        ("nowhere", False),
        ("", False),
    ],
)
def test_an_address_that_others_can_read_along_with(address: str, *, clear: bool) -> None:
    assert is_in_the_clear(address) is clear


async def test_what_an_operator_may_have_mistaken_is_said_in_the_log(
    register: Register, services: Services, proxy: Proxy
) -> None:
    """Once for the address that is not encrypted, and with the first trouble where it seems a wrong one."""
    stop = asyncio.Event()
    page = proxy.fail(Answer(404, "<h1>Welcome</h1>", "text/html"), times=None)
    with capture_logs() as logged:
        running = asyncio.create_task(run(services, stop, await register(proxy.url)))
        await page.hit(2)
        stop.set()
        await running
        await run(services, stop, await register("http://nowhere.invalid"))
    problems = [str(line.get("problem", "")) for line in logged]
    assert "address of the homeserver itself" in problems[0]
    assert sum("http://" in problem for problem in problems) == 1


async def test_chatter_of_others_is_not_written_down(
    arrive: Arrive,
    register: Register,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What asks nothing of the bot costs it nothing, however much there was while it was away."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Running(services, account):
        room = await alice.create_room(invite=[account.user_id, bob.user_id])
        await bob.join(room)
        await alice.joined(room, account.user_id)
        await alice.answer_to(await alice.say(room, "!help"))
    for number in range(40):
        await alice.say(room, f"not for the bot, {number}")
    writes: list[Path] = []
    write = files.write

    def count(path: Path, content: Json, *, durable: bool = True) -> None:
        writes.append(path)
        write(path, content, durable=durable)

    monkeypatch.setattr(files, "write", count)
    async with Running(services, account):
        await alice.answer_to(await alice.say(room, "!help"))
    assert len(writes) < 20


async def test_what_a_room_decided_moves_and_ends_with_it() -> None:
    """Unless the new room decided something itself."""
    written: list[tuple[str, CommunitySettings]] = []

    async def write(community: Community, settings: CommunitySettings) -> None:
        written.append((community.id, settings))

    other = next(each for each in Visibility if each is not CommunitySettings().answers)
    decided = CommunitySettings(answers=other)
    communities = Communities({Community("matrix", "!old"): decided}, write)
    rooms = Decided(Services(Shelf.of(CORPUS), "1", communities=communities))
    for _ in range(2):
        await rooms.move("!old", "!new")
    await rooms.move("!undecided", "!new")
    for _ in range(2):
        await rooms.forget("!old")
    assert written == [("!new", decided), ("!old", CommunitySettings())]


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event
