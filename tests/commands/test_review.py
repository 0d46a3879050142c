"""What becomes of a suggestion: approved as it is or edited, declined, and by whom."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.dispatch import answer
from bot.curation.model import Act, Deed, Edit, Standing, Suggestion
from bot.errors import StoreError
from bot.model import Place
from bot.posting import NotTakenError, Problem, UnfitPlaceError
from bot.reply import Ask, Reply
from bot.store import SqlLedger
from tests.commands.counter import (
    ELSEWHERE,
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

ANNA, BELA, CILA = moderator("7001"), moderator("7002"), moderator("7003")
OUTCOME = "Approved by a moderator, June 3, 2026."
DM = Place("discord", "dm-9001")


async def test_approved_it_is_on_the_shelf_as_readers_see_it(counter: Counter) -> None:
    """With the line of the audit log that tells of it, and the queue says so by nobody's name."""
    await counter.suggest()
    waiting = await counter.waiting()
    reply = await counter.decide("approve", ANNA)
    assert reply.found
    assert "Approved: it is on the shelf now" in reply.text
    assert reply.cards[0].title == "Organising in the Heat"
    (own,) = (await counter.own()).items
    assert (own.id, own.seed["title"]) == (reply.cards[0].id, "Organising in the Heat")
    assert [(act.deed, act.subject, act.by) for act in await counter.acts()] == [
        (Deed.APPROVED, waiting.id, "7001"),
        (Deed.ADDED, own.id, "7001"),
    ]
    assert "Organising" in everything(await counter.give("reading organising in the heat", member("9005")))
    (post,) = counter.board.at(QUEUE)
    assert OUTCOME in everything(post.reply)
    assert "7001" not in str(post)
    assert not labels(post.reply)
    elsewhere = await counter.give("reading organising in the heat", member(community=ELSEWHERE))
    assert "Organising in the Heat" not in everything(elsewhere)


async def test_edited_it_comes_onto_the_shelf_as_it_was_edited(counter: Counter) -> None:
    """The form has what was suggested; what is left empty is taken away."""
    await counter.suggest()
    (post,) = counter.board.at(QUEUE)
    opened = await counter.give(press(post.reply, "Edit and approve"), ANNA)
    assert opened.form
    stands = {field.name: field.value for field in opened.form.fields}
    assert stands["title"] == "Organising in the Heat"
    filled = {**stands, "text": "How they organise.", "year": ""}
    reply = await counter.give(Ask("review edit", {**opened.form.ask.options, **filled}), ANNA)
    assert "Approved: it is on the shelf now" in reply.text
    (own,) = (await counter.own()).items
    assert own.seed["text"] == "How they organise."
    assert "issued" not in str(own.seed)
    assert "How they organise." in everything(counter.board.at(QUEUE)[0].reply)


async def test_what_is_wrong_with_an_edit_is_said_and_nothing_is_decided(counter: Counter) -> None:
    await counter.suggest()
    reply = await counter.decide("edit", title="", text="Still typed.")
    assert not reply.found
    assert reply.form
    stands = {field.name: field for field in reply.form.fields}
    assert stands["title"].problem
    assert stands["text"].value == "Still typed."
    assert (await counter.waiting()).standing is Standing.PENDING


async def test_one_field_can_be_changed_in_a_line(counter: Counter) -> None:
    """Where there are no forms; what is not named stays."""
    await counter.suggest()
    waiting = await counter.waiting()
    reply = await counter.give(f'review edit {waiting.id} title:"Heat"', typing(ANNA))
    assert reply.found
    (own,) = (await counter.own()).items
    assert (own.seed["title"], own.seed["text"]) == ("Heat", waiting.seed["text"])


async def test_a_contact_of_police_is_marked_and_a_moderator_can_say_that_it_is_none(
    counter: Counter,
) -> None:
    contact = {"kind": "contact", "title": "Police Watch", "reach": "hello@watch.example.org"}
    fields = {"text": "Help after police raids.", "authors": "", "year": "", "link": ""}
    given = {**contact, "text": fields["text"]}
    reply = await counter.give(Ask("suggest", given), member())
    assert "It looks like a contact of police or border agencies, and is flagged as one." in reply.text
    approved = await counter.decide("edit", police="no")
    assert "Approved" in approved.text
    (own,) = (await counter.own()).items
    assert not own.seed.get("police")
    assert approved.cards[0].title == "Police Watch"


async def test_declined_with_a_reason_it_goes_nowhere(counter: Counter) -> None:
    await counter.suggest()
    (post,) = counter.board.at(QUEUE)
    opened = await counter.give(press(post.reply, "Decline"), ANNA)
    assert opened.form
    assert not opened.form.fields[0].required
    filled = Ask("review decline", {**opened.form.ask.options, "reason": "We have it elsewhere."})
    reply = await counter.give(filled, ANNA)
    assert reply.text == "Declined: “Organising in the Heat”."
    assert not (await counter.own()).items
    said = everything(counter.board.at(QUEUE)[0].reply)
    assert "Declined by a moderator, June 3, 2026." in said
    assert "Reason: We have it elsewhere." in said
    assert [act.deed for act in await counter.acts()] == [Deed.DECLINED]


async def test_a_form_sent_without_a_reason_declines_without_one(counter: Counter) -> None:
    await counter.suggest()
    assert (await counter.decide("decline", reason="")).found
    assert not await counter.ledger.pending(SERVER, 1)
    assert "Reason" not in everything(counter.board.at(QUEUE)[0].reply)


async def test_a_reason_that_calls_everybody_is_refused(counter: Counter) -> None:
    await counter.suggest()
    reply = await counter.decide("decline", reason="@everyone look")
    assert not reply.found
    assert reply.form
    assert "could call everybody" in reply.form.fields[0].problem
    assert reply.form.fields[0].value == "@everyone look"
    assert (await counter.waiting()).standing is Standing.PENDING


@pytest.mark.parametrize("deed", ["approve", "edit", "decline", "list"])
async def test_members_decide_nothing(deed: str, counter: Counter) -> None:
    """Also where they press a button that stands in a channel they should not see."""
    await counter.suggest()
    waiting = await counter.waiting()
    options = {} if deed == "list" else {"suggestion": waiting.id}
    reply = await counter.give(Ask(f"review {deed}", options), member("9002"))
    assert reply.text == f"You need the permission “Manage Server” for /review {deed}."
    assert await counter.waiting() == waiting
    assert not await counter.acts()


async def test_moderators_of_another_server_find_nothing_to_decide(counter: Counter) -> None:
    await counter.suggest()
    waiting = await counter.waiting()
    for deed in ("approve", "edit", "decline"):
        reply = await counter.decide(deed, moderator(community=ELSEWHERE))
        assert reply.text == f"There is no suggestion “{waiting.id}” here, or not any more."
    listed = await counter.give("review list", moderator(community=ELSEWHERE))
    assert "No suggestion waits." in listed.text
    assert await counter.waiting() == waiting


@pytest.mark.parametrize("first", ["approve", "decline"])
async def test_who_comes_second_is_told_what_became_of_it_and_when(first: str, counter: Counter) -> None:
    await counter.suggest()
    waiting = await counter.waiting()
    await counter.decide(first, ANNA, **({"reason": "Twice."} if first == "decline" else {}))
    counter.at += timedelta(days=2)
    for deed in ("approve", "edit", "decline"):
        reply = await counter.give(Ask(f"review {deed}", {"suggestion": waiting.id}), BELA)
        assert not reply.found
        assert "by a moderator, June 3, 2026." in reply.text
        assert ("Reason: Twice." in reply.text) is (first == "decline")
    assert len((await counter.own()).items) == (first == "approve")


async def test_of_two_who_decide_at_once_one_wins(counter: Counter) -> None:
    """Whatever the order: there is one item or none, one outcome, and who lost is told of it."""
    for number in range(6):
        await counter.suggest(member(f"{number}"), title=f"Zine number {number}", link="")
        waiting = await counter.waiting()
        before = len((await counter.own()).items)
        one = {"suggestion": waiting.id}
        replies = await asyncio.gather(
            counter.give(Ask("review approve", one), ANNA),
            counter.give(Ask("review decline", {**one, "reason": "No."}), BELA),
            counter.give(Ask("review approve", one), CILA),
        )
        (won,) = (reply for reply in replies if reply.found)
        assert all("by a moderator" in reply.text for reply in replies if reply is not won)
        added = len((await counter.own()).items) - before
        settled = await counter.ledger.suggestion(SERVER, waiting.id)
        assert settled
        assert added == (settled.standing is Standing.APPROVED)
        assert settled.settled_by == ("7002" if settled.standing is Standing.DECLINED else settled.settled_by)
        said = everything(counter.board.at(QUEUE)[-1].reply)
        assert ("Approved" in said) is bool(added)


async def test_two_have_to_approve_where_the_community_wants_that(counter: Counter) -> None:
    """The same person twice does not count; the queue says that one more is needed."""
    await counter.settle(two=True)
    await counter.suggest()
    first = await counter.decide("approve", ANNA)
    assert "It comes onto the shelf when one more moderator does, too." in first.text
    assert not (await counter.own()).items
    (post,) = counter.board.at(QUEUE)
    assert "A moderator approved it; it needs one more." in everything(post.reply)
    assert labels(post.reply) == ["Approve", "Edit and approve", "Decline"]
    again = await counter.decide("approve", ANNA)
    assert (again.found, again.text) == (False, "You have approved it. Another moderator has to, as well.")
    assert "on the shelf now" in (await counter.decide("approve", BELA)).text
    (own,) = (await counter.own()).items
    assert [act.deed for act in await counter.acts()] == [Deed.SECONDED, Deed.APPROVED, Deed.ADDED]
    assert OUTCOME in everything(counter.board.at(QUEUE)[0].reply)
    assert own.version == 1


async def test_two_at_once_are_two(counter: Counter) -> None:
    await counter.settle(two=True)
    await counter.suggest()
    one = {"suggestion": (await counter.waiting()).id}
    replies = await asyncio.gather(
        counter.give(Ask("review approve", one), ANNA), counter.give(Ask("review approve", one), BELA)
    )
    assert all(reply.found for reply in replies)
    assert len((await counter.own()).items) == 1
    assert [act.deed for act in await counter.acts()] == [Deed.SECONDED, Deed.APPROVED, Deed.ADDED]


async def test_an_edit_has_to_be_approved_by_somebody_else_too(counter: Counter) -> None:
    """What the first one approved is not what stands there then; sent as it is, it is an approval."""
    await counter.settle(two=True)
    await counter.suggest()
    await counter.decide("approve", ANNA)
    edited = await counter.decide("edit", BELA, text="Edited by the second.")
    assert "one more moderator" in edited.text
    assert not (await counter.own()).items
    assert not (await counter.decide("approve", BELA)).found
    assert (await counter.waiting()).seed["text"] == "Edited by the second."
    stands = await counter.decide("edit", ANNA)
    assert stands.form
    same = {field.name: field.value for field in stands.form.fields}
    assert "on the shelf now" in (await counter.decide("edit", ANNA, **same)).text
    (own,) = (await counter.own()).items
    assert own.seed["text"] == "Edited by the second."


async def test_nobody_approves_what_they_did_not_see(counter: Counter) -> None:
    """Who looked at it before somebody edited it is shown what it says now, and decides anew."""
    await counter.settle(two=True)
    await counter.suggest()
    listed = await counter.give(Ask("review list"), ANNA)
    opened = await counter.give(press(listed, "Edit and approve"), ANNA)
    await counter.decide("edit", BELA, text="Edited by the second.")
    for choice in (press(listed, "Approve"), press(listed, "Edit and approve")):
        typed = {"text": "Edited by the first."} if choice.command == "review edit" else {}
        reply = await counter.give(Ask(choice.command, {**choice.options, **typed}), ANNA)
        assert (reply.found, reply.text) == (
            False,
            "Another moderator has just edited it. Please look at it again.",
        )
        assert "Edited by the second." in everything(reply)
    assert opened.form
    kept = {field.name: field.value for field in opened.form.fields} | {"text": "Edited by the first."}
    late = await counter.give(Ask("review edit", {**opened.form.ask.options, **kept}), ANNA)
    assert late.form
    assert next(each.value for each in late.form.fields if each.name == "text") == "Edited by the first."
    waiting = await counter.waiting()
    assert (waiting.seconded_by, waiting.seed["text"]) == ("7002", "Edited by the second.")
    assert "on the shelf now" in (await counter.give(press(reply, "Approve"), ANNA)).text


async def test_who_suggested_it_is_named_to_moderators_alone(counter: Counter) -> None:
    """Not where others read what they are told."""
    await counter.suggest(member("9001"), anonymous="no")
    assert "9001" in everything(await counter.give(Ask("review list"), ANNA))
    assert "9001" not in everything(await counter.give(Ask("review list"), replace(ANNA, overheard=True)))


async def test_what_is_settled_is_said_to_be_although_the_rest_cannot_be_kept(counter: Counter) -> None:
    """A database that fails while the suggester is told does not undo what was kept before."""

    class Failing(SqlLedger):
        """Can be used until something is settled."""

        settled = False

        async def settle(
            self, before: Suggestion, after: Suggestion, edits: Sequence[Edit] = (), acts: Sequence[Act] = ()
        ) -> bool:
            """Settle one, and fail from then on."""
            if self.settled:
                raise StoreError("The disk is full.")
            self.settled = True
            return await super().settle(before, after, edits, acts)

    await counter.suggest(member("9001"), anonymous="no")
    failing = Failing(counter.ledger._engine)
    services = replace(counter.services, ledger=failing)
    waiting = await counter.waiting()
    reply = await answer(Ask("review approve", {"suggestion": waiting.id}), ANNA, services)
    assert (reply.found, failing.settled) == (True, True)
    assert "on the shelf now" in reply.text


async def test_where_nobody_can_be_told_apart_two_cannot_approve(counter: Counter) -> None:
    await counter.settle(two=True)
    await counter.suggest()
    reply = await counter.decide("approve", moderator(""))
    assert reply.text == "Two moderators have to approve it, and here I cannot tell who is who."
    assert (await counter.decide("decline", moderator(""), reason="")).found


async def test_one_can_decline_where_two_have_to_approve(counter: Counter) -> None:
    await counter.settle(two=True)
    await counter.suggest()
    await counter.decide("approve", ANNA)
    assert (await counter.decide("decline", BELA, reason="")).found
    assert not (await counter.own()).items


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("approve", "was approved: it stands on the shelf of your community now."),
        ("decline", "was not taken onto the shelf."),
    ],
)
async def test_who_wants_to_know_is_told_and_then_forgotten(
    deed: str, sentence: str, counter: Counter
) -> None:
    """In their language, with the reason; after that, no table has their id."""
    await counter.suggest(member(), anonymous="no")
    await counter.decide(deed, **({"reason": "Too long."} if deed == "decline" else {}))
    (word,) = counter.board.at(DM)
    assert sentence in word.reply.text
    assert "“Organising in the Heat”" in word.reply.text
    assert ("Reason: Too long." in word.reply.text) is (deed == "decline")
    stored = await counter.stored()
    assert "9001" not in stored
    assert "7001" in stored


@pytest.mark.parametrize("refusal", [UnfitPlaceError(Problem.FORBIDDEN), NotTakenError("503"), OSError()])
async def test_who_cannot_be_told_is_forgotten_all_the_same(refusal: Exception, counter: Counter) -> None:
    await counter.suggest(member(), anonymous="no")
    counter.board.refusals[DM.id] = refusal
    assert (await counter.decide("approve")).found
    assert "9001" not in await counter.stored()


async def test_a_queue_that_cannot_be_changed_is_named(counter: Counter) -> None:
    """What was decided holds."""
    await counter.suggest()
    counter.board.refusals[QUEUE.id] = UnfitPlaceError(Problem.FORBIDDEN)
    reply = await counter.decide("approve")
    assert "Its card in the queue could not be changed: I am not allowed to post there." in reply.text
    assert (await counter.own()).items


async def test_two_suggestions_of_one_name_get_an_id_each(counter: Counter) -> None:
    """Both were made before one of them was approved."""
    await counter.suggest()
    first = await counter.waiting()
    second = replace(first, id="second", by="", tell=None)
    assert await counter.ledger.suggest(second, 200)
    await asyncio.gather(
        *(counter.give(Ask("review approve", {"suggestion": each.id}), ANNA) for each in (first, second))
    )
    ids = sorted(own.id for own in (await counter.own()).items)
    assert len(ids) == 2
    assert ids[1] == f"{ids[0]}-2"
    for own in (await counter.own()).items:
        assert own.seed["id"] == own.id


async def test_the_card_says_what_seems_to_be_the_same(counter: Counter) -> None:
    """Moderators see it even where whoever suggested it did not mind."""
    await counter.suggest(title="Sex at the Margin", anyway="yes")
    (post,) = counter.board.at(QUEUE)
    assert "“Sex at the Margins” is here already, and is called the same" in everything(post.reply)


async def test_the_list_has_the_oldest_first_and_says_where_there_is_none(counter: Counter) -> None:
    for number in range(4):
        await counter.suggest(title=f"Zine number {number}", link="")
        counter.at += timedelta(minutes=1)
    reply = await counter.give("review list", ANNA)
    assert reply.text == "4 suggestions wait, the oldest first."
    assert [card.title for card in reply.cards] == [f"Zine number {number}" for number in range(4)]
    for choice in reply.cards[2].choices:
        assert choice.ask.options["suggestion"] in everything(Reply(cards=(reply.cards[2],)))
    for deed in ("approve", "edit", "decline"):
        assert await counter.give(f"review {deed}", ANNA) == reply
    nothing = await counter.give("review list", moderator(community=ELSEWHERE))
    assert nothing.text == (
        "No suggestion waits. Members cannot suggest anything yet: /settings suggestions:yes lets them."
    )
    assert press(nothing, "Let members suggest") == Ask("settings", {"suggestions": "yes"})


async def test_without_a_ledger_there_is_nothing_to_review(counter: Counter) -> None:
    nothing = replace(counter.services, ledger=None)
    for deed in ("list", "approve"):
        reply = await answer(f"review {deed}", ANNA, nothing)
        assert reply.text == "Nothing is kept here, so there can be no shelf of your own."
