"""Cards that stand posted: brought up to date when their entries change, and taken back."""

import asyncio

from bot.curation.cards import fingerprint_of
from bot.curation.model import Deed
from bot.posting import NotTakenError, Problem, UnfitPlaceError
from bot.reply import Ask, Reply
from tests.commands.counter import (
    LOUNGE,
    SERVER,
    Counter,
    labels,
    member,
    moderator,
    press,
)
from tests.commands.lounge import ANNA, BELA, edit_own, own_item, posted
from tests.commands.said import everything
from tests.commands.small import MARGINS, RAIDS


async def update(counter: Counter, entry: str = "") -> Reply:
    """Bring cards up to date."""
    return await counter.give(Ask("post", {"entry": entry, "action": "update"}), BELA)


async def test_cards_whose_entry_changed_are_changed_and_no_others(counter: Counter) -> None:
    """In their own language, with their own note."""
    own = await own_item(counter)
    await posted(counter, own, note="Ours.")
    french = moderator("7003", locale="fr")
    preview = await counter.give(Ask("post", {"entry": own, "channel": LOUNGE.id}), french)
    await counter.give(preview.choices[0].ask, french)
    await posted(counter)
    assert (await update(counter)).text == "3 cards are up to date."
    assert not [post for post in counter.board.edited if post.place == LOUNGE]
    await edit_own(counter, text="Changed since.")
    reply = await update(counter, own)
    assert reply.text == "2 cards were changed."
    ours, theirs, shared = counter.board.at(LOUNGE)
    assert "Changed since." in everything(ours.reply)
    assert "Ours." in everything(ours.reply)
    assert "Changed since." in everything(theirs.reply)
    assert theirs.locale == "fr"
    assert "Changed since." not in everything(shared.reply)
    assert [act.deed for act in await counter.acts()][-2:] == [Deed.UPDATED, Deed.UPDATED]
    assert (await update(counter, "organising in the heat")).text == "2 cards are up to date."


async def test_two_who_update_at_once_do_no_harm(counter: Counter) -> None:
    await posted(counter, await own_item(counter))
    await edit_own(counter, text="Changed since.")
    replies = await asyncio.gather(update(counter), update(counter))
    assert all(reply.found for reply in replies)
    (card,) = await counter.ledger.cards(SERVER)
    assert card.fingerprint == fingerprint_of(counter.board.at(LOUNGE)[0].reply.cards)


async def test_a_card_that_cannot_be_changed_is_named_with_the_reason(counter: Counter) -> None:
    await posted(counter, await own_item(counter))
    await edit_own(counter, text="Changed since.")
    counter.board.refusals[LOUNGE.id] = UnfitPlaceError(Problem.FORBIDDEN)
    reply = await update(counter)
    assert not reply.found
    assert reply.text == "A card could not be changed (#lounge): I am not allowed to post there."
    counter.board.refusals.clear()
    assert (await update(counter)).text == "1 card was changed."


async def test_the_card_of_an_entry_that_was_removed_can_be_taken_back(counter: Counter) -> None:
    """By its name, too, and nothing is done before somebody is sure."""
    await posted(counter, await own_item(counter))
    await edit_own(counter, removed=True)
    for words in ("", "organising in the heat"):
        reply = await update(counter, words)
        assert reply.text == "“Organising in the Heat” is no longer on the shelf, and its card still stands."
    asked = await counter.give(press(reply, "Take back: Organising in the Heat"), BELA)
    assert asked.text == "Delete the message with “Organising in the Heat”?"
    assert counter.board.at(LOUNGE)
    done = await counter.give(press(asked, "Take it back"), BELA)
    assert done.text == "1 card was taken back."
    assert not counter.board.at(LOUNGE)
    assert not await counter.ledger.cards(SERVER)
    assert (await counter.acts())[-1].deed is Deed.WITHDRAWN


async def test_a_hidden_entry_counts_as_removed(counter: Counter) -> None:
    await posted(counter)
    await counter.give(Ask("shelf hide", {"entry": RAIDS.id}), ANNA)
    assert "no longer on the shelf" in (await update(counter)).text


async def test_a_contact_that_was_flagged_since_counts_as_removed(counter: Counter) -> None:
    await counter.give(
        Ask(
            "suggest",
            {"kind": "contact", "title": "Night Line", "text": "A line.", "reach": "a@b.example.org"},
        ),
        member(),
    )
    await counter.decide("approve")
    (own,) = (await counter.own()).items
    await posted(counter, own.id)
    await counter.settle(police=True)
    await edit_own(counter, police=True)
    assert "no longer on the shelf" in (await update(counter)).text


# Taking cards back


async def test_all_cards_of_an_entry_are_taken_back(counter: Counter) -> None:
    await posted(counter)
    await posted(counter)
    await posted(counter, MARGINS.id)
    which = await counter.give(Ask("post", {"action": "withdraw"}), ANNA)
    assert sorted(labels(which)) == ["Raids", "Sex at the Margins"]
    asked = await counter.give(press(which, "Raids"), ANNA)
    assert asked.text == "Delete the 2 messages with “Raids”?"
    assert (await counter.give(press(asked, "Take it back"), ANNA)).text == "2 cards were taken back."
    assert len(counter.board.at(LOUNGE)) == 1
    stays = {"entry": MARGINS.id, "action": "withdraw", "confirm": "no"}
    assert (await counter.give(Ask("post", stays), ANNA)).text == "It stays."


async def test_a_card_whose_channel_is_gone_is_gone(counter: Counter) -> None:
    """One that may not be deleted stays, and it is said why."""
    await posted(counter)
    take = Ask("post", {"entry": RAIDS.id, "action": "withdraw", "confirm": "yes"})
    counter.board.refusals[LOUNGE.id] = NotTakenError("503")
    reply = await counter.give(take, ANNA)
    assert not reply.found
    assert "A card could not be taken back (#lounge): the platform could not be reached." in reply.text
    assert await counter.ledger.cards(SERVER)
    counter.board.refusals[LOUNGE.id] = UnfitPlaceError(Problem.GONE)
    assert (await counter.give(take, ANNA)).text == "1 card was taken back."
