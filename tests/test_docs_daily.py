"""What the documentation says about daily prompts is what is posted, and what is kept to."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.daily.prompt import prompt
from bot.commands.daily.setup import MOST
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.corpus.check import packaged_seeds, read
from bot.daily.clock import GRACE, PUNCTUAL
from bot.daily.postman import FINISH, KEPT
from bot.platforms.discord.poster import DiscordPoster
from bot.platforms.matrix.poster import MatrixPoster
from bot.platforms.plain import reply_text
from bot.platforms.terminal.poster import TerminalPoster
from bot.shelf import Shelf
from tests.cli.shop import ROOT

PROMISE = (
    "A prompt is posted once; it can double only if the machine dies between the platform's acceptance and"
    " our record and stays down longer than the platform remembers our key; then the row is marked uncertain,"
    " a moderator is told, and it is not resent."
)
SHOWN = "reading:ticktin-2011"
DAILY, OPERATING = ROOT / "docs" / "daily.md", ROOT / "docs" / "operating.md"


def words_of(page: Path) -> str:
    """The words of a page, without the marks of a quotation, whatever its lines."""
    return " ".join(re.sub(r"^> ?", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE).split())


def test_the_promise_stands_there_word_for_word() -> None:
    assert PROMISE in words_of(DAILY)


def test_the_example_of_the_readme_is_what_is_posted() -> None:
    """If not, copy it again."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```text\n(Today's reading\n.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    shelf = Shelf.of(read(packaged_seeds()))
    try:
        reply = prompt(SHOWN, Request(), Services(shelf, ""))
    finally:
        shelf.close()
    beginning, end = example.split("[…]")
    assert not end.strip()
    assert " ".join(reply_text(reply, Request().tr).split()).startswith(" ".join(beginning.split()))


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (DAILY, f"nonce` | {DiscordPoster.memory // 60:.0f} minutes"),
        (DAILY, f"this device | {MatrixPoster.memory // 60:.0f} minutes"),
        (DAILY, f"within {GRACE // timedelta(hours=1)} hours the prompt is posted"),
        (DAILY, f"by more than {PUNCTUAL // timedelta(minutes=1)} minutes"),
        (OPERATING, f"was in the last {GRACE // timedelta(hours=1)} hours"),
        (OPERATING, f"for {KEPT.days} days"),
        (OPERATING, f"has {FINISH:.0f} seconds to end"),
    ],
)
def test_how_long_something_takes_is_said_as_it_is(page: Path, said: str) -> None:
    assert said in words_of(page)


def test_a_terminal_remembers_nothing_and_ten_schedules_are_ten() -> None:
    """What the page says in words."""
    assert TerminalPoster.memory == 0
    assert MOST == 10
    assert "A community can have ten schedules." in words_of(DAILY)
