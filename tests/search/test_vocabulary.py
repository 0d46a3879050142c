"""Which word was meant by one that is not on the shelf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.vocabulary import Vocabulary

WORDS = [
    "nordic",
    "model",
    "deportation",
    "prostitutes",
    "butterfly",
    "reflection",
    "selfreflection",
    "deport",
]


def vocabulary(*words: str, language: str = "en") -> Vocabulary:
    return Vocabulary({(word, language): 1 for word in words})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nordick", "nordic"),
        ("moddle", "model"),
        ("deeportashun", "deportation"),
        ("prostatutes", "prostitutes"),
        ("butterfy", "butterfly"),
        ("ubtterfly", "butterfly"),
    ],
)
def test_slips_and_spelling_by_ear(typed: str, meant: str) -> None:
    """A letter too many, too few, changed or swapped, or a word written as it sounds."""
    best, confidence = vocabulary(*WORDS).correct(typed, ["en"])[0]
    assert best == meant
    assert 0.5 < confidence < 1


@pytest.mark.parametrize("typed", ["mdl", "zzzzzz", "n0rdic", "weather", "mcvety", ""])
def test_no_guesses(typed: str) -> None:
    """Short words, numbers and words that are like none are left alone."""
    assert vocabulary(*WORDS).correct(typed, ["en"]) == []


def test_beginnings() -> None:
    """From three letters on, the beginning of a word is completed, the likelier the more of it is there."""
    found = dict(vocabulary(*WORDS).complete("deport", ["en"]))
    assert found["deport"] > found["deportation"]
    assert vocabulary(*WORDS).complete("de", ["en"]) == []


def test_words_of_other_languages_are_not_guessed() -> None:
    """A misspelt English word is not taken for a Czech one."""
    assert vocabulary("odvetu", language="cs").correct("odvetv", ["en"]) == []
    assert vocabulary("odvetu", language="cs").correct("odvetv", ["en", "cs"])


@given(st.lists(st.text(min_size=1), max_size=30), st.text())
def test_any_words(words: list[str], typed: str) -> None:
    """Confidence lies between 0 and 1, and only words of the vocabulary come back."""
    made = vocabulary(*words)
    for word, confidence in (*made.correct(typed, ["en"]), *made.complete(typed, ["en"])):
        assert word in words
        assert 0 < confidence <= 1
