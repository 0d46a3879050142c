"""`python -m bench.matrix`: round trips, start and memory beside a bot that repeats what it hears; 502."""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

from bench.bots import TOPICS, figures, infoshop
from bench.matrix.audience import Audience, audience
from bench.matrix.bots import KINDS, Running, echo, ours, settings
from bench.matrix.trouble import Requests, requests
from bench.report import machine, write_into
from tests.homeserver.synapse import Synapse

DOCUMENT = Path("docs/benchmarks.md")
MARK = "Matrix"
# Of more than ten events in a room, answers among them, a homeserver tells only the last, and the echo asks
# for no others.
TOGETHER = 5


@dataclass(frozen=True, slots=True)
class Row:
    """Milliseconds, seconds and bytes. `resident_after_bytes` is after all commands."""

    bot: str
    plain_median_ms: float
    plain_p99_ms: float
    encrypted_median_ms: float
    encrypted_p99_ms: float
    start_s: float
    resident_bytes: int
    resident_after_bytes: int


def main() -> None:
    """Read the options, ask both bots in turns, and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench.matrix", description=__doc__)
    parser.add_argument("--commands", type=int, default=300, metavar="N", help="timed, in each kind of room")
    parser.add_argument("--people", type=int, default=30, metavar="N", help="who take turns, in each room")
    parser.add_argument(
        "--commands-for-memory", type=int, default=1000, metavar="N", help="in all, before memory is measured"
    )
    parser.add_argument(
        "--seconds-of-trouble", type=float, default=60, metavar="S", help="of nothing but 502"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file, too")
    parser.add_argument("--write-docs", action="store_true", help=f"replace the numbers in {DOCUMENT}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, trouble, asked = asyncio.run(
            measure(
                Path(folder),
                options.people,
                options.commands,
                options.commands_for_memory,
                options.seconds_of_trouble,
            )
        )
    text = table(rows, trouble, options.people, options.commands, asked)
    print(text, end="")
    if options.json:
        data = {"commands": asked, "rows": [asdict(row) for row in rows], "trouble": asdict(trouble)}
        options.json.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
    if options.write_docs:
        write_into(DOCUMENT, text, MARK)


async def measure(
    folder: Path, people: int, commands: int, for_memory: int, seconds: float
) -> tuple[list[Row], Requests, int]:
    """The figures on a homeserver of their own, and how many commands each bot was given in all."""
    keeps = folder / "homeserver"
    keeps.mkdir()
    synapse = Synapse(keeps)
    await asyncio.to_thread(synapse.start)
    try:
        await infoshop(settings(folder), "corpus", "load")
        async with audience(synapse, people) as asking:
            rows, asked = await compare(synapse, asking, folder, commands, for_memory)
            trouble = await requests(synapse, asking.listener, folder, seconds)
        return rows, trouble, asked
    finally:
        await asyncio.to_thread(synapse.stop)


async def compare(
    synapse: Synapse, people: Audience, folder: Path, commands: int, for_memory: int
) -> tuple[list[Row], int]:
    """Ask both bots the same, in turns, so that whatever else the machine does meets both.

    Before it counts, everybody has asked in each room: in an encrypted one, a first message brings its key.
    """
    warm_up = len(people.speakers)
    async with AsyncExitStack() as stack:
        bots = {
            "Infoshop": await stack.enter_async_context(ours(synapse, people, folder)),
            "nio echo": await stack.enter_async_context(echo(synapse, people, folder)),
        }
        times: dict[tuple[str, str], list[float]] = {(name, kind): [] for name in bots for kind in KINDS}
        for topic in islice(cycle(TOPICS), warm_up + commands):
            for kind in KINDS:
                for name, bot in bots.items():
                    seconds = await people.asked(bot.user_id, bot.rooms[kind], f"!summary {topic}")
                    times[name, kind].append(seconds)
        more = max(0, for_memory - (warm_up + commands) * len(KINDS))
        for bot in bots.values():
            await crowd(people, bot, more)
        timed = {each: taken[warm_up:] for each, taken in times.items()}
        rows = [row(name, bot, {kind: timed[name, kind] for kind in KINDS}) for name, bot in bots.items()]
        return rows, more + (warm_up + commands) * len(KINDS)


async def crowd(people: Audience, bot: Running, commands: int) -> None:
    """Have some ask at once, again and again, in one room and in the other."""
    words = (f"!summary {topic}" for topic in islice(cycle(TOPICS), commands))
    rooms = cycle(bot.rooms.values())
    while some := list(islice(words, min(TOGETHER, len(people.speakers)))):
        await people.asked_together(bot.user_id, next(rooms), some)


def row(name: str, bot: Running, times: Mapping[str, list[float]]) -> Row:
    """The figures of one bot."""
    plain_median, plain_p99, _ = figures(times["plain"])
    encrypted_median, encrypted_p99, _ = figures(times["encrypted"])
    return Row(
        name,
        plain_median,
        plain_p99,
        encrypted_median,
        encrypted_p99,
        bot.started,
        bot.resident_at_start,
        bot.resident,
    )


def table(rows: list[Row], trouble: Requests, people: int, commands: int, asked: int) -> str:
    """The figures for people, and those of ours by those of the other."""
    facts = machine()
    names = ("Python", "system", "CPUs", "load at the start")
    heads = ("plain", "p99", "encrypted", "p99", "start", "memory", f"after {asked:,}")
    one, other = (list(asdict(each).values())[1:] for each in rows)
    ratios = "".join(f"{f'× {mine / theirs:.1f}':>12}" for mine, theirs in zip(one, other, strict=True))
    lines = (
        ", ".join(f"{name} {facts[name]}" for name in names),
        f"!summary, {commands} times one after the other in rooms of {people + 2}, then {TOGETHER} at once",
        "",
        f"{'':<12}" + "".join(f"{head:>12}" for head in heads),
        *(_line(each) for each in rows),
        f"{'ratio':<12}{ratios}",
        "",
        f"Requests of Infoshop in {trouble.seconds:g} s of nothing but 502:",
        f"{trouble.while_answering} with a command to answer, {trouble.from_the_start} when started then",
        "",
    )
    return "\n".join(lines)


def _line(each: Row) -> str:
    times = (each.plain_median_ms, each.plain_p99_ms, each.encrypted_median_ms, each.encrypted_p99_ms)
    shown = "".join(f"{f'{value:,.1f} ms':>12}" for value in times)
    memory = (each.resident_bytes, each.resident_after_bytes)
    held = "".join(f"{f'{value / 1e6:.0f} MB':>12}" for value in memory)
    return f"{each.bot:<12}{shown}{f'{each.start_s:.1f} s':>12}{held}"


if __name__ == "__main__":
    main()
