"""Suggestions wait until somebody settles them, once, and together with the item they become."""

from dataclasses import replace

import pytest

from bot.curation.ledger import Ledger
from bot.curation.model import Deed, Edit, Standing
from bot.errors import StoreError
from bot.model import Place
from tests.store.daily import HOUR, NOON
from tests.store.shelves import (
    ADDED,
    BEA,
    DAY,
    HERE,
    THERE,
    a_suggestion,
    an_act,
    an_item,
    approved,
    items,
    new,
)


async def test_what_was_suggested_is_read_back_exactly(ledger: Ledger) -> None:
    """By its community alone; with everything that may be said of it, and without."""
    full = replace(
        a_suggestion(),
        locale="zh",
        seconded_by=BEA,
        reason="原因",
        item="reading:one",
        queue=Place("discord", "queue"),
        message_id="message",
    )
    bare = replace(a_suggestion("s2"), by="", tell=None, seed={})
    for each in (full, bare):
        assert await ledger.suggest(each, 9)
        assert await ledger.suggestion(HERE, each.id) == each
        assert await ledger.suggestion(THERE, each.id) is None
    assert await ledger.suggestion(HERE, "s3") is None


async def test_only_so_many_wait_in_one_community(ledger: Ledger) -> None:
    """Oldest first; one that is settled makes room for another."""
    for number, name in enumerate("cab"):
        assert await ledger.suggest(a_suggestion(name, at=NOON - number * HOUR), most=3)
    assert not await ledger.suggest(a_suggestion("d"), most=3)
    assert await ledger.suggestion(HERE, "d") is None
    assert await ledger.suggest(a_suggestion("a", THERE), most=1)
    waiting = await ledger.pending(HERE, 9)
    assert [each.id for each in waiting] == ["b", "a", "c"]
    assert [each.id for each in await ledger.pending(HERE, 2)] == ["b", "a"]
    assert await ledger.settle(waiting[0], approved(waiting[0]))
    assert await ledger.suggest(a_suggestion("d"), most=3)
    assert [each.id for each in await ledger.pending(HERE, 9)] == ["a", "c", "d"]


async def test_one_id_is_suggested_once(ledger: Ledger) -> None:
    assert await ledger.suggest(a_suggestion(), 9)
    with pytest.raises(StoreError, match="nothing was changed"):
        await ledger.suggest(replace(a_suggestion(), seed={}), 9)
    assert await ledger.pending(HERE, 9) == [a_suggestion()]


async def test_a_suggestion_becomes_an_item(ledger: Ledger) -> None:
    """And is kept as settled, with what was told of it; the second who decides changes nothing."""
    before = a_suggestion()
    assert await ledger.suggest(before, 9)
    act = an_act(before.id, BEA)
    assert await ledger.settle(before, approved(before), new(an_item()), [ADDED, act])
    late = replace(before, standing=Standing.DECLINED, settled_at=NOON, reason="No.")
    assert not await ledger.settle(before, late, new(an_item("contact:two")), [an_act(by="late")])
    assert await ledger.suggestion(HERE, before.id) == replace(approved(before), version=2)
    assert await items(ledger) == {"contact:one": an_item()}
    assert await ledger.acts(HERE, limit=9) == [act, ADDED]
    assert await ledger.pending(HERE, 9) == []


async def test_an_item_that_changed_meanwhile_leaves_the_suggestion_waiting(ledger: Ledger) -> None:
    """All of it or nothing, whichever part comes too late."""
    before, item = a_suggestion(), an_item()
    assert await ledger.suggest(before, 9)
    assert await ledger.keep(HERE, new(item), [])
    for late in (new(item), [Edit(replace(item, version=5), item)]):
        assert not await ledger.settle(before, approved(before), late, [ADDED])
    assert await ledger.pending(HERE, 9) == [before]
    assert await ledger.acts(HERE, limit=9) == []


async def test_a_suggestion_goes_on_step_by_step(ledger: Ledger) -> None:
    """Its card is posted, one seconds it, another approves it, who made it is told: a version for each."""
    now = a_suggestion()
    assert await ledger.suggest(replace(now, version=44), 9)
    steps = [
        replace(now, queue=Place("discord", "queue"), message_id="card"),
        replace(now, seconded_by="first"),
        approved(now),
        replace(approved(now, at=NOON + DAY), by="", tell=None),
    ]
    for number, after in enumerate(steps, start=2):
        assert await ledger.settle(now, replace(after, id="other", community=THERE, version=0))
        now = replace(after, version=number)
        assert await ledger.suggestion(HERE, now.id) == now
    assert await ledger.suggestion(THERE, "other") is None


async def test_a_settled_suggestion_says_when(ledger: Ledger) -> None:
    """Its age is counted from there; and one that waits was not settled."""
    before = a_suggestion()
    assert await ledger.suggest(before, 9)
    for bad in (replace(before, standing=Standing.APPROVED), replace(before, settled_at=NOON)):
        with pytest.raises(StoreError, match="nothing was changed"):
            await ledger.settle(before, bad, new(an_item()), [replace(ADDED, deed=Deed.APPROVED)])
    assert await ledger.pending(HERE, 9) == [before]
    assert await items(ledger) == {}
