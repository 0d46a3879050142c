"""Whatever is done in some communities, none of them ever sees or loses anything by another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.curation.model import Act, Deed, Edit, LinkOutcome, LinkState, Offer, OwnShelf
from bot.model import Community, CommunitySettings
from bot.store import SqlBook, SqlLedger, write_community
from tests.store.daily import MANY, NOON, a_schedule
from tests.store.shelves import DAY, a_card, a_suggestion, an_item, approved, new, posted

Whole = tuple[Mapping[str, Sequence[Mapping[str, Any]]], object]
names = st.sampled_from(["a", "b"])
curation = st.tuples(st.sampled_from(["add", "edit", "remove", "hide"]), names)
reviews = st.tuples(st.sampled_from(["suggest", "settle", "card", "offer"]), names)
belonging = st.tuples(st.sampled_from(["decide", "plan", "leave", "return", "purge"]), names)
deeds = curation | reviews | belonging


def alike() -> list[Community]:
    """New ones: one is the beginning of another, or the same on another platform, or looks like a pattern."""
    its_id = str(uuid4())
    same = [Community(platform, its_id) for platform in ("discord", "matrix", "discord ")]
    return [*same, Community("discord", f"{its_id}1"), Community("discord", its_id[:-1] + "%")]


def mark_of(here: Community) -> str:
    """What everything that is written in one community says."""
    return f"<{here.platform}/{here.id}>"


async def curate(ledger: SqlLedger, here: Community, deed: str, name: str) -> None:
    """Change items of one community, under names that others use too."""
    mark = mark_of(here)
    act = Act(Deed.EDITED, f"contact:{name}", mark, NOON)
    shelf = await ledger.shelf(here)
    own = next((each for each in shelf.items if each.id == f"contact:{name}"), None)
    match deed:
        case "add":
            item = an_item(f"contact:{name}", mark, urls=["https://example.org/"])
            assert await ledger.keep(here, new(item), [act]) is (own is None)
            await ledger.found_link(LinkState("https://example.org/", LinkOutcome.FINE, NOON))
        case "edit" | "remove" if own:
            after = replace(own, seed={**own.seed, "text": mark + name}, removed=deed == "remove")
            assert await ledger.keep(here, [Edit(own, after)], [act])
        case "hide":
            shown = f"topic:{name}" not in shelf.hidden
            assert await ledger.hide(here, f"topic:{name}", act, hidden=True) is shown


async def review(ledger: SqlLedger, here: Community, deed: str, name: str) -> None:
    """Suggest, settle, post and offer in one community."""
    mark = mark_of(here)
    act = Act(Deed.APPROVED, name, mark, NOON)
    match deed:
        case "suggest" if not await ledger.suggestion(here, name):
            assert await ledger.suggest(replace(a_suggestion(name, here), reason=mark, by=mark), 9)
        case "settle":
            for each in await ledger.pending(here, 1):
                assert await ledger.settle(each, replace(approved(each, mark), by=""), acts=[act])
        case "card" if not await ledger.card(here, name):
            await ledger.add_card(replace(posted(a_card(name, here)), note=mark))
        case "offer":
            await ledger.offer(Offer(f"{mark}{name}", here, NOON + DAY), act)


async def belong(engine: AsyncEngine, here: Community, deed: str) -> None:
    """Let one community decide, plan, go, come back or end."""
    match deed:
        case "decide":
            await write_community(engine, here, CommunitySettings(queue=mark_of(here)))
        case "plan":
            await SqlBook(engine).add(a_schedule(str(uuid4()), owner=here), MANY)
        case "leave":
            await SqlLedger(engine).left(here, NOON)
        case "return":
            await SqlLedger(engine).returned(here)
        case "purge":
            await SqlLedger(engine).purge(here)


async def seen(ledger: SqlLedger, here: Community) -> Whole:
    """All that the ledger says of one community, by every way of asking."""
    ways = (
        await ledger.shelf(here),
        await ledger.acts(here, limit=99),
        await ledger.acts(here, "contact:a", limit=99),
        await ledger.pending(here, 99),
        [await ledger.suggestion(here, name) for name in "ab"],
        await ledger.cards(here),
        await ledger.cards(here, "contact:one"),
        [await ledger.card(here, name) for name in "ab"],
        here in await ledger.departed(here.platform, NOON + DAY, 99),
        here in await ledger.kept(here.platform),
    )
    return await ledger.everything(here), ways


async def do(engine: AsyncEngine, here: Community, deed: str, name: str) -> None:
    """Something in one community."""
    ledger = SqlLedger(engine)
    await curate(ledger, here, deed, name)
    await review(ledger, here, deed, name)
    await belong(engine, here, deed)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(st.tuples(st.integers(0, 4), deeds), max_size=12),
    done=st.lists(deeds, min_size=1, max_size=6),
)
async def test_nothing_that_is_done_in_one_community_shows_in_another(
    engine: AsyncEngine, before: list[tuple[int, tuple[str, str]]], done: list[tuple[str, str]]
) -> None:
    """After some deeds in one, all others are as they were, and nothing in any says that it is another's."""
    ledger = SqlLedger(engine)
    here, *others = every = alike()
    for number, deed in before:
        await do(engine, every[number], *deed)
    known = {each: without_links(await seen(ledger, each)) for each in others}
    for deed in done:
        await do(engine, here, *deed)
    for each in others:
        assert without_links(await seen(ledger, each)) == known[each]
    for each in every:
        said = repr(await seen(ledger, each))
        assert not any(mark_of(other) in said for other in every if other != each)
    await ledger.purge(here)
    assert await ledger.shelf(here) == OwnShelf()
    assert await ledger.everything(here) == {}


def without_links(whole: Whole) -> Whole:
    """All but what was found behind addresses, which is found for everybody who has them."""
    rows, ways = whole
    return {name: some for name, some in rows.items() if name != "own_link"}, ways
