"""The homeserver of the tests keeps what it has over restarts, refuses nothing and never outlives its run."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from tests.homeserver.fixtures import Arrive
from tests.homeserver.synapse import ROOT, Synapse, password_login
from tests.homeserver.wire import CLIENT, RefusedError, Wire

_STARTER = """
import sys
from pathlib import Path
from tests.homeserver.synapse import Synapse
synapse = Synapse(Path(sys.argv[1]))
synapse.start()
print(synapse.url, flush=True)
sys.stdin.read()
"""


async def test_a_restart_loses_nothing(synapse: Synapse, arrive: Arrive) -> None:
    """Who was logged in still is, hears on and can be heard; while it is down, nobody answers."""
    alice, bob = await arrive("alice"), await arrive("bob")
    room = await alice.create_room(encrypted=True, invite=[bob.user_id])
    await bob.join(room)
    async with synapse.down():
        with pytest.raises(aiohttp.ClientConnectorError):
            await alice.state(room, "m.room.create")
    question = await alice.say(room, "Still there?")
    await bob.hear(lambda message: message.body == "Still there?", "the question")
    await bob.say(room, "Yes", reply_to=question)
    assert (await alice.answer_to(question)).body == "Yes"


async def test_it_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    """Without a signal or a word: a connection to it breaks off."""
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STARTER, tmp_path, cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    assert starter.stdout
    port = int((await starter.stdout.readline()).decode().rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    starter.kill()
    with suppress(ConnectionResetError):
        assert not await asyncio.wait_for(reader.read(), 60)
    writer.close()
    await starter.wait()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_it_says_why_it_does_not_start(tmp_path: Path) -> None:
    synapse = Synapse(tmp_path)
    (tmp_path / "homeserver.yaml").write_text("server_name: [not, a, name]", encoding="utf-8")
    with pytest.raises(RuntimeError, match="Error in configuration"):
        synapse.start()


async def test_a_revoked_token_is_unknown(synapse: Synapse, arrive: Arrive) -> None:
    """By the token itself, or by an administrator who takes the device away; whoever listens hears of it."""
    alice = await arrive("alice")
    bob = await alice.another_device()
    async with bob:
        assert alice.wire.token
        await synapse.revoke(alice.wire.token)
        await synapse.remove_device(bob.user_id, bob.device_id)
        for person in (alice, bob):
            with pytest.raises(RefusedError) as refused:
                await person.create_room()
            assert refused.value.code == "M_UNKNOWN_TOKEN"
            with pytest.raises(RuntimeError, match="Nothing more is heard"):
                await person.hear(lambda _: False, "anything")


async def test_accounts_are_new_each_time(synapse: Synapse) -> None:
    """Two of one name are two, each with a password of its own that nothing prints."""
    first, second = await synapse.register("alice"), await synapse.register("alice")
    assert first.user_id != second.user_id
    assert first.password not in repr(first)
    wrong = {**password_login(first), "password": second.password}
    async with Wire(synapse.url) as wire:
        with pytest.raises(RefusedError) as refused:
            await wire.call("POST", f"{CLIENT}/login", wrong)
    assert refused.value.code == "M_FORBIDDEN"


async def test_nothing_is_limited(synapse: Synapse, arrive: Arrive) -> None:
    """More logins, rooms, invitations and messages at once than homeservers allow where nothing is said."""
    alice = await arrive("alice")
    rooms = [await alice.create_room() for _ in range(11)]
    await asyncio.gather(*(alice.say(rooms[0], str(number)) for number in range(15)))
    guests = [(await synapse.register("guest")).user_id for _ in range(7)]
    for guest in guests:
        await alice.invite(rooms[0], guest)
    invited = [user for user, membership in (await alice.members(rooms[0])).items() if membership == "invite"]
    assert sorted(invited) == sorted(guests)
    async with Wire(synapse.url) as wire:
        for _ in range(7):
            await wire.call("POST", f"{CLIENT}/login", password_login(alice.credentials))


async def test_room_versions(arrive: Arrive) -> None:
    """12 by default, with the power of creators and an id that names no server; others on request."""
    alice, bob, carol = await arrive("alice"), await arrive("bob"), await arrive("carol")
    new = await alice.create_room(creators=[bob.user_id], invite=[bob.user_id, carol.user_id])
    old = await alice.create_room(version="11", invite=[bob.user_id])
    assert (await alice.state(new, "m.room.create"))["room_version"] == "12"
    assert (await alice.state(old, "m.room.create"))["room_version"] == "11"
    assert ":" not in new
    assert ":" in old
    assert alice.user_id not in (await alice.state(new, "m.room.power_levels"))["users"]
    assert (await alice.state(old, "m.room.power_levels"))["users"] == {alice.user_id: 100}
    for person in (bob, carol):
        await person.join(new)
    await bob.set_state(new, "m.room.topic", {"topic": "By a creator"})
    with pytest.raises(RefusedError) as refused:
        await carol.set_state(new, "m.room.topic", {"topic": "By anybody"})
    assert refused.value.code == "M_FORBIDDEN"
    await alice.set_power(new, carol.user_id, 100)
    await carol.set_state(new, "m.room.topic", {"topic": "By somebody with power"})
    assert await alice.state(new, "m.room.topic") == {"topic": "By somebody with power"}


async def test_an_administrator_can_give_a_room_away(synapse: Synapse, arrive: Arrive) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    room = await alice.create_room(version="11", invite=[bob.user_id])
    await bob.join(room)
    await synapse.make_room_admin(room, bob.user_id)
    assert (await bob.state(room, "m.room.power_levels"))["users"][bob.user_id] == 100
