"""`python -m bench`: compare our search with others on the same corpora, in one run."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.corpus import Generator
from bench.peers import PEERS, Peer
from bench.questions import Question, questions
from bench.report import as_data, growth, header, machine, table, write_into
from bench.summary import Row, row
from bench.trial import WARM_UP, run, save
from bot.search.record import Record

_SEED = 1
_SIZES = (100, 10_000, 100_000, 1_000_000)
_QUESTIONS = 1000
_FEWEST = 100  # questions, however slow the peer: with fewer there is no p99
_DOCUMENT = Path("docs/benchmarks.md")


def main() -> None:
    """Read the options, try every peer at every size, and print what came out."""
    options = _options()
    started = time.monotonic()

    def tell(what: str) -> None:
        print(f"[{time.monotonic() - started:4.0f} s] {what}", file=sys.stderr, flush=True)

    facts = machine()
    rows: list[Row] = []
    text = header(facts)
    print(text, end="", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "records"
        for size in options.sizes:
            tell(f"{size:,} entries: generating")
            asked = _generate(size, options.queries + WARM_UP, path)
            for peer in options.peers:
                count = _count(peer, size, options.queries)
                tell(f"{size:,} entries: {peer.name}, {count} questions")
                rows.append(row(run(peer.name, path, asked[:count] + asked[-WARM_UP:])))
            text += (figures := table(rows[-len(options.peers) :]))
            print(figures, end="", flush=True)
    text += (figures := growth(rows))
    print(figures, end="")
    if options.json:
        options.json.write_text(json.dumps(as_data(facts, rows), indent=2) + "\n", "utf-8")
    if options.write_docs:
        write_into(_DOCUMENT, text, "search")
    tell("done")


def _generate(size: int, count: int, path: Path) -> list[Question]:
    """Write a corpus to the file, and ask about records drawn from all of it."""
    rng = Random(_SEED)
    about = [rng.randrange(size) for _ in range(count)]
    wanted = dict.fromkeys(about)
    kept: dict[int, Record] = {}
    generator = Generator(_SEED)

    def keeping() -> Iterator[Record]:
        for number, record in enumerate(generator.records(size)):
            if number in wanted:
                kept[number] = record
            yield record

    save(keeping(), path)
    return list(questions([kept[number] for number in about], generator.ranks, rng))


def _count(peer: Peer, size: int, most: int) -> int:
    """How many questions a peer is asked: fewer of those that would take many minutes to answer all."""
    if peer.full_up_to is None or size <= peer.full_up_to:
        return most
    return min(most, max(_FEWEST, most * peer.full_up_to // size))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Compare our search with others on the same generated corpora, in some fifteen minutes.",
    )
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=_SIZES,
        metavar="N,N,…",
        help="entries of each corpus, smallest first (default: 100,10000,100000,1000000)",
    )
    parser.add_argument(
        "--queries",
        type=_positive,
        default=_QUESTIONS,
        metavar="N",
        help=f"questions at each size; slow peers get fewer, but {_FEWEST} at least (default: {_QUESTIONS})",
    )
    parser.add_argument(
        "--peers",
        type=_peers,
        default=tuple(PEERS.values()),
        metavar="NAME,NAME,…",
        help=f"whom to compare (default: {','.join(PEERS)})",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file, too")
    parser.add_argument(
        "--write-docs", action="store_true", help=f"replace the numbers in {_DOCUMENT} by those of this run"
    )
    return parser.parse_args()


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above zero")
    return int(text)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({_positive(part.strip()) for part in text.split(",")}))


def _peers(text: str) -> tuple[Peer, ...]:
    names = dict.fromkeys(part.strip() for part in text.split(","))
    for name in names:
        if name not in PEERS:
            raise argparse.ArgumentTypeError(f"{name} is not one of {', '.join(PEERS)}")
    return tuple(PEERS[name] for name in names)


if __name__ == "__main__":
    main()
