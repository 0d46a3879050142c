"""Forms step by step and files both ways, in rooms of a real homeserver."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from nio.crypto import decrypt_attachment, encrypt_attachment

import bot.commands
from bot.commands.describe import REGISTRY, Attachment, Choose, Command, Option, Services, Written
from bot.commands.request import Request
from bot.commands.words import Whether
from bot.platforms.matrix.followup import LONGEST
from bot.reply import Ask, Choice, Field, File, Form, Reply
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.homeserver.fixtures import Arrive
from tests.homeserver.mailbox import Message
from tests.homeserver.people import Person
from tests.homeserver.wire import Json
from tests.platforms.on_matrix import Infoshop, ask, shared_room
from tests.platforms.parrot import Register

assert bot.commands  # importing it registers the commands

FORM = Form(
    "A note",
    (Field("title", "Title", required=True), Field("text", "Text", long=True, limit=20_000)),
    Ask("find", {}),  # which command it is, the desk says
)
YAML = "title: Crème\n".encode() * 400


@dataclass
class Desk:
    """What two commands that exist for a test were given."""

    notes: list[tuple[str, str]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """`!jot` is a form, of which a title `wrong` is refused; `!echo` takes a file and gives one back."""
    desk = Desk()

    async def jot(ask: Request, _: Services, title: str = "", text: str = "") -> Reply:
        form = replace(FORM, ask=Ask("jot"))
        if title == "wrong":
            named = replace(FORM.fields[0], value=title, problem="That is wrong.")
            fields = (named, replace(FORM.fields[1], value=text))
            return Reply("Not yet.", form=replace(form, fields=fields), found=False)
        if not title:
            return Reply("Write it down:", form=form)
        desk.notes.append((title, text))
        desk.asked.append(ask)
        return Reply(f"Noted: {title}")

    async def echo(ask: Request, _: Services, file: str, apply: Whether | None = None) -> Reply:
        assert ask.upload
        desk.files.append(await ask.upload(file, 10_000))
        again = Choice("Once more", Ask("echo", {"apply": "yes"}))
        return Reply(
            f"Read, {apply}",
            choices=(again,),
            files=(File("shelf.yaml", desk.files[-1], "application/yaml"),),
        )

    written = Written("Words", 20_000, long=True)
    options = (Option("title", written, required=False), Option("text", written, required=False))
    monkeypatch.setitem(REGISTRY, "jot", Command("jot", "Jot.", options, jot, acts=True))
    taken = (
        Option("file", Attachment("A file"), required=True),
        Option("apply", Choose("Whether"), required=False, choices=Whether),
    )
    monkeypatch.setitem(REGISTRY, "echo", Command("echo", "Echo.", taken, echo))
    return desk


@pytest.fixture
def services() -> Iterator[Services]:
    """The small shelf."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


@pytest.mark.parametrize("encrypted", [False, True])
async def test_alone_with_the_bot_each_line_is_an_answer(
    arrive: Arrive, register: Register, services: Services, desk: Desk, *, encrypted: bool
) -> None:
    """Numbers and names of commands, too; lines of a long one are kept; and a restart loses nothing."""
    alice, account = await arrive("alice"), await register()
    async with Infoshop(services, account) as infoshop:
        room = await shared_room(alice, bot=infoshop, encrypted=encrypted)
        first = await ask(alice, room, "!jot")
        assert first.body.startswith("Write it down:\n\nTitle\nA note: step 1 of 2")
        second = await ask(alice, room, "help")
        assert second.body.startswith("Text (may be left out)\nA note: step 2 of 2")
    async with Infoshop(services, account):
        assert (await ask(alice, room, "One.\n\n2")).body == "Noted: help"
        assert (await ask(alice, room, "help")).body != "Noted: help"
        assert (await ask(alice, room, '!jot title:"In one\nmessage" text:“Two «words»\n\nhere”')).body
    assert desk.notes == [("help", "One.\n\n2"), ("In one\nmessage", "Two «words»\n\nhere")]
    assert {request.by for request in desk.asked} == {alice.user_id}


@pytest.mark.parametrize("encrypted", [False, True])
async def test_among_others_only_replies_to_the_question_are_answers(
    arrive: Arrive, register: Register, services: Services, desk: Desk, *, encrypted: bool
) -> None:
    """Neither what people say to each other, nor a reply of somebody else, nor another bot's command."""
    alice, bob, account = await arrive("alice"), await arrive("bob"), await register()
    async with Infoshop(services, account) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop, encrypted=encrypted)
        question = await ask(alice, room, "!jot")
        ignored = [
            await alice.say(room, "chatter"),
            await alice.say(room, "!weather Prague"),
            await bob.say(room, "Mine", reply_to=question.event_id),
            await bob.say(room, "Mine", reply_to=question.event_id, mentions=[account.user_id]),
            await bob.say(room, "!-"),
            await bob.say(room, "!stop"),
        ]
        second = await ask(alice, room, "Hers", reply_to=question.event_id)
        assert "step 2 of 2" in second.body
        stale = await alice.say(room, "Late", reply_to=question.event_id, mentions=[account.user_id])
    async with Infoshop(services, account):
        done = await ask(alice, room, "Text", reply_to=second.event_id)
        assert done.body == "Noted: Hers"
        await ask(alice, room, "!jot")
        assert "cannot be left out" in (await ask(alice, room, "!-")).body
        third = await ask(alice, room, "!=")
        assert "step 2" in (await ask(alice, room, "More", reply_to=third.event_id)).body
        assert (await ask(alice, room, "!-")).body == "Noted: More"
        later = await alice.say(room, "!-")
        await ask(alice, room, "!help")
        assert not [each for each in (*ignored, stale, later) if alice.answers_to(each)]
    assert desk.notes == [("Hers", "Text"), ("More", "")]


async def test_what_was_wrong_is_asked_for_again_alone(
    arrive: Arrive, register: Register, services: Services, desk: Desk
) -> None:
    alice = await arrive("alice")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(alice, bot=infoshop)
        for line in ("!jot", "wrong"):
            await ask(alice, room, line)
        again = await ask(alice, room, "The text stays.")
        assert again.body.startswith("Not yet.\n\nTitle\nA note: step 1 of 1\n\nThat is wrong.")
        assert (await ask(alice, room, "right")).body == "Noted: right"
    assert desk.notes == [("right", "The text stays.")]


async def test_another_command_ends_a_form_and_so_does_stop(
    arrive: Arrive, register: Register, services: Services, desk: Desk
) -> None:
    """Both say so; a reply to an old question is then nothing."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop)
        question = await ask(alice, room, "!jot")
        assert (await ask(alice, room, "!summary raids")).body.startswith(
            "What you had begun to fill in is dropped"
        )
        late = await alice.say(room, "Title", reply_to=question.event_id)
        assert (await ask(alice, room, "!summary raids")).body.startswith("Raids")
        await ask(alice, room, "!jot")
        assert (await ask(alice, room, "!stop")).body == "Stopped. Nothing of it is kept."
        assert (await ask(alice, room, "!summary raids")).body.startswith("Raids")
        assert not alice.answers_to(late)
    assert desk.notes == []


async def test_what_was_too_long_for_an_event_is_gone_after_a_restart_and_that_is_said(
    arrive: Arrive, register: Register, services: Services, desk: Desk
) -> None:
    """Once, and without taking anything for the answer to an older question; until then nothing is lost."""
    alice, account = await arrive("alice"), await register()
    long = replace(FORM.fields[0], limit=LONGEST * 2)
    form = replace(FORM, fields=(long, FORM.fields[1]), ask=Ask("jot"))

    async def tell(_ask: Request, _services: Services) -> Reply:
        return Reply(form=form)

    REGISTRY["tell"] = Command("tell", "Tell.", (), tell)
    try:
        async with Infoshop(services, account) as infoshop:
            room = await shared_room(alice, bot=infoshop)
            for line in ("!tell", "x" * LONGEST):
                await ask(alice, room, line)
            assert (await ask(alice, room, "kept in memory")).body.startswith("Noted: xxx")
            for line in ("!tell", "x" * LONGEST):
                await ask(alice, room, line)
        async with Infoshop(services, account):
            assert "I was restarted" in (await ask(alice, room, "second")).body
            assert (await ask(alice, room, "raids")).body.startswith("Raids")
    finally:
        del REGISTRY["tell"]
    assert desk.notes == [("x" * LONGEST, "kept in memory")]


async def test_a_form_in_private_is_about_the_room_as_long_as_one_is_in_it(
    arrive: Arrive, register: Register, services: Services, desk: Desk
) -> None:
    """Asked for in a shared room by somebody who wants answers in private."""
    alice, bob, account = await arrive("alice"), await arrive("bob"), await register()
    async with Infoshop(services, account) as infoshop:
        room = await shared_room(bob, alice, bot=infoshop)
        await ask(alice, room, "!private")
        direct = await alice.invitation(account.user_id)
        await alice.join(direct)
        for title in ("Before", "After"):
            await alice.say(room, "!jot")
            await _nth(alice, direct, "step 1 of 2", 1 if title == "Before" else 2)
            if title == "After":
                await bob.kick(room, alice.user_id)
            await ask(alice, direct, title)
            await ask(alice, direct, "-")
    assert desk.notes == [("Before", ""), ("After", "")]
    assert [request.community.id if request.community else "" for request in desk.asked] == [room, ""]


async def _nth(person: Person, room: str, words: str, number: int) -> None:
    """Wait until something was said in a room so many times."""

    def look() -> bool | None:
        return sum(each.room_id == room and words in each.body for each in person.mail) >= number or None

    await person.mail.until(look, words)


async def show_file(
    person: Person, room: str, *, encrypted: bool, size: int = len(YAML), body: str = ""
) -> str:
    """Send a file as clients do; returns the id of the event."""
    secret, keys = encrypt_attachment(YAML) if encrypted else (YAML, {})
    address = await upload(person, secret)
    content: Json = {
        "msgtype": "m.file",
        "body": body or "ours.yaml",
        "filename": "ours.yaml",
        "info": {"size": size},
    }
    return await person.send(
        room,
        "m.room.message",
        {**content, **({"file": {**keys, "url": address}} if encrypted else {"url": address})},
    )


async def upload(person: Person, content: bytes) -> str:
    """Put something into the media repository; returns its address."""
    async with person.wire._session.post(
        f"{person.wire.url}/_matrix/media/v3/upload",
        data=content,
        headers={"Authorization": f"Bearer {person.wire.token}", "Content-Type": "application/octet-stream"},
    ) as answer:
        return str((await answer.json())["content_uri"])


async def download(person: Person, shown: Message) -> bytes:
    """The file that a message shows."""
    sealed = shown.content.get("file") or {}
    place = str(sealed.get("url") or shown.content["url"]).removeprefix("mxc://")
    async with person.wire._session.get(
        f"{person.wire.url}/_matrix/client/v1/media/download/{place}",
        headers={"Authorization": f"Bearer {person.wire.token}"},
    ) as answer:
        assert answer.status == 200
        content = await answer.read()
    if sealed:
        return bytes(
            decrypt_attachment(content, sealed["key"]["k"], sealed["hashes"]["sha256"], sealed["iv"])
        )
    return content


@pytest.mark.parametrize("encrypted", [False, True])
async def test_files_go_both_ways(
    arrive: Arrive, register: Register, services: Services, desk: Desk, *, encrypted: bool
) -> None:
    """By a reply to it, as its caption, and again by what leads on; the one of the answer to who asked."""
    alice, bob, account = await arrive("alice"), await arrive("bob"), await register()
    async with Infoshop(services, account) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop, encrypted=encrypted)
        event = await show_file(alice, room, encrypted=encrypted)
        said = await alice.say(room, "!echo", reply_to=event)
        assert (await alice.answer_to(said)).body.startswith("Read, None")
        assert "accept my invitation" in (await alice.answer_to(said, count=2)).body
        direct = await alice.invitation(account.user_id)
        await alice.join(direct)
        shown = await alice.hear(
            lambda each: each.content.get("msgtype") == "m.file" and each.room_id == direct, "a file"
        )
        assert await download(alice, shown) == YAML
        assert (shown.encrypted, shown.content["filename"]) == (True, "shelf.yaml")
        assert shown.content["info"] == {"size": len(YAML), "mimetype": "application/yaml"}
        captioned = await show_file(alice, room, encrypted=encrypted, body="!echo")
        assert (await alice.answer_to(captioned)).body.startswith("Read, None")
    async with Infoshop(services, account):
        again = await alice.say(room, "!1")
        assert (await alice.answer_to(again)).body.startswith("Read, yes")
        assert (await alice.answer_to(again, count=2)).body == (
            "The file is for you alone: I have sent it to our direct room."
        )
    assert desk.files == [YAML] * 3
    assert not [each for each in bob.mail if each.content.get("filename") == "shelf.yaml"]


async def test_files_that_are_not_theirs_too_large_or_not_there_are_refused(
    arrive: Arrive, register: Register, services: Services, desk: Desk
) -> None:
    """By what the message says and by what comes; a caption that is no command of ours is left alone."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(alice, bob, bot=infoshop)
        theirs = await show_file(bob, room, encrypted=False)
        large = await show_file(alice, room, encrypted=False, size=10_001)
        for words, reply_to, why in (
            ("!echo", None, "There is no file of yours"),
            ("!echo", theirs, "There is no file of yours"),
            ("!echo", large, "I take at most 10 kB"),
        ):
            assert why in (await ask(alice, room, words, reply_to=reply_to)).body
        address = await upload(alice, b"x" * 10_001)
        for url, why in (
            (address, "at most 10 kB"),
            ("mxc://shop.test/nothing", "not there"),
            ("https://x/", "not there"),
        ):
            content = {
                "msgtype": "m.file",
                "body": "!echo",
                "filename": "x",
                "url": url,
                "info": {"size": "?"},
            }
            assert why in (await alice.answer_to(await alice.send(room, "m.room.message", content))).body
        chatter = await show_file(alice, room, encrypted=False, body="look at this")
        await ask(alice, room, "!help")
        assert not alice.answers_to(chatter)
    assert desk.files == []


async def test_a_damaged_file_is_not_read(
    arrive: Arrive, register: Register, services: Services, desk: Desk
) -> None:
    """What was put in its place by whoever keeps the homeserver, for instance."""
    alice = await arrive("alice")
    async with Infoshop(services, await register()) as infoshop:
        room = await shared_room(alice, bot=infoshop, encrypted=True)
        _, keys = encrypt_attachment(YAML)
        address = await upload(alice, b"something else")
        for sealed in (
            {**keys, "url": address},
            {"url": address},
            {**keys, "url": address, "hashes": {"sha256": 5}},
        ):
            content = {"msgtype": "m.file", "body": "!echo", "filename": "x", "file": sealed}
            answer = await alice.answer_to(await alice.send(room, "m.room.message", content))
            assert "is damaged" in answer.body
    assert desk.files == []
