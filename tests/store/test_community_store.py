"""What communities decided is kept, on both databases, and only where it differs from what holds anyway."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import StoreError
from bot.model import Community, CommunitySettings, Corpus, Visibility
from bot.store import load, open_engine, read_communities, upgrade, write_community
from bot.store.engine import reading
from bot.store.tables import community as table

HERE = Community("discord", "1")
OPEN = CommunitySettings(answers=Visibility.ROOM)

# Few of them, so that one and the same decides several times; ids of Matrix hold what they like.
communities = st.builds(
    Community, st.sampled_from(["discord", "matrix"]), st.sampled_from(["1", "2", "!a'b;--:x", "房间"])
)
decisions = st.tuples(
    communities,
    st.builds(
        CommunitySettings,
        answers=st.none() | st.sampled_from(Visibility),
        suggestions=st.booleans(),
        queue=st.sampled_from(["", "123", "!a'b;--:x"]),
        two=st.booleans(),
        police=st.booleans(),
    ),
)


async def rows(engine: AsyncEngine) -> int:
    async with reading(engine) as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(decisions, max_size=12))
async def test_the_last_decision_of_each_community_is_what_is_read(
    engine: AsyncEngine, made: list[tuple[Community, CommunitySettings]]
) -> None:
    """Whatever was decided before, and without a row for what holds anyway."""
    expected = await read_communities(engine)
    for community, decided in made:
        await write_community(engine, community, decided)
        expected[community] = decided
    expected = {each: decided for each, decided in expected.items() if decided != CommunitySettings()}
    assert await read_communities(engine) == expected
    assert await rows(engine) == len(expected)


async def test_processes_that_decide_at_once_do_not_get_in_each_others_way(
    engine: AsyncEngine, database_url: str
) -> None:
    """Each serves communities of its own; even for the same one, both succeed and one of them was last."""
    other = open_engine(database_url)
    elsewhere = [Community("matrix", str(number)) for number in range(5)]
    await asyncio.gather(
        *(write_community(engine, each, OPEN) for each in (HERE, *elsewhere[:2])),
        *(write_community(other, each, OPEN) for each in (HERE, *elsewhere[2:])),
    )
    assert set(await read_communities(engine)) == {HERE, *elsewhere}
    await other.dispose()


async def test_a_load_of_the_corpus_leaves_decisions_alone(
    engine: AsyncEngine, old: Corpus, new: Corpus
) -> None:
    await write_community(engine, HERE, OPEN)
    await load(engine, old, "old")
    await load(engine, new, "new")
    assert await read_communities(engine) == {HERE: OPEN}


async def test_an_older_schema_is_refused_with_what_to_do(database_url: str) -> None:
    engine = open_engine(database_url)
    await upgrade(engine, "0001")
    for attempt in (read_communities(engine), write_community(engine, HERE, OPEN)):
        with pytest.raises(StoreError, match="infoshop db upgrade"):
            await attempt
    await engine.dispose()
