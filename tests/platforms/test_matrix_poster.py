"""What is posted in rooms of a real homeserver: once, whatever becomes of the requests; all can read it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest
from hypothesis import given

import bot.commands
from bot.i18n import translator
from bot.model import Place
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.poster import MatrixPoster
from bot.platforms.matrix.render import WHOLE, whole
from bot.platforms.matrix.server import TransientError
from bot.platforms.matrix.session import connected
from bot.platforms.plain import written_out
from bot.posting import NotTakenError, Post, Problem, UnfitPlaceError
from bot.reply import Ask, Card, Choice, Paragraph, Reply
from tests.homeserver.fixtures import Arrive
from tests.homeserver.mailbox import Message
from tests.homeserver.people import Person
from tests.homeserver.proxy import BAD_GATEWAY, BAD_JSON, Answer, Fault, Lost, Proxy, Reset, rate_limited
from tests.homeserver.synapse import Synapse
from tests.platforms.parrot import Parrot, Register, echo, meet
from tests.platforms.replies import replies

assert bot.commands  # importing it registers the commands

SENDING = "/send/m.room"
DOUBTFUL = ("bad gateway", "bad JSON", "reset", "lost")
READING = Card(
    "Working the Margins",
    (Paragraph("What would the people you work with say to this?"),),
    id="reading:margins",
    label="Reading",
    footer=("CC BY 4.0",),
    choices=(Choice("Cite", Ask("cite", {"thing": "reading:margins"})),),
)
REPLY = Reply(
    "Today's reading",
    (READING,),
    (
        Choice("More like it", Ask("reading", {"topic": "law:nordic-model"})),
        Choice("For lawmakers", Ask("action", {"topic": "raids", "who": "lawmaker"})),
        Choice("Help", Ask("help")),
    ),
)
BODY = """\
Today's reading

Working the Margins
Reading

What would the people you work with say to this?

CC BY 4.0

---

Cite: !cite reading:margins
More like it: !reading law:nordic-model
For lawmakers: !action topic:raids who:lawmaker"""


@dataclass(frozen=True)
class Scene:
    """Somebody and the bot in a room, and the proxy by which the bot reaches the homeserver."""

    alice: Person
    room: str
    client: Client
    poster: MatrixPoster
    proxy: Proxy

    def post(self, key: str = "key", reply: Reply = REPLY, mention: str = "") -> Post:
        """Something to be posted in the room."""
        return Post(Place("matrix", self.room), reply, key, mention=mention)

    async def posted(self, key: str = "key", reply: Reply = REPLY, mention: str = "") -> str:
        """Post as soon as the homeserver takes it; the id of the event."""
        return await posted(self.poster, self.post(key, reply, mention))

    async def heard(self) -> list[Message]:
        """All that the bot has said in the room until now."""
        last = await self.posted("last", reply=Reply("last"))
        await self.alice.read(last)
        said = [message for message in self.alice.mail if message.sender == self.client.user_id]
        return [message for message in said if message.type == "m.room.message" and message.body != "last"]


async def posted(poster: MatrixPoster, post: Post) -> str:
    """Post as soon as the homeserver takes it, as whoever delivers posts does."""
    while True:
        try:
            return await poster.post(post)
        except NotTakenError as error:
            await asyncio.sleep(max(error.seconds, 0.1))


Set = Callable[..., Awaitable[Scene]]


@pytest.fixture
async def scene(arrive: Arrive, register: Register, proxy: Proxy) -> AsyncIterator[Set]:
    """Make a scene, in a room that is `encrypted` or not, with somebody whose client is strict."""
    async with AsyncExitStack() as stack:

        async def make(*, encrypted: bool = False) -> Scene:
            alice = await arrive("alice", strict=True)
            parrot = await stack.enter_async_context(Parrot(await register(proxy.url)))
            room = await meet(alice, parrot, encrypted=encrypted)
            await echo(alice, room, "here")  # so that the bot knows the room
            await alice.mail.tick()
            return Scene(alice, room, parrot.client, MatrixPoster(parrot.client, "!"), proxy)

        yield make


def told(messages: list[Message]) -> list[str]:
    """What they say, without what the scene began with."""
    return [message.body for message in messages if message.body != "here"]


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_post_is_one_whole_message_that_makes_no_noise(scene: Set, *, encrypted: bool) -> None:
    """A notice whose plain body stands alone; what it offers can be typed; a strict client reads it."""
    on = await scene(encrypted=encrypted)
    message = await on.alice.read(await on.posted())
    assert message.body == BODY
    assert message.encrypted == encrypted
    assert message.content["msgtype"] == "m.notice"
    assert message.content["m.mentions"] == {}
    assert "<h4>Working the Margins</h4>" in message.content["formatted_body"]
    assert message.relates_to == {}


@pytest.mark.parametrize("encrypted", [False, True])
async def test_the_same_key_is_posted_once(scene: Set, *, encrypted: bool) -> None:
    """Whatever it says the second time; another key is another post."""
    on = await scene(encrypted=encrypted)
    first = await on.posted()
    again = await on.posted(reply=Reply("otherwise"))
    other = await on.posted("other", reply=Reply("another"))
    assert first == again != other
    assert told(await on.heard()) == [BODY, "another"]


@pytest.mark.parametrize("encrypted", [False, True])
async def test_the_same_key_is_posted_once_across_a_restart(
    arrive: Arrive, register: Register, synapse: Synapse, *, encrypted: bool
) -> None:
    """Of the bot, with the same device and the same identity; and of the homeserver."""
    alice, account = await arrive("alice"), await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=encrypted)
        await echo(alice, room, "here")
        poster = MatrixPoster(parrot.client, "!")
        post = Post(Place("matrix", room), REPLY, "key")
        first, identity = await poster.post(post), poster.identity
        await parrot.die()
    await synapse.restart()
    async with connected(account) as client:
        poster = MatrixPoster(client, "!")
        assert poster.identity == identity
        assert await posted(poster, post) == first


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("fault", [BAD_GATEWAY, BAD_JSON, Reset(), Lost()], ids=DOUBTFUL)
async def test_what_may_have_arrived_is_repeated_and_stands_there_once(
    scene: Set, fault: Fault, *, encrypted: bool
) -> None:
    """Broken off, or accepted with the word of it lost: nobody can tell, until it is repeated."""
    on = await scene(encrypted=encrypted)
    # What a connection that was idle breaks off, aiohttp repeats by itself, once.
    on.proxy.fail(fault, "PUT", SENDING, times=2 if isinstance(fault, Reset) else 1)
    with pytest.raises(TransientError):
        await on.poster.post(on.post())
    await on.posted()
    assert told(await on.heard()) == [BODY]


async def test_too_much_is_not_taken_and_says_when(scene: Set) -> None:
    """429: nothing was posted; until then, nothing is tried, so that answers have the way free."""
    on = await scene()
    on.proxy.fail(rate_limited(60_000), "PUT", SENDING)
    for _ in range(2):
        with pytest.raises(NotTakenError) as refused:
            await on.poster.post(on.post())
        assert 50 < refused.value.seconds < 70
    assert on.proxy.count("PUT", SENDING + ".*key") == 1


@pytest.mark.parametrize("path", ["/state/m.room.member", "/sendToDevice/"])
@pytest.mark.parametrize("fault", [BAD_GATEWAY, BAD_JSON, rate_limited(5)], ids=["502", "JSON", "429"])
async def test_what_was_not_sent_is_not_in_doubt(scene: Set, path: str, fault: Fault) -> None:
    """A homeserver in trouble before it is asked to send, or while keys are shared, has not taken a post."""
    on = await scene(encrypted=True)
    on.client.keys.forget(on.room)  # so that there is something to share
    trouble = on.proxy.fail(fault, "*", path)
    with pytest.raises(NotTakenError):
        await on.poster.post(on.post())
    assert trouble.hits == 1
    assert on.proxy.count("PUT", SENDING + ".*key") == 0
    await on.alice.read(await on.posted())


async def test_a_homeserver_that_is_down_has_not_taken_it(scene: Set, synapse: Synapse) -> None:
    on = await scene()
    async with synapse.down():
        with pytest.raises(NotTakenError):
            await on.poster.post(on.post())
    await on.posted()
    assert told(await on.heard()) == [BODY]


async def test_a_refusal_for_other_reasons_is_no_fault_of_the_place(scene: Set) -> None:
    """As by a homeserver that is full: it was not taken, and may be later."""
    on = await scene()
    on.proxy.fail(Answer(403, '{"errcode":"M_RESOURCE_LIMIT_EXCEEDED"}'), "PUT", SENDING)
    on.proxy.fail(Answer(400, '{"errcode":"M_UNKNOWN"}'), "GET", "/state/m.room.member", times=1)
    for said in ("M_UNKNOWN", "M_RESOURCE_LIMIT_EXCEEDED"):
        with pytest.raises(NotTakenError, match=said):
            await on.poster.post(on.post())


async def unfit(on: Scene) -> UnfitPlaceError:
    """Why the room takes no posts."""
    with pytest.raises(UnfitPlaceError) as refused:
        await on.poster.post(on.post())
    return refused.value


def joins(on: Scene) -> int:
    """How often the bot was seen to join the room."""
    return sum(
        message.type == "m.room.member"
        and message.event["state_key"] == on.client.user_id
        and message.content["membership"] == "join"
        for message in on.alice.mail
    )


@pytest.mark.parametrize("how", ["kick", "ban"])
@pytest.mark.parametrize("encrypted", [False, True])
async def test_put_out_of_a_room_it_is_gone(scene: Set, how: str, *, encrypted: bool) -> None:
    """And taken back in, all is well, under the same key."""
    on = await scene(encrypted=encrypted)
    bot_id = on.client.user_id
    await (on.alice.ban(on.room, bot_id) if how == "ban" else on.alice.kick(on.room, bot_id))
    assert (await unfit(on)).problem is Problem.GONE
    if how == "kick":
        await on.alice.invite(on.room, bot_id)
        await on.alice.mail.until(lambda: joins(on) == 2 or None, "the bot coming back")
        await echo(on.alice, on.room, "again")
        await on.alice.read(await on.posted())


@pytest.mark.parametrize("room", ["!nowhere:shop.test", "!nowhere", "no room"])
async def test_a_room_that_there_is_not_is_gone(scene: Set, room: str) -> None:
    on = await scene()
    assert (await unfit(replace(on, room=room))).problem is Problem.GONE


async def test_a_room_of_strangers_is_gone(scene: Set, arrive: Arrive) -> None:
    on, bob = await scene(), await arrive("bob")
    room = await bob.create_room()
    assert (await unfit(replace(on, room=room))).problem is Problem.GONE


async def test_a_room_that_was_replaced_is_gone(scene: Set) -> None:
    """Nobody looks there any more, even where one may still write."""
    on = await scene()
    tombstone = {"body": "over", "replacement_room": "!elsewhere:shop.test"}
    await on.alice.set_state(on.room, "m.room.tombstone", tombstone)
    await echo(on.alice, on.room, "told")
    assert (await unfit(on)).problem is Problem.GONE


async def test_where_everybody_has_left_nothing_is_posted(scene: Set, arrive: Arrive) -> None:
    on, bob = await scene(), await arrive("bob")
    await on.alice.leave(on.room)
    other = await bob.create_room(invite=[on.client.user_id])
    await bob.joined(other, on.client.user_id)
    await echo(bob, other, "so that the bot has heard of it")
    assert (await unfit(on)).problem is Problem.GONE


@pytest.mark.parametrize("encrypted", [False, True])
async def test_power_that_is_missing_is_said_and_given_back_is_enough(scene: Set, *, encrypted: bool) -> None:
    on = await scene(encrypted=encrypted)
    levels = await on.alice.state(on.room, "m.room.power_levels")
    await on.alice.set_state(on.room, "m.room.power_levels", {**levels, "events_default": 50, "events": {}})
    refused = await unfit(on)
    assert (refused.problem, refused.detail) == (Problem.FORBIDDEN, "")
    await on.alice.set_state(on.room, "m.room.power_levels", levels)
    await on.alice.read(await on.posted())


async def test_without_its_token_nothing_is_taken(scene: Set) -> None:
    """The platform ends by itself then, and the place is not to blame."""
    on = await scene()
    on.proxy.fail(Answer(401, '{"errcode":"M_UNKNOWN_TOKEN"}'), "PUT", SENDING)
    on.proxy.fail(Answer(401, '{"errcode":"M_UNKNOWN_TOKEN"}'), "GET", "/state/m.room.member")
    for _ in range(2):
        with pytest.raises(NotTakenError, match="LoggedOutError"):
            await on.poster.post(on.post())


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_thread_is_opened_once(scene: Set, *, encrypted: bool) -> None:
    """By a notice in it, which clients that know no threads show as a reply; it needs no other key."""
    on = await scene(encrypted=encrypted)
    root = await on.posted()
    for _ in range(2):
        await on.poster.open_thread(on.post(), root, "Working the Margins")
    _, opening = [message for message in await on.heard() if message.body != "here"]
    assert opening.relates_to == {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": root},
    }
    assert "Working the Margins" in opening.body
    assert (opening.content["msgtype"], opening.content["m.mentions"]) == ("m.notice", {})


async def test_a_thread_where_nothing_can_be_posted_says_so_likewise(scene: Set) -> None:
    on = await scene()
    root = await on.posted()
    await on.alice.kick(on.room, on.client.user_id)
    with pytest.raises(UnfitPlaceError):
        await on.poster.open_thread(on.post(), root, "title")


async def test_a_mention_of_the_room_is_heard(scene: Set) -> None:
    """Only then is it an ordinary message; what others wrote into the text mentions nobody."""
    on = await scene()
    loud = await on.alice.read(await on.posted(mention="room"))
    assert loud.body == f"@room\n\n{BODY}"
    assert loud.content["formatted_body"].startswith("<p>@room</p>")
    assert (loud.content["msgtype"], loud.content["m.mentions"]) == ("m.text", {"room": True})
    quiet = await on.alice.read(await on.posted("quiet", reply=Reply("@room look")))
    assert (quiet.content["msgtype"], quiet.content["m.mentions"]) == ("m.notice", {})


@pytest.mark.parametrize("words", ["&<>\"'", "蝴蝶", "трафик", "📕", "word"])
async def test_a_post_as_long_as_any_fits_an_encrypted_room(scene: Set, words: str) -> None:
    """In whatever script. What has no room is cut off between parts, and that can be seen."""
    on = await scene(encrypted=True)
    paragraphs = [f"{number} {' '.join([words] * 60)}" for number in range(300)]
    message = await on.alice.read(await on.poster.post(on.post(reply=Reply("\n\n".join(paragraphs)))))
    *shown, mark = message.body.split("\n\n")
    assert mark == "…"
    assert shown == paragraphs[: len(shown)]
    assert len(message.event["content"]["ciphertext"]) > 50_000


@given(replies)
def test_whatever_is_posted_is_shown_whole_and_within_limits(reply: Reply) -> None:
    """Nothing is left to be asked for by a number."""
    english = translator("en")
    shown = whole(written_out(reply, "!"), english)
    assert len(json.dumps(shown.body)) <= WHOLE
    assert (shown.next, shown.offered) == (None, ())
    assert shown.body == whole(replace(written_out(reply, "!"), page=1), english).body


def versions(on: Scene, event_id: str) -> list[Message]:
    """What a message was changed to, as far as it was heard."""
    return [message for message in on.alice.mail if message.replaces == event_id]


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_post_is_changed_where_it_stands(scene: Set, *, encrypted: bool) -> None:
    """Clients show the new content in its place; the same change is made once, another one again."""
    on = await scene(encrypted=encrypted)
    first = await on.posted()
    for _ in range(2):
        await on.poster.edit(on.post("change1", reply=Reply("Closed on Mondays")), first)
    await on.poster.edit(on.post("change2", reply=Reply("Closed on Tuesdays")), first)
    await on.heard()
    once, again = versions(on, first)
    assert once.content["m.new_content"]["body"] == "Closed on Mondays"
    assert (once.body, once.content["formatted_body"]) == (
        "* Closed on Mondays",
        "* <p>Closed on Mondays</p>",
    )
    assert once.content["m.new_content"]["m.mentions"] == once.content["m.mentions"] == {}
    assert again.content["m.new_content"]["body"] == "Closed on Tuesdays"
    assert once.encrypted is encrypted


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_post_is_withdrawn_with_all_that_it_was_changed_to(scene: Set, *, encrypted: bool) -> None:
    """Nothing of it is left on the homeserver; to do it again does no harm; what is gone stays so."""
    on = await scene(encrypted=encrypted)
    first = await on.posted()
    await on.poster.edit(on.post("change", reply=Reply("Closed on Mondays")), first)
    await on.heard()
    (change,) = versions(on, first)
    for _ in range(2):
        await on.poster.withdraw(Place("matrix", on.room), first, "away")
    for event_id in (first, change.event_id):
        event = await on.client.call("GET", "rooms", on.room, "event", event_id)
        assert event["content"] == {}
    await on.poster.edit(on.post("later", reply=Reply("Open again")), first)
    await on.heard()
    assert not [message for message in on.alice.mail if "Open again" in message.body]


async def test_what_somebody_else_deleted_or_never_was_is_left_alone(scene: Set) -> None:
    """A moderator took it away: neither a change nor a withdrawal is an error, and nothing comes back."""
    on = await scene()
    first = await on.posted()
    await on.alice.redact(on.room, first)
    for event_id in (first, "$nothing"):
        await on.poster.edit(on.post("change", reply=Reply("Back")), event_id)
        await on.poster.withdraw(Place("matrix", on.room), event_id, "away")
    assert "Back" not in " ".join(message.body for message in await on.heard())


@pytest.mark.parametrize("fault", [BAD_GATEWAY, BAD_JSON, Reset(), Lost()], ids=DOUBTFUL)
async def test_a_change_and_a_withdrawal_can_be_repeated(scene: Set, fault: Fault) -> None:
    """Broken off, or done with the word of it lost."""
    on = await scene()
    first = await on.posted()
    times = 2 if isinstance(fault, Reset) else 1
    on.proxy.fail(fault, "PUT", SENDING, times=times)
    change = on.post("change", reply=Reply("Closed"))
    with pytest.raises(TransientError):
        await on.poster.edit(change, first)
    await until_taken(lambda: on.poster.edit(change, first))
    await on.heard()
    assert len(versions(on, first)) == 1
    on.proxy.fail(fault, "PUT", "/redact/", times=times)
    with pytest.raises(TransientError):
        await on.poster.withdraw(change.place, first, "away")
    await until_taken(lambda: on.poster.withdraw(change.place, first, "away"))
    assert (await on.client.call("GET", "rooms", on.room, "event", first))["content"] == {}


async def until_taken(act: Callable[[], Awaitable[None]]) -> None:
    """Do it as soon as the homeserver takes it."""
    while True:
        try:
            return await act()
        except NotTakenError as error:
            await asyncio.sleep(max(error.seconds, 0.1))


async def test_where_nothing_can_be_posted_nothing_can_be_changed(scene: Set) -> None:
    on = await scene()
    first = await on.posted()
    await on.alice.kick(on.room, on.client.user_id)
    for act in (on.poster.edit(on.post("x"), first), on.poster.withdraw(on.post().place, first, "away")):
        with pytest.raises(UnfitPlaceError) as refused:
            await act
        assert refused.value.problem is Problem.GONE
