"""What moderators decide for their shelf: who adds to it, where that is shown, who approves it."""

from dataclasses import replace

import pytest

from bot.commands.describe import REGISTRY
from bot.commands.dispatch import answer, complete
from bot.commands.permission import options_here
from bot.curation.model import Act, Deed
from bot.i18n import translator
from bot.model import Community, CommunitySettings, Place
from bot.posting import NotTakenError, Problem, UnfitPlaceError
from bot.reply import Ask
from tests.commands.counter import (
    ELSEWHERE,
    LOUNGE,
    QUEUE,
    SERVER,
    Counter,
    labels,
    member,
    moderator,
    press,
    typing,
)
from tests.commands.said import everything
from tests.commands.small import POLICE

ANNA = moderator("7001")


async def decide(counter: Counter, /, **options: str) -> str:
    """Decide something as a moderator; what the answer says."""
    reply = await counter.give(Ask("settings", options), ANNA)
    assert reply.found
    assert reply.private
    return reply.text


def held(counter: Counter) -> CommunitySettings:
    """What holds in the server."""
    return counter.services.communities.of(SERVER)


async def test_each_setting_is_switched_on_and_off_and_the_log_tells_who_did(counter: Counter) -> None:
    await counter.services.communities.change(SERVER, CommunitySettings())
    said = await decide(counter, suggestions="yes")
    assert said == (
        "Members can suggest things for the shelf; moderators decide.\n"
        "No channel is told of suggestions: moderators find them in the list."
    )
    assert await decide(counter, two="yes") == "Two moderators have to approve a suggestion."
    assert held(counter) == CommunitySettings(suggestions=True, two=True)
    await decide(counter, two="no")
    assert await decide(counter, suggestions="no") == "Members cannot suggest anything for the shelf."
    assert held(counter) == CommunitySettings()
    assert [(act.deed, act.subject, act.by) for act in await counter.acts()] == [
        (Deed.DECIDED, name, "7001") for name in ("suggestions", "two", "two", "suggestions")
    ]
    await decide(counter, suggestions="no")
    assert len(await counter.acts()) == 4


async def test_the_history_says_what_was_decided(counter: Counter) -> None:
    await counter.settle(queue="")
    await decide(counter, two="yes", queue=QUEUE.id)
    await counter.ledger.note(SERVER, Act(Deed.DECIDED, "police", "7001", counter.at))  # of an older version
    said = everything(await counter.give(Ask("shelf history"), ANNA))
    assert "Setting changed: Two moderators have to approve a suggestion." in said
    assert "Setting changed: Moderators are told of suggestions: #mods." in said
    assert "Setting changed: police" in said


async def test_all_of_an_answer_is_in_the_language_that_is_chosen_with_it(counter: Counter) -> None:
    remembering = replace(ANNA, remembers_language=True)
    said = (await counter.give(Ask("settings", {"two": "no", "language": "es"}), remembering)).text
    tr = translator("es")
    assert tr("One moderator can approve a suggestion.") in said
    assert "One moderator" not in said


async def test_where_nobody_is_known_there_is_no_second_one(counter: Counter) -> None:
    """Else nothing could be approved there any more."""
    at_terminal = replace(moderator(""), place=Place("terminal", ""), has_channels=False)
    reply = await counter.give(Ask("settings", {"suggestions": "yes", "two": "yes"}), at_terminal)
    assert not reply.found
    assert "nobody could be the second of two" in reply.text
    assert not held(counter).two
    both = Ask("settings", {"answers": "room", "two": "yes"})
    assert not (await counter.give(both, at_terminal)).found
    assert held(counter).answers is None
    assert "Let two moderators approve" not in labels(await counter.give(Ask("settings"), at_terminal))
    reply = await counter.give(Ask("settings", {"here": "yes"}), at_terminal)
    assert (reply.found, reply.text) == (False, "Here suggestions stand in /review list alone.")


async def test_a_channel_for_suggestions_is_told_that_they_come_there(counter: Counter) -> None:
    await counter.settle(queue="")
    said = await decide(counter, queue=QUEUE.id)
    assert said == "Moderators are told of suggestions: #mods."
    (post,) = counter.board.at(QUEUE)
    assert post.reply.text == "Suggestions come here."
    assert len(post.key) <= 25
    assert held(counter).queue == QUEUE.id
    assert "No channel is told" in await decide(counter, here="no")
    assert held(counter).queue == ""
    assert "Moderators are told of suggestions: here." in await decide(counter, here="yes")
    assert held(counter).queue == "100"


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (UnfitPlaceError(Problem.FORBIDDEN, "Send Messages"), "I lack the permission “Send Messages” there"),
        (NotTakenError("503"), "the platform could not be reached"),
    ],
)
async def test_a_channel_that_takes_no_posts_is_kept_and_named(
    refusal: Exception, sentence: str, counter: Counter
) -> None:
    """It works as soon as it is mended, with nothing to be set anew."""
    counter.board.refusals[LOUNGE.id] = refusal
    said = await decide(counter, queue=LOUNGE.id)
    assert f"Nothing can be posted there yet: {sentence}." in said
    assert held(counter).queue == LOUNGE.id
    counter.board.refusals.clear()
    await counter.suggest()
    assert counter.board.at(LOUNGE)


async def test_where_there_are_no_channels_the_queue_is_where_it_is_said(counter: Counter) -> None:
    room = replace(typing(ANNA), place=QUEUE)
    names = {option.name for option in options_here(REGISTRY["settings"], room)}
    assert "here" in names
    assert "queue" not in names
    await counter.settle(queue="")
    assert (await counter.give("settings here:yes", room)).found
    assert held(counter).queue == QUEUE.id
    nowhere = await counter.give("settings here:yes", replace(room, place=None))
    assert nowhere.text == "Nothing can be posted where you are. Name a channel, or ask in one."


async def test_contacts_of_police_are_found_where_moderators_decide_it_with_a_warning(
    counter: Counter,
) -> None:
    """No button offers it; one offers the way back."""
    find = Ask("contact", {"who": "trafficking tipline"})
    assert POLICE.title not in everything(await counter.give(find, member()))
    offered = await counter.give("settings", ANNA)
    assert not [choice for choice in offered.choices if "police" in choice.ask.options]
    said = await decide(counter, police="yes")
    assert "Please think about who reads here" in said
    assert POLICE.title in everything(await counter.give(find, member()))
    assert POLICE.title not in everything(await counter.give(find, member(community=ELSEWHERE)))
    back = await counter.give("settings", ANNA)
    assert (await counter.give(press(back, "Leave out contacts of police"), ANNA)).found
    assert POLICE.title not in everything(await counter.give(find, member()))


@pytest.mark.parametrize(
    "options",
    [
        {"suggestions": "yes"},
        {"queue": "200"},
        {"here": "yes"},
        {"here": "no"},
        {"two": "yes"},
        {"police": "yes"},
    ],
)
async def test_members_decide_nothing(options: dict[str, str], counter: Counter) -> None:
    """An option that is a channel is refused as the others are."""
    before = held(counter)
    reply = await counter.give(Ask("settings", options), member())
    assert not reply.found
    assert "Manage Server" in reply.text
    assert held(counter) == before
    assert not counter.board.messages
    alone = await counter.give(Ask("settings", options), moderator(community=ELSEWHERE))
    assert held(counter) == before
    assert alone.found


async def test_members_see_what_concerns_them(counter: Counter) -> None:
    await counter.settle(two=True)
    said = (await counter.give("settings", member())).text
    assert "Members can suggest things for the shelf; moderators decide." in said
    assert "Contacts that involve police or border agencies are not found here." in said
    assert "Two moderators" not in said
    assert "#mods" not in said
    ours = await counter.give("settings", ANNA)
    assert "Two moderators have to approve a suggestion." in ours.text
    assert "Moderators are told of suggestions: #mods." in ours.text
    assert {"Take no suggestions", "Let one moderator approve"} <= set(labels(ours))
    for choice in ours.choices:
        assert (await counter.give(choice.ask, ANNA)).found


async def test_several_are_decided_at_once_with_a_language_and_who_sees_answers(counter: Counter) -> None:
    given = {"suggestions": "no", "two": "yes", "answers": "room", "language": "en"}
    said = await decide(counter, **given)
    for sentence in ("From now on, answers here", "Members cannot suggest", "Two moderators have to"):
        assert sentence in said
    now = held(counter)
    assert (now.suggestions, now.two, now.queue) == (False, True, QUEUE.id)
    assert now.answers is not None


async def test_in_a_space_it_is_decided_for_the_whole_of_it(counter: Counter) -> None:
    """The room has a shelf in common with others, and the moderators are those of the space."""
    space = Community("discord", "space")
    inside = replace(ANNA, keeper=space)
    assert "The shelf is that of the whole space" in (await counter.give("settings", inside)).text
    assert (await counter.give("settings suggestions:yes", inside)).found
    assert counter.services.communities.of(space) == CommunitySettings(suggestions=True)
    assert (await counter.acts(space))[0].subject == "suggestions"
    assert "whole space" not in (await counter.give("settings", ANNA)).text


async def test_in_a_conversation_there_is_no_shelf_to_decide_about(counter: Counter) -> None:
    alone = replace(ANNA, community=None, keeper=None)
    assert "shelf" not in (await counter.give("settings", alone)).text
    reply = await counter.give("settings suggestions:yes", alone)
    assert reply.text.startswith("This concerns a whole server or room")


async def test_without_a_ledger_there_is_nothing_to_decide(counter: Counter) -> None:
    nothing = replace(counter.services, ledger=None)
    assert "shelf" not in (await answer("settings", ANNA, nothing)).text
    reply = await answer("settings suggestions:yes", ANNA, nothing)
    assert reply.text == "Nothing is kept here, so there can be no shelf of your own."


async def test_whom_it_is_for_is_completed(counter: Counter) -> None:
    await counter.services.within(SERVER)
    assert complete("settings", "two", "", ANNA, counter.services) == [("yes", "yes"), ("no", "no")]
    assert complete("settings", "two", "", member(), counter.services) == []
