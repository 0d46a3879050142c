"""What moderators read: things told apart, in their own language, with the next step, and nothing untrue."""

from dataclasses import replace
from datetime import time

from bot.commands.daily.deliveries import composer, drawer_everywhere
from bot.curation.model import OWN, Deed
from bot.daily.model import Delivery, Draw, Plan, Schedule, State, What
from bot.model import Community, Place
from tests.commands import counter as desk
from tests.commands.counter import Counter
from tests.commands.said import everything
from tests.commands.shelf_desk import (
    BEN,
    CONTACT,
    HERE,
    NOON,
    THERE,
    ShelfDesk,
    moderator,
    press,
    sent,
    typist,
)
from tests.daily.board import Board


async def test_entries_of_one_name_are_told_apart_by_their_ids(office: ShelfDesk) -> None:
    one = await office.added("contact", title="Legal clinic", text="One.", reach="a@clinic.example.org")
    two = await office.added("contact", title="Legal clinic", text="Two.", reach="b@clinic.example.org")
    asked = await office.ask("shelf remove", entry="legal clinic")
    assert {choice.label for choice in asked.choices} == {
        f"Legal clinic ({one.id})",
        f"Legal clinic ({two.id})",
    }
    await office.ask(press(asked, rf"Legal clinic \({one.id}\)"))
    posting = await office.ask("post", entry="legal clinic")
    assert {f"Legal clinic ({one.id})", f"Legal clinic ({two.id})"} <= {
        each.label for each in posting.choices
    }


async def test_what_is_added_although_something_is_called_so_says_so_and_shows_it(office: ShelfDesk) -> None:
    await office.added("contact")
    reply = await office.ask("shelf add", kind="contact", **{**CONTACT, "reach": "other@line.example.org"})
    assert "What you added is on the shelf, too: see whether both are needed." in reply.text
    assert press(reply, "Show “Night Line”").options == {"who": "contact:night-line"}


async def test_what_was_removed_leads_to_restoring_it(office: ShelfDesk) -> None:
    own = await office.added()
    await office.ask("shelf remove", entry=own.id, confirm="yes")
    listed = await office.ask("shelf list", removed="yes")
    assert press(listed, "/shelf restore").command == "shelf restore"


async def test_a_shared_entry_can_be_hidden_where_somebody_wants_to_change_it(office: ShelfDesk) -> None:
    await office.added()
    reply = await office.ask("shelf edit", entry="topic:raids")
    assert press(reply, "/shelf hide").options == {"entry": "topic:raids"}


async def test_a_flagged_contact_is_said_to_be_none_by_a_button_and_is_not_posted(office: ShelfDesk) -> None:
    reply = await office.ask("shelf add", kind="contact", **{**CONTACT, "title": "Border police watch"})
    assert not [choice for choice in reply.choices if choice.label == "Post it"]
    none = await office.ask(press(reply, "It has nothing to do with police"))
    assert [card.id for card in none.cards] == ["contact:border-police-watch"]
    assert [choice for choice in none.choices if choice.label == "Post it"]


async def test_where_forms_are_asked_step_by_step_nothing_else_can_be_pressed_meanwhile(
    office: ShelfDesk,
) -> None:
    """A number typed then is an answer: so what was typed comes back with a button instead of a form."""
    own = await office.added()
    opened = await office.ask("shelf edit", typist(), entry=own.id)
    await office.ask("shelf remove", moderator(BEN), entry=own.id, confirm="yes")
    reply = await office.ask(sent(opened.form, text="What Anna says."), typist())
    assert reply.form is None
    assert (await office.one(own.id)).removed
    restored = await office.ask(press(reply, "Restore it with what you typed"), typist())
    assert restored.found
    after = await office.one(own.id)
    assert (after.removed, after.seed["text"]) == (False, "What Anna says.")
    deeds = {act.deed for act in await office.ledger.acts(HERE, own.id, limit=2)}
    assert deeds == {Deed.EDITED, Deed.RESTORED}


async def test_a_form_sent_again_restores_what_was_removed_meanwhile(office: ShelfDesk) -> None:
    own = await office.added()
    opened = await office.ask("shelf edit", entry=own.id)
    await office.ask("shelf remove", moderator(BEN), entry=own.id, confirm="yes")
    reply = await office.ask(sent(opened.form, text="What Anna says."))
    assert "If you send the form once more, it is restored with what you typed." in reply.text
    assert (await office.ask(sent(reply.form))).found
    after = await office.one(own.id)
    assert (after.removed, after.seed["text"]) == (False, "What Anna says.")


async def test_history_has_values_in_the_readers_words(office: ShelfDesk) -> None:
    own = await office.added("contact")
    await office.ask("shelf edit", entry=own.id, languages="fr")
    assert "Languages: English → French" in await office.said("shelf history", entry=own.id)
    assert "anglais → français" in await office.said("shelf history", moderator(locale="fr"), entry=own.id)


async def test_history_names_what_was_suggested(counter: Counter) -> None:
    await counter.suggest()
    await counter.decide("decline", reason="")
    said = everything(await counter.give("shelf history", desk.moderator()))
    assert "Suggestion declined: “Organising in the Heat”" in said


async def test_nobody_vouches_for_what_is_only_suggested(counter: Counter) -> None:
    """Its card says neither that moderators approved it nor that they checked it, before they did."""
    contact = {"kind": "contact", **CONTACT}
    await counter.suggest(**{**dict.fromkeys(desk.READING, ""), **contact})
    (post,) = counter.board.at(desk.QUEUE)
    for said in (
        everything(post.reply),
        everything(await counter.give("review list", desk.moderator())),
    ):
        assert "Peer support by phone, at night." in said
        assert "approved by the moderators" not in said
        assert "Last checked" not in said
    approved = await counter.decide("approve")
    said = everything(approved)
    assert "approved by the moderators" in said
    assert "Last checked" in said


async def test_an_own_contact_names_no_source_that_kept_languages_to_itself(office: ShelfDesk) -> None:
    own = await office.added("contact", title="Line", text="At night.", reach="a@line.example.org")
    assert "not stated by the source" not in await office.said("contact", who=own.id)


async def test_a_room_of_a_space_draws_its_daily_prompts_from_the_shelf_of_the_space(
    office: ShelfDesk,
) -> None:
    own = await office.added()
    await office.ask("shelf edit", entry=own.id, why="It tells of organising.", question="Who decides?")
    plan = Plan(time(9), "UTC", draw=Draw(source=OWN))
    schedule = Schedule("s", THERE, 1, Place("discord", "200"), plan)

    async def keeper(community: Community) -> Community:
        return HERE if community == THERE else community

    draw, compose = drawer_everywhere(office.services), composer(office.services)
    assert await draw(schedule) is None
    with office.services.posters.connected(replace(Board(), platform="discord"), keeper):
        drawn = await draw(schedule)
        assert drawn is not None
        item, _ = drawn
        delivery = Delivery(1, "s", NOON.date(), What.PROMPT, 0, item, NOON, State.PENDING, NOON)
        composed = await compose(delivery, schedule, "!", late=False)
        assert "Who decides?" in everything(composed.reply)
    assert await draw(schedule) is None
