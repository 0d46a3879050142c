"""The benchmark of own shelves runs, and what it measures is there to be measured."""

from pathlib import Path

from bench.own import ENTRIES, measure, table
from bench.report import machine


async def test_two_hundred_communities(tmp_path: Path) -> None:
    """Own entries are found where they are and not on the shared shelf, and memory keeps its bound."""
    outcome = await measure(tmp_path, communities=200, queries=60, most=5 * ENTRIES)
    rows = {row.name: row for row in outcome.rows}
    assert rows["shared"].asked == rows["FTS5"].asked == rows["first"].asked + rows["again"].asked == 60
    assert min(rows["first"].answered, rows["again"].answered, rows["FTS5"].answered) == 1
    assert rows["shared"].answered < 0.5
    assert 0 < outcome.kept <= 5 * ENTRIES
    assert all(row.name in table(machine(), outcome) for row in outcome.rows)
