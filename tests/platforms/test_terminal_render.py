"""Replies on a screen: within its width, whole, and the same without colour."""

import re
import unicodedata
from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot.i18n import translator
from bot.platforms.clean import clean
from bot.platforms.terminal.render import (
    Part,
    choices,
    continued,
    layout,
    page_end,
    readable,
    show,
)
from bot.platforms.terminal.wrap import cells, wrap
from bot.reply import Card, Code, Link, Links, Paragraph, Reply
from tests.platforms.replies import CONTACT, REPLY, TOPIC, replies, texts, words

EN = translator("en")
widths = st.integers(min_value=20, max_value=200)
URL = re.compile(r"(https?://|mailto:|www\.)")


def drawn(reply: Reply, columns: int, **terminal: bool) -> list[str]:
    """The lines that arrive at a screen that wide, printed by rich as in the chat."""
    stream = StringIO()
    console = Console(file=stream, width=columns, markup=False, emoji=False, **terminal)  # type: ignore[arg-type]
    show(console, (line for part in layout(reply, columns, EN) for line in part.lines))
    return stream.getvalue().split("\n")[:-1]


def test_a_topic_at_60_columns() -> None:
    """What the reader of a narrow window sees of a card, line by line."""
    assert drawn(Reply(cards=(TOPIC,)), 60) == [
        "",
        "── Summary · Law ───────────────────────────────────────────",
        "Nordic model",
        "",
        "! Content note: police violence",
        "",
        "Buying sex is a crime and selling it is not. The book calls",
        "it criminalisation by another name: clients are hurried,",
        "places to work are closed and sex workers are watched.",
        "  Source: The book · Rights, Not Rescue · Introduction, ¶ 3",
        "",
        "Questions",
        "1. Ask who was consulted.",
        "2. Ask who pays.",
        "",
        "swop.example:",
        "  https://swop.example/reports/2012/nordic-model",
        "",
        "  A. Author, Rights, Not Rescue · CC BY 4.0",
        "",
        "[1] Readings on this (2)",
    ]


def test_chinese_is_broken_by_cells_and_not_before_a_comma() -> None:
    """A Han character takes two columns; a line begins with no closing punctuation."""
    assert drawn(Reply(cards=(CONTACT,)), 30)[8:11] == [
        "亚洲和移民性工作者支援网络，为",
        "移民性工作者提供支持。",
        "  Source: The article ·",
    ]
    assert list(wrap("一二三四五六七八九十，一二", 20)) == ["一二三四五六七八九", "十，一二"]


def test_the_numbers_of_choices_run_through_the_reply() -> None:
    """What a number picks is what stands beside it."""
    lines = drawn(REPLY, 80)
    assert [line for line in lines if line.startswith("[")] == [
        f"[{number}] {choice.label}" for number, choice in enumerate(choices(REPLY), start=1)
    ]


def test_a_card_that_ends_the_page_before_its_end_is_named_again() -> None:
    """The page goes on with a line that says of what."""
    parts = layout(Reply("Hello", (TOPIC,)), 60, EN)
    assert continued(Reply("Hello", (TOPIC,)), parts, 1, 60, EN) == []
    assert "Nordic model, continued" in continued(Reply("Hello", (TOPIC,)), parts, 2, 60, EN)[1].plain


def test_a_card_that_does_not_fit_waits_for_the_next_page() -> None:
    """Where another card is on the page already; one that comes first is begun even if it has to be cut."""
    parts = layout(REPLY, 60, EN)
    first, second = (next(i for i, part in enumerate(parts) if part.card == card) for card in (0, 1))
    height = sum(part.height for part in parts[: second + 1])
    assert page_end(parts, 0, rows=height, cards=3) == second
    assert page_end(parts, 0, rows=12, cards=3) > first
    assert page_end(parts, 0, rows=None, cards=1) == second
    assert page_end(parts, 0, rows=None, cards=3) == len(parts)


def test_an_address_wider_than_the_screen_stands_alone_and_whole() -> None:
    """So that it can be copied or clicked."""
    url = "https://example.org/" + "a" * 60
    lines = drawn(
        Reply(cards=(Card("T", (Paragraph(f"See ({url}) for it."), Links((Link("Site", url),)))),)), 40
    )
    assert [line for line in lines if "http" in line] == [f"({url})", url]


def test_code_is_drawn_to_the_letter() -> None:
    """No break is added inside BibTeX, whose lines the reader copies."""
    bibtex = "@book{agustin,\n  title = {" + "Sex at the Margins " * 5 + "},\n\n  year = 2007\n}"
    assert "\n".join(drawn(Reply(cards=(Card("T", (Code(bibtex),)),)), 40)).endswith("\n\n" + bibtex)


def test_a_line_that_the_terminal_continues_counts_as_the_rows_it_takes() -> None:
    """So that a page of BibTeX does not push its own head off the screen."""
    code, *_ = layout(Reply(cards=(Card("", (Code("x" * 100 + "\n" + "y" * 20),)),)), 40, EN)
    assert code.height == len(code.lines) + 2


def test_words_are_broken_only_where_a_line_cannot_hold_them() -> None:
    """A word that fits on the next line goes there; a hyphen is no place to break an address or a name."""
    assert list(wrap("anti-trafficking policy-makers", 20)) == ["anti-trafficking", "policy-makers"]
    assert list(wrap("a Donaudampfschifffahrt", 20)) == ["a", "Donaudampfschifffahr", "t"]


def test_colour_adds_nothing_that_words_do_not_say() -> None:
    """The text is the same with colours, without (NO_COLOR), and where there is no terminal at all."""
    plain = drawn(REPLY, 60)
    escapes = re.compile(r"\x1b\[[0-9;]*m")
    coloured = drawn(REPLY, 60, force_terminal=True, color_system="truecolor")  # type: ignore[arg-type]
    assert any("\x1b[36m" in line for line in coloured)
    assert [escapes.sub("", line) for line in coloured] == plain
    without = drawn(REPLY, 60, force_terminal=True, color_system="truecolor", no_color=True)  # type: ignore[arg-type]
    assert not any(re.search(r"\x1b\[[0-9;]*3[0-7]", line) for line in without)
    assert not any("\x1b" in line for line in plain)


@settings(deadline=None)
@given(replies, widths)
def test_no_line_is_wider_than_the_screen(reply: Reply, columns: int) -> None:
    """Except one that is an address, and code, which is left to the letter."""
    cards = tuple(
        Card(c.title, tuple(b for b in c.blocks if not isinstance(b, Code)), c.id, c.kind, c.label, c.warning)
        for c in reply.cards
    )
    for line in drawn(Reply(reply.text, cards, reply.choices), columns):
        assert cells(line) <= readable(columns) or URL.search(line)


@settings(deadline=None)
@given(replies, widths)
def test_every_word_is_on_the_screen(reply: Reply, columns: int) -> None:
    """Whole, also where it was broken because no line could hold it; markup in it is text like any other."""
    screen = "".join("".join(drawn(reply, columns)).split())
    for text in words(reply):
        for word in clean(text).split():
            assert word in screen


@settings(deadline=None)
@given(replies, widths)
def test_nothing_reaches_the_terminal_that_it_would_obey(reply: Reply, columns: int) -> None:
    """Whatever stands in the corpus or in a question that is repeated, the output is printable."""
    for line in drawn(reply, columns):
        assert all(unicodedata.category(character) not in {"Cc", "Cs"} for character in line)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff]", line)


@settings(deadline=None)
@given(texts, widths)
def test_wrapping_keeps_every_character_but_spaces(text: str, columns: int) -> None:
    """And breaks no grapheme off its marks: no line begins with a combining one."""
    line = " ".join(clean(text).split())
    lines = list(wrap(line, columns))
    assert "".join("".join(lines).split()) == "".join(line.split())
    assert all(not unicodedata.combining(piece[0]) or line.startswith(piece) for piece in lines[1:])


@settings(deadline=None)
@given(replies, widths, widths, st.one_of(st.none(), st.integers(min_value=0, max_value=50)))
def test_pages_show_every_part_once_and_no_more_than_fits(
    reply: Reply, columns: int, other: int, rows: int | None
) -> None:
    """Turning pages to the end shows the reply whole, and the parts are the same at any width."""
    parts = layout(reply, columns, EN)
    assert [part.card for part in parts] == [part.card for part in layout(reply, other, EN)]
    start, seen = 0, list[Part]()
    while start < len(parts):
        end = page_end(parts, start, rows=rows, cards=reply.page)
        page = parts[start:end]
        assert page
        assert len({part.card for part in page} - {None}) <= reply.page
        assert rows is None or len(page) == 1 or sum(part.height for part in page) <= rows
        seen += page
        start = end
    assert seen == parts
