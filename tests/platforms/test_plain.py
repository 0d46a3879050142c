"""A reply as plain text says everything the reply says, in order, and nothing to a terminal."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.commands
from bot.commands.parse import parse
from bot.commands.request import Request
from bot.i18n import LANGUAGES, translator
from bot.model import AnyEntry, Source
from bot.platforms.clean import clean, one_line
from bot.platforms.plain import WRITTEN_OUT, card_text, reply_text, to_type, written_out
from bot.reply import Ask, Block, Bullets, Card, Choice, Code, Facts, Paragraph, Reply
from tests.commands.small import CORPUS
from tests.platforms.replies import CONTACT, REPLY, TOPIC, replies, texts, words

assert bot.commands  # importing it registers the commands

EN = translator("en")


def test_a_card_reads_from_title_to_attribution() -> None:
    """Title, shelf, warning, text with its place, list, links, attribution: in this order and no other."""
    assert card_text(TOPIC, EN) == (
        "Nordic model\n"
        "Summary · Law\n"
        "\n"
        "Content note: police violence\n"
        "\n"
        "Buying sex is a crime and selling it is not. The book calls it criminalisation by another name:"
        " clients are hurried, places to work are closed and sex workers are watched.\n"
        "Source: The book · Rights, Not Rescue · Introduction, ¶ 3\n"
        "\n"
        "Questions\n"
        "1. Ask who was consulted.\n"
        "2. Ask who pays.\n"
        "\n"
        "swop.example: https://swop.example/reports/2012/nordic-model\n"
        "\n"
        "A. Author, Rights, Not Rescue · CC BY 4.0"
    )


def test_a_contact_in_chinese_stays_as_written() -> None:
    """Labels and values stand on lines of their own, and no script is touched."""
    assert card_text(CONTACT, EN) == (
        "蝴蝶 Butterfly\n"
        "Contact\n"
        "\n"
        "Email: info@butterfly.example\n"
        "Phone: +1 416 555 0100\n"
        "\n"
        "亚洲和移民性工作者支援网络，为移民性工作者提供支持。\n"
        "Source: The article · Contacts\n"
        "\n"
        "CC BY-NC 4.0"
    )


def test_a_reply_holds_its_cards_apart_and_ends_with_what_can_be_asked_next() -> None:
    """Text, cards with their onward choices and a line between them, then the choices of the whole."""
    assert reply_text(REPLY, EN) == "\n\n".join(
        (
            "Two things stand on the shelf.",
            card_text(TOPIC, EN),
            "→ Readings on this (2)",
            "---",
            card_text(CONTACT, EN),
            "→ All readings",
        )
    )


def test_code_keeps_its_lines_and_spaces() -> None:
    """BibTeX is copied to the letter."""
    bibtex = "@book{a,\n  title = {X},\n\n  year  = 2007\n}"
    assert bibtex in card_text(Card("Cite", (Code(bibtex),)), EN)


def test_a_blank_line_parts_paragraphs_and_a_single_line_end_does_not() -> None:
    """YAML authors break lines where their editor does; readers do not see that."""
    card = Card("T", (Paragraph("one\ntwo\n \nthree", "S"), Bullets(("a\nb",))))
    assert card_text(card, EN) == "T\n\none two\n\nthree\nSource: S\n\n• a b"


def test_empty_parts_leave_no_gap() -> None:
    """A reply of nothing but choices is nothing but choices."""
    assert reply_text(Reply(choices=(Choice("A", Ask("help")), Choice("B", Ask("help")))), EN) == "→ A\n→ B"


def test_what_a_terminal_would_obey_is_made_visible_and_what_hides_is_dropped() -> None:
    """ESC, C1 controls, overrides, zero-width spaces; NEL and CR LF end a line."""
    assert clean("a\x1b[2Jb\x9bc\x07") == "a\ufffd[2Jb\ufffdc\ufffd"
    assert clean("gnp\u202eexe\u202c\u2066x\u2069") == "gnpexex"
    assert clean("pass\u200bword\ufeff\u00ad") == "password"
    assert clean("a\r\nb\x85c\rd") == "a\nb\nc\nd"
    assert clean("\ud800") == "\ufffd"
    assert clean("a\u200db\u200d\u200d") == "ab"


def test_ordinary_writing_is_left_alone() -> None:
    """Joiners in Persian, Hindi and emoji, direction marks in Hebrew, no-break spaces in French, accents."""
    for text in ("می‌خواهم", "क्‍ष", "👩‍👩‍👧", "שלום\u200e!", "«\u00a0oui\u00a0»\u202f!", "Agustín", "če\u0301"):
        assert one_line(text) == text


@settings(deadline=None)
@given(texts)
def test_clean_text_can_be_encoded_printed_and_cleaned_again(text: str) -> None:
    """No control but the line end and the tab, no surrogate; cleaning twice changes nothing."""
    cleaned = clean(text)
    cleaned.encode()
    assert {unicodedata.category(c) for c in cleaned} & {"Cc", "Cs"} <= {"Cc"}
    assert {c for c in cleaned if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert clean(cleaned) == cleaned


@settings(deadline=None)
@given(replies)
def test_every_word_of_a_reply_is_in_its_text(reply: Reply) -> None:
    """Nothing is dropped, whatever the shape of the reply."""
    shown = reply_text(reply, EN).split()
    for text in words(reply):
        for word in clean(text).split():
            assert any(word in piece for piece in shown)


@pytest.mark.parametrize("item", list(CORPUS.items()), ids=lambda item: item.id)
@pytest.mark.parametrize("prefix", ["/", "!", "shop "])
def test_a_command_to_type_is_understood_as_it_was_meant(item: Source | AnyEntry, prefix: str) -> None:
    """Bare where that is enough, else by the names of its options; in whatever language it is typed."""
    for language in LANGUAGES:
        request = Request(language, prefix=prefix)
        for asked in (
            Ask("cite", {"thing": item.id}),
            Ask("reading", {"topic": item.id}),
            Ask("summary", {"topic": item.id, "part": "long"}),
            Ask("action", {"topic": "two words", "who": "lawmaker"}),
            Ask("action", {"who": "lawmaker"}),
            Ask("action", {"topic": "lawmaker"}),
            Ask("help"),
        ):
            assert parse(to_type(asked, prefix).removeprefix(prefix), request) == asked


def test_a_command_to_type_is_short_where_it_can_be() -> None:
    """As a person would type it."""
    assert to_type(Ask("cite", {"thing": "reading:margins"}), "!") == "!cite reading:margins"
    assert to_type(Ask("action", {"topic": "police raids", "who": "ally"}), "/") == (
        '/action topic:"police raids" who:ally'
    )


@settings(deadline=None)
@given(replies)
def test_a_reply_written_out_says_the_same_and_offers_nothing_by_number(reply: Reply) -> None:
    """Every word of it but the choices is there, and of those the first three, as commands."""
    post = written_out(reply, "!")
    offered = [*(choice for card in reply.cards for choice in card.choices), *reply.choices]
    assert not post.choices
    assert not any(card.choices for card in post.cards)
    assert tuple(replace(card, choices=()) for card in reply.cards) == post.cards[: len(reply.cards)]
    rows = [row for card in post.cards[len(reply.cards) :] for block in card.blocks for row in _rows(block)]
    assert [label for label, _ in rows] == [choice.label for choice in offered[:WRITTEN_OUT]]
    assert all(line.startswith("!") for _, line in rows)


def _rows(block: Block) -> tuple[tuple[str, str], ...]:
    return block.rows if isinstance(block, Facts) else ()


@settings(deadline=None)
@given(st.text())
def test_letters_and_marks_survive(text: str) -> None:
    """Cleaning touches no letter, mark, digit, punctuation or symbol of any script."""

    def kept(text: str) -> list[str]:
        return [c for c in text if unicodedata.category(c)[0] in "LMNPS" and c != "\ufffd"]

    assert kept(clean(text)) == kept(text)
