"""An unmodified discord.py bot in its own process, and what people do with it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.standin.conftest import running
from tests.standin.files import FILE_LIMIT, Upload
from tests.standin.interactions import DidNotRespondError
from tests.standin.options import NotPossibleError
from tests.standin.people import Person
from tests.standin.server import ANSWER_WITHIN, Standin
from tests.standin.world import MEMBER, MODERATOR, Channel, Permissions

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO_LABELS = ["Change", "Fill in"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[Standin]:
    """One stand-in and one bot for all tests here: each test brings its own people."""
    async with Standin() as standin, running(standin):
        await standin.ready()
        yield standin


@pytest_asyncio.fixture(loop_scope="module")
async def discord(shared: Standin) -> AsyncIterator[Standin]:
    """That stand-in; nothing that the bot asked for may be refused unless the test takes it out."""
    yield shared
    assert not shared.refusals


@pytest.fixture
def channel(discord: Standin) -> Channel:
    """A channel of a server that the bot joins while it runs."""
    return discord.add_guild("Room", locale="cs").add_channel("general")


@pytest.fixture
def ana(discord: Standin, channel: Channel) -> Person:
    """A member of that server."""
    person = discord.add_person("ana", locale="fr")
    assert channel.guild
    channel.guild.add_member(person)
    return person


async def test_slash_tells_locale_place_and_permissions(ana: Person, channel: Channel) -> None:
    exchange = await ana.slash(channel, "hello")
    assert exchange.message.text == f"hello ana: fr [0] {int(MEMBER)}"
    assert exchange.message.labels == HELLO_LABELS
    assert channel.messages == [exchange.message]


async def test_permissions_are_those_in_the_channel(ana: Person, channel: Channel) -> None:
    channel.permit(ana, deny=Permissions.EMBED_LINKS)
    exchange = await ana.slash(channel, "hello")
    assert exchange.message.text.endswith(str(int(MEMBER & ~Permissions.EMBED_LINKS)))


async def test_direct_messages_and_private_channels_have_their_own_contexts(discord: Standin) -> None:
    ana, ben = discord.add_person("ana"), discord.add_person("ben", locale="es-ES")
    alone = await ana.slash(discord.direct_channel(ana), "hello")
    together = await ben.slash(discord.private_channel(ana, ben), "hello")
    assert "en-US [1]" in alone.message.text
    assert "es-ES [2]" in together.message.text
    assert ana.sees(together.channel) == [together.message]


async def test_works_where_the_app_is_only_brought_along(discord: Standin) -> None:
    guild = discord.add_guild("Elsewhere", installed=False)
    channel, ana = guild.add_channel("general"), discord.add_person("ana")
    guild.add_member(ana)
    exchange = await ana.slash(channel, "hello")
    assert exchange.owners == {"1": str(ana.id)}
    assert not exchange.message.ephemeral
    channel.permit(ana, deny=Permissions.USE_EXTERNAL_APPS)
    assert (await ana.slash(channel, "hello")).message.ephemeral
    ana.user_install = False
    with pytest.raises(NotPossibleError, match="installed"):
        await ana.slash(channel, "hello")


async def test_options_are_typed_and_ephemeral_answers_seen_by_the_asker_alone(
    discord: Standin, ana: Person, channel: Channel
) -> None:
    exchange = await ana.slash(channel, "echo", words="ab", count=3)
    ben = discord.add_person("ben")
    assert channel.guild
    channel.guild.add_member(ben)
    assert exchange.message.text == "ababab"
    assert ana.sees(channel) == [exchange.message]
    assert ben.sees(channel) == channel.messages == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("nothing", {}),
        ("echo", {}),
        ("echo", {"words": "a", "loud": True}),
        ("echo", {"words": 1}),
        ("echo", {"words": "  "}),
        ("echo", {"words": "a", "count": 4}),
        ("echo", {"words": "a", "count": "2"}),
        ("echo", {"words": "a", "count": True}),
        ("echo", {"words": "a" * 6001}),
        ("Read aloud", {}),
    ],
)
async def test_what_is_not_registered_cannot_be_typed(
    ana: Person, channel: Channel, name: str, options: dict[str, object]
) -> None:
    with pytest.raises(NotPossibleError):
        await ana.slash(channel, name, options)


async def test_autocomplete(ana: Person, channel: Channel) -> None:
    choices = await ana.autocomplete(channel, "echo", focused="words", words="x")
    assert [choice["value"] for choice in choices] == ["x", "xx"]
    with pytest.raises(NotPossibleError, match="no autocomplete"):
        await ana.autocomplete(channel, "echo", focused="count", count="1")


async def test_click_changes_the_message(ana: Person, channel: Channel) -> None:
    asked = await ana.slash(channel, "hello")
    clicked = await ana.click(asked.message, "Change")
    assert clicked.message is asked.message
    assert (asked.message.text, asked.message.labels) == ("changed", [])
    with pytest.raises(NotPossibleError, match="there is no"):
        await ana.click(asked.message, "Change")


async def test_nobody_else_clicks_on_an_ephemeral_message(
    discord: Standin, ana: Person, channel: Channel
) -> None:
    exchange = await ana.select((await ana.slash(channel, "hello")).message, "colour", ["Red"])
    assert (exchange.message.text, exchange.message.ephemeral) == ("chosen: r", True)
    with pytest.raises(NotPossibleError, match="does not see"):
        await discord.add_person("ben").click(exchange.message, "anything")


async def test_only_options_of_the_menu_can_be_chosen(ana: Person, channel: Channel) -> None:
    message = (await ana.slash(channel, "hello")).message
    for values in (["Green"], [], ["Red", "Blue"]):
        with pytest.raises(NotPossibleError):
            await ana.select(message, "colour", values)


async def test_form_is_filled_in_once(ana: Person, channel: Channel) -> None:
    opened = await ana.click((await ana.slash(channel, "hello")).message, "Fill in")
    assert opened.modal
    assert opened.modal.title == "A form"
    for words in ("x" * 21, ""):
        with pytest.raises(NotPossibleError):
            await ana.submit(opened.modal, words=words)
    with pytest.raises(NotPossibleError, match="no such field: colour"):
        await ana.submit(opened.modal, words="some", colour="red")
    sent = await ana.submit(opened.modal, Words="some")
    assert sent.message.text == "filled in: some"
    with pytest.raises(NotPossibleError, match="not open"):
        await ana.submit(opened.modal, words="more")


async def test_form_is_no_answer_to_a_form(discord: Standin, ana: Person, channel: Channel) -> None:
    """The bot is refused; and what gets no answer stays open, with all that stands in it."""
    opened = await ana.click((await ana.slash(channel, "hello")).message, "Fill in")
    assert opened.modal
    discord.patience = 0.5
    with pytest.raises(DidNotRespondError):
        await ana.submit(opened.modal, words="again")
    discord.patience = ANSWER_WITHIN
    assert [each.code for each in discord.refusals] == [50035]
    discord.refusals.clear()
    assert (await ana.submit(opened.modal, words="some")).message.text == "filled in: some"


async def test_file_is_sent_along_read_and_sent_back(discord: Standin, ana: Person, channel: Channel) -> None:
    """Lies about its size are Discord's to tell; the answer's files are those that it shows."""
    upload = Upload("list.yaml", bytes(range(256)), declared=7)
    exchange = await ana.slash(channel, "measure", file=upload)
    assert exchange.message.text == "list.yaml 7 256"
    assert exchange.message.files == {"copy.txt": upload.content}
    assert len(discord.files.downloads) == 1
    for value in ("list.yaml", Upload("x", b"x" * (FILE_LIMIT + 1)), ana):
        with pytest.raises(NotPossibleError):
            await ana.slash(channel, "measure", file=value)


async def test_context_menu_gets_the_message(discord: Standin, ana: Person, channel: Channel) -> None:
    ben = discord.add_person("ben")
    assert channel.guild
    channel.guild.add_member(ben)
    exchange = await ana.menu(channel, "Read aloud", ben.say(channel, "listen"))
    assert exchange.message.text == "ben: listen"


async def test_thinking_is_waited_for(ana: Person, channel: Channel) -> None:
    """The first follow-up takes the visibility of the thinking; a later one has its own."""
    exchange = await ana.slash(channel, "think")
    await (await exchange.settled()).followed()
    assert [(each.text, each.ephemeral) for each in exchange.messages] == [
        ("thought of this", True),
        ("and of that", False),
    ]
    assert not exchange.message.loading


async def test_silence_is_noticed(
    discord: Standin, ana: Person, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord, "patience", 0.2)
    with pytest.raises(DidNotRespondError):
        await ana.slash(channel, "silence")


async def test_late_interaction_is_refused(discord: Standin, ana: Person, channel: Channel) -> None:
    discord.faults.late()
    with pytest.raises(DidNotRespondError) as missed:
        await ana.slash(channel, "hello")
    await discord.until(lambda: missed.value.exchange.refusals)
    assert missed.value.exchange.refusals[0].code == 10062
    discord.refusals.clear()


async def test_commands_for_moderators_are_not_offered_to_others(
    discord: Standin, ana: Person, channel: Channel
) -> None:
    """Discord hides them; an administrator may let others in all the same, which `force` stands for."""
    hello = next(each for each in discord.commands.all() if each["name"] == "hello")
    discord.commands.edit(int(hello["id"]), {"default_member_permissions": "32", "contexts": [0]})
    try:
        with pytest.raises(NotPossibleError, match="may not use"):
            await ana.slash(channel, "hello")
        assert (await ana.slash(channel, "hello", force=True)).message
        assert channel.guild
        channel.guild.add_member(ana, MODERATOR)
        assert (await ana.slash(channel, "hello")).message
        with pytest.raises(NotPossibleError, match="not offered"):
            await ana.slash(discord.direct_channel(ana), "hello")
    finally:
        discord.commands.edit(int(hello["id"]), {"default_member_permissions": None, "contexts": [0, 1, 2]})


async def test_names_of_her_language_can_be_typed(discord: Standin, ana: Person, channel: Channel) -> None:
    hello = next(each for each in discord.commands.all() if each["name"] == "hello")
    discord.commands.edit(int(hello["id"]), {"name_localizations": {"fr": "bonjour"}})
    assert "hello ana" in (await ana.slash(channel, "bonjour")).message.text
    ben = discord.add_person("ben", locale="de")
    with pytest.raises(NotPossibleError, match="no command"):
        await ben.slash(discord.direct_channel(ben), "bonjour")


async def test_many_at_once(discord: Standin, channel: Channel) -> None:
    assert channel.guild
    people = [discord.add_person(f"person{number}") for number in range(50)]
    for person in people:
        channel.guild.add_member(person)
    exchanges = await asyncio.gather(*(person.slash(channel, "hello") for person in people))
    assert {f"hello {person.name}" for person in people} == {
        exchange.message.text.partition(":")[0] for exchange in exchanges
    }


async def test_what_happens_in_the_channel_shows_who_is_pinged(
    discord: Standin, ana: Person, channel: Channel
) -> None:
    """The trivial bot forbids no mention, so that everybody hears."""
    exchange = await (await ana.slash(channel, "post")).settled()
    posted = next(each for each in channel.messages if str(each.id) == exchange.message.text)
    assert posted.pings == {"@everyone"}
    assert discord.made("POST", f"/channels/{channel.id}/messages")[-1].body["nonce"] == str(exchange.id)
