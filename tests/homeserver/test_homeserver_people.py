"""What people do in plain rooms is what others see of it."""

import pytest

from tests.homeserver.fixtures import Arrive
from tests.homeserver.people import Person
from tests.homeserver.wire import RefusedError


async def _two(arrive: Arrive) -> tuple[Person, Person, str]:
    alice, bob = await arrive("alice"), await arrive("bob")
    room = await alice.create_room(invite=[bob.user_id])
    assert await bob.invitation(alice.user_id) == room
    await bob.join(room)
    return alice, bob, room


async def test_talk(arrive: Arrive) -> None:
    """A question and its answers, which are found by what they answer, and never among one's own."""
    alice, bob, room = await _two(arrive)
    question = await alice.say(room, "Where is the fair?", mentions=[bob.user_id], html="<b>Where</b>?")
    heard = await bob.read(question)
    assert (heard.body, heard.encrypted, heard.problem) == ("Where is the fair?", False, "")
    assert heard.content["m.mentions"] == {"user_ids": [bob.user_id]}
    assert heard.content["formatted_body"] == "<b>Where</b>?"
    await alice.say(room, "Anybody?", reply_to=question)
    await bob.say(room, "In the mill.", reply_to=question, kind="m.notice")
    await bob.say(room, "From nine.", reply_to=question)
    assert (await alice.answer_to(question, count=2)).body == "From nine."
    assert [answer.content["msgtype"] for answer in alice.answers_to(question)] == ["m.notice", "m.text"]
    assert alice.sent_at[question] < alice.answers_to(question)[0].at


async def test_threads_edits_reactions_and_redactions(arrive: Arrive) -> None:
    alice, bob, room = await _two(arrive)
    root = await alice.say(room, "A thread")
    inside = await bob.read(await alice.say(room, "In it", thread=root))
    assert (inside.thread, inside.in_reply_to, inside.relates_to["is_falling_back"]) == (root, root, True)
    answer = await alice.read(await bob.say(room, "To that", thread=root, reply_to=inside.event_id))
    assert (answer.thread, answer.in_reply_to) == (root, inside.event_id)
    assert answer.relates_to["is_falling_back"] is False
    edit = await bob.read(await alice.edit(room, root, "A better thread"))
    assert (edit.replaces, edit.body) == (root, "* A better thread")
    assert edit.content["m.new_content"]["body"] == "A better thread"
    reaction = await bob.read(await alice.react(room, root, "👍"))
    assert (reaction.type, reaction.relates_to["key"]) == ("m.reaction", "👍")
    redaction = await bob.read(await alice.redact(room, inside.event_id))
    assert redaction.type == "m.room.redaction"


async def test_coming_and_going(arrive: Arrive) -> None:
    """Invitations taken back, declined and accepted; people put out, who come back or cannot."""
    alice, bob, room = await _two(arrive)
    await alice.joined(room, bob.user_id)
    other = await alice.create_room(direct=True)
    await alice.invite(other, bob.user_id)
    assert await bob.invitation(alice.user_id) == other
    await bob.leave(other)
    await alice.kick(room, bob.user_id)
    kicked = await bob.hear(
        lambda m: m.content.get("membership") == "leave" and m.room_id == room, "the kick"
    )
    assert kicked.sender == alice.user_id
    await alice.invite(room, bob.user_id)
    await bob.join(room)
    await alice.ban(room, bob.user_id)
    with pytest.raises(RefusedError, match="banned"):
        await bob.join(room)
    assert await alice.members(room) == {alice.user_id: "join", bob.user_id: "ban"}


async def test_an_upgrade_leaves_a_tombstone(arrive: Arrive) -> None:
    alice, bob, room = await _two(arrive)
    new = await alice.upgrade(room, "12")
    tombstone = await bob.hear(lambda message: message.type == "m.room.tombstone", "the tombstone")
    assert (tombstone.sender, tombstone.content["replacement_room"]) == (alice.user_id, new)
    assert (await alice.state(new, "m.room.create"))["predecessor"]["room_id"] == room


async def test_what_is_not_said_is_not_heard(arrive: Arrive) -> None:
    """Waiting ends with what was waited for and what was heard instead."""
    alice, _, room = await _two(arrive)
    await alice.read(await alice.say(room, "Something else"))
    with pytest.raises(TimeoutError, match=r"an answer that never comes.*Something else"):
        await alice.hear(lambda message: message.body == "Hello", "an answer that never comes", patience=0)
