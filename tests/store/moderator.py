"""A process of moderators who decide and edit; `test_ledger_race.py` runs several at once.

It takes a database URL and its own name, says `ready`, waits for a line, and then says each suggestion that
it settled and, at last, how many edits of one item it made.
"""

import asyncio
import sys
from dataclasses import replace

from bot.curation.model import Edit
from bot.store import SqlLedger, open_engine
from tests.store.daily import NOON
from tests.store.shelves import HERE, an_act, an_item, approved, items, new

EDITS = 6


async def decide(ledger: SqlLedger, name: str) -> None:
    """Approve all that waits, and make an item of each."""
    while waiting := await ledger.pending(HERE, 5):
        for each in waiting:
            item = an_item(f"contact:{each.id}", name)
            if await ledger.settle(each, approved(each, name), new(item), [an_act(each.id, name)]):
                sys.stdout.write(f"{each.id}\n")


async def edit(ledger: SqlLedger, name: str) -> None:
    """Count one up in the same item that the others do, and read it again when they were first."""
    made = 0
    while made < EDITS:
        one = (await items(ledger))["contact:one"]
        number = one.seed["number"]
        assert isinstance(number, int)
        after = replace(one, seed={"number": number + 1})
        made += await ledger.keep(HERE, [Edit(one, after)], [an_act(by=name)])


async def tidy(ledger: SqlLedger, name: str) -> None:
    """Write in all communities at once, while others write in one."""
    for number in range(EDITS):
        await ledger.forget("discord", f"{name} {number}")
        await ledger.prune(NOON)


async def work(url: str, name: str) -> None:
    """Until all is decided and every edit is made."""
    engine = open_engine(url)
    ledgers = [SqlLedger(engine) for _ in range(3)]
    for ledger in ledgers:
        await ledger.shelf(HERE)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    await asyncio.gather(decide(ledgers[0], name), edit(ledgers[1], name), tidy(ledgers[2], name))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
