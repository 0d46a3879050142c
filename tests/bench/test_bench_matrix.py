"""The comparison on Matrix runs, and shows both bots, how they compare, and what trouble costs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.usefixtures("synapse")  # it starts its own, where there can be one
def test_a_small_run_prints_and_saves_all_figures(tmp_path: Path) -> None:
    """A few commands and seconds: each figure is there, and is what it says it is."""
    file = tmp_path / "figures.json"
    options = {
        "--commands": "4",
        "--people": "3",
        "--commands-for-memory": "19",  # 14 of them one after the other
        "--seconds-of-trouble": "2",
        "--json": str(file),
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bench.matrix", *(word for pair in options.items() for word in pair)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(file.read_text())
    ours, echo = told["rows"]
    assert (ours["bot"], echo["bot"], told["commands"]) == ("Infoshop", "nio echo", 19)
    assert all(value > 0 for row in (ours, echo) for name, value in row.items() if name != "bot")
    for kind in ("plain", "encrypted"):
        assert ours[f"{kind}_median_ms"] <= ours[f"{kind}_p99_ms"]
    trouble = told["trouble"]
    assert trouble["seconds"] == 2
    assert 1 <= trouble["from_the_start"] < 60
    assert 1 <= trouble["while_answering"] < 60
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    (ratio,) = [line for line in lines if line.startswith("ratio")]
    assert float(ratio.split("×")[1].split()[0]) == pytest.approx(
        ours["plain_median_ms"] / echo["plain_median_ms"], abs=0.06
    )
