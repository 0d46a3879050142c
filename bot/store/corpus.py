"""The corpus in the database: `load` it, `read` it, `info` about it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import Table, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError
from bot.model import Corpus, QuestionWords
from bot.store import tables
from bot.store.engine import is_sqlite, reading, writing
from bot.store.migrate import require_head, stored_revision
from bot.store.rows import Item, TableRow, concept_rows, corpus_of, item_rows, question_rows

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
CONCEPTS = (tables.concept, tables.concept_word)
QUESTIONS = (tables.question_words, tables.stop_word, tables.cue)
ITEMS = (
    tables.alias,
    tables.item_topic,
    tables.source,
    tables.section,
    tables.manifestation,
    tables.source_caveat,
    tables.entry,
    tables.statement,
    tables.note,
    tables.action,
    tables.action_actor,
    tables.contact,
    tables.contact_email,
    tables.contact_phone,
    tables.contact_url,
    tables.contact_language,
    tables.work,
    tables.author,
    tables.prompt,
    tables.prompt_question,
)
"""What belongs to an item: in each of these tables, its id is the first column."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did. `changed` is False where that very corpus was there already and nothing was written.

    The others are ids of documents and entries, in the order of the corpus they stand in.
    """

    changed: bool
    added: tuple[str, ...] = ()
    changed_ids: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CorpusInfo:
    """Which corpus is there. `loaded_at` is in UTC, and None as long as none was loaded."""

    fingerprint: str
    loaded_at: datetime | None
    sources: int
    entries: int
    statements: int
    concepts: int


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """The state of a database. `revision` is empty without a schema; `corpus` is None unless it is `head`.

    `backend` is `sqlite` or `postgresql` with its version, `size` counts bytes.
    """

    backend: str
    revision: str
    head: str
    size: int
    corpus: CorpusInfo | None


async def load(engine: AsyncEngine, corpus: Corpus, fingerprint: str) -> LoadResult:
    """Make the database hold `corpus`, in one transaction; what did not change is not touched.

    `fingerprint` stands for the content: where the database has the same, nothing is compared or written.

    Raises:
        StoreError: The schema is not up to date, a text cannot be stored, or the corpus does not hold
            together; the database is as it was.
    """
    if not fingerprint:
        raise ValueError("a corpus needs a fingerprint")
    async with writing(engine) as connection:
        await require_head(connection, engine.url)
        # The lock makes loads take turns on PostgreSQL; on SQLite the transaction itself does.
        stored = await connection.scalar(select(tables.corpus.c.fingerprint).with_for_update())
        if stored == fingerprint:
            return LoadResult(changed=False)
        _require_storable(corpus)
        before = await _read(connection)
        old, new = _by_id(before), _by_id(corpus)
        result = LoadResult(
            changed=True,
            added=tuple(key for key in new if key not in old),
            changed_ids=tuple(key for key, item in new.items() if key in old and old[key] != item),
            removed=tuple(key for key in old if key not in new),
        )
        await _apply(connection, result, old, new)
        if before.thesaurus != corpus.thesaurus:
            await _replace(connection, CONCEPTS, concept_rows(corpus))
        if before.question_words != corpus.question_words:
            await _replace(connection, QUESTIONS, question_rows(corpus))
        await connection.execute(
            tables.corpus.update().values(
                fingerprint=fingerprint,
                loaded_at=datetime.now(UTC),
                source_count=len(corpus.sources),
                entry_count=len(corpus.entries),
                statement_count=sum(len(entry.statements) for entry in corpus.entries),
                concept_count=len(corpus.thesaurus),
            )
        )
    return result


async def read(engine: AsyncEngine) -> Corpus:
    """The corpus as it was loaded; empty where none was. Raises `StoreError`."""
    async with reading(engine) as connection:
        await require_head(connection, engine.url)
        return await _read(connection)


async def info(engine: AsyncEngine) -> StoreInfo:
    """Look at a database, whatever the state of its schema. Raises `StoreError`."""
    async with reading(engine) as connection:
        revision = await stored_revision(connection)
        if is_sqlite(engine.url):
            sizes = [
                await connection.scalar(text(f"PRAGMA {pragma}")) for pragma in ("page_count", "page_size")
            ]
            size = sizes[0] * sizes[1]
            version = await connection.scalar(select(func.sqlite_version()))
        else:
            size = await connection.scalar(select(func.pg_database_size(func.current_database())))
            version = await connection.scalar(text("SHOW server_version"))
        corpus = None
        if revision == tables.HEAD:
            row = (await connection.execute(select(tables.corpus))).one()
            corpus = CorpusInfo(*row[1:])
    return StoreInfo(
        backend=f"{engine.dialect.name} {version}",
        revision=revision,
        head=tables.HEAD,
        size=size,
        corpus=corpus,
    )


async def _read(connection: AsyncConnection) -> Corpus:
    rows = {}
    for table in (tables.item, *ITEMS, *CONCEPTS, *QUESTIONS):
        statement = select(table)
        if "position" in table.c:
            statement = statement.order_by(table.c.position)
        rows[table] = (await connection.execute(statement)).all()
    return corpus_of(rows)


async def _apply(
    connection: AsyncConnection, result: LoadResult, old: Mapping[str, Item], new: Mapping[str, Item]
) -> None:
    """Rewrite what belongs to an item, but keep the item itself: other tables will come to refer to it."""
    gone = [{"gone": key} for key in (*result.changed_ids, *result.removed)]
    for table in ITEMS if gone else ():
        owner = next(iter(table.columns))
        await connection.execute(table.delete().where(owner == bindparam("gone")), gone)
    if result.removed:
        removed = [{"gone": key} for key in result.removed]
        await connection.execute(tables.item.delete().where(tables.item.c.id == bindparam("gone")), removed)
    places = {key: position for position, key in enumerate(new)}
    moved = [
        {"key": key, "place": places[key]}
        for position, key in enumerate(old)
        if key in new and position != places[key]
    ]
    if moved:
        statement = tables.item.update().where(tables.item.c.id == bindparam("key"))
        await connection.execute(statement.values(position=bindparam("place")), moved)
    items: Iterable[TableRow] = ((tables.item, {"id": key, "position": places[key]}) for key in result.added)
    written = (*result.added, *result.changed_ids)
    await _insert(connection, chain(items, *(item_rows(new[key]) for key in written)))


async def _replace(connection: AsyncConnection, whole: Sequence[Table], rows: Iterable[TableRow]) -> None:
    for table in whole:
        await connection.execute(table.delete())
    await _insert(connection, rows)


async def _insert(connection: AsyncConnection, rows: Iterable[TableRow]) -> None:
    by_table: dict[Table, list[dict[str, Any]]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    for table, values in by_table.items():
        await connection.execute(table.insert(), values)


def _by_id(corpus: Corpus) -> dict[str, Item]:
    return {item.id: item for item in corpus.items()}


def _require_storable(corpus: Corpus) -> None:
    """Hold both backends to what the stricter one can keep, before anything is written."""
    for part in chain(corpus.items(), corpus.thesaurus, corpus.question_words):
        for value in _texts(part):
            if UNSTORABLE.search(value):
                name = part.language if isinstance(part, QuestionWords) else part.id
                raise StoreError(
                    f"{name!a} has a character that no database keeps (U+0000 or half of a surrogate pair): "
                    "remove it. Nothing was changed."
                )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for element in value:
            yield from _texts(element)
    elif isinstance(value, Mapping):
        yield from _texts(tuple(value.values()))
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
