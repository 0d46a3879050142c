"""A small shelf, and a way to ask it."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TypedDict, Unpack

import pytest

import bot.commands
from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Request
from bot.model import Community
from bot.reply import Ask, Reply
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY

assert bot.commands  # importing it registers the commands


class Circumstances(TypedDict, total=False):
    """What a test may say of a request beside its language."""

    prefix: str
    community: Community
    remembers_language: bool


Say = Callable[..., Awaitable[Reply]]


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """The small shelf, on a day that does not move."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


@pytest.fixture
def say(services: Services) -> Say:
    """Ask a line or an `Ask`, by default as a reader of English."""

    async def ask(question: str | Ask, locale: str = "en", **circumstances: Unpack[Circumstances]) -> Reply:
        return await answer(question, Request(locale, **circumstances), services)

    return ask
