"""Rooms: which are entered, how upgrades are followed, and what happens when the bot is put out."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.platforms.matrix.account import Account
from bot.platforms.matrix.journal import Journal
from bot.platforms.matrix.keys import RECENT
from bot.platforms.matrix.rooms import Rooms
from bot.platforms.matrix.session import connected
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


class Slow(Cupboard):
    """Moves nothing until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()

    async def move(self, old: str, new: str) -> None:
        """Wait, and note it."""
        self.asked.set()
        await self.go_on.wait()
        await super().move(old, new)


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


@pytest.mark.parametrize("place", [0, -1], ids=["before", "after"])
async def test_an_invite_beside_another_needs_both_to_be_allowed(
    arrive: Arrive, register: Register, tmp_path: Path, place: int
) -> None:
    """What comes with an invite is the inviting server's word: it may have forged one of an allowed user."""
    alice, mallory = await arrive("alice"), await arrive("mallory")
    async with connected(await register()) as client:
        room = await mallory.create_room(invite=[client.user_id])
        body = await client.server.call("GET", "sync")
        events = body["rooms"]["invite"][room]["invite_state"]["events"]
        real = next(event for event in events if event.get("state_key") == client.user_id)
        assert real["sender"] == mallory.user_id
        events.insert(len(events) if place else 0, {**real, "sender": alice.user_id})
        journal = Journal(tmp_path / "journal.json")
        rooms = Rooms(client, journal, Cupboard(), allowed=(alice.user_id,), purge_after=60.0)
        for _, job in rooms.jobs(body):
            await job()
        assert (await mallory.members(room))[client.user_id] == "leave"


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


async def test_nobody_is_heard_in_a_new_room_before_what_was_decided_holds_there(
    arrive: Arrive, register: Register
) -> None:
    """Or answers might be shown to everyone where that was not wanted. Other rooms do not wait."""
    alice = await arrive("alice")
    async with Parrot(await register(), cupboard := Slow()) as parrot:
        old, other = await meet(alice, parrot), await meet(alice, parrot)
        new = await alice.upgrade(old, "12")
        await alice.invite(new, parrot.account.user_id)
        await alice.joined(new, parrot.account.user_id)
        early = await alice.say(new, "early")
        await cupboard.asked.wait()
        for _ in range(2):  # the second is heard with a sync after that of what was said early
            await echo(alice, other, "elsewhere")
        assert not alice.answers_to(early)
        cupboard.go_on.set()
        await alice.answer_to(early)


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


async def test_of_old_keys_only_a_few_are_kept(arrive: Arrive, register: Register) -> None:
    """Whoever gets hold of the folder is not to open with it what was said long ago. Our own are needed."""
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        for number in range(RECENT + 3):
            alice.encryption._outbound.pop(room, None)
            await echo(alice, room, f"with the key {number}")
    assert keys_of(account, room) == RECENT + 3 + 1
    async with Parrot(account):
        await echo(alice, room, "with the last key again")
    async with Parrot(account):
        await echo(alice, room, "and again")
    assert keys_of(account, room) == RECENT + 3


def keys_of(account: Account, room: str) -> int:
    """How many keys of what was said in a room are in the bot's folder."""
    (file,) = account.store_path.glob("encryption-*.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        select = "SELECT count(*) FROM megolminboundsessions WHERE room_id = ?"
        count: int = connection.execute(select, (room,)).fetchone()[0]
        return count
