"""What the entries and the files of a corpus say of each other, checked together.

Everything is read from the plain values and not from the models, so that a file with a misspelt date still
has its references checked, and an editor sees everything at once.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from bot.corpus.document import Document, KeyPath
from bot.corpus.explain import did_you_mean
from bot.corpus.fields import LANGUAGE_PATTERN, NOTE_PATTERN, NOTE_WORDS
from bot.errors import Problem

GROUPS = ("notes", "readings", "actions", "contacts")
DOCUMENTS = (("source",), ("documents", "*"))
# What people look up in their own language; a work or a person has the name it has.
TRANSLATED = ("topic", "law", "action", "contact")
# What an alias is the name of. Two books may share their author's, and two demands a common phrase.
NAMED = ("topic", "law", "org", "contact")
# Enough of the places where something stands too: a sentence does not get clearer by a hundred of them.
MENTIONED = 3
# The notes that are never the reading of a day: alone they explain too little, or are about one person.
NEVER_DRAWN = ("person", "figure", "testimony", "publication")
WRITTEN_ID = re.compile(r"^[ \t-]*id:\s*[\"']?([a-z]+:[a-z0-9-]+)", re.MULTILINE)


class Spot(NamedTuple):
    """A value in a file."""

    document: Document
    where: KeyPath

    def __str__(self) -> str:
        line, column = self.document.at(self.where)
        return f"{self.document.path.name}:{line}:{column}"

    def problem(self, message: str) -> Problem:
        """That something is wrong with the value, or with what is around it where it is missing."""
        return self.document.problem(message, self.document.at(self.where))


class Entry(NamedTuple):
    """An entry with an id, whatever else is wrong with it."""

    spot: Spot
    id: str

    @property
    def prefix(self) -> str:
        """What stands before the colon of the id."""
        return self.id.partition(":")[0]

    def within(self, *steps: str) -> Iterator[tuple[Spot, str]]:
        """The texts on a path below the entry."""
        return _texts(self.spot.document, *self.spot.where, *steps)


class Shelves(NamedTuple):
    """All that the files define. `unread` are ids in files that cannot be read to their end."""

    sources: Sequence[Entry]
    entries: Sequence[Entry]
    unread: Sequence[str]

    @property
    def ids(self) -> Sequence[str]:
        """Every id."""
        return [*(entry.id for entry in (*self.sources, *self.entries)), *self.unread]


def inconsistencies(
    seeds: Sequence[Document], thesauri: Sequence[Document], question_words: Sequence[Document]
) -> Iterator[Problem]:
    """Everything that does not fit together.

    The languages of a corpus are those of its question words: in each of them its topics must have a name.
    """
    shelves = shelves_of(seeds)
    yield from muddles(seeds, shelves)
    yield from _unknown_ids(seeds, shelves)
    yield from unknown_places(seeds, shelves)
    yield from _crowded(seeds, shelves)
    yield from _ambiguous(shelves)
    written = [str(where[1]) for words in question_words for where, _ in words.select("languages", "*")]
    asked_in = {language for language in written if re.match(LANGUAGE_PATTERN, language)}
    yield from _untranslated(shelves, sorted(asked_in - {"en"}))
    for document in thesauri:
        yield from _given_once(_texts(document, "concepts", "*", "concept"))
        yield from _repeated(document, "concepts", "*", "words", "*")
    for document in question_words:
        yield from _repeated(document, "languages", "*", "*")


def shelves_of(seeds: Sequence[Document]) -> Shelves:
    """What seed files define."""
    return Shelves(
        [entry for seed in seeds for documents in DOCUMENTS for entry in _entries(seed, *documents)],
        [entry for seed in seeds for group in GROUPS for entry in _entries(seed, group, "*")],
        [found for seed in seeds if seed.broken for found in WRITTEN_ID.findall("\n".join(seed.lines))],
    )


def muddles(seeds: Sequence[Document], shelves: Shelves) -> Iterator[Problem]:
    """What is wrong whatever else there is: something is given twice, or what nobody would ever see."""
    yield from _given_once(
        text for entry in (*shelves.sources, *shelves.entries) for text in entry.within("id")
    )
    yield from _never_drawn(shelves)
    for seed in seeds:
        for item in (*DOCUMENTS, *((group, "*") for group in GROUPS)):
            yield from _repeated(seed, *item, "aliases", "*")
            yield from _repeated(seed, *item, "topics")
            yield from _repeated(seed, *item, "prompt", "questions")
        for document in DOCUMENTS:
            for where, _ in seed.select(*document, "summary", "sections"):
                yield from _given_once(_texts(seed, *where, "*", "id"))
                yield from _repeated(seed, *where, "*", "prompt", "questions")


def _texts(document: Document, *pattern: str | int) -> Iterator[tuple[Spot, str]]:
    for where, value in document.select(*pattern):
        if isinstance(value, str):
            yield Spot(document, where), value


def _entries(seed: Document, *pattern: str) -> Iterator[Entry]:
    for where, value in seed.select(*pattern):
        if isinstance(value, dict) and isinstance(found := value.get("id"), str):
            yield Entry(Spot(seed, where), found)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _given_once(ids: Iterable[tuple[Spot, str]]) -> Iterator[Problem]:
    """Ids that are given again, each at all of its places: either may be the one to change."""
    places: dict[str, list[Spot]] = defaultdict(list)
    for spot, found in ids:
        places[found].append(spot)
    for found, spots in places.items():
        for spot in spots:
            if others := [str(other) for other in spots[:MENTIONED] if other is not spot]:
                yield spot.problem(f"`{found}` is the id at {' and '.join(others)} too; give each its own")


def _repeated(document: Document, *lists: str | int) -> Iterator[Problem]:
    """Words that stand twice in one list."""
    for where, _ in document.select(*lists):
        seen: dict[str, Spot] = {}
        for spot, text in _texts(document, *where, "*"):
            first = seen.setdefault(_folded(text), spot)
            if first is not spot:
                yield spot.problem(f"`{text}` stands in this list already, at {first}")


def _unknown_ids(seeds: Sequence[Document], shelves: Shelves) -> Iterator[Problem]:
    entries = [found for found in shelves.ids if not found.startswith("source:")]
    notes = [found for found in entries if re.match(NOTE_PATTERN, found)]
    items = (*DOCUMENTS, *((group, "*") for group in GROUPS))
    topics = ((*item, "topics", "*") for item in items)
    wanted = [*((topic, notes, "note") for topic in topics), (("also", "*", "entry"), entries, "entry")]
    for seed in seeds:
        for pattern, known, what in wanted:
            for spot, found in _texts(seed, *pattern):
                if found not in known:
                    yield spot.problem(f"no {what} has the id `{found}`{did_you_mean(found, known)}")


def unknown_places(
    seeds: Sequence[Document], shelves: Shelves, known: Mapping[str, Collection[str]] | None = None
) -> Iterator[Problem]:
    """Sources and sections that an entry says it was drawn from, and that are not there.

    `known` are the sections of sources, whatever a file says of them.
    """
    known = known or {}
    sources = [*(found for found in shelves.ids if found.startswith("source:")), *known]
    sections: dict[str, Collection[str]] = {
        source.id: [text for _, text in source.within("summary", "sections", "*", "id")]
        for source in shelves.sources
    }
    sections |= known
    for seed in seeds:
        own = next((text for _, text in _texts(seed, "source", "id")), None)
        for where in [where for group in (*GROUPS, "also") for where, _ in seed.select(group, "*", "from")]:
            named = next(_texts(seed, *where, "source"), None)
            if named and named[1] not in sources:
                yield named[0].problem(f"no source has the id `{named[1]}`{did_you_mean(named[1], sources)}")
            source = named[1] if named else own
            for spot, section in _texts(seed, *where, "section"):
                there = sections.get(source or "")
                if there is not None and section not in there:
                    guess = did_you_mean(section, tuple(there))
                    yield spot.problem(f"`{source}` has no section `{section}`{guess}")


def _crowded(seeds: Sequence[Document], shelves: Shelves) -> Iterator[Problem]:
    """Notes that are too long by what several places say of them, at the place that goes too far."""
    said: dict[str, list[tuple[Spot, str]]] = defaultdict(list)
    for entry in shelves.entries:
        said[entry.id] += entry.within("text")
    for seed in seeds:
        for where, _ in seed.select("also", "*"):
            for _, entry_id in _texts(seed, *where, "entry"):
                said[entry_id] += _texts(seed, *where, "text")
    for found, statements in said.items():
        if not re.match(NOTE_PATTERN, found):
            continue
        totals = accumulate(len(text.split()) for _, text in statements)
        words, index = next(((total, at) for at, total in enumerate(totals) if total > NOTE_WORDS), (0, 0))
        if index:
            others = " and ".join(str(spot) for spot, _ in statements[:index])
            message = f"`{found}` has {words} words with {others}; at most {NOTE_WORDS} fit"
            yield statements[index][0].problem(message)


def _untranslated(shelves: Shelves, languages: Sequence[str]) -> Iterator[Problem]:
    """Entries that a reader cannot find in one of the languages of the corpus."""
    for entry in shelves.entries:
        if entry.prefix in TRANSLATED:
            aliases = Spot(entry.spot.document, (*entry.spot.where, "aliases"))
            there = {
                str(where[-1]).partition("-")[0] for where, _ in aliases.document.select(*aliases.where, "*")
            }
            missing = [language for language in languages if language.partition("-")[0] not in there]
            if missing:
                yield aliases.problem(f"`{entry.id}` has no alias in {', '.join(missing)}")


def _never_drawn(shelves: Shelves) -> Iterator[Problem]:
    """Prompts that nobody would ever see, since nothing of that sort is drawn."""
    for entry in shelves.entries:
        if entry.prefix in NEVER_DRAWN:
            document = entry.spot.document
            for where, _ in document.select(*entry.spot.where, "prompt"):
                message = (
                    f"`{entry.id}` is never the reading of a day: of notes, only topics, laws and"
                    " organisations have a prompt"
                )
                yield document.problem(message, document.keys[where])


def _ambiguous(shelves: Shelves) -> Iterator[Problem]:
    """Names that two entries of one sort share, so that nothing could tell which one was asked for."""
    names: dict[tuple[str, str, str], dict[str, tuple[Spot, str]]] = defaultdict(dict)
    for entry in shelves.entries:
        if entry.prefix in NAMED:
            titles = [("en", *title) for title in entry.within("title")]
            aliases = [(str(spot.where[-2]), spot, text) for spot, text in entry.within("aliases", "*", "*")]
            for language, spot, text in (*titles, *aliases):
                names[entry.prefix, language, _folded(text)].setdefault(entry.id, (spot, text))
    for owners in names.values():
        first = list(owners.items())[:MENTIONED]
        for owner, (spot, text) in owners.items():
            if others := [f"`{other}` ({there})" for other, (there, _) in first if other != owner]:
                message = (
                    f"`{text}` is a name of {' and '.join(others)} too; nobody could tell which is meant"
                )
                yield spot.problem(message)
