"""Custom ids: what is written is read again, within the length that Discord allows."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.commands.describe import REGISTRY
from bot.corpus.check import packaged_seeds
from bot.corpus.check import read as read_seeds
from bot.platforms.discord.address import (
    LONGEST,
    TOKENED,
    Address,
    Found,
    Marks,
    Step,
    UnreadableError,
    address,
    asked,
    bare,
    by_marks,
    fits,
    mark,
    marked,
    read,
    resolved,
    shortest,
    write,
)
from bot.reply import Ask

names = st.sampled_from(["words", "topic", "part", "who"])
texts = st.text(min_size=1, max_size=300)
asks = st.builds(Ask, st.sampled_from(["find", "summary"]), st.dictionaries(names, texts, max_size=3))
ids = st.lists(st.from_regex(r"[a-z]{3,8}:[a-z0-9-]{1,60}", fullmatch=True), max_size=40)
numbers = st.integers(0, 36**2 - 1)
starts = st.integers(0, 999)


@given(st.sampled_from(Step), asks, numbers, starts)
def test_a_custom_id_says_what_it_was_made_of(step: Step, ask: Ask, number: int, start: int) -> None:
    """Whatever was typed: bars, per cents, equals signs, line ends."""
    where = Address(step, ask, start if step in (Step.MORE, Step.SHOW) else 0)
    if step in TOKENED:
        where = replace(where, token=f"token-{start}")
    assert read(write(where, number)) == where


@given(asks, numbers)
def test_a_question_of_any_length_fits_a_button(ask: Ask, number: int) -> None:
    """It is cut between words where it has to be; what fits stays as it is."""
    where = shortest(Address(Step.ASK, ask))
    fitted = where.question
    assert isinstance(fitted, Ask)
    assert len(write(where, number)) <= LONGEST
    for name, value in fitted.options.items():
        assert ask.options[name].startswith(value) or value == f"@{mark(ask.options[name])}"
    if len(write(Address(Step.ASK, ask), 0)) < LONGEST:
        assert fitted == ask


founds = st.builds(Found, ids, st.just(2), suffice=st.booleans())


@given(st.sampled_from([Step.MORE, Step.SHOW]), asks, starts, founds)
def test_an_answer_of_any_question_can_be_gone_on_with(
    step: Step, ask: Ask, start: int, found: Found
) -> None:
    """By its question; or by what was found, where that says the same; or else by the question cut short."""
    typed = len(ask.options) % 2 == 0
    custom_id = write(address(step, ask, start, found, typed=typed), 1295)
    assert len(custom_id) <= LONGEST
    again = read(custom_id)
    assert again.step is step
    if isinstance(again.question, Marks):
        assert found.suffice
        assert again.start == max(0, start - 2)
        shown = resolved(again.question, {mark(each): each for each in found.entries})
        assert shown == found.entries[: len(shown)]
        assert len(shown) == min(len(found.entries), 15)
    else:
        assert again.start == start
        assert again.question.command == ask.command
        if typed and len(write(Address(step, ask, start), 0)) < LONGEST:
            assert again.question == ask


@given(asks, st.from_regex(r"[a-z]{3,8}:[a-z0-9-]{1,40}", fullmatch=True))
def test_one_thing_that_was_found_is_named_instead_of_described(ask: Ask, item_id: str) -> None:
    """The command stays, with what else was asked of it; nothing that was typed for it is left."""
    assume(ask.options)
    longest = max(ask.options, key=lambda name: len(ask.options[name]))
    others = {name: value[:5] for name, value in ask.options.items() if name != longest}
    question = Ask(ask.command, {**others, longest: "x" * 300})
    where = address(Step.SHOW, question, 0, Found([item_id]))
    assert where.question == Ask(ask.command, {**others, longest: item_id})


@given(
    st.sampled_from([Step.ASK, Step.FORM, Step.KEPT]),
    st.from_regex(r"[a-z]{3,8}:[a-z0-9-]{1,200}", fullmatch=True),
    st.sampled_from(["", "details"]),
)
def test_an_id_of_any_length_is_found_again(step: Step, item_id: str, part: str) -> None:
    """Communities make ids of titles, and import them: where one is too long, a mark stands for it."""
    ask = Ask("shelf edit", {"entry": item_id, "part": part})
    where = Address(step, ask, token="" if step is Step.ASK else "xXxX")
    custom_id = write(by_marks(where), 1295)
    assert len(custom_id) <= LONGEST
    again = read(custom_id)
    assert isinstance(again.question, Ask)
    assert asked(again.question, {mark(item_id): item_id}) == ask
    if fits(where):
        assert again == where
        assert not marked(again.question)


@given(asks, st.text("abc_-", min_size=1, max_size=20))
def test_what_must_not_be_cut_is_there_whole_or_not_at_all(ask: Ask, token: str) -> None:
    where = bare(Address(Step.KEPT, ask, token=token))
    left = where.question
    assert isinstance(left, Ask)
    assert len(write(where, 1295)) <= LONGEST
    known = {mark(value): value for value in ask.options.values()}
    assert asked(left, known) in (ask, Ask(ask.command))


def test_words_that_look_like_a_mark_stay_what_they_are() -> None:
    ask = Ask("find", {"words": "@abcdef", "topic": "x"})
    assert marked(ask) == {"words": "abcdef"}
    assert asked(ask, {mark("topic:raids"): "topic:raids"}) is ask


def test_a_mark_of_an_entry_that_is_gone_is_no_id() -> None:
    """So that it is counted among what is no longer there."""
    marks = Marks((mark("reading:one"), mark("reading:gone")))
    known = {mark(each): each for each in ("reading:two", "reading:one")}
    assert resolved(marks, known) == ["reading:one", mark("reading:gone")]


@pytest.mark.parametrize(
    "custom_id", ["", "a", "x0|find", "m0|find|words=x", "a0|find|words", "s1", "m", "a0"]
)
def test_what_is_no_custom_id_of_ours_is_said_to_be_none(custom_id: str) -> None:
    """Of another version, or made up."""
    with pytest.raises(UnreadableError):
        read(custom_id)


def test_every_id_of_the_corpus_fits_beside_another() -> None:
    """So that only what readers type is ever cut: the longest command with the two longest ids."""
    corpus = read_seeds(packaged_seeds())
    parts = [(source.id, section.id) for source in corpus.sources for section in source.sections]
    asks = [Ask("summary", {"topic": source, "part": part}) for source, part in parts]
    asks += [
        Ask(command.name, {option.name: item.id})
        for command in REGISTRY.values()
        for option in command.options[:1]
        for item in corpus.items()
    ]
    assert asks
    assert all(shortest(where) == where for where in (Address(Step.SHOW, ask, 99) for ask in asks))
