"""Commands of two words, and options of the kinds that only some platforms have."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import pytest
from structlog.testing import capture_logs

from bot.commands.describe import GROUPS, REGISTRY, Channel, Services, command, group
from bot.commands.dispatch import answer, complete
from bot.commands.parse import RefusedError, parse
from bot.commands.permission import options_for
from bot.commands.reference import page
from bot.commands.request import Audience, Request
from bot.commands.words import spoken
from bot.locales.messages import template
from bot.model import Community
from bot.reply import Ask, Facts, Paragraph, Reply
from tests.commands.grouped import GROUP, NAMES, registered

HERE = Community("matrix", "!room")
MODERATOR = Request(audience=Audience.MODERATOR, community=HERE, mentionable=("room", "all answers"))
MEMBER = Request(community=HERE, moderator_right="Manage Server")
ON_DISCORD = replace(MODERATOR, has_channels=True, mentionable=())


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    """The group is there."""
    with registered():
        yield


@pytest.mark.parametrize("name", ["words", "nosuch set", "words set now"])
def test_a_command_has_one_word_or_two_of_which_the_first_is_a_group(name: str) -> None:
    """And no command has the name of a group, for nobody could tell which of them was meant."""

    async def handler(_ask: Request, _services: Services) -> Reply:
        """Answer."""
        return Reply()

    with pytest.raises(TypeError, match="group"):
        command(name)(handler)


def test_a_group_cannot_take_the_name_of_a_command() -> None:
    with pytest.raises(TypeError, match="find"):
        group("find", "Found things.")
    assert "find" not in GROUPS


def test_what_does_not_exist_everywhere_can_be_left_out() -> None:
    async def handler(_ask: Request, _services: Services, channel: Annotated[str, Channel("Where")]) -> Reply:
        """Answer."""
        return Reply(channel)

    with pytest.raises(TypeError, match="channel does not exist everywhere"):
        command("elsewhere")(handler)


@pytest.mark.parametrize(
    ("line", "ask"),
    [
        ("words find", Ask("words find")),
        ("  WORDS   Find ", Ask("words find")),
        ("words pause 2", Ask("words pause", {"number": "2"})),
        ("words set time:09:00 zone:Toronto", Ask("words set", {"time": "09:00", "zone": "Toronto"})),
        ("words set 09:00 zone:Toronto", Ask("words set", {"time": "09:00", "zone": "Toronto"})),
        ("words set --time=09:00 --zone Toronto", Ask("words set", {"time": "09:00", "zone": "Toronto"})),
        ('words set 9 zone:"New York"', Ask("words set", {"time": "9", "zone": "New York"})),
        ("words set 9 zone:New York", Ask("words set", {"time": "9", "zone": "New York"})),
        ("words set zone:New York time:9", Ask("words set", {"time": "9", "zone": "New York"})),
        ("words set 9 o'clock zone:Rome", Ask("words set", {"time": "9 o'clock", "zone": "Rome"})),
        ("words set mention:room 09:00", Ask("words set", {"time": "09:00", "mention": "room"})),
        ("words set zone:New York", Ask("words set", {"zone": "New York"})),
        ("words pause until:next week", Ask("words pause", {"until": "next week"})),
        ("words pause 2 until:next week", Ask("words pause", {"number": "2", "until": "next week"})),
        (
            "words set 9 mention:room zone:New York",
            Ask("words set", {"time": "9", "mention": "room", "zone": "New York"}),
        ),
        ("help words", Ask("help", {"command": "words"})),
        ("help words set", Ask("help", {"command": "words set"})),
    ],
)
def test_a_line_becomes_a_command_of_the_group(line: str, ask: Ask) -> None:
    """A colon stands in a time as well as after the name of an option; a value may have several words."""
    assert parse(line, MODERATOR) == ask


@pytest.mark.parametrize("line", ["mots chercher", "words find", "MOTS find", "words Chercher"])
def test_each_word_may_be_english_or_translated(line: str) -> None:
    assert parse(line, Request("fr")) == Ask("words find")
    assert spoken("words find", Request("fr")) == "/mots chercher"
    assert spoken("help words", Request("fr", prefix="!")) == "!aide mots"


def refused(line: str, ask: Request) -> RefusedError:
    """Why a line is refused."""
    with pytest.raises(RefusedError) as raised:
        parse(line, ask)
    return raised.value


def test_a_group_alone_says_which_commands_it_has() -> None:
    """Those that can be given as they are can be chosen; of those for others there is no word."""
    error = refused("words", MODERATOR)
    assert str(error) == "After /words comes one of these words: set, pause, or find."
    assert [choice.ask for choice in error.choices] == [Ask("words pause"), Ask("words find")]
    assert [choice.label for choice in error.choices] == ["/words pause", "/words find"]
    assert str(refused("mots", replace(MEMBER, locale="fr"))).endswith(": chercher.")


@pytest.mark.parametrize("line", ["words paus 2", "words puase 2", "wrods pause 2", "wrods paus 2"])
def test_a_misspelt_word_of_two_is_offered_as_it_was_meant(line: str) -> None:
    error = refused(line, MODERATOR)
    assert "There is no command “wo" in str(error) or "There is no command “wr" in str(error)
    assert (error.choices[0].label, error.choices[0].ask) == (
        "/words pause 2",
        Ask("words pause", {"number": "2"}),
    )
    assert error.choices[-1].ask == Ask("find", {"words": line})
    assert len(error.choices) == 2


def test_another_word_after_a_group_is_answered_with_those_there_are() -> None:
    error = refused("words xyzzy", MODERATOR)
    assert str(error) == (
        "There is no command “words xyzzy”. /help words lists them all."
        " After /words comes one of these words: set, pause, or find."
    )
    asked = [choice.ask.command for choice in error.choices]
    assert asked == ["words pause", "words find", "find"]


def test_a_misspelt_group_alone_leads_to_its_commands() -> None:
    asked = [choice.ask.command for choice in refused("wrods", MODERATOR).choices]
    assert asked == ["words pause", "words find", "find"]


async def test_of_a_group_for_moderators_others_learn_what_is_missing(services: Services) -> None:
    """As of any command: by the group, by one of its commands, or by asking for help."""
    del REGISTRY["words find"]
    questions: dict[str, list[str | Ask]] = {
        "/words": ["words", "words xyzzy", "help words", "help words xyzzy"],
        "/words set": ["words set 9", "help words set", Ask("words set")],
    }
    for name, question in [(name, each) for name, asked in questions.items() for each in asked]:
        reply = await answer(question, MEMBER, services)
        assert reply.text == f"You need the permission “Manage Server” for {name}."
        assert not reply.found
    assert "/words" not in str(await answer("help", MEMBER, services))


async def test_help_lists_a_group_in_one_line_which_leads_on(services: Services) -> None:
    reply = await answer("help", MODERATOR, services)
    (facts,) = (block for block in reply.cards[0].blocks if isinstance(block, Facts))
    assert [row for row in facts.rows if "words" in row[0].split()[0]] == [("/words …", "Words of the day.")]
    (lead,) = (choice for choice in reply.choices if choice.label == "/words")
    listed = await answer(lead.ask, MODERATOR, services)
    (card,) = listed.cards
    assert card.title == "/words"
    assert card.blocks == (
        Paragraph("Words of the day."),
        Facts(
            (
                ("/words set time [zone:…] …", "Say a word every day."),
                ("/words pause [number] [until:…]", "Say no word for a while."),
                ("/words find", "The word of today."),
            )
        ),
    )
    assert [choice.ask.options["command"] for choice in listed.choices] == list(NAMES)
    explained = await answer(listed.choices[0].ask, MODERATOR, services)
    assert explained.cards[0].title.startswith("/words set time")
    assert explained.cards[0].blocks[-1] == Paragraph("For example: /words set 09:00")


async def test_help_shows_others_what_is_for_everyone(services: Services) -> None:
    (card,) = (await answer("help words", MEMBER, services)).cards
    assert card.blocks[-1] == Facts((("/words find", "The word of today."),))


async def test_help_for_what_a_group_does_not_have_lists_what_it_has(services: Services) -> None:
    reply = await answer("help words xyzzy", MODERATOR, services)
    assert reply.text == "There is no command “words xyzzy”. These are the commands:"
    assert [choice.ask.options["command"] for choice in reply.choices] == list(NAMES)


def test_help_is_completed_with_groups_before_what_is_in_them(services: Services) -> None:
    offered = [value for _, value in complete("help", "command", "", MEMBER, services)]
    assert offered.index(GROUP) < offered.index("words find")
    assert "words set" not in offered
    assert complete("help", "command", "mots", Request("fr"), services) == [
        ("mots", "words"),
        ("mots chercher", "words find"),
    ]


async def test_the_log_names_the_command_of_a_group(services: Services) -> None:
    with capture_logs() as logs:
        await answer("words find", MEMBER, services)
        await answer("words canary0199", MEMBER, services)
    assert [line["command"] for line in logs] == ["words find", "unknown"]
    assert "canary0199" not in str(logs)


def test_typed_words_are_completed_by_their_own_function(services: Services) -> None:
    """In the reader's language, and no longer than a platform shows them."""
    assert complete("words set", "time", "", MODERATOR, services) == [
        ("nine o'clock", "09:00"),
        ("noon", "12:00"),
    ]
    assert complete("words set", "time", "1", MODERATOR, services) == [("noon", "12:00")]
    french = replace(MODERATOR, locale="fr")
    assert complete("words set", "time", "", french, services) == [("noon", "12:00")]
    assert complete("words set", "zone", "To", MODERATOR, services) == []
    assert complete("words set", "time", "", MEMBER, services) == []


def test_channels_and_roles_are_options_where_there_are_some(services: Services) -> None:
    """Where the platform has its own, it completes them itself; elsewhere a role is one of a few words."""
    described = REGISTRY["words set"]

    def names(ask: Request) -> list[str]:
        return [option.name for option in options_for(described, ask)]

    assert names(ON_DISCORD) == ["time", "zone", "channel", "mention"]
    assert names(MODERATOR) == ["time", "zone", "mention"]
    assert names(replace(MODERATOR, mentionable=())) == ["time", "zone"]
    assert complete("words set", "mention", "", ON_DISCORD, services) == []
    assert complete("words set", "channel", "", ON_DISCORD, services) == []
    assert complete("words set", "mention", "ro", MODERATOR, services) == [("room", "room")]


@pytest.mark.parametrize("question", ["words set 9 channel:x", "words set 9 --channel x"])
async def test_an_option_that_is_not_there_is_none(question: str, services: Services) -> None:
    """However it comes."""
    given = Ask("words set", {"time": "9", "channel": "x"})
    for each in (question, given):
        reply = await answer(each, MODERATOR, services)
        assert reply.text == "/words set has no option “channel”. It has: --time, --zone, --mention."


async def test_ids_reach_the_command_as_they_are(services: Services) -> None:
    given = Ask("words set", {"time": "9", "channel": "123", "mention": "456"})
    reply = await answer(given, ON_DISCORD, services)
    assert reply.text == "time=9 zone= channel=123 mention=456"


async def test_whom_to_mention_is_one_of_a_few_words(services: Services) -> None:
    """Whatever its case; another one is refused with those there are."""
    reply = await answer("words set 9 mention:ROOM", MODERATOR, services)
    assert reply.text.endswith("mention=room")
    reply = await answer("words set 9 mention:everybody", MODERATOR, services)
    assert reply.text == "“everybody” is not one of the choices for mention: room or all answers."
    assert not reply.found
    for choice in reply.choices:
        assert (await answer(choice.ask, MODERATOR, services)).text.startswith("time=9")


async def test_what_is_missing_is_asked_for_by_what_it_is(services: Services) -> None:
    """With what else was given kept."""
    reply = await answer("words set zone:Toronto", MODERATOR, services)
    assert reply.text == (
        "/words set time [zone:…] …: “time” is missing. It is: What time it is. For example:"
    )
    assert [choice.label for choice in reply.choices] == ["nine o'clock", "noon"]
    chosen = await answer(reply.choices[1].ask, MODERATOR, services)
    assert chosen.text == "time=12:00 zone=Toronto channel= mention="


async def test_typed_words_have_a_limit_of_their_own(services: Services) -> None:
    reply = await answer(Ask("words set", {"time": "9" * 21}), MODERATOR, services)
    assert reply.text == "That is too long for me: please ask in at most 20 characters."


def test_the_page_of_the_documentation_has_the_group_and_all_its_options() -> None:
    written = page()
    assert "| `/words …` | Words of the day. |" in written
    assert (
        "| `/words set time [zone:…] [channel:…] [mention:…]` | Say a word every day. | moderators |"
        in written
    )
    assert (
        "| `/words set` | `channel` (may be left out) | Where to say it | a channel (on Discord) |" in written
    )
    assert "| `/words find` | `/palabras buscar` | `/mots chercher` |" in written


def test_names_are_translated_word_by_word() -> None:
    """So that a word that is the name of several commands is translated once."""
    catalogue = template()
    for word in ("words", "set", "pause", "find", "zone"):
        assert catalogue.get(word, "name") is not None
    assert catalogue.get("words set", "name") is None
    assert catalogue.get("Say a word every day.") is not None
