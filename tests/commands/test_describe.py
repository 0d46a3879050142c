"""A command that does not describe itself is refused where it is written, not when somebody asks."""

from typing import Annotated

import pytest

from bot.commands.describe import REGISTRY, Choose, Services, command
from bot.commands.request import Audience, Request
from bot.model import Actor
from bot.reply import Reply


def test_a_command_without_a_docstring_is_refused() -> None:
    async def silent(_ask: Request, _services: Services) -> Reply:
        return Reply()

    with pytest.raises(TypeError, match="silent has no docstring"):
        command("silent")(silent)
    assert "silent" not in REGISTRY


def test_an_option_without_a_marker_is_refused() -> None:
    async def bare(_ask: Request, _services: Services, words: str) -> Reply:
        """Say something."""
        return Reply(words)

    with pytest.raises(TypeError, match="option words is not Annotated"):
        command("bare")(bare)
    assert "bare" not in REGISTRY


def test_signature_and_docstring_are_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(
        _ask: Request, _services: Services, who: Annotated[Actor | None, Choose("Who acts")] = None
    ) -> Reply:
        """Do something.

        Only the first line is shown.
        """
        return Reply(str(who))

    monkeypatch.setitem(REGISTRY, "act", None)  # put back as it was when the test ends
    command("act", audience=Audience.MODERATOR, private=True, menu="Act on it")(act)
    made = REGISTRY["act"]
    assert (made.description, made.audience, made.private, made.menu) == (
        "Do something.",
        Audience.MODERATOR,
        True,
        "Act on it",
    )
    (option,) = made.options
    assert (option.name, option.description, option.required, option.choices) == (
        "who",
        "Who acts",
        False,
        Actor,
    )
