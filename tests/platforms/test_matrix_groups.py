"""Commands of two words in a room: what is meant for us, who has to be known, and what is answered."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.commands.describe import REGISTRY, Services
from bot.commands.request import Audience, Request
from bot.i18n import translator
from bot.model import Community
from bot.platforms.matrix.descriptions import descriptions
from bot.platforms.matrix.followup import Step
from bot.platforms.matrix.hearing import Said, heard
from bot.platforms.matrix.message import Message
from bot.platforms.matrix.turn import asked_for, concerns_moderators, turn
from bot.reply import Ask
from bot.shelf import Shelf
from tests.commands.grouped import registered
from tests.commands.small import CORPUS
from tests.platforms.test_matrix_listen import ALICE, OWN, ROOM, text, words

COMMUNITY = Community("matrix", "!room")
MEMBER = Request(prefix="!", community=COMMUNITY, moderator_right="Moderator")
MODERATOR = Request(prefix="!", community=COMMUNITY, audience=Audience.MODERATOR)


@pytest.fixture(autouse=True)
def group() -> Iterator[None]:
    """The group is there."""
    with registered():
        yield


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    """The small shelf."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3")
    shelf.close()


def said(line: Ask | str, *, commanded: bool = True) -> Said:
    """A line that is meant for us."""
    return Said("!room", "$event", ALICE, line, commanded, alone=False)


def matters(line: Ask | str, request: Request, *, commanded: bool = True) -> bool:
    """Whether it matters for the answer to a line who moderates."""
    question = asked_for(said(line, commanded=commanded), Step(ALICE))
    return concerns_moderators(question, request, commanded=commanded)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("!words set 09:00", "words set 09:00"),
        ("!mots chercher", "mots chercher"),
        ("!palabras", "palabras"),
        ("!wrods set 09:00", "wrods set 09:00"),
        ("!words xyzzy", "words xyzzy"),
        ("!set 09:00", None),  # a word of a group is no command by itself, and may be another bot's
        ("!pause", None),
    ],
)
def test_the_prefix_calls_us_if_a_group_of_ours_follows(body: str, left: str | None) -> None:
    assert words(text(body)) == left


def test_a_command_of_a_group_may_come_as_data() -> None:
    """MSC4391: its name has a space."""
    invoked = {"command": "words set", "arguments": {"time": "09:00"}}
    content = text("/words set", **{"org.matrix.msc4391.command": invoked, "m.mentions": {"user_ids": [OWN]}})
    heard_ = heard(Message("!room", "$event", ALICE, "m.room.message", content, 0.0), ROOM, OWN, "!")
    assert heard_ is not None
    assert heard_.words == Ask("words set", {"time": "09:00"})


@pytest.mark.parametrize(
    ("line", "concerns"),
    [
        ("words set 09:00", True),
        ("mots set 09:00", True),
        ("words  set", True),
        ("words find", False),
        ("words", True),  # which commands are listed depends on who asks
        ("words paus", True),
        ("wrods pause", True),
        ("help words", True),
        ("find words", False),
        (Ask("words set"), True),
        (Ask("words find"), False),
    ],
)
def test_who_moderates_matters_where_a_group_has_commands_for_moderators(
    line: Ask | str,
    concerns: bool,  # noqa: FBT001
) -> None:
    assert matters(line, Request("fr", prefix="!", community=COMMUNITY)) is concerns


def test_who_moderates_does_not_matter_for_a_question() -> None:
    assert not matters("what is the nordic model", MEMBER, commanded=False)
    assert matters("words of the day", MEMBER, commanded=False)


async def test_a_group_in_own_words_is_a_command_or_else_a_question(services: Services) -> None:
    """By itself it asks which commands it has; what is found on the shelf comes before a refusal."""

    async def question(line: str, request: Request = MODERATOR) -> tuple[Ask | str, str]:
        taken = await turn(said(line, commanded=False), Step(ALICE), request, services, shared=True)
        return taken.question, taken.reply.text

    assert await question("words find") == (Ask("words find"), "solidarity")
    listed = "After !words comes one of these words: "
    assert await question("words") == ("words", f"{listed}set, pause, or find.")
    assert await question(" words ", MEMBER) == (" words ", f"{listed}find.")
    assert (await question("words of sex at the margins"))[0] == Ask(
        "find", {"words": "words of sex at the margins"}
    )
    assert (await question("words xyzzy"))[1].startswith("There is no command “words xyzzy”.")


def test_a_room_is_told_what_everybody_may_give_there() -> None:
    """By the whole name; neither what is for moderators nor an option that there is not."""
    described = [content for _, content in descriptions(OWN, translator("en"))]
    names = [content["command"] for content in described]
    assert "words find" in names
    assert "words set" not in names
    REGISTRY["words shout"] = replace(REGISTRY["words set"], name="words shout", audience=Audience.EVERYONE)
    (shout,) = (each for _, each in descriptions(OWN, translator("en")) if each["command"] == "words shout")
    assert [parameter["key"] for parameter in shout["parameters"]] == ["time", "zone"]
