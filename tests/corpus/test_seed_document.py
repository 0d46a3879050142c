"""Reading YAML: values, their places, and whatever bytes a file may hold."""

import copy
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.corpus.check import read
from bot.corpus.document import MAX_BYTES, UNPRINTABLE, Document, KeyPath, read_document
from bot.errors import CorpusError, Problem

TEXT = st.text(st.characters(codec="utf-8").filter(lambda one: not UNPRINTABLE.search(one)), max_size=20)
NUMBERS = st.integers(min_value=-(10**17), max_value=10**17)
TREES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A file to overwrite with one example after another."""
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory) / "scratch.yaml"


def written(path: Path, text: str) -> Document:
    path.write_text(text, newline="")
    return read_document(path)


def only_problem(path: Path) -> str:
    """The one problem of a file, as `line:column: sentence`."""
    [problem] = read_document(path).problems
    return str(problem).removeprefix(f"{path}:")


@given(value=TREES)
def test_a_value_is_read_as_it_was_written(scratch: Path, value: object) -> None:
    """JSON is YAML: any tree of values comes back whole, and every value knows where it begins."""
    text = json.dumps(value, ensure_ascii=False)
    document = written(scratch, text)
    assert document.problems == []
    assert document.value == value
    assert {where for where, _ in _walk(value)} == set(document.values)
    for where, item in _walk(value):
        line, column = document.at(where)
        begins = text.split("\n")[line - 1][column - 1 :]
        assert begins.startswith(json.dumps(item, ensure_ascii=False))


def _walk(value: object, where: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    yield where, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, (*where, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*where, index))


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2012-01-25", "2012-01-25"),
        ("1_000", "1_000"),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        ("=", "="),
        ("<<", "<<"),
        ("٣", "٣"),
        ("'true'", "true"),
        ("1984", 1984),
        ("-3", -3),
        ("0", 0),
        ("9" * 900, "9" * 900),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
    ],
)
def test_unquoted_words_mean_what_people_expect(tmp_path: Path, written_as: str, meant: object) -> None:
    """Nothing that YAML 1.1 would make of a word happens behind an editor's back."""
    document = written(tmp_path / "one.yaml", f"{written_as or '~'}: 1\nvalue: {written_as}\n")
    key = written_as.strip("'") or "~"
    assert document.value == {key: 1, "value": meant}
    assert type(dict(document.select("value"))["value",]) is type(meant)


def test_positions_count_characters_from_one(tmp_path: Path) -> None:
    """As editors show them, also after characters of several bytes and in files from Windows."""
    document = written(tmp_path / "one.yaml", "\ufeff🏮é: a\r\nb:\r\n  - c: 国\r\n    d: [e, f]\r\n")
    assert document.keys["🏮é",] == (1, 1)
    assert document.at(("🏮é",)) == (1, 5)
    assert document.at(("b", 0)) == (3, 5)
    assert document.at(("b", 0, "d", 1)) == (4, 12)
    assert document.at(("b", 0, "missing")) == (3, 5)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "1:1: is empty"),
        (b"# nothing yet\n", "1:1: is empty"),
        (b"\xe9: a", "1:1: is not UTF-8 from here on; save the file in the encoding UTF-8"),
        (b"\xc3\xa9: a\nb: caf\xe9\n", "2:7: is not UTF-8 from here on; save the file in the encoding UTF-8"),
        ("a: b".encode("utf-16"), "1:1: is not UTF-8 from here on; save the file in the encoding UTF-8"),
        (b"a: b\x00\n", "1:5: an invisible character (U+0000) stands here; delete it"),
        (b"a: b\n...\nc", "3:1: is not YAML: did not find expected <document start>"),
        (b"a: '" + b"x" * MAX_BYTES, "1:1: is longer than 5 MB"),
        (b"[" * (MAX_BYTES - 1), "1:34: this is nested more than 32 levels deep"),
    ],
)
def test_what_is_not_a_seed_file_is_a_problem(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "one.yaml"
    file.write_bytes(content)
    assert only_problem(file) == problem


def test_what_is_not_a_file_is_a_problem(tmp_path: Path) -> None:
    """A pipe would be waited for, and a link may lead nowhere."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "directory.yaml").mkdir()
    assert only_problem(tmp_path / "pipe.yaml") == "1:1: is not a file"
    assert only_problem(tmp_path / "directory.yaml") == "1:1: is not a file"
    assert only_problem(tmp_path / "link.yaml") == "1:1: cannot be read: No such file or directory"


def test_aliases_cannot_blow_up(tmp_path: Path) -> None:
    """Each level of a “billion laughs” names the one before it ten times; none of them is followed."""
    levels = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 30)]
    document = written(tmp_path / "one.yaml", "\n".join(["a0: &a0 [ha]", *levels]))
    assert len(document.problems) == 30 + 29 * 10
    assert document.value == {"a0": ["ha"], **{f"a{level}": [None] * 10 for level in range(1, 30)}}


def problems(path: Path) -> Sequence[Problem]:
    """What is wrong with a file, and nothing where it can be read."""
    try:
        read(path)
    except CorpusError as error:
        return error.problems
    return []


def check(path: Path, content: bytes) -> None:
    """Reading may fail only with problems, and each of them lies within the file."""
    path.write_bytes(content)
    lines = content.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in problems(path):
        assert problem.path == path
        assert problem.message
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


@given(content=st.binary(max_size=200))
@example(content=b"\xef\xbb\xbf\xff")
@example(content=b"- !<tag:yaml.org,2002:python/object:os.system> x")
@example(content=b"notes: [{id: [topic]}, {id: {}}]\nalso: [1]")
def test_any_bytes_are_read_or_explained(scratch: Path, content: bytes) -> None:
    check(scratch, content)


@given(text=st.text(st.sampled_from("abc:-[]{}&*!|>'\"%@`#?, \n\t\r~0é🏮\u2028\ufeff"), max_size=60))
def test_any_text_is_read_or_explained(scratch: Path, text: str) -> None:
    check(scratch, text.encode())


@given(data=st.data())
def test_any_damage_to_a_seed_file_is_read_or_explained(
    scratch: Path, lantern: str, data: st.DataObject
) -> None:
    """A piece is cut out, doubled, or replaced by any text."""
    begin = data.draw(st.integers(0, len(lantern)))
    end = min(begin + data.draw(st.integers(0, 80)), len(lantern))
    piece = data.draw(st.just("") | st.just(lantern[begin:end] * 2) | st.text(max_size=10))
    check(scratch, (lantern[:begin] + piece + lantern[end:]).encode("utf-8", errors="replace"))


ODD = st.none() | st.booleans() | st.sampled_from(["", "a b", "topic:x", 0, 7, [], {}, [[]], [{}], {"id": 3}])


@given(data=st.data())
def test_any_value_in_any_place_is_read_or_explained(
    scratch: Path, lantern: str, data: st.DataObject
) -> None:
    """What one check takes for granted another one has only complained of."""
    document = written(scratch, lantern)
    places = sorted(filter(None, document.values), key=str)
    for where in data.draw(st.lists(st.sampled_from(places), max_size=3)):
        for _, inside in document.select(*where[:-1]):
            if isinstance(inside, dict | list):
                cast("dict[str | int, object]", inside)[where[-1]] = copy.deepcopy(data.draw(ODD))
    check(scratch, json.dumps(document.value, ensure_ascii=False).encode())
