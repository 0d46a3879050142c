"""Where a reply begins a new line in what it says, every platform does; what a book says flows on."""

from io import StringIO

import pytest
from rich.console import Console

from bot.i18n import translator
from bot.platforms.discord.forms import modal
from bot.platforms.discord.layout import layout as discord_parts
from bot.platforms.discord.layout import opening
from bot.platforms.matrix.render import page
from bot.platforms.plain import reply_text
from bot.platforms.terminal.render import layout, show
from bot.reply import Ask, Card, Field, Form, Paragraph, Reply
from tests.platforms.discord_pages import markdown

EN = translator("en")
SAID = "It is not encrypted.\nIt is on the shelf now.\n\n> Two *things*\r\n# were said."
REPLY = Reply(SAID, (Card("T", (Paragraph("as in\na book"),)),))


def on_screen(reply: Reply, columns: int) -> str:
    """What stands on a screen that wide."""
    console = Console(file=StringIO(), width=columns, markup=False, emoji=False)
    show(console, (line for part in layout(reply, columns, EN) for line in part.lines))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_as_plain_text() -> None:
    assert reply_text(REPLY, EN).startswith(
        "It is not encrypted.\nIt is on the shelf now.\n\n> Two *things*\n# were said.\n\nT\n\nas in a book"
    )


def test_on_a_screen() -> None:
    """Each line is broken by itself where the screen is narrow."""
    assert on_screen(REPLY, 60).startswith(
        "\nIt is not encrypted.\nIt is on the shelf now.\n\n> Two *things*\n# were said.\n"
    )
    assert "as in a book" in on_screen(REPLY, 60)
    assert on_screen(Reply("one two three four five\nsix"), 20) == "\none two three four\nfive\nsix\n"


def test_on_matrix() -> None:
    """In both bodies, and where a line is longer than a piece of a message."""
    shown = page(REPLY, 0, EN, "!")
    assert shown.body.startswith(
        "It is not encrypted.\nIt is on the shelf now.\n\n> Two *things*\n# were said."
    )
    assert shown.html.startswith(
        "<p>It is not encrypted.<br>It is on the shelf now.</p><p>&gt; Two *things*<br># were said.</p>"
    )
    long = " ".join(["Words."] * 250)
    assert page(Reply(f"{long}\nshort"), 0, EN, "!").body == f"{long}\nshort"


def test_on_discord() -> None:
    """Nothing becomes markup at the beginning of a line; a button that leads on counts what was said."""
    assert "It is not encrypted.\nIt is on the shelf now.\n\n\\> Two \\*things\\*\n\\# were said." in "".join(
        markdown(REPLY)
    )
    assert opening(REPLY) == sum(part.card is None for part in discord_parts(REPLY, EN))


async def test_above_a_form_on_discord() -> None:
    made = modal(Form("F", (Field("a", "A"),), Ask("find")), SAID, EN)
    assert made.to_dict()["components"][0]["content"] == (
        "It is not encrypted.\nIt is on the shelf now.\n\n\\> Two \\*things\\*\n\\# were said."
    )


@pytest.mark.parametrize("text", ["", "\n", " \n\n \r\n"])
def test_nothing_said_is_no_line(text: str) -> None:
    assert reply_text(Reply(text), EN) == ""
    assert on_screen(Reply(text, (Card("T"),)), 60) == on_screen(Reply("", (Card("T"),)), 60)
    assert opening(Reply(text)) == 0
