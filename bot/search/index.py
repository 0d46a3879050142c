"""The index: an SQLite database of its own, derived from the records and thrown away with the process.

Postings come from FTS5, which is given terms and not text: what a word's terms are is decided in
`text`, in one place, for indexing and for questions alike. Items are numbered from the weightiest
on, so that a posting list cut short still begins with the items most worth having.
"""

import math
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.model import Alias, Concept, Kind
from bot.search.indexed import Indexed
from bot.search.record import Record
from bot.search.text import compounds, index_terms, words
from bot.search.thesaurus import Spot, Thesaurus
from bot.search.vocabulary import Vocabulary

POSTINGS = 64
"""How many items are looked at for one combination of terms, at most: the bound on a question's cost."""

SMALL = 2000
"""Up to this many items, all are looked at, and what has been taken apart is kept."""

BEGINNING = 5
"""Characters from which on the beginning of a name says which."""

SINGULAR = 0.5
"""The rarity from which on a word of a proper name stands for it."""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE item (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, weight REAL NOT NULL,
    names TEXT NOT NULL, named TEXT NOT NULL, topics TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE name (key TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
-- `ascii` keeps every other script's characters together; our terms are made of nothing else.
CREATE VIRTUAL TABLE posting USING fts5(
    name, topic, body, kind,
    content = '', detail = column, columnsize = 0, tokenize = "ascii tokenchars '#-@~'"
);
"""


def name_key(text: str) -> str:
    """What two names have in common that only differ in case, accents, punctuation and spaces."""
    return "".join(word.replace("'", "") for word in words(text))


class Index:
    """Postings, names and vocabulary of a set of records."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        vocabulary: Vocabulary,
        thesaurus: Thesaurus,
        proper: frozenset[str],
    ) -> None:
        self._db = connection
        self.vocabulary = vocabulary
        self.thesaurus = thesaurus
        connection.execute("CREATE VIRTUAL TABLE frequency USING fts5vocab(posting, row)")
        self._frequency: dict[str, int] = dict(connection.execute("SELECT term, doc FROM frequency"))
        (self.size,) = connection.execute("SELECT count(*) FROM item").fetchone()
        self.depth = max(POSTINGS, self.size) if self.size <= SMALL else POSTINGS
        most = math.log1p(self.size) or 1.0
        self._rarity: dict[str, float] = {
            term: 1 - math.log1p(count) / most for term, count in self._frequency.items()
        }

        self._kept = {item.number: item for item in self._read()} if self.size <= SMALL else {}
        for item in self._kept.values():
            item.take_apart()
        # A word of many names ("network") does not single one out.
        self._proper = frozenset(term for term in proper if self.rarity(term) > SINGULAR)

    def close(self) -> None:
        """Free the memory or the file."""
        self._db.close()

    def is_proper(self, term: str) -> bool:
        """Whether a term names an organisation or a person."""
        return term in self._proper

    def frequency(self, term: str) -> int:
        """How many items are filed under a term."""
        return self._frequency.get(term, 0)

    def is_common(self, terms: Iterable[str]) -> bool:
        """Whether more items are filed under these terms than are worth reading."""
        return sum(map(self.frequency, terms)) > self.depth

    def rarity(self, term: str) -> float:
        """From 0, filed under everything, to 1, under nothing."""
        return self._rarity.get(term, 1.0)

    def beginning(self, text: str) -> dict[int, float]:
        """The items with a name that begins with the text, and how much of the shortest such name that is."""
        key = name_key(text)
        if len(key) < BEGINNING:
            return {}
        rows = self._db.execute(
            "SELECT number, min(length(key)) FROM"
            " (SELECT key, number FROM name WHERE key >= ? AND key < ? LIMIT ?) GROUP BY number",
            (key, key + chr(sys.maxunicode), self.depth),
        )
        return {number: len(key) / length for number, length in rows}

    def holding(
        self, clauses: Iterable[Iterable[str]], kinds: frozenset[Kind], column: str = ""
    ) -> list[int]:
        """Numbers of items that hold one term of every clause (in one column), the weightiest first."""
        match = " AND ".join(f"({' OR '.join(map(_quoted, clause))})" for clause in clauses)
        if column:
            match = f"{column} : ({match})"
        if kinds != frozenset(Kind):
            match = f"({match}) AND kind : ({' OR '.join(_quoted(f'@{kind}') for kind in sorted(kinds))})"
        rows = self._db.execute(
            "SELECT rowid FROM posting WHERE posting MATCH ? LIMIT ?", (match, self.depth)
        )
        return [row[0] for row in rows]

    def items(self, numbers: Iterable[int]) -> list[Indexed]:
        """The items with these numbers."""
        wanted = sorted(set(numbers))
        if self._kept:
            return [self._kept[number] for number in wanted]
        return self._read(f"WHERE number IN ({','.join('?' * len(wanted))}) ORDER BY number", wanted)

    def _read(self, where: str = "", values: Sequence[int] = ()) -> list[Indexed]:
        rows = self._db.execute(f"SELECT * FROM item {where}", values)  # noqa: S608 (only question marks)
        return [
            Indexed(number, id_, Kind(kind), weight, spelled, named, topics, body, self.rarity)
            for number, id_, kind, weight, spelled, named, topics, body in rows
        ]


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def numbered(records: Iterable[Record]) -> list[Record]:
    """The records in the order of their numbers."""
    return sorted(records, key=lambda record: -record.weight)


def build(records: Iterable[Record], concepts: Iterable[Concept] = (), path: str = ":memory:") -> Index:
    """Index the records. `path` names an empty file where memory is too small for them."""
    concepts = tuple(concepts)
    thesaurus = Thesaurus(concepts)
    writer = Writer(thesaurus)
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.executescript(_SCHEMA)
    connection.execute("BEGIN")
    for number, record in enumerate(numbered(records)):
        _insert(connection, number, record, writer.written(record))
    connection.execute("COMMIT")
    for concept in concepts:
        for phrase in concept.words:
            for word in words(phrase.text):
                writer.learn(word, phrase.language)
    return Index(connection, Vocabulary(writer.counts), thesaurus, frozenset(writer.proper))


class Written(NamedTuple):
    """A record as an index holds it: see `Indexed`."""

    spelled: str
    named: str
    topics: str
    body: str


def _insert(connection: sqlite3.Connection, number: int, record: Record, written: Written) -> None:
    connection.execute(
        "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (number, record.id, record.kind, record.weight, *written),
    )
    connection.execute(
        "INSERT INTO posting (rowid, name, topic, body, kind) VALUES (?, ?, ?, ?, ?)",
        (number, written.named, written.topics, written.body, f"@{record.kind}"),
    )
    keys = [(key, number) for key in name_keys(record)]
    connection.executemany("INSERT OR IGNORE INTO name VALUES (?, ?)", keys)


def name_keys(record: Record) -> set[str]:
    """The keys of the names of a record (see `name_key`)."""
    return {name_key(name.text) for name in record.names} - {""}


class Writer:
    """Turns texts into terms, once per distinct word, and counts the words on the way."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        self.counts: dict[tuple[str, str], int] = {}
        self.proper: set[str] = set()
        self._thesaurus = thesaurus
        self._terms: dict[tuple[str, str], frozenset[str]] = {}
        self._topics: dict[Alias, list[frozenset[str]]] = {}

    def learn(self, word: str, language: str) -> None:
        """Count a word of a text in that language."""
        key = (word, language)
        self.counts[key] = self.counts.get(key, 0) + 1

    def terms(self, text: Alias) -> list[frozenset[str]]:
        """The terms of each word of a text, with those of the concepts that it touches."""
        spots = []
        for word, compound in compounds(text.text):
            terms = self._filed(word, text.language)
            if compound:  # `co-workers` is found by `coworkers`, too
                terms |= self._filed(compound, text.language)
            spots.append(Spot((word,), terms))
        found = [spot.terms for spot in spots]
        for touch in self._thesaurus.touched(spots):
            for position in range(touch.start, touch.stop):
                found[position] |= {touch.term}
        return found

    def _topic(self, name: Alias) -> list[frozenset[str]]:
        """The terms of a topic's name, kept: it is met with every item that is filed under it."""
        terms = self._topics.get(name)
        if terms is None:
            terms = self._topics[name] = self.terms(name)
        return terms

    def _filed(self, word: str, language: str) -> frozenset[str]:
        self.learn(word, language)
        key = (word, language)
        terms = self._terms.get(key)
        if terms is None:
            terms = self._terms[key] = index_terms(word, language)
        return terms

    def written(self, record: Record) -> Written:
        """A record in terms."""
        names = [self.terms(name) for name in record.names]
        if record.proper:
            self.proper.update(term for terms in names[0] for term in terms if not term.startswith("#"))
        named = _spaced(terms for name in names for terms in name)
        topics = _spaced(terms for topic in record.topics for terms in self._topic(topic))
        body = _spaced(self.terms(Alias(record.body, "en")))
        spelled = "\n".join(" ".join(map("|".join, name)) for name in names if name)
        return Written(spelled, named, topics, body)


def _spaced(words: Iterable[frozenset[str]]) -> str:
    """The terms of some words, each once, between spaces."""
    return f" {' '.join(frozenset[str]().union(*words))} "
