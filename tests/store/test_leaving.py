"""What is kept of communities moves, ends and is told whole, in every table."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.curation.ledger import Ledger
from bot.curation.model import Act, CardState, Deed, Edit, LinkOutcome, LinkState, Offer, OwnShelf
from bot.model import Community, CommunitySettings, Corpus, Place
from bot.store import SqlBook, SqlLedger, load, read, write_community
from bot.store.daily_tables import delivery
from bot.store.holdings import HOLDINGS
from bot.store.tables import metadata
from tests.store.daily import HOUR, MANY, NOON, a_schedule, added
from tests.store.shelves import (
    ADDED,
    ANA,
    BEA,
    DAY,
    HERE,
    LONG_AGO,
    THERE,
    a_card,
    a_suggestion,
    all_rows,
    an_act,
    an_item,
    approved,
    items,
    new,
    one_of_each,
    posted,
    tables_with,
)

ALL = {holding.table.name for holding in HOLDINGS}
MATRIX = Community("matrix", "here")


def test_every_table_that_names_a_community_is_held() -> None:
    """Whoever adds one has to say in `holdings` how its rows are found, or here that they are nobody's."""
    naming = {
        table.name
        for table in metadata.tables.values()
        if any(name == "platform" or name.endswith("_platform") for name in _columns(table))
    }
    assert naming == ALL
    belonging = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ALL
    }
    assert belonging == {delivery.name}


async def test_what_is_purged_is_gone_from_every_table(engine: AsyncEngine, old: Corpus) -> None:
    """And nothing else is: neither another community's, nor the corpus."""
    ledger = SqlLedger(engine)
    await load(engine, old, "old")
    mine = Community("discord", "mine")
    await one_of_each(engine, mine, "mine")
    await one_of_each(engine, Community("discord", "theirs"), "theirs")
    await one_of_each(engine, Community("matrix", "mine"), "elsewhere")
    assert await tables_with(engine, "mine") == await tables_with(engine, "theirs") == ALL
    before = await all_rows(engine)
    await ledger.purge(mine)
    after = await all_rows(engine)
    assert await ledger.everything(mine) == {}
    assert {name for name in before if after[name] != before[name]} == ALL
    for name, rows in after.items():
        assert set(map(repr, rows)) <= set(map(repr, before[name]))
    assert (
        await tables_with(engine, "theirs") == await tables_with(engine, "elsewhere") | {"departure"} == ALL
    )
    assert await read(engine) == old
    await ledger.purge(mine)
    assert await all_rows(engine) == after


async def test_everything_is_told(engine: AsyncEngine) -> None:
    """Of one community, table by table, in words that JSON has; in each row stands everything."""
    ledger = SqlLedger(engine)
    await one_of_each(engine, HERE, "mine")
    await one_of_each(engine, THERE, "theirs")
    told = await ledger.everything(HERE)
    assert set(told) == ALL
    assert json.loads(json.dumps(told)) == told
    assert "theirs" not in json.dumps(told)
    for name, rows in told.items():
        assert all(set(row) == _columns(metadata.tables[name]) for row in rows)
    (item,), (suggestion,), (settings,) = (told[name] for name in ("own_item", "suggestion", "community"))
    assert item["seed"] == {
        "id": "contact:mine",
        "title": "mine",
        "urls": ["https://example.org/mine"],
    }
    assert (item["changed_at"], item["checked_on"]) == ("2026-03-01T12:00:00+00:00", "2026-03-01")
    assert (suggestion["standing"], suggestion["suggested_by"]) == ("pending", ANA)
    assert (settings["answers"], settings["police"]) == ("room", False)
    assert [act["deed"] for act in told["act"]] == ["added", "hidden", "offered"]
    assert await ledger.everything(Community("discord", "nowhere")) == {}


async def test_communities_that_the_bot_is_gone_from(ledger: Ledger) -> None:
    """Since they were left first, until it returns; those gone for longest come first."""
    others = [Community("discord", f"{number}") for number in range(3)]
    for hours, community in enumerate([HERE, *others]):
        await ledger.left(community, NOON - hours * HOUR)
    await ledger.left(MATRIX, NOON - DAY)
    await ledger.left(others[0], NOON - 2 * DAY)
    assert await ledger.departed("discord", NOON, 9) == [others[2], others[1], others[0]]
    assert await ledger.departed("discord", NOON + HOUR, 2) == [others[2], others[1]]
    assert await ledger.departed("matrix", NOON, 9) == [MATRIX]
    await ledger.returned(others[1])
    await ledger.returned(THERE)
    assert await ledger.departed("discord", NOON + HOUR, 9) == [others[2], others[0], HERE]
    await ledger.left(others[1], NOON)
    assert (await ledger.departed("discord", NOON + HOUR, 9))[-1] in {HERE, others[1]}
    await ledger.purge(HERE)
    assert HERE not in await ledger.departed("discord", NOON + DAY, 9)


async def test_every_community_of_which_anything_is_stored(ledger: Ledger, engine: AsyncEngine) -> None:
    """In whichever table, each once; a person's own schedule is no community's."""

    async def keep_settings(community: Community) -> None:
        await write_community(engine, community, CommunitySettings(two=True))

    async def keep_schedule(community: Community) -> None:
        await SqlBook(engine).add(a_schedule("owned", owner=community), MANY)

    def offered(community: Community) -> Offer:
        return Offer(f"code of {community.id}", community, NOON + DAY)

    ways = [
        lambda one: ledger.keep(one, new(an_item()), []),
        lambda one: ledger.hide(one, "topic:one", ADDED, hidden=True),
        lambda one: ledger.note(one, ADDED),
        lambda one: ledger.suggest(a_suggestion(community=one), 9),
        lambda one: ledger.add_card(a_card(community=one)),
        lambda one: ledger.offer(offered(one), ADDED),
        lambda one: ledger.left(one, NOON),
        keep_settings,
        keep_schedule,
    ]
    communities = [Community("discord", f"{number}") for number in range(len(ways))]
    for way, community in zip(ways, communities, strict=True):
        await way(community)
    await ledger.note(MATRIX, ADDED)
    await added(SqlBook(engine), a_schedule("own", owner=None, place=Place("discord", "conversation")))
    assert await ledger.kept("discord") == communities
    await one_of_each(engine, communities[0], "again")
    assert await ledger.kept("discord") == communities
    assert await ledger.kept("matrix") == [MATRIX]
    assert await ledger.kept("terminal") == []


async def test_a_community_that_is_replaced(ledger: Ledger, engine: AsyncEngine) -> None:
    """All that the ledger has of it is the new one's, to the letter; the bot is not gone from that one."""
    new_one = Community("discord", "successor")
    await one_of_each(engine, HERE, "mine")
    await one_of_each(engine, THERE, "theirs")
    told, others = await ledger.everything(HERE), await ledger.everything(THERE)
    await ledger.move(HERE, new_one)
    moved = await ledger.everything(new_one)
    left = {"community", "schedule", "delivery"}
    assert set(await ledger.everything(HERE)) == left
    assert set(moved) == ALL - left - {"departure"}
    for name, rows in moved.items():
        assert rows == [{**row, "community_id": new_one.id} for row in told[name]]
    assert await ledger.everything(THERE) == others
    assert await ledger.shelf(HERE) == OwnShelf()


async def test_a_community_that_is_replaced_by_one_with_a_shelf(ledger: Ledger) -> None:
    """What both have under one id stays as the new one has it, its links too; the rest comes after."""
    url = "https://example.org/"
    both = an_item("contact:both", "old", urls=[f"{url}old", f"{url}both"])
    assert await ledger.keep(HERE, new(an_item("topic:old", urls=[f"{url}kept"]), both), [ADDED])
    await ledger.found_link(LinkState(f"{url}old", LinkOutcome.GONE, NOON))
    await ledger.found_link(LinkState(f"{url}kept", LinkOutcome.FINE, NOON))
    theirs = replace(both, seed={"title": "new", "url": f"{url}both"}, removed=True)
    assert await ledger.keep(THERE, new(an_item("topic:new"), theirs), [an_act(by=BEA)])
    for community in (HERE, THERE):
        assert await ledger.hide(community, "topic:both", ADDED, hidden=True)
        assert await ledger.suggest(replace(a_suggestion(community=community), reason=community.id), 9)
        await ledger.add_card(replace(posted(a_card(community=community)), note=community.id))
        await ledger.offer(Offer(community.id, community, NOON + DAY), ADDED)
    assert await ledger.hide(HERE, "topic:old", ADDED, hidden=True)
    assert await ledger.suggest(a_suggestion("s2"), 9)
    await ledger.move(HERE, THERE)
    assert [(each.id, each.removed) for each in (await ledger.shelf(THERE)).items] == [
        ("topic:new", False),
        ("contact:both", True),
        ("topic:old", False),
    ]
    assert (await items(ledger, THERE))["contact:both"] == theirs
    assert (await ledger.shelf(THERE)).hidden == {"topic:both", "topic:old"}
    assert set(await ledger.link_states(THERE)) == {f"{url}kept"}
    assert await ledger.unchecked_links(LONG_AGO, LONG_AGO, 9) == []
    assert [(each.id, each.reason) for each in await ledger.pending(THERE, 9)] == [
        ("s1", "there"),
        ("s2", ""),
    ]
    assert [each.note for each in await ledger.cards(THERE)] == ["there"]
    assert await ledger.offered("here", NOON) is None
    assert await ledger.offered("there", NOON)
    assert len(await ledger.acts(THERE, limit=99)) == 7
    assert await ledger.everything(HERE) == {}
    (first, *_) = (await ledger.shelf(THERE)).items
    assert await ledger.keep(THERE, [Edit(first, replace(first, removed=True))], [])


async def test_a_community_that_replaces_itself(ledger: Ledger) -> None:
    """Nothing happens; and no community goes over to another platform."""
    assert await ledger.keep(HERE, new(an_item()), [ADDED])
    await ledger.move(HERE, HERE)
    await ledger.move(THERE, Community("discord", "nowhere"))
    assert await items(ledger) == {"contact:one": an_item()}
    with pytest.raises(ValueError, match="same platform"):
        await ledger.move(HERE, MATRIX)


async def test_what_is_too_old_is_pruned(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts, settled suggestions and cards that nobody sees, some at a time; what waits does so at any age."""
    monkeypatch.setattr("bot.store.leaving.PRUNED", 3)
    for community in (HERE, MATRIX):
        for number in range(10):
            at = NOON + number * DAY
            await ledger.note(community, Act(Deed.EDITED, f"{number}", ANA, at))
            waiting = a_suggestion(f"{number}", community, at=NOON - 99 * DAY)
            await ledger.suggest(waiting, 99)
            if number % 2:
                assert await ledger.settle(waiting, approved(waiting, at=at), [])
        stands = a_card("posted", community, NOON)
        for card in (stands, a_card("old", community, NOON), a_card("young", community, NOON + 9 * DAY)):
            await ledger.add_card(card)
            shown = posted(card)
            assert await ledger.change_card(card, shown)
            if card is not stands:
                assert await ledger.change_card(
                    replace(shown, version=2), replace(shown, state=CardState.WITHDRAWN)
                )
    assert await ledger.keep(HERE, new(an_item()), [])
    assert await ledger.prune(NOON + 7 * DAY) == 2 * (7 + 3 + 1)
    for community in (HERE, MATRIX):
        assert [act.subject for act in await ledger.acts(community, limit=99)] == ["9", "8", "7"]
        assert len(await ledger.pending(community, 99)) == 5
        settled = [await ledger.suggestion(community, name) for name in "13579"]
        assert [bool(each) for each in settled] == [False] * 3 + [True] * 2
        cards = [await ledger.card(community, name) for name in ("posted", "old", "young")]
        assert [bool(each) for each in cards] == [True, False, True]
    assert await ledger.prune(NOON + 7 * DAY) == 0
    assert await items(ledger) == {"contact:one": an_item()}


def _columns(table: Table) -> set[str]:
    return {column.name for column in table.columns}
