"""What a public answer tells of its reader, and what a press that came too early costs."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.platforms.discord.desk import AGAIN
from bot.platforms.pace import BURST, INTERVAL
from tests.cli.shop import Shop
from tests.platforms.on_discord import Room, copy, decide, register, running
from tests.standin.interactions import DidNotRespondError
from tests.standin.messages import Message
from tests.standin.people import Person
from tests.standin.server import Standin
from tests.standin.world import MEMBER, Permissions

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOW = "Show to everyone"
LONG = "Streetlight: A History " * 5


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(filled: Shop, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Standin]:
    """A Discord with a bot, for all tests here; each brings its own people."""
    async with Standin() as standin:
        await register(standin)
        async with running(copy(filled, tmp_path_factory.mktemp("manners")), standin) as bot:
            yield standin
            assert not bot.failures


@pytest.fixture
def room(discord: Standin) -> Room:
    """A new server."""
    return Room.of(discord)


async def shown(room: Room, ana: Person, private: Message) -> Message:
    """What everybody sees after somebody showed it to them."""
    await ana.click(private, SHOW)
    await room.discord.until(lambda: SHOW not in private.labels)
    return room.channel.messages[-1]


async def test_what_is_shown_tells_neither_who_asked_nor_in_which_words(room: Room) -> None:
    """Not even to a bot that reads all of the message; and its buttons work for whoever reads it."""
    ana, ben = room.person(), room.person()
    private = await ana.slash(room.channel, "find", words="nigth raidz")
    public = await shown(room, ana, private.message)
    for secret in (ana.name, str(ana.id), "nigth", "raidz", "interaction_metadata"):
        assert secret not in json.dumps(public.json())
    assert (await ben.click(public, public.labels[0])).message.ephemeral


async def test_what_is_shown_of_a_question_too_long_for_a_button_is_its_answer(room: Room) -> None:
    """In the form that was asked for: the one thing that was found stands in the button by its id."""
    ana = room.person()
    private = await ana.slash(room.channel, "cite", thing=LONG, format="bibtex")
    assert "@" in private.message.text
    public = await shown(room, ana, private.message)
    assert public.text == private.message.text


async def test_where_somebody_may_not_write_answers_are_for_them_alone(room: Room) -> None:
    """Whatever the moderators decided for the room; so are they where the bot may not."""
    await decide(room)
    muted = room.person(MEMBER & ~Permissions.SEND_MESSAGES)
    assert (await muted.slash(room.channel, "find", words="night raids")).message.ephemeral
    ana = room.person()
    assert not (await ana.slash(room.channel, "find", words="night raids")).message.ephemeral
    room.channel.permit(room.discord.app, deny=Permissions.SEND_MESSAGES)
    assert (await ana.slash(room.channel, "find", words="night raids")).message.ephemeral


async def test_a_press_that_had_to_wait_counts_when_it_is_made_again(room: Room) -> None:
    """Also within the seconds in which a second press of the same button is none."""
    assert INTERVAL < AGAIN
    ana = room.person()
    asked = await ana.slash(room.channel, "find", words="night raids")
    for _ in range(BURST):
        last = await ana.slash(room.channel, "find", words="night raids")
    refused = await ana.click(asked.message, asked.message.labels[0])
    assert "wait" in last.message.text + refused.message.text
    await asyncio.sleep(INTERVAL + 0.1)
    again = await ana.click(asked.message, asked.message.labels[0])
    assert "wait" not in again.message.text


async def test_find_resources_reads_what_a_layout_shows(room: Room) -> None:
    """An answer of ours that everybody sees, as any message of another bot."""
    ana, ben = room.person(), room.person()
    public = await shown(room, ana, (await ana.slash(room.channel, "find", words="night raids")).message)
    # On a busy machine, to look for so many words may take longer than Discord waits without a word.
    found = await (await ben.menu(room.channel, "Find resources", public)).settled()
    assert "Raids at night" in found.message.text


async def test_completing_a_command_that_is_gone_is_no_failure(room: Room) -> None:
    """Discord may still show what this version no longer has: typing it is not worth a line in the log."""
    room.discord.commands.put({"name": "gone", "description": "It was.", "options": [OPTION]})
    ana = room.person()
    with pytest.raises(DidNotRespondError):
        await ana.autocomplete(room.channel, "gone", focused="words")


OPTION = {"name": "words", "description": "Words", "type": 3, "autocomplete": True}
