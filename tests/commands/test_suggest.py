"""Suggesting something: what is taken, what is kept of whom, and what is said when it is there already."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.allowance import Allowance
from bot.commands.dispatch import answer
from bot.curation.model import Standing
from bot.errors import PlatformError
from bot.i18n import LANGUAGES
from bot.model import Place
from bot.posting import NotTakenError, Post, Problem, UnfitPlaceError
from bot.reply import Ask
from tests.commands.counter import (
    NOON,
    QUEUE,
    READING,
    SERVER,
    Counter,
    labels,
    member,
    moderator,
    press,
    typing,
)
from tests.commands.said import everything

OTHER = {"title": "Rest Is a Right", "text": "On rest.", "authors": "", "year": "", "link": ""}


async def test_what_is_sent_waits_and_stands_in_the_queue(counter: Counter) -> None:
    """With the same three choices that the list of the moderators has, each of them short."""
    reply = await counter.suggest()
    assert reply.found
    assert reply.private
    assert "Thank you. It waits for the moderators to decide." in reply.text
    waiting = await counter.waiting()
    assert (waiting.standing, waiting.at, waiting.locale) == (Standing.PENDING, NOON, "en")
    assert waiting.seed["title"] == "Organising in the Heat"
    assert not (await counter.own()).items
    (post,) = counter.board.at(QUEUE)
    assert (waiting.queue, counter.board.messages[QUEUE.id, waiting.message_id]) == (QUEUE, post)
    assert "How massage workers organise against raids." in everything(post.reply)
    assert labels(post.reply) == ["Approve", "Edit and approve", "Decline"]
    listed = await counter.give("review list", moderator())
    assert "1 suggestion waits." in listed.text
    for choice in (*post.reply.cards[0].choices, *listed.cards[0].choices):
        assert choice.ask.options["suggestion"] == waiting.id
        assert choice.ask.options.keys() <= {"suggestion", "seen"}
        assert 10 <= len(waiting.id) <= 12


async def test_nothing_is_kept_of_who_is_anonymous_which_is_usual(counter: Counter) -> None:
    """No table has the id of who suggested it, at any time of its life."""
    reply = await counter.suggest(member("424242"))
    assert "Nothing about you was kept with it" in reply.text
    assert "424242" not in await counter.stored()
    await counter.decide("approve")
    assert "424242" not in await counter.stored()
    assert not counter.board.at(Place("discord", "dm-424242"))


async def test_who_wants_to_be_told_is_kept_until_then(counter: Counter) -> None:
    """The answer says what is kept, and moderators see it in their list and in no channel."""
    reply = await counter.suggest(member("424242"), anonymous="no")
    assert "The id of your account, which the moderators here can see" in reply.text
    assert "/privacy forget-me erases it at once." in reply.text
    waiting = await counter.waiting()
    assert (waiting.by, waiting.tell) == ("424242", Place("discord", "dm-424242"))
    assert "424242" in everything(await counter.give("review list", moderator()))
    assert "424242" not in str(counter.board.messages)


async def test_who_cannot_be_written_to_is_not_kept(counter: Counter) -> None:
    """There would be no use in knowing who it was; and what they typed is not lost."""

    async def refuse() -> Place:
        raise PlatformError("Direct messages are off.")

    for person in (replace(member("424242"), direct=refuse), replace(member("424242"), direct=None)):
        reply = await counter.suggest(person, anonymous="no", **OTHER, anyway="yes")
        assert "I cannot write to you alone" in reply.text
        waiting = await counter.waiting()
        assert (waiting.by, waiting.tell) == ("", None)
        assert "424242" not in await counter.stored()
        await counter.decide("decline", reason="")


async def test_without_fields_there_is_a_form_that_says_what_is_kept(counter: Counter) -> None:
    """Filled in, it gives the same command, with what was chosen before."""
    which = await counter.give("suggest", member())
    assert len(which.choices) == 5
    reply = await counter.give(press(which, "Contact"), member())
    assert "Nothing about you is kept with it." in reply.text
    assert reply.form
    assert reply.form.ask == Ask("suggest", {"kind": "contact"})
    assert len(reply.form.fields) <= 5
    named = await counter.give(Ask("suggest", {"kind": "contact", "anonymous": "no"}), member())
    assert "kept until you have been told" in named.text
    assert named.form
    filled = {each.name: "" for each in named.form.fields} | {
        "title": "Rose Line",
        "text": "Advice by phone.",
        "reach": "help@rose.example.org",
    }
    sent = await counter.give(Ask("suggest", {**named.form.ask.options, **filled}), member())
    assert sent.found
    assert (await counter.waiting()).by == "9001"


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(counter: Counter) -> None:
    reply = await counter.suggest(link="https://bit.ly/xyz")
    assert not reply.found
    assert reply.form
    stands = {field.name: field for field in reply.form.fields}
    assert "hides where it leads" in stands["link"].problem
    assert stands["title"].value == READING["title"]
    assert not await counter.ledger.pending(SERVER, 10)


async def test_in_one_line_where_there_are_no_forms(counter: Counter) -> None:
    line = 'suggest reading title:"Rest Is a Right" text:"On rest, and who gets it."'
    reply = await counter.give(line, typing(member()))
    assert reply.found
    assert (await counter.waiting()).seed["title"] == "Rest Is a Right"


async def test_where_it_is_off_it_is_said_how_to_switch_it_on(counter: Counter) -> None:
    await counter.settle(suggestions=False)
    reply = await counter.suggest()
    assert not reply.found
    assert reply.text == (
        "Suggestions are off here. Moderators can switch them on with /settings suggestions:yes."
    )
    assert (await counter.give("settings suggestions:yes", moderator())).found
    assert (await counter.suggest()).found


async def test_it_is_for_one_community_and_not_for_a_conversation(counter: Counter) -> None:
    reply = await counter.suggest(member(community=None))
    assert reply.text == "A suggestion is for one server or room: please make it there."


async def test_where_nothing_is_kept_it_says_so(counter: Counter) -> None:
    nothing = replace(counter.services, ledger=None)
    reply = await answer(Ask("suggest", READING), member(), nothing)
    assert reply.text == "Nothing is kept here, so there can be no shelf of your own."


async def test_the_same_address_is_there_already_and_not_sent(counter: Counter) -> None:
    """However it is spelt; what is there can be looked at, and what was typed stands in the form."""
    await counter.suggest()
    await counter.decide("approve")
    (own,) = (await counter.own()).items
    link = "http://www.press.example.org/organising/?utm_source=chat"
    reply = await counter.suggest(title="Another Name", link=link)
    assert not reply.found
    assert "“Organising in the Heat” is here already, with the same address." in reply.text
    shown = press(reply, "Show “Organising in the Heat”")
    assert shown == Ask("reading", {"topic": own.id})
    assert (await counter.give(shown, member())).cards[0].id == own.id
    assert reply.form
    assert "anyway" not in reply.form.ask.options
    again = await counter.suggest(title="Another Name", link=link, anyway="yes")
    assert not again.found
    assert not await counter.ledger.pending(SERVER, 10)


async def test_nearly_the_same_title_is_shown_and_can_be_sent_all_the_same(counter: Counter) -> None:
    """With forms, by sending it again, and elsewhere by a choice: no button holds what was typed."""
    reply = await counter.suggest(title="Sex at the Margin")
    assert not reply.found
    assert "is called the same or nearly so" in reply.text
    assert reply.form
    assert reply.form.ask.options == {"kind": "reading", "anyway": "yes"}
    assert {field.name: field.value for field in reply.form.fields}["text"] == READING["text"]
    typed = await counter.suggest(typing(member()), title="Sex at the Margin")
    assert not typed.form
    sent = await counter.give(press(typed, "It is something else: send it"), typing(member()))
    assert sent.found
    assert (await counter.waiting()).seed["title"] == "Sex at the Margin"


async def test_what_somebody_else_suggested_is_not_shown_before_it_is_decided(counter: Counter) -> None:
    """It is said that it was suggested, and no more."""
    await counter.suggest(text="A canary of a description.")
    reply = await counter.suggest(member("9002"), title="Entirely Different", text="Something else.")
    assert not reply.found
    assert "Somebody suggested the same already" in reply.text
    assert "canary" not in everything(reply)
    assert "Organising in the Heat" not in everything(reply)
    by_title = await counter.suggest(member("9002"), title="Organizing in the Heat", link="")
    assert "Somebody may have suggested the same already" in by_title.text
    assert "Organising in the Heat" not in everything(by_title)
    await counter.waiting()


async def test_five_an_hour_and_then_it_says_how_long_to_wait(counter: Counter) -> None:
    """Each person by themselves; what was typed stands in the form; and an hour later it goes on."""
    for number in range(5):
        assert (await counter.suggest(title=f"Zine number {number}", text="A zine.", link="")).found
        counter.at += timedelta(minutes=1)
    reply = await counter.suggest(title="Zine number 6", link="")
    assert not reply.found
    assert "as much as one person can suggest within an hour: please go on in 55 minutes." in reply.text
    assert reply.form
    assert (await counter.suggest(member("9002"), title="Zine number 7", link="")).found
    counter.at = NOON + timedelta(hours=1)
    assert (await counter.suggest(title="Zine number 8", link="")).found
    assert not (await counter.suggest(title="Zine number 9", link="")).found


async def test_no_more_than_two_hundred_wait(counter: Counter) -> None:
    """Whoever comes then has not used up what they may suggest."""
    await counter.suggest()
    one = await counter.waiting()
    for number in range(199):
        assert await counter.ledger.suggest(replace(one, id=f"x{number}"), 200)
    reply = await counter.suggest(member("9002"), title="Rest Is a Right", link="")
    assert "there is no room for more" in reply.text
    assert reply.form
    assert counter.services.suggesting.take(("discord", "9002"), NOON) == timedelta()
    assert len(await counter.ledger.pending(SERVER, 300)) == 200


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (UnfitPlaceError(Problem.FORBIDDEN, "Send Messages"), "I lack the permission “Send Messages” there"),
        (UnfitPlaceError(Problem.GONE), "the place to post in is gone, or I am not in it any more"),
        (NotTakenError("503"), "the platform could not be reached"),
        (ConnectionResetError(), "it is uncertain whether the platform took it"),
    ],
)
async def test_what_the_queue_does_not_take_waits_in_the_list(
    refusal: Exception, sentence: str, counter: Counter
) -> None:
    counter.board.refusals[QUEUE.id] = refusal
    reply = await counter.suggest()
    assert reply.found
    assert f"It could not be shown in their channel ({sentence}); it stands in their list." in reply.text
    listed = await counter.give("review list", moderator())
    assert "Not all of them have a card in the queue" in listed.text
    assert (await counter.give(press(listed, "Approve"), moderator())).found
    assert (await counter.own()).items


async def test_without_a_queue_or_a_platform_it_waits_in_the_list(counter: Counter) -> None:
    await counter.settle(queue="")
    assert "could not be shown" not in (await counter.suggest()).text
    assert not counter.board.messages
    listed = await counter.give("review list", moderator())
    assert listed.text == "1 suggestion waits."


async def test_who_decides_before_the_message_is_known_changes_it_all_the_same(counter: Counter) -> None:
    """The platform has taken the card, we do not know its id yet, and a moderator presses its button."""

    async def approve(_post: Post) -> None:
        assert (await counter.decide("approve")).found

    counter.board.after = approve
    assert (await counter.suggest()).found
    (posted,) = counter.board.at(QUEUE)
    assert "Approved by a moderator, June 3, 2026." in everything(posted.reply)
    assert not labels(posted.reply)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_works_in_every_language(language: str, counter: Counter) -> None:
    assert (await counter.suggest(member(locale=language))).found
    (post,) = counter.board.at(QUEUE)
    assert post.locale == language


def test_an_allowance_forgets_people_by_itself() -> None:
    """Nobody is remembered for longer than it takes."""
    allowance = Allowance(2, timedelta(minutes=10))
    assert not allowance.take("a", NOON)
    assert not allowance.take("a", NOON + timedelta(minutes=1))
    assert allowance.take("a", NOON + timedelta(minutes=4)) == timedelta(minutes=6)
    assert not allowance.take("b", NOON + timedelta(minutes=11))
    assert list(allowance._taken) == ["b"]
    allowance.give_back("b")
    assert not allowance.take("b", NOON + timedelta(minutes=11))
