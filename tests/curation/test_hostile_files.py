"""A file that somebody imports may hold anything: it is refused at its place, and changes nothing."""

from dataclasses import replace

import pytest

from bot.corpus.document import MAX_BYTES
from bot.curation.importing import HEAVIEST_ITEM, MOST_VALUES, SHOWN
from bot.curation.model import OwnShelf
from bot.curation.seeds import HEAVIEST, MOST, weight
from bot.curation.shelf_file import corpus_of, exported, read_import
from bot.errors import CorpusError, Problem
from bot.model import Corpus
from tests.curation.shelves import AT, SEEDS, own, shelf_of

NOTHING = Corpus()
HEAD = """\
source:
  id: source:own
  work: {type: webpage, title: Ours}
  licence: {name: Ours, attribution: Us}
  manifestations: [{title: Ours, note: Ours.}]
  summary: {short: Short., long: Long., sections: [{id: added, title: All, text: All of it.}]}
"""
NOTE = "  - {{id: topic:{0}, title: A {0}, text: Some text., from: {{section: added}}, by: us}}\n"
READING = """\
readings:
  - id: reading:x
    title: A title
    topics: []
    work: {type: book, title: A title, url: "https://example.org"}
    text: A text.
    from: {section: added}
    by: us
"""


def found(content: str | bytes, shelf: OwnShelf | None = None, shared: Corpus = NOTHING) -> list[Problem]:
    """What is wrong with a file."""
    content = content.encode() if isinstance(content, str) else content
    with pytest.raises(CorpusError) as raised:
        read_import(content, "shelf.yaml", shelf or OwnShelf(), shared=shared, at=AT)
    assert 0 < len(raised.value.problems) <= SHOWN
    return list(raised.value.problems)


def test_the_file_that_the_others_are_made_from_can_be_imported() -> None:
    done = read_import((HEAD + READING).encode(), "shelf.yaml", OwnShelf(), shared=NOTHING, at=AT)
    assert done.added == ("reading:x",)


MANY = ", ".join(f"name {number}" for number in range(101))
LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1:1: is empty"),
        (b"just words", "1:1: the file must be a block of `key: value` lines, not text"),
        (b"- 1", "1:1: the file must be a block of `key: value` lines, not a list"),
        (b"source: [a", "1:9: this `[` is never closed with `]`"),
        (b"\xff\xfe", "1:1: is not UTF-8 from here on; save the file in the encoding UTF-8"),
        (b"\x00", "1:1: an invisible character (U+0000) stands here; delete it"),
        (b"PK\x03\x04", "1:3: an invisible character (U+0003) stands here; delete it"),
        (b"a" * (MAX_BYTES + 1), "1:1: is longer than 5 MB"),
        (LAUGHS, "1:4: `&` before a text makes an anchor, which is not used here; put the text in quotes"),
        ("a: !!python/object/apply:os.system [ls]", "1:4: `!` before a text makes a tag of it"),
        ("[" * 100, "1:34: this is nested more than 32 levels deep"),
        ("? [a]\n: b", "a key must be plain words"),
        (HEAD + "documents: 7", "7:12: `documents` must be a list of `- ` items, not a number"),
        (HEAD + "readings: [null]", "7:12: item 1 of `readings` is empty"),
        (HEAD + READING + "extra: 1", "15:1: `extra` is not a known key"),
    ],
)
def test_a_file_that_is_none_is_refused(content: str | bytes, expected: str) -> None:
    assert any(expected in str(problem) for problem in found(content))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "reading:x",
            "reading:../../etc/passwd",
            "8:9: `reading:../../etc/passwd` is not the id",
        ),
        ("reading:x", "/etc/passwd", "8:9: `/etc/passwd` is not the id of a reading"),
        ("id: reading:x", "id: [x]", "8:9: `id` must be text, not a list"),
        ("section: added", "section: ../x", "13:21: `../x` is not a name in small letters"),
        ("section: added", "section: elsewhere", "13:21: `source:own` has no section `elsewhere`"),
        ("section: added", "source: source:x, section: a", "13:20: no source has the id `source:x`"),
        ("A text.", "{a: b}", "12:11: `text` must be text, not a block of keys"),
        ("A text.", '"a\\u202eb"', "12:11: `text`: Character 2 (U+202E) turns the direction"),
        ("A text.", '"a\\U000E0041b"', "12:11: `text`: Character 2 (U+E0041) is part of a hidden text"),
        ("A text.", "Come, @everyone", "12:11: `text`: “@everyone” could call everybody in a room"),
        (
            "A text.",
            "Ask <@&123456789>",
            "12:11: `text`: A person, role or channel is mentioned by",
        ),
        ("A text.", "word " * 91, "12:11: `text` has 91 words; at most 90 fit"),
        ("A text.", "x" * 1501, "12:11: `text`: That is too long: at most 1500 characters fit."),
        ("by: us", "by: '@room'", "14:9: `by`: “@room” could call everybody in a room"),
        ("https://example.org", "javascript:alert(1)", "is not a web address"),
        (
            "https://example.org",
            "https://bit.ly/x",
            "11:45: `url`: An address at bit.ly hides",
        ),
        ("https://example.org", "http://127.0.0.1/", "11:45: `url`: The address is a number"),
        ("https://example.org", "https://a:b@example.org/", "11:45: `url`: Before the @ stands a name"),
        ("topics: []", "topics: [topic:a, topic:a]", "10:23: `topic:a` stands in this list already"),
        (
            "topics: []",
            f"aliases: {{en: [{', '.join(f'a{n}' for n in range(101))}]}}",
            "this list has 101 values",
        ),
        ("topics: []", "aliases: {en: ['@here']}", "10:20: `aliases`: “@here” could call everybody"),
        ("topics: []", "aliases: {'../x': [a]}", "`../x` is not a language tag"),
    ],
)
def test_what_nobody_could_type_into_a_form_is_refused_at_its_place(
    old: str, new: str, expected: str
) -> None:
    assert old in READING
    problems = found(HEAD + READING.replace(old, new, 1))
    expected = f"shelf.yaml:{expected}" if expected[0].isdigit() else expected
    assert any(expected in str(problem) for problem in problems), problems


def test_what_can_be_cleaned_is_cleaned_and_what_should_be_known_is_remarked() -> None:
    text = (HEAD + READING).replace("https://example.org", "http://example.org/?utm_source=x&a=b")
    text = text.replace("A text.", '"Soft\\u00ad hyphen,  spaces"')
    done = read_import(text.encode(), "shelf.yaml", OwnShelf(), shared=NOTHING, at=AT)
    seed = done.edits[0].after.seed
    assert seed["text"] == "Soft hyphen, spaces"
    assert seed["work"] == {"type": "book", "title": "A title", "url": "http://example.org/?a=b"}
    assert ["not encrypted" in remark.message for remark in done.remarks] == [True]


def test_an_id_of_the_shared_corpus_and_the_shelf_itself_are_refused() -> None:
    shared = corpus_of(map(own, SEEDS))
    problems = found(exported(map(own, SEEDS)), shared=replace(shared, sources=shared.sources[1:]))
    assert [problem.message for problem in problems] == [
        f"`{seed['id']}` is an id of the shared corpus; give it another" for seed in SEEDS
    ]
    text = exported([own(SEEDS[0])]).replace("source:lantern-2019", "source:own")
    assert any("is the shelf itself" in problem.message for problem in found(text))


def test_an_id_that_is_given_twice_is_refused_at_both_places() -> None:
    text = HEAD + "notes:\n" + NOTE.format("a") * 2
    assert [(problem.line, problem.column) for problem in found(text)] == [(8, 10), (9, 10)]


def test_a_shelf_holds_so_many_items_and_no_more() -> None:
    text = HEAD + "notes:\n" + "".join(NOTE.format(number) for number in range(MOST + 1))
    [problem] = found(text)
    assert problem.message == f"this is one too many: a shelf has room for {MOST}"
    text = HEAD + "notes:\n" + "".join(NOTE.format(number) for number in range(3))
    full = OwnShelf(tuple(replace(own(SEEDS[2]), id=f"contact:{number}") for number in range(MOST - 2)))
    [problem] = found(text, full)
    assert problem.message == f"with these a shelf would have {MOST + 1} items; {MOST} fit"


def test_a_shelf_and_an_item_take_so_many_bytes_and_no_more() -> None:
    sections = [{"id": f"s{n}", "title": "T", "text": "x" * 2000} for n in range(60)]
    big = {**SEEDS[0], "summary": {"short": "S.", "long": "L.", "sections": sections}}
    [problem] = found(exported([own(big)]))
    assert problem.message == f"this is longer than {HEAVIEST_ITEM // 1000} kB"
    heavy = {**SEEDS[0], "caveats": [f"{number} {'x' * 240}" for number in range(100)]}
    shelf = OwnShelf((own(heavy),) * (HEAVIEST // weight(heavy)))
    shelf = OwnShelf(tuple(replace(item, id=f"source:{n}") for n, item in enumerate(shelf.items)))
    [problem] = found(exported([own(heavy)]), shelf)
    assert problem.message == "with these a shelf would be larger than 3 MB"


@pytest.mark.parametrize(
    "content",
    [
        HEAD + "notes:\n" + "  - {}\n" * 600_000,
        HEAD + "readings: [" + "{}," * 1_000_000 + "]",
        HEAD + "".join(f"k{number}: 1\n" for number in range(300_000)),
        (HEAD + READING).replace("topics: []", "topics: [" + "topic:a," * 500_000 + "]"),
    ],
    ids=["maps", "flow", "keys", "topics"],
)
def test_a_bomb_of_many_small_values_is_not_read_to_its_end(content: str) -> None:
    [problem] = found(content)
    assert problem.message == f"this is more than {MOST_VALUES} values, and not read on"


@pytest.mark.parametrize("content", ["&a " * 1_000_000, "'" * 4_900_001, HEAD + "a: " + "[[]," * 20])
def test_a_bomb_of_marks_is_refused(content: str) -> None:
    found(content)


def test_as_many_problems_as_there_can_be_are_not_all_told() -> None:
    found(HEAD + "notes:\n" + "  - {id: x}\n" * MOST)
    found(HEAD + "notes:\n" + NOTE.format("a") * MOST)
    found(HEAD + "notes:\n" + "".join(NOTE.format(n) for n in range(MOST)).replace("Some", "@everyone"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\shelf.yaml", "shelf.yaml"),
        ("\u202elmay.x", "lmay.x"),
        ("/", "shelf.yaml"),
        ("", "shelf.yaml"),
        ("@everyone.yaml", "everyone.yaml"),
        ("x" * 500 + ".yaml", "x" * 75 + ".yaml"),
    ],
)
def test_a_problem_names_the_file_and_not_where_it_lay(name: str, shown: str) -> None:
    with pytest.raises(CorpusError) as raised:
        read_import(b"", name, OwnShelf(), shared=NOTHING, at=AT)
    assert str(raised.value) == f"{shown}:1:1: is empty"


def test_nothing_of_the_shelf_is_shown_that_the_file_does_not_name() -> None:
    """A remark guesses among ids that moderators know: the file's and their own shelf's."""
    text = (HEAD + READING).replace("topics: []", "topics: [topic:night-raid]")
    done = read_import(text.encode(), "shelf.yaml", shelf_of(SEEDS), shared=NOTHING, at=AT)
    assert "did you mean `topic:night-raids`?" in done.remarks[0].message
