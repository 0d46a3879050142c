"""Whose own shelf holds in a room: a space's, if it and the room say so and the bot is in both."""

from collections.abc import Iterator

import pytest

import bot.commands
from bot.commands.describe import GROUPS, REGISTRY, Command, Services
from bot.commands.request import Audience, Request
from bot.model import Community
from bot.reply import Reply
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.homeserver.fixtures import Arrive
from tests.homeserver.people import Person
from tests.homeserver.wire import CLIENT, Json
from tests.platforms.on_matrix import Infoshop, ask, shared_room
from tests.platforms.parrot import Register

assert bot.commands  # importing it registers the commands

VIA: Json = {"via": ["shop.test"]}
CHILD, PARENT = "m.space.child", "m.space.parent"


@pytest.fixture
def services() -> Iterator[Services]:
    """The small shelf."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """The circumstances of each `!shelf probe`, which concerns the shelf, and `!daily probe`, which does not.

    Both are for moderators.
    """
    seen: list[Request] = []

    async def probe(ask: Request, _: Services) -> Reply:
        seen.append(ask)
        return Reply("probed")

    for group in ("shelf", "daily"):
        monkeypatch.setitem(GROUPS, group, "A group.")
        name = f"{group} probe"
        monkeypatch.setitem(REGISTRY, name, Command(name, "Probe.", (), probe, Audience.MODERATOR))
    return seen


async def make_space(person: Person, bot: str = "") -> str:
    """A space of somebody's, which the bot joins if it is invited."""
    wanted: Json = {"preset": "private_chat", "creation_content": {"type": "m.space"}}
    room = await person.wire.call(
        "POST", f"{CLIENT}/createRoom", {**wanted, "invite": [bot] if bot else [], "room_version": "11"}
    )
    space = str(room["room_id"])
    if bot:
        await person.joined(space, bot)
    return space


async def test_a_room_belongs_to_a_space_if_both_say_so_and_the_bot_is_in_both(
    arrive: Arrive, register: Register, services: Services, asked: list[Request]
) -> None:
    """A claim of one side alone is none; what is taken back ends it."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop, version="11")
        space = await make_space(alice, infoshop.account.user_id)
        elsewhere = await make_space(alice)

        async def keeper() -> str:
            assert (await ask(alice, room, "!daily probe")).body == "probed"
            found = asked[-1].keeper
            assert asked[-1].community == Community("matrix", room)
            assert await services.posters.keeper(Community("matrix", room)) == found, "for daily prompts, too"
            return found.id if found else ""

        assert await keeper() == room
        await alice.set_state(room, PARENT, VIA, space)
        assert await keeper() == room, "it only claims a parent"
        await alice.set_state(space, CHILD, {}, room)
        assert await keeper() == room, "it is named without servers"
        await alice.set_state(space, CHILD, VIA, room)
        assert await keeper() == space
        await alice.set_state(elsewhere, CHILD, VIA, room)
        await alice.set_state(room, PARENT, VIA, elsewhere)
        assert await keeper() == room, "two parents, and none is canonical"
        await alice.set_state(room, PARENT, {**VIA, "canonical": True}, elsewhere)
        assert await keeper() == room, "the bot is not in the canonical one"
        await alice.set_state(room, PARENT, {**VIA, "canonical": True}, space)
        await alice.set_state(room, PARENT, {}, elsewhere)
        assert await keeper() == space
        await alice.set_state(space, CHILD, {}, room)
        assert await keeper() == room, "the space took it back"


async def test_a_room_is_no_space(
    arrive: Arrive, register: Register, services: Services, asked: list[Request]
) -> None:
    """Whatever it lists."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop)
        other = await shared_room(alice, bob, bot=infoshop)
        await alice.set_state(room, PARENT, VIA, other)
        await alice.set_state(other, CHILD, VIA, room)
        await ask(alice, room, "!daily probe")
        assert asked[-1].keeper == Community("matrix", room)


async def test_the_shelf_of_a_space_is_kept_by_the_moderators_of_the_space(
    arrive: Arrive, register: Register, services: Services, asked: list[Request]
) -> None:
    """Not by those of a room in it, who decide about the room; nor by who was put out of the space."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(bob, alice, bot=infoshop, version="11")
        space = await make_space(alice, infoshop.account.user_id)
        await bob.set_state(room, PARENT, VIA, space)
        await alice.set_state(space, CHILD, VIA, room)
        assert (await ask(bob, room, "!daily probe")).body == "probed"
        assert "You need the permission" in (await ask(bob, room, "!shelf probe")).body
        assert "You need the permission" in (await ask(alice, room, "!daily probe")).body
        assert (await ask(alice, room, "!shelf probe")).body == "probed"
        assert asked[-1].keeper == Community("matrix", space)
        await alice.invite(space, bob.user_id)
        await bob.join(space)
        await alice.set_power(space, bob.user_id, 50)
        assert (await ask(bob, room, "!shelf probe")).body == "probed"
        await alice.kick(space, bob.user_id)
        assert "You need the permission" in (await ask(bob, room, "!shelf probe")).body
