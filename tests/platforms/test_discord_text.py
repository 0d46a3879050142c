"""Plain text as Discord markdown: nothing in it is markup, addresses are links, and it splits on meaning."""

import re

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.clean import one_line
from bot.platforms.discord.limits import Size, size
from bot.platforms.discord.text import (
    LINKED,
    PLAIN,
    VERBATIM,
    Piece,
    Script,
    at_line_start,
    fitted,
    linked,
    pieces,
    plain,
)
from tests.platforms.discord_markup import ActiveMarkupError, visible
from tests.platforms.replies import texts

EVERY_CONSTRUCT = [
    "**bold** *italic* _italic_ __under__ ***both*** ~~gone~~ ||spoiler||",
    "`code` ``code`` ```block``` ```py",
    "> quote",
    ">>> quotes",
    "# heading",
    "### heading #",
    "-# small",
    "- item",
    "* item",
    "+ item",
    "-",
    "1. item",
    "2007.",
    "===",
    "---",
    "[masked](https://example.org) [masked](<https://example.org> 'title')",
    "<https://example.org/*a*> <a:/b> <mailto:a@example.org>",
    "<@80351110224678912> <@!1> <@&165511591545143296> <#103735883630395392> <@$14024>",
    "@everyone @here a@here.org",
    "</airhorn:816437322781949972> <t:1618953630:R> <id:customize> <:mmLol:216154654256398347> <a:b1:3>",
    ":smile: a:b:c: 10:30:15 ::: :+1: :-1:",
    "steam://run discord://-/store ftp://x https:// http://",
    "\\ \\\\ \\* ¯\\_(ツ)_/¯ C:\\dir\\*",
    "\u00a0# no-break space, then a mark",
    "C# and F#",
]
markup = st.text(alphabet="*_~|`<>[]()#-+=@:!/\\.0123456789 ah", max_size=30)
spoken = st.lists(
    st.one_of(
        texts,
        markup,
        st.sampled_from(EVERY_CONSTRUCT),
        st.sampled_from(
            [
                "See https://example.org/a_b_(c)?d=*e*, and (http://example.org).",
                "mail first.last_name@mail.example.org, now",
                "工作不是犯罪。移民不是犯罪！请看https://example.org/路径。",
                "一二三四。\u0301五六七八。\u0301九" * 5,
                "\u0600 number",
                "a \u0301b",
                "e" + "\u0301" * 40,
                "👩‍👩‍👧‍👦" * 12,
                "Z" * 90,
                "x" * 70 + "(https://example.org/z" + "y" * 50,
            ]
        ),
    ),
    max_size=5,
).map(lambda parts: one_line(" ".join(parts)))
rooms = st.builds(Size, st.integers(24, 120), st.integers(72, 300))


def rejoined(made: list[Piece]) -> str:
    """What a reader sees of pieces that stand in one line."""
    return visible("$ " + "".join(gap + shown for gap, shown in made)).removeprefix("$ ")


@pytest.mark.parametrize("text", EVERY_CONSTRUCT)
def test_no_construct_of_discord_is_active(text: str) -> None:
    """At the beginning of a line, in the middle of one, and inside bold, each is shown as it was written."""
    line = one_line(text)
    assert visible(at_line_start(linked(line))) == line
    assert visible(f"Said: {linked(line)}") == f"Said: {line}"
    assert visible(f"-# {at_line_start(linked(line))}").removesuffix("\n") == line
    assert visible(f"**{at_line_start(plain(line))}**") == line


INERT = ("-", "2007.", "C# and F#", "\u00a0# no-break space, then a mark")


@pytest.mark.parametrize("text", [text for text in EVERY_CONSTRUCT if text not in INERT])
def test_the_reader_of_the_tests_sees_markup_where_there_is_some(text: str) -> None:
    """Without escapes, each of these is refused or shown as something else."""
    try:
        shown = visible(one_line(text))
    except ActiveMarkupError:
        return
    assert shown.strip("\n") != one_line(text)


def test_ordinary_text_is_left_as_it_is() -> None:
    """Whoever copies the source of a message finds no backslash where none is needed."""
    for text in (
        "Rights, Not Rescue: a book (2024), p. 3-4 – “good”.",
        "性工作者的权利",
        "50 % #1",
        "2.5 km",
    ):
        assert at_line_start(linked(text)) == text


def test_addresses_stay_whole_and_become_links() -> None:
    """In brackets, which are not shown: a bare one would take in what follows it."""
    assert linked("(https://example.org/a_b_(c)).") == "(<https://example.org/a_b_(c)>)."
    assert linked("看https://example.org/路径。好") == "看<https://example.org/路径>。好"
    assert linked("https://example.org/*a*?b=c, d") == "<https://example.org/*a*?b=c>, d"
    assert linked("write to a.b_c@mail.example.org.") == "write to <a.b_c@mail.example.org>."


def test_what_only_looks_like_an_address_is_text() -> None:
    """Part of an address would be another address."""
    assert linked("https:// x") == "https\\:// x"
    assert linked("!a@example.org") == "!a@example.org"
    assert linked("a@b@example.org") == "a@b@example.org"
    assert linked("a@example.orgé") == "a@example.orgé"
    assert linked("a@here.org") == "a\\@here.org"


def test_text_breaks_between_sentences_then_words_then_graphemes() -> None:
    """In this order, and later only where the earlier does not do."""
    room = Size(20, 60)
    assert pieces("One two. Three four. Five.", room, LINKED) == [
        ("", "One two. Three four."),
        (" ", "Five."),
    ]
    assert pieces("One two three four five six. Seven.", room, LINKED) == [
        ("", "One two three four"),
        (" ", "five six. Seven."),
    ]
    assert pieces("一二三四五六七八九。一二三四五六七八九十。", room, LINKED) == [
        ("", "一二三四五六七八九。"),
        ("", "一二三四五六七八九十。"),
    ]
    assert pieces("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", room, LINKED) == [("", "👩‍👩‍👧‍👦"), ("", "👩‍👩‍👧‍👦")]


def test_a_mark_stays_with_the_stop_or_the_space_before_it() -> None:
    """They are one grapheme, and no place to break."""
    marked = "一二三四五六七。\u0301一二三四五六七八"
    (_, first), _ = pieces(marked, Size(12, 60), LINKED)
    assert first == marked[:12]
    assert pieces("One two \u0301 three", Size(11, 60), LINKED)[0] == ("", "One two \u0301")


def test_an_address_is_broken_only_where_it_is_longer_than_a_piece() -> None:
    """Then it is text, so that nobody opens the half of it."""
    url = "https://example.org/a-page"
    assert pieces(f"See {url} now", Size(30, 90), LINKED) == [("", "See"), (" ", f"<{url}>"), (" ", "now")]
    made = pieces(f"See {url} now", Size(20, 60), LINKED)
    assert not any("<" in shown for _, shown in made)
    assert rejoined(made) == f"See {url} now"


def test_pieces_are_measured_as_discord_may_count() -> None:
    """In UTF-16 code units, and in bytes of UTF-8."""
    assert size("a性👩") == Size(4, 8)
    assert len(pieces("👩" * 10, Size(10, 100), LINKED)) == 2
    assert len(pieces("性" * 10, Size(10, 15), LINKED)) == 2


def test_a_label_is_cut_between_graphemes_and_never_empty() -> None:
    """And says that it was cut."""
    assert fitted("Readings", 8) == "Readings"
    assert fitted("Readings on this", 9) == "Readings…"
    assert fitted("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 15) == "👩‍👩‍👧‍👦…"
    assert fitted("", 8) == fitted("\u00a0", 8) == "…"


@settings(deadline=None)
@given(st.text(), st.integers(1, 100))
def test_a_label_fits(text: str, units: int) -> None:
    """Whatever it is made of."""
    label = fitted(one_line(text), units)
    assert label.strip()
    assert len(label.encode("utf-16-le")) // 2 <= units


@settings(deadline=None)
@given(spoken)
def test_a_line_shows_exactly_its_text(line: str) -> None:
    """At the beginning of a line as in the middle, with links or without."""
    for shown in (linked(line), plain(line)):
        assert visible(f"$ {shown}") == f"$ {line}"
        assert visible(at_line_start(shown)) == line


@settings(deadline=None)
@given(spoken, rooms, st.sampled_from([LINKED, PLAIN]))
def test_pieces_fit_and_show_the_whole_line(line: str, room: Size, script: Script) -> None:
    """Side by side again they are the line; each at the beginning of one shows nothing but its own words."""
    made = pieces(line, room, script)
    assert rejoined(made) == line
    assert "".join(gap + visible(at_line_start(shown)) for gap, shown in made) == line
    assert all(size(shown).within(room) for _, shown in made)


@settings(deadline=None)
@given(spoken, rooms)
def test_code_is_broken_and_not_changed(line: str, room: Size) -> None:
    """A line of it that is too long goes on to the letter."""
    made = pieces(line, room, VERBATIM)
    assert "".join(gap + shown for gap, shown in made) == line
    assert all(size(shown).within(room) for _, shown in made)


@settings(deadline=None)
@given(spoken, rooms)
def test_no_break_is_within_a_grapheme_a_word_or_an_address_that_fits(line: str, room: Size) -> None:
    """Only what is larger than a piece by itself is broken."""
    made = pieces(line, room, LINKED)
    breaks, at = list[int](), 0
    for gap, shown in made:
        breaks += [at, at + len(gap)] if at else []
        at += len(gap) + len(visible(f"${shown}")) - 1
    word = r"(?<= |^)[^\s。！？｡]+(?= |$)"
    address = r"(?<![A-Za-z0-9])https?://[a-z]+\.org/[a-z]+(?=[\s).]|$)"
    for kind in (r"\X", word, address):
        for match in regex.finditer(kind, line):
            escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", match[0])  # at most what it takes when shown
            if size(f"<{escaped}>").within(room):
                assert not any(match.start() < each < match.end() for each in breaks), match[0]
