"""What importing a file into a community's shelf would do. The file may be anybody's, and anything."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path, PureWindowsPath

from pydantic import ValidationError

from bot.corpus.consistency import muddles, shelves_of, unknown_places
from bot.corpus.document import Document, parse_document
from bot.corpus.explain import explain
from bot.corpus.schema import SeedFile
from bot.curation.changes import Change, changes
from bot.curation.checking import Checker
from bot.curation.incoming import Incoming, items_of
from bot.curation.model import ADDED, NEVER, OWN, Edit, Own, OwnShelf, Seed
from bot.curation.seeds import HEAVIEST, MOST, checkable, dated, mappings, weight
from bot.curation.twins import twins
from bot.errors import CorpusError, Problem
from bot.model import AnyEntry, Corpus, Source

MOST_VALUES = 100_000
"""Values in a file: 50 of each item; those of the shared corpus, with names in six languages, have 45."""
SHOWN = 50
"""Problems that are reported; who has more has another sort of file."""
NAME = 80  # characters of the name of a file
HEAVIEST_ITEM = 100_000
"""Bytes of one item."""


@dataclass(frozen=True, slots=True)
class Import:
    """What importing a file would do.

    `added` and `restored` (they had been removed) are ids, `changed` ids with what changes; `unchanged`
    counts the others. `remarks` say what is taken otherwise than the file has it, or needs a look, each with
    its place in the file.
    """

    edits: tuple[Edit, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[tuple[str, tuple[Change, ...]], ...] = ()
    unchanged: int = 0
    restored: tuple[str, ...] = ()
    remarks: tuple[Problem, ...] = ()


def read_import(
    content: bytes,
    file_name: str,
    shelf: OwnShelf,
    *,
    shared: Corpus,
    at: datetime,
    there: Iterable[Source | AnyEntry] = (),
) -> Import:
    """What importing a seed file, or the export of a shelf, would do at that instant (UTC).

    Its document becomes an item of the shelf, unless it is that of what a community adds. An item that is on
    the shelf is changed; one that was removed comes back. What a file does not have stays as it is. A topic
    that neither the file nor the shelves have is left out, and so is what is said of an entry that is not the
    community's own: shared corpora change, and a file goes from one place to another. Where something new
    seems to be the same as what readers find `there` already, that is told.

    This takes up to seconds: call it outside of the event loop. Raises `CorpusError`: the file is too long,
    cannot be read, holds what could not be typed into a form, has an id of the shared corpus, or does not fit
    on the shelf; at most `SHOWN` problems are told, each as `file:line:column`.
    """
    document = parse_document(content, Path(_plain(file_name)), MOST_VALUES)
    _refuse(document.problems)
    _refuse(_too_many(document))
    try:
        SeedFile.model_validate(document.value)
    except ValidationError as error:
        _refuse(explain(error, SeedFile, document))
    shared_ids = {item.id for item in shared.items()}
    checker = Checker(document)
    value = checker.file()
    _refuse([*islice(_misfits(document, shelf, shared_ids), SHOWN), *checker.problems])
    incoming = Incoming(document, value, {own.id: own for own in shelf.items}, shared_ids, checker.remarks)
    seeds = incoming.seeds()
    _refuse(_too_heavy(incoming, seeds))
    done = _compared(seeds, incoming, at)
    alike = twins([edit.after.seed for edit in done.edits if edit.before is None], there)
    remarks = (incoming.problem(str(same.reason), found) for found, same in alike)
    return replace(done, remarks=(*done.remarks, *remarks))


def _plain(file_name: str) -> str:
    """The name of a file without what may be around it, such as where it lay."""
    name = re.sub(r"[^\w.,() -]", "", PureWindowsPath(file_name).name)
    return name[-NAME:].strip() or "shelf.yaml"


def _refuse(problems: Iterable[Problem]) -> None:
    if found := list(islice(problems, SHOWN)):
        raise CorpusError(found)


def _too_many(document: Document) -> Iterator[Problem]:
    for where, _ in islice(items_of(document.value), MOST + 1, None):
        yield document.problem(f"this is one too many: a shelf has room for {MOST}", document.at(where))
        return


def _misfits(document: Document, shelf: OwnShelf, shared: Iterable[str]) -> Iterator[Problem]:
    """What does not fit together, in the file or with what there is already."""
    taken = set(shared)
    for where, item in items_of(document.value):
        position = document.at((*where, "id"))
        if item["id"] in taken:
            yield document.problem(f"`{item['id']}` is an id of the shared corpus; give it another", position)
        if item["id"] == OWN and where != ("source",):
            yield document.problem(f"`{OWN}` is the shelf itself, and stands under `source`", position)
    defined = {item["id"] for _, item in items_of(document.value)}
    known = {own.id: _sections(own.seed) for own in shelf.items if own.id not in defined}
    shelves = shelves_of([document])
    yield from muddles([document], shelves)
    documents = {found: known[found] for found in known if found.startswith("source:")}
    yield from unknown_places([document], shelves, {**documents, OWN: [ADDED]})


def _sections(seed: Seed) -> list[str]:
    return [str(section["id"]) for section in mappings(seed, "summary", "sections")]


def _too_heavy(incoming: Incoming, seeds: Mapping[str, Seed]) -> Iterator[Problem]:
    weights = {own.id: weight(own.seed) for own in incoming.before.values()}
    for found, seed in seeds.items():
        weights[found] = weight(seed)
        if weights[found] > HEAVIEST_ITEM:
            yield incoming.problem(f"this is longer than {HEAVIEST_ITEM // 1000} kB", found)
    if len(weights) > MOST:
        yield incoming.problem(f"with these a shelf would have {len(weights)} items; {MOST} fit")
    if sum(weights.values()) > HEAVIEST:
        yield incoming.problem(f"with these a shelf would be larger than {HEAVIEST // 1_000_000} MB")


def _compared(seeds: Mapping[str, Seed], incoming: Incoming, at: datetime) -> Import:
    edits, added, changed, restored = [], [], [], []
    for found, read in seeds.items():
        before = incoming.before.get(found)
        seed, checked_on = _checked(read, before)
        after = Own(found, seed, before.version + 1 if before else 1, at, checked_on)
        differing = tuple(changes(dated(before), dated(after))) if before else ()
        if before is None:
            added.append(found)
        elif before.removed:
            restored.append(found)
        elif before.seed == seed and before.checked_on == checked_on:
            continue
        if differing:
            changed.append((found, differing))
        edits.append(Edit(before, after))
    return Import(
        edits=tuple(edits),
        added=tuple(added),
        changed=tuple(changed),
        unchanged=len(seeds) - len(edits),
        restored=tuple(restored),
        remarks=tuple(sorted(set(incoming.remarks))),
    )


def _checked(seed: Seed, before: Own | None) -> tuple[Seed, date]:
    """An item as it is kept, and the day on which it was checked, of which a contact tells itself.

    What was checked here later than the file says stays so, while there is nothing else to check.
    """
    said = seed.get("checked_on")
    checked_on = date.fromisoformat(str(said)) if said else NEVER
    is_contact = "checked_in" in seed
    if not is_contact:
        seed = {key: value for key, value in seed.items() if key != "checked_on"}
    if before and before.checked_on > checked_on and checkable(before.seed) == checkable(seed):
        checked_on = before.checked_on
        if is_contact:
            seed = {**seed, **{key: before.seed[key] for key in ("checked_on", "checked_in")}}
    return seed, checked_on
