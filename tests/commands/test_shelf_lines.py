"""Own entries in typed lines and while they are typed: long values in quotes, completion, new names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.commands
from bot.commands.dispatch import answer, complete
from bot.commands.parse import parse
from bot.commands.shelf.handing import handed_over
from bot.curation.fields import LIMITS, NAMES
from bot.curation.model import Own
from tests.commands.shelf_desk import HERE, NOON, THERE, ShelfDesk, moderator, typist

assert bot.commands  # importing it registers the commands

VALUES = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=600).filter(lambda text: '"' not in text))
SLUGS = st.lists(st.from_regex(r"[a-c]{1,2}(-2)?", fullmatch=True), min_size=1, max_size=6, unique=True)


@given(VALUES)
def test_what_stands_in_quotation_marks_comes_as_it_was_typed(values: dict[str, str]) -> None:
    line = " ".join(["shelf add", "contact", *(f'{name}:"{value}"' for name, value in values.items())])
    given_ = parse(line, typist())
    assert given_.options == {"kind": "contact", **values}


@pytest.mark.parametrize("hidden", ["\x1b[31m", "\x1c", "\x1f", "\0", "\u202e", "\u200b", "\u2060", "\ufeff"])
async def test_what_cannot_be_seen_reaches_the_field_it_was_typed_for(hidden: str, office: ShelfDesk) -> None:
    """Within quotation marks or without, also at the ends; what can be dangerous is then refused in words."""
    for value in (f"to{hidden}wn", f"{hidden}town", f"town{hidden}"):
        for line in (
            f'shelf add note title:Lantern text:"{value}"',
            f"shelf add note title:Lantern text:{value}",
        ):
            assert parse(line, typist()).options["text"] == value
            reply = await answer(line, moderator(), office.services)
            assert reply.found == (hidden in "\u200b\u2060\ufeff")
            assert reply.found or "control character" in str(reply.form) or "direction" in str(reply.form)
            await office.ask("shelf remove", entry="Lantern", confirm="yes")


def test_quotation_marks_of_another_sort_may_stand_within() -> None:
    line = 'shelf add note title:“The "model"” text:«Un “mot” d\'ordre» names:"a „b“ c"'
    assert parse(line, typist()).options == {
        "kind": "note",
        "title": 'The "model"',
        "text": "Un “mot” d'ordre",
        "names": "a „b“ c",
    }


def test_every_field_may_be_as_long_as_its_form_has_room_for_all_in_one_line() -> None:
    line = " ".join(["shelf add note", *(f'{name}:"{"x" * limit}"' for name, limit in LIMITS.items())])
    assert {name: len(value) for name, value in parse(line, typist()).options.items()} == {
        "kind": 4,
        **LIMITS,
    }


async def test_own_entries_are_completed_here_and_nowhere_else(office: ShelfDesk) -> None:
    own = await office.added()
    await office.added("contact", moderator(community=THERE))
    here = await office.services.within(HERE)
    assert complete("shelf edit", "entry", "", moderator(), here) == [(own.seed["title"], own.id)]
    assert complete("shelf edit", "entry", "pap wor", moderator(), here) == [(own.seed["title"], own.id)]
    assert complete("shelf edit", "entry", "raids", moderator(), here) == []
    assert complete("shelf edit", "title", "", typist(), here) == []
    await office.ask("shelf remove", entry=own.id, confirm="yes")
    assert complete("shelf edit", "entry", "", moderator(), await office.services.within(HERE)) == []


@given(SLUGS, SLUGS)
def test_entries_that_are_handed_over_have_ids_of_their_own_and_still_name_each_other(
    slugs: list[str], others: list[str]
) -> None:
    ids = [f"topic:{slug}" for slug in slugs]
    taken = {f"topic:{slug}" for slug in others}
    given_ = [
        Own(each, {"id": each, "topics": ids, "text": each, "also": [{"from": {"source": each}}]}, 7, NOON,
            NOON.date())
        for each in ids
    ]  # fmt: skip
    received = handed_over(given_, taken, NOON)
    names = [each.id for each in received]
    assert len(set(names)) == len(ids)
    assert not set(names) & taken
    for before, after in zip(given_, received, strict=True):
        assert after.seed["id"] == after.id
        assert after.id == before.id or before.id in taken
        assert after.seed["topics"] == names
        assert after.seed["also"] == [{"from": {"source": after.id}}]
        assert (after.seed["text"], after.version) == (before.id, 1)
