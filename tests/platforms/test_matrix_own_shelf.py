"""The whole life of an entry of a community's own shelf, in rooms of a real homeserver."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import bot.commands
from bot.commands.describe import Services
from bot.shelf import Shelf
from bot.store import SqlLedger, open_engine, upgrade
from tests.commands.small import CORPUS
from tests.homeserver.fixtures import Arrive
from tests.homeserver.mailbox import Message
from tests.homeserver.people import Person
from tests.platforms.on_matrix import Infoshop, ask, shared_room
from tests.platforms.parrot import Register
from tests.platforms.test_matrix_forms import download, upload

assert bot.commands  # importing it registers the commands

NAME = "Rose Street Night Line"


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """A small shelf for all, and a database for what communities keep."""
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'infoshop.sqlite3'}")
    await upgrade(engine)
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", ledger=SqlLedger(engine))
    shelf.close()
    await engine.dispose()


def typed_for(label: str, answer: Message) -> str:
    """What an answer says to type for one of its choices."""
    return next(line.split()[0] for line in answer.body.splitlines() if line[:1] == "!" and label in line)


async def fill_in(person: Person, room: str, question: Message, *lines: str) -> Message:
    """Answer the questions of a form, one after the other, each by a reply."""
    for line in lines:
        assert "step " in question.body, question.body
        question = await ask(person, room, line, reply_to=question.event_id)
    return question


async def finds(person: Person, room: str) -> bool:
    """Whether somebody finds the line there by what it is about."""
    return NAME in (await ask(person, room, "!find talk at night")).body


async def queued(person: Person, bot: str) -> Message:
    """The card of a suggestion, with what to type for each decision."""
    return await person.hear(
        lambda each: each.sender == bot and "!review approve" in each.body and not each.replaces,
        "a suggestion",
    )


def versions(person: Person, event_id: str) -> list[str]:
    """What a message was changed to."""
    return [each.body for each in person.mail if each.replaces == event_id]


@pytest.mark.parametrize("encrypted", [False, True])
async def test_the_life_of_an_entry(
    arrive: Arrive, register: Register, services: Services, *, encrypted: bool
) -> None:
    """Suggested, approved with an edit, found here alone, changed, posted, taken off, put back, handed on."""
    mo, ana, dee = await arrive("mo"), await arrive("ana"), await arrive("dee")
    account = await register()
    async with Infoshop(services, account) as bot:
        here = await shared_room(mo, ana, bot=bot, encrypted=encrypted)
        there = await shared_room(dee, mo, bot=bot, encrypted=encrypted)
        decided = await ask(mo, here, "!settings suggestions:yes here:yes")
        assert "Members can suggest things" in decided.body
        assert "You need the permission" in (await ask(ana, here, "!shelf list")).body
        question = await ask(ana, here, "!suggest contact")
    async with Infoshop(services, account):
        sent = await fill_in(
            ana, here, question, NAME, "Somebody to talk to.\n\nIn any week.", "night@rose.example", "-", "en"
        )
        assert "It waits for the moderators to decide." in sent.body
        card = await queued(mo, account.user_id)
        decision = re.search(r"!review edit \S+", card.body)
        assert decision
        assert "You need the permission" in (await ask(ana, here, decision[0])).body
        approved = await fill_in(
            mo, here, await ask(mo, here, decision[0]), "=", "Somebody to talk to at night.", "=", "=", "="
        )
        assert "Approved: it is on the shelf now" in approved.body
        await mo.mail.until(lambda: versions(mo, card.event_id) or None, "the card being changed")
        assert "Approved by a moderator" in versions(mo, card.event_id)[-1]
        assert [await finds(ana, here), await finds(dee, there)] == [True, False]
        found = await ask(ana, here, f"!contact {NAME}")
        assert "this community's own" in found.body

        edited = await ask(mo, here, f'!shelf edit "{NAME}" region:"Toronto"')
        assert "It is changed." in edited.body
        preview = await ask(mo, here, f'!post "{NAME}" note:"Call them."')
        await ask(mo, here, typed_for("Post it", preview))
        posted = await ana.hear(
            lambda each: (
                (each.sender, each.in_reply_to) == (account.user_id, None) and "Call them." in each.body
            ),
            "the posted card",
        )
        assert "Toronto" in posted.body
        await ask(mo, here, f'!shelf edit "{NAME}" region:"Montréal"')
        assert "1 card was changed." in (await ask(mo, here, f'!post "{NAME}" action:update')).body
        assert "Montréal" in versions(ana, posted.event_id)[-1]
        assert f"“{NAME}” was checked on" in (await ask(mo, here, f'!shelf checked "{NAME}"')).body
        assert "Toronto → Montréal" in (await ask(mo, here, f'!shelf history "{NAME}"')).body
        removed = await ask(mo, here, typed_for("Remove", await ask(mo, here, f'!shelf remove "{NAME}"')))
        assert not await finds(ana, here)
        await ask(mo, here, typed_for("Restore", removed))
        assert await finds(ana, here)
        withdrawn = await ask(mo, here, f'!post "{NAME}" action:withdraw confirm:yes')
        assert withdrawn.body == "1 card was taken back."

        await handed_on(dee, there, await exported(mo, here, account.user_id))
        assert await finds(dee, there)
    assert not [each for each in ana.mail if each.content.get("msgtype") == "m.file"]


async def exported(person: Person, room: str, bot: str) -> bytes:
    """The file that is asked for in a room, and comes into a direct one."""
    await ask(person, room, "!shelf export")
    direct = await person.invitation(bot)
    await person.join(direct)
    shown = await person.hear(lambda each: each.content.get("msgtype") == "m.file", "the file")
    assert (shown.room_id, shown.encrypted) == (direct, True)
    return await download(person, shown)


async def handed_on(person: Person, room: str, content: bytes) -> None:
    """Import a file: first it is said what would change."""
    file = {"msgtype": "m.file", "body": "shelf.yaml", "url": await upload(person, content)}
    event = await person.send(room, "m.room.message", file)
    dry = await ask(person, room, "!shelf import", reply_to=event)
    assert "Nothing is imported yet." in dry.body
    assert not await finds(person, room)
    done = await ask(person, room, "!shelf import apply:yes", reply_to=event)
    assert done.body.startswith("Imported.")
