"""What on the shelves seems to be the same thing as something that is proposed."""

from collections.abc import Iterable, Iterator

from bot.curation.model import Seed
from bot.curation.same import Marks, Same, likeness, marks
from bot.curation.seeds import addresses_of, texts_of
from bot.curation.showing import name_of
from bot.curation.sorts import Sort, sort_of
from bot.model import AnyEntry, Contact, Reading, Source, Work

# Works: one that is recommended may be summarised already.
_WORKS = frozenset({Sort.READING, Sort.SUMMARY})


def duplicates(seed: Seed, items: Iterable[Source | AnyEntry]) -> list[tuple[str, Same]]:
    """The ids of items that seem to be the same thing, with the reason; the certain ones first.

    Only things of one sort can be the same, and works: a document and a reading, by their address, DOI or
    ISBN alone. The item itself is passed over.
    """
    sort = sort_of(str(seed["id"]))
    proposed = marks(name_of(seed), addresses_of(seed), texts_of(seed))
    found = []
    for item in items:
        other = sort_of(item.id)
        if item.id == seed["id"] or not (other is sort or {sort, other} <= _WORKS):
            continue
        same = likeness(proposed, _marks(item))
        if same and (other is sort or same.certain):
            found.append((item.id, same))
    return sorted(found, key=lambda each: not each[1].certain)


def twins(seeds: Iterable[Seed], items: Iterable[Source | AnyEntry]) -> Iterator[tuple[str, Same]]:
    """The ids of those of many items that seem to be there already under another id, each with the reason.

    It takes as long as there are items, so what is called nearly the same, and not the same, is passed over.
    """
    known: dict[tuple[Sort, str], Marks] = {}
    for item in items:
        read = _marks(item)
        for key in _keys(read):
            known.setdefault((sort_of(item.id), key), read)
    for seed in seeds:
        sort = sort_of(str(seed["id"]))
        proposed = marks(name_of(seed), addresses_of(seed), texts_of(seed))
        found = [
            same
            for other in (sort, *(_WORKS - {sort} if sort in _WORKS else ()))
            for key in sorted(_keys(proposed))
            if (existing := known.get((other, key)))
            and (same := likeness(proposed, existing))
            and (other is sort or same.certain)
        ]
        if found:
            yield str(seed["id"]), next((same for same in found if same.certain), found[0])


def _keys(marks: Marks) -> set[str]:
    return {" ".join(marks.title.whole), *marks.links, *marks.isbns, *marks.dois} - {""}


def _marks(item: Source | AnyEntry) -> Marks:
    match item:
        case Source():
            addresses = [item.work.url, *(form.url for form in item.manifestations)]
            return marks(item.title, filter(None, addresses), _texts(item.work))
        case Reading():
            said = (statement.text for statement in item.statements)
            return marks(item.title, filter(None, [item.work.url]), [*_texts(item.work), *said])
        case Contact():
            return marks(item.title, item.urls)
    return marks(item.title)


def _texts(work: Work) -> Iterator[str]:
    yield from (work.title, work.container, work.publisher, work.note)
