"""Forms on Discord: opened, filled in, corrected; what was typed is never lost, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commands.describe import Services
from bot.i18n import translator
from bot.model import Kind
from bot.platforms.discord.address import Step, read
from bot.platforms.discord.drafts import Draft, Drafts
from bot.platforms.discord.forms import VALUE, modal, why_not
from bot.reply import Ask, Field, Form
from bot.shelf import Shelf
from tests.commands.small import CORPUS, TODAY
from tests.platforms.in_process import connected, pointed
from tests.platforms.notebook import Notebook, registered
from tests.platforms.on_discord import Room, register
from tests.standin.components import check_modal
from tests.standin.interactions import DidNotRespondError, Exchange
from tests.standin.options import NotPossibleError
from tests.standin.people import Person
from tests.standin.refusals import Form as Examined
from tests.standin.server import Standin
from tests.standin.world import MEMBER, MODERATOR

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENGLISH = translator("en")
LONG = "word " * 30


@pytest.fixture(scope="module")
def book() -> Iterator[Notebook]:
    """A notebook for all tests here."""
    with registered() as book:
        yield book


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    """A small shelf."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(book: Notebook) -> AsyncIterator[Standin]:  # noqa: ARG001 - its commands are there first
    """One Discord for all tests here; each brings its own server."""
    async with Standin() as standin, pointed(standin):
        await register(standin)
        yield standin


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(services: Services, discord: Standin) -> AsyncIterator[None]:
    """The bot, connected."""
    async with connected(services, discord):
        yield


@pytest.fixture
def room(discord: Standin, bot: None, book: Notebook) -> Room:  # noqa: ARG001 - the bot is there before it
    """A new server, and a new notebook."""
    book.written.clear()
    book.sent.clear()
    book.full = False
    return Room.of(discord)


@pytest.fixture
def mo(room: Room) -> Person:
    """A moderator there."""
    return room.person(MODERATOR)


async def opened(mo: Person, room: Room) -> Exchange:
    """The form of a note about a reading."""
    exchange = await mo.slash(room.channel, "note add", about="reading")
    assert exchange.modal
    return exchange


async def test_what_lacks_opens_a_form_whose_fields_come_back_as_options(
    room: Room, mo: Person, book: Notebook
) -> None:
    """What is known already goes with it; so does who filled it in. The fields are no options there."""
    exchange = await opened(mo, room)
    assert exchange.modal
    assert exchange.modal.title == "A note"
    assert exchange.modal.json["components"][0]["content"] == r"\*Everybody\* can read it."
    sent = await mo.submit(exchange.modal, Title="Raids", Text="one\ntwo")
    assert sent.message.ephemeral
    assert sent.message.text == "Written about a reading: Raids."
    assert book.written == [(Kind.READING, "Raids", "one\ntwo", str(mo.id))]
    with pytest.raises(NotPossibleError, match="no option"):
        await mo.slash(room.channel, "note add", about="reading", title="Raids")


async def test_what_was_wrong_is_said_and_what_was_typed_stands_in_the_form_again(
    room: Room, mo: Person, book: Notebook
) -> None:
    """A form cannot answer a form: a button opens it, as often as it takes, also after it was closed."""
    exchange = await opened(mo, room)
    assert exchange.modal
    wrong = await mo.submit(exchange.modal, Title="My secret", Text="kept")
    assert wrong.modal is None
    assert wrong.message.text == "Not written.\n\nTitle: a title tells no secrets"
    assert wrong.message.labels == ["Correct it"]
    closed = await mo.click(wrong.message, "Correct it")
    again = await mo.click(wrong.message, "Correct it")  # at once: the one before was closed by mistake
    assert closed.modal
    assert again.modal
    title, text = again.modal.json["components"][-2:]
    assert title["component"]["value"] == "My secret"
    assert title["description"] == "Not taken: a title tells no secrets"
    assert text["component"]["value"] == "kept"
    assert not book.written
    done = await mo.submit(again.modal, Title="My title")
    assert done.message.text == "Written about a reading: My title."
    assert book.written == [(Kind.READING, "My title", "kept", str(mo.id))]


async def test_what_was_typed_outlives_a_refusal(room: Room, mo: Person, book: Notebook) -> None:
    """Also one that has no form of its own: from the button, the form opens with it."""
    exchange = await opened(mo, room)
    assert exchange.modal
    book.full = True
    refused = await mo.submit(exchange.modal, Title="Raids", Text="long work")
    assert refused.message.text == "The notebook is full."
    book.full = False
    again = await mo.click(refused.message, "Correct it")
    assert again.modal
    assert (await mo.submit(again.modal)).message.text == "Written about a reading: Raids."
    assert book.written == [(Kind.READING, "Raids", "long work", str(mo.id))]


async def test_what_was_typed_outlives_a_flood(room: Room, mo: Person, book: Notebook) -> None:
    """Who is asked to wait a moment does not have to type it all again."""
    exchange = await opened(mo, room)
    assert exchange.modal
    while "Please wait" not in (await mo.slash(room.channel, "help")).message.text:
        pass
    slow = await mo.submit(exchange.modal, Title="Raids", Text="kept")
    assert "Please wait" in slow.message.text
    assert slow.message.labels == ["Correct it"]
    assert not book.written


async def test_a_form_sent_twice_counts_once(room: Room, mo: Person, book: Notebook) -> None:
    """Whether in the same moment or because an answer to it was lost on its way."""
    exchange = await opened(mo, room)
    assert exchange.modal
    sent = await asyncio.gather(*(mo.submit(exchange.modal, Title="Raids") for _ in range(2)))
    assert sorted(each.message.text for each in sent) == [
        "I have that already; nothing is done twice.",
        "Written about a reading: Raids.",
    ]
    other = await opened(mo, room)
    assert other.modal
    room.discord.faults.error(503, "POST", "/interactions/*/callback", times=50)
    with pytest.raises(DidNotRespondError):
        await mo.submit(other.modal, Title="Raids")
    room.discord.faults.planned.clear()
    assert "I have that already" in (await mo.submit(other.modal, Title="Raids")).message.text
    assert len(book.written) == 2


async def test_who_lost_the_right_meanwhile_is_refused(room: Room, mo: Person, book: Notebook) -> None:
    """What is in a form was asked for by somebody who was allowed to; that is looked at again."""
    exchange = await opened(mo, room)
    assert exchange.modal
    assert room.channel.guild
    room.channel.guild.add_member(mo, MEMBER)
    refused = await mo.submit(exchange.modal, Title="Raids")
    assert "You need the permission “Manage Server”" in refused.message.text
    assert not book.written


async def test_a_choice_that_must_not_be_cut_is_kept_whole(room: Room, mo: Person, book: Notebook) -> None:
    """It is too long for a button; pressed once it is done, and pressed again, what was typed is gone."""
    exchange = await opened(mo, room)
    assert exchange.modal
    asked = await mo.submit(exchange.modal, Title="Raids", Text=LONG)
    assert asked.message.text == "That is long."
    done = await mo.click(asked.message, "Write it")
    assert done.message.text == "Written about a reading: Raids."
    assert book.written == [(Kind.READING, "Raids", LONG.strip(), str(mo.id))]


async def test_pages_of_what_acts_are_read_without_doing_it_again(
    room: Room, mo: Person, book: Notebook
) -> None:
    """As often as somebody likes, to the last one; and nobody is offered to show it to everyone."""
    book.counted = 0
    shown = (await mo.slash(room.channel, "note count")).message
    titles = shown.text
    while more := [label for label in shown.labels if label.startswith("Show")]:
        assert "everyone" not in more[0]
        again = (await mo.click(shown, more[0])).message
        assert again.ephemeral
        titles += again.text
        shown = again
    assert [titles.count(f"Card {n} of count 1") for n in range(8)] == [1] * 8
    assert book.counted == 1


async def test_forms_of_another_version_are_answered(room: Room, mo: Person) -> None:
    exchange = await opened(mo, room)
    assert exchange.modal
    exchange.modal.json["custom_id"] = "z9|what"
    assert "older version" in (await mo.submit(exchange.modal, Title="x")).message.text


names = st.from_regex(r"[a-z_]{1,20}", fullmatch=True)
texts = st.text(max_size=300)
fields = st.builds(
    Field,
    names,
    texts,
    texts,
    st.text(max_size=50) | st.just("x" * VALUE),
    long=st.booleans(),
    required=st.booleans(),
    limit=st.integers(1, 5000),
    problem=texts,
)
ids = st.from_regex(r"(reading|topic):[a-z0-9-]{1,120}", fullmatch=True)


@given(texts, st.lists(fields, min_size=1, max_size=5, unique_by=lambda each: each.name), ids, texts)
@example("", [Field("x", "")], "topic:x", "\xa0")
async def test_every_form_is_within_discords_limits(
    title: str, made: list[Field], item_id: str, text: str
) -> None:
    """And what it leads to is found again in its custom id; ids that are too long stand there as marks."""
    form = Form(title, tuple(made), Ask("note add", {"entry": item_id, "part": "details"}))
    assert not why_not(form, ENGLISH)
    shown = modal(form, text, ENGLISH).to_dict()
    examined = Examined()
    check_modal(examined, (), shown)
    assert examined.errors == {}
    where = read(shown["custom_id"])
    assert where.step is Step.FORM
    assert where.token
    assert isinstance(where.question, Ask)
    assert where.question.command == "note add"
    assert where.question.options["part"] == "details"


async def test_what_a_form_has_no_room_for_is_not_cut() -> None:
    """It is said what to do instead."""
    form = Form("x", (Field("long", "Long summary", value="x" * (VALUE + 1)),), Ask("help"))
    assert "Long summary" in why_not(form, ENGLISH)


async def test_drafts_end_by_themselves_and_the_oldest_go_first() -> None:
    drafts = Drafts(room=3 * Draft(Ask("help"), {"x": "y"}).characters)
    tokens = [drafts.keep(Draft(Ask("help"), {"x": each})) for each in "abcd"]
    assert [bool(drafts.of(token)) for token in tokens] == [False, True, True, True]
    assert len({*tokens}) == 4
    drafts.forget(tokens[1])
    drafts.forget(tokens[1])
    drafts.keep(Draft(Ask("help"), {"x": "e"}))
    assert [bool(drafts.of(token)) for token in tokens] == [False, False, True, True]
    brief = Drafts(lasts=0.0)
    token = brief.keep(Draft(Ask("help")))
    ended = asyncio.Event()
    asyncio.get_running_loop().call_later(0.0, ended.set)
    await ended.wait()
    assert brief.of(token) is None
