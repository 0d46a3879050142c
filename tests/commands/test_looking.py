"""The answer, the closest there is, or plainly nothing and what to try instead."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.words import BUTTON, ECHO, echo, shortened
from bot.reply import Ask, Choice
from tests.commands.conftest import Say
from tests.commands.small import BORDERS, BUTTERFLY, MARGINS, OLD, RAIDS, REVIEW


async def test_an_answer_comes_best_first(say: Say) -> None:
    reply = await say("find raids")
    assert reply.found
    assert reply.cards[0].id == RAIDS.id
    assert all(a.score >= b.score for a, b in zip(reply.cards, reply.cards[1:], strict=False))


@pytest.mark.parametrize(
    ("line", "opening"),
    [
        ("find xyzzy plugh", "I found nothing about “xyzzy plugh”."),
        ("summary xyzzy plugh", "I have no summary about “xyzzy plugh”."),
        ("reading xyzzy plugh", "I know of no reading about “xyzzy plugh”."),
        ("action xyzzy plugh", "I know of no action about “xyzzy plugh”."),
        ("contact xyzzy plugh", "I have no contact for “xyzzy plugh”."),
    ],
)
async def test_nothing_found_says_so_and_offers_what_stands_on_that_shelf(
    line: str, opening: str, say: Say
) -> None:
    reply = await say(line)
    assert not reply.found
    assert not reply.close
    assert not reply.cards
    assert reply.text.startswith(opening)
    assert reply.choices
    for choice in reply.choices:
        followed = await say(choice.ask)
        assert followed.found, choice
        assert followed.cards, choice
    command = line.split(maxsplit=1)[0]
    assert {choice.ask.command for choice in reply.choices} == {"summary" if command == "find" else command}


async def test_where_another_shelf_would_have_answered_it_is_offered_first(say: Say) -> None:
    reply = await say("contact border control")
    assert not reply.found
    assert reply.choices[0] == Choice("Summary: Border control", Ask("summary", {"topic": BORDERS.id}))
    assert [choice.ask.options["who"] for choice in reply.choices if choice.ask.command == "contact"] == [
        BUTTERFLY.id,
        OLD.id,
    ]


async def test_something_near_is_offered_and_not_served(say: Say) -> None:
    """At most three choices, and each leads straight to an entry by its id."""
    reply = await say("contact butterfly zeppelin")
    assert not reply.found
    assert not reply.cards
    assert reply.close
    assert 1 <= len(reply.choices) <= 3
    assert Ask("contact", {"who": BUTTERFLY.id}) in [choice.ask for choice in reply.choices]
    for choice in reply.choices:
        assert (await say(choice.ask)).cards[0].id in choice.ask.options.values()


async def test_an_id_of_a_topic_brings_everything_filed_under_it(say: Say) -> None:
    reply = await say(Ask("reading", {"topic": BORDERS.id}))
    assert reply.text == "Readings filed under “Border control”:"
    assert [card.id for card in reply.cards] == [MARGINS.id, "reading:ticktin-2011"]


async def test_an_id_from_another_shelf_is_not_a_dead_end(say: Say) -> None:
    reply = await say(Ask("contact", {"who": MARGINS.id}))
    assert not reply.found
    assert reply.choices[0].ask == Ask("reading", {"topic": MARGINS.id})


async def test_what_was_drawn_from_a_document_is_offered_where_its_name_finds_nothing_on_a_shelf(
    say: Say,
) -> None:
    reply = await say("reading vita review")
    assert not reply.found
    assert reply.choices[0] == Choice(
        "3 readings: Rights and Raids: A Review", Ask("reading", {"topic": REVIEW.id})
    )
    assert len((await say(reply.choices[0].ask)).cards) == 3


async def test_a_reader_of_another_language_is_offered_names_in_it(say: Say) -> None:
    reply = await say("contact contrôle des frontières", "fr-CA")
    assert not reply.found
    assert "Je n’ai pas de contact" in reply.text
    assert reply.choices[0].label == "Résumé\N{NO-BREAK SPACE}: Contrôle des frontières"


@given(st.text())
def test_what_is_repeated_of_a_question_is_short_and_harmless(words: str) -> None:
    repeated = echo(words)
    assert len(repeated) <= ECHO
    assert repeated == repeated.strip()
    assert repeated.isprintable()
    assert not set(repeated) & set('<>@#*_~|`[](){}/\\:"\N{RIGHT-TO-LEFT OVERRIDE}')


@given(st.text(), st.integers(1, 100))
def test_what_is_shortened_fits_and_is_cut_between_words(text: str, limit: int) -> None:
    cut = shortened(text, limit)
    line = re.sub("[ \t\n\r\f\v]+", " ", text).strip()
    assert len(cut) <= limit
    if cut != line:
        assert cut.endswith("…")
        kept = cut.removesuffix("…")
        assert line.startswith(kept)
        assert " " not in line[: limit - 1] or not line[len(kept) :][:1].isalnum() or not kept


async def test_no_label_is_longer_than_a_button(say: Say) -> None:
    for line in (
        "find xyzzy",
        "reading",
        "action",
        "source",
        "summary vita review",
        "contact",
        "source review",
    ):
        reply = await say(line)
        for choice in (*reply.choices, *(choice for card in reply.cards for choice in card.choices)):
            assert 0 < len(choice.label) <= BUTTON
