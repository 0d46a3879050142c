"""A form asked step by step: what is asked, and what answers lead to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.filling import Filling, Trouble, answered, asked, begun, opened, unanswered
from bot.commands.request import Request
from bot.reply import Ask, Card, Field, Form, Reply

TITLE = Field("title", "Title", required=True, limit=20)
TEXT = Field("text", "What it says", hint="In a few sentences.", long=True, limit=100)
LINK = Field("link", "Web address", value="https://shop.example/")
FORM = Form("A new contact", (TITLE, TEXT, LINK), Ask("shelf add", {"kind": "contact"}))
ASK = Request(prefix="!")


def led(form: Form, *lines: str) -> Filling | Ask | None:
    """What a form leads to after some answers."""
    now: Filling | Ask | None = begun(Reply(form=form))
    for line in lines:
        assert isinstance(now, Filling)
        now = answered(now, line, "!")
    return now


def at(form: Form, *lines: str) -> Filling:
    """Where a form stands after some answers, if it is not filled in by then."""
    now = led(form, *lines)
    assert isinstance(now, Filling)
    return now


def test_each_field_is_asked_for_and_the_command_gets_them_all() -> None:
    """With the options that were known before; what is left out is empty, what is kept stays."""
    assert led(FORM, "Lantern", "-", "=") == Ask(
        "shelf add", {"kind": "contact", "title": "Lantern", "text": "", "link": "https://shop.example/"}
    )
    given = led(FORM, "Lantern", "A room.\n\nWith tea.", "!-")
    assert given == Ask(
        "shelf add", {"kind": "contact", "title": "Lantern", "text": "A room.\n\nWith tea.", "link": ""}
    )


@pytest.mark.parametrize(
    "hidden", ["\x1b[31m", "\x00", "\x1c", "\x1f", "\u202e", "\u200b", "\u2060", "\ufeff", "\ud800"]
)
def test_what_cannot_be_seen_is_left_for_the_command_to_refuse(hidden: str) -> None:
    """Wherever it stands: nothing of an answer is changed behind anybody's back."""
    for line in (f"a{hidden}b", f"{hidden}ab", f"ab{hidden}"):
        assert at(FORM, f" {line} ", line).answers == {"title": line, "text": line}


def test_no_break_spaces_stay() -> None:
    assert at(FORM, "«\xa0Oui\xa0»\u202f!").answers == {"title": "«\xa0Oui\xa0»\u202f!"}


def test_to_nothing_at_all_it_is_said_what_can_be_typed() -> None:
    """How to leave the field out, or to keep what stands there, or that it cannot be left out."""
    said = unanswered(at(FORM), ASK)
    assert said == "This cannot be left out. Type your answer. !stop ends this, and nothing is kept."
    for now in (at(FORM, "x"), at(FORM, "x", "y")):
        (card,) = asked(now, ASK).cards
        assert unanswered(now, ASK) == card.footer[-1]
    assert "- leaves it out." in unanswered(at(FORM, "x"), ASK)
    assert "= keeps what stands there, - empties it." in unanswered(at(FORM, "x", "y"), ASK)


def test_a_line_is_one_line_unless_there_is_room_for_paragraphs() -> None:
    """A title of two lines would be two titles."""
    assert at(FORM, "  The \n Lantern ").answers == {"title": "The Lantern"}
    assert at(FORM, "x", " one\n\ntwo  three ").answers["text"] == "one\n\ntwo  three"


@pytest.mark.parametrize("line", ["", "  ", "-", "!-", "=", "!="])
def test_what_is_required_is_asked_for_again(line: str) -> None:
    """There is nothing to keep, either."""
    assert at(FORM, line) == Filling(FORM, trouble=Trouble.MISSING)
    assert at(FORM, line, "Lantern").trouble is None


def test_what_is_too_long_is_asked_for_again_and_nothing_before_it_is_lost() -> None:
    now = at(FORM, "Lantern", "x" * 101)
    assert now == Filling(FORM, {"title": "Lantern"}, 1, Trouble.LONG)
    (card,) = asked(now, ASK).cards
    assert "at most 100 characters" in card.warning
    assert isinstance(led(FORM, "Lantern", "x" * 101, "x" * 100, "="), Ask)


@pytest.mark.parametrize("line", ["!stop", " ! STOP "])
def test_it_can_be_ended(line: str) -> None:
    """By a word after the prefix: the bare word may be an answer."""
    assert led(FORM, "Lantern", line) is None
    assert at(FORM, "stop").answers == {"title": "stop"}


def test_only_what_was_wrong_is_asked_for_again() -> None:
    """What was right stays as it was typed."""
    wrong = replace(TEXT, value="by\x00te", problem="It has a character that cannot be seen.")
    form = replace(FORM, fields=(replace(TITLE, value="Lantern"), wrong, LINK))
    (card,) = asked(at(form), ASK).cards
    assert card.label == "A new contact: step 1 of 1"
    assert card.warning == "It has a character that cannot be seen."
    assert led(form, "A room.") == Ask(
        "shelf add",
        {"kind": "contact", "title": "Lantern", "text": "A room.", "link": "https://shop.example/"},
    )


def test_a_question_says_what_how_and_how_far() -> None:
    """What it is for, what stands there, and what can be typed instead of an answer."""
    (title,) = asked(at(FORM), ASK).cards
    assert (title.title, title.label) == ("Title", "A new contact: step 1 of 3")
    assert title.footer == ("Type your answer. !stop ends this, and nothing is kept.",)
    (text,) = asked(at(FORM, "x"), ASK).cards
    assert text.title == "What it says (may be left out)"
    assert "- leaves it out." in text.footer[0]
    (link,) = asked(at(FORM, "x", "-"), ASK, by_reply=True).cards
    assert "https://shop.example/" in str(link.blocks)
    assert link.footer[0].startswith(
        "Answer by replying to this message. != keeps what stands there, !- empties"
    )
    (kept,) = asked(at(replace(FORM, fields=(replace(TITLE, value="x"),))), ASK).cards
    assert "= keeps what stands there. " in kept.footer[0]


def test_a_reply_opens_its_form_after_what_it_says() -> None:
    """However many cards it has: the question must not be left to another page."""
    cards = tuple(Card(str(number)) for number in range(4))
    shown = opened(Reply("Look:", cards, form=FORM), ASK)
    assert (shown.text, [card.title for card in shown.cards][-1], shown.page) == ("Look:", "Title", 5)
    plain = Reply("no form")
    assert opened(plain, ASK) is plain


fields = st.builds(
    Field,
    name=st.uuids().map(str),
    label=st.just("Label"),
    value=st.text("ab", max_size=5),
    long=st.booleans(),
    required=st.booleans(),
    limit=st.integers(5, 9),
    problem=st.sampled_from(["", "wrong"]),
)
forms = st.builds(
    Form, st.just("Form"), st.lists(fields, min_size=1, max_size=5).map(tuple), st.just(Ask("x"))
)
lines = st.lists(
    st.one_of(st.sampled_from(["-", "=", "!stop", ""]), st.text("xyz\n ", max_size=12)), max_size=30
)


@given(forms, lines)
def test_whatever_is_answered_it_ends_with_fitting_answers(form: Form, said: list[str]) -> None:
    """Each field is there, none is longer than it may be, and what is required is not empty."""
    now: Filling | Ask | None = begun(Reply(form=form))
    for line in said:
        if not isinstance(now, Filling):
            break
        assert asked(now, ASK).cards
        now = answered(now, line, "!")
    if isinstance(now, Ask):
        assert set(now.options) == {each.name for each in form.fields}
        there = {each.name: each for each in form.fields}
        problems = any(each.problem for each in form.fields)
        for name, value in now.options.items():
            assert len(value) <= there[name].limit
            was_asked = bool(there[name].problem) or not problems
            assert value or not there[name].required or not was_asked
