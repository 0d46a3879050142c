"""What people say in encrypted rooms: who can read it, who cannot, and that nobody can lie about it."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.homeserver.fixtures import Arrive
from tests.homeserver.identity import Device, Identity
from tests.homeserver.mailbox import Message
from tests.homeserver.megolm import Library, NoKeyError, Outbound
from tests.homeserver.olm import OwnDevice, WrongLetterError
from tests.homeserver.people import Person
from tests.homeserver.wire import CLIENT, Json


async def _room(owner: Person, *others: Person) -> str:
    room = await owner.create_room(encrypted=True, invite={other.user_id for other in others})
    for other in {other.user_id: other for other in others}.values():
        await other.join(room)
    return room


async def _fail(person: Person, event_id: str, problem: str) -> Message:
    """The message, once they know that they cannot read it for that reason."""
    return await person.hear(
        lambda message: message.event_id == event_id and message.problem == problem, f"{event_id}: {problem}"
    )


async def test_three_talk(arrive: Arrive) -> None:
    """Everybody reads everybody, in both directions and over again; the homeserver sees only relations."""
    people = [await arrive(name) for name in ("alice", "bob", "carol")]
    room = await _room(*people)
    first = await people[0].say(room, "Hello")
    for speaker in people * 2:
        said = await speaker.say(room, f"Hello from {speaker.user_id}", reply_to=first)
        for listener in people:
            heard = await listener.read(said)
            assert (heard.body, heard.sender, heard.encrypted) == (
                f"Hello from {speaker.user_id}",
                speaker.user_id,
                True,
            )
            assert "Hello" not in str(heard.event)
            assert heard.event["content"]["m.relates_to"] == heard.relates_to
            assert heard.in_reply_to == first


async def test_edits_and_threads(arrive: Arrive) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    room = await _room(alice, bob)
    root = await alice.say(room, "A thread")
    inside = await bob.read(await alice.say(room, "In it", thread=root))
    assert (inside.thread, inside.body) == (root, "In it")
    edit = await bob.read(await alice.edit(room, root, "Another"))
    assert (edit.replaces, edit.content["m.new_content"]["body"]) == (root, "Another")


async def test_a_new_device_reads_what_is_said_from_then_on(arrive: Arrive) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    room = await _room(alice, bob)
    before = await alice.say(room, "Before")
    await bob.read(before)
    async with await bob.another_device() as phone:
        after = await alice.say(room, "After")
        assert (await phone.read(after)).body == "After"
        assert (await bob.read(after)).body == "After"
        await _fail(phone, before, "no key")
        answer = await phone.say(room, "From the phone")
        for listener in (alice, bob):
            assert (await listener.read(answer)).body == "From the phone"


async def test_who_left_cannot_read_on(arrive: Arrive) -> None:
    """Even with all they knew before: the key is another one from the next message on."""
    alice, bob, carol = await arrive("alice"), await arrive("bob"), await arrive("carol")
    room = await _room(alice, bob, carol)
    await bob.read(await alice.say(room, "All three"))
    await bob.leave(room)
    heard = await carol.read(await alice.say(room, "We two"))
    with pytest.raises(NoKeyError):
        await bob.encryption.read(room, heard.event)


async def test_the_strict_hear_only_signed_devices(arrive: Arrive) -> None:
    """And are heard only by them, who are not told the key but are told why."""
    alice = await arrive("alice", strict=True)
    bob, carol = await arrive("bob"), await arrive("carol", signed=False)
    room = await _room(alice, bob, carol)
    said = await alice.say(room, "Only for the signed")
    assert (await bob.read(said)).body == "Only for the signed"
    await _fail(carol, said, "withheld: m.unverified")
    by_bob, by_carol = await bob.say(room, "I am signed"), await carol.say(room, "I am not")
    assert (await alice.read(by_bob)).body == "I am signed"
    refused = await _fail(alice, by_carol, "unsigned device")
    assert "I am not" not in str(refused)
    assert (await bob.read(by_carol)).body == "I am not"


async def test_the_strict_tell_the_devices_of_one_person_apart(arrive: Arrive) -> None:
    alice, bob = await arrive("alice", strict=True), await arrive("bob")
    room = await _room(alice, bob)
    async with await bob.another_device() as signed, await bob.another_device(signed=False) as unsigned:
        said = await alice.say(room, "To the signed ones")
        assert (await signed.read(said)).body == "To the signed ones"
        await _fail(unsigned, said, "withheld: m.unverified")
        await _fail(alice, await unsigned.say(room, "Me, too"), "unsigned device")
        assert (await alice.read(await signed.say(room, "Thanks"))).body == "Thanks"


async def test_a_device_signed_later_is_heard_from_then_on(arrive: Arrive) -> None:
    """What the strict refused before stays refused; they notice the signature without being told."""
    alice, bob = await arrive("alice", strict=True), await arrive("bob", signed=False)
    room = await _room(alice, bob)
    await _fail(alice, await bob.say(room, "Unsigned"), "unsigned device")
    assert bob.identity is None
    await bob.sign()
    said = await bob.say(room, "Signed")
    assert (await alice.read(said)).body == "Signed"
    answer = await alice.say(room, "Now I hear you", reply_to=said)
    assert (await bob.read(answer)).body == "Now I hear you"


async def test_a_replaced_identity_signs_anew(arrive: Arrive) -> None:
    """Replacing it needs the password again, and leaves devices signed with the old one unsigned."""
    alice, bob = await arrive("alice", strict=True), await arrive("bob")
    room = await _room(alice, bob)
    assert bob.identity
    old = bob.identity.master_key
    async with await Person.login(bob.wire.url, bob.credentials) as phone:
        assert phone.identity
        assert phone.identity.master_key != old
        assert (await alice.read(await phone.say(room, "New"))).body == "New"
        await _fail(alice, await bob.say(room, "Old"), "unsigned device")


async def test_nobody_can_pass_on_what_somebody_else_said(arrive: Arrive) -> None:
    """Neither as it was, nor as their own, nor into another room."""
    alice, bob, carol = await arrive("alice"), await arrive("bob"), await arrive("carol")
    room, other = await _room(alice, bob, carol), await _room(bob, carol)
    said = (await carol.read(await alice.say(room, "Yes"))).event["content"]
    for sender, where, problem in (
        (alice, room, "repeated"),
        (bob, room, "said by somebody else"),
        (bob, other, "no key"),
    ):
        path = f"{CLIENT}/rooms/{quote(where)}/send/m.room.encrypted/again"
        copy = (await sender.wire.call("PUT", path, said))["event_id"]
        await _fail(carol, copy, problem)


async def test_one_time_keys_do_not_run_out(arrive: Arrive) -> None:
    """Whoever wants to begin with a device takes one; it publishes new ones when few are left."""
    alice, bob = await arrive("alice"), await arrive("bob")
    room = await _room(alice, bob)
    wanted = {"one_time_keys": {bob.user_id: {bob.device_id: "signed_curve25519"}}}

    async def claim() -> list[str]:
        answer = await alice.wire.call("POST", f"{CLIENT}/keys/claim", wanted)
        return list(answer["one_time_keys"].get(bob.user_id, {}).get(bob.device_id, {}))

    claimed = [name for _ in range(49) for name in await claim()]
    assert len(set(claimed)) == 49
    await bob.read(await alice.say(room, "Hello"))
    assert await claim()
    assert not alice.encryption.turned_away


def _introduced() -> tuple[OwnDevice, OwnDevice, Device]:
    """Two devices, and what the first knows of the second, with whom it has a session."""
    alice, bob = OwnDevice("@alice:shop.test", "A"), OwnDevice("@bob:shop.test", "B")
    device = Device.parse(bob.keys(), {})
    assert device
    (key,) = bob.one_time_keys(1).values()
    assert alice.begin(device, key)
    return alice, bob, device


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_content_arrives(text: str, more: dict[str, str]) -> None:
    """Through a letter that brings the key, and the room that it is for."""
    alice, bob, device = _introduced()
    outbound, library = Outbound(), Library()
    library.learn(bob.read(alice.user_id, alice.write(device, "m.room_key", outbound.key("!room"))))
    relation = {"event_id": "$1"}
    content = {**more, "body": text, "m.relates_to": relation}
    sealed = outbound.write("!room", "m.room.message", content)
    assert sealed["m.relates_to"] == relation
    event = {"content": sealed, "sender": alice.user_id, "event_id": "$2"}
    kind, read, letter = library.read("!room", event)
    assert (kind, read, letter.ed25519) == ("m.room.message", content, alice.ed25519)


def test_a_letter_cannot_change_its_sender_or_its_reader() -> None:
    """Whoever hands it on under another name, or to another device, is found out."""
    alice, bob, device = _introduced()
    letter = alice.write(device, "m.dummy", {})
    with pytest.raises(WrongLetterError, match="passed on"):
        bob.read("@mallory:shop.test", letter)
    with pytest.raises(WrongLetterError, match="not a letter to this device"):
        OwnDevice("@bob:shop.test", "C").read(alice.user_id, letter)


def _answer(identity: Identity) -> Json:
    """What `/keys/query` says of somebody's identity."""
    return {f"{name}s": {identity.user_id: key} for name, key in identity.upload().items()}


@pytest.mark.parametrize("usage", ["master_keys", "self_signing_keys"])
def test_only_the_owner_signs_a_device(usage: str) -> None:
    """A signature counts with the keys that made it, vouched for by the master key, and by nobody else's."""
    own, identity = OwnDevice("@alice:shop.test", "A"), Identity("@alice:shop.test")
    keys, answer = identity.sign_device(own.keys()), _answer(identity)
    keys["signatures"][own.user_id] |= own.keys()["signatures"][own.user_id]
    device, plain = Device.parse(keys, answer), Device.parse(own.keys(), answer)
    assert device
    assert plain
    assert (device.signed, plain.signed) == (True, False)
    forged = Device.parse(keys, answer | {usage: _answer(Identity(own.user_id))[usage]})
    assert forged
    assert not forged.signed


def test_keys_that_are_not_the_device_s_own_are_no_device() -> None:
    keys = OwnDevice("@alice:shop.test", "A").keys()
    keys["keys"]["curve25519:A"] = OwnDevice("@mallory:shop.test", "A").curve25519
    assert Device.parse(keys, {}) is None
