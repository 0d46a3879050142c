"""What search knows of an item: its names, what it is filed under and what it says."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.model import Action, Alias, AnyEntry, Contact, Corpus, Kind, Note, NoteType, Reading, Source, Work

_INITIALS = 4  # letters below which initials are likely to be a word of their own


@dataclass(frozen=True, slots=True)
class Record:
    """One item to be found. The first name is its title; `weight` says how central the item is.

    `proper` marks one whose title is a proper name: somebody who asks for it wants no other.
    """

    id: str
    kind: Kind
    names: tuple[Alias, ...]
    topics: tuple[Alias, ...]
    body: str
    weight: float
    proper: bool = False


Names = Mapping[str, tuple[Alias, ...]]
"""What items are called, by their ids: their titles first."""


def names_of(corpus: Corpus) -> Names:
    """What the items of a corpus are called."""
    return {item.id: (Alias(item.title, "en"), *item.aliases) for item in corpus.items()}


def records(corpus: Corpus, elsewhere: Names | None = None) -> Iterator[Record]:
    """The records of a corpus. An item weighs as much as the places that speak of it.

    With names from `elsewhere`, items may be filed under what is not in this corpus, too; what has no name in
    either, such as a topic that is gone by now, is passed over.
    """
    names = names_of(corpus)
    known = names if elsewhere is None else {**elsewhere, **names}
    mentions = Counter(topic for item in corpus.items() for topic in item.topics)
    for item in corpus.items():
        topics = tuple(name for topic in item.topics for name in known.get(topic, ()))
        if isinstance(item, Source):
            body, weight = _source_body(item), 5.0 + len(item.sections)
        else:
            body, weight = _entry_body(item), float(len(item.statements))
        yield Record(
            item.id,
            item.kind,
            (*names[item.id], *_further_names(item)),
            topics,
            body,
            weight + mentions[item.id],
            proper=isinstance(item, Note) and item.type in {NoteType.ORGANISATION, NoteType.PERSON},
        )


def _further_names(item: Source | AnyEntry) -> Iterator[Alias]:
    """Works are asked for by their authors and years or by their initials; contacts by their numbers."""
    match item:
        case Source() | Reading():
            work = item.work
            names = [author.literal or author.family for author in work.authors]
            for people in {" ".join(names), *names, *map(str, work.authors)} - {""}:
                yield Alias(people, "en")
                yield Alias(f"{people} {work.issued[:4]}", "en")
            for initials in _initials(work.title):
                yield Alias(initials, "en")
        case Contact():
            national = [phone.partition(" ")[2] for phone in item.phones]
            for line in (*item.emails, *item.phones, *national, *item.urls):
                yield Alias(line, "en")
        case _:
            pass


def _initials(title: str) -> set[str]:
    """The initials of a title without its subtitle, as people type long ones: NYRP. None of a short one."""
    spelt = title.partition(":")[0].replace("-", " ").split()
    ways = (spelt, [word for word in spelt if word[0].isupper()])
    return {initials for way in ways if len(initials := "".join(word[0] for word in way)) >= _INITIALS}


def _source_body(source: Source) -> str:
    sections = (text for section in source.sections for text in (section.title, section.text))
    return "\n".join((source.short, source.long, *sections, *_work_body(source.work)))


def _entry_body(entry: AnyEntry) -> str:
    body = [text for statement in entry.statements for text in (statement.text, statement.by)]
    match entry:
        case Reading():
            body += _work_body(entry.work)
        case Action():
            body += (entry.audience, *entry.actors)
        case Contact():
            body.append(entry.region)
        case _:
            pass
    return "\n".join(body)


def _work_body(work: Work) -> Iterator[str]:
    yield work.title
    yield from (str(author) for author in work.authors)
    yield from (work.container, *_initials(work.container), work.volume, work.issue, work.pages)
    yield from (work.publisher, work.place, work.issued, work.note)
