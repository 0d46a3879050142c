"""`python -m bench.own`: what a question costs where very many communities have a shelf of their own."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from random import Random

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.bots import figures, resident
from bench.report import machine, write_into
from bot.corpus.check import packaged_seeds, read
from bot.curation.model import ADDED, Own, OwnShelf
from bot.model import Community
from bot.search.text import words
from bot.shelf import Found, Shelf
from bot.shelves import MOST, Shelves
from bot.store import SqlLedger, open_engine, upgrade
from bot.store.curation_rows import own_values
from bot.store.curation_tables import own_item
from bot.store.engine import reading, writing

DOCUMENT = Path("docs/benchmarks.md")
MARK = "own"
ENTRIES = 50  # of each community
AT_ONCE = 200  # communities in one transaction
VARIETY = 500  # different shelves, so that making them does not take longer than asking
SKEW = 0.6  # the exponent of Pareto's law: a few communities ask much of what is asked
SEED = 1
PLACES = (
    "harbour",
    "meadow",
    "canyon",
    "willow",
    "copper",
    "lantern",
    "cedar",
    "granite",
    "juniper",
    "amber",
)
THINGS = ("kitchen", "nursery", "choir", "workshop", "library", "hostel", "garden", "bakery")
PEER = "CREATE VIRTUAL TABLE peer USING fts5(community, title, body, tokenize = 'porter')"
ASK_PEER = "SELECT rowid FROM peer WHERE peer MATCH :match ORDER BY rank LIMIT 10"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a way of answering costs: milliseconds, of so many questions, and the share that was answered."""

    name: str
    asked: int
    median_ms: float
    p99_ms: float
    answered: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a stream of questions. Memory is in bytes, `kept` counts entries in memory at the end."""

    communities: int
    entries: int
    resident_before: int
    resident_after: int
    kept: int
    rows: tuple[Figures, ...]


class Counted(SqlLedger):
    """A ledger that counts how often a shelf was read from it."""

    reads = 0

    async def shelf(self, community: Community) -> OwnShelf:
        """See `Ledger`."""
        self.reads += 1
        return await super().shelf(community)


def main() -> None:
    """Read the options, fill a database, ask, and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench.own", description=__doc__)
    parser.add_argument("--communities", type=int, default=100_000, metavar="N", help="with a shelf each")
    parser.add_argument("--queries", type=int, default=3000, metavar="N", help="questions in the stream")
    parser.add_argument("--most", type=int, default=MOST, metavar="N", help="entries kept in memory")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file, too")
    parser.add_argument("--write-docs", action="store_true", help=f"replace the numbers in {DOCUMENT}")
    options = parser.parse_args()
    facts = machine()
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(measure(Path(folder), options.communities, options.queries, options.most))
    shown = table(facts, outcome)
    print(shown, end="")
    if options.json:
        data = {"machine": facts, "own": asdict(outcome)}
        options.json.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
    if options.write_docs:
        write_into(DOCUMENT, shown, MARK)


async def measure(folder: Path, communities: int, queries: int, most: int) -> Outcome:
    """Ask each question on the shared shelf, in a community, and of the peer, one after the other."""
    tell = _teller()
    engine = open_engine(f"sqlite+aiosqlite:///{folder}/own.sqlite3")
    await upgrade(engine)
    kinds = [list(_shelf(Random(number))) for number in range(min(VARIETY, communities))]
    tell(f"making {communities:,} shelves of {ENTRIES}")
    await _fill(engine, kinds, communities)
    shared = Shelf.of(read(packaged_seeds()))
    ledger = Counted(engine)
    shelves = Shelves(shared, ledger, most=most)
    await shared.find("nordic model")
    times: dict[str, list[tuple[float, bool]]] = {name: [] for name in ("shared", "first", "again", "FTS5")}
    before = resident(os.getpid())
    tell(f"{queries:,} questions")
    for number, question in islice(_stream(kinds, communities), queries):
        times["shared"].append(await _timed(shared.find(question)))
        reads, began = ledger.reads, time.perf_counter()
        found = await (await shelves.of(_community(number))).find(question)
        taken = time.perf_counter() - began
        times["first" if ledger.reads > reads else "again"].append((taken, isinstance(found, Found)))
        times["FTS5"].append(await _peer(engine, number, question))
    after = resident(os.getpid())
    tell("done")
    rows = tuple(_figures(name, taken) for name, taken in times.items() if taken)
    await shelves.close()
    shared.close()
    await engine.dispose()
    return Outcome(communities, ENTRIES, before, after, shelves.size, rows)


def _community(number: int) -> Community:
    return Community("discord", str(number))


def _shelf(rng: Random) -> Iterator[Own]:
    """A shelf of made-up contacts and readings; no two of its titles are the same."""
    at, day = datetime(2026, 6, 1, tzinfo=UTC), date(2026, 6, 1)
    titles = [f"{place} {thing}".title() for place in PLACES for thing in THINGS]
    for number, title in enumerate(rng.sample(titles, ENTRIES)):
        about = " ".join(rng.choices((*PLACES, *THINGS, "people", "support", "evening", "housing"), k=25))
        said = {"text": about, "by": "the moderators", "from": {"section": ADDED}}
        if number % 2:
            work = {"type": "webpage", "title": title, "url": f"https://{number}.example/"}
            yield _own({"id": f"reading:r{number}", "title": title, "work": work, **said}, at, day)
        else:
            more = {
                "emails": [f"m{number}@mail.example"],
                "checked_on": day.isoformat(),
                "checked_in": "here",
            }
            yield _own({"id": f"contact:c{number}", "title": title, **more, **said}, at, day)


def _own(seed: dict[str, object], at: datetime, day: date) -> Own:
    return Own(str(seed["id"]), seed, 1, at, day)


async def _fill(engine: AsyncEngine, kinds: Sequence[Sequence[Own]], communities: int) -> None:
    async with writing(engine) as connection:
        await connection.execute(text(PEER))
    for start in range(0, communities, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, communities))
        rows = [(number, own) for number in numbers for own in kinds[number % len(kinds)]]
        async with writing(engine) as connection:
            await connection.execute(
                own_item.insert(),
                [
                    {
                        "community_platform": "discord",
                        "community_id": str(number),
                        "id": own.id,
                        "version": own.version,
                        "position": place % ENTRIES,
                        **own_values(own),
                    }
                    for place, (number, own) in enumerate(rows)
                ],
            )
            await connection.execute(
                text("INSERT INTO peer VALUES (:community, :title, :body)"),
                [
                    {"community": f"c{number}", "title": own.seed["title"], "body": own.seed["text"]}
                    for number, own in rows
                ],
            )


def _stream(kinds: Sequence[Sequence[Own]], communities: int) -> Iterator[tuple[int, str]]:
    """Questions without end, each with the number of the community that asks: for a name that it has."""
    rng = Random(SEED)
    while True:
        number = int(rng.paretovariate(SKEW)) % communities
        yield number, str(rng.choice(kinds[number % len(kinds)]).seed["title"])


async def _timed(asking: Awaitable[object]) -> tuple[float, bool]:
    began = time.perf_counter()
    found = await asking
    return time.perf_counter() - began, isinstance(found, Found)


async def _peer(engine: AsyncEngine, number: int, question: str) -> tuple[float, bool]:
    match = f"community : c{number} AND ({' OR '.join(words(question))})"
    began = time.perf_counter()
    async with reading(engine) as connection:
        rows = (await connection.execute(text(ASK_PEER), {"match": match})).all()
    return time.perf_counter() - began, bool(rows)


def _figures(name: str, taken: Sequence[tuple[float, bool]]) -> Figures:
    median, p99, _ = figures([seconds for seconds, _ in taken])
    return Figures(name, len(taken), median, p99, sum(found for _, found in taken) / len(taken))


def table(facts: dict[str, str], outcome: Outcome) -> str:
    """The figures for people; ratios are to the same questions on the shared shelf alone."""
    names = ("Python", "SQLite", "system", "CPUs", "load at the start")
    shared = outcome.rows[0]
    lines = [
        ", ".join(f"{name} {facts[name]}" for name in names),
        "",
        f"{outcome.communities:,} communities of {outcome.entries} entries",
        f"memory before     {outcome.resident_before / 1e6:.0f} MB",
        f"memory after      {outcome.resident_after / 1e6:.0f} MB, with {outcome.kept:,} entries kept",
        "",
        f"{'milliseconds':<16}"
        + "".join(f"{head:>11}" for head in ("median", "p99", "ratio", "asked", "found")),
    ]
    lines += [
        f"{row.name:<16}{row.median_ms:>11,.1f}{row.p99_ms:>11,.1f}"
        f"{f'× {row.median_ms / shared.median_ms:,.1f}':>11}{row.asked:>11,}{row.answered:>11.0%}"
        for row in outcome.rows
    ]
    return "\n".join((*lines, ""))


def _teller() -> Callable[[str], None]:
    started = time.monotonic()

    def tell(what: str) -> None:
        print(f"[{time.monotonic() - started:4.0f} s] {what}", file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    main()
