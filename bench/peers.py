"""The ways of searching that are compared: each is given records and gives back what answers a text."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import tantivy
from rapidfuzz import fuzz, process, utils

from bot.model import Kind
from bot.search.engine import build_engine
from bot.search.record import Record
from bot.search.text import words

LIMIT = 10
"""How many answers each peer may give."""

Ask = Callable[[str], Sequence[str]]
"""From a text to the ids of what answers it, best first."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One way of searching. Where it is asked fewer questions, it is because each takes so long.

    Up to `full_up_to` entries it is asked all of them, beyond in inverse proportion to the entries.
    """

    name: str
    build: Callable[[Sequence[Record]], Ask]
    full_up_to: int | None = None


def _ours(records: Sequence[Record]) -> Ask:
    engine = build_engine(records)
    kinds = frozenset(Kind)
    return lambda text: [scored.id for scored in engine.search(text, kinds, "en").answers]


def _extract(records: Sequence[Record]) -> Ask:
    """WRatio of the question with every title; below 60 it is hardly ever what was meant."""
    ids = [record.id for record in records]
    titles = [utils.default_process(record.names[0].text) for record in records]

    def ask(text: str) -> list[str]:
        found = process.extract(
            utils.default_process(text), titles, scorer=fuzz.WRatio, score_cutoff=60, limit=LIMIT
        )
        return [ids[number] for _, _, number in found]

    return ask


def _fts5(records: Sequence[Record]) -> Ask:
    """Entries with all words; where there are none, with any."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE entry (number INTEGER PRIMARY KEY, id TEXT NOT NULL)")
    database.execute(
        "CREATE VIRTUAL TABLE filed USING fts5(names, body, content = '', tokenize = 'porter unicode61')"
    )
    database.execute("INSERT INTO filed (filed, rank) VALUES ('rank', 'bm25(4.0, 1.0)')")
    database.executemany(
        "INSERT INTO entry VALUES (?, ?)", ((number, record.id) for number, record in enumerate(records))
    )
    database.executemany(
        "INSERT INTO filed (rowid, names, body) VALUES (?, ?, ?)",
        ((number, *_fields(record)) for number, record in enumerate(records)),
    )
    database.execute("INSERT INTO filed (filed) VALUES ('optimize')")

    def ask(text: str) -> list[str]:
        quoted = [f'"{word}"' for word in words(text)]
        for operator in (" AND ", " OR "):
            rows = database.execute(
                "SELECT id FROM (SELECT rowid FROM filed WHERE filed MATCH ? ORDER BY rank LIMIT ?) AS hit"
                " JOIN entry ON number = hit.rowid",
                (operator.join(quoted), LIMIT),
            )
            if found := [row[0] for row in rows]:
                return found
        return []

    return ask


def _tantivy(records: Sequence[Record], *, exact: bool = False) -> Ask:
    """Entries with any of the words or one at most a slip away; short words as they are.

    A fuzzy term scores the same in every entry. With `exact`, an entry also scores for the words as typed
    by their BM25: slower, and better.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("names")
    builder.add_text_field("body")
    schema = builder.build()
    index = tantivy.Index(schema)
    # One thread: with more, what comes first among equals differs from run to run.
    writer = index.writer(num_threads=1)
    for record in records:
        names, body = _fields(record)
        writer.add_document(tantivy.Document(id=record.id, names=names, body=body))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def clauses(text: str) -> Iterator[tuple[tantivy.Occur, tantivy.Query]]:
        for word in words(text):
            for field in ("names", "body"):
                if exact or len(word) < 3:
                    yield tantivy.Occur.Should, tantivy.Query.term_query(schema, field, word)
                if len(word) >= 3:
                    yield (
                        tantivy.Occur.Should,
                        tantivy.Query.fuzzy_term_query(schema, field, word, distance=1),
                    )

    def ask(text: str) -> list[str]:
        found = searcher.search(tantivy.Query.boolean_query(list(clauses(text))), LIMIT)
        return [searcher.doc(address)["id"][0] for _, address in found.hits]

    return ask


def _fields(record: Record) -> tuple[str, str]:
    """All that we know of a record, too: its names, and its text with its topics."""
    names = "\n".join(name.text for name in record.names)
    return names, "\n".join((record.body, *(topic.text for topic in record.topics)))


OURS = "Infoshop"

PEERS: Mapping[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer(OURS, _ours),
        Peer("process.extract", _extract, full_up_to=20_000),
        Peer("FTS5", _fts5, full_up_to=300_000),
        Peer("tantivy", _tantivy),
        Peer("tantivy + exact", partial(_tantivy, exact=True)),
    )
}
