"""The benchmark of daily prompts runs, and its figures are what they say they are."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.daily.scan import DUE, EXACT_MINUTE, GO_ON, IN_HAND, NEXT, WITHOUT_INDEX

ROOT = Path(__file__).parents[2]
FEW, MANY, AT_ONCE, SECONDS, TIMES = 1000, 2000, 200, 3, 20


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench.daily", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_small_run_prints_and_saves_all_figures(tmp_path: Path) -> None:
    """Two hundred due at once: they are posted in their turns, at a rate that nobody refuses."""
    file = tmp_path / "figures.json"
    options = {"--schedules": MANY, "--due": AT_ONCE, "--seconds": SECONDS, "--times": TIMES, "--json": file}
    done = bench(*(str(word) for pair in options.items() for word in pair))
    assert done.returncode == 0, done.stderr
    told = json.loads(file.read_text())
    rows = {(row["question"], row["schedules"]): row for row in told["scan"]}
    questions = {DUE, EXACT_MINUTE, GO_ON, IN_HAND, NEXT, WITHOUT_INDEX}
    assert rows.keys() == {(question, count) for question in questions for count in (FEW, MANY)}
    assert all(0 < row["median_ms"] <= row["p99_ms"] for row in rows.values())

    burst = told["burst"]
    assert (burst["schedules"], burst["due"], burst["channels"]) == (MANY, AT_ONCE, AT_ONCE)
    assert 0 < burst["posts"] <= AT_ONCE
    assert 0 < burst["most_in_a_second"] <= min(burst["posts"], 50)
    assert burst["refused"] == 0
    assert 0 < burst["most_in_queue"] <= AT_ONCE
    assert burst["processor_s"] > 0
    assert 0 <= burst["furthest"] < burst["posts"]
    assert 0 < burst["resident_before"] <= burst["resident_most"]
    for when in ("_before", ""):
        assert burst[f"asked{when}"] > 0
        assert 0 < burst[f"median{when}_ms"] <= burst[f"p99{when}_ms"]

    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    (ratio,) = [line for line in lines if line.startswith("ratio")]
    assert float(ratio.split("×")[1].split()[0]) == pytest.approx(
        burst["median_ms"] / burst["median_before_ms"], abs=0.06
    )


@pytest.mark.parametrize("schedules", ["1000", "1999"])
def test_more_than_there_are_cannot_be_due(schedules: str) -> None:
    """Nor is there anything to compare where there are no more than the few. Both are said at once."""
    done = bench("--schedules", schedules, "--due", "2000")
    assert done.returncode == 2
    assert "--schedules has to be more than 1000, and not less than --due" in done.stderr
