"""A shelf out as one file and in again: nothing is changed unless it is said, or where anything is wrong."""

import re
from collections.abc import Awaitable, Callable

import pytest

from bot.commands.request import Request
from bot.curation.model import Deed
from bot.errors import UsageError
from bot.model import Community
from tests.commands.said import everything
from tests.commands.shelf_desk import HERE, THERE, ShelfDesk, moderator, sent


def bringing(content: bytes, ask: Request | None = None) -> Request:
    """A moderator whose command comes with a file."""

    async def upload(value: str, most: int) -> bytes:
        assert value == "the-file"
        if len(content) > most:
            raise UsageError("The file is too large.")
        return content

    return moderator(community=(ask or moderator()).community or HERE, upload=upload)


Import = Callable[..., Awaitable[str]]


async def exported(office: ShelfDesk) -> bytes:
    (file,) = (await office.ask("shelf export")).files
    assert re.fullmatch(r"shelf-\d{4}-\d\d-\d\d\.yaml", file.name)
    return file.content


async def filled(office: ShelfDesk) -> None:
    topic = await office.added("note", title="Fines", text="Fines fall on workers.")
    own = await office.added()
    await office.added("contact")
    await office.ask("shelf edit", entry=own.id, topics=topic.id)
    removed = await office.added("note", title="Gone", text="It is removed.")
    await office.ask("shelf remove", entry=removed.id, confirm="yes")


async def test_an_empty_shelf_has_nothing_to_export(office: ShelfDesk) -> None:
    reply = await office.ask("shelf export")
    assert (reply.found, reply.files) == (False, ())


async def test_a_shelf_is_handed_on_as_one_file(office: ShelfDesk) -> None:
    """First it shows what would come; then it is on the other shelf as it was on this one."""
    await filled(office)
    content = await exported(office)
    there = bringing(content, moderator(community=THERE))
    dry = await office.ask("shelf import", there, file="the-file")
    assert "Nothing is imported yet. New: 3; brought back: 0; changed: 0; the same as before: 0." in dry.text
    assert "Working Without Papers" in everything(dry)
    assert "Gone" not in everything(dry)
    assert await office.items(THERE) == ()
    done = await office.ask("shelf import", there, file="the-file", apply="yes")
    assert done.found
    before = {own.id: own.seed for own in await office.items() if not own.removed}
    assert {own.id: own.seed for own in await office.items(THERE)} == before
    assert await office.finds("working without papers", THERE) == ["reading:working-without-papers"]
    assert {act.deed for act in await office.ledger.acts(THERE, limit=10)} == {Deed.IMPORTED}
    assert "Imported: 3 entries" in await office.said("shelf history", moderator(community=THERE))


async def test_importing_what_is_there_changes_nothing(office: ShelfDesk) -> None:
    await filled(office)
    reply = await office.ask("shelf import", bringing(await exported(office)), file="the-file", apply="yes")
    assert "stands on your own shelf already" in reply.text
    assert len(await office.ledger.acts(HERE, limit=100)) == 6


async def test_what_would_change_is_shown_field_by_field(office: ShelfDesk) -> None:
    await filled(office)
    content = await exported(office)
    form = (await office.ask("shelf edit", entry="reading:working-without-papers")).form
    await office.ask(sent(form, text="How migrants in the city organised against checks at work."))
    dry = await office.ask("shelf import", bringing(content), file="the-file")
    assert "New: 0; brought back: 0; changed: 1; the same as before: 2." in dry.text
    assert "[-checks-]{+raids+}" in everything(dry)
    await office.ask("shelf import", bringing(content), file="the-file", apply="yes")
    after = await office.one("reading:working-without-papers")
    assert "against raids" in str(after.seed["text"])
    assert after.version == 4


@pytest.mark.parametrize(
    ("hostile", "why"),
    [
        (b"readings: [", "shelf.yaml:"),
        (b"- just\n- a list\n", "shelf.yaml:"),
        (b"\xff\xfe\x00", "shelf.yaml:"),
        (b"a: &a [x,x]\nb: *a\n", "shelf.yaml:"),
        (b"", "shelf.yaml:"),
    ],
)
async def test_what_is_wrong_with_a_file_is_said_with_its_place_and_nothing_changes(
    hostile: bytes, why: str, office: ShelfDesk
) -> None:
    await office.added()
    reply = await office.ask("shelf import", bringing(hostile), file="the-file", apply="yes")
    assert not reply.found
    assert "Nothing was imported" in reply.text
    assert why in everything(reply)
    assert len(await office.items()) == 1


async def test_one_bad_address_refuses_the_whole_file_and_names_its_line(office: ShelfDesk) -> None:
    await filled(office)
    lines = (await exported(office)).decode().splitlines()
    bad = [number for number, line in enumerate(lines, 1) if "https://press.example.org" in line]
    content = "\n".join(lines).replace("https://press.example.org/papers", "javascript:alert(1)").encode()
    there = bringing(content, moderator(community=THERE))
    reply = await office.ask("shelf import", there, file="the-file", apply="yes")
    assert f"shelf.yaml:{bad[0]}:" in everything(reply)
    assert await office.items(THERE) == ()


async def test_a_file_that_is_too_large_or_missing_is_refused_in_a_sentence(office: ShelfDesk) -> None:
    reply = await office.ask("shelf import", bringing(b"x" * 6_000_000), file="the-file")
    assert reply.text == "The file is too large."
    assert (await office.ask("shelf import")).text == "Files cannot be given here."


async def test_what_was_removed_comes_back_only_after_it_was_named(office: ShelfDesk) -> None:
    """It may have been taken off for somebody's safety; its history says that it is back, too."""
    await filled(office)
    content = await exported(office)
    await office.ask("shelf remove", entry="reading:working-without-papers", confirm="yes")
    dry = await office.ask("shelf import", bringing(content), file="the-file")
    assert "New: 0; brought back: 1; changed: 0; the same as before: 2." in dry.text
    assert "Removed before, and brought back" in everything(dry)
    assert "Working Without Papers" in everything(dry)
    done = await office.ask("shelf import", bringing(content), file="the-file", apply="yes")
    assert "brought back: 1" in done.text
    history = await office.said("shelf history", entry="reading:working-without-papers")
    assert "Restored" in history
    assert "Imported" in history


async def test_what_seems_to_be_here_already_under_another_id_is_told(office: ShelfDesk) -> None:
    await filled(office)
    other = (await exported(office)).replace(b"reading:working-without-papers", b"reading:another-id")
    dry = await office.ask("shelf import", bringing(other), file="the-file")
    assert "“Working Without Papers” is here already, with the same address." in everything(dry)


async def test_what_nobody_checked_is_not_said_to_be_checked(office: ShelfDesk) -> None:
    """A date that goes along stays; without one, the card has none, and it is the first to be checked."""
    await filled(office)
    content = await exported(office)
    there = moderator(community=THERE)
    office.later(days=10)
    await office.ask("shelf import", bringing(content, there), file="the-file", apply="yes")
    assert "Last checked: January 7, 2025" in await office.said("reading working without papers", there)
    undated = re.sub(rb"\n +checked_on: [^\n]*(?!\n +checked_in)(?=\n)", b"", content)
    assert undated != content
    elsewhere = moderator(community=Community("discord", "3"))
    await office.ask("shelf import", bringing(undated, elsewhere), file="the-file", apply="yes")
    assert "Last checked" not in await office.said("reading working without papers", elsewhere)
    assert "never checked" in await office.said("shelf due", elsewhere)
    assert "never checked" in await office.said("shelf list", elsewhere)
