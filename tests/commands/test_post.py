"""Posting an entry in public, keeping its card up to date, and taking it back."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.dispatch import answer
from bot.curation.cards import fingerprint_of
from bot.curation.model import Act, CardState, Deed, PostedCard
from bot.errors import StoreError
from bot.model import Contact
from bot.platforms.plain import written_out
from bot.posting import NotTakenError, Post, Problem, UnfitPlaceError
from bot.reply import Ask, Card, Choice, Facts, Paragraph
from bot.store import SqlLedger
from tests.commands.counter import (
    ELSEWHERE,
    LOUNGE,
    SERVER,
    Counter,
    labels,
    member,
    moderator,
    press,
    typing,
)
from tests.commands.lounge import ANNA, BELA, edit_own, own_item, posted
from tests.commands.said import everything
from tests.commands.small import BUTTERFLY, MARGINS, POLICE, RAIDS


async def test_it_is_previewed_exactly_as_it_will_look(counter: Counter) -> None:
    """The note stands above the entry; nothing is posted before somebody is sure."""
    given = {"entry": "raids", "channel": LOUNGE.id, "note": "For *Thursday*'s talk."}
    preview = await counter.give(Ask("post", given), ANNA)
    assert preview.private
    assert preview.text == "This is how it will look. Where: #lounge."
    assert not counter.board.messages
    done = await counter.give(press(preview, "Post it"), ANNA)
    assert done.text == "Posted: Raids."
    (post,) = counter.board.at(LOUNGE)
    assert post.reply.cards == preview.cards
    assert not post.reply.private
    (card,) = post.reply.cards
    assert card.blocks[0] == Paragraph("From the moderators here: For *Thursday*'s talk.")
    assert card.footer[-1] == "From the shared shelf; posted by the moderators here."
    assert card.warning == "Content note: Describes raids."
    (kept,) = await counter.ledger.cards(SERVER)
    assert (kept.place, kept.item, kept.state, kept.at) == (LOUNGE, RAIDS.id, CardState.POSTED, counter.at)
    assert [(act.deed, act.subject, act.by) for act in await counter.acts()] == [
        (Deed.POSTED, RAIDS.id, "7001")
    ]


async def test_what_buttons_carry_is_no_option_that_anybody_is_told_of(counter: Counter) -> None:
    said = everything(await counter.give(Ask("help", {"command": "post"}), typing(ANNA)))
    assert "note" in said
    assert "preview" not in said


async def test_buttons_hold_an_id_and_nothing_of_what_is_posted(counter: Counter) -> None:
    preview = await counter.give(Ask("post", {"entry": "raids", "note": "A long note. " * 30}), ANNA)
    for label in ("Post it", "Cancel"):
        options = press(preview, label).options
        assert sorted(options) == ["confirm", "preview"]
        assert len("".join(options.values())) < 20


async def test_the_button_of_a_posted_card_shows_the_entry_to_whoever_presses_it(counter: Counter) -> None:
    await posted(counter, MARGINS.id)
    (post,) = counter.board.at(LOUNGE)
    assert labels(post.reply) == ["Open the entry"]
    opened = await counter.give(press(post.reply, "Open the entry"), member("9002"))
    assert opened.cards[0].id == MARGINS.id
    lines = everything(written_out(post.reply, "!"))
    assert f"Open the entry: !reading {MARGINS.id}" in lines


async def test_an_own_entry_says_who_keeps_it_up_to_date(counter: Counter) -> None:
    await posted(counter, await own_item(counter))
    (post,) = counter.board.at(LOUNGE)
    assert post.reply.cards[0].footer[-1] == "From this community's own shelf, kept by its moderators."
    opened = await counter.give(press(post.reply, "Open the entry"), member("9002"))
    assert opened.cards[0].title == "Organising in the Heat"


async def test_a_card_that_stands_for_months_names_the_day_and_not_how_long_ago(counter: Counter) -> None:
    await posted(counter, BUTTERFLY.id)
    (post,) = counter.board.at(LOUNGE)
    (rows,) = (
        block.rows
        for block in post.reply.cards[0].blocks
        if isinstance(block, Facts) and block.rows[-1][0] == "Last checked"
    )
    assert rows[-1] == ("Last checked", "August 1, 2025: its own site")
    counter.at += timedelta(days=1)
    again = await counter.give("post action:update", ANNA)
    assert again.text == "1 card is up to date."


async def test_without_a_channel_it_is_posted_where_the_command_is_given(counter: Counter) -> None:
    preview = await counter.give(Ask("post", {"entry": "raids"}), ANNA)
    assert preview.text.endswith("Where: here.")
    nowhere = await counter.give(Ask("post", {"entry": "raids"}), replace(ANNA, place=None))
    assert nowhere.text == "Nothing can be posted where you are. Name a channel, or ask in one."


async def test_it_can_be_typed_in_a_line(counter: Counter) -> None:
    """Where there are no channels to choose from."""
    preview = await counter.give('post raids note:"Read this."', typing(ANNA))
    assert preview.found
    sure = press(preview, "Post it")
    line = f"post preview:{sure.options['preview']} confirm:yes"
    assert (await counter.give(line, typing(ANNA))).text == "Posted: Raids."


@pytest.mark.parametrize("action", [{}, {"action": "update"}, {"action": "withdraw"}])
async def test_members_post_nothing(action: dict[str, str], counter: Counter) -> None:
    preview = await counter.give(Ask("post", {"entry": "raids"}), ANNA)
    for ask in (Ask("post", {"entry": "raids", **action}), press(preview, "Post it")):
        reply = await counter.give(ask, member())
        assert reply.text == "You need the permission “Manage Server” for /post."
    assert not counter.board.messages


async def test_another_server_has_no_such_preview(counter: Counter) -> None:
    preview = await counter.give(Ask("post", {"entry": "raids"}), ANNA)
    reply = await counter.give(press(preview, "Post it"), moderator(community=ELSEWHERE))
    assert reply.text == "That preview is over. /post makes a new one."
    await counter.give(press(preview, "Post it"), ANNA)
    for action in ("update", "withdraw"):
        given = {"entry": RAIDS.id, "action": action, "confirm": "yes"}
        reply = await counter.give(Ask("post", given), moderator(community=ELSEWHERE))
        assert reply.text == "No card stands posted here."
    assert len(counter.board.messages) == 1


async def test_pressed_twice_it_is_there_once(counter: Counter) -> None:
    """By one moderator or two, at once or later."""
    preview = await counter.give(Ask("post", {"entry": "raids", "channel": LOUNGE.id}), ANNA)
    sure = press(preview, "Post it")
    replies = await asyncio.gather(*(counter.give(sure, by) for by in (ANNA, BELA, ANNA)))
    assert all(reply.found for reply in replies)
    assert (await counter.give(sure, BELA)).text == "It is posted."
    assert len(counter.board.at(LOUNGE)) == 1
    assert len(await counter.acts()) == 1


async def test_cancelled_it_is_not_posted_later(counter: Counter) -> None:
    preview = await counter.give(Ask("post", {"entry": "raids"}), ANNA)
    assert (await counter.give(press(preview, "Cancel"), ANNA)).text == "It was not posted."
    assert not (await counter.give(press(preview, "Post it"), ANNA)).found
    assert not counter.board.messages


async def test_cancelled_while_it_is_posted_it_does_not_stay(counter: Counter) -> None:
    preview = await counter.give(Ask("post", {"entry": "raids", "channel": LOUNGE.id}), ANNA)

    async def cancel(_post: Post) -> None:
        assert (await counter.give(press(preview, "Cancel"), BELA)).found

    counter.board.after = cancel
    reply = await counter.give(press(preview, "Post it"), ANNA)
    assert "it was cancelled meanwhile" in reply.text
    assert not counter.board.messages
    assert not await counter.ledger.cards(SERVER)


async def test_what_changed_since_the_preview_is_previewed_again(counter: Counter) -> None:
    """Nobody posts what they have not seen."""
    given = {"entry": await own_item(counter), "channel": LOUNGE.id}
    preview = await counter.give(Ask("post", given), ANNA)
    await edit_own(counter, text="Another text by now.")
    anew = await counter.give(press(preview, "Post it"), ANNA)
    assert anew.text == "This is how it looks now. Where: #lounge."
    assert "Another text by now." in everything(anew)
    assert not counter.board.at(LOUNGE)
    assert (await counter.give(press(anew, "Post it"), ANNA)).text.startswith("Posted: ")
    assert "Another text by now." in everything(counter.board.at(LOUNGE)[0].reply)


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (UnfitPlaceError(Problem.FORBIDDEN, "Send Messages"), "I lack the permission “Send Messages” there"),
        (UnfitPlaceError(Problem.GONE), "the place to post in is gone, or I am not in it any more"),
        (NotTakenError("503"), "the platform could not be reached"),
    ],
)
async def test_what_could_not_be_posted_is_said_and_can_be_tried_again(
    refusal: Exception, sentence: str, counter: Counter
) -> None:
    preview = await counter.give(Ask("post", {"entry": "raids", "channel": LOUNGE.id}), ANNA)
    counter.board.refusals[LOUNGE.id] = refusal
    reply = await counter.give(press(preview, "Post it"), ANNA)
    assert not reply.found
    assert reply.text == f"It was not posted: {sentence}. The preview is kept for a day."
    assert not await counter.ledger.cards(SERVER)
    counter.board.refusals.clear()
    assert (await counter.give(press(reply, "Try again"), ANNA)).text == "Posted: Raids."


async def test_what_may_have_been_posted_is_not_posted_twice(counter: Counter) -> None:
    preview = await counter.give(Ask("post", {"entry": "raids", "channel": LOUNGE.id}), ANNA)

    async def break_off(_post: Post) -> None:
        raise ConnectionResetError

    counter.board.after = break_off
    reply = await counter.give(press(preview, "Post it"), ANNA)
    assert reply.text.startswith("Nobody can tell whether it was posted")
    assert (await counter.give(press(reply, "Try again"), ANNA)).text == "Posted: Raids."
    assert len(counter.board.at(LOUNGE)) == 1


async def test_what_is_posted_and_not_kept_is_said_and_not_posted_twice(counter: Counter) -> None:
    """A database that fails just then: it is not said that nothing changed, for the message stands there."""

    class Failing(SqlLedger):
        """Cannot keep that a card is posted."""

        async def change_card(self, before: PostedCard, after: PostedCard, act: Act | None = None) -> bool:
            """Fail."""
            raise StoreError(f"The disk is full: {before.id}, {after.id}, {act}.")

    preview = await counter.give(Ask("post", {"entry": "raids", "channel": LOUNGE.id}), ANNA)
    services = replace(counter.services, ledger=Failing(counter.ledger._engine))
    reply = await answer(press(preview, "Post it"), ANNA, services)
    assert not reply.found
    assert reply.text.startswith("It was posted, and that could not be kept")
    assert (await counter.give(press(reply, "Try again"), ANNA)).text == "Posted: Raids."
    assert len(counter.board.at(LOUNGE)) == len(await counter.ledger.cards(SERVER)) == 1


async def test_contacts_of_police_are_never_posted(counter: Counter) -> None:
    """Also where the community lets them be found, and where one was not flagged when it was posted."""
    reply = await counter.give(Ask("post", {"entry": POLICE.id}), ANNA)
    assert reply.text == "That entry is no longer on the shelf, or not shown here."
    await counter.settle(police=True)
    assert isinstance((await counter.services.within(SERVER)).shelf.get(POLICE.id), Contact)
    reply = await counter.give(Ask("post", {"entry": POLICE.id}), ANNA)
    assert reply.text == "A contact that involves police or border agencies is not posted in public."
    draft = PostedCard("0" * 12, SERVER, LOUNGE, POLICE.id, counter.at)
    await counter.ledger.add_card(draft)
    assert not (await counter.give(Ask("post", {"preview": draft.id, "confirm": "yes"}), ANNA)).found
    assert not counter.board.messages


async def test_what_is_meant_is_asked_where_it_is_not_clear(counter: Counter) -> None:
    reply = await counter.give(Ask("post", {"entry": "butterfly", "note": "Here."}), ANNA)
    assert not reply.found or reply.cards[0].id == BUTTERFLY.id
    unknown = await counter.give(Ask("post", {"entry": "xqxqxq"}), ANNA)
    assert unknown.text == "I found nothing about “xqxqxq”."
    gone = await counter.give(Ask("post", {"entry": "topic:xqxqxq"}), ANNA)
    assert gone.text == "That entry is no longer on the shelf, or not shown here."
    nothing = await counter.give("post", ANNA)
    assert nothing.text == "Which entry? Name it: /post …"
    several = await counter.give(Ask("post", {"entry": "border control raids", "note": "Here."}), ANNA)
    assert several.text == "Which one do you mean?"
    for choice in several.choices:
        assert choice.ask.options["note"] == "Here."
        assert (await counter.give(choice.ask, ANNA)).cards


async def test_a_note_that_calls_everybody_is_refused(counter: Counter) -> None:
    reply = await counter.give(Ask("post", {"entry": "raids", "note": "@everyone read"}), ANNA)
    assert not reply.found
    assert "could call everybody" in reply.text


async def test_a_preview_says_that_it_stands_there_already(counter: Counter) -> None:
    await posted(counter)
    again = await counter.give(Ask("post", {"entry": "raids", "channel": LOUNGE.id}), ANNA)
    assert "A card of it stands there already." in again.text
    assert press(again, "Bring the card there up to date").options["action"] == "update"
    other = await counter.give(Ask("post", {"entry": "raids"}), ANNA)
    assert "already" not in other.text


async def test_without_a_ledger_nothing_is_posted(counter: Counter) -> None:
    nothing = replace(counter.services, ledger=None)
    for ask in ("post raids", "post action:update", "post preview:abc"):
        reply = await answer(ask, ANNA, nothing)
        assert reply.text == "Nothing is kept here, so there can be no shelf of your own."


def test_a_fingerprint_is_of_words_and_not_of_what_they_lead_to() -> None:
    card = Card("Title", (Paragraph("Said."),), footer=("Terms",))
    leading = replace(card, choices=(Choice("Open (3)", Ask("summary")),), score=0.3)
    assert fingerprint_of([card]) == fingerprint_of([leading])
    other = {
        fingerprint_of(each)
        for each in (
            [card],
            [replace(card, title="Other")],
            [replace(card, blocks=(Facts((("Said.", ""),)),))],
            [replace(card, footer=())],
            [replace(card, warning="Terms", footer=())],
            [card, card],
        )
    }
    assert len(other) == 6
