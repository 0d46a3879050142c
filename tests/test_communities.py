"""What communities decide holds at once, and after a restart; what could not be kept does not hold."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot import app
from bot.communities import Communities
from bot.errors import StoreError
from bot.model import Community, CommunitySettings, Visibility
from bot.settings import Settings
from tests.cli.shop import write_corpus

HERE, THERE = Community("discord", "1"), Community("matrix", "1")
OPEN, UNDECIDED = CommunitySettings(answers=Visibility.ROOM), CommunitySettings()


async def test_nothing_is_decided_until_a_community_decides_it() -> None:
    """For itself: another platform's community of the same id is another one."""
    communities = Communities()
    assert communities.of(HERE) == UNDECIDED
    await communities.change(HERE, OPEN)
    assert (communities.of(HERE), communities.of(THERE)) == (OPEN, UNDECIDED)


async def test_what_cannot_be_kept_does_not_hold() -> None:
    async def fail(_community: Community, _settings: CommunitySettings) -> None:
        raise StoreError("The disk is full.")

    communities = Communities({HERE: OPEN}, fail)
    with pytest.raises(StoreError, match="disk"):
        await communities.change(HERE, UNDECIDED)
    assert communities.of(HERE) == OPEN


async def test_of_two_decisions_at_once_the_last_one_is_kept_and_holds() -> None:
    """Even where keeping the first one takes longer."""
    kept: list[CommunitySettings] = []
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(_community: Community, settings: CommunitySettings) -> None:
        if settings == OPEN:
            begun.set()
            await go.wait()
        kept.append(settings)

    communities = Communities(write=slowly)
    first = asyncio.create_task(communities.change(HERE, OPEN))
    await begun.wait()
    second = asyncio.create_task(communities.change(HERE, UNDECIDED))
    go.set()
    await asyncio.gather(first, second)
    assert kept == [OPEN, UNDECIDED]
    assert communities.of(HERE) == UNDECIDED


async def test_of_two_who_decide_different_things_at_once_both_are_heeded() -> None:
    """Each changes what holds when it is their turn, and not what held when they began."""

    async def slowly(_community: Community, _settings: CommunitySettings) -> None:
        await asyncio.sleep(0)

    communities = Communities({HERE: CommunitySettings(police=True)}, slowly)
    await asyncio.gather(
        communities.amend(HERE, lambda held: replace(held, police=False)),
        communities.amend(HERE, lambda held: replace(held, queue="300")),
    )
    assert communities.of(HERE) == CommunitySettings(queue="300")


async def test_a_decision_outlives_the_process(tmp_path: Path) -> None:
    """As the services are put together: a second start knows it, and a third one that it was taken back."""
    settings = Settings(data_dir=tmp_path / "data", seeds=write_corpus(tmp_path / "seeds"), semantic="off")
    seen = []
    for decided in (OPEN, UNDECIDED, UNDECIDED):
        async with app.services(settings) as services:
            seen.append(services.communities.of(HERE))
            await services.communities.change(HERE, decided)
    assert seen == [UNDECIDED, OPEN, UNDECIDED]


async def test_a_database_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", seeds=write_corpus(tmp_path / "seeds"), semantic="off")
    async with app.services(settings) as services:
        (database,) = (tmp_path / "data").glob("infoshop.sqlite3")
        database.write_bytes(b"not a database any more, and long enough to be read as one" * 20)
        with pytest.raises(StoreError, match="restore a backup"):
            await services.communities.change(HERE, OPEN)
        assert services.communities.of(HERE) == UNDECIDED
