"""The benchmark runs, shows every peer, and what it generates has the properties it promises."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from bench.corpus import Generator
from bench.lexicon import FUNCTION_WORDS, spell
from bench.peers import PEERS
from bench.questions import NONSENSE, Question, questions
from bench.report import write_into
from bench.summary import percentile
from bot.search.record import Record
from bot.search.text import words

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


def generated(count: int, asked: int = 0) -> tuple[list[Record], list[Question]]:
    generator = Generator(7)
    records = list(generator.records(count))
    rng = Random(7)  # noqa: S311 (the same questions every time)
    return records, list(questions(rng.choices(records, k=asked), generator.ranks, rng))


def test_a_small_run_prints_and_saves_a_row_for_every_peer(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    done = bench("--sizes", "100", "--queries", "40", "--json", str(file))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert "100 entries" in lines
    for peer in PEERS:
        (line,) = [line for line in lines if line.startswith(peer.ljust(16))]
        assert line.endswith(" 40")
    rows = {row["peer"]: row for row in json.loads(file.read_text())["rows"]}
    assert rows.keys() == PEERS.keys()
    for row in rows.values():
        assert 0 < row["median_ms"] <= row["p99_ms"]
        # Whoever did not find most of these titles was not asked what we think it was.
        assert row["within_three_by_shape"]["exact title"] >= 0.8


@pytest.mark.parametrize("sizes", ["0", "ten", "100,,200", "-5"])
def test_sizes_that_are_no_sizes_are_refused_with_a_sentence(sizes: str) -> None:
    done = bench(f"--sizes={sizes}")
    assert done.returncode == 2
    assert "is not a whole number above zero" in done.stderr


def test_growth_and_ratios_are_shown_for_the_peers_chosen() -> None:
    done = bench("--sizes", "200,100", "--queries", "20", "--peers", "Infoshop,FTS5")
    assert done.returncode == 0, done.stderr
    names = [line.split()[0] for line in done.stdout.splitlines() if line.startswith(tuple(PEERS))]
    assert names == ["Infoshop", "FTS5"] * 3
    assert done.stdout.index("100 entries") < done.stdout.index("200 entries")
    assert "From 100 to 200 entries, × 2\n" in done.stdout


def test_an_unknown_peer_is_refused_with_a_sentence() -> None:
    done = bench("--peers", "Infoshop,grep")
    assert done.returncode == 2
    assert "grep is not one of Infoshop, process.extract, FTS5" in done.stderr


def test_the_same_seed_generates_the_same_corpus_and_questions() -> None:
    assert generated(300, 60) == generated(300, 60)


def test_entries_have_the_promised_shape_and_no_name_twice() -> None:
    records, _ = generated(500)
    names = Counter(name.text.lower() for record in records for name in record.names)
    assert set(names.values()) == {1}
    for record in records:
        assert 2 <= len(record.names[0].text.split()) <= 6
        assert 2 <= len(record.names) - 1 <= 5
        assert 20 <= len(record.body.split()) <= 40


def vocabulary(records: Sequence[Record]) -> set[str]:
    return {word for record in records for word in words(record.body)}


def test_the_vocabulary_grows_more_slowly_than_the_corpus() -> None:
    """Heaps' law: with ten times the text, some three times the words."""
    records, _ = generated(5000)
    few, many = vocabulary(records[:500]), vocabulary(records)
    assert 2 < len(many) / len(few) < 5


def test_word_frequencies_fall_like_zipf() -> None:
    records, _ = generated(3000)
    counts = [count for _, count in Counter(w for r in records for w in words(r.body)).most_common()]
    assert 5 < counts[9] / counts[99] < 20
    assert 5 < counts[99] / counts[999] < 20


def test_no_two_ranks_share_a_word() -> None:
    spelled = [spell(rank) for rank in (*range(len(FUNCTION_WORDS), 60_000), *range(10**9 - 1000, 10**9))]
    assert len(set(spelled)) == len(spelled)


def test_questions_come_in_fixed_proportions_from_the_first_twenty_on() -> None:
    _, asked = generated(200, 100)
    shapes = [
        Counter(question.shape for question in asked[start : start + 20]) for start in range(0, 100, 20)
    ]
    assert all(counted == shapes[0] for counted in shapes)
    assert shapes[0][NONSENSE] == 2
    assert len(shapes[0]) == 8


def test_questions_ask_for_their_record_and_nonsense_for_none() -> None:
    records, asked = generated(300, 200)
    by_id = {record.id: record for record in records}
    known = {word for r in records for text in (r.body, *(n.text for n in r.names)) for word in words(text)}
    for question in asked:
        if question.wanted is None:
            assert not known >= set(words(question.text))
            continue
        record = by_id[question.wanted]
        title = record.names[0].text.lower()
        match question.shape:
            case "exact title":
                assert question.text.lower() == title
            case "typo in title":
                assert question.text != title
                assert len(question.text.split()) == len(title.split()) or len(question.text) < len(title)
            case "title begun":
                assert title.startswith(question.text)
                assert len(question.text) < len(title)
            case "words reordered":
                assert sorted(question.text.split()) == sorted(title.split())
            case "alias":
                assert question.text in {name.text for name in record.names[1:]}
            case "rare words":
                assert set(question.text.split()) <= set(words(record.body))
            case shape:
                assert shape == "full question"
                assert f" {title}" in question.text


@pytest.mark.parametrize(("count", "expected"), [(1, 0), (2, 1), (100, 98), (1000, 989)])
def test_the_99th_percentile_is_the_nearest_rank(count: int, expected: int) -> None:
    assert percentile(list(range(count)), 99) == expected


def test_numbers_in_a_document_are_replaced_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "numbers.md"
    document.write_text("before\n<!-- numbers: search -->\nold\n<!-- end of numbers -->\nafter\n")
    for text in ("new\n", "newer\n"):
        write_into(document, text, "search")
    assert document.read_text() == (
        "before\n<!-- numbers: search -->\n\n```text\nnewer\n```\n\n<!-- end of numbers -->\nafter\n"
    )


def test_a_document_without_a_place_for_numbers_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "numbers.md"
    document.write_text("before\n<!-- numbers: search -->\nafter\n")
    with pytest.raises(ValueError, match="has no lines"):
        write_into(document, "new\n", "search")
    assert document.read_text() == "before\n<!-- numbers: search -->\nafter\n"


def test_the_document_of_the_project_has_a_place_for_numbers(tmp_path: Path) -> None:
    copy = tmp_path / "benchmarks.md"
    copy.write_text((ROOT / "docs/benchmarks.md").read_text("utf-8"), "utf-8")
    write_into(copy, "new\n", "search")
    assert "```text\nnew\n```" in "\n".join(islice(copy.read_text("utf-8").splitlines(), 200))
