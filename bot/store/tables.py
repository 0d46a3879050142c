"""The schema, as the statements of this package see it. `migrations` builds it; a test compares the two.

An empty text is an unknown value, as in the model: one way of saying so, and no three-valued logic.
Foreign keys are checked when a transaction commits, so that a corpus can be written in any order.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
)

from bot.model import Actor, Kind, NoteType, Visibility, WorkType
from bot.store.columns import Instant, counted, flag, list_of, metadata, one_of, reference, text_column
from bot.store.curation_tables import act, card, departure, hidden_item, offer, own_item, own_link, suggestion
from bot.store.daily_tables import delivery, schedule, zone_data

__all__ = [
    "act",
    "card",
    "delivery",
    "departure",
    "hidden_item",
    "metadata",
    "offer",
    "own_item",
    "own_link",
    "schedule",
    "suggestion",
    "zone_data",
]

HEAD = "0005"
"""The revision that `metadata` describes: the last one in `migrations/versions`."""

APPLICATION_ID = 0x494E464F
"""Marks an SQLite file as ours, in its header: `INFO` in ASCII."""

corpus = Table(
    "corpus",
    metadata,
    # The one row is there from the first migration on: a load locks it, so that loads take turns.
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    text_column("fingerprint"),
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
    text_column("id", primary_key=True),
    counted("position"),
)

source = Table(
    "source",
    metadata,
    Column("id", Text, reference("item.id"), primary_key=True),
    text_column("short"),
    text_column("long"),
    text_column("licence_name"),
    text_column("licence_attribution"),
    text_column("licence_uri"),
    Column("licence_commercial", Boolean(name="licence_commercial", create_constraint=True)),
    text_column("licence_note"),
)
section = Table(
    "section",
    metadata,
    Column("source_id", Text, reference("source.id"), primary_key=True),
    counted("position"),
    text_column("id", primary_key=True),
    text_column("title"),
    text_column("text"),
)
manifestation = list_of(
    "manifestation", "source.id", text_column("title"), text_column("note"), text_column("url")
)
source_caveat = list_of("source_caveat", "source.id", text_column("text"))

entry = Table(
    "entry",
    metadata,
    Column("id", Text, reference("item.id"), primary_key=True),
    Column("kind", one_of(Kind, "kind"), nullable=False, index=True),
    text_column("title"),
    text_column("content_note"),
    text_column("caveat"),
)
statement = list_of(
    "statement",
    "entry.id",
    Column("text", Text, CheckConstraint("text <> ''", name="text"), nullable=False),
    text_column("said_by"),
    text_column("source_id"),
    text_column("section_id"),
    text_column("paragraph"),
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
    Column("id", Text, reference("entry.id"), primary_key=True),
    Column("type", one_of(NoteType, "type"), nullable=False),
)
action = Table(
    "action",
    metadata,
    Column("id", Text, reference("entry.id"), primary_key=True),
    text_column("audience"),
)
action_actor = list_of(
    "action_actor", "action.id", Column("actor", one_of(Actor, "actor"), nullable=False, index=True)
)
contact = Table(
    "contact",
    metadata,
    Column("id", Text, reference("entry.id"), primary_key=True),
    text_column("region"),
    Column("checked_on", Date, nullable=False),
    text_column("checked_in"),
    Column("police", Boolean(name="police", create_constraint=True), nullable=False),
)
contact_email = list_of("contact_email", "contact.id", text_column("email"))
contact_phone = list_of("contact_phone", "contact.id", text_column("phone"))
contact_url = list_of("contact_url", "contact.id", text_column("url"))
contact_language = list_of("contact_language", "contact.id", text_column("language"))

# A published work: what a source document is, and what a reading recommends.
work = Table(
    "work",
    metadata,
    Column("id", Text, reference("item.id"), primary_key=True),
    Column("type", one_of(WorkType, "type"), nullable=False),
    text_column("title"),
    text_column("issued"),
    text_column("container"),
    text_column("volume"),
    text_column("issue"),
    text_column("pages"),
    text_column("publisher"),
    text_column("place"),
    text_column("url"),
    text_column("language"),
    text_column("note"),
)
author = list_of(
    "author",
    "work.id",
    text_column("family"),
    text_column("given"),
    text_column("literal"),
    CheckConstraint("(family = '') <> (literal = '')", name="one_form"),
)

alias = list_of("alias", "item.id", text_column("text"), text_column("language"))
item_topic = list_of(
    "item_topic", "item.id", Column("topic_id", Text, reference("note.id"), nullable=False, index=True)
)

# Why to read an entry or, where `section_id` is not empty, a section of a document; and what to think about.
prompt = Table(
    "prompt",
    metadata,
    Column("item_id", Text, reference("item.id"), primary_key=True),
    text_column("section_id", primary_key=True),
    text_column("why"),
)
prompt_question = Table(
    "prompt_question",
    metadata,
    text_column("item_id", primary_key=True),
    text_column("section_id", primary_key=True),
    counted("position", primary_key=True),
    text_column("text"),
    ForeignKeyConstraint(
        ["item_id", "section_id"],
        ["prompt.item_id", "prompt.section_id"],
        deferrable=True,
        initially="DEFERRED",
    ),
)

concept = Table(
    "concept",
    metadata,
    text_column("id", primary_key=True),
    counted("position"),
)
concept_word = list_of("concept_word", "concept.id", text_column("text"), text_column("language"))

question_words = Table(
    "question_words", metadata, text_column("language", primary_key=True), counted("position")
)
stop_word = list_of("stop_word", "question_words.language", text_column("text"))
cue = list_of(
    "cue",
    "question_words.language",
    Column("kind", one_of(Kind, "kind"), nullable=False),
    text_column("text"),
)

# What a community decided, where that differs from what holds otherwise; nobody's name is in it.
community = Table(
    "community",
    metadata,
    text_column("platform", primary_key=True),
    text_column("id", primary_key=True),
    Column("answers", one_of(Visibility, "answers")),
    flag("suggestions"),
    text_column("queue"),
    flag("two"),
    flag("police"),
)
