"""What changed in an entry is said field by field, and nothing of it is lost."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.corpus.schema import ActionSeed, ContactSeed, NoteSeed, ReadingSeed
from bot.curation.changes import LABELS, Change, changes, marked
from bot.curation.saying import Saying

WORDS = st.lists(st.sampled_from(["one", "two", "three", "four,", "five.", "six"]), max_size=40).map(" ".join)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text("ab ", max_size=5),
    WORDS,
    st.dates(),
    st.lists(st.text("ab", min_size=1)),
)
VERSIONS = st.dictionaries(
    st.sampled_from(["title", "text", "urls", "work", "aliases"]),
    st.one_of(VALUES, st.dictionaries(st.sampled_from(["title", "en", "fr"]), VALUES)),
)


def test_a_short_text_is_shown_before_and_after() -> None:
    assert changes({"title": "Old"}, {"title": "New"}) == [Change("title", "Title", ("Old",), ("New",))]


def test_what_was_not_there_or_is_gone_is_empty() -> None:
    assert changes({"region": "Ontario"}, {"caveat": "Lost"}) == [
        Change("caveat", "Caveat", (), ("Lost",)),
        Change("region", "Region", ("Ontario",), ()),
    ]


@pytest.mark.parametrize("empty", [None, "", [], {}, {"title": ""}])
def test_what_is_empty_is_as_good_as_absent(empty: object) -> None:
    assert changes({"work": empty}, {}) == []


def test_of_a_list_it_is_said_what_was_removed_and_what_was_added() -> None:
    before = {"urls": ["https://a.example/", "https://b.example/", "https://b.example/"]}
    after = {"urls": ["https://c.example/", "https://b.example/"]}
    assert changes(before, after) == [
        Change("urls", "Links", ("https://a.example/", "https://b.example/"), ("https://c.example/",))
    ]


def test_of_a_list_in_another_order_all_is_shown() -> None:
    assert changes({"actors": ["ally", "anyone"]}, {"actors": ["anyone", "ally"]}) == [
        Change("actors", "Who can do it", ("ally", "anyone"), ("anyone", "ally"))
    ]


def test_fields_within_fields_are_named_by_both() -> None:
    before = {
        "work": {"title": "A", "authors": [{"family": "Agustín", "given": "Laura"}]},
        "aliases": {"en": ["x"]},
    }
    after = {"work": {"title": "B", "authors": [{"literal": "Butterfly"}]}, "aliases": {"fr": ["y"]}}
    assert changes(before, after) == [
        Change("work.title", "Title of the work", ("A",), ("B",)),
        Change("work.authors", "Authors", ("Laura Agustín",), ("Butterfly",)),
        Change("aliases.fr", "Other names", (), ("y",)),
        Change("aliases.en", "Other names", ("x",), ()),
    ]


def test_dates_numbers_and_yes_or_no_are_put_in_words() -> None:
    before: dict[str, object] = {"checked_on": date(2025, 1, 2), "police": False, "work": {"volume": 1}}
    after: dict[str, object] = {"checked_on": date(2026, 1, 2), "police": True, "work": {"volume": 2}}
    assert changes(before, after) == [
        Change("checked_on", "Checked on", ("2025-01-02",), ("2026-01-02",)),
        Change("police", "Police or border agencies", (Saying("no"),), (Saying("yes"),)),
        Change("work.volume", "Volume", ("1",), ("2",)),
    ]


def test_in_a_long_text_what_changed_is_marked_with_a_little_around_it() -> None:
    start = "It was founded by migrant sex workers and their allies in Toronto many years ago."
    end = "They answer in Mandarin and in English on every day of the week, also at night."
    (change,) = changes(
        {"text": f"{start} Call before noon. {end}"}, {"text": f"{start} Write at any time. {end}"}
    )
    assert change.marked == (
        "… allies in Toronto many years ago. [-Call before noon.-]{+Write at any time.+} "
        "They answer in Mandarin and in …"
    )
    assert change.before == (f"{start} Call before noon. {end}",)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("one two three", "one three", "one [-two-] three"),
        ("one three", "one two three", "one {+two+} three"),
        ("one two", "one three", "one [-two-]{+three+}"),
        ("one two", "one two three", "one two {+three+}"),
        ("one two.\n\nthree", "one two.\n\nfour", "one two.\n\n[-three-]{+four+}"),
        ("性工作是工作", "性工作也是工作", "性工作{+也+}是工作"),
        ("", "one", "{+one+}"),
        ("one", "", "[-one-]"),
        ("one", "one", "one"),
    ],
)
def test_words_that_went_and_came_are_marked_as_wdiff_does(before: str, after: str, expected: str) -> None:
    assert marked(before, after) == expected


@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_the_marked_one(before: str, after: str) -> None:
    both = marked(before, after, around=None)
    old = re.sub(r"\{\+.*?\+\}", " ", both).replace("[-", " ").replace("-]", " ")
    new = re.sub(r"\[-.*?-\]", " ", both).replace("{+", " ").replace("+}", " ")
    assert old.split() == before.split()
    assert new.split() == after.split()


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(before: str, after: str) -> None:
    assert isinstance(marked(before, after), str)
    assert ("{+" in marked("", after)) == bool(after.split()) or "{+" in after


@given(VERSIONS, VERSIONS)
def test_nothing_changed_between_a_version_and_itself_and_back_is_the_reverse(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert changes(before, before) == []
    forth = {each.field: (each.before, each.after) for each in changes(before, after)}
    back = {each.field: (each.after, each.before) for each in changes(after, before)}
    assert forth == back


def _paths(model: type[BaseModel], within: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = within + (field.alias or name)
        inner = [each for each in (field.annotation, *get_args(field.annotation)) if isinstance(each, type)]
        models = [each for each in inner if issubclass(each, BaseModel)]
        if models and path not in LABELS and not str(field.annotation).startswith("list"):
            yield from _paths(models[0], f"{path}.")
        else:
            yield path


@pytest.mark.parametrize("model", [NoteSeed, ReadingSeed, ActionSeed, ContactSeed])
def test_every_field_of_an_entry_has_a_name_for_readers(model: type[BaseModel]) -> None:
    paths = set(_paths(model)) - {"id"}
    assert len(paths) > 5
    assert paths <= set(LABELS)
