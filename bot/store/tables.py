"""The schema, as the statements of this package see it. `migrations` builds it; a test compares the two.

An empty text is an unknown value, as in the model: one way of saying so, and no three-valued logic.
Foreign keys are checked when a transaction commits, so that a corpus can be written in any order.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from bot.model import Actor, Kind, NoteType, Visibility, WorkType

HEAD = "0002"
"""The revision that `metadata` describes: the last one in `migrations/versions`."""

APPLICATION_ID = 0x494E464F
"""Marks an SQLite file as ours, in its header: `INFO` in ASCII."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is taken off on the way in and put back on."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody knows which moment it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC on every backend."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def _one_of(members: type[StrEnum], name: str) -> Enum:
    """Text held to the values of an enumeration by a CHECK; a new value therefore needs a migration."""
    return Enum(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda enumeration: [member.value for member in enumeration],
    )


def _reference(target: str) -> ForeignKey:
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


def _text(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=False, primary_key=primary_key)


def _position(*, primary_key: bool = False) -> Column[int]:
    check = CheckConstraint("position >= 0", name="position")
    return Column("position", Integer, check, nullable=False, primary_key=primary_key)


def _list(name: str, owner: str, *columns: Column[Any] | CheckConstraint | ForeignKeyConstraint) -> Table:
    """An ordered list that belongs to one row of another table: `owner` is that table and its key."""
    table, key = owner.split(".")
    column = f"{table}_id" if key == "id" else key
    return Table(
        name,
        metadata,
        Column(column, Text, _reference(owner), primary_key=True),
        _position(primary_key=True),
        *columns,
    )


corpus = Table(
    "corpus",
    metadata,
    # The one row is there from the first migration on: a load locks it, so that loads take turns.
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    _text("fingerprint"),
    Column("loaded_at", Instant),
    Column("source_count", Integer, nullable=False),
    Column("entry_count", Integer, nullable=False),
    Column("statement_count", Integer, nullable=False),
    Column("concept_count", Integer, nullable=False),
    CheckConstraint("(fingerprint = '') = (loaded_at IS NULL)", name="loaded"),
)

# Whatever can be looked up by its id: a source document or an entry, in the order of the corpus.
item = Table(
    "item",
    metadata,
    _text("id", primary_key=True),
    _position(),
)

source = Table(
    "source",
    metadata,
    Column("id", Text, _reference("item.id"), primary_key=True),
    _text("short"),
    _text("long"),
    _text("licence_name"),
    _text("licence_attribution"),
    _text("licence_uri"),
    Column("licence_commercial", Boolean(name="licence_commercial", create_constraint=True)),
    _text("licence_note"),
)
section = Table(
    "section",
    metadata,
    Column("source_id", Text, _reference("source.id"), primary_key=True),
    _position(),
    _text("id", primary_key=True),
    _text("title"),
    _text("text"),
)
manifestation = _list("manifestation", "source.id", _text("title"), _text("note"), _text("url"))
source_caveat = _list("source_caveat", "source.id", _text("text"))

entry = Table(
    "entry",
    metadata,
    Column("id", Text, _reference("item.id"), primary_key=True),
    Column("kind", _one_of(Kind, "kind"), nullable=False, index=True),
    _text("title"),
    _text("content_note"),
    _text("caveat"),
)
statement = _list(
    "statement",
    "entry.id",
    Column("text", Text, CheckConstraint("text <> ''", name="text"), nullable=False),
    _text("said_by"),
    _text("source_id"),
    _text("section_id"),
    _text("paragraph"),
    ForeignKeyConstraint(
        ["source_id", "section_id"],
        ["section.source_id", "section.id"],
        deferrable=True,
        initially="DEFERRED",
    ),
)
Index(None, statement.c.source_id, statement.c.section_id)

note = Table(
    "note",
    metadata,
    Column("id", Text, _reference("entry.id"), primary_key=True),
    Column("type", _one_of(NoteType, "type"), nullable=False),
)
action = Table(
    "action",
    metadata,
    Column("id", Text, _reference("entry.id"), primary_key=True),
    _text("audience"),
)
action_actor = _list(
    "action_actor", "action.id", Column("actor", _one_of(Actor, "actor"), nullable=False, index=True)
)
contact = Table(
    "contact",
    metadata,
    Column("id", Text, _reference("entry.id"), primary_key=True),
    _text("region"),
    Column("checked_on", Date, nullable=False),
    _text("checked_in"),
    Column("police", Boolean(name="police", create_constraint=True), nullable=False),
)
contact_email = _list("contact_email", "contact.id", _text("email"))
contact_phone = _list("contact_phone", "contact.id", _text("phone"))
contact_url = _list("contact_url", "contact.id", _text("url"))
contact_language = _list("contact_language", "contact.id", _text("language"))

# A published work: what a source document is, and what a reading recommends.
work = Table(
    "work",
    metadata,
    Column("id", Text, _reference("item.id"), primary_key=True),
    Column("type", _one_of(WorkType, "type"), nullable=False),
    _text("title"),
    _text("issued"),
    _text("container"),
    _text("volume"),
    _text("issue"),
    _text("pages"),
    _text("publisher"),
    _text("place"),
    _text("url"),
    _text("language"),
    _text("note"),
)
author = _list(
    "author",
    "work.id",
    _text("family"),
    _text("given"),
    _text("literal"),
    CheckConstraint("(family = '') <> (literal = '')", name="one_form"),
)

alias = _list("alias", "item.id", _text("text"), _text("language"))
item_topic = _list(
    "item_topic", "item.id", Column("topic_id", Text, _reference("note.id"), nullable=False, index=True)
)

concept = Table(
    "concept",
    metadata,
    _text("id", primary_key=True),
    _position(),
)
concept_word = _list("concept_word", "concept.id", _text("text"), _text("language"))

question_words = Table("question_words", metadata, _text("language", primary_key=True), _position())
stop_word = _list("stop_word", "question_words.language", _text("text"))
cue = _list(
    "cue",
    "question_words.language",
    Column("kind", _one_of(Kind, "kind"), nullable=False),
    _text("text"),
)

# What a community decided, where that differs from what holds otherwise; nobody's name is in it.
community = Table(
    "community",
    metadata,
    _text("platform", primary_key=True),
    _text("id", primary_key=True),
    Column("answers", _one_of(Visibility, "answers"), nullable=False),
)
