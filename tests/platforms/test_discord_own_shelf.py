"""The whole life of an entry of a community's own shelf."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.commands.describe import Services
from bot.shelf import Shelf
from bot.store import SqlLedger, open_engine, upgrade
from tests.commands.small import CORPUS
from tests.platforms.in_process import connected, pointed
from tests.platforms.on_discord import Room, register
from tests.standin.files import Upload
from tests.standin.interactions import Exchange
from tests.standin.messages import Message
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import MODERATOR, Channel

NAME = "Rose Street Night Line"
CONTACT = {"Title": NAME, "Text": "Somebody to talk to at night.", "How to reach them": "night@rose.example"}


@pytest.fixture
async def services(sqlite_url: str) -> AsyncIterator[Services]:
    """A small shelf for all, and a database for what communities keep."""
    engine = open_engine(sqlite_url)
    await upgrade(engine)
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", ledger=SqlLedger(engine))
    shelf.close()
    await engine.dispose()


@pytest.fixture
async def discord(services: Services) -> AsyncIterator[Standin]:
    """A Discord with a bot that takes posts."""
    async with Standin() as standin, pointed(standin):
        await register(standin)
        async with connected(services, standin):
            yield standin


async def filled_in(person: Person, opened: Exchange, **fields: str) -> Exchange:
    """What came of a form, filled in with these."""
    assert opened.modal, opened.message.text
    return await person.submit(opened.modal, fields)


async def finds(person: Person, channel: Channel) -> bool:
    """Whether somebody finds the line there, by its name and by what it is about."""
    named = (await person.slash(channel, "contact", who=NAME)).message.text
    about = (await person.slash(channel, "find", words="talk at night")).message.text
    assert (NAME in named.replace(f"“{NAME}”", "")) == (NAME in about)
    return NAME in about


async def suggested(ana: Person, room: Room, queue: Channel) -> Message:
    """The card of what a member suggests, as moderators see it."""
    sent = await filled_in(ana, await ana.slash(room.channel, "suggest", kind="contact"), **CONTACT)
    assert "It waits for the moderators to decide." in sent.message.text
    card = queue.messages[-1]
    assert card.labels == ["Approve", "Edit and approve", "Decline"]
    return card


async def with_queue(room: Room, mo: Person) -> Channel:
    """A channel for moderators, who want suggestions there."""
    assert room.channel.guild
    queue = room.channel.guild.add_channel("moderators")
    decided = await mo.slash(room.channel, "settings", suggestions="yes", queue=queue)
    assert "Members can suggest things" in decided.message.text
    return queue


async def test_the_life_of_an_entry(discord: Standin) -> None:
    """Suggested, approved with an edit, found by members here, changed, posted, taken off and put back."""
    room, other = Room.of(discord), Room.of(discord)
    here, there = room.channel, other.channel
    assert here.guild
    mo, bea, zoe, ana = *(room.person(MODERATOR) for _ in range(3)), room.person()
    cy, dee = other.person(MODERATOR), other.person()
    card = await suggested(ana, room, await with_queue(room, mo))

    approved = await filled_in(
        mo, await mo.click(card, "Edit and approve"), Text="Talk at night, in any week."
    )
    assert "Approved: it is on the shelf now" in approved.message.text
    assert card.labels == []
    assert "Approved by a moderator" in card.text
    assert [await finds(ana, here), await finds(dee, there)] == [True, False]
    found = (await ana.slash(here, "contact", who=NAME)).message.text
    assert "this community's own" in found
    assert "in any week" in found
    completed = await mo.autocomplete(here, "shelf edit", focused="entry", entry="rose")
    assert [each["name"] for each in completed] == [NAME]
    assert await cy.autocomplete(there, "shelf edit", focused="entry", entry="rose") == []

    edited = await filled_in(bea, await bea.slash(here, "shelf edit", entry=NAME), Region="Toronto")
    assert "It is changed." in edited.message.text
    board = here.guild.add_channel("board")
    shown = await bea.slash(here, "post", entry=NAME, channel=board, note="Call them.")
    assert board.messages == []
    await bea.click(shown.message, "Post it")
    (posted,) = board.messages
    assert "Toronto" in posted.text
    assert "Call them." in posted.text
    assert not posted.pings
    await filled_in(bea, await bea.slash(here, "shelf edit", entry=NAME), Region="Montréal")
    assert "Toronto" in posted.text
    await bea.slash(here, "post", entry=NAME, action="update")
    assert "Montréal" in posted.text
    assert board.messages == [posted]

    history = (await zoe.slash(here, "shelf history", entry=NAME)).message
    assert history.ephemeral
    assert "Toronto → Montréal" in history.text
    checked = await zoe.slash(here, "shelf checked", entry=NAME)
    assert f"“{NAME}” was checked on" in checked.message.text
    removed = await zoe.click((await zoe.slash(here, "shelf remove", entry=NAME)).message, "Remove it")
    assert not await finds(ana, here)
    await zoe.click(removed.message, "Restore it")
    assert await finds(ana, here)
    await zoe.slash(here, "post", entry=NAME, action="withdraw")
    sure = await zoe.slash(here, "post", entry=NAME, action="withdraw", confirm="yes")
    assert board.messages == [], sure.message.text


async def test_a_shelf_is_handed_on_as_a_file(discord: Standin) -> None:
    """What a form did not take is corrected first. In another community, the file says all it says here."""
    room, other = Room.of(discord), Room.of(discord)
    here, there = room.channel, other.channel
    mo, cy, dee = room.person(MODERATOR), other.person(MODERATOR), other.person()
    typed = {**CONTACT, "How to reach them": "javascript:alert(1)"}
    wrong = await filled_in(mo, await mo.slash(here, "shelf add", kind="contact"), **typed)
    assert not await finds(mo, here)
    again = await mo.click(wrong.message, "Correct it")
    added = await filled_in(mo, again, **{"How to reach them": CONTACT["How to reach them"]})
    assert "It is on the shelf now" in added.message.text
    assert CONTACT["Text"] in added.message.text

    exported = (await mo.slash(here, "shelf export")).message
    assert exported.ephemeral
    ((name, content),) = exported.files.items()
    assert name.endswith(".yaml")
    dry = await cy.slash(there, "shelf import", file=Upload(name, content))
    assert "Nothing is imported yet." in dry.message.text
    assert not await finds(dee, there)
    await cy.slash(there, "shelf import", file=Upload(name, content), apply="yes")
    assert await finds(dee, there)


async def test_one_of_two_moderators_wins_and_the_other_is_told(discord: Standin) -> None:
    """They press at once."""
    room = Room.of(discord)
    mo, bea, ana = room.person(MODERATOR), room.person(MODERATOR), room.person()
    card = await suggested(ana, room, await with_queue(room, mo))
    pressed = await asyncio.gather(*(each.click(card, "Approve") for each in (mo, bea)))
    won = [each for each in pressed if "it is on the shelf now" in each.message.text]
    assert len(won) == 1
    assert all(each.message.ephemeral for each in pressed)
    assert await finds(ana, room.channel)
    assert (await mo.slash(room.channel, "shelf list")).message.text.count(NAME) == 1
    assert card.labels == []


async def test_members_do_not_decide(discord: Standin) -> None:
    """Whatever buttons they may see, and whatever forms they had open."""
    room = Room.of(discord)
    mo, ana = room.person(MODERATOR), room.person()
    card = await suggested(ana, room, await with_queue(room, mo))
    for button in card.labels:
        refused = await ana.click(card, button)
        assert "You need the permission “Manage Server”" in refused.message.text
    opened = await mo.click(card, "Decline")
    declined = await filled_in(mo, opened)
    assert "Declined" in declined.message.text
    assert not await finds(ana, room.channel)


async def test_a_hidden_entry_is_hidden_here_alone(discord: Standin) -> None:
    room, other = Room.of(discord), Room.of(discord)
    mo, ana, dee = room.person(MODERATOR), room.person(), other.person()
    hidden = await mo.slash(room.channel, "shelf hide", entry="topic:raids")
    assert hidden.message.labels[0] == "Show it again"

    async def sees(person: Person, channel: Channel) -> bool:
        return "Raids" in [
            each["name"]
            for each in await person.autocomplete(channel, "find", focused="words", words="raids")
        ]

    assert [await sees(ana, room.channel), await sees(dee, other.channel)] == [False, True]
    await mo.click(hidden.message, "Show it again")
    assert await sees(ana, room.channel)
