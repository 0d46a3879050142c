"""The documentation says what the commands say of themselves."""

import runpy
from pathlib import Path

import pytest

import bot.commands
from bot.commands.describe import REGISTRY
from bot.commands.reference import page

PAGE = Path(bot.__file__).parents[1] / "docs" / "commands.md"


def test_the_documentation_is_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert bot.commands  # importing it registers the commands
    runpy.run_module("bot.commands", run_name="__main__")
    assert capsys.readouterr().out == page()
    assert PAGE.read_text() == page(), "run: python -m bot.commands > docs/commands.md"


def test_every_command_and_every_option_is_on_the_page() -> None:
    written = page()
    for described in REGISTRY.values():
        assert f"`/{described.name}" in written
        assert described.description in written
        for option in described.options:
            assert option.description in written
