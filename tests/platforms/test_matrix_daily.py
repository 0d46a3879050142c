"""What daily prompts need of Matrix as a whole: where a command is given, and what rooms take along."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import bot.commands
from bot.commands.describe import REGISTRY, Command, Services
from bot.commands.request import Request
from bot.model import Community, Place
from bot.platforms.matrix.run import Decided
from bot.posting import Post, Poster
from bot.reply import Reply
from bot.shelf import Shelf
from bot.store import SqlBook, open_engine, upgrade
from tests.commands.small import CORPUS, TODAY
from tests.homeserver.fixtures import Arrive
from tests.homeserver.proxy import Answer, Proxy
from tests.platforms.on_matrix import Infoshop, ask, shared_room
from tests.platforms.parrot import Register
from tests.store.daily import a_schedule, added

assert bot.commands  # importing it registers the commands


@pytest.fixture
def services() -> Iterator[Services]:
    """The small shelf, and posters of their own."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """The circumstances of each `!probe`, a command that exists for a test, and of each `!probe_direct`.

    The second one also says where the asker alone can be written to.
    """
    seen: list[Request] = []

    async def probe(ask: Request, _: Services) -> Reply:
        seen.append(ask)
        return Reply("probed")

    async def probe_direct(ask: Request, _: Services) -> Reply:
        seen.append(ask)
        assert ask.direct
        return Reply((await ask.direct()).id)

    for handler in (probe, probe_direct):
        name = handler.__name__
        monkeypatch.setitem(REGISTRY, name, Command(name, "Probe.", (), handler))
    return seen


async def poster_of(services: Services) -> Poster:
    """The poster, once there is one."""
    while not services.posters.all():
        services.posters.changed.clear()
        await services.posters.changed.wait()
    (poster,) = services.posters.all()
    return poster


async def test_it_posts_from_the_first_sync_to_the_end(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """Who it posts as is the device, which stays the same over a restart; another device is another one."""
    alice, account = await arrive("alice"), await register()
    identities = []
    for _ in range(2):
        assert services.posters.all() == []
        async with Infoshop(services, account) as infoshop:
            poster = await poster_of(services)
            identities.append(poster.identity)
            room = await shared_room(alice, bot=infoshop)
            assert await alice.read(await poster.post(Post(Place("matrix", room), Reply("today"), "key")))
        assert services.posters.all() == []
    async with Infoshop(services, replace(account, store_path=account.store_path.with_name("other"))):
        identities.append((await poster_of(services)).identity)
    first, second, third = identities
    assert first == second != third
    assert first.startswith(f"{account.user_id}/")


async def test_a_command_in_a_room_is_given_at_that_place(
    arrive: Arrive, register: Register, services: Services, asked: list[Request]
) -> None:
    """Where something can be posted, and everybody can be mentioned; alone with the bot, it cannot."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop)
        alone = await shared_room(alice, bot=infoshop, direct=True)
        await ask(alice, room, "!probe")
        told = await ask(alice, alone, "!probe_direct")
    in_room, in_private = asked
    assert (in_room.place, in_room.mentionable) == (Place("matrix", room), ("room",))
    assert (in_private.place, in_private.mentionable) == (None, ())
    assert told.body == alone


async def test_from_a_room_a_direct_room_is_opened_once(
    arrive: Arrive, register: Register, services: Services, asked: list[Request]
) -> None:
    """For the asker alone, who is told that they are invited, until they have come."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop)
        said = await alice.say(room, "!probe_direct")
        direct = (await alice.answer_to(said)).body
        assert "accept my invitation" in (await alice.answer_to(said, count=2)).body
        assert await alice.invitation(infoshop.account.user_id) == direct
        await alice.join(direct)
        again = await alice.say(room, "!probe_direct")
        assert (await alice.answer_to(again)).body == direct
        last = await ask(alice, room, "!probe")
        assert last.body == "probed"
        assert len(alice.answers_to(again)) == 1
        assert direct not in {room, ""}
    assert len(asked) == 3


@pytest.mark.parametrize("status", [403, 502])
async def test_where_no_direct_room_can_be_opened_it_is_said(
    arrive: Arrive, register: Register, services: Services, proxy: Proxy, asked: list[Request], *, status: int
) -> None:
    """And the command fails, so that nothing is kept for a place that there is not."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register(proxy.url)) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop)
        proxy.fail(Answer(status, '{"errcode":"M_FORBIDDEN"}'), "POST", "/createRoom", times=None)
        answer = await ask(alice, room, "!probe_direct")
    assert "could not open a direct room" in answer.body
    assert len(asked) == 1


async def test_schedules_move_with_their_room_and_end_with_it(services: Services, tmp_path: Path) -> None:
    """As often as it is asked for; those of other rooms stay."""
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'infoshop.sqlite3'}")
    await upgrade(engine)
    book = SqlBook(engine)
    old, new, other = (Community("matrix", room) for room in ("!old", "!new", "!other"))
    for owner in (old, other):
        place = Place(owner.platform, owner.id)
        await added(book, a_schedule(f"of {owner.id}", owner=owner, place=place))
    rooms = Decided(replace(services, book=book))
    for _ in range(2):
        await rooms.move("!old", "!new")
    assert await book.of(old) == []
    assert [each.place for each in await book.of(new)] == [Place("matrix", "!new")]
    for _ in range(2):
        await rooms.forget("!new")
    assert await book.of(new) == []
    assert len(await book.of(other)) == 1
    await engine.dispose()
