"""Rooms: which are entered, how upgrades are followed, and what happens when the bot is put out."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bot.platforms.matrix.account import Account
from tests.homeserver.fixtures import Arrive
from tests.homeserver.people import Person
from tests.homeserver.proxy import BAD_GATEWAY, Proxy
from tests.homeserver.synapse import SERVER_NAME
from tests.homeserver.wire import CLIENT
from tests.platforms.parrot import Cupboard, Parrot, Register, echo, meet


async def membership(person: Person, room: str, user_id: str, wanted: str) -> None:
    """Wait until somebody is seen to be in a room in some way."""
    await person.hear(
        lambda message: (
            message.room_id == room
            and message.type == "m.room.member"
            and message.event["state_key"] == user_id
            and message.content["membership"] == wanted
        ),
        f"{user_id}: {wanted}",
    )


@pytest.mark.parametrize("whom", ["user", "server", "everybody"])
async def test_an_invite_of_who_may_invite_is_accepted(arrive: Arrive, register: Register, whom: str) -> None:
    alice = await arrive("alice")
    allowed = {"user": alice.user_id, "server": SERVER_NAME, "everybody": "*"}[whom]
    async with Parrot(replace(await register(), allow_invites_from=("elsewhere.test", allowed))) as parrot:
        await echo(alice, await meet(alice, parrot), "welcome")


@pytest.mark.parametrize("version", ["11", "12"])
async def test_an_invite_to_a_room_on_the_list_is_accepted(
    arrive: Arrive, register: Register, version: str
) -> None:
    """Its id is compared as it is: from version 12 on it names no server."""
    alice = await arrive("alice")
    room = await alice.create_room(version=version)
    async with Parrot(replace(await register(), allow_invites_from=(room,))) as parrot:
        await alice.invite(room, parrot.account.user_id)
        await alice.joined(room, parrot.account.user_id)


@pytest.mark.parametrize("allowed", [(), ("@some:else.test", "else.test", "!room")], ids=["none", "others"])
async def test_other_invites_are_declined(
    arrive: Arrive, register: Register, allowed: tuple[str, ...]
) -> None:
    alice = await arrive("alice")
    async with Parrot(replace(await register(), allow_invites_from=allowed)) as parrot:
        room = await alice.create_room(invite=[parrot.account.user_id])
        await membership(alice, room, parrot.account.user_id, "leave")
        assert parrot.journal.left == {}  # nothing is kept of a room that it never was in


async def test_an_invite_outlives_trouble(arrive: Arrive, register: Register, proxy: Proxy) -> None:
    alice = await arrive("alice")
    async with Parrot(await register(proxy.url)) as parrot:
        trouble = proxy.fail(BAD_GATEWAY, "POST", "/join/", times=2)
        await echo(alice, await meet(alice, parrot), "welcome")
        assert trouble.hits == 2


async def test_an_invite_outlives_a_crash(arrive: Arrive, register: Register, proxy: Proxy) -> None:
    alice = await arrive("alice")
    account = await register(proxy.url)
    trouble = proxy.fail(BAD_GATEWAY, "POST", "/join/", times=None)
    async with Parrot(account) as parrot:
        room = await alice.create_room(invite=[account.user_id])
        await trouble.hit()
        await parrot.die()
    proxy.heal()
    async with Parrot(account):
        await alice.joined(room, account.user_id)


@pytest.mark.parametrize(("old", "new"), [("11", "12"), ("12", "12"), ("10", "11")])
async def test_an_upgraded_room_is_followed(arrive: Arrive, register: Register, old: str, new: str) -> None:
    """What belongs to the room moves along, and the bot leaves the old one."""
    alice = await arrive("alice")
    async with Parrot(await register(), cupboard := Cupboard()) as parrot:
        room = await meet(alice, parrot, version=old)
        successor = await alice.upgrade(room, new)
        # The new room is private: whoever was in the old one has to be invited, too.
        await alice.invite(successor, parrot.account.user_id)
        await alice.joined(successor, parrot.account.user_id)
        await membership(alice, room, parrot.account.user_id, "leave")
        await echo(alice, successor, "here we are")
        assert cupboard.moved == [(room, successor)]


async def test_an_upgrade_is_followed_without_an_invite(arrive: Arrive, register: Register) -> None:
    """Where the new room lets everybody in, and by a bot that was down when it happened."""
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot)
    await alice.set_state(room, "m.room.join_rules", {"join_rule": "public"})
    successor = await alice.upgrade(room, "12")
    async with Parrot(account, cupboard := Cupboard()):
        await alice.joined(successor, account.user_id)
        await membership(alice, room, account.user_id, "leave")
        assert cupboard.moved == [(room, successor)]


async def test_an_upgrade_by_who_may_not_invite_is_not_followed(arrive: Arrive, register: Register) -> None:
    alice, mallory = await arrive("alice"), await arrive("mallory")
    account = replace(await register(), allow_invites_from=(alice.user_id,))
    async with Parrot(account, cupboard := Cupboard()) as parrot:
        room = await meet(alice, parrot)
        await alice.invite(room, mallory.user_id)
        await mallory.join(room)
        await alice.set_power(room, mallory.user_id, 150)
        trap = await mallory.create_room()
        await mallory.set_state(trap, "m.room.join_rules", {"join_rule": "public"})
        await mallory.set_state(room, "m.room.tombstone", {"body": "gone", "replacement_room": trap})
        await echo(alice, room, "still here")
    assert account.user_id not in await mallory.members(trap)
    assert cupboard.moved == []


async def test_a_room_that_only_claims_to_be_a_successor_gets_nothing(
    arrive: Arrive, register: Register
) -> None:
    """The old room has to say so, too."""
    alice, mallory = await arrive("alice"), await arrive("mallory")
    async with Parrot(await register(), cupboard := Cupboard()) as parrot:
        room = await meet(alice, parrot)
        claim = {"invite": [parrot.account.user_id], "creation_content": {"predecessor": {"room_id": room}}}
        trap = (await mallory.wire.call("POST", f"{CLIENT}/createRoom", claim))["room_id"]
        await mallory.joined(trap, parrot.account.user_id)
        await echo(mallory, trap, "a sync later")
        await echo(alice, room, "still here")
    assert cupboard.moved == []


@pytest.mark.parametrize("way", ["kick", "ban"])
async def test_what_belongs_to_a_room_is_kept_for_a_while(
    arrive: Arrive, register: Register, way: str
) -> None:
    """And is there again if the bot is."""
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account, cupboard := Cupboard()) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        other = await meet(alice, parrot)
        await echo(alice, room, "before")
        await getattr(alice, way)(room, account.user_id)
        while room not in parrot.journal.left:
            await echo(alice, other, "wait for it")
    async with Parrot(account, cupboard) as again:
        assert room in again.journal.left
        if way == "ban":
            await alice.wire.call("POST", f"{CLIENT}/rooms/{room}/unban", {"user_id": account.user_id})
        await alice.invite(room, account.user_id)
        while (await alice.members(room))[account.user_id] != "join":
            await echo(alice, other, "wait for it")
        await echo(alice, room, "after")
        assert room not in again.journal.left
    assert cupboard.forgotten == []


async def test_what_belongs_to_a_room_ends_in_the_end(arrive: Arrive, register: Register) -> None:
    """Keys, decisions and the note of when it was; also where the bot was put out while it was down."""
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await echo(alice, room, "before")
    assert keys_of(account, room) == 2  # Alice's and its own
    await alice.kick(room, account.user_id)
    async with Parrot(replace(account, purge_after=-1.0), cupboard := Cupboard()) as again:
        await asyncio.wait_for(cupboard.changed.wait(), 60)
        await echo(alice, await meet(alice, again), "a sync later")
        assert again.journal.left == {}
    assert cupboard.forgotten == [room]
    assert keys_of(account, room) == 0


def keys_of(account: Account, room: str) -> int:
    """How many keys of what was said in a room are in the bot's folder."""
    (file,) = account.store_path.glob("encryption-*.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        select = "SELECT count(*) FROM megolminboundsessions WHERE room_id = ?"
        count: int = connection.execute(select, (room,)).fetchone()[0]
        return count
