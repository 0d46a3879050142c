"""Files on Discord: what comes with a command is read once, and what is sent is for the asker alone."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.commands.describe import Services
from bot.platforms.discord.files import names_of
from bot.reply import File
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.platforms.in_process import connected, pointed
from tests.platforms.notebook import MOST, Notebook, registered
from tests.platforms.on_discord import Room, decide, register
from tests.standin.files import FILE_LIMIT, Upload
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import MODERATOR

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def book() -> Iterator[Notebook]:
    """A notebook for all tests here."""
    with registered() as book:
        yield book


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(book: Notebook) -> AsyncIterator[Standin]:  # noqa: ARG001 - its commands are there first
    """One Discord with a bot for all tests here; each brings its own server."""
    shelf = Shelf.of(CORPUS)
    async with Standin() as standin, pointed(standin):
        await register(standin)
        async with connected(Services(shelf, "1.2.3", lambda: TODAY), standin):
            yield standin
    shelf.close()


@pytest.fixture
def room(discord: Standin, book: Notebook) -> Room:
    """A new server, and a new notebook."""
    book.sent.clear()
    discord.files.downloads.clear()
    return Room.of(discord)


@pytest.fixture
def mo(room: Room) -> Person:
    """A moderator there."""
    return room.person(MODERATOR)


async def send(mo: Person, room: Room, upload: Upload) -> str:
    """What is said when that file comes with the command."""
    return (await mo.slash(room.channel, "note send", file=upload)).message.text


async def test_a_file_that_comes_with_a_command_is_read(room: Room, mo: Person, book: Notebook) -> None:
    """Without the bot's token, which is nobody's business where files lie."""
    content = bytes(range(256)) * 3
    assert await send(mo, room, Upload("list.yaml", content)) == "Kept 768 bytes."
    assert book.sent == [content]
    (headers,) = room.discord.files.downloads
    assert not {"Authorization", "Cookie"} & headers.keys()


async def test_a_file_at_the_limit_is_taken_and_a_larger_one_is_not_asked_for(
    room: Room, mo: Person, book: Notebook
) -> None:
    assert await send(mo, room, Upload("x", b"x" * MOST)) == "Kept 1000 bytes."
    refused = await send(mo, room, Upload("x", b"x" * (MOST + 1)))
    assert refused == "That file is too large: I take at most 1 kB."
    assert len(room.discord.files.downloads) == len(book.sent) == 1


async def test_no_more_is_read_than_may_be_whatever_was_declared(
    room: Room, mo: Person, book: Notebook
) -> None:
    """A file that says it is small, and goes on."""
    refused = await send(mo, room, Upload("x", b"x" * FILE_LIMIT, declared=10))
    assert "too large" in refused
    assert not book.sent


async def test_a_file_that_cannot_be_had_is_an_error_with_a_way_out(
    room: Room, mo: Person, book: Notebook
) -> None:
    for status in (404, 302):
        room.discord.faults.garble("GET", "/attachments/*", status=status)
        assert "try again in a minute" in await send(mo, room, Upload("x", b"x"))
    room.discord.faults.reset("GET", "/attachments/*", times=5)
    assert "try again in a minute" in await send(mo, room, Upload("x", b"x"))
    missing = await mo.slash(room.channel, "note send")
    assert "There is no file with this." in missing.message.text
    assert not book.sent


async def test_files_are_for_the_asker_alone(room: Room, mo: Person) -> None:
    """Whatever the community decided; and the answer cannot be shown to everyone."""
    await decide(room)
    sent = await mo.slash(room.channel, "note fetch", size="20")
    assert sent.message.ephemeral
    assert "Show to everyone" not in sent.message.labels
    assert sent.message.files == {"all_notes.yaml": b"n" * 20, "2_all_notes.yaml": b"again"}
    assert room.channel.messages == []


async def test_an_answer_with_files_arrives_in_spite_of_faults(room: Room, mo: Person) -> None:
    """Each attempt sends them whole."""
    room.discord.faults.reset("POST", "/interactions/*/callback")
    sent = await mo.slash(room.channel, "note fetch", size="70000")
    assert sent.message.files["all_notes.yaml"] == b"n" * 70000


async def test_what_is_too_large_for_discord_is_not_sent(room: Room, mo: Person) -> None:
    sent = await mo.slash(room.channel, "note fetch", size=str(FILE_LIMIT + 1))
    assert "Discord takes files of at most 10 MB here" in sent.message.text
    assert sent.message.files == {}


async def test_names_of_files_are_such_as_discord_shows() -> None:
    """Each once, and without what it does not take; the ending stays."""
    files = [File(name, b"") for name in ("../../etc/passwd", "", "añb.yaml", "x" * 200 + ".yaml")]
    assert names_of(tuple(files))[:3] == ["_.._etc_passwd", "file", "a_b.yaml"]
    assert names_of(tuple(files))[3].endswith("xx.yaml")
    assert len(names_of(tuple(files))[3]) == 100
