"""What has to be checked again, and that it was."""

from datetime import timedelta

from bot.curation.entry import addresses_of
from bot.curation.model import Deed, LinkOutcome, LinkState
from tests.commands.said import everything
from tests.commands.shelf_desk import BEN, CONTACT, HERE, ShelfDesk, moderator, press, sent


async def test_what_was_checked_long_ago_is_due_oldest_first_with_how_many(office: ShelfDesk) -> None:
    assert "Nothing has to be checked" in (await office.ask("shelf due")).text
    old = await office.added()
    office.later(days=30)
    contact = await office.added("contact")
    await office.added("note", title="A note", text="It has no address.")
    office.later(days=151)
    reply = await office.ask("shelf due")
    assert reply.text.startswith("1 entry has to be checked")
    office.later(days=30)
    reply = await office.ask("shelf due")
    assert reply.text.startswith("2 entries have to be checked")
    said = everything(reply)
    assert said.index(str(old.seed["title"])) < said.index(str(contact.seed["title"]))
    assert "A note" not in said


async def test_what_leads_nowhere_comes_first_however_new_until_somebody_checked_it(
    office: ShelfDesk,
) -> None:
    await office.added("contact")
    office.later(days=200)
    own = await office.added()
    (address,) = addresses_of(own.seed)
    office.later(days=1)
    await office.ledger.found_link(LinkState(address, LinkOutcome.GONE, office.at, "404", 2))
    said = await office.said("shelf due")
    assert f"leads nowhere: {address}" in said
    assert said.index(str(own.seed["title"])) < said.index(CONTACT["title"])
    await office.ask("shelf checked", entry=own.id)
    assert address not in await office.said("shelf due")


async def test_what_there_is_to_check_stands_in_the_list(office: ShelfDesk) -> None:
    await office.added()
    await office.added("contact", police="yes", **CONTACT)
    office.later(days=200)
    said = await office.said("shelf due")
    assert "https://press.example.org/papers" in said
    assert "night@line.example.org · https://line.example.org/" in said
    assert "Contact · involves police" in said
    assert "/shelf edit changes what is not" in said
    assert "Contact · involves police" in await office.said("shelf list")


async def test_what_may_be_only_a_bad_day_of_a_site_is_not_due(office: ShelfDesk) -> None:
    own = await office.added()
    (address,) = addresses_of(own.seed)
    office.later(days=1)
    await office.ledger.found_link(LinkState(address, LinkOutcome.UNSURE, office.at, "503", 1))
    assert "Nothing has to be checked" in (await office.ask("shelf due")).text


async def test_checking_records_the_day_and_the_role_on_the_card_and_the_person_in_the_log_alone(
    office: ShelfDesk,
) -> None:
    contact = await office.added("contact")
    office.later(days=200)
    reply = await office.ask("shelf checked", moderator(BEN), entry="night line")
    assert "was checked on July 26, 2025, by a moderator" in reply.text
    after = await office.one(contact.id)
    assert (after.version, after.checked_on) == (2, office.at.date())
    assert after.seed["checked_on"] == office.at.date().isoformat()
    assert BEN not in str(after.seed)
    act = (await office.ledger.acts(HERE, contact.id, limit=1))[0]
    assert (act.deed, act.by) == (Deed.CHECKED, BEN)
    assert "Nothing has to be checked" in (await office.ask("shelf due")).text


async def test_one_button_checks_all_that_is_shown_and_nothing_that_was_not_seen(
    office: ShelfDesk,
) -> None:
    for n in range(10):
        await office.added(title=f"Title {n * 111}", text="A text.", link=f"https://press.example.org/{n}")
    office.later(days=200)
    first = await office.ask("shelf due")
    reply = await office.ask(press(first, "All shown are checked"))
    assert reply.text.startswith("8 entries were checked")
    rest = await office.ask("shelf due")
    assert rest.text.startswith("2 entries have to be checked")
    again = await office.ask(press(first, "All shown are checked"))
    assert "The list has changed since" in again.text
    await office.ask("shelf edit", entry=(await office.items())[9].id, text="Another text.")
    stale = await office.ask(press(rest, "All shown are checked"))
    assert "The list has changed since" in stale.text
    assert (await office.ask("shelf due")).text.startswith("2 entries")


async def test_a_new_address_of_a_contact_counts_as_checked(office: ShelfDesk) -> None:
    contact = await office.added("contact")
    office.later(days=200)
    form = (await office.ask("shelf edit", entry=contact.id)).form
    await office.ask(sent(form, reach="https://new.example.org"))
    assert (await office.one(contact.id)).checked_on == office.at.date()
    assert "Nothing has to be checked" in (await office.ask("shelf due")).text


async def test_what_is_removed_is_not_due(office: ShelfDesk) -> None:
    own = await office.added()
    office.later(days=200)
    await office.ask("shelf remove", entry=own.id, confirm="yes")
    assert "Nothing has to be checked" in (await office.ask("shelf due")).text
    assert (await office.one(own.id)).checked_on == (office.at - timedelta(days=200)).date()
