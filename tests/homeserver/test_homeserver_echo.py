"""Our people and matrix-nio understand each other, which neither could bring about alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.homeserver.echo import running
from tests.homeserver.fixtures import Arrive
from tests.homeserver.synapse import Synapse


@pytest.fixture
async def echo(synapse: Synapse, tmp_path: Path) -> AsyncIterator[str]:
    """The user id of an echo that runs."""
    credentials = await synapse.register("echo")
    async with running(synapse.url, credentials, tmp_path / "keys"):
        yield credentials.user_id


async def test_it_repeats_what_it_hears(arrive: Arrive, echo: str) -> None:
    """In a plain room, and in an encrypted one where two listen and both can read it."""
    alice, bob = await arrive("alice"), await arrive("bob")
    for encrypted in (False, True):
        room = await alice.create_room(encrypted=encrypted, invite=[echo, bob.user_id])
        await bob.join(room)
        await alice.joined(room, echo)
        for text in ("Hello", "¿Quién vive? 你好 👋🏽"):
            said = await alice.say(room, text)
            for listener in (alice, bob):
                answer = await listener.answer_to(said)
                assert (answer.sender, answer.body, answer.encrypted) == (echo, text, encrypted)


async def test_a_strict_person_and_an_unsigned_bot_are_deaf_to_each_other(arrive: Arrive, echo: str) -> None:
    """What a bot without cross-signing makes of such people, and what ours is there to do better."""
    alice, bob = await arrive("alice", strict=True), await arrive("bob")
    room = await alice.create_room(encrypted=True, invite=[echo, bob.user_id])
    await bob.join(room)
    await alice.joined(room, echo)
    unheard = await alice.say(room, "Do you hear me?")
    said = await bob.say(room, "Do you hear me?")
    assert (await bob.answer_to(said)).body == "Do you hear me?"
    refused = await alice.hear(
        lambda message: message.in_reply_to == said and message.problem != "no key", "the echo"
    )
    assert refused.problem == "unsigned device"
    assert not bob.answers_to(unheard)
