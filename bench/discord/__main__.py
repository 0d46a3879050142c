"""`python -m bench.discord`: round trips, start and memory, beside a bot that always says the same."""

import argparse
import asyncio
import json
import tempfile
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

from bench.bots import TOPICS, figures
from bench.discord.bots import Running, constant, ours
from bench.report import machine, write_into

WARM_UP = 20
DOCUMENT = Path("docs/benchmarks.md")
MARK = "Discord"


@dataclass(frozen=True, slots=True)
class Row:
    """Milliseconds, seconds and bytes."""

    bot: str
    median_ms: float
    p99_ms: float
    at_once_median_ms: float
    at_once_slowest_ms: float
    start_s: float
    resident_bytes: int


def main() -> None:
    """Read the options, ask both bots in turns, and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench.discord", description=__doc__)
    parser.add_argument("--commands", type=int, default=300, metavar="N", help="one after the other")
    parser.add_argument("--at-once", type=int, default=200, metavar="N", help="by as many people")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file, too")
    parser.add_argument("--write-docs", action="store_true", help=f"replace the numbers in {DOCUMENT}")
    options = parser.parse_args()
    rows = asyncio.run(compare(options.commands, options.at_once))
    text = table(rows, options.commands, options.at_once)
    print(text, end="")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", "utf-8")
    if options.write_docs:
        write_into(DOCUMENT, text, MARK)


async def compare(commands: int, at_once: int) -> list[Row]:
    """Ask both bots the same, in turns, so that whatever else the machine does meets both."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bots = {
            "Infoshop": await stack.enter_async_context(ours(folder)),
            "constant": await stack.enter_async_context(constant()),
        }
        alone: dict[str, list[float]] = {name: [] for name in bots}
        people = {name: bot.people(WARM_UP + commands) for name, bot in bots.items()}
        for number, topic in enumerate(islice(cycle(TOPICS), WARM_UP + commands)):
            for name, bot in bots.items():
                alone[name].append(await bot.asked(people[name][number], topic))
        together = {name: await crowd(bot, at_once) for name, bot in bots.items()}
        return [row(name, bot, alone[name][WARM_UP:], together[name]) for name, bot in bots.items()]


async def crowd(bot: Running, people: int) -> list[float]:
    """Seconds that each of so many people waits who all ask at once."""
    asking = zip(bot.people(people), cycle(TOPICS), strict=False)
    return await asyncio.gather(*(bot.asked(person, topic) for person, topic in asking))


def row(name: str, bot: Running, alone: list[float], together: list[float]) -> Row:
    """The figures of one bot."""
    median, p99, _ = figures(alone)
    crowd_median, _, slowest = figures(together)
    return Row(name, median, p99, crowd_median, slowest, bot.started, bot.resident)


def table(rows: list[Row], commands: int, at_once: int) -> str:
    """The figures for people, and those of ours by those of the other."""
    facts = machine()
    names = ("Python", "system", "CPUs", "load at the start")
    heads = ("", "median", "p99", f"{at_once} at once", "slowest", "start", "memory")
    lines = [
        ", ".join(f"{name} {facts[name]}" for name in names),
        f"/summary, {commands} times one after the other, then {at_once} at once by as many people",
        "",
        "".join(f"{head:>12}" if head else f"{head:<12}" for head in heads),
        *(_line(each) for each in rows),
    ]
    one, other = (list(asdict(each).values())[1:] for each in rows)
    ratios = "".join(f"{f'× {mine / theirs:.1f}':>12}" for mine, theirs in zip(one, other, strict=True))
    return "\n".join([*lines, f"{'ratio':<12}{ratios}", ""])


def _line(each: Row) -> str:
    times = (each.median_ms, each.p99_ms, each.at_once_median_ms, each.at_once_slowest_ms)
    shown = "".join(f"{f'{value:,.1f} ms':>12}" for value in times)
    return f"{each.bot:<12}{shown}{f'{each.start_s:.1f} s':>12}{f'{each.resident_bytes / 1e6:.0f} MB':>12}"


if __name__ == "__main__":
    main()
