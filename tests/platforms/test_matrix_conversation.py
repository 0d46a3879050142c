"""Conversations in rooms of a real homeserver: questions, what leads on from an answer, and who reads it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import bot.commands
from bot.commands.describe import Services
from bot.communities import Communities
from bot.model import Community, Visibility
from bot.shelf import Shelf
from tests.commands.small import CORPUS, REVIEW, STATEMENT, TODAY
from tests.homeserver.fixtures import Arrive
from tests.homeserver.mailbox import Message
from tests.homeserver.synapse import Credentials
from tests.homeserver.wire import CLIENT
from tests.platforms.on_matrix import Infoshop, ask, shared_room
from tests.platforms.parrot import Register

assert bot.commands  # importing it registers the commands

CANARY = "zqkanarie"  # stands in questions, and must not stand anywhere afterwards
LONG = "\n\n".join(f"Paragraph {number} {'of many words ' * 30}" for number in range(8))


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    """The small corpus, with a document that is too long for one message."""
    shelf = Shelf.of(replace(CORPUS, sources=(replace(REVIEW, long=LONG), STATEMENT)))
    yield shelf
    shelf.close()


@pytest.fixture
def services(shelf: Shelf) -> Services:
    """The small shelf, on a day that does not move, in communities that decided nothing yet."""
    return Services(shelf, "1.2.3", lambda: TODAY, Communities())


def files(folder: Path) -> list[Path]:
    """Every file in a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def typed_for(label: str, answer: Message) -> str:
    """What an answer says to type for one of its choices."""
    return next(line.split()[0] for line in answer.body.splitlines() if line[:1] == "!" and label in line)


async def test_an_answer_is_a_notice_in_reply_that_pings_nobody(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """What clients get: both bodies, the relation, empty mentions."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as bot:
        room = await shared_room(alice, bob, bot=bot)
        said = await alice.say(room, "!summary raids")
        answer = await alice.answer_to(said)
    assert answer.body.startswith("Raids\nSummary · Topic\n\n")
    assert answer.content["formatted_body"].startswith("<h4>Raids</h4>")
    assert answer.content["msgtype"] == "m.notice"
    assert answer.content["format"] == "org.matrix.custom.html"
    assert answer.content["m.mentions"] == {}
    assert answer.relates_to == {"m.in_reply_to": {"event_id": said}}


async def test_a_question_may_begin_on_the_line_after_its_command(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """What parts words is any space, a line's end included."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as bot:
        room = await shared_room(alice, bob, bot=bot)
        answer = await ask(alice, room, "!public\n!summary raids")
    assert answer.body.startswith("Raids\nSummary")


async def test_what_was_refused_is_not_remembered(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """A question far too long would only fill the memory; the conversation stands where it stood."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as bot:
        room = await shared_room(alice, bob, bot=bot)
        await ask(alice, room, "!summary source:review part:long")
        assert "too long" in (await ask(alice, room, "!find " + "word " * 4_000)).body
        second = await ask(alice, room, "!more")
    assert second.body.startswith("Rights and Raids: Long version, continued")


async def test_in_a_thread_the_answer_stays_in_it(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """With the reply for clients that know no threads."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as bot:
        room = await shared_room(alice, bob, bot=bot)
        root = await alice.say(room, "Let us talk about raids.")
        said = await alice.say(room, "!summary raids", thread=root)
        answer = await alice.answer_to(said)
    assert answer.relates_to == {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": said},
    }


@pytest.mark.parametrize("encrypted", [False, True])
async def test_what_leads_on_from_an_answer_outlives_a_restart(
    arrive: Arrive,
    register: Register,
    services: Services,
    encrypted: bool,  # noqa: FBT001
) -> None:
    """`!more`, numbers and `!cite`, of each person by themselves; no word of a question is on our disk."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Infoshop(services, account) as bot:
        room = await shared_room(alice, bob, bot=bot, encrypted=encrypted)
        first = await ask(alice, room, "!summary source:review part:long")
        book = await ask(bob, room, "!reading agustin 2007")
        await ask(bob, room, f"!find {CANARY}")
        cited = await ask(bob, room, "!reading agustin 2007")
    async with Infoshop(services, account):
        second = await ask(alice, room, "!more")
        citation = await ask(bob, room, "!cite")
        back = await ask(alice, room, "!1")
        formats = await ask(bob, room, typed_for("BibTeX", citation))
        assert (await ask(bob, room, "!more")).body == "That was all."
    assert "Paragraph 0" in first.body
    assert first.body.endswith("This goes on: type !more")
    assert second.body.startswith("Rights and Raids: Long version, continued\n\nParagraph")
    assert "Paragraph 0" not in second.body
    assert book.body == cited.body
    assert "Agustín" in citation.body
    assert "@book{" in formats.body
    assert back.body.startswith(("Choose a number", "Rights and Raids")), "a number is of what was last shown"
    assert not [file for file in files(account.store_path) if CANARY.encode() in file.read_bytes()]


async def test_a_number_is_of_the_last_answer_to_the_same_person_or_of_what_is_replied_to(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """Two people ask in turns; a reply to an older answer, or to somebody else's, leads on from that one."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as bot:
        room = await shared_room(alice, bob, bot=bot)
        document = await ask(alice, room, "!summary source:review")
        topic = await ask(bob, room, "!summary raids")
        opening = await ask(alice, room, typed_for("Opening", document))
        assert "What the opening says." in opening.body
        actions = await ask(bob, room, typed_for("Actions", topic))
        assert "Repeal the law" in actions.body
        end = await ask(bob, room, typed_for("Conclusion", document), reply_to=document.event_id)
        assert "What the conclusion says." in end.body
        cited = await ask(alice, room, "!cite", reply_to=actions.event_id)
        assert cited.body.startswith("Which of these?")
        assert (await ask(alice, room, "!9")).body.startswith("Choose a number from 1 to ")
        nobody = await arrive("nobody")
        await alice.invite(room, nobody.user_id)
        await nobody.join(room)
        assert (await ask(nobody, room, "!1")).body.startswith("I do not know what that number stands for.")
        assert (await ask(nobody, room, "!more")).body == "You have asked me nothing yet."


async def test_private_moves_the_answers_to_a_direct_room_until_public(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """One encrypted room with that person alone, made once, for good; others see only the switch."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Infoshop(services, account) as bot:
        room = await shared_room(alice, bob, bot=bot)
        told = await ask(alice, room, "!private")
        assert told.body.startswith("From now on I answer you in our direct room.")
        direct = await alice.invitation(account.user_id)
        await alice.join(direct)
        await alice.say(room, "!summary raids")
        answer = await alice.hear(lambda heard: heard.body.startswith("Raids\n"), "the answer")
        assert (answer.room_id, answer.encrypted, answer.relates_to) == (direct, True, {})
        actions = await ask(alice, direct, "2")
        assert "Repeal the law" in actions.body
    async with Infoshop(services, account):
        await alice.say(room, "!contact butterfly")
        again = await alice.hear(lambda heard: "hello@butterfly.example" in heard.body, "the answer")
        assert again.room_id == direct
        here = await ask(alice, room, "!public reading agustin 2007")
        assert here.room_id == room
        await ask(bob, room, "!reading agustin 2007")
        assert (await ask(alice, room, "!public")).body.startswith("From now on I answer you where you ask")
        last = await ask(alice, room, "!summary raids")
        assert last.room_id == room
        await bob.read(last.event_id)  # it may come to him later than to her
    said = [
        heard.body for heard in bob.mail if heard.sender == account.user_id and heard.type == "m.room.message"
    ]
    assert len(said) == 5
    assert not any("butterfly.example" in body for body in said)
    state = await alice.state(direct, "m.room.encryption")
    assert state["algorithm"] == "m.megolm.v1.aes-sha2"
    assert set(await alice.members(direct)) == {alice.user_id, account.user_id}


async def test_private_for_one_answer_and_never_where_somebody_else_is(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """`!private find …` answers once in a direct room; one that others were let into is none any more."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Infoshop(services, account) as bot:
        room = await shared_room(alice, bob, bot=bot)
        told = await ask(alice, room, "!private summary raids")
        assert told.body == "I have answered you in a direct room. Please accept my invitation to it."
        first = await alice.invitation(account.user_id)
        await alice.join(first)
        answer = await alice.hear(lambda heard: heard.body.startswith("Raids\n"), "the answer")
        assert answer.room_id == first
        assert (await ask(alice, room, "!summary raids")).room_id == room
        await alice.invite(first, bob.user_id)
        await alice.say(room, "!private contact butterfly")
        second = await alice.invitation(account.user_id)
        await alice.join(second)
        reach = await alice.hear(lambda heard: "hello@butterfly.example" in heard.body, "the answer")
        assert reach.room_id == second != first
        await alice.say(room, "!private reading agustin 2007")
        book = await alice.hear(lambda heard: heard.body.startswith("Sex at the Margins"), "the answer")
        assert book.room_id == second, "it is found again"


async def test_nobody_else_in_the_room_means_no_prefix(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """Questions in one's own words, commands without a prefix, and what leads on."""
    alice = await arrive("alice")
    account = await register()
    async with Infoshop(services, account) as bot:
        room = await shared_room(alice, bot=bot, encrypted=True, direct=True)
        assert (await ask(alice, room, "raids")).body.startswith("Raids\nSummary")
        assert "Repeal the law" in (await ask(alice, room, "2")).body
        assert (await ask(alice, room, "contact butterfly")).body.startswith("Butterfly")
        assert (await ask(alice, room, "source agustin 2007")).body, (
            "no document, but something else is meant"
        )
        assert "!private" in (await ask(alice, room, "help")).body
        assert "closed so that only I can open it" in (await ask(alice, room, "privacy")).body
        assert (await ask(alice, room, "!private")).body.startswith("From now on I answer you here")
        bob = await arrive("bob")
        other = await shared_room(alice, bob, bot=bot)
        await alice.say(other, "!reading agustin 2007")
        book = await alice.hear(lambda heard: heard.body.startswith("Sex at the Margins"), "the answer")
        assert book.room_id == room, "where they talked already is the direct room"


async def test_a_language_holds_for_the_conversation_and_outlives_a_restart(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """Of one person in one room; commands by their names in that language, too."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Infoshop(services, account) as bot:
        room = await shared_room(alice, bob, bot=bot)
        assert "français" in (await ask(alice, room, "!settings language:fr")).body
        assert (await ask(alice, room, "!summary raids")).body.startswith("Raids · Descentes")
    async with Infoshop(services, account):
        assert "Sources" not in (await ask(alice, room, "!aide")).body
        await ask(alice, room, "!summary raids")
        assert (await ask(alice, room, "!suite")).body in {"C'était tout.", "C’était tout."}
        assert (await ask(bob, room, "!summary raids")).body.startswith("Raids\n")


@pytest.mark.parametrize("version", ["11", "12"])
async def test_moderators_are_known_by_their_power_at_that_moment(
    arrive: Arrive, register: Register, services: Services, version: str
) -> None:
    """From version 12 on, creators have power without standing in the power levels."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as bot:
        room = await shared_room(alice, bob, bot=bot, version=version)
        community = Community("matrix", room)
        before = services.communities.of(community)
        refused = await ask(bob, room, "!settings answers:room")
        assert "Moderator" in refused.body
        assert services.communities.of(community) == before
        await ask(alice, room, "!settings answers:private")
        assert services.communities.of(community).answers is Visibility.PRIVATE
        await alice.set_power(room, bob.user_id, 50)
        await ask(bob, room, "!settings answers:room")
        assert services.communities.of(community).answers is None
        await alice.set_power(room, bob.user_id, 0)
        assert "Moderator" in (await ask(bob, room, "!settings answers:room")).body


async def test_corrections_notices_and_other_bots_commands_are_left_alone(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """What was said before the last question is answered by then, or never."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Infoshop(services, account) as bot:
        room = await shared_room(alice, bob, bot=bot)
        question = await alice.say(room, "!summary raids")
        await alice.answer_to(question)
        await alice.edit(room, question, "!contact butterfly")
        await alice.say(room, "!contact butterfly", kind="m.notice")
        await alice.say(room, "!weather Prague")
        await alice.say(room, "raids")
        name = account.user_id.removeprefix("@").partition(":")[0]  # until it gives itself another one
        await ask(alice, room, f"{name}!", mentions=[account.user_id])
        await ask(alice, room, f"{account.user_id}: reading agustin 2007")
    ours = [
        heard for heard in alice.mail if heard.sender == account.user_id and heard.type == "m.room.message"
    ]
    assert len(ours) == 3


async def test_a_command_that_a_client_sends_as_data_is_answered(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """MSC4391, beside a body that is the client's own."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Infoshop(services, account) as bot:
        room = await shared_room(alice, bob, bot=bot)
        content = {
            "msgtype": "m.text",
            "body": "/contact butterfly",
            "m.mentions": {"user_ids": [account.user_id]},
            "org.matrix.msc4391.command": {"command": "contact", "arguments": {"who": "butterfly"}},
        }
        answer = await alice.answer_to(await alice.send(room, "m.room.message", content))
    assert "hello@butterfly.example" in answer.body


async def test_the_direct_rooms_stand_in_our_account_data(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """Where every client keeps them; and beside them only who wants to be answered there always."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Infoshop(services, account) as bot:
        room = await shared_room(alice, bob, bot=bot)
        await ask(alice, room, "!private")
        direct = await alice.invitation(account.user_id)
    async with await type(alice).login(
        alice.wire.url, Credentials(account.user_id, account.password), signed=False
    ) as we:
        kept = await we.wire.call("GET", f"{CLIENT}/user/{account.user_id}/account_data/m.direct")
        assert kept == {alice.user_id: [direct]}
        kept = await we.wire.call("GET", f"{CLIENT}/user/{account.user_id}/account_data/org.infoshop.private")
        assert kept == {"people": [alice.user_id]}
