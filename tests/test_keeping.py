"""What is over is deleted in time, everywhere; what moves goes along; what is not over stays."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from bot.app import _is_ours, housekeeping
from bot.app import services as services_of
from bot.commands import leaving
from bot.commands.describe import Services
from bot.commands.review.queue import told
from bot.communities import Communities
from bot.curation.entry import filled
from bot.curation.model import Own, Standing
from bot.curation.sorts import Sort
from bot.curation.terms import Terms
from bot.errors import StoreError
from bot.keeping import keep_in_time, keep_once
from bot.model import Community, CommunitySettings, Place, Visibility
from bot.platforms.matrix.run import Decided
from bot.posting import Posters
from bot.settings import DiscordSettings, KeepingSettings, LinksSettings, Settings
from bot.shelf import Shelf
from bot.store import SqlBook, SqlLedger, read_communities, write_community
from tests.cli.shop import write_corpus
from tests.commands.counter import Board
from tests.commands.small import CORPUS
from tests.store.daily import NOON, a_schedule
from tests.store.shelves import DAY, HERE, THERE, approved, items, new, one_of_each, tables_with

MINUTE = timedelta(minutes=1)
TERMS = Terms(left=30 * DAY, acts=365 * DAY)
CLINIC = filled(
    Sort.CONTACT,
    {"title": "Zqhere clinic", "text": "Legal advice.", "reach": "help@clinic.example.org"},
    None,
    taken=(),
    topic_of=lambda _: None,
    by="the moderators",
    today=NOON.date(),
).seed
"""Something that can be found."""


def a_clinic() -> Own:
    """It on a shelf."""
    return Own(str(CLINIC["id"]), CLINIC, 1, NOON, NOON.date())


def ours(_: Community) -> bool:
    """All of them."""
    return True


def nobodys(_: Community) -> bool:
    """None of them."""
    return False


Make = Callable[..., Services]


@pytest.fixture
async def make(engine: AsyncEngine) -> AsyncIterator[Make]:
    """Services at a time: so long after everything was kept."""
    shelf = Shelf.of(CORPUS)

    def made(after: timedelta, ledger: SqlLedger | None = None) -> Services:
        return replace(base, now=lambda: NOON + after, ledger=ledger or base.ledger)

    for community in (HERE, THERE):
        await one_of_each(engine, community, f"zq{community.id}")
    communities = Communities(await read_communities(engine), partial(write_community, engine))
    base = Services(
        shelf,
        "1",
        communities=communities,
        book=SqlBook(engine),
        ledger=SqlLedger(engine),
        terms=TERMS,
    )
    with base.posters.connected(Board()):
        yield made
    shelf.close()


async def test_what_is_kept_of_a_community_ends_when_its_time_is_over(
    make: Make, engine: AsyncEngine
) -> None:
    """In every table, and in memory; that of another community, which the bot came back to, stays."""
    services = make(31 * DAY)
    assert services.ledger
    await services.ledger.returned(THERE)
    assert await services.ledger.keep(HERE, new(a_clinic()), [])
    assert [item.id for item in (await services.shelves.of(HERE)).own] == [a_clinic().id]
    with capture_logs() as logged:
        await keep_once(services, ["discord"], ours)
    assert await tables_with(engine, "'here'") == set()
    assert {"own_item", "community", "schedule"} <= await tables_with(engine, "'there'")
    assert services.communities.of(HERE) == CommunitySettings()
    assert services.communities.of(THERE) != CommunitySettings()
    assert list((await services.shelves.of(HERE)).own) == []
    assert logged == [
        {"event": "communities deleted", "log_level": "info", "platform": "discord", "count": 1}
    ]


@pytest.mark.parametrize(
    ("after", "platforms", "others"),
    [
        (29 * DAY, ["discord"], False),
        (31 * DAY, ["matrix"], False),
        (31 * DAY, [], False),
        (31 * DAY, ["discord"], True),
    ],
)
async def test_before_and_elsewhere_nothing_is_touched(
    make: Make, engine: AsyncEngine, after: timedelta, platforms: Sequence[str], *, others: bool
) -> None:
    """Not before the time is over, not on a platform that is not ours to look after, nor other processes'."""
    before = await tables_with(engine, "'here'")
    await keep_once(make(after), platforms, (lambda _: False) if others else ours)
    assert await tables_with(engine, "'here'") == before


async def test_nothing_is_deleted_of_a_platform_that_is_not_connected(
    make: Make, engine: AsyncEngine
) -> None:
    """Somebody may have let us in again while we were away, of which we hear when we are connected."""
    before = await tables_with(engine, "'here'")
    await keep_once(replace(make(31 * DAY), posters=Posters()), ["discord"], ours)
    assert await tables_with(engine, "'here'") == before


async def test_a_community_that_we_come_back_to_meanwhile_keeps_what_it_has(
    make: Make, engine: AsyncEngine
) -> None:
    """It was among those to be deleted; before its turn came, somebody let us in again."""
    before = await tables_with(engine, "'here'")

    class Returning(SqlLedger):
        """Is told so as soon as it has said who is to be deleted."""

        async def departed(self, platform: str, before: datetime, limit: int) -> Sequence[Community]:
            """Those that were gone until now."""
            gone = await super().departed(platform, before, limit)
            for community in gone:
                await self.returned(community)
            return gone

    services = make(31 * DAY, Returning(engine))
    with capture_logs() as logged:
        await keep_once(services, ["discord"], ours)
    assert await tables_with(engine, "'here'") == before - {"departure"}
    assert services.communities.of(HERE) != CommunitySettings()
    assert logged == []


async def test_what_moderators_did_is_forgotten_after_its_time(make: Make, engine: AsyncEngine) -> None:
    assert "act" in await tables_with(engine, "zqhere")
    await keep_once(make(364 * DAY), [], ours)
    assert "act" in await tables_with(engine, "zqhere")
    with capture_logs() as logged:
        await keep_once(make(366 * DAY), [], ours)
    assert "act" not in await tables_with(engine, "zqhere")
    assert "own_item" in await tables_with(engine, "zqhere")
    assert [line["event"] for line in logged] == ["old records deleted"]


async def test_who_was_not_told_because_a_process_ended_is_told_and_then_forgotten(make: Make) -> None:
    """Once; not by a process that serves others, and not while whoever decided may be about to."""
    services, early = make(11 * MINUTE), make(9 * MINUTE)
    assert services.ledger
    (waiting,) = await services.ledger.pending(HERE, 9)
    assert await services.ledger.settle(waiting, approved(waiting))
    board = services.posters.of("discord")
    assert isinstance(board, Board)
    for given, serving in ((early, ours), (services, nobodys)):
        await keep_once(given, [], serving)
        assert board.messages == {}
    for _ in range(2):
        await keep_once(services, [], ours)
    (post,) = board.messages.values()
    assert post.place == waiting.tell
    assert "“Read this”, was approved" in post.reply.text
    (after,) = [await services.ledger.suggestion(HERE, waiting.id)]
    assert after
    assert (after.by, after.tell, after.standing) == ("", None, Standing.APPROVED)


async def test_who_asked_to_be_forgotten_meanwhile_is_not_told(make: Make) -> None:
    """A round reads many at first, and takes its time to tell them."""
    services = make(11 * MINUTE)
    assert services.ledger
    (waiting,) = await services.ledger.pending(HERE, 9)
    assert await services.ledger.settle(waiting, approved(waiting))
    (untold,) = await services.ledger.untold("discord", NOON + DAY, 9)
    await services.ledger.forget("discord", untold.by)
    await told(untold, services.ledger, services)
    board = services.posters.of("discord")
    assert isinstance(board, Board)
    assert board.messages == {}


async def test_nobody_is_told_every_hour_while_the_database_refuses(make: Make, engine: AsyncEngine) -> None:
    class Refusing(SqlLedger):
        """Lets nothing be forgotten."""

        async def settle(self, *_: object) -> bool:
            raise StoreError("The disk is full.")

    services = make(11 * MINUTE)
    assert services.ledger
    (waiting,) = await services.ledger.pending(HERE, 9)
    assert await services.ledger.settle(waiting, approved(waiting))
    board = services.posters.of("discord")
    assert isinstance(board, Board)
    for _ in range(3):
        await keep_once(make(11 * MINUTE, Refusing(engine)), [], ours)
    assert board.messages == {}


async def test_it_goes_on_until_it_is_told_to_stop(make: Make, engine: AsyncEngine) -> None:
    """A database that cannot be used is waited for."""
    stop = asyncio.Event()

    class Failing(SqlLedger):
        """Cannot be used, and is the last one to be asked."""

        async def prune(self, before: datetime) -> int:
            """Stop, and fail."""
            stop.set()
            raise StoreError(f"The database of {before.year} is gone.")

    with capture_logs() as logged:
        await keep_in_time(make(31 * DAY, Failing(engine)), ["discord"], ours, stop)
    assert await tables_with(engine, "'here'") == set()
    assert logged[-1]["event"] == "tidying waits"
    assert logged[-1]["problem"] == "The database of 2025 is gone."


async def test_where_nothing_is_kept_there_is_nothing_to_do() -> None:
    shelf = Shelf.of(CORPUS)
    await keep_once(Services(shelf, "1"), ["discord"], ours)
    shelf.close()


async def test_what_is_kept_of_a_community_moves_to_what_replaces_it(make: Make) -> None:
    """What it decided, its shelf, and where suggestions are shown, those of others, too."""
    services = make(timedelta())
    assert services.ledger
    old, new_ = Community("matrix", "!old"), Community("matrix", "!new")
    space = Community("matrix", "!space")
    assert await services.ledger.keep(old, new(a_clinic()), [])
    decided = CommunitySettings(Visibility.ROOM, suggestions=True, queue="!old")
    for community in (old, space):
        await services.communities.change(community, decided)
    await services.shelves.of(old)
    for _ in range(2):
        await leaving.move(old, new_, services)
    assert services.communities.of(new_) == services.communities.of(space) == replace(decided, queue="!new")
    assert list(await items(services.ledger, new_)) == [a_clinic().id]
    assert await items(services.ledger, old) == {}
    assert [item.id for item in (await services.shelves.of(new_)).own] == [a_clinic().id]
    assert list((await services.shelves.of(old)).own) == []


async def test_what_the_new_one_decided_holds_there(make: Make) -> None:
    services = make(timedelta())
    old, new_ = Community("matrix", "!old"), Community("matrix", "!new")
    await services.communities.change(old, CommunitySettings(suggestions=True))
    await services.communities.change(new_, CommunitySettings(two=True))
    await leaving.move(old, new_, services)
    assert services.communities.of(new_) == CommunitySettings(two=True)


async def test_a_matrix_room_that_is_over_is_deleted_with_what_is_posted_there(
    make: Make, engine: AsyncEngine
) -> None:
    """Twice, as it may happen after a crash; and a schedule of others that posts in it goes as well."""
    services = make(timedelta())
    room = Community("matrix", "!zqroom")
    await one_of_each(engine, room, "zqroom")
    place = Place("matrix", "!zqroom")
    assert services.book
    assert await services.book.add(a_schedule("zqelse", owner=Community("matrix", "!space"), place=place), 9)
    rooms = Decided(services)
    for _ in range(2):
        await rooms.forget("!zqroom")
    assert await tables_with(engine, "zqroom") == set()
    assert {"own_item", "schedule"} <= await tables_with(engine, "'here'")


async def test_a_matrix_room_that_is_replaced_takes_everything_along(make: Make, engine: AsyncEngine) -> None:
    services = make(timedelta())
    assert services.book
    await one_of_each(engine, Community("matrix", "!zqold"), "zqitem")
    rooms = Decided(services)
    for _ in range(2):
        await rooms.move("!zqold", "!zqnew")
    new_ = Community("matrix", "!zqnew")
    assert services.ledger
    assert list(await items(services.ledger, new_)) == ["contact:zqitem"]
    assert [each.id for each in await services.book.of(new_)] == ["schedule-zqitem"]
    assert await tables_with(engine, "'!zqold'") <= {"community"}


async def test_it_is_part_of_what_runs(tmp_path: Path) -> None:
    """From the settings to the database; links are looked at as well, where that is wanted."""
    settings = Settings(
        data_dir=tmp_path / "data",
        seeds=write_corpus(tmp_path / "seeds"),
        semantic="off",
        discord=DiscordSettings(token=SecretStr("x")),
        keeping=KeepingSettings(left_days=1.0),
        links=LinksSettings(check=True),
    )
    async with services_of(settings) as ready:
        assert ready.ledger
        assert ready.terms == Terms(left=DAY, links=True)
        await ready.ledger.left(HERE, ready.now() - 2 * DAY)
        await ready.ledger.left(THERE, ready.now())
        old = Own("contact:old", {"urls": ["http://site.invalid/"]}, 1, NOON, NOON.date())
        assert await ready.ledger.keep(THERE, new(old), [])
        with ready.posters.connected(Board()):
            async with housekeeping(settings, ready, asyncio.Event()):
                while HERE in await ready.ledger.departed("discord", ready.now(), 9):
                    pass  # to ask lets others work
                while not (states := await ready.ledger.link_states(THERE)):
                    pass
        assert states["http://site.invalid/"].detail == "not https"
        assert await ready.ledger.departed("discord", ready.now(), 9) == [THERE]


@pytest.mark.parametrize(
    ("shards", "expected"),
    [
        ({}, True),
        ({"shard_ids": (0,), "shard_count": 2}, False),
        ({"shard_ids": (1,), "shard_count": 2}, True),
    ],
)
def test_a_process_looks_after_the_servers_of_its_shards(
    shards: dict[str, object], *, expected: bool
) -> None:
    """The shard of a server follows from its id, as Discord says: the bits from the 22nd on."""
    settings = DiscordSettings.model_validate(shards)
    assert _is_ours(settings, Community("discord", str((3 << 22) + 5))) is expected
    assert _is_ours(settings, Community("matrix", "!room"))
