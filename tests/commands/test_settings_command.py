"""What can be chosen: a language for a conversation, and by moderators who sees the answers."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.commands.describe import Services
from bot.commands.dispatch import answer, complete
from bot.commands.permission import seen_by
from bot.commands.request import Audience, Request
from bot.communities import Communities
from bot.errors import StoreError
from bot.model import Community, CommunitySettings, Visibility
from bot.reply import Ask, Choice, Reply
from bot.shelf import Shelf
from tests.commands.small import CORPUS

HERE = Community("discord", "1")
RIGHT = "Manage Server"
MEMBER = Request(community=HERE, moderator_right=RIGHT, remembers_language=False)
MODERATOR = Request(
    audience=Audience.MODERATOR, community=HERE, moderator_right=RIGHT, remembers_language=False
)
TO_ROOM = Ask("settings", {"answers": "room"})
TO_ASKER = Ask("settings", {"answers": "private"})


@pytest.fixture
def undecided() -> Iterator[Services]:
    """Services of their own: what one test decides does not hold in the next."""
    shelf = Shelf.of(CORPUS)
    yield Services(shelf, "1.2.3")
    shelf.close()


def visibility(services: Services) -> Visibility:
    return seen_by(MODERATOR, services)


async def test_a_moderator_switches_and_switches_back_with_the_buttons(undecided: Services) -> None:
    """What is offered is the other one, and each confirmation offers the way back."""
    state = await answer("settings", MODERATOR, undecided)
    assert state.text.startswith("Answers here are shown to whoever asked, and to nobody else.")
    assert state.choices == (Choice("Show answers to everyone", TO_ROOM),)
    done = await answer(state.choices[0].ask, MODERATOR, undecided)
    assert visibility(undecided) is Visibility.ROOM
    assert done.text.startswith("From now on, answers here are shown to everyone,")
    assert done.choices == (Choice("Show answers to the asker alone", TO_ASKER),)
    back = await answer(done.choices[0].ask, MODERATOR, undecided)
    assert visibility(undecided) is Visibility.PRIVATE
    assert back.text == "From now on, answers here are shown to whoever asked, and to nobody else."
    assert back.choices == state.choices
    assert undecided.communities.of(HERE) == CommunitySettings()


async def test_where_everyone_sees_answers_usually_they_can_be_made_private(undecided: Services) -> None:
    """On a platform that cannot show something to one reader in a room."""
    usual = replace(MODERATOR, usually=Visibility.ROOM)
    assert (await answer("settings", usual, undecided)).text.startswith("Answers here are shown to everyone,")
    assert not (await answer("find raids", usual, undecided)).private
    await answer(TO_ASKER, usual, undecided)
    assert undecided.communities.of(HERE) == CommunitySettings(Visibility.PRIVATE)
    assert (await answer("find raids", usual, undecided)).private
    await answer(TO_ROOM, usual, undecided)
    assert undecided.communities.of(HERE) == CommunitySettings()


@pytest.mark.parametrize(
    "question", [TO_ROOM, "settings answers:room", "settings room", "settings --answers room"]
)
async def test_a_member_is_refused_however_they_ask_and_told_what_is_missing(
    question: Ask | str, undecided: Services
) -> None:
    """A button that was there for a moderator does nothing for anybody else."""
    reply = await answer(question, MEMBER, undecided)
    assert reply == Reply("You need the permission “Manage Server” to change this.", found=False)
    assert visibility(undecided) is Visibility.PRIVATE


async def test_a_member_sees_what_holds_and_is_not_offered_to_change_it(undecided: Services) -> None:
    reply = await answer("settings", MEMBER, undecided)
    assert reply.text.startswith("Answers here are shown to whoever asked")
    assert not reply.choices
    assert "answers" not in str((await answer("help settings", MEMBER, undecided)).cards[0].title)
    assert complete("settings", "answers", "", MEMBER, undecided) == []
    assert "answers" not in (await answer("settings --colour red", MEMBER, undecided)).text


async def test_a_moderator_is_offered_the_option(undecided: Services) -> None:
    assert "[answers:…]" in (await answer("help settings", MODERATOR, undecided)).cards[0].title
    assert complete("settings", "answers", "every", MODERATOR, undecided) == [("everyone here", "room")]


@pytest.mark.parametrize("audience", Audience)
async def test_in_a_conversation_with_one_reader_there_is_nothing_to_decide(
    audience: Audience, undecided: Services
) -> None:
    alone = Request(audience=audience, moderator_right=RIGHT)
    assert (await answer(TO_ROOM, alone, undecided)).text.startswith("This concerns a whole server or room")
    assert (await answer("settings", alone, undecided)).text.startswith("I answer in English.")


async def test_what_could_not_be_kept_is_said_and_does_not_hold() -> None:
    """To the moderator in words of ours; the operator reads in the log what the database said."""

    async def fail(_community: Community, _settings: CommunitySettings) -> None:
        raise StoreError("The database zq.sqlite3 has no room left.")

    shelf = Shelf.of(CORPUS)
    broken = Services(shelf, "1", communities=Communities(write=fail))
    with capture_logs() as lines:
        reply = await answer(TO_ROOM, MODERATOR, broken)
    assert reply.text.startswith("This could not be kept")
    assert lines[0]["problem"] == "The database zq.sqlite3 has no room left."
    assert (await answer("settings", MODERATOR, broken)).text.startswith(
        "Answers here are shown to whoever asked"
    )
    shelf.close()


@pytest.mark.parametrize("language", ["", "fr"])
async def test_where_the_app_says_the_language_no_choice_is_offered_or_kept(
    language: str, undecided: Services
) -> None:
    """A language that is named all the same is spoken in that one reply."""
    reply = await answer(
        Ask("settings", {"language": language}), Request(remembers_language=False), undecided
    )
    spoken = Request(language or "en").tr
    assert reply.text == spoken(
        "Answers follow the language that your app is set to; a choice made here is not kept. To change it,"
        " choose another language in the settings of the app."
    )
    assert (reply.locale, reply.choices) == ("", ())


async def test_a_language_and_who_sees_answers_can_be_chosen_at_once(undecided: Services) -> None:
    room = Request(audience=Audience.MODERATOR, community=HERE)
    reply = await answer(Ask("settings", {"language": "es", "answers": "room"}), room, undecided)
    assert reply.locale == "es"
    assert "A partir de ahora respondo en español." in reply.text
    assert visibility(undecided) is Visibility.ROOM


async def test_a_room_that_remembers_a_language_offers_those_and_then_who_sees_answers(
    undecided: Services,
) -> None:
    reply = await answer("settings", Request(audience=Audience.MODERATOR, community=HERE), undecided)
    assert [choice.label for choice in reply.choices] == ["Español", "Français", "Show answers to everyone"]
    for choice in reply.choices:
        assert (await answer(choice.ask, MODERATOR, undecided)).found
