"""Completion speaks the language of the room, and leads on from an English name as well."""

from collections.abc import Iterator

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from rich.console import Console

from bot.commands.describe import Services
from bot.platforms.terminal.completion import LineCompleter
from bot.platforms.terminal.room import Room
from bot.shelf import Shelf
from tests.commands.grouped import registered
from tests.platforms.run_chat import CORPUS


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    shelf = Shelf.of(CORPUS)
    yield shelf
    shelf.close()


def offered(shelf: Shelf, locale: str, line: str) -> list[str]:
    """The lines that could come of one."""
    room = Room(Services(shelf, "0"), locale, Console(), lambda: None)
    completer = LineCompleter(room)
    return [
        line[: len(line) + each.start_position] + each.text
        for each in completer.get_completions(Document(line), CompleteEvent())
    ]


@pytest.mark.parametrize(
    ("locale", "line", "expected"),
    [
        ("en", "/re", ["/reading"]),
        ("fr", "/le", ["/lecture"]),
        ("fr", "/re", ["/résumé", "/lecture"]),  # as typed without accents, and for reading
        ("es", "/AC", ["/acción"]),
        ("es", "/acción redadas quien:al", ["/acción redadas quien:ally"]),
        ("es", "/action redadas who:al", ["/action redadas who:ally"]),
        ("fr", "/résumé raids ", ["/résumé raids partie:"]),
        ("fr", "/aide ch", ["/aide chercher"]),
        ("en", "/settings suggestions:y", ["/settings suggestions:yes"]),
        ("en", "/nosuch ra", []),
    ],
)
def test_names_are_completed(shelf: Shelf, locale: str, line: str, expected: list[str]) -> None:
    found = offered(shelf, locale, line)
    assert found[: len(expected)] == expected
    assert expected or not found


@pytest.mark.parametrize(
    ("locale", "line", "expected"),
    [
        ("en", "/wo", ["/words"]),
        ("fr", "/mo", ["/mots"]),
        ("fr", "/wor", ["/mots"]),
        ("en", "/words ", ["/words set", "/words pause", "/words find"]),
        ("en", "/words pa", ["/words pause"]),
        ("fr", "/mots ch", ["/mots chercher"]),
        ("fr", "/words fi", ["/words chercher"]),
        ("en", "/words set ", ["/words set zone:", "/words set 09:00", "/words set 12:00"]),
        ("en", "/words set 12", ["/words set 12:00"]),
        ("fr", "/mots set time:", ["/mots set time:12:00"]),
        ("en", "/words find ", []),
        ("en", "/words xyzzy ", []),
        ("en", "/words xyzzy", []),
        ("en", "/help words", ["/help words", "/help words set", "/help words pause", "/help words find"]),
    ],
)
def test_commands_of_a_group_are_completed(shelf: Shelf, locale: str, line: str, expected: list[str]) -> None:
    """First the group, then its commands, then those of their options that there are here."""
    with registered():
        assert offered(shelf, locale, line) == expected
