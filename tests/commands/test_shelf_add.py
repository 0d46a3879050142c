"""Adding to a community's own shelf: by a form, by a line, what is there already, what is refused."""

import asyncio

import pytest

from bot.commands.about import usage
from bot.commands.describe import REGISTRY, Services, Written
from bot.commands.dispatch import answer
from bot.commands.permission import options_for, options_here
from bot.commands.request import Audience, Request
from bot.curation.fields import LIMITS, NAMES
from bot.curation.model import Deed, Edit, Own
from bot.curation.shelf_file import MOST
from bot.curation.sorts import Sort
from bot.reply import Ask
from tests.commands.said import everything
from tests.commands.shelf_desk import (
    ANNA,
    BEN,
    CONTACT,
    HERE,
    READING,
    THERE,
    ShelfDesk,
    moderator,
    press,
    sent,
    typist,
)

SHELF = [each for each in REGISTRY.values() if each.group == "shelf"]


def test_every_field_of_a_form_is_an_option_with_room_for_all_that_fits_into_the_form() -> None:
    for name in ("shelf add", "shelf edit"):
        options = {each.name: each for each in REGISTRY[name].options}
        assert set(NAMES) <= set(options)
        for field in NAMES:
            assert isinstance(options[field].marker, Written)
            assert options[field].limit >= LIMITS[field]


def test_where_forms_open_by_themselves_their_fields_are_accepted_but_neither_offered_nor_explained() -> None:
    described = REGISTRY["shelf add"]
    here = {each.name for each in options_here(described, moderator())}
    assert set(NAMES) <= here
    assert not set(NAMES) & {each.name for each in options_for(described, moderator())}
    assert set(NAMES) <= {each.name for each in options_for(described, typist())}
    assert usage(described, moderator()) == "/shelf add [kind] [note_type:…] [police:…] [anyway:…]"
    assert usage(described, typist()) == "!shelf add [kind] [note_type:…] [police:…] [anyway:…] …"


async def test_it_asks_for_the_kind_and_then_opens_the_form_of_that_kind(office: ShelfDesk) -> None:
    reply = await office.ask("shelf add")
    assert [choice.ask.options["kind"] for choice in reply.choices] == [sort.value for sort in Sort]
    for choice in reply.choices:
        opened = await office.ask(choice.ask)
        assert opened.form
        assert 0 < len(opened.form.fields) <= 5
        assert opened.form.ask == choice.ask
    assert await office.items() == ()


async def test_a_form_that_was_filled_in_becomes_an_entry_that_members_here_find(office: ShelfDesk) -> None:
    opened = await office.ask("shelf add", kind="reading")
    reply = await office.ask(sent(opened.form, **READING))
    (own,) = await office.items()
    assert (own.id, own.version, own.removed) == ("reading:working-without-papers", 1, False)
    (card,) = reply.cards
    assert (card.id, card.title) == (own.id, READING["title"])
    assert "this community's own" in card.label
    assert await office.finds("working without papers") == [own.id]
    assert own.id not in await office.finds("working without papers", THERE)
    assert own.id not in await office.finds("working without papers", None)
    (act,) = await office.ledger.acts(HERE, limit=10)
    assert (act.deed, act.subject, act.by, act.version) == (Deed.ADDED, own.id, ANNA, 1)


@pytest.mark.parametrize(
    ("kind", "fields", "item_id"),
    [
        ("action", {"title": "Call the council", "text": "Ask it.", "audience": "the council",
                    "actors": "allies"}, "action:call-the-council"),
        ("contact", CONTACT, "contact:night-line"),
        ("note", {"title": "Bawdy-house law", "text": "A law on houses.", "names": "brothel law"},
         "topic:bawdy-house-law"),
        ("summary", {"title": "A report on fines", "short": "Fines fall on workers."},
         "source:a-report-on-fines"),
    ],
)  # fmt: skip
async def test_every_kind_is_added_shown_and_found(
    kind: str, fields: dict[str, str], item_id: str, office: ShelfDesk
) -> None:
    reply = await office.ask("shelf add", kind=kind, **fields)
    assert [card.id for card in reply.cards] == [item_id]
    assert item_id in await office.finds(fields["title"])


async def test_a_note_may_be_about_a_law(office: ShelfDesk) -> None:
    reply = await office.ask("shelf add", kind="note", note_type="law", title="Bylaw 12", text="It is old.")
    assert [card.id for card in reply.cards] == ["law:bylaw-12"]


async def test_on_bad_input_the_form_comes_back_as_it_was_typed_with_what_is_wrong(
    office: ShelfDesk,
) -> None:
    typed = {**READING, "link": "javascript:alert(1)", "year": "last spring"}
    reply = await office.ask("shelf add", kind="reading", **typed)
    assert not reply.found
    assert reply.form
    values = {field.name: field.value for field in reply.form.fields}
    assert values == typed
    assert {field.name for field in reply.form.fields if field.problem} == {"link", "year"}
    assert await office.items() == ()
    await office.ask(sent(reply.form, link=READING["link"], year="2019"))
    assert [own.id for own in await office.items()] == ["reading:working-without-papers"]


async def test_what_a_line_says_beside_the_form_stays_with_it_when_something_is_wrong(
    office: ShelfDesk,
) -> None:
    typed = {**READING, "publisher": "Example Press", "link": "nonsense"}
    reply = await office.ask(Ask("shelf add", {"kind": "reading", **typed}), typist())
    assert reply.form
    assert reply.form.ask.options == {"kind": "reading", "publisher": "Example Press"}


async def test_what_a_kind_does_not_have_can_be_left_away_without_typing_the_rest_again(
    office: ShelfDesk,
) -> None:
    reply = await office.ask(Ask("shelf add", {"kind": "contact", **CONTACT, "link": "x"}), typist())
    assert "link: This sort of entry has no such field" in reply.text
    assert (reply.found, reply.form) == (False, None)
    assert (await office.ask(press(reply, "Go on without that"), typist())).found
    (own,) = await office.items()
    assert own.seed["title"] == CONTACT["title"]


async def test_what_has_the_same_address_is_shown_and_added_only_if_that_is_meant(
    office: ShelfDesk,
) -> None:
    first = await office.added()
    twin = {**READING, "title": "Another title", "link": f"{READING['link']}?utm_source=x"}
    reply = await office.ask("shelf add", kind="reading", **twin)
    assert "with the same address" in reply.text
    assert press(reply, "Show .*") == Ask("reading", {"topic": first.id})
    assert len(await office.items()) == 1
    assert (await office.ask(sent(reply.form))).found
    assert len(await office.items()) == 2


async def test_where_there_are_no_forms_a_choice_adds_it_all_the_same(office: ShelfDesk) -> None:
    await office.added()
    twin = {**READING, "title": "Another title"}
    reply = await office.ask(Ask("shelf add", {"kind": "reading", **twin}), typist())
    assert reply.form is None
    assert (await office.ask(press(reply, "Add it all the same"), typist())).found
    assert [own.id for own in await office.items()] == [
        "reading:working-without-papers",
        "reading:another-title",
    ]


async def test_what_is_called_nearly_the_same_is_added_and_mentioned(office: ShelfDesk) -> None:
    reply = await office.ask("shelf add", kind="reading", title="Casualities of Care", text="On care.")
    assert reply.found
    assert "“Casualties of Care” is here already" in reply.text


async def test_topics_that_are_nearly_called_so_are_named(office: ShelfDesk) -> None:
    for text in ("At night.", "By day."):
        await office.ask("shelf add", kind="note", title="Night work", text=text)
    for words, sentence in (
        ("night work", "Several topics are called “night work”; write which one: topic:night-work; topic:n"),
        ("raid", "“raid” is no topic here; these are: Raids"),
        ("xyzzy", "“xyzzy” is no topic here: give the name of one that is"),
    ):
        reply = await office.ask("shelf add", kind="reading", **{**READING, "topics": words})
        assert reply.form
        (problem,) = [each.problem for each in reply.form.fields if each.problem]
        assert problem.startswith(sentence)


async def test_what_is_hidden_here_is_offered_instead(office: ShelfDesk) -> None:
    """Moderators who do not know that others hid it would else keep a copy of it."""
    shared = office.shared.get("topic:raids")
    await office.ask("shelf hide", entry=shared.id)
    reply = await office.ask("shelf add", kind="note", title=shared.title, text="Raids in this city.")
    assert "“Raids” is here already" in reply.text
    await office.ask(press(reply, "Hidden here: show “Raids” again"))
    assert shared.id in await office.finds("raids")


async def test_of_two_with_one_title_each_has_an_id_of_its_own(office: ShelfDesk) -> None:
    note = {"title": "Raids", "text": "Raids in this city."}
    reply = await office.ask("shelf add", kind="note", **note)
    assert [card.id for card in reply.cards] == ["topic:raids-2"]  # the shared shelf has topic:raids


async def test_a_contact_that_looks_like_police_is_kept_but_not_found_and_that_is_said(
    office: ShelfDesk,
) -> None:
    police = {**CONTACT, "title": "Border police desk"}
    reply = await office.ask("shelf add", kind="contact", **police)
    assert reply.found
    assert reply.cards == ()
    assert "found by nobody here" in reply.text
    assert "what readers see" not in reply.text
    assert await office.finds("border police desk") == []
    other = await office.ask("shelf edit", entry="contact:border-police-desk", police="no")
    assert [card.id for card in other.cards] == ["contact:border-police-desk"]


async def test_one_line_adds_a_contact_with_line_breaks_in_quotes(office: ShelfDesk) -> None:
    line = (
        'shelf add contact title:"Night Line" reach:"night@line.example.org\n+1 416 555 0100"'
        ' text:“Peer support,\nthey say: "by phone"” region:Toronto'
    )
    reply = await office.ask(line, typist())
    assert reply.found, everything(reply)
    (own,) = await office.items()
    assert own.seed["emails"] == ["night@line.example.org"]
    assert own.seed["phones"] == ["+1 416-555-0100"]
    assert own.seed["region"] == "Toronto"
    assert '"by phone"' in str(own.seed["text"])


async def test_a_line_may_be_as_long_as_what_a_form_takes_and_no_longer(office: ShelfDesk) -> None:
    long = " ".join(["word"] * 89)
    line = f'shelf add note title:"Long" text:"{long}"'
    assert len(line) > 300
    assert (await office.ask(line, typist())).found
    refused = await office.ask(f"shelf add note title:{'x' * 90_000}", typist())
    assert "That is too long" in refused.text


async def test_of_two_who_add_the_same_at_once_one_is_told_that_it_is_here(office: ShelfDesk) -> None:
    replies = await asyncio.gather(
        *(office.ask(Ask("shelf add", {"kind": "reading", **READING}), moderator(by)) for by in (ANNA, BEN))
    )
    assert sorted(reply.found for reply in replies) == [False, True]
    (told,) = [reply for reply in replies if not reply.found]
    assert "is here already" in told.text
    assert told.form
    assert len(await office.items()) == 1


@pytest.mark.parametrize("described", SHELF, ids=lambda each: each.name)
async def test_who_is_no_moderator_here_is_refused_everywhere(described: object, office: ShelfDesk) -> None:
    await office.added()
    name = getattr(described, "name", "")
    member = Request(community=HERE, moderator_right="Manage Server", by=BEN)
    nowhere = Request(audience=Audience.MODERATOR, by=BEN)
    for ask in (member, nowhere):
        reply = await answer(Ask(name, {"entry": "reading:working-without-papers"}), ask, office.services)
        assert not reply.found
    assert "You need the permission “Manage Server”" in (await office.ask(Ask(name), member)).text
    assert len(await office.ledger.acts(HERE, limit=10)) == 1


async def test_where_nothing_is_kept_that_is_said(services: Services) -> None:
    reply = await answer(Ask("shelf add", {"kind": "reading"}), moderator(), services)
    assert reply.text == "Nothing is kept here, so there can be no shelf of your own."


async def test_a_full_shelf_takes_nothing_more(office: ShelfDesk) -> None:
    first = await office.added()
    many = [
        Own(f"reading:r{n}", {**first.seed, "id": f"reading:r{n}"}, 1, office.at, office.at.date())
        for n in range(MOST - 1)
    ]
    assert await office.ledger.keep(HERE, [Edit(None, each) for each in many], ())
    reply = await office.ask("shelf add", kind="note", title="One more", text="It is one too many.")
    assert not reply.found
    assert f"No more than {MOST} entries fit" in reply.text
