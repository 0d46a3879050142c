"""A person can be taken out of what is kept, and what is taken out is gone from the files too."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.curation.ledger import Ledger
from bot.curation.model import Deed
from bot.model import Community, Place
from bot.store import SqlLedger
from bot.store.engine import reading
from tests.store.shelves import (
    ADDED,
    ANA,
    BEA,
    HERE,
    THERE,
    a_suggestion,
    an_act,
    an_item,
    approved,
    items,
    new,
    one_of_each,
    tables_with,
)

MATRIX = Community("matrix", "here")


def in_files(path: Path, text: str) -> bool:
    """Whether a database, or what stands beside it, has this text anywhere."""
    return any(text.encode() in each.read_bytes() for each in path.parent.iterdir())


async def test_what_is_purged_is_gone_from_the_files(sqlite_engine: tuple[AsyncEngine, Path]) -> None:
    """Pages that are free and the log too: somebody may find the disk."""
    engine, path = sqlite_engine
    await one_of_each(engine, HERE, "wXyZ-purged")
    assert in_files(path, "wXyZ-purged")
    await SqlLedger(engine).purge(HERE)
    assert not in_files(path, "wXyZ-purged")


async def _had_to_do(ledger: Ledger) -> None:
    """Ana and Bea had to do with much in two communities; another Ana did something on another platform."""
    for community in (HERE, THERE):
        await ledger.suggest(replace(a_suggestion("by", community), seconded_by=BEA), 9)
        await ledger.suggest(replace(a_suggestion("seconded", community), by=BEA, seconded_by=ANA), 9)
        last = a_suggestion("settled", community)
        await ledger.suggest(last, 9)
        assert await ledger.settle(last, replace(approved(last, ANA), by=BEA), new(an_item()), [ADDED])
        await ledger.suggest(replace(a_suggestion("none", community), by="", tell=None), 9)
        await ledger.note(community, an_act(by=BEA))
    await ledger.note(MATRIX, ADDED)


async def test_a_person_who_is_forgotten(ledger: Ledger, engine: AsyncEngine) -> None:
    """In all communities of the platform, in whatever role; what they did there stays, and so do others."""
    await _had_to_do(ledger)
    assert await tables_with(engine, ANA) == {"act", "suggestion"}
    before = await items(ledger)
    assert await ledger.forget("discord", ANA) == 8
    assert [(act.deed, act.by) for act in await ledger.acts(HERE, limit=9)] == [
        (Deed.EDITED, BEA),
        (Deed.ADDED, ""),
    ]
    by, seconded, settled = [await ledger.suggestion(HERE, name) for name in ("by", "seconded", "settled")]
    assert by
    assert seconded
    assert settled
    assert (by.by, by.tell, by.seconded_by) == ("", None, BEA)
    assert (seconded.by, seconded.tell, seconded.seconded_by) == (BEA, Place("discord", "direct"), "")
    assert (settled.by, settled.tell, settled.settled_by) == (BEA, Place("discord", "direct"), "")
    assert await items(ledger) == before
    assert [act.by for act in await ledger.acts(MATRIX, limit=9)] == [ANA]
    assert await ledger.forget("matrix", ANA) == 1
    assert await tables_with(engine, ANA) == set()
    assert await ledger.forget("discord", ANA) == 0


async def test_a_person_is_gone_from_the_files(sqlite_engine: tuple[AsyncEngine, Path]) -> None:
    """Free space in pages and the log too."""
    engine, path = sqlite_engine
    ledger = SqlLedger(engine)
    await _had_to_do(ledger)
    await ledger.purge(MATRIX)
    assert in_files(path, ANA)
    await ledger.forget("discord", ANA)
    assert not in_files(path, ANA)
    assert in_files(path, BEA)


async def test_forgetting_does_not_wait_for_who_reads(sqlite_engine: tuple[AsyncEngine, Path]) -> None:
    """A long backup, say: the id is gone from what is read, and from the log when it is written over."""
    engine, path = sqlite_engine
    ledger = SqlLedger(engine)
    await ledger.note(HERE, ADDED)
    async with reading(engine) as connection:
        await connection.exec_driver_sql("SELECT * FROM act")
        await ledger.note(HERE, an_act(by=BEA))
        assert await ledger.forget("discord", ANA) == 1
        assert await ledger.forget("discord", BEA) == 1
    await ledger.forget("discord", "nobody")
    assert not in_files(path, ANA)


async def test_nobody_in_particular_is_not_forgotten(ledger: Ledger) -> None:
    """Whoever is not recorded has nothing to be forgotten of."""
    await ledger.note(HERE, replace(ADDED, by=""))
    await ledger.suggest(replace(a_suggestion(), by="", tell=None), 9)
    assert await ledger.forget("discord", "") == 0


async def test_who_read_a_suggestion_before_does_not_write_a_person_back(
    ledger: Ledger, engine: AsyncEngine
) -> None:
    before = a_suggestion()
    await ledger.suggest(before, 9)
    assert await ledger.forget("discord", ANA) == 1
    assert not await ledger.settle(before, replace(before, reason="Too late."), new(an_item()))
    assert await tables_with(engine, ANA) == set()
    now = await ledger.suggestion(HERE, before.id)
    assert now
    assert await ledger.settle(now, approved(now), new(an_item()))
