"""The comparison on Discord runs, and shows both bots and how they compare."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_a_small_run_prints_and_saves_a_row_for_both_bots(tmp_path: Path) -> None:
    """A few commands: the figures are there, and stand in the document where its place for them is."""
    file = tmp_path / "figures.json"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bench.discord", "--commands", "4", "--at-once", "3", "--json", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ours, constant = json.loads(file.read_text())
    assert (ours["bot"], constant["bot"]) == ("Infoshop", "constant")
    assert all(value > 0 for row in (ours, constant) for name, value in row.items() if name != "bot")
    assert ours["median_ms"] <= ours["p99_ms"]
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    (ratio,) = [line for line in lines if line.startswith("ratio")]
    assert float(ratio.split("×")[1].split()[0]) == pytest.approx(
        ours["median_ms"] / constant["median_ms"], abs=0.06
    )
