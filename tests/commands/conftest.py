"""A small shelf, and a way to ask it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypedDict, Unpack

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

import bot.commands
from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Request
from bot.daily.model import Schedule
from bot.model import Community, Place
from bot.reply import Ask, Reply
from bot.shelf import Shelf
from bot.store import SqlBook, SqlLedger, open_engine, upgrade
from tests.commands.counter import Counter
from tests.commands.daily_desk import NINE, Desk, reader
from tests.commands.shelf_desk import ShelfDesk
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


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    shelf = Shelf.of(CORPUS)
    yield shelf
    shelf.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with our schema and nothing in it, to copy: that is faster than making one."""
    file = tmp_path_factory.mktemp("empty") / "infoshop.sqlite3"

    async def make() -> None:
        engine = open_engine(f"sqlite+aiosqlite:///{file}")
        await upgrade(engine)
        await engine.dispose()

    asyncio.run(make())
    return file


@pytest.fixture
async def desk(empty: Path, tmp_path: Path, shelf: Shelf) -> AsyncIterator[Desk]:
    shutil.copy(empty, tmp_path / "infoshop.sqlite3")
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/infoshop.sqlite3")
    yield Desk(SqlBook(engine), shelf)
    await engine.dispose()


@pytest.fixture
async def office(empty: Path, tmp_path: Path, shelf: Shelf) -> AsyncIterator[ShelfDesk]:
    """Where moderators keep the shelves of their communities."""
    shutil.copy(empty, tmp_path / "infoshop.sqlite3")
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/infoshop.sqlite3")
    desk = ShelfDesk(SqlLedger(engine), shelf)
    yield desk
    await desk.services.shelves.close()
    await engine.dispose()


@pytest.fixture
def anywhere(engine: AsyncEngine, shelf: Shelf) -> Desk:
    """At a book in SQLite and at one in PostgreSQL."""
    return Desk(SqlBook(engine), shelf)


@pytest.fixture
async def alone(desk: Desk) -> tuple[Desk, Schedule, Schedule]:
    """A server's schedule, and somebody's own."""
    await desk.ask("set", **NINE)
    await desk.ask("me", reader(), **NINE)
    own = await desk.book.own(Place("discord", "dm1"))
    assert own
    return desk, await desk.one(), own


@pytest.fixture
async def counter(empty: Path, tmp_path: Path, shelf: Shelf) -> AsyncIterator[Counter]:
    """Where members suggest and moderators decide, with a platform that is connected."""
    shutil.copy(empty, tmp_path / "infoshop.sqlite3")
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/infoshop.sqlite3")
    made = Counter(SqlLedger(engine), shelf)
    with made.services.posters.connected(made.board):
        yield made
    await made.services.shelves.close()
    await engine.dispose()
