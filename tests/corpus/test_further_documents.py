"""A file may hold further documents besides its own, and entries drawn from them."""

from pathlib import Path

import pytest

from bot.corpus.check import read
from bot.corpus.document import parse_document
from bot.errors import CorpusError

FURTHER = """\
documents:
  - id: source:beacon-2021
    work: {type: report, title: Beacon}
    licence: {name: No licence stated, attribution: Beacon}
    manifestations: [{title: Beacon, note: A copy.}]
    topics: [topic:night-raids]
    summary:
      short: Short.
      long: Long.
      sections:
        - {id: all, title: All, text: All of it.}
also:
  - entry: topic:night-raids
    text: The report says so, too.
    from: {source: source:beacon-2021, section: all}
    by: the report
"""


@pytest.fixture
def file(corpus_dir: Path) -> Path:
    """The documented file with a further document in place of what it says besides."""
    path = corpus_dir / "lantern.yaml"
    path.write_text(path.read_text().partition("also:\n")[0] + FURTHER)
    return path


def wrong(path: Path) -> str:
    """What is wrong with the directory of a file."""
    with pytest.raises(CorpusError) as raised:
        read(path.parent)
    return str(raised.value)


def test_a_further_document_is_a_source_of_its_own(file: Path) -> None:
    corpus = read(file.parent)
    assert [source.id for source in corpus.sources] == ["source:lantern-2019", "source:beacon-2021"]
    [raids] = [entry for entry in corpus.entries if entry.id == "topic:night-raids"]
    assert raids.statements[-1].origin.source == "source:beacon-2021"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "source: source:beacon-2021",
            "source: source:beacon",
            "no source has the id `source:beacon`; did you mean",
        ),
        ("section: all}", "section: al}", "`source:beacon-2021` has no section `al`; did you mean `all`?"),
        ("id: source:beacon-2021", "id: source:lantern-2019", "`source:lantern-2019` is the id at"),
        ("topics: [topic:night-raids]", "topics: [topic:days]", "no note has the id `topic:days`"),
        (
            "topics: [topic:night-raids]",
            "topics: [topic:night-raids, topic:night-raids]",
            "in this list already",
        ),
        (
            "- {id: all, title: All, text: All of it.}",
            "- {id: all, title: All, text: A.}\n        - {id: all, title: B, text: B.}",
            "`all` is the id at",
        ),
        ("short: Short.", "", "missing `short`"),
    ],
)
def test_what_is_wrong_with_a_further_document_is_said(file: Path, old: str, new: str, expected: str) -> None:
    head, _, tail = file.read_text().partition("documents:\n")
    assert old in tail
    file.write_text(f"{head}documents:\n{tail.replace(old, new, 1)}")
    assert expected in wrong(file)


def test_two_documents_may_name_their_sections_alike(file: Path) -> None:
    text = (
        file.read_text()
        .replace("{id: all,", "{id: what-to-do,")
        .replace("section: all", "section: what-to-do")
    )
    file.write_text(text)
    assert len(read(file.parent).sources) == 2


def test_a_document_is_read_from_bytes_as_from_a_file(tmp_path: Path) -> None:
    """The path only names it: nothing is read there."""
    document = parse_document(b"a: [1, x]\nb: {c: \xc3\xa9}", tmp_path / "nowhere.yaml")
    assert (document.value, document.problems) == ({"a": [1, "x"], "b": {"c": "é"}}, [])
    assert document.at(("b", "c")) == (2, 8)


def test_a_document_of_too_many_values_is_not_read_to_its_end(tmp_path: Path) -> None:
    """The list and its items are four values."""
    path = tmp_path / "x.yaml"
    assert parse_document(b"[1, 2, 3]", path, 4).value == [1, 2, 3]
    document = parse_document(b"[1,\n 2, 3]", path, 3)
    assert (document.value, document.broken) == (None, True)
    assert [str(problem) for problem in document.problems] == [
        f"{path}:2:5: this is more than 3 values, and not read on"
    ]
