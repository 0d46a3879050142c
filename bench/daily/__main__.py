"""`python -m bench.daily`: what a million schedules cost, and a hundred thousand due in the same minute."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.daily.burst import Burst, burst
from bench.daily.ledger import fill
from bench.daily.scan import Row, scan
from bench.report import machine, write_into

DOCUMENT = Path("docs/benchmarks.md")
MARK = "daily"
FEW = 1000
PENDING = 10  # one delivery is pending for so many schedules


def main() -> None:
    """Read the options, time the scan and the burst, and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench.daily", description=__doc__)
    parser.add_argument("--schedules", type=_positive, default=1_000_000, metavar="N", help="in all")
    parser.add_argument("--due", type=_positive, default=100_000, metavar="N", help="in the same minute")
    parser.add_argument("--seconds", type=_positive, default=60, metavar="S", help="of the burst")
    parser.add_argument("--times", type=_positive, default=200, metavar="N", help="each question is asked")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file, too")
    parser.add_argument("--write-docs", action="store_true", help=f"replace the numbers in {DOCUMENT}")
    options = parser.parse_args()
    if not FEW < options.schedules >= options.due:
        parser.error(f"--schedules has to be more than {FEW}, and not less than --due")
    facts = machine()
    with tempfile.TemporaryDirectory() as folder:
        rows, one = asyncio.run(measure(Path(folder), options))
    text = table(facts, rows, one)
    print(text, end="")
    if options.json:
        data = {"machine": facts, "scan": [asdict(row) for row in rows], "burst": asdict(one)}
        options.json.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
    if options.write_docs:
        write_into(DOCUMENT, text, MARK)


async def measure(folder: Path, options: argparse.Namespace) -> tuple[list[Row], Burst]:
    """Time the scan of few schedules and of many, and the burst on a copy of those."""
    schedules, due = options.schedules, options.due
    tell = _teller()
    paths = {count: folder / f"{count}.sqlite3" for count in (FEW, schedules)}
    for count, path in paths.items():
        tell(f"making {count:,} schedules")
        await fill(path, count)
    copy = folder / "infoshop.sqlite3"
    await asyncio.to_thread(shutil.copyfile, paths[schedules], copy)
    tell("scanning")
    rows = await scan(paths, {count: count // PENDING for count in paths}, options.times)
    tell(f"{due:,} due at once")
    one = await burst(copy, schedules, due, options.seconds)
    tell("done")
    return rows, one


def table(facts: dict[str, str], rows: Sequence[Row], one: Burst) -> str:
    """The figures for people."""
    names = ("Python", "SQLite", "system", "CPUs", "load at the start")
    return "\n".join(
        (
            ", ".join(f"{name} {facts[name]}" for name in names),
            "",
            *_scanned(rows, one.schedules),
            "",
            *_burst(one),
            "",
        )
    )


def _scanned(rows: Sequence[Row], many: int) -> list[str]:
    at = {(row.question, row.schedules): row for row in rows}
    heads = (f"{FEW:,}", "p99", f"{many:,}", "p99", "ratio", "p99", "asked")
    lines = [
        f"Milliseconds by the number of schedules, for each {PENDING} of which a delivery is in the queue",
        f"{'':<16}" + "".join(f"{head:>11}" for head in heads),
    ]
    for question in dict.fromkeys(row.question for row in rows):
        one, other = at[question, FEW], at[question, many]
        times = (one.median_ms, one.p99_ms, other.median_ms, other.p99_ms)
        ratios = (other.median_ms / one.median_ms, other.p99_ms / one.p99_ms)
        lines.append(
            f"{question:<16}"
            + "".join(f"{value:>11,.1f}" for value in times)
            + "".join(f"{f'× {value:,.1f}':>11}" for value in ratios)
            + f"{one.times:>11}"
        )
    return lines


def _burst(one: Burst) -> list[str]:
    asked = (
        ("idle", one.median_before_ms, one.p99_before_ms, one.asked_before),
        ("meanwhile", one.median_ms, one.p99_ms, one.asked),
    )
    ratios = (one.median_ms / one.median_before_ms, one.p99_ms / one.p99_before_ms)
    posts = (
        f"{one.posts:,}: {one.per_second:.1f} a second, {one.most_in_a_second} at most,"
        f" {one.refused} refused, {one.furthest} places out of turn at most"
    )
    before, most = one.resident_before / 1e6, one.resident_most / 1e6
    return [
        f"{one.due:,} of {one.schedules:,} due in the same minute, in {one.channels:,} channels",
        f"posts in {one.seconds:g} s".ljust(18) + posts,
        f"processor         {one.processor_s / one.seconds:.2f} of one",
        f"in the queue      {one.most_in_queue:,} at most",
        f"memory            {before:.0f} MB before, {most:.0f} MB at most",
        "",
        f"{'/summary':<16}{'median':>11}{'p99':>11}{'asked':>11}",
        *(
            f"{when:<16}{f'{p50:,.1f} ms':>11}{f'{p99:,.1f} ms':>11}{times:>11}"
            for when, p50, p99, times in asked
        ),
        f"{'ratio':<16}" + "".join(f"{f'× {value:.1f}':>11}" for value in ratios),
    ]


def _teller() -> Callable[[str], None]:
    started = time.monotonic()

    def tell(what: str) -> None:
        print(f"[{time.monotonic() - started:4.0f} s] {what}", file=sys.stderr, flush=True)

    return tell


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above zero")
    return int(text)


if __name__ == "__main__":
    main()
