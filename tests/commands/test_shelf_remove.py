"""Removing, restoring, hiding; what there is; who did what."""

from bot.curation.model import Deed
from tests.commands.said import everything
from tests.commands.shelf_desk import ANNA, BEN, HERE, THERE, ShelfDesk, moderator, press, sent


async def test_removing_asks_first_and_can_be_undone(office: ShelfDesk) -> None:
    own = await office.added()
    asked = await office.ask("shelf remove", entry=own.id)
    assert not (await office.one(own.id)).removed
    assert [card.id for card in asked.cards] == [own.id]
    removed = await office.ask(press(asked, "Remove it"))
    assert (await office.one(own.id)).removed
    assert own.id not in await office.finds("working without papers")
    restored = await office.ask(press(removed, "Restore it"))
    assert [card.id for card in restored.cards] == [own.id]
    assert await office.finds("working without papers") == [own.id]
    deeds = [act.deed for act in await office.ledger.acts(HERE, own.id, limit=10)]
    assert deeds == [Deed.RESTORED, Deed.REMOVED, Deed.ADDED]


async def test_it_stays_where_somebody_says_no(office: ShelfDesk) -> None:
    own = await office.added()
    assert (await office.ask("shelf remove", entry=own.id, confirm="no")).text == "It stays."
    assert not (await office.one(own.id)).removed


async def test_removing_what_others_are_filed_under_says_so(office: ShelfDesk) -> None:
    topic = await office.added("note", title="Fines", text="Fines fall on workers.")
    own = await office.added()
    await office.ask("shelf edit", entry=own.id, topics="fines")
    assert (await office.one(own.id)).seed["topics"] == [topic.id]
    asked = await office.ask("shelf remove", entry=topic.id)
    assert "1 other entry is filed under it" in asked.text
    await office.ask(press(asked, "Remove it"))
    assert await office.finds("working without papers") == [own.id]


async def test_what_was_removed_is_listed_and_offered_to_be_restored(office: ShelfDesk) -> None:
    assert "Nothing was removed" in (await office.ask("shelf restore")).text
    own = await office.added()
    await office.ask("shelf remove", entry=own.id, confirm="yes")
    assert own.id not in await office.said("shelf list")
    listed = await office.said(press(await office.ask("shelf list"), "What was removed"))
    assert own.id in listed
    assert "removed today" in listed
    offered = await office.ask("shelf restore")
    assert [choice.ask.options for choice in offered.choices] == [{"entry": own.id}]


async def test_the_list_tells_kind_and_age_page_by_page(office: ShelfDesk) -> None:
    assert (await office.ask("shelf")).text == "There is nothing on your own shelf yet."
    said = await office.said("shelf list", kind="note")
    assert said == "There is nothing of that on your own shelf yet."
    contact = await office.added("contact")
    for n in range(20):
        await office.added("note", title=f"Note {n}", text="A text.")
    office.later(days=90)
    said = await office.said("shelf list", kind="contact")
    assert contact.id in said
    assert "last checked 3 months ago" in said
    first = await office.ask("shelf list", kind="note")
    assert first.text == "20 entries"
    second = await office.ask(press(first, "Next page"))
    rows = [everything(first).count("topic:note-"), everything(second).count("topic:note-")]
    assert sum(rows) == 20
    assert press(second, "Page before").options == {"kind": "note", "page": "1"}


async def test_history_tells_who_did_what_and_what_changed(office: ShelfDesk) -> None:
    assert "Nothing was done yet" in (await office.ask("shelf history")).text
    own = await office.added()
    form = (await office.ask("shelf edit", moderator(BEN), entry=own.id)).form
    await office.ask(
        sent(form, text="How migrants in the city organised against checks at work."), moderator(BEN)
    )
    await office.ask("shelf remove", moderator(by=""), entry=own.id, confirm="yes")
    said = await office.said("shelf history", entry=own.id)
    assert "Added: “Working Without Papers” · January 7, 2025, 12:00 UTC · you" in said
    assert f"another moderator ({BEN})" in said
    assert "[-raids-]{+checks+}" in said
    assert said.index("Removed") < said.index("Edited") < said.index("Added")
    assert "· a moderator" in said
    bens = await office.said("shelf history", moderator(BEN))
    assert f"another moderator ({ANNA})" in bens
    assert await office.said("shelf history", moderator(community=THERE)) == (
        "Nothing was done yet, or it is longer ago than is kept."
    )


async def test_where_others_read_it_history_names_no_account(office: ShelfDesk) -> None:
    """In a room where everybody sees what moderators are told."""
    await office.added()
    said = await office.said("shelf history", moderator(BEN, overheard=True))
    assert ANNA not in said
    assert "a moderator" in said


async def test_history_is_shown_page_by_page(office: ShelfDesk) -> None:
    for n in range(10):
        await office.added("note", title=f"Note {n}", text="A text.")
        office.later(minutes=1)
    first = await office.ask("shelf history")
    second = await office.ask(press(first, "Next page"))
    assert "Note 9" in everything(first)
    assert "Note 0" in everything(second)
    assert "(2 of 2)" in everything(second)


async def test_a_shared_entry_is_hidden_here_alone_and_shown_again(office: ShelfDesk) -> None:
    assert "topic:raids" in await office.finds("raids")
    reply = await office.ask("shelf hide", entry="topic:raids")
    assert "topic:raids" not in await office.finds("raids")
    assert "topic:raids" in await office.finds("raids", THERE)
    assert "hidden here already" in (await office.ask("shelf hide", entry="topic:raids")).text
    listed = await office.ask("shelf unhide")
    assert [choice.ask.options for choice in listed.choices] == [{"entry": "topic:raids"}]
    await office.ask(press(reply, "Show it again"))
    assert "topic:raids" in await office.finds("raids")
    deeds = [act.deed for act in await office.ledger.acts(HERE, limit=10)]
    assert deeds == [Deed.UNHIDDEN, Deed.HIDDEN]
    assert "Hidden: “Raids”" in await office.said("shelf history")


async def test_what_is_to_be_hidden_is_meant_by_its_name_or_offered(office: ShelfDesk) -> None:
    assert (
        "nobody here finds “Border control”" in (await office.ask("shelf hide", entry="border control")).text
    )
    assert (await office.ask("shelf unhide", entry="border control")).found
    offered = await office.ask("shelf hide", entry="borders")
    assert "topic:borders" in {choice.ask.options["entry"] for choice in offered.choices}
    nothing = await office.ask("shelf hide", entry="xyzzy")
    assert "Nothing on the shared shelf is called “xyzzy”" in nothing.text


async def test_what_stands_on_the_own_shelf_is_removed_and_not_hidden(office: ShelfDesk) -> None:
    own = await office.added()
    by_name = await office.ask("shelf hide", entry=str(own.seed["title"]))
    reply = await office.ask("shelf hide", entry=own.id)
    assert by_name == reply
    assert not reply.found
    assert press(reply, "/shelf remove").options == {"entry": own.id}
