"""Moderators at once, in one process and in several: one of two wins, and the other is told."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.curation.ledger import Ledger
from bot.curation.model import Act, Changes, Deed, Edit, LinkOutcome, LinkState, Offer, Standing
from bot.model import Community
from bot.store import SqlLedger, open_engine
from tests.store.daily import NOON
from tests.store.moderator import EDITS
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
    an_act,
    an_item,
    approved,
    items,
    new,
    posted,
)


@pytest.fixture
async def two(database_url: str, engine: AsyncEngine) -> AsyncIterator[tuple[SqlLedger, SqlLedger]]:
    """Two ledgers on one database, as two processes have them."""
    other = open_engine(database_url)
    yield SqlLedger(engine), SqlLedger(other)
    await other.dispose()


async def test_processes_of_moderators(database_url: str, ledger: Ledger) -> None:
    """Three at once: every suggestion is settled by one of them, and no edit of an item is lost."""
    names = [f"{number:02}" for number in range(12)]
    for name in names:
        assert await ledger.suggest(a_suggestion(name), 99)
    assert await ledger.keep(HERE, new(replace(an_item(), seed={"number": 0})), [])
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.store.moderator", database_url, who, stdin=PIPE, stdout=PIPE
        )
        for who in "xyz"
    ]
    for process in processes:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0, 0]
    settled = {who: out.decode().split() for who, (out, _) in zip("xyz", said, strict=True)}
    assert Counter(name for some in settled.values() for name in some) == Counter(names)
    kept = await items(ledger)
    assert kept["contact:one"].seed == {"number": 3 * EDITS}
    assert kept["contact:one"].version == 1 + 3 * EDITS
    for who, some in settled.items():
        for name in some:
            suggestion = await ledger.suggestion(HERE, name)
            assert suggestion
            assert (suggestion.settled_by, suggestion.version) == (who, 2)
            assert kept[f"contact:{name}"].seed["title"] == who
            assert [act.by for act in await ledger.acts(HERE, name, limit=9)] == [who]
    assert Counter(act.by for act in await ledger.acts(HERE, "contact:one", limit=99)) == dict.fromkeys(
        "xyz", EDITS
    )


async def test_of_two_who_decide_at_once_one_wins(two: tuple[SqlLedger, SqlLedger]) -> None:
    """Approved or declined, and the shelf says the same as the suggestion, every time."""
    for number in range(10):
        before = a_suggestion(f"{number}")
        assert await two[0].suggest(before, 99)
        item = an_item(f"contact:{number}")
        declined = replace(before, standing=Standing.DECLINED, settled_at=NOON)
        done = await asyncio.gather(
            two[0].settle(before, approved(before), new(item), [an_act(before.id, ANA)]),
            two[1].settle(before, declined, (), [an_act(before.id, BEA)]),
        )
        now = await two[0].suggestion(HERE, before.id)
        assert now
        assert sum(done) == 1
        assert now.standing is (Standing.APPROVED if done[0] else Standing.DECLINED)
        assert (item.id in await items(two[1])) is done[0]
        assert [act.by for act in await two[1].acts(HERE, before.id, limit=9)] == [ANA if done[0] else BEA]


async def test_of_two_who_change_the_same_at_once_one_wins(two: tuple[SqlLedger, SqlLedger]) -> None:
    """Adding, editing, hiding, a card: whoever comes second is told."""
    for number in range(5):
        one, card = an_item(f"contact:{number}"), a_card(f"{number}")
        await two[0].add_card(card)
        for change in (
            [each.keep(HERE, new(one), [ADDED]) for each in two],
            [each.keep(HERE, [Edit(one, replace(one, removed=True))], [ADDED]) for each in two],
            [each.hide(HERE, f"topic:{number}", ADDED, hidden=True) for each in two],
            [each.change_card(card, posted(card), ADDED) for each in two],
        ):
            assert sum(await asyncio.gather(*change)) == 1
    assert len(await two[0].acts(HERE, limit=99)) == 5 * 4


async def test_no_more_wait_than_allowed(two: tuple[SqlLedger, SqlLedger]) -> None:
    """However many suggest at once."""
    done = await asyncio.gather(
        *(two[number % 2].suggest(a_suggestion(f"{number}"), most=5) for number in range(12)),
        *(two[number % 2].suggest(a_suggestion(f"{number}", THERE), most=7) for number in range(12)),
    )
    assert (sum(done[:12]), sum(done[12:])) == (5, 7)
    assert (len(await two[0].pending(HERE, 99)), len(await two[0].pending(THERE, 99))) == (5, 7)


async def test_a_shelf_is_handed_over_once(two: tuple[SqlLedger, SqlLedger]) -> None:
    """To one of those who have the code; and two who hand over to each other do not wait for ever."""
    await two[0].keep(HERE, new(an_item()), [])
    received = Changes(tuple(new(an_item())), (Act(Deed.RECEIVED, "shelf", BEA, NOON),))
    offers = [Offer("here", HERE, NOON + DAY), Offer("there", THERE, NOON + DAY)]
    others = [Community("discord", f"{number}") for number in range(4)]
    await two[0].offer(offers[0], ADDED)
    done = await asyncio.gather(
        *(two[n % 2].hand_over(offers[0], Changes(), other, received) for n, other in enumerate(others))
    )
    assert sum(done) == 1
    assert [bool(await items(two[0], other)) for other in others] == list(done)
    for _ in range(5):
        for offer in offers:
            await two[0].offer(offer, ADDED)
        exchanged = await asyncio.gather(
            two[0].hand_over(offers[0], Changes(), THERE, Changes()),
            two[1].hand_over(offers[1], Changes(), HERE, Changes()),
        )
        assert all(exchanged)


SEVERAL = [Community("discord", f"{number}") for number in range(4)]
URLS = [f"https://example.org/{number}" for number in range(8)]


async def curate(ledger: SqlLedger, here: Community) -> None:
    """Add, remove and restore items that have the same links everywhere, and suggest some."""
    for number in range(6):
        await ledger.keep(here, new(an_item(f"contact:{number}", urls=URLS)), [ADDED])
        for own in [each for name, each in (await items(ledger, here)).items() if name == "contact:0"]:
            await ledger.keep(here, [Edit(own, replace(own, removed=not own.removed))], [an_act(by=BEA)])
        await ledger.suggest(a_suggestion(f"{number} of {here.id}", here), 99)


async def tidy(ledger: SqlLedger) -> None:
    """Write in all communities at once."""
    for number, url in enumerate(URLS):
        await ledger.found_link(LinkState(url, LinkOutcome.GONE, NOON, failures=1))
        await ledger.forget("discord", (ANA, BEA)[number % 2])
        await ledger.prune(LONG_AGO)
        await ledger.offer(Offer(f"{number}", SEVERAL[0], NOON), ADDED)


async def leave(ledger: SqlLedger) -> None:
    """Let communities become one another, and one of them go."""
    for number in range(6):
        await ledger.move(SEVERAL[number % 3], SEVERAL[number % 3 + 1])
        await ledger.purge(SEVERAL[0])


async def test_everybody_writes_at_once(two: tuple[SqlLedger, SqlLedger]) -> None:
    """In one community, in two, in all: nobody waits for ever, and nothing is left of who was purged."""
    curating = [curate(two[number % 2], each) for number, each in enumerate(SEVERAL)]
    await asyncio.gather(*curating, tidy(two[0]), tidy(two[1]), leave(two[1]))
    assert await items(two[0], SEVERAL[-1])
    for each in SEVERAL:
        await two[0].purge(each)
        assert await two[1].everything(each) == {}
    assert await two[0].kept("discord") == []
