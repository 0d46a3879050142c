"""A shelf is one file: what is exported can be imported, here and elsewhere, and says the same."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from bot.corpus.check import packaged_seeds, read
from bot.corpus.document import MAX_BYTES, parse_document
from bot.corpus.schema import SeedFile
from bot.curation import twins
from bot.curation.model import NEVER, OWN, Own, OwnShelf, Seed
from bot.curation.same import Marks, Same, likeness
from bot.curation.seeds import HEAVIEST, OWN_SOURCE, canonical, weight
from bot.curation.shelf_file import MOST, Import, corpus_of, exported, has_room, read_import
from bot.model import AnyEntry, Contact, Corpus, Origin, Source
from tests.curation.shelves import AT, SEEDS, own, shelf_of, shelves

NOTHING = Corpus()
# An item takes ten times as long to make up as to export and import.
ANY = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def imported(
    text: str,
    shelf: OwnShelf | None = None,
    shared: Corpus = NOTHING,
    there: Sequence[Source | AnyEntry] = (),
) -> Import:
    """What importing a file would do."""
    shelf = shelf or OwnShelf()
    return read_import(text.encode(), "shelf.yaml", shelf, shared=shared, at=AT, there=there)


def after(done: Import) -> dict[str, Seed]:
    """What is kept once it is done."""
    return {edit.after.id: edit.after.seed for edit in done.edits}


def test_the_examples_are_as_they_are_kept() -> None:
    assert [canonical(seed) for seed in (*SEEDS, OWN_SOURCE)] == [*SEEDS, OWN_SOURCE]


@given(shelves())
@ANY
def test_an_export_says_the_same_on_an_empty_shelf_and_changes_nothing_on_its_own(seeds: list[Seed]) -> None:
    text = exported(map(own, seeds))
    first = imported(text)
    assert after(first) == {str(seed["id"]): seed for seed in seeds}
    assert len(first.added) == len(seeds)
    again = imported(text, shelf_of(seeds))
    assert again == Import(unchanged=len(seeds), remarks=again.remarks)
    assert exported(edit.after for edit in first.edits) == text


@given(shelves())
@ANY
def test_an_export_is_a_seed_file_and_yaml_that_others_read(seeds: list[Seed]) -> None:
    text = exported(map(own, seeds))
    file = SeedFile.model_validate(parse_document(text.encode(), Path("shelf.yaml")).value)
    assert file.source.id == OWN
    assert yaml.safe_load(text)["source"]["id"] == OWN
    corpus = corpus_of(map(own, seeds))
    assert {item.id for item in corpus.items()} == {OWN, *(str(seed["id"]) for seed in seeds)}


def test_an_export_leaves_out_what_is_removed_and_an_empty_one_is_a_file_too() -> None:
    text = exported([own(seed, removed=True) for seed in SEEDS])
    assert imported(text) == Import()
    assert SeedFile.model_validate(yaml.safe_load(text)).source.id == OWN


def test_what_was_removed_comes_back_by_an_import() -> None:
    text = exported(map(own, SEEDS))
    shelf = OwnShelf(tuple(own(seed, removed=seed["id"] == "topic:night-raids") for seed in SEEDS))
    done = imported(text, shelf)
    assert (done.added, done.changed, done.restored) == ((), (), ("topic:night-raids",))
    [edit] = done.edits
    assert edit.before == shelf.items[1]
    assert edit.after == replace(shelf.items[1], removed=False, version=2)


def test_a_change_is_shown_by_its_fields_and_keeps_when_it_was_checked() -> None:
    text = exported(map(own, SEEDS)).replace("Drop-in centre", "Drop-in").replace("2026-01-02", "2026-02-03")
    done = imported(text, shelf_of(SEEDS))
    [(changed, fields)] = done.changed
    assert changed == "contact:drop-in"
    assert {change.field for change in fields} == {"title", "checked_on"}
    [edit] = done.edits
    assert edit.after.checked_on.isoformat() == "2026-02-03"
    assert (edit.after.version, edit.after.changed_at) == (2, AT)


def test_the_corpus_of_a_shelf_says_where_each_thing_stands() -> None:
    corpus = corpus_of(map(own, SEEDS))
    assert [source.id for source in corpus.sources] == [OWN, "source:lantern-2019"]
    topic, contact = corpus.entries
    assert [statement.origin for statement in topic.statements] == [
        Origin("source:lantern-2019", "costs", "2-3"),
        Origin(OWN, "added"),
        Origin("source:lantern-2019", "demands"),
    ]
    assert isinstance(contact, Contact)
    assert not contact.police


def test_what_stood_in_a_removed_document_stands_in_the_communitys_own() -> None:
    """Otherwise a card would name a document that nobody can look up, and the export could not be read."""
    items = [own(seed, removed=str(seed["id"]).startswith("source:")) for seed in SEEDS]
    corpus = corpus_of(items)
    places = {
        (said.origin.source, said.origin.section) for entry in corpus.entries for said in entry.statements
    }
    assert places == {(OWN, "added")}
    assert {str(seed["id"]) for seed in SEEDS[1:]} == set(after(imported(exported(items))))


def test_a_row_that_cannot_be_read_is_left_out_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    broken = Own("contact:x", {"id": "contact:x", "title": "secret"}, 1, AT, AT.date())
    unknown = Own("bird:x", {"id": "bird:x"}, 1, AT, AT.date())
    corpus = corpus_of([broken, unknown, *map(own, SEEDS)])
    assert len(corpus.entries) == 2
    said = capsys.readouterr()
    assert "secret" not in said.out + said.err


def _shipped() -> Sequence[Path]:
    return sorted(path for path in packaged_seeds().glob("*.yaml") if path.read_text().find("\nsource:") >= 0)


@pytest.mark.parametrize("path", _shipped(), ids=lambda path: path.stem)
def test_every_shipped_seed_file_can_be_imported(path: Path) -> None:
    """Its document becomes one of the shelf; what it says of things that are not there is left out."""
    done = read_import(path.read_bytes(), path.name, OwnShelf(), shared=NOTHING, at=AT)
    [source] = [found for found in done.added if found.startswith("source:")]
    alone = corpus_of(edit.after for edit in done.edits)
    assert {item.id for item in alone.items()} == {OWN, *done.added}
    origins = {said.origin.source for entry in alone.entries for said in entry.statements}
    assert origins == {source}
    assert all(path.name in str(remark) for remark in done.remarks)


def test_the_shipped_files_together_are_a_shelf_that_says_what_the_corpus_says() -> None:
    """Imported twice: what refers to a file that comes later is known then. Then nothing changes any more."""
    kept: dict[str, Own] = {}
    for _ in range(2):
        for path in _shipped():
            shelf = OwnShelf(tuple(kept.values()))
            done = read_import(path.read_bytes(), path.name, shelf, shared=NOTHING, at=AT)
            kept |= {edit.after.id: edit.after for edit in done.edits}
    for path in _shipped():
        shelf = OwnShelf(tuple(kept.values()))
        assert not read_import(path.read_bytes(), path.name, shelf, shared=NOTHING, at=AT).edits
    ours, theirs = corpus_of(kept.values()), read(packaged_seeds())
    mine = {entry.id: entry for entry in ours.entries}
    for entry in theirs.entries:
        assert mine[entry.id].topics == entry.topics
        assert mine[entry.id].prompt == entry.prompt
        assert set(mine[entry.id].statements) == set(entry.statements)
    assert [item for item in ours.sources if item.id != OWN] == sorted(
        theirs.sources, key=lambda source: [item.id for item in ours.sources].index(source.id)
    )


def test_what_another_document_says_of_an_entry_stays_when_its_file_is_imported_again() -> None:
    other = """
source:
  id: source:beacon
  work: {type: report, title: Beacon}
  licence: {name: No licence stated, attribution: Beacon}
  manifestations: [{title: Beacon, note: A copy.}]
  summary: {short: Short., long: Long., sections: [{id: all, title: All, text: All of it.}]}
also:
  - {entry: contact:drop-in, text: The report knows it., from: {section: all}, by: the report}
  - {entry: contact:nowhere, text: The report knows it., from: {section: all}, by: the report}
"""
    done = imported(other, shelf_of(SEEDS))
    assert done.added == ("source:beacon",)
    assert [remark.message for remark in done.remarks] == [
        "no entry here has the id `contact:nowhere`: left out"
    ]
    [(changed, fields)] = done.changed
    assert (changed, [change.field for change in fields]) == ("contact:drop-in", ["also"])
    kept = {item.id: item for item in shelf_of(SEEDS).items} | {
        edit.after.id: edit.after for edit in done.edits
    }
    shelf = OwnShelf(tuple(kept.values()))
    assert imported(other, shelf).edits == ()
    assert imported(exported(map(own, SEEDS)), shelf).edits == ()
    assert not imported(exported(shelf.items), shelf).edits


def test_topics_may_be_shared_ones_and_others_are_left_out_with_a_remark() -> None:
    text = exported(map(own, SEEDS)).replace("[topic:night-raids]", "['topic:night-raids', 'topic:shared']")
    text = text.replace("['topic:night-raids']", "['topic:night-raids', 'topic:shared']")
    assert "topic:shared" in text
    shared = corpus_of([own({**SEEDS[1], "id": "topic:shared", "also": []})])
    shared = replace(shared, sources=())
    [contact] = [seed for found, seed in after(imported(text, shared=shared)).items() if "contact" in found]
    assert contact["topics"] == ["topic:night-raids", "topic:shared"]
    done = imported(text)
    assert after(done)["contact:drop-in"]["topics"] == ["topic:night-raids"]
    assert [remark.message for remark in done.remarks] == ["no note here has the id `topic:shared`: left out"]


def test_a_contact_of_the_police_in_a_file_is_flagged_unless_it_says_otherwise() -> None:
    text = exported(map(own, SEEDS))
    assert after(imported(text))["contact:drop-in"]["police"] is False
    silent = text.replace("    police: false\n", "").replace("  police: false\n", "")
    assert "police: false" not in silent
    done = imported(silent)
    assert after(done)["contact:drop-in"]["police"] is True
    assert "looks like a contact of police" in done.remarks[0].message
    decided = imported(silent, shelf_of(SEEDS))
    assert (decided.edits, decided.remarks) == ((), ())


def test_a_shelf_is_full_by_the_number_and_by_the_size_of_its_items() -> None:
    item = own(SEEDS[2])
    assert has_room([item] * (MOST - 1))
    assert not has_room([item] * MOST)
    heavy = {**SEEDS[0], "caveats": [f"{number} {'x' * 240}" for number in range(100)]}
    number = HEAVIEST // weight(heavy)
    assert has_room([own(heavy)] * number)
    assert not has_room([own(heavy)] * (number + 1))


@given(shelves())
@ANY
def test_the_export_of_a_full_shelf_is_no_longer_than_a_file_that_is_read(seeds: list[Seed]) -> None:
    text = exported(map(own, seeds)).removeprefix(exported([]))
    assert len(text.encode()) / sum(map(weight, seeds)) < MAX_BYTES / HEAVIEST


def test_the_document_of_a_shelf_is_a_source_with_its_one_section() -> None:
    [source] = corpus_of([]).sources
    assert isinstance(source, Source)
    assert source.section("added").title == "Added here"


def test_what_seems_to_be_there_already_under_another_id_is_told() -> None:
    """By its address or its name; nothing is told of what is on the shelf itself."""
    there = list(corpus_of(map(own, SEEDS)).items())
    text = exported(map(own, SEEDS))
    assert imported(text, shelf_of(SEEDS), there=there).remarks == ()
    renamed = text.replace("contact:drop-in", "contact:another").replace("topic:night-raids", "topic:raids-2")
    told = [str(remark) for remark in imported(renamed, shelf_of(SEEDS), there=there).remarks]
    assert len(told) == 2
    assert "“Drop-in centre” is here already" in "".join(told)


def test_when_a_link_was_checked_goes_along() -> None:
    """What nobody checked is not said to be checked, and what is checked here stays so."""
    work = {"type": "document", "title": "Linked", "url": "https://example.org/linked"}
    said = {"text": "It is linked.", "from": {"section": "added"}, "by": "the moderators"}
    reading = canonical({"id": "reading:linked", "title": "Linked", "work": work, **said})
    checked = replace(own(reading), checked_on=date(2024, 1, 2))
    text = exported([checked])
    assert "checked_on: '2024-01-02'" in text
    (edit,) = imported(text).edits
    assert edit.after.seed == checked.seed
    assert edit.after.checked_on == date(2024, 1, 2)
    without = "\n".join(line for line in text.splitlines() if "checked_on" not in line)
    (edit,) = imported(without).edits
    assert edit.after.checked_on == NEVER
    assert "checked_on" not in exported([edit.after])
    newer = OwnShelf((replace(checked, checked_on=date(2025, 1, 2)),))
    (edit,) = imported(text.replace("It is linked.", "It is still linked."), newer).edits
    assert edit.after.checked_on == date(2025, 1, 2)


def test_many_that_share_an_address_are_each_compared_with_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever imports them would keep everybody else waiting, if all were compared with all."""
    compared: list[Marks] = []

    def counted(proposed: Marks, existing: Marks) -> Same | None:
        compared.append(existing)
        return likeness(proposed, existing)

    monkeypatch.setattr(twins, "likeness", counted)
    said = {"text": "…", "from": {"section": "added"}, "by": "the moderators"}
    work = {"type": "document", "title": "…", "url": "https://example.org/one"}
    seeds = [canonical({"id": f"reading:r{n}", "title": "…", "work": work, **said}) for n in range(900)]
    there = list(corpus_of(map(own, seeds)).items())
    renamed = exported(map(own, seeds)).replace("id: reading:r", "id: reading:s")
    done = imported(renamed, there=there)
    assert len(done.added) == len(done.remarks) == len(compared) == len(seeds)


def test_of_several_reasons_the_certain_one_is_told() -> None:
    """Whichever of the two is on the shelf first: one that is called the same, and one at its address."""
    said = {"text": "It is linked.", "from": {"section": "added"}, "by": "the moderators"}
    titled = {
        "id": "reading:titled",
        "title": "The same",
        "work": {"type": "book", "title": "The same"},
        **said,
    }
    work = {"type": "book", "title": "Other", "url": "https://example.org/one"}
    linked = {"id": "reading:linked", "title": "Other", "work": work, **said}
    new = {"id": "reading:new", "title": "The same", "work": {**work, "title": "The same"}, **said}
    for seeds in ((titled, linked), (linked, titled)):
        there = list(corpus_of(map(own, map(canonical, seeds))).items())
        (remark,) = imported(exported([own(canonical(new))]), there=there).remarks
        assert "“Other” is here already, with the same address." in str(remark)


def test_what_was_checked_here_later_than_the_file_says_stays_so() -> None:
    """While it leads to the same; another link was checked when its file says so, or never."""
    (contact,) = [seed for seed in SEEDS if str(seed["id"]).startswith("contact:")]
    said = {"text": "It is linked.", "from": {"section": "added"}, "by": "the moderators"}
    work = {"type": "document", "title": "Linked", "url": "https://example.org/linked"}
    contact = canonical({**contact, "topics": []})
    items = (own(contact), own(canonical({"id": "reading:linked", "title": "Linked", "work": work, **said})))
    here, text = items[0].checked_on, exported(items)
    for day in (date(2025, 5, 5), here):
        assert imported(text.replace(str(here), str(day)), OwnShelf(items)) == Import(unchanged=2)
    later = imported(text.replace(str(here), "2026-02-03"), OwnShelf(items))
    assert {edit.after.checked_on for edit in later.edits} == {date(2026, 2, 3)}
    assert [[change.field for change in fields] for _, fields in later.changed] == [["checked_on"]] * 2
    moved = text.replace("example.org/linked", "example.org/moved")
    undated = re.sub(r"\n  checked_on: [^\n]*(?!\n  checked_in)(?=\n)", "", moved)
    for file, day in ((moved.replace(str(here), "2025-05-05"), date(2025, 5, 5)), (undated, NEVER)):
        after_ = {edit.after.id: edit.after for edit in imported(file, OwnShelf(items)).edits}
        assert after_["reading:linked"].checked_on == day
