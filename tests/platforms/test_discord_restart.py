"""Forms and files that a restart comes between."""

from collections.abc import Iterator

import pytest

from bot.commands.describe import Services
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.platforms.in_process import connected, pointed
from tests.platforms.notebook import Notebook, registered
from tests.platforms.on_discord import Room, register
from tests.standin.interactions import Modal
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import MODERATOR


@pytest.fixture
def book() -> Iterator[Notebook]:
    """A notebook."""
    with registered() as book:
        yield book


@pytest.fixture
def services() -> Iterator[Services]:
    """A small shelf."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


async def opened(mo: Person, room: Room) -> Modal:
    """The form of a note."""
    modal = (await mo.slash(room.channel, "note add", about="reading")).modal
    assert modal
    return modal


async def test_a_form_opened_before_a_restart_can_be_sent_after_it(
    services: Services, book: Notebook
) -> None:
    """So can one that was not answered because of it; what was typed before is gone, and that is said."""
    async with Standin() as discord, pointed(discord):
        await register(discord)
        room = Room.of(discord)
        mo = room.person(MODERATOR)
        async with connected(services, discord):
            first, second = await opened(mo, room), await opened(mo, room)
            wrong = await mo.submit(second, Title="secret", Text="typed")
        async with connected(services, discord):
            sent = await mo.submit(first, Title="Raids")
            assert sent.message.text == "Written about a reading: Raids."
            again = await mo.click(wrong.message, "Correct it")
            assert again.modal
            assert "value" not in again.modal.json["components"][-1]["component"]
            (said,) = (await again.followed()).followups
            assert said.ephemeral
            assert "What was here is gone" in said.text
            await mo.submit(again.modal, Title="Typed again")
    assert [title for _, title, *_ in book.written] == ["Raids", "Typed again"]
