"""The figures as text for people, at most 100 columns wide, and as data."""

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from bench.peers import OURS
from bench.summary import Row

_COLUMNS = f"{'':<16}{'build':>9}{'memory':>10}{'median':>10}{'p99':>10}"


def machine() -> dict[str, str]:
    """Facts that the figures depend on."""
    return {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "rapidfuzz": version("rapidfuzz"),
        "tantivy": version("tantivy"),
        "system": f"{platform.system()} {platform.machine()}",
        "CPUs": str(os.cpu_count()),
        # Others at work on the machine show in the times.
        "load at the start": f"{os.getloadavg()[0]:.1f}",
    }


def as_data(facts: dict[str, str], rows: Sequence[Row]) -> dict[str, object]:
    """Everything, for programs."""
    return {"machine": facts, "rows": [asdict(row) for row in rows]}


def write_into(path: Path, text: str, what: str) -> None:
    """Replace the numbers of a benchmark in a document.

    Raises `ValueError` where the document has no place for them.
    """
    start, end = f"<!-- numbers: {what} -->\n", "<!-- end of numbers -->\n"
    before, found, rest = path.read_text("utf-8").partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{path} has no lines {start.strip()} and {end.strip()}.")
    path.write_text(f"{before}{start}\n```text\n{text}```\n\n{end}{after}", "utf-8")


def header(facts: dict[str, str]) -> str:
    """What the figures depend on, and what they mean."""
    names = [f"{name} {value}" for name, value in facts.items()]
    return "\n".join(
        (
            ", ".join(names[:4]),
            ", ".join(names[4:]),
            "memory: the most beside the records; 1st, in 3: what was meant came first, or among three;",
            "false: nonsense that got an answer; ×: how many times our time; asked: questions timed",
            "",
        )
    )


def table(rows: Sequence[Row]) -> str:
    """The figures of the peers at one size."""
    ours = next((row for row in rows if row.peer == OURS), None)
    return "\n".join(
        (
            "",
            f"{rows[0].entries:,} entries",
            f"{_COLUMNS}{'1st':>6}{'in 3':>6}{'false':>7}{'× median':>10}{'× p99':>8}{'asked':>7}",
            *(_line(row, ours) for row in rows),
            "",
        )
    )


def growth(rows: Sequence[Row]) -> str:
    """How the figures grow with the corpus; nothing where there are not two sizes to compare."""
    sizes = sorted({row.entries for row in rows})
    # A hundred entries fit into any cache: growth is looked at from where it begins to matter.
    smaller = next((size for size in sizes if size >= 10_000), sizes[0])
    if smaller == sizes[-1]:
        return ""
    at = {(row.peer, row.entries): row for row in rows}
    peers = dict.fromkeys(row.peer for row in rows)
    return "\n".join(
        (
            "",
            f"From {smaller:,} to {sizes[-1]:,} entries, × {sizes[-1] / smaller:,.0f}",
            _COLUMNS,
            *(_growth_line(at[peer, smaller], at[peer, sizes[-1]]) for peer in peers),
            "",
        )
    )


def _line(row: Row, ours: Row | None) -> str:
    figures = (
        f"{row.peer:<16}{_seconds(row.build_s):>9}{row.peak_bytes / 1e6:>7,.0f} MB"
        f"{_milliseconds(row.median_ms):>10}{_milliseconds(row.p99_ms):>10}"
        f"{row.first:>6.2f}{row.within_three:>6.2f}{row.false:>7.2f}"
    )
    median = row.median_ms / ours.median_ms if ours else None
    p99 = row.p99_ms / ours.p99_ms if ours else None
    return f"{figures}{_times(median):>10}{_times(p99):>8}{row.asked:>7}"


def _growth_line(few: Row, many: Row) -> str:
    return (
        f"{few.peer:<16}{_times(many.build_s / few.build_s):>9}"
        f"{_times(many.peak_bytes / few.peak_bytes) if few.peak_bytes else '':>10}"
        f"{_times(many.median_ms / few.median_ms):>10}{_times(many.p99_ms / few.p99_ms):>10}"
    )


def _seconds(value: float) -> str:
    return f"{value:,.{2 if value < 10 else 0}f} s"


def _milliseconds(value: float) -> str:
    return f"{value:,.{2 if value < 10 else 1 if value < 100 else 0}f} ms"


def _times(value: float | None) -> str:
    if value is None:
        return ""
    return f"× {value:,.{2 if value < 1 else 1 if value < 10 else 0}f}"
