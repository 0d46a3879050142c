"""The corpus: documents, what was drawn from them, the thesaurus and the question words.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KINDS = ("summary", "reading", "action", "contact")
NOTE_TYPES = ("topic", "law", "organisation", "person", "figure", "testimony", "publication")
ACTORS = ("anyone", "ally", "service-provider", "researcher", "lawmaker", "movement")
WORK_TYPES = (
    "article-journal",
    "article-magazine",
    "book",
    "motion_picture",
    "pamphlet",
    "post-weblog",
    "report",
    "review-book",
    "webpage",
)


def upgrade() -> None:
    """Make the tables, and the row that says that no corpus has been loaded yet."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA application_id = 1229866575")  # INFO in ASCII
    _shelves()
    _entries()
    _search_words()


def _shelves() -> None:
    corpus = op.create_table(
        "corpus",
        sa.Column(
            "id",
            sa.Integer,
            sa.CheckConstraint("id = 1", name="single"),
            primary_key=True,
            autoincrement=False,
        ),
        *_texts("fingerprint"),
        sa.Column("loaded_at", sa.DateTime(timezone=True)),
        sa.Column("source_count", sa.Integer, nullable=False),
        sa.Column("entry_count", sa.Integer, nullable=False),
        sa.Column("statement_count", sa.Integer, nullable=False),
        sa.Column("concept_count", sa.Integer, nullable=False),
        sa.CheckConstraint("(fingerprint = '') = (loaded_at IS NULL)", name="loaded"),
    )
    counts = ("source_count", "entry_count", "statement_count", "concept_count")
    op.bulk_insert(corpus, [{"id": 1, "fingerprint": "", **dict.fromkeys(counts, 0)}])
    op.create_table("item", sa.Column("id", sa.Text, primary_key=True), _position())
    _list("alias", "item.id", *_texts("text", "language"))
    op.create_table(
        "work",
        _key("item.id"),
        sa.Column("type", _one_of("type", WORK_TYPES), nullable=False),
        *_texts("title", "issued", "container", "volume", "issue", "pages"),
        *_texts("publisher", "place", "url", "language", "note"),
    )
    _list(
        "author",
        "work.id",
        *_texts("family", "given", "literal"),
        sa.CheckConstraint("(family = '') <> (literal = '')", name="one_form"),
    )
    op.create_table(
        "source",
        _key("item.id"),
        *_texts("short", "long", "licence_name", "licence_attribution", "licence_uri"),
        sa.Column("licence_commercial", sa.Boolean(name="licence_commercial", create_constraint=True)),
        *_texts("licence_note"),
    )
    op.create_table(
        "section",
        sa.Column("source_id", sa.Text, _reference("source.id"), primary_key=True),
        _position(),
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("title", "text"),
    )
    _list("manifestation", "source.id", *_texts("title", "note", "url"))
    _list("source_caveat", "source.id", *_texts("text"))


def _entries() -> None:
    op.create_table(
        "entry",
        _key("item.id"),
        sa.Column("kind", _one_of("kind", KINDS), nullable=False, index=True),
        *_texts("title", "content_note", "caveat"),
    )
    _list(
        "statement",
        "entry.id",
        sa.Column("text", sa.Text, sa.CheckConstraint("text <> ''", name="text"), nullable=False),
        *_texts("said_by", "source_id", "section_id", "paragraph"),
        sa.ForeignKeyConstraint(
            ["source_id", "section_id"],
            ["section.source_id", "section.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index(None, "statement", ["source_id", "section_id"])
    op.create_table("note", _key("entry.id"), sa.Column("type", _one_of("type", NOTE_TYPES), nullable=False))
    topic = sa.Column("topic_id", sa.Text, _reference("note.id"), nullable=False, index=True)
    _list("item_topic", "item.id", topic)
    op.create_table("action", _key("entry.id"), *_texts("audience"))
    actor: sa.Column[str] = sa.Column("actor", _one_of("actor", ACTORS), nullable=False, index=True)
    _list("action_actor", "action.id", actor)
    op.create_table(
        "contact",
        _key("entry.id"),
        *_texts("region"),
        sa.Column("checked_on", sa.Date, nullable=False),
        *_texts("checked_in"),
        sa.Column("police", sa.Boolean(name="police", create_constraint=True), nullable=False),
    )
    for name in ("email", "phone", "url", "language"):
        _list(f"contact_{name}", "contact.id", *_texts(name))


def _search_words() -> None:
    op.create_table("concept", sa.Column("id", sa.Text, primary_key=True), _position())
    _list("concept_word", "concept.id", *_texts("text", "language"))
    op.create_table("question_words", sa.Column("language", sa.Text, primary_key=True), _position())
    _list("stop_word", "question_words.language", *_texts("text"))
    kind: sa.Column[str] = sa.Column("kind", _one_of("kind", KINDS), nullable=False)
    _list("cue", "question_words.language", kind, *_texts("text"))


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _position(*, primary_key: bool = False) -> sa.Column[int]:
    check = sa.CheckConstraint("position >= 0", name="position")
    return sa.Column("position", sa.Integer, check, nullable=False, primary_key=primary_key)


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(target: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, deferrable=True, initially="DEFERRED")


def _key(target: str) -> sa.Column[str]:
    return sa.Column("id", sa.Text, _reference(target), primary_key=True)


def _list(name: str, owner: str, *columns: sa.schema.SchemaItem) -> None:
    table, key = owner.split(".")
    column = f"{table}_id" if key == "id" else key
    op.create_table(
        name,
        sa.Column(column, sa.Text, _reference(owner), primary_key=True),
        _position(primary_key=True),
        *columns,
    )
