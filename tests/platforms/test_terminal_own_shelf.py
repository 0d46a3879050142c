"""A community's own shelf at a terminal: forms step by step, files by their paths, the life of an entry."""

import asyncio
import io
import os
import re
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from rich.console import Console

import bot.commands
from bot.commands.describe import Services
from bot.errors import PlatformError, UsageError
from bot.i18n import translator
from bot.platforms.terminal import files
from bot.platforms.terminal.poster import TerminalPoster
from bot.platforms.terminal.room import Room
from bot.reply import File
from bot.shelf import Shelf
from bot.store import SqlLedger, open_engine, upgrade
from tests.commands.small import CORPUS

assert bot.commands  # importing it registers the commands

EN = translator("en")
NAME = "Rose Street Night Line"


class Desk:
    """A room and what it prints."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._out = io.StringIO()
        self.console = Console(file=self._out, width=100, markup=False, emoji=False, highlight=False)
        self.rows: int | None = None
        self.room = Room(services, "en", self.console, lambda: self.rows)

    @property
    def all(self) -> str:
        """Everything that was printed."""
        return self._out.getvalue()

    @property
    def printed(self) -> int:
        """How much that is."""
        return self._out.tell()

    async def does(self, it: Callable[[], None]) -> str:
        """What is printed when it is done, without line ends."""
        start = self.printed
        it()
        return " ".join(self.all[start:].split())

    async def __call__(self, *lines: str) -> str:
        """Type lines; what was printed meanwhile, without line ends."""
        start = self._out.tell()
        for line in lines:
            assert await self.room.hear(line)
        return " ".join(self._out.getvalue()[start:].split())


def mode_of(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def number_of(label: str, printed: str) -> str:
    """The number that stands beside a choice."""
    found = re.search(rf"\[(\d+)\] {label}", printed)
    assert found, printed
    return found[1]


async def services_in(folder: Path) -> AsyncIterator[Services]:
    """The small shelf, and a database in a folder for what communities keep."""
    engine = open_engine(f"sqlite+aiosqlite:///{folder}.sqlite3")
    await upgrade(engine)
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", ledger=SqlLedger(engine))
    shelf.close()
    await engine.dispose()


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A desk that is posted to, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    async for services in services_in(tmp_path / "here"):
        desk = Desk(services)

        async def aside(show: Callable[[], None]) -> None:
            show()

        with services.posters.connected(TerminalPoster(desk.console, aside, lambda: EN)):
            yield desk


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk at another database."""
    async for services in services_in(tmp_path / "elsewhere"):
        yield Desk(services)


async def test_the_life_of_an_entry(desk: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    """Suggested, approved with an edit, found, changed, posted, taken off, put back, handed on as a file."""
    assert "Members can suggest things" in await desk("/settings suggestions:yes")
    assert "step 1 of 5" in await desk("/suggest contact")
    sent = await desk(NAME, "Somebody to talk to.", "night@rose.example", "-", "en")
    assert "It waits for the moderators to decide." in sent
    edit = number_of("Edit and approve", await desk("/review list"))
    assert "What stands there now" in await desk(edit)
    assert "it is on the shelf now" in await desk("=", "Somebody to talk to at night.", "=", "=", "=")
    assert NAME in await desk("talk at night")
    assert NAME not in await elsewhere("talk at night")
    assert "It is changed." in await desk(f'/shelf edit "{NAME}" region:Toronto')
    preview = await desk(f'/post "{NAME}" note:"Call them."')
    posted = await desk(number_of("Post it", preview))
    assert "Toronto" in posted
    assert "Call them." in posted
    await desk(f'/shelf edit "{NAME}" region:Montréal')
    updated = await desk(f'/post "{NAME}" action:update')
    assert "What was posted here has changed" in updated
    assert "Montréal" in updated
    assert "was checked on" in await desk(f'/shelf checked "{NAME}"')
    assert "Toronto → Montréal" in await desk(f'/shelf history "{NAME}"')
    await desk(f'/shelf remove "{NAME}" confirm:yes')
    assert NAME not in await desk("talk at night")
    await desk(f'/shelf restore "{NAME}"')
    assert NAME in await desk("talk at night")
    assert "is withdrawn" in await desk(f'/post "{NAME}" action:withdraw confirm:yes')
    # The path may go on in the next line.
    written = re.search(r"Written to (.+)\.$", await desk("/shelf export"), re.DOTALL)
    assert written
    path = Path("".join(written[1].split()))
    assert path.parent == tmp_path
    assert mode_of(path) == 0o600
    assert "Nothing is imported yet." in await elsewhere(f"/shelf import {path}")
    assert NAME not in await elsewhere("talk at night")
    assert "Imported." in await elsewhere(f"/shelf import file:{path} apply:yes")
    assert NAME in await elsewhere("talk at night")


@pytest.mark.parametrize(
    ("hidden", "why"),
    [
        ("\x1b[31m", "(U+001B) is a control character"),
        ("\x1c", "(U+001C) is a control character"),
        ("\0", "(U+0000) is a control character"),
        ("\u202e", "(U+202E) turns the direction of writing round"),
        ("\udcff", "is half of a character"),
    ],
)
async def test_what_cannot_be_seen_is_refused_wherever_it_is_typed(desk: Desk, hidden: str, why: str) -> None:
    """In a form or in one line; what is shown of it meanwhile is clean, and it can be mended."""
    start = desk.printed
    in_form = await desk("/shelf add note", "Lantern", f"to{hidden}wn", "-")
    in_line = await desk(f'/shelf add note title:Lantern text:"to{hidden}wn"')
    for said in (in_form, in_line):
        assert f"Character 3 {why}" in said
        assert "What stands there now" in said
    assert not re.search("[\0-\x09\x0b-\x1f\u202a-\u202e\ud800-\udfff]", desk.all[start:])
    assert f"Character 3 {why}" in await desk("=")
    assert "is on the shelf" in await desk("town")


async def test_an_empty_line_in_a_form_says_what_can_be_typed(desk: Desk) -> None:
    """Instead of nothing; the form stands where it stood, and a question of several pages is turned first."""
    await desk("/shelf add note")
    assert (
        await desk("  ") == "This cannot be left out. Type your answer. /stop ends this, and nothing is kept."
    )
    assert "step 2 of" in await desk("Lantern")
    assert "step 3 of" in await desk("A text.")
    assert "- leaves it out." in await desk("")
    assert "is on the shelf" in await desk("-")
    desk.rows = 8
    text = " ".join(["word"] * 90)
    assert "press Enter" in await desk("/shelf edit Lantern", "=")
    desk.rows = 100
    assert "Type your answer." in await desk("")
    assert "= keeps what stands there" in await desk("")
    assert "is changed" in await desk(text, "=")


async def test_leaving_a_form_says_what_becomes_of_it(desk: Desk) -> None:
    """By any way; where no form is filled in, nothing is said of one."""
    dropped = "What you had begun to fill in is dropped, and nothing of it is kept."
    assert await desk.does(desk.room.leave) == ""
    assert await desk.does(desk.room.warn) == "Press Ctrl-C again to leave; Ctrl-D and /quit leave too."
    await desk("/shelf add note")
    assert await desk.does(desk.room.warn) == (
        "/stop ends the form, and nothing of it is kept."
        " Press Ctrl-C again to leave; Ctrl-D and /quit leave too."
    )
    assert await desk.does(desk.room.leave) == dropped
    assert not await desk.room.hear("/quit")
    assert desk.all.strip().endswith(dropped)


async def test_where_no_file_is_named_its_path_is_asked_for(desk: Desk) -> None:
    assert "with the path of the file, such as file:~/shelf.yaml." in await desk("/shelf import")
    for path in ("", " ", "\u200b"):
        with pytest.raises(UsageError, match="file"):
            await files.read(path, 5, EN)


async def test_a_form_is_ended_by_a_command_or_stop(desk: Desk) -> None:
    """Numbers, and words that are commands elsewhere, are answers."""
    assert "step 2 of" in await desk("/shelf add note", "2")
    assert "step 3 of" in await desk("more")
    assert "Stopped." in await desk("/stop")
    assert "dropped" in await desk("/shelf add note", "/help")
    assert "cannot be left out" in await desk("/shelf add note", "-")


async def test_a_file_is_written_beside_those_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For its owner alone, never over another nor through a link, and nowhere but here."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shelf.yaml").write_text("mine")
    (tmp_path / "shelf-2.yaml").symlink_to(tmp_path / "nothing")
    path = await files.write(File("../../shelf.yaml", b"new"), EN)
    assert path == tmp_path / "shelf-3.yaml"
    assert (path.read_bytes(), mode_of(path)) == (b"new", 0o600)
    assert (tmp_path / "shelf.yaml").read_text() == "mine"
    assert not (tmp_path / "nothing").exists()


async def test_where_nothing_can_be_written_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    name = "x" * 300
    with pytest.raises(PlatformError, match="cannot be written"):
        await files.write(File(name, b""), EN)


async def test_only_ordinary_files_of_a_fitting_size_are_read(tmp_path: Path) -> None:
    """Through a link, too; a pipe that nobody writes to is not waited for."""
    (tmp_path / "real").write_bytes(b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe")
    assert await files.read(str(tmp_path / "link"), 5, EN) == b"12345"
    for name, most, why in (
        ("real", 4, "too large"),
        ("nothing", 5, "There is no file"),
        ("", 5, "is not an ordinary file"),
        ("pipe", 5, "is not an ordinary file"),
        ("real/x", 5, "There is no file"),
        ("a\0b", 5, "cannot be read"),
    ):
        with pytest.raises(UsageError, match=why):
            await asyncio.wait_for(files.read(f"{tmp_path}/{name}", most, EN), 60)
    for device in ("/dev/zero", "/dev/null"):
        with pytest.raises(UsageError, match="is not an ordinary file"):
            await files.read(device, 5, EN)
