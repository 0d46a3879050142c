"""Everything is heard once, from a homeserver in whatever state it is."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bot.platforms.matrix import files, sync
from bot.platforms.matrix.backoff import Backoff
from bot.platforms.matrix.client import Room
from bot.platforms.matrix.keys import RECENT
from bot.platforms.matrix.message import Message
from bot.platforms.matrix.server import Json, LoggedOutError
from tests.homeserver.fixtures import Arrive
from tests.homeserver.megolm import Outbound
from tests.homeserver.olm import MEGOLM, OLM
from tests.homeserver.people import Person
from tests.homeserver.proxy import (
    BAD_GATEWAY,
    BAD_JSON,
    Answer,
    Fault,
    Hold,
    Lost,
    Proxy,
    Reset,
    rate_limited,
)
from tests.homeserver.synapse import Synapse
from tests.homeserver.wire import CLIENT, RefusedError
from tests.platforms.parrot import UNREADABLE, Parrot, Register, echo, meet


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_message_is_heard_and_answered(arrive: Arrive, register: Register, encrypted: bool) -> None:  # noqa: FBT001
    alice = await arrive("alice")
    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot, encrypted=encrypted)
        for words in ("one", "two", "three"):
            await echo(alice, room, words)
    assert parrot.bodies == ["one", "two", "three"]
    assert {message.encrypted for message in parrot.heard} == {encrypted}


async def test_everybody_in_an_encrypted_room_reads_the_answers(
    arrive: Arrive, register: Register, synapse: Synapse
) -> None:
    """Also who trusts signed devices only, and a device that came later; also after restarts."""
    alice, bob = await arrive("alice"), await arrive("bob", strict=True)
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await alice.invite(room, bob.user_id)
        await bob.join(room)
        await echo(alice, room, "from alice")
        await echo(bob, room, "from bob")
        async with await alice.another_device() as phone:
            await echo(phone, room, "from the phone")
            said = await bob.say(room, "for all")
            for person in (alice, bob, phone):
                assert (await person.answer_to(said)).body == "for all"
    async with Parrot(account):
        await echo(bob, room, "after the bot's restart")
        await synapse.restart()
        await echo(bob, room, "after the homeserver's restart")
        await echo(alice, room, "and for me")


async def test_who_left_reads_no_further(arrive: Arrive, register: Register) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await alice.invite(room, bob.user_id)
        await bob.join(room)
        await echo(bob, room, "before")
        before = {message.event["content"]["session_id"] for message in alice.mail if message.encrypted}
        await bob.leave(room)
        said = await alice.say(room, "after")
        answer = await alice.answer_to(said)
    assert answer.event["content"]["session_id"] not in before


@pytest.mark.parametrize("encrypted", [False, True])
async def test_what_was_said_while_the_bot_was_down_is_answered_once_and_in_order(
    arrive: Arrive,
    register: Register,
    encrypted: bool,  # noqa: FBT001
) -> None:
    """More than the homeserver tells at once; and what was answered before is not answered again."""
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=encrypted)
        await echo(alice, room, "before")
    words = [f"while it was down {number}" for number in range(60)]
    said = [await alice.say(room, each) for each in words]
    async with Parrot(account) as again:
        for each in said:
            await alice.answer_to(each)
        await echo(alice, room, "last")
    assert again.bodies == [*words, "last"]
    assert [len(alice.answers_to(each)) for each in said] == [1] * len(said)


async def test_what_is_late_is_not_answered(arrive: Arrive, register: Register, proxy: Proxy) -> None:
    alice = await arrive("alice")
    account = await register(proxy.url)
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot)
    await alice.say(room, "too late")
    polled = proxy.fail(Hold(_set()), "GET", "/sync", times=None)
    async with Parrot(replace(account, grace=0.0)) as late:
        await polled.hit(2)  # the second poll begins when the first was dealt with
    assert late.bodies == []


async def test_what_was_said_before_the_bot_came_is_not_for_it(arrive: Arrive, register: Register) -> None:
    """Neither answered nor complained about: it was not there, and has no key."""
    alice = await arrive("alice")
    async with Parrot(await register()) as parrot:
        room = await alice.create_room(encrypted=True)
        await alice.say(room, "to myself")
        await alice.invite(room, parrot.account.user_id)
        await alice.joined(room, parrot.account.user_id)
        await echo(alice, room, "to the bot")
        assert parrot.bodies == ["to the bot"]
        assert not parrot.unread


async def test_killed_while_answering(arrive: Arrive, register: Register, proxy: Proxy) -> None:
    """What was not answered is answered after the start; what was, is not answered twice."""
    alice = await arrive("alice")
    account = await register(proxy.url)
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot)
        answered = await alice.say(room, "answered")
        await alice.answer_to(answered)
        never = proxy.fail(Hold(asyncio.Event()), "PUT", "/send/", times=None)
        waiting = await alice.say(room, "not answered")
        await never.hit()
        await parrot.die()
    proxy.heal()
    async with Parrot(account) as again:
        await alice.answer_to(waiting)
        await echo(alice, room, "last")
    assert again.bodies[-2:] == ["not answered", "last"]
    assert [len(alice.answers_to(each)) for each in (answered, waiting)] == [1, 1]


@pytest.mark.parametrize(
    "fault",
    [BAD_GATEWAY, BAD_JSON, Answer(200, "[]"), Answer(200, "{}"), rate_limited(retry_after_ms=50), Reset()],
    ids=["502", "cut off", "a list", "no token", "429", "reset"],
)
async def test_a_homeserver_in_trouble(
    arrive: Arrive, register: Register, fault: Fault, proxy: Proxy
) -> None:
    alice = await arrive("alice")
    async with Parrot(await register(proxy.url)) as parrot:
        room = await meet(alice, parrot)
        trouble = proxy.fail(fault, "GET", "/sync", times=2)
        await alice.say(room, "wakes the poll that is under way")
        await trouble.hit(2)
        await echo(alice, room, "heard all the same")
    assert parrot.bodies == ["wakes the poll that is under way", "heard all the same"]


@pytest.mark.parametrize("path", ["/keys/query", "/keys/claim", "/sendToDevice/", "/send/", "/keys/upload"])
@pytest.mark.parametrize(
    "fault", [BAD_GATEWAY, rate_limited(retry_after_ms=50), Lost()], ids=["502", "429", "lost"]
)
async def test_trouble_while_sharing_keys(
    arrive: Arrive, register: Register, path: str, fault: Fault, proxy: Proxy
) -> None:
    """Whatever goes wrong on the way to an answer, the reader can decrypt it in the end."""
    alice = await arrive("alice")
    account = await register(proxy.url)
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        proxy.fail(fault, "*", path)
        await echo(alice, room, "read by everybody")
        await echo(alice, room, "this, too")


def test_a_server_that_answers_nothing_is_asked_a_handful_of_times_a_minute() -> None:
    def asked_in_a_minute() -> int:
        backoff, elapsed, asked = Backoff(), 0.0, 0
        while elapsed < 60:
            elapsed += backoff.next()
            asked += 1
        return asked

    counts = [asked_in_a_minute() for _ in range(1000)]
    assert sum(counts) / len(counts) < 10


def test_a_server_is_given_the_time_it_asks_for() -> None:
    backoff = Backoff()
    assert all(backoff.next(30.0) >= 30.0 for _ in range(100))


async def test_a_revoked_token_ends_it(arrive: Arrive, register: Register, synapse: Synapse) -> None:
    alice = await arrive("alice")
    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot)
        await synapse.revoke(parrot.client.server.token)
        await alice.say(room, "wakes the poll that is under way")
        with pytest.raises(LoggedOutError, match="infoshop matrix setup"):
            await parrot.ended()


async def test_a_token_that_the_homeserver_forgot_is_no_end(arrive: Arrive, register: Register) -> None:
    """As after its database was restored from a copy: what is fresh is heard, and nothing twice."""
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot)
        await echo(alice, room, "before")
    journal = account.store_path / "journal.json"
    journal.write_text('{"token": "made up"}', encoding="utf-8")
    async with Parrot(account) as again:
        await echo(alice, room, "after")
        assert again.bodies[-1] == "after"


async def test_a_message_that_cannot_be_read_gets_one_hint_a_day(
    arrive: Arrive, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot's device is not signed: Bob's client gives it no key. Alice's does, and reads the hint."""
    monkeypatch.setattr(sync, "KEY_PATIENCE", 0.1)
    alice, bob = await arrive("alice"), await arrive("bob", strict=True)
    async with Parrot(await register(), signed=False) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await alice.invite(room, bob.user_id)
        await bob.join(room)
        said = await bob.say(room, "nobody else shall read this")
        assert (await alice.answer_to(said)).body == UNREADABLE
        again = await bob.say(room, "nor this")
        await echo(alice, room, "but this")
        while parrot.unread:
            await echo(alice, room, "wait for it")
    assert "nor this" not in parrot.bodies
    assert alice.answers_to(again) == []


async def test_a_key_may_be_later_than_its_message(arrive: Arrive, register: Register) -> None:
    """As it is between homeservers; a bot that is restarted meanwhile has forgotten nothing."""
    alice = await arrive("alice")
    account = await register()
    outbound = Outbound()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await echo(alice, room, "so that they know each other")
        key = outbound.key(room)
        content = {"msgtype": "m.text", "body": "hard to read"}
        early = await alice.wire.call(
            "PUT",
            f"{CLIENT}/rooms/{room}/send/m.room.encrypted/early",
            outbound.write(room, "m.room.message", content),
        )
        while not parrot.unread:
            await echo(alice, room, "wait for it")
        await parrot.die()
    async with Parrot(account) as again:
        while not again.unread:
            await echo(alice, room, "wait for it again")
        (device,) = await alice.encryption._query([again.client.user_id])
        letter = alice.encryption.own.write(device, "m.room_key", key)
        letters = {device.user_id: {device.device_id: letter}}
        await alice.encryption._send_to_devices("m.room.encrypted", letters)
        assert (await alice.answer_to(early["event_id"])).body == "hard to read"
        assert not again.unread


async def test_nobody_speaks_for_somebody_else(arrive: Arrive, register: Register) -> None:
    """What Alice encrypted is hers, whoever the homeserver says has sent it."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await alice.invite(room, bob.user_id)
        await bob.join(room)
        await echo(alice, room, "mine")
        readers = [alice.user_id, bob.user_id, parrot.client.user_id]
        content = {"msgtype": "m.text", "body": "forged"}
        sealed = await alice.encryption.seal(room, readers, "m.room.message", content)
        await bob.wire.call("PUT", f"{CLIENT}/rooms/{room}/send/m.room.encrypted/forged", sealed)
        while not parrot.unread:
            await echo(alice, room, "wait for it")
    assert "forged" not in parrot.bodies


async def test_strangers_letters_stop_nobody(arrive: Arrive, register: Register) -> None:
    """Malformed letters to the bot's device are left out, and what comes with them is heard."""
    alice = await arrive("alice")
    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await echo(alice, room, "before")
        key = parrot.client.keys.curve25519
        sender_key = alice.encryption.own.curve25519
        for letter in (
            {},
            {"algorithm": OLM, "sender_key": "x", "ciphertext": {}},
            *(
                {
                    "algorithm": OLM,
                    "sender_key": sender_key,
                    "ciphertext": {key: {"type": kind, "body": body}},
                }
                for kind in (0, 1, 2)
                for body in ("", "AAAA", "not base64!")
            ),
        ):
            for kind in ("m.room.encrypted", "m.room_key_request", "m.key.verification.start", "m.dummy"):
                path = f"{CLIENT}/sendToDevice/{kind}/{id(letter)}{kind}"
                messages = {parrot.client.user_id: {parrot.client.device_id: letter}}
                await alice.wire.call("PUT", path, {"messages": messages})
        await echo(alice, room, "after")


async def test_malformed_events_stop_nobody(arrive: Arrive, register: Register) -> None:
    alice, mallory = await arrive("alice"), await arrive("mallory")
    async with Parrot(await register()) as parrot:
        quiet = await meet(alice, parrot)
        room = await meet(mallory, parrot)
        for kind, content in (
            ("m.room.message", {}),
            ("m.room.message", {"msgtype": 1, "body": []}),
            ("m.room.encrypted", {"algorithm": MEGOLM}),
            ("m.room.encrypted", {"algorithm": MEGOLM, "ciphertext": "x", "session_id": ["x"]}),
            ("m.room.encrypted", {"algorithm": MEGOLM, "ciphertext": "x", "session_id": "x"}),
            ("m.room.encrypted", {"algorithm": [], "ciphertext": {}}),
        ):
            with suppress(RefusedError):  # some of it this homeserver does not let through
                await mallory.wire.call("PUT", f"{CLIENT}/rooms/{room}/send/{kind}/{id(content)}", content)
        nonsense = {"name": 1, "topic": [], "replacement_room": {}, "url": None}
        for kind in ("name", "topic", "tombstone", "avatar", "canonical_alias", "unknown"):
            with suppress(RefusedError):
                await mallory.set_state(room, f"m.room.{kind}", nonsense)
        await echo(alice, quiet, "after")
        last = {"msgtype": "m.text", "body": "here, too"}
        await mallory.wire.call("PUT", f"{CLIENT}/rooms/{room}/send/m.room.message/last", last)
        while "here, too" not in parrot.bodies:
            await echo(alice, quiet, "wait for it")


async def test_numbers_beyond_all_bounds_stop_nobody(arrive: Arrive, register: Register) -> None:
    """As strangers' servers may write them into events of old rooms."""
    alice = await arrive("alice")
    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot)
        now, huge = int(time.time() * 1000), 10**400
        numbers: list[Json] = [
            {"origin_server_ts": huge},
            {"origin_server_ts": -huge},
            {"origin_server_ts": now, "unsigned": {"age": huge}},
            {"origin_server_ts": huge, "unsigned": {"age": -huge}},
        ]
        events = [{**message(alice, number), **each} for number, each in enumerate(numbers)]
        parrot.sync._take(told(room, events), {})
        assert parrot.client.open(room, events[0]) is None
        await echo(alice, room, "after")
    assert parrot.bodies == ["after"]


async def test_whatever_an_event_does_others_are_heard(arrive: Arrive, register: Register) -> None:
    """It counts as dealt with, so that it does no harm again after a restart, either."""
    alice = await arrive("alice")
    account = await register()

    def choke(message: Message, _room: Room) -> bool:
        if message.content["body"] == "poison":
            raise ZeroDivisionError
        return True

    async with Parrot(account) as parrot:
        room = await meet(alice, parrot)
        parrot.sync._wants = choke
        await alice.say(room, "poison")
        await echo(alice, room, "after")
    async with Parrot(account) as again:
        await echo(alice, room, "later")
    assert (parrot.bodies, again.bodies) == (["after"], ["later"])


@pytest.mark.parametrize("wanted", ["not wanted", "empty", "unreadable"])
async def test_what_is_not_for_us_is_not_written_down_one_by_one(
    arrive: Arrive, register: Register, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    """After an absence there are thousands of such events, and each note would be as long as their list."""
    alice = await arrive("alice")
    writes: list[Path] = []
    write = files.write

    def count(path: Path, content: Json, *, durable: bool = True) -> None:
        writes.append(path)
        write(path, content, durable=durable)

    async with Parrot(await register()) as parrot:
        room = await meet(alice, parrot)
        await echo(alice, room, "before")
        monkeypatch.setattr(files, "write", count)
        if wanted == "unreadable":
            monkeypatch.setattr(sync, "KEY_PATIENCE", -1.0)
        parrot.sync._wants = lambda message, _room: not str(message.event_id).startswith("$made-up")
        events = [message(alice, number) for number in range(300)]
        for event in events:
            if wanted == "empty":
                event["content"] = None
            elif wanted == "unreadable":
                event |= {"type": "m.room.encrypted"}
                event["content"] = {"algorithm": MEGOLM, "ciphertext": "x", "session_id": "x"}
        parrot.sync._take(told(room, events), {})
        await echo(alice, room, "after")
    assert parrot.bodies == ["before", "after"]
    assert len(writes) < 30


async def test_nobody_makes_the_bot_deaf_to_somebody_else(arrive: Arrive, register: Register) -> None:
    """A member who passes on the key of another's messages makes them no less theirs."""
    mallory, alice = await arrive("mallory"), await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(mallory, parrot, encrypted=True)
        await mallory.invite(room, alice.user_id)
        await alice.join(room)
        await echo(mallory, room, "so that hers is the first key")
        mine = await alice.say(room, "mine")
        await alice.answer_to(mine)
        await mallory.read(mine)
        session = (await alice.read(mine)).event["content"]["session_id"]
        stolen = mallory.encryption._library._sessions[room, session].letter.content
        (device,) = await mallory.encryption._query([parrot.client.user_id])
        letter = mallory.encryption.own.write(device, "m.room_key", stolen)
        letters = {device.user_id: {device.device_id: letter}}
        await mallory.encryption._send_to_devices("m.room.encrypted", letters)
        await echo(mallory, room, "a sync later")
        await echo(alice, room, "still heard")
        for number in range(RECENT + 1):  # so that what she passed on is deleted, too
            mallory.encryption._outbound.pop(room, None)
            await echo(mallory, room, f"with the key {number}")
        parrot.client.keys._thin_at = 0.0
        await echo(mallory, room, "another sync later")
    async with Parrot(account):
        await echo(alice, room, "still heard after a restart")


async def test_keys_that_were_used_up_are_replaced(arrive: Arrive, register: Register) -> None:
    """Who writes first when none is left is read, too, and so is who comes next."""
    alice, bob = await arrive("alice"), await arrive("bob")
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await alice.invite(room, bob.user_id)
        await bob.join(room)
        user_id, device_id = parrot.client.user_id, parrot.client.device_id
    wanted = {"one_time_keys": {user_id: {device_id: "signed_curve25519"}}}

    async def is_last() -> bool:
        told = await alice.wire.call("POST", f"{CLIENT}/keys/claim", wanted)
        (key,) = told["one_time_keys"][user_id][device_id].values()
        return "fallback" in key

    while not await is_last():
        pass
    said = await alice.say(room, "with the last key")
    async with Parrot(account):
        assert (await alice.answer_to(said)).body == "with the last key"
        while await is_last():
            await echo(alice, room, "wait for it")
        await echo(bob, room, "with a new one")


def told(room: str, events: list[Json]) -> Json:
    """A sync that tells of events in a room."""
    return {"next_batch": "made up", "rooms": {"join": {room: {"timeline": {"events": events}}}}}


def message(person: Person, number: int) -> Json:
    """An event as a homeserver tells it."""
    content = {"msgtype": "m.text", "body": f"number {number}"}
    sent_at = int(time.time() * 1000)
    event = {"type": "m.room.message", "event_id": f"$made-up-{number}", "sender": person.user_id}
    return {**event, "content": content, "origin_server_ts": sent_at}


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event
