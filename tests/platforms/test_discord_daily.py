"""Daily prompts as moderators and members of a server have them, from the bot in a process of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
import pytest_asyncio

from bot.i18n import translator
from bot.model import Place
from bot.platforms.discord.address import Address, Step, read, write
from bot.reply import Ask
from bot.store import SqlBook, open_engine
from tests.cli.shop import NOTHING, PATIENCE, Shop
from tests.platforms.on_discord import Bot, Room, register, running
from tests.standin.interactions import Exchange
from tests.standin.messages import Message
from tests.standin.server import Standin
from tests.standin.world import MEMBER, MODERATOR, Channel, Guild

pytestmark = pytest.mark.asyncio(loop_scope="module")

NINE: Mapping[str, object] = {"time": "9:00", "zone": "Toronto"}
ELSEWHERE = "This concerns a whole server or room that has added me: its moderators can do it there."
DRAWN = 5  # things in the small corpus that can be a prompt


@dataclass(frozen=True)
class Town:
    """A Discord with a bot, and where the bot keeps what it keeps."""

    discord: Standin
    bot: Bot
    shop: Shop

    def room(self) -> Room:
        """A server of its own for a test."""
        return Room.of(self.discord)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(filled: Shop, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A Discord that knows the commands, and the bot."""
    shop = Shop(tmp_path_factory.mktemp("daily"), filled.seeds)
    shutil.copytree(filled.data, shop.data)
    async with Standin() as discord:
        await register(discord)
        async with running(shop, discord) as bot:
            yield Town(discord, bot, shop)
        assert bot.failures == []


async def give(
    room: Room, name: str, options: Mapping[str, object] = NOTHING, permissions: int = MODERATOR
) -> Exchange:
    """A command from somebody new: nobody is slowed down for what others asked."""
    return await room.person(permissions).slash(room.channel, f"daily {name}", options)


async def posted(town: Town, channel: Channel, count: int = 1) -> list[Message]:
    """What the bot posted there for all to see, once there is so much of it."""

    def found() -> list[Message]:
        return [each for each in channel.stored if each.author.bot and not each.ephemeral]

    await town.discord.until(lambda: len(found()) >= count, PATIENCE)
    return found()


def guild_of(room: Room) -> Guild:
    """The server of a room."""
    assert room.channel.guild
    return room.channel.guild


async def test_a_moderator_sets_one_up_with_one_command(town: Town) -> None:
    """For her alone it is said when the next ones come; then each command about it has its answer."""
    room = town.room()
    told = (await give(room, "set", NINE)).message
    assert told.ephemeral
    assert "every day at 09" in told.text
    assert "Where:** here" in told.text
    for name, options, has in (
        ("list", {}, "Schedule 1, every day at 09"),
        ("preview", {}, "The next prompts of schedule 1"),
        ("status", {}, "Nothing was posted yet."),
        ("pause", {"until": "2 weeks"}, "Paused until"),
        ("resume", {}, "It goes on."),
        ("skip", {}, "Nothing comes on"),
        ("set", {"schedule": "1", "time": "21h30", "days": "weekdays"}, "weekdays at 21"),
        ("remove", {}, "Remove this schedule for good?"),
    ):
        message = (await give(room, name, options)).message
        assert message.ephemeral
        assert has in message.text, name


async def test_what_is_missing_is_offered_until_it_is_set_up(town: Town) -> None:
    """A time without a zone, a zone by its first letters, a city that there is twice."""
    room = town.room()
    mo = room.person(MODERATOR)
    asked = (await mo.slash(room.channel, "daily set", time="9")).message
    assert "In which time zone?" in asked.text
    offered = await mo.autocomplete(room.channel, "daily set", focused="zone", time="9", zone="toro")
    assert offered[0] == {"name": "Toronto, Canada (America/Toronto)", "value": "America/Toronto"}
    assert "From now on" in (await mo.click(asked, asked.labels[0])).message.text
    asked = (await give(room, "set", {"time": "9", "zone": "Springfield"})).message
    assert "Which time zone do you mean by “Springfield”?" in asked.text
    assert all("Springfield" in label for label in asked.labels)


async def test_a_prompt_mentions_a_role_and_opens_a_thread_where_it_was_sent(town: Town) -> None:
    """In another channel than the command was given in; channels and roles are called by their names."""
    room = town.room()
    guild = guild_of(room)
    reading, readers = guild.add_channel("reading"), guild.add_role("Readers")
    told = (await give(room, "set", {**NINE, "where": reading, "mention": readers, "thread": "yes"})).message
    assert "#reading" in told.text
    assert "@Readers" in told.text
    assert not told.pings
    assert "On its way" in (await give(room, "now")).message.text
    (prompt,) = await posted(town, reading)
    assert prompt.pings == {f"@&{readers.id}"}
    assert "Today's reading" in prompt.text
    assert "A question to think about" in prompt.text
    await town.discord.until(lambda: prompt.id in town.discord.channels, PATIENCE)
    async with asyncio.timeout(PATIENCE):  # the bot writes down that it is there after it was there
        while "(posted)" not in (await give(room, "status")).message.text:
            pass
    anybody = room.person()
    for label in prompt.labels:
        assert (await anybody.click(prompt, label)).message.ephemeral
    assert "A question to think about" in (await give(room, "today")).message.text


async def test_it_goes_on_by_request_without_a_repeat_until_it_is_enough(town: Town) -> None:
    """Until as much was asked for as a room can bear on a day."""
    room = town.room()
    await give(room, "set", {"time": "23:59", "zone": "Pacific/Honolulu"})
    said = ""
    for count in range(1, DRAWN + 1):
        said = (await give(room, "now")).message.text
        assert "On its way" in said
        prompts = await posted(town, room.channel, count)
    assert len({prompt.text for prompt in prompts}) == DRAWN
    await give(room, "now")
    assert "that is enough for a room" in (await give(room, "now")).message.text


async def test_a_member_may_do_nothing_for_the_room(town: Town) -> None:
    """By command, or by the buttons of what somebody was shown who is a moderator no longer."""
    room = town.room()
    await give(room, "set", NINE)
    for name in ("set", "list", "preview", "status", "pause", "resume", "skip", "remove", "now"):
        refused = (await give(room, name, permissions=MEMBER)).message
        assert "You need the permission “Manage Server”" in refused.text
    mo = room.person(MODERATOR)
    listed = (await mo.slash(room.channel, "daily list")).message
    guild_of(room).add_member(mo)
    assert listed.labels
    for label in listed.labels:
        refused = (await mo.click(listed, label)).message
        assert refused.ephemeral
        assert "You need the permission “Manage Server”" in refused.text
    assert "Nothing was posted yet." in (await give(room, "status")).message.text


async def test_a_schedule_of_another_server_is_out_of_reach(town: Town) -> None:
    """By its number, and by the id that the buttons of its moderators hold."""
    theirs, ours = town.room(), town.room()
    await give(theirs, "set", NINE)
    await give(theirs, "set", {**NINE, "days": "weekends"})
    await give(ours, "set", NINE)
    mo = theirs.person(MODERATOR)
    sure = (await mo.slash(theirs.channel, "daily remove", schedule="2")).message
    held = read(str(sure.controls[0]["custom_id"])).question
    assert isinstance(held, Ask)
    for words in (held.options["schedule"], "2"):
        refused = await give(ours, "remove", {"schedule": words, "confirm": "yes"})
        assert "There is no schedule" in refused.message.text
    assert "Removed" in (await mo.click(sure, "Remove it")).message.text
    assert "Schedule 1" in (await give(ours, "list")).message.text


async def test_what_does_something_is_not_done_again_to_show_it(town: Town) -> None:
    """What members look at can be shown to everyone; to show what sets a time would set it again.

    What moderators look at is theirs.
    """
    room = town.room()
    for name, options in (
        ("set", NINE),
        ("list", {}),
        ("preview", {}),
        ("status", {}),
        ("today", {}),
        ("skip", {}),
        ("pause", {}),
        ("resume", {}),
        ("me", NINE),
    ):
        answered = (await give(room, name, options)).message
        assert answered.ephemeral
        assert ("Show to everyone" in answered.labels) is (name == "today"), name


async def test_what_moderators_look_at_is_not_shown_by_an_old_button(town: Town) -> None:
    """An earlier version offered it."""
    room = town.room()
    mo = room.person(MODERATOR)
    await give(room, "set", NINE)
    today = (await mo.slash(room.channel, "daily today")).message
    (show,) = [each for each in today.controls if each.get("label") == "Show to everyone"]
    show["custom_id"] = write(Address(Step.SHOW, Ask("daily list")), 0)
    (refused,) = (await (await mo.click(today, "Show to everyone")).followed()).followups
    assert refused.ephemeral
    assert refused.text == "This is for moderators."
    assert room.channel.messages == []


@asynccontextmanager
async def book(shop: Shop) -> AsyncIterator[SqlBook]:
    """What the bot keeps of schedules."""
    engine = open_engine(f"sqlite+aiosqlite:///{shop.database}")
    yield SqlBook(engine)
    await engine.dispose()


async def test_somebodys_own_comes_by_direct_message(filled: Shop, tmp_path: Path) -> None:
    """When its time has come, also if the bot was down just then; and no more once it is forgotten."""
    shop = Shop(tmp_path, filled.seeds)
    shutil.copytree(filled.data, shop.data)
    async with Standin() as discord:
        await register(discord)
        room = Room.of(discord)
        ana = room.person()
        direct = discord.direct_channel(ana)
        async with running(shop, discord):
            told = (await ana.slash(room.channel, "daily me", time="9:00", zone="UTC")).message
            assert told.ephemeral
            assert "your direct messages" in told.text
        async with book(shop) as kept:
            own = await kept.own(Place("discord", str(direct.id)))
            assert own
            due = datetime.now(UTC).replace(second=0, microsecond=0)
            plan = replace(own.plan, at=time(due.hour, due.minute))
            assert await kept.change(own, replace(own, plan=plan, due=due, next_day=due.date()))
        hello = len(direct.stored)
        async with running(shop, discord) as bot:
            *_, prompt = await posted(Town(discord, bot, shop), direct, hello + 1)
            assert "A question to think about" in prompt.text
            assert not prompt.pings
            assert "erased" in (await ana.slash(direct, "daily forget")).message.text
            assert "Nothing is sent" in (await ana.slash(room.channel, "daily forget")).message.text
        async with book(shop) as kept:
            assert await kept.own(Place("discord", str(direct.id))) is None


async def test_one_s_own_begins_with_a_greeting_which_closed_messages_refuse(town: Town) -> None:
    """So that somebody who takes no direct messages learns it at once; nothing is kept then."""
    room = town.room()
    await give(room, "set", NINE)
    await give(room, "now")
    await posted(town, room.channel)  # from now on, the bot posts
    ana, bo = room.person(), room.person()
    assert "From now on I write to you" in (await ana.slash(room.channel, "daily me", NINE)).message.text
    (hello,) = await posted(town, town.discord.direct_channel(ana))
    assert "Here I will write to you." in hello.text
    bo.closed = True
    assert "I may not write to you" in (await bo.slash(room.channel, "daily me", NINE)).message.text
    bo.closed = False
    assert "Nothing is sent to you" in (await bo.slash(room.channel, "daily forget")).message.text


async def test_with_a_user_install_everybody_has_their_own(town: Town) -> None:
    """Where the bot is a guest nobody moderates; but today's reading is there, and one's own."""
    guild = town.discord.add_guild("Elsewhere", installed=False)
    channel = guild.add_channel("general")
    ana = town.discord.add_person("ana", locale="fr")
    guild.add_member(ana, MODERATOR)
    tr = translator("fr")
    for name, options, says in (
        ("daily today", {}, "A question to think about"),
        ("daily me", NINE, "Your daily reading"),
        ("daily set", NINE, ELSEWHERE),
    ):
        message = (await ana.slash(channel, name, options)).message
        assert message.ephemeral
        assert tr(says) in message.text, name
