"""Handing a shelf over: both sides say yes, nothing is lost, and both logs tell."""

import asyncio
import re

from bot.curation.model import Deed
from bot.model import Community
from bot.reply import Reply
from tests.commands.said import everything
from tests.commands.shelf_desk import ANNA, BEN, HERE, THERE, ShelfDesk, moderator, press, typist

BEN_THERE = moderator(BEN, THERE)
ELSEWHERE = moderator("1003", Community("discord", "3"))


async def offered(office: ShelfDesk) -> str:
    reply = await office.ask(press(await office.ask("shelf transfer"), "Make a code"))
    return code_in(reply)


def code_in(reply: Reply) -> str:
    (found,) = re.findall(r"(?:[0-9a-f]{4}-){4}[0-9a-f]{4}", everything(reply))
    return str(found)


async def test_a_shelf_goes_from_one_community_to_the_other_with_the_consent_of_both(
    office: ShelfDesk,
) -> None:
    own, contact = await office.added(), await office.added("contact")
    code = await offered(office)
    asked = await office.ask("shelf transfer", BEN_THERE, code=f" {code.upper()} ")
    assert "Take over 2 entries?" in asked.text
    assert "Night Line" in everything(asked)
    assert await office.items(THERE) == ()
    done = await office.ask(press(asked, "Take it over"), BEN_THERE)
    assert done.found
    assert [(each.id, each.removed) for each in await office.items()] == [(own.id, True), (contact.id, True)]
    assert {each.id: each.seed for each in await office.items(THERE)} == {
        each.id: each.seed for each in (own, contact)
    }
    assert await office.finds("working without papers") == []
    assert await office.finds("working without papers", THERE) == [own.id]
    here = [(act.deed, act.by) for act in await office.ledger.acts(HERE, limit=3)]
    assert here == [(Deed.GIVEN, ""), (Deed.GIVEN, ""), (Deed.OFFERED, ANNA)]
    assert {(act.deed, act.by) for act in await office.ledger.acts(THERE, limit=9)} == {(Deed.RECEIVED, BEN)}
    assert "Handed over to another community: 2 entries" in await office.said("shelf history")
    restored = await office.ask("shelf restore", entry=own.id)
    assert restored.found


async def test_ids_that_are_taken_get_a_number_and_what_names_them_follows(office: ShelfDesk) -> None:
    topic = await office.added("note", title="Fines", text="Fines here.")
    own = await office.added()
    await office.ask("shelf edit", entry=own.id, topics=topic.id)
    await office.added("note", BEN_THERE, title="Fines", text="Fines there.")
    code = await offered(office)
    await office.ask("shelf transfer", BEN_THERE, code=code, confirm="yes")
    there = {each.id: each.seed for each in await office.items(THERE)}
    assert there["topic:fines"]["text"] == "Fines there."
    assert (there["topic:fines-2"]["id"], there["topic:fines-2"]["text"]) == ("topic:fines-2", "Fines here.")
    assert there[own.id]["topics"] == ["topic:fines-2"]
    assert set(await office.finds("fines", THERE)) >= {"topic:fines", "topic:fines-2"}


async def test_a_code_is_good_once_for_a_week_and_until_there_is_a_newer_one(office: ShelfDesk) -> None:
    await office.added()
    first = await offered(office)
    second = await offered(office)
    refused = await office.ask("shelf transfer", BEN_THERE, code=first)
    assert "No shelf is offered with this code" in refused.text
    office.later(days=7, seconds=1)
    assert not (await office.ask("shelf transfer", BEN_THERE, code=second)).found
    third = await offered(office)
    assert (await office.ask("shelf transfer", BEN_THERE, code=third, confirm="yes")).found
    assert not (await office.ask("shelf transfer", ELSEWHERE, code=third, confirm="yes")).found
    assert await office.items(Community("discord", "3")) == ()


async def test_of_two_who_take_it_at_once_one_gets_it(office: ShelfDesk) -> None:
    await office.added()
    code = await offered(office)
    replies = await asyncio.gather(
        *(office.ask("shelf transfer", ask, code=code, confirm="yes") for ask in (BEN_THERE, ELSEWHERE))
    )
    assert sorted(reply.found for reply in replies) == [False, True]
    kept = [len(await office.items(each)) for each in (THERE, Community("discord", "3"))]
    assert sorted(kept) == [0, 1]


async def test_who_offers_it_cannot_take_it_and_may_change_their_mind(office: ShelfDesk) -> None:
    assert not (await office.ask("shelf transfer")).found  # there is nothing to hand over
    await office.added()
    code = await offered(office)
    assert "the code of your own shelf" in (await office.ask("shelf transfer", code=code)).text
    assert (await office.ask("shelf transfer", BEN_THERE, code=code, confirm="no")).text == (
        "Nothing was handed over."
    )
    assert len(await office.items()) == 1


async def test_where_everyone_sees_such_answers_the_code_comes_as_a_file(office: ShelfDesk) -> None:
    await office.added("note", typist(), title="Fines", text="Fines here.")
    reply = await office.ask("shelf transfer", moderator(overheard=True), confirm="yes")
    (file,) = reply.files
    code = file.content.decode().strip()
    assert re.fullmatch(r"(?:[0-9a-f]{4}-){4}[0-9a-f]{4}", code)
    assert code not in everything(reply)
    assert (await office.ask("shelf transfer", BEN_THERE, code=code)).found
