"""`infoshop corpus`: check touches nothing, load takes all or nothing."""

import json
import random
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.corpus.check import read
from bot.model import Corpus
from bot.store import open_engine
from bot.store import read as stored
from tests.cli.shop import ROOT, Shop, fingerprints, write_corpus

PROBLEM = re.compile(r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<what>.+)$")

# What is put in place of what, and the words by which an editor knows it again.
BREAKAGE = [
    ("    from: {section: the-night-shift, paragraph: 2-3}\n", "", "place"),
    ("  - id: reading:moreau-2015", "  - id: topic:night-raids", "reading:"),
    ("checked_on: 2024-03-09", "checked_on: 2024-13-09", "date"),
    ("urls: [https://lantern.example.org]", "urls: [ftp://lantern.example.org]", "http"),
    ("emails: [hello@lantern.example.org]", "emails: [hello at lantern]", "email"),
    ('phones: ["+1 416 555 0100"]', 'phones: ["none"]', "phone"),
    ("actors: [lawmaker]", "actors: lawmaker", "list"),
    ("  - entry: action:end-night-raids", "  - entry: action:no-such-action", "action:no-such-action"),
    ("by: the article\n    emails", "by: the article\n    colour: blue\n    emails", "colour"),
    ("The author holds that raids", "The author holds that raids" + " again" * 90, "90"),
]


async def content(shop: Shop) -> Corpus:
    """The corpus in the database."""
    engine = open_engine(f"sqlite:///{shop.database}")
    try:
        return await stored(engine)
    finally:
        await engine.dispose()


def test_every_problem_is_named_and_nothing_touched(shop: Shop) -> None:
    """Ten mistakes are ten places that an editor can jump to; database and files stay as they are."""
    file = shop.seeds / "lantern.yaml"
    text = file.read_text()
    for right, wrong, _ in BREAKAGE:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    file.write_text(text)
    (shop.seeds / "second.yaml").write_text("source: {id: [unbalanced\n")
    before = fingerprints(shop.data, shop.seeds, shop.cwd, shop.home)
    done = shop.run("corpus", "check", str(shop.seeds))
    assert done.returncode == 65
    assert fingerprints(shop.data, shop.seeds, shop.cwd, shop.home) == before
    problems = [PROBLEM.match(line) for line in done.stdout.splitlines()]
    assert all(problems)
    found = [problem.groupdict() for problem in problems if problem]
    for _, wrong, words in BREAKAGE:
        assert any(words in one["what"] for one in found), (wrong, done.stdout)
    assert any(one["path"] == str(shop.seeds / "second.yaml") for one in found)
    lines = text.splitlines()
    for one in found:
        if one["path"] == str(file):
            assert 1 <= int(one["line"]) <= len(lines)
            assert 1 <= int(one["column"]) <= len(lines[int(one["line"]) - 1]) + 1
    order = [(one["path"], int(one["line"]), int(one["column"])) for one in found]
    assert order == sorted(order)
    assert done.stderr == f"{len(found)} problems\n"


def test_check_needs_no_database(empty: Shop) -> None:
    """A corpus in order says how much it is, and no folder comes into being. One file can be checked, too."""
    whole = empty.run("corpus", "check", str(empty.seeds))
    assert (whole.returncode, whole.stdout) == (0, "In order: 1 source, 4 entries, 1 concept.\n")
    one = empty.run("corpus", "check", str(empty.seeds / "lantern.yaml"))
    assert (one.returncode, one.stdout) == (0, "In order: 1 source, 4 entries, 0 concepts.\n")
    assert not empty.data.exists()


async def test_load_is_idempotent_and_takes_another_corpus(empty: Shop, tmp_path: Path) -> None:
    """Loading twice changes nothing; INFOSHOP_SEEDS puts another corpus in its place."""
    first = empty.run("corpus", "load")
    assert (first.returncode, first.stdout) == (0, "Corpus loaded: 5 added, 0 changed, 0 removed.\n")
    before = await content(empty)
    again = empty.run("corpus", "load")
    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert await content(empty) == before == read(empty.seeds)
    other = write_corpus(tmp_path / "other", variant="Otherwise,")
    changed = empty.run("corpus", "load", env={"INFOSHOP_SEEDS": str(other)})
    assert (changed.returncode, changed.stdout) == (0, "Corpus loaded: 0 added, 4 changed, 0 removed.\n")
    assert await content(empty) == read(other) != before


@pytest.mark.parametrize("loaded", [False, True])
def test_a_broken_corpus_is_not_loaded(request: pytest.FixtureRequest, *, loaded: bool) -> None:
    """The database stays as it was, or away."""
    shop: Shop = request.getfixturevalue("shop" if loaded else "empty")
    file = shop.seeds / "lantern.yaml"
    file.write_text(file.read_text().replace("    by: the article\n", "", 1))
    before = fingerprints(shop.data)
    done = shop.run("corpus", "load")
    assert done.returncode == 65
    assert PROBLEM.match(done.stderr)
    assert done.stdout == ""
    assert fingerprints(shop.data) == before


async def test_killed_while_loading(shop: Shop, tmp_path: Path) -> None:
    """At whatever moment it dies, the database holds the old corpus or the new one, and loading goes on."""
    old, new = shop.seeds, write_corpus(tmp_path / "new", variant="Anew,")
    corpora = (read(old), read(new))
    started = time.monotonic()
    assert shop.run("corpus", "load", env={"INFOSHOP_SEEDS": str(new)}).returncode == 0
    whole = time.monotonic() - started
    random.seed(7)
    for target in (old, new, old):
        with shop.start("corpus", "load", env={"INFOSHOP_SEEDS": str(target)}) as process:
            # Most of the time passes before the first byte is written.
            time.sleep(whole * random.uniform(0.5, 1.0))  # noqa: S311, ASYNC251 - nothing else runs
            process.kill()
            process.communicate()
        assert await content(shop) in corpora
        with closing(sqlite3.connect(shop.database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert shop.run("corpus", "load").returncode == 0
    assert await content(shop) == corpora[0]


def test_an_empty_database_is_filled_by_the_first_question(empty: Shop) -> None:
    """Nobody has to know that a corpus must be loaded."""
    done = empty.run("ask", "night raids")
    assert done.returncode == 0
    assert done.stdout.startswith("Raids at night\n")
    assert empty.database.is_file()


def test_a_corpus_without_question_words_borrows_ours(empty: Shop) -> None:
    """Another corpus need not say which words are small in which language."""
    (empty.seeds / "question-words.yaml").unlink()
    done = empty.run("ask", "what is a night raid, please")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Raids at night\n")


def test_show(filled: Shop) -> None:
    """An entry as readers see it."""
    shown = filled.run("corpus", "show", "topic:night-raids")
    assert shown.returncode == 0
    assert shown.stdout.startswith("Raids at night\n")
    missing = filled.run("corpus", "show", "topic:no-such-thing")
    assert (missing.returncode, missing.stdout) == (66, "")
    assert missing.stderr == "topic:no-such-thing: there is no such entry in the database.\n"


def test_stats(filled: Shop) -> None:
    """What there is, counted."""
    text = filled.run("corpus", "stats").stdout
    assert text.startswith("1 source, 4 entries, 1 concept\n")
    for row in ("1  topic", "1  reading", "1  action", "1  contact", "5  source:lantern-2019", "3  cs"):
        assert f" {row}\n" in text + "\n"


def test_schema(filled: Shop) -> None:
    """What it prints is what is published for editors."""
    done = filled.run("corpus", "schema", "thesaurus")
    assert done.returncode == 0
    assert done.stdout == (ROOT / "docs" / "thesaurus.schema.json").read_text()
    assert json.loads(done.stdout)["title"]


def test_seeds_that_are_not_there(empty: Shop) -> None:
    """A wrong path is named."""
    shutil.rmtree(empty.seeds)
    done = empty.run("corpus", "load")
    assert done.returncode == 65
    assert str(empty.seeds) in done.stderr
    assert "Traceback" not in done.stderr
