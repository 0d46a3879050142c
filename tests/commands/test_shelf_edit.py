"""Changing what is on a community's own shelf: also two moderators at once, who lose nothing."""

import asyncio

from bot.curation.model import Deed
from bot.reply import Ask, Facts
from tests.commands.said import everything
from tests.commands.shelf_desk import (
    ANNA,
    BEN,
    HERE,
    READING,
    ShelfDesk,
    moderator,
    press,
    sent,
    typist,
)


async def test_a_form_opens_with_what_stands_there_and_keeps_what_was_changed(office: ShelfDesk) -> None:
    own = await office.added()
    opened = await office.ask("shelf edit", entry=own.id)
    assert opened.form
    assert {field.name: field.value for field in opened.form.fields} == {
        **READING,
        "authors": "Example, Rosa",
    }
    reply = await office.ask(sent(opened.form, text="How migrants organised."))
    assert "How migrants organised." in everything(reply)
    after = await office.one(own.id)
    assert (after.version, after.seed["text"]) == (2, "How migrants organised.")
    assert after.seed["work"] == own.seed["work"]
    (latest, _) = await office.ledger.acts(HERE, own.id, limit=10)
    assert (latest.deed, latest.by, latest.version) == (Deed.EDITED, ANNA, 2)


async def test_a_form_sent_as_it_was_changes_nothing(office: ShelfDesk) -> None:
    own = await office.added()
    opened = await office.ask("shelf edit", entry=own.id)
    reply = await office.ask(sent(opened.form))
    assert "Nothing in it is different" in reply.text
    assert (await office.one(own.id)).version == 1


async def test_each_part_has_a_form_and_what_is_left_empty_is_taken_away(office: ShelfDesk) -> None:
    own = await office.added()
    reply = await office.ask("shelf edit", entry=own.id)
    details = await office.ask(press(await office.ask(sent(reply.form, year="2020")), "Edit details"))
    await office.ask(sent(details.form, topics="Raids", content_note="Describes a raid."))
    after = await office.one(own.id)
    assert (after.seed["topics"], after.seed["content_note"]) == (["topic:raids"], "Describes a raid.")
    details = await office.ask("shelf edit", entry=own.id, part="details")
    assert details.form
    assert {field.name: field.value for field in details.form.fields}["topics"] == "Raids"
    await office.ask(sent(details.form, content_note=""))
    after = await office.one(own.id)
    assert after.seed["topics"] == ["topic:raids"]
    assert "content_note" not in after.seed


async def test_a_new_link_was_checked_by_whoever_typed_it(office: ShelfDesk) -> None:
    """And not when the one before was; a new text is no new link."""
    own = await office.added()
    office.later(days=40)
    await office.ask(Ask("shelf edit", {"entry": own.id, "text": "Another text."}))
    assert (await office.one(own.id)).checked_on == own.checked_on
    await office.ask(Ask("shelf edit", {"entry": own.id, "link": "https://press.example.org/other"}))
    assert (await office.one(own.id)).checked_on == office.at.date()


async def test_moderators_see_what_it_is_as_a_prompt(office: ShelfDesk) -> None:
    own = await office.added()
    assert press(
        await office.ask("shelf edit", entry=own.id, year="2020"), "Add a question for daily prompts"
    )
    given = {"entry": own.id, "why": "It is short.", "question": "Who is safe?\nWho decides?"}
    reply = await office.ask(Ask("shelf edit", given))
    (shown, prompt) = reply.cards
    assert shown.id == own.id
    assert prompt.blocks == (
        Facts((("Why read it", "It is short."), ("Questions to think about", "Who is safe?; Who decides?"))),
    )
    assert press(reply, "Edit its daily prompt").options["part"] == "prompt"


async def test_a_question_makes_it_a_reading_for_a_day_and_a_contact_has_none(office: ShelfDesk) -> None:
    own, contact = await office.added(), await office.added("contact")
    opened = await office.ask("shelf edit", entry=own.id, part="prompt")
    await office.ask(sent(opened.form, why="It tells of organising.", question="Who decides?\nWho pays?"))
    assert (await office.one(own.id)).seed["prompt"] == {
        "why": "It tells of organising.",
        "questions": ["Who decides?", "Who pays?"],
    }
    refused = await office.ask("shelf edit", entry=contact.id, part="prompt")
    assert "has no such part" in refused.text


async def test_what_has_to_be_there_cannot_be_taken_away(office: ShelfDesk) -> None:
    own = await office.added()
    opened = await office.ask("shelf edit", entry=own.id)
    reply = await office.ask(sent(opened.form, title="", text="Another text."))
    assert reply.form
    values = {field.name: (field.value, bool(field.problem)) for field in reply.form.fields}
    assert (values["title"], values["text"]) == (("", True), ("Another text.", False))
    assert (await office.one(own.id)).version == 1


async def test_two_who_change_different_fields_at_once_both_have_their_way(office: ShelfDesk) -> None:
    own = await office.added()
    annas = await office.ask("shelf edit", entry=own.id)
    bens = await office.ask("shelf edit", moderator(BEN), entry=own.id)
    await office.ask(sent(annas.form, text="What Anna says."))
    reply = await office.ask(sent(bens.form, year="2021"), moderator(BEN))
    assert reply.found
    after = await office.one(own.id)
    assert after.seed["text"] == "What Anna says."
    assert "2021" in str(after.seed["work"])


async def test_who_comes_second_with_the_same_field_is_shown_the_difference_and_loses_nothing(
    office: ShelfDesk,
) -> None:
    own = await office.added()
    annas = await office.ask("shelf edit", entry=own.id)
    bens = await office.ask("shelf edit", moderator(BEN), entry=own.id)
    await office.ask(sent(annas.form, title="Anna's title", text="What Anna says."))
    reply = await office.ask(sent(bens.form, text="What Ben says.", year="2021"), moderator(BEN))
    assert not reply.found
    assert "What Anna says." in everything(reply)
    assert reply.form
    values = {field.name: field.value for field in reply.form.fields}
    assert (values["title"], values["text"], values["year"]) == ("Anna's title", "What Ben says.", "2021")
    assert [field.name for field in reply.form.fields if field.problem] == ["text"]
    assert (await office.one(own.id)).seed["text"] == "What Anna says."
    assert (await office.ask(sent(reply.form, text="What both say."), moderator(BEN))).found
    after = await office.one(own.id)
    assert (after.seed["title"], after.seed["text"]) == ("Anna's title", "What both say.")


async def test_two_lines_at_the_same_instant_are_both_kept_or_one_is_told(office: ShelfDesk) -> None:
    own = await office.added()
    # All say which version they saw: whoever is read late enough to see another one would change that.
    replies = await asyncio.gather(
        *(
            office.ask(Ask("shelf edit", {"entry": own.id, "version": "1", name: value}), typist(by))
            for by, name, value in ((ANNA, "text", "Anna."), (BEN, "year", "2021"), (BEN, "text", "Ben."))
        )
    )
    after = await office.one(own.id)
    kept = [reply.found for reply in replies]
    assert after.version == 1 + sum(kept)
    assert "2021" in str(after.seed["work"])
    assert after.seed["text"] in {"Anna.", "Ben."}
    assert sum(kept[::2]) == 1
    (told,) = [reply for reply in replies if not reply.found]
    assert told.form
    assert {"Anna.", "Ben."} - {after.seed["text"]} == {
        field.value for field in told.form.fields if field.problem
    }


async def test_what_was_typed_survives_that_somebody_removed_the_entry(office: ShelfDesk) -> None:
    own = await office.added()
    opened = await office.ask("shelf edit", entry=own.id)
    await office.ask("shelf remove", moderator(BEN), entry=own.id, confirm="yes")
    reply = await office.ask(sent(opened.form, text="What Anna says."))
    assert "was removed" in reply.text
    assert not reply.found
    await office.ask(press(reply, "Restore it"))
    assert (await office.ask(sent(reply.form))).found
    after = await office.one(own.id)
    assert (after.removed, after.seed["text"]) == (False, "What Anna says.")


async def test_an_entry_is_meant_by_its_name_too_and_several_are_offered(office: ShelfDesk) -> None:
    await office.added(title="Raids at work", text="One.")
    await office.added(title="Raids at home", text="Two.")
    opened = await office.ask("shelf edit raids at home", typist())
    assert opened.form
    assert opened.form.ask.options["entry"] == "reading:raids-at-home"
    reply = await office.ask("shelf edit raids title:Other", typist())
    assert {choice.ask.options["entry"] for choice in reply.choices} == {
        "reading:raids-at-work",
        "reading:raids-at-home",
    }
    assert {choice.ask.options["title"] for choice in reply.choices} == {"Other"}
    reply = await office.ask("shelf edit xyzzy", typist())
    assert "is called “xyzzy”" in reply.text
    shared = await office.ask("shelf edit", entry="topic:raids")
    assert "stands on the shared shelf" in shared.text
