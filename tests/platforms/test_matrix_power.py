"""Moderators: by power levels, by having created a room of version 12, and asked anew each time."""

from typing import Any

import pytest

from bot.platforms.matrix.power import is_moderator
from tests.homeserver.fixtures import Arrive
from tests.homeserver.proxy import BAD_GATEWAY, Proxy
from tests.platforms.parrot import Parrot, Register, echo, meet

ALICE, BOB, CAROL = "@alice:shop.test", "@bob:shop.test", "@carol:shop.test"


def create(version: str | None = "12", **content: object) -> dict[str, Any]:
    """The event that begins a room of Alice's."""
    return {"sender": ALICE, "content": {**({"room_version": version} if version else {}), **content}}


@pytest.mark.parametrize(
    ("begun", "levels", "who", "expected"),
    [
        (create("11"), {"users": {ALICE: 100}}, ALICE, True),
        (create("11"), {"users": {BOB: 50}}, BOB, True),
        (create("11"), {"users": {BOB: 49}}, BOB, False),
        (create("11"), {"users": {BOB: 50}}, CAROL, False),
        (create("11"), {"users": {BOB: 50}}, ALICE, False),  # she gave her power away
        (create("11"), {}, ALICE, True),  # no power levels at all: the creator has power
        (create("11"), {}, BOB, False),
        (create(None), {}, ALICE, True),
        (create("12"), {"users": {BOB: 100}}, ALICE, True),  # she cannot give it away
        (create("12"), {"users": {BOB: 100}}, BOB, True),
        (create("12", additional_creators=[CAROL]), {"users": {}}, CAROL, True),
        (create("11", additional_creators=[CAROL]), {"users": {}}, CAROL, False),
        (create("12", additional_creators=[CAROL]), {"users": {}}, BOB, False),
        (create("12", additional_creators="everybody"), {"users": {}}, BOB, False),
        (create("13"), {"users": {}}, ALICE, True),
        (create("org.example.unstable"), {"users": {BOB: 100}}, ALICE, False),  # made from which version?
        (create("org.example.12"), {"users": {BOB: 100}}, ALICE, False),
        (create("\u0661\u0662x"), {"users": {BOB: 100}}, ALICE, False),
        (create("11"), {"users": {BOB: 60}, "ban": 75}, BOB, False),
        (create("11"), {"users": {BOB: 75}, "ban": 75}, BOB, True),
        (create("11"), {"users": {ALICE: 100}, "ban": 0}, BOB, False),  # nobody moderates by being there
        (create("11"), {"users": {ALICE: 100}, "users_default": 50}, BOB, False),
        (create("11"), {"users": {BOB: "50"}}, BOB, True),  # rooms before version 10 may have text
        (create("11"), {"users": {BOB: " 100 "}}, BOB, True),
        (create("11"), {"users": {BOB: "much"}}, BOB, False),
        (create("11"), {"users": {BOB: None}}, BOB, False),
        (create("11"), {"users": [BOB], "ban": []}, BOB, False),
    ],
)
def test_who_moderates(begun: dict[str, Any], levels: dict[str, Any], who: str, *, expected: bool) -> None:
    assert is_moderator(begun, levels, who) is expected


@pytest.mark.parametrize("version", ["11", "12"])
async def test_power_is_given_and_taken(arrive: Arrive, register: Register, version: str) -> None:
    """Each question is answered as things are then."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot, version=version)
        await alice.invite(room, bob.user_id)
        await bob.join(room)
        await echo(alice, room, "a sync later")
        may = parrot.power.may_moderate
        assert (await may(room, alice.user_id), await may(room, bob.user_id)) == (True, False)
        await alice.set_power(room, bob.user_id, 50)
        await echo(bob, room, "a sync later")
        assert await may(room, bob.user_id)
        await alice.set_power(room, bob.user_id, 0)
        assert not await may(room, bob.user_id)  # whether or not a sync has told of it


async def test_creators_have_power_without_an_entry(arrive: Arrive, register: Register) -> None:
    alice, bob, carol = await arrive("alice"), await arrive("bob"), await arrive("carol")
    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot, version="12", creators=[bob.user_id])
        assert ":" not in room
        for person in (bob, carol):
            await alice.invite(room, person.user_id)
            await person.join(room)
        await echo(carol, room, "a sync later")
        may = parrot.power.may_moderate
        assert [await may(room, person.user_id) for person in (alice, bob, carol)] == [True, True, False]


async def test_who_cannot_be_asked_about_has_no_power(
    arrive: Arrive, register: Register, proxy: Proxy
) -> None:
    alice = await arrive("alice")
    async with Parrot(await register(proxy.url)) as parrot:
        room = await meet(alice, parrot, version="11")
        await echo(alice, room, "a sync later")
        proxy.fail(BAD_GATEWAY, "GET", "/state/", times=1)
        assert not await parrot.power.may_moderate(room, alice.user_id)
        assert await parrot.power.may_moderate(room, alice.user_id)
        assert not await parrot.power.may_moderate("!elsewhere", alice.user_id)
