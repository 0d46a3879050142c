"""Infoshop on Matrix as an operator runs it, a process of its own, and as members of rooms see it."""

import asyncio
import json
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import bot.commands
from bot.commands.describe import REGISTRY
from tests.cli.shop import PATIENCE, Shop
from tests.homeserver.fixtures import Arrive
from tests.homeserver.mailbox import Message
from tests.homeserver.people import Person
from tests.homeserver.synapse import Synapse
from tests.platforms.on_matrix import ask

assert bot.commands  # importing it registers the commands

# Of each command, what is typed, and what the answer has from the small corpus or says in any case.
COMMANDS = {
    "find": ("!find night raids", "Raids at night"),
    "summary": ("!summary night raids", "take away pay and papers"),
    "reading": ("!reading moreau", "Streetlight"),
    "action": ("!action night raids", "The town council"),
    "contact": ("!contact lantern centre", "hello@lantern.example.org"),
    "source": ("!source night shift", "Ada Okafor"),
    "cite": ("!cite moreau", "Moreau, L"),
    "help": ("!help", "!summary"),
    "privacy about": ("!privacy", "homeserver"),
    "privacy export": ("!privacy export", "stored about this server or room"),
    "privacy forget-me": ("!privacy forget-me", "Your account's id"),
    "settings": ("!settings suggestions:yes", "Members can suggest"),
    "shelf add": ('!shelf add note title:"Door rota" text:"Who opens when."', "Door rota"),
    "shelf list": ("!shelf list", "Door rota"),
    "shelf edit": ('!shelf edit "door rota" text:"Who opens, and when."', "Door rota"),
    "shelf history": ("!shelf history door rota", "Door rota"),
    "shelf checked": ("!shelf checked door rota", "was checked on"),
    "shelf due": ("!shelf due", "Nothing has to be checked"),
    "shelf remove": ("!shelf remove door rota confirm:yes", "Door rota"),
    "shelf restore": ("!shelf restore door rota", "Door rota"),
    "shelf hide": ("!shelf hide night raids", "Which one do you mean?"),
    "shelf unhide": ("!shelf unhide night raids", "Nothing of the shared shelf is hidden"),
    "shelf export": ("!shelf export", "with 1 entry"),
    "shelf import": ("!shelf import", "There is no file of yours"),
    "shelf transfer": ("!shelf transfer", "Hand 1 entry over"),
    "suggest": ('!suggest note title:"Bail fund" text:"Who pays bail here."', "Bail fund"),
    "review list": ("!review list", "Bail fund"),
    "review approve": ("!review approve nothing", "There is no suggestion"),
    "review edit": ("!review edit nothing", "There is no suggestion"),
    "review decline": ("!review decline nothing", "There is no suggestion"),
    "post": ("!post door rota", "Door rota"),
    "daily set": ("!daily set 9:00 Toronto mention:room", "every day at 09:00 (America/Toronto)"),
    "daily list": ("!daily list", "Schedule 1, every day at 09:00"),
    "daily preview": ("!daily preview", "The next prompts of schedule 1"),
    "daily status": ("!daily status", "Nothing was posted yet."),
    "daily pause": ("!daily pause until tomorrow", "Paused until"),
    "daily resume": ("!daily resume", "It goes on."),
    "daily skip": ("!daily skip", "Nothing comes on"),
    "daily today": ("!daily today", "A question to think about"),
    "daily now": ("!daily now", "On its way"),
    "daily remove": ("!daily remove confirm:yes", "Removed"),
    "daily me": ("!daily me 9:00 Toronto", "Your daily reading"),
    "daily forget": ("!daily forget", "is erased"),
}


class Bot:
    """`infoshop run` in a place of its own; run again, it has been restarted."""

    def __init__(self, shop: Shop, user_id: str) -> None:
        self.shop = shop
        self.user_id = user_id

    @asynccontextmanager
    async def running(self, end: signal.Signals = signal.SIGTERM) -> AsyncIterator[None]:
        """Run until the end of the block, and then be told to stop, or killed."""
        process = self.shop.start("run")
        try:
            yield
            assert process.poll() is None, process.communicate()
        finally:
            process.send_signal(end)
            code, written = await _ended(process)
        assert code == (0 if end == signal.SIGTERM else -end), written


@pytest.fixture
async def infoshop(synapse: Synapse, filled: Shop, tmp_path: Path) -> Bot:
    """Infoshop with the small corpus and an account, before its first start."""
    credentials = await synapse.register("bot")
    settings = {
        "INFOSHOP_SEMANTIC": "off",
        "INFOSHOP_MATRIX__HOMESERVER": synapse.url,
        "INFOSHOP_MATRIX__USER_ID": credentials.user_id,
        "INFOSHOP_MATRIX__PASSWORD": credentials.password,
        "INFOSHOP_MATRIX__ALLOW_INVITES_FROM": "*",
    }
    shop = Shop(tmp_path / "shop", filled.seeds, settings)
    shutil.copytree(filled.data, shop.data)
    return Bot(shop, credentials.user_id)


async def met(infoshop: Bot, *people: Person, encrypted: bool = False, version: str | None = None) -> str:
    """A room of some people with Infoshop in it."""
    host, *guests = people
    room = await host.create_room(
        encrypted=encrypted,
        version=version,
        invite=[infoshop.user_id, *(guest.user_id for guest in guests)],
    )
    for guest in guests:
        await guest.join(room)
    await host.joined(room, infoshop.user_id)
    return room


@pytest.mark.parametrize("encrypted", [False, True])
async def test_each_command_is_answered_where_several_are(
    arrive: Arrive, infoshop: Bot, *, encrypted: bool
) -> None:
    """One after the other, for one member and readable for the other."""
    assert set(COMMANDS) == set(REGISTRY)
    alice, bob = await arrive("alice"), await arrive("bob")
    async with infoshop.running():
        room = await met(infoshop, alice, bob, encrypted=encrypted)
        for line, has in COMMANDS.values():
            answer = await ask(alice, room, line)
            assert has in answer.body, line
            assert (answer.content["msgtype"], answer.encrypted) == ("m.notice", encrypted)
            assert (await bob.read(answer.event_id)).body == answer.body


async def test_everybody_is_answered_before_and_after_restarts(
    arrive: Arrive, synapse: Synapse, infoshop: Bot
) -> None:
    """In an encrypted room, one of two with a client that refuses unsigned devices, and one who comes later.

    After a restart of the homeserver, of Infoshop, and of the homeserver while Infoshop is down; on a new
    device, too, of somebody whose other device stays.
    """
    alice, bob, carol = await arrive("alice"), await arrive("bob", strict=True), await arrive("carol")

    async def everybody_asks(room: str, *people: Person) -> None:
        for person in people:
            answer = await ask(person, room, "!reading moreau")
            for reader in people:
                assert "Streetlight" in (await reader.read(answer.event_id)).body
                assert answer.encrypted

    async with infoshop.running():
        room = await met(infoshop, alice, bob, encrypted=True)
        await everybody_asks(room, alice, bob)
        await synapse.restart()
        await everybody_asks(room, alice, bob)
        await alice.invite(room, carol.user_id)
        await carol.join(room)
        await everybody_asks(room, alice, bob, carol)
    async with infoshop.running():
        await everybody_asks(room, alice, bob, carol)
    await synapse.restart()
    async with infoshop.running(), await bob.another_device(strict=True) as phone:
        await everybody_asks(room, alice, bob, carol, phone)


@pytest.mark.parametrize(("end", "encrypted"), [(signal.SIGTERM, False), (signal.SIGKILL, True)])
async def test_a_conversation_goes_on_after_a_restart(
    arrive: Arrive, infoshop: Bot, end: signal.Signals, *, encrypted: bool
) -> None:
    """Fifteen commands while it was down are answered once each, in the order of each member."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with infoshop.running(end):
        room = await met(infoshop, alice, bob, encrypted=encrypted)
        await ask(alice, room, "!reading moreau")
        await ask(bob, room, "!contact lantern centre")
    others = [line for line, _ in COMMANDS.values()][:7]
    asked = {
        alice: [await alice.say(room, line) for line in ("!cite", *others)],
        bob: [await bob.say(room, line) for line in others],
    }
    assert sum(map(len, asked.values())) == 15
    async with infoshop.running():
        cited = await alice.answer_to(asked[alice][0])
        for person, questions in asked.items():
            for question in questions:
                await person.answer_to(question)
            await ask(person, room, "!help")
    assert "Moreau, L" in cited.body, "of what was last shown before the restart"
    for person, questions in asked.items():
        answers = [message.in_reply_to for message in person.mail if message.in_reply_to in questions]
        assert answers == questions


async def test_threads_and_corrections_in_an_encrypted_room(arrive: Arrive, infoshop: Bot) -> None:
    """What relates an event to another stands outside of what is encrypted, and is heeded all the same."""
    alice = await arrive("alice")
    async with infoshop.running():
        room = await met(infoshop, alice, encrypted=True)
        root = await alice.say(room, "!reading moreau")
        await alice.answer_to(root)
        corrected = await alice.edit(room, root, "!contact lantern centre")
        inside = await alice.answer_to(await alice.say(room, "!cite", thread=root))
        outside = await ask(alice, room, "!help")
    assert (inside.encrypted, inside.thread, outside.thread) == (True, root, None)
    assert not alice.answers_to(corrected)
    assert len(alice.answers_to(root)) == 1


async def test_a_revoked_token_ends_it_with_what_to_do(
    arrive: Arrive, synapse: Synapse, infoshop: Bot
) -> None:
    """The operator's service manager sees the code, the operator the sentence; neither sees the token."""
    alice = await arrive("alice")
    process = infoshop.shop.start("run")
    try:
        room = await met(infoshop, alice)
        await ask(alice, room, "!help")
        (session,) = infoshop.shop.data.rglob("session.json")
        token = json.loads(session.read_text())["access_token"]
        await synapse.revoke(token)
        await alice.say(room, "!help")
        code, written = await _ended(process)
    finally:
        process.kill()
        process.wait()
    assert code == 69
    assert "infoshop matrix setup" in written
    assert token not in written


async def test_what_a_room_decided_holds_in_the_room_that_replaces_it(arrive: Arrive, infoshop: Bot) -> None:
    """Decided by a creator (room version 12), who alone may; and kept over a restart."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with infoshop.running():
        old = await met(infoshop, alice, bob, version="12")
        assert "Moderator" in (await ask(bob, old, "!settings answers:private")).body
        assert "shown to everyone" in (await ask(bob, old, "!settings")).body
        await ask(alice, old, "!settings answers:private")
        new = await alice.upgrade(old, "12")
        for user_id in (infoshop.user_id, bob.user_id):
            await alice.invite(new, user_id)
        await bob.join(new)
        await alice.joined(new, infoshop.user_id)
        for person in (alice, bob):
            assert "in a direct room" in (await ask(person, new, "!find night raids")).body
    async with infoshop.running():
        assert "in a direct room" in (await ask(bob, new, "!find night raids")).body


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_prompt_is_posted_in_a_room_and_its_moderators_say_when(
    arrive: Arrive, infoshop: Bot, *, encrypted: bool
) -> None:
    """Who made the room sets it up; a member may not, but may ask for the reading of today."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with infoshop.running():
        room = await met(infoshop, alice, bob, encrypted=encrypted)
        for line in ("!daily set 9:00 Toronto", "!daily list", "!daily now"):
            assert "You need the permission" in (await ask(bob, room, line)).body
        assert "every day at 09:00" in (await ask(alice, room, "!daily set 9 Toronto mention:room")).body
        asked = await alice.say(room, "!daily now")
        assert "On its way" in (await alice.answer_to(asked)).body
        for reader in (alice, bob):
            prompt = await reader.hear(_is_prompt(room, infoshop.user_id), "a prompt")
            assert "A question to think about" in prompt.body
            assert prompt.encrypted is encrypted
            assert prompt.content["m.mentions"] == {"room": True}
        assert "A question to think about" in (await ask(bob, room, "!daily today")).body
    async with infoshop.running():
        assert "(posted)" in (await ask(alice, room, "!daily status")).body
        assert "Removed" in (await ask(alice, room, "!daily remove confirm:yes")).body
    prompts = [message for message in bob.mail if _is_prompt(room, infoshop.user_id)(message)]
    assert len(prompts) == 1


async def test_who_wants_answers_in_private_moderates_from_there(arrive: Arrive, infoshop: Bot) -> None:
    """What is asked in the room is answered where nobody else reads it, and holds for the room."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with infoshop.running():
        room = await met(infoshop, alice, bob)
        said = await alice.say(room, "!private")
        await alice.answer_to(said)
        direct = await alice.invitation(infoshop.user_id)
        await alice.join(direct)
        await alice.say(room, "!daily set 9:00 Toronto")
        told = await alice.hear(lambda each: each.room_id == direct and "09:00" in _body(each), "an answer")
        assert "every day at 09:00" in told.body
        assert "every day at 09:00" not in "".join(_body(each) for each in bob.mail if each.room_id == room)
        await alice.say(room, "!daily now")
        prompt = await bob.hear(_is_prompt(room, infoshop.user_id), "a prompt")
        assert "A question to think about" in prompt.body


def _is_prompt(room: str, bot: str) -> Callable[[Message], bool]:
    """What tells a prompt from an answer: it replies to nothing."""

    def is_prompt(message: Message) -> bool:
        ours = (message.room_id, message.event.get("sender")) == (room, bot)
        return ours and "m.relates_to" not in message.content and "Today's reading" in _body(message)

    return is_prompt


def _body(message: Message) -> str:
    return str(message.content.get("body", ""))


async def _ended(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Wait for the end: the exit code, and all that was written."""
    written = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    return process.returncode, b"".join(written).decode()
