"""What is meant for us and what is not, and how fast anybody is answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.commands
from bot.commands.describe import Services
from bot.platforms.matrix import hearing
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.client import Room as KnownRoom
from bot.platforms.matrix.conversation import Conversations
from bot.platforms.matrix.followup import Seal
from bot.platforms.matrix.hearing import Said, heard, step
from bot.platforms.matrix.listen import WAITING, Ears
from bot.platforms.matrix.message import Message
from bot.platforms.pace import Pace
from bot.reply import Ask
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.homeserver.fixtures import Arrive
from tests.platforms.on_matrix import ask
from tests.platforms.parrot import Parrot, Register, meet

assert bot.commands  # importing it registers the commands

OWN = "@shop:example.org"
ALICE = "@alice:example.org"


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    """The small shelf, on a day that does not move."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


@dataclass(frozen=True)
class Place:
    """A room with so many people in it, in which we are called Infoshop."""

    member_count: int = 3
    room_id: str = "!room"
    called: str = "Infoshop"

    def name_of(self, user_id: str) -> str:
        """What a member is called."""
        return self.called if user_id == OWN else "Alice"


ROOM, ALONE, NAMELESS = Place(), Place(member_count=2), Place(called="")


def text(body: str, **more: object) -> dict[str, Any]:
    """The content of a message as clients send it."""
    return {"msgtype": "m.text", "body": body, **more}


def mention(body: str, **more: object) -> dict[str, Any]:
    """The same, mentioning us."""
    return text(body, **{"m.mentions": {"user_ids": [OWN]}, **more})


def listen(
    content: Mapping[str, Any], room: Place = ROOM, *, sender: str = ALICE, kind: str = "m.room.message"
) -> Said | None:
    """What is made of a message."""
    return heard(Message(room.room_id, "$event", sender, kind, content, 0.0), room, OWN, "!")


def words(content: Mapping[str, Any], room: Place = ROOM) -> Ask | str | None:
    """What is left of a message that is meant for us; None where it is not."""
    said = listen(content, room)
    return said.words if said else None


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("!find raids", "find raids"),
        ("!FIND raids", "FIND raids"),
        ("  ! find raids  ", "find raids"),
        ('!cite "sex at the margins" --format bibtex', 'cite "sex at the margins" --format bibtex'),
        ("!find\nraids", "find\nraids"),
        ("!chercher descentes", "chercher descentes"),  # French, whatever language the conversation is in
        ("!sumary raids", "sumary raids"),  # a slip of the finger: the answer names the right command
        ("!hlep", "hlep"),
        ("!more", "more"),
        ("!suite", "suite"),
        ("!3", "3"),
        ("!private find raids", "private find raids"),
        # Other bots may have the same prefix, and people their habits.
        ("!weather Prague", None),
        ("!remind me tomorrow", None),
        ("!ban @spam:example.org", None),
        ("!", None),
        ("!!!", None),
        ("!? what", None),
        ("find raids", None),
        ("I typed !find raids", None),
        ("", None),
    ],
)
def test_the_prefix_calls_us_if_a_command_of_ours_follows(body: str, left: str | None) -> None:
    """In a room that we share with others; each command, nearly each, in each language."""
    said = listen(text(body))
    assert (said.words if said else None) == left
    assert said is None or said.commanded


PILL = f'<a href="https://matrix.to/#/{OWN}">Infoshop</a>: find raids'
ENCODED_PILL = (
    f'<a class="x" href="https://matrix.to/#/{OWN.replace("@", "%40")}?via=example.org">The Shop</a> raids'
)


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (mention("Infoshop: find raids"), "find raids"),
        (mention("infoshop, what about raids?"), "what about raids?"),
        (mention("@Infoshop what about raids?"), "what about raids?"),
        (mention("what about raids, Infoshop?"), "what about raids, ?"),
        (mention(f"{OWN} raids"), "raids"),
        (mention("Infoshop !find raids"), "find raids"),
        (mention("Infoshop"), "help"),
        (mention("Infoshop: find raids", format="org.matrix.custom.html", formatted_body=PILL), "find raids"),
        # Clients that do not say whom they mention: by a link, our id, or our name before a colon or a comma.
        (text("The Shop raids", formatted_body=ENCODED_PILL), "raids"),
        (text(f"{OWN}: raids"), "raids"),
        (text("Infoshop: raids"), "raids"),
        (text("Infoshop is a nice place"), None),
        (text("Infoshops: a history"), None),
        (mention("Infoshops: a history"), None),
        # A reply to us mentions us without saying so; it may be about the answer.
        (mention("thank you!"), None),
        (mention("more"), "more"),
        (mention("2"), "2"),
        (mention("more on raids"), None),
        (text("2"), None),
        (mention("private"), None),
        (text("hello", **{"m.mentions": {"user_ids": [ALICE], "room": True}}), None),
    ],
)
def test_a_mention_calls_us_wherever_it_stands(content: Mapping[str, Any], left: str | None) -> None:
    """With or without intentional mentions, as a pill, by name or by id."""
    assert words(content) == left


def test_without_a_name_only_the_id_calls_us() -> None:
    """An empty name is no name that every message begins with."""
    assert words(text("raids"), NAMELESS) is None
    assert words(text(": raids"), NAMELESS) is None
    assert words(mention(f"{OWN} raids"), NAMELESS) == "raids"


@pytest.mark.parametrize(
    ("body", "left", "commanded"),
    [
        ("raids", "raids", False),
        ("!find raids", "find raids", True),
        ("!weather", "weather", True),  # there is nobody else whom it could be for
        ("Infoshop: raids", "raids", False),
        ("more", "more", False),
        ("  ", None, False),
    ],
)
def test_alone_with_somebody_everything_is_for_us(body: str, left: str | None, commanded: bool) -> None:  # noqa: FBT001
    """No prefix is needed where nobody else is."""
    said = listen(text(body), ALONE)
    assert (said.words if said else None) == left
    assert said is None or (said.alone and said.commanded == commanded)


@pytest.mark.parametrize(
    "content",
    [
        text("!find raids", msgtype="m.notice"),
        text("!find raids", msgtype="m.emote"),
        text("!find raids", msgtype="m.image"),
        text("!find raids", **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}}),
        text("!find raids") | {"body": 5},
        {"msgtype": "m.text"},
        {},
    ],
)
def test_bots_pictures_and_corrections_are_not_answered(content: Mapping[str, Any]) -> None:
    """Two bots would talk for ever; a correction is of something that was answered already."""
    assert listen(content) is None
    assert listen(content, ALONE) is None


def test_we_do_not_answer_ourselves_nor_other_kinds_of_events() -> None:
    """Whatever is in them."""
    assert listen(text("!find raids"), sender=OWN) is None
    assert listen(text("!find raids"), kind="m.reaction") is None


def test_the_quotation_of_a_reply_is_no_part_of_it() -> None:
    """Older clients repeat what they reply to; a quotation without a reply was typed."""
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$asked"}}}
    said = listen(text("> <@bob:example.org> !find this\n> and that\n\n!find raids", **reply))
    assert said is not None
    assert (said.words, said.replied_to, said.thread) == ("find raids", "$asked", "")
    assert words(text("> <@bob:example.org> !find this\n\n!find raids")) is None


def test_in_a_thread_the_reply_for_older_clients_is_none() -> None:
    """The thread is kept; only what was meant as a reply counts as one."""
    thread = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$before"}}
    said = listen(text("!more", **{"m.relates_to": {**thread, "is_falling_back": True}}))
    assert said is not None
    assert (said.replied_to, said.thread) == ("", "$root")
    said = listen(text("!more", **{"m.relates_to": {**thread, "is_falling_back": False}}))
    assert said is not None
    assert (said.replied_to, said.thread) == ("$before", "$root")


def test_a_command_may_come_as_data() -> None:
    """MSC4391: from clients with forms, where it is addressed to us; what is no text is no option."""
    given = {"command": "summary", "arguments": {"topic": "raids", "part": 5}}
    for field in ("org.matrix.msc4391.command", "m.bot.command"):
        assert words(mention("/summary raids", **{field: given})) == Ask("summary", {"topic": "raids"})
        assert words(text("/summary raids", **{field: given})) is None


@pytest.mark.parametrize(
    ("line", "commanded", "meant"),
    [
        ("more", True, "more"),
        ("Suite", True, "more"),
        ("more on raids", True, "more"),
        ("more on raids", False, None),
        ("more", False, "more"),
        ("private find raids", True, "private"),
        ("7", True, 7),
        ("[7]", False, 7),
        ("7 eleven", True, None),
        ("2007", False, None),
        ("find more", True, None),
        ("", True, None),
    ],
)
def test_words_that_lead_on(line: str, commanded: bool, meant: str | int | None) -> None:  # noqa: FBT001
    """In each language; a question that begins with such a word is a question."""
    assert step(line, commanded=commanded) == meant


json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just(OWN)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
contents = st.fixed_dictionaries(
    {"msgtype": st.one_of(st.just("m.text"), json), "body": st.one_of(st.text(), json)},
    optional={
        "m.mentions": st.one_of(json, st.fixed_dictionaries({"user_ids": json})),
        "m.relates_to": st.one_of(
            json,
            st.fixed_dictionaries(
                {"rel_type": json, "event_id": json, "m.in_reply_to": json, "is_falling_back": json}
            ),
        ),
        "formatted_body": json,
        "m.bot.command": st.one_of(json, st.fixed_dictionaries({"command": json, "arguments": json})),
    },
)


def test_a_body_full_of_tags_is_no_riddle() -> None:
    """Strangers may send as much as an event holds; what never ends is no link to us."""
    for tags in ("<a " * 20_000, '<a href="">' * 5_000, f'<a href="https://matrix.to/#/{OWN}">' * 1_000):
        assert words(text("The Shop raids", formatted_body=tags)) is None


def test_a_body_of_quotation_marks_is_read_once() -> None:
    """A quotation is looked for at the beginning alone; elsewhere each mark would begin another search."""
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$asked"}}}
    hostile = "> <@" + ">" * 60_000
    said = listen(text(hostile, **reply), ALONE)
    assert said is not None
    assert said.words == hostile
    assert hearing.QUOTED.search("first\n> quoted\n") is None
    assert hearing.QUOTED.search("> quoted\n") is not None


def test_of_many_links_to_us_a_few_are_looked_for() -> None:
    """Each name is searched for in the whole body. What is no name once it is clean is none."""
    link = f'<a href="https://matrix.to/#/{OWN}">{{}}</a>'
    many = "".join(link.format(f"Shop {number}") for number in range(1_100))
    assert len(hearing._pills({"formatted_body": many}, OWN)) == hearing.PILLS
    nameless = link.format("\u2067 \u200b")
    assert hearing._pills({"formatted_body": nameless + link.format("Shop")}, OWN) == {"Shop"}


@pytest.mark.parametrize(
    "hidden", ["\x1b[31m", "\0", "\x1c", "\u202e", "\u200b", "\u2060", "\ufeff", "\ud800"]
)
def test_words_come_as_they_were_typed(hidden: str) -> None:
    """What cannot be seen in them is for a command to refuse, also at their ends."""
    for typed in (f"jo{hidden}t", f"jot{hidden}"):
        for body in (f"!find {typed}", f"Infoshop: !find {typed}", f"!find {typed}\n"):
            assert words(text(body)) == f"find {typed}"
            assert words(text(f"\ufeff{body}")) == f"find {typed}"  # as it was copied from a file
        assert words(mention(f"find {typed} Infoshop")) == f"find {typed}"
        assert words(text(f" {typed} "), ALONE) == typed
    said = listen(text(f"{hidden}answer"), ALONE)
    assert said is not None
    assert said.whole == f"{hidden}answer"


@settings(deadline=None)
@given(contents, st.sampled_from([ROOM, ALONE, NAMELESS]))
def test_whatever_strangers_send_is_read_or_left(content: Mapping[str, Any], room: Place) -> None:
    """No content of any shape makes it stumble, and what is meant for us has words."""
    said = listen(content, room)
    assert said is None or said.words


class Hall(Parrot):
    """The bot in a room where people ask very much, and may do so at a pace that a test can wait for."""

    def __init__(self, account: Account, services: Services) -> None:
        super().__init__(account)
        self._services = services
        self._ears: Ears | None = None

    async def _hear(self, message: Message, room: KnownRoom) -> None:
        if self._ears is None:
            seal = Seal(bytes(32))
            conversations = Conversations(
                self._services, self.client, seal, self.power.may_moderate, locale="en", prefix="!"
            )
            self._ears = Ears(conversations, self.client.user_id, "!", Pace(burst=2, interval=0.2))
        await self._ears.handle(message, room)


async def test_who_asks_too_much_waits_and_nobody_else_does(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """A flood is answered in order and slowly, what goes beyond is refused once; others do not wait."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Hall(await register(), services) as hall:
        room = await meet(alice, hall)
        await alice.invite(room, bob.user_id)
        await bob.join(room)
        await ask(bob, room, "!summary raids")
        # All at once, when the bot comes back.
        account = hall.account
    flood = [await alice.say(room, f"!find number {number}") for number in range(2 * WAITING)]
    async with Hall(account, services):
        said = await bob.say(room, "!summary raids")
        answer = await bob.answer_to(said)
        assert answer.body.startswith("Raids")
        assert len(alice.answers_to(flood[WAITING - 1])) == 0, "bob did not wait for alice's flood"
        await alice.answer_to(flood[WAITING - 1])
    answered = [event for event in flood if alice.answers_to(event)]
    assert answered[:WAITING] == flood[:WAITING]
    refused = [alice.answers_to(event)[0].body for event in answered[WAITING:]]
    assert len(refused) == 1
    assert refused[0].startswith("That was a lot at once.")
    order = [heard.in_reply_to for heard in alice.mail if heard.in_reply_to in flood[:WAITING]]
    assert order == flood[:WAITING]


async def test_the_pace_of_one_person_is_kept_and_forgotten(
    arrive: Arrive, register: Register, services: Services
) -> None:
    """Nothing is left of anybody when nobody waits."""
    alice = await arrive("alice")
    async with Hall(await register(), services) as hall:
        room = await meet(alice, hall)
        for _ in range(4):
            await ask(alice, room, "raids")
    assert hall._ears is not None
    assert (hall._ears._turns, hall._ears._waiting, hall._ears._refused) == ({}, {}, set())
