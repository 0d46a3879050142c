"""Communities' own shelves, suggestions, posted cards, who did what; more that a community decides.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

VISIBILITIES = ("private", "room")
OUTCOMES = ("fine", "gone", "unsure")
DEEDS = (
    "added",
    "edited",
    "removed",
    "restored",
    "checked",
    "imported",
    "hidden",
    "unhidden",
    "offered",
    "given",
    "received",
    "seconded",
    "approved",
    "declined",
    "posted",
    "updated",
    "withdrawn",
    "decided",
)
STANDINGS = ("pending", "approved", "declined")
CARD_STATES = ("draft", "posted", "withdrawn")
INSTANT = sa.DateTime(timezone=True)
WHOSE = ["community_platform", "community_id"]


def upgrade() -> None:
    """Make the tables. A community that decided who sees answers has decided nothing else yet."""
    _communities()
    _shelves()
    _acts()
    _suggestions()
    op.create_table(
        "card",
        *_whose(),
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("place_platform", "place_id", "item"),
        sa.Column("at", INSTANT, nullable=False),
        *_texts("note", "locale"),
        sa.Column("state", _one_of("state", CARD_STATES), nullable=False),
        *_texts("message_id", "fingerprint"),
        _counted("version", 1),
    )
    op.create_table(
        "offer",
        *_whose(),
        *_texts("code"),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.UniqueConstraint("code"),
    )
    op.create_index(None, "offer", ["ends_at"])
    op.create_table("departure", *_whose(), sa.Column("at", INSTANT, nullable=False))
    op.create_index(None, "departure", ["community_platform", "at"])


def _communities() -> None:
    # Made anew, because SQLite can neither let a column be empty nor add one without a default.
    before = sa.table("community", sa.column("platform"), sa.column("id"), sa.column("answers"))
    rows = [dict(row) for row in op.get_bind().execute(sa.select(before)).mappings()]
    op.drop_table("community")
    after = op.create_table(
        "community",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("answers", _one_of("answers", VISIBILITIES)),
        _flag("suggestions"),
        *_texts("queue"),
        _flag("two"),
        _flag("police"),
    )
    nothing = {"suggestions": False, "queue": "", "two": False, "police": False}
    op.bulk_insert(after, [row | nothing for row in rows])


def _shelves() -> None:
    op.create_table(
        "own_item",
        *_whose(),
        sa.Column("id", sa.Text, primary_key=True),
        _counted("position"),
        *_texts("seed"),
        _counted("version", 1),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("checked_on", sa.Date, nullable=False),
        _flag("removed"),
    )
    op.create_table(
        "own_link",
        *_whose(),
        sa.Column("item_id", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("outcome", _one_of("outcome", OUTCOMES)),
        sa.Column("looked_at", INSTANT),
        *_texts("detail"),
        _counted("failures"),
        sa.CheckConstraint("(outcome IS NULL) = (looked_at IS NULL)", name="looked"),
    )
    op.create_index(None, "own_link", ["address"])
    op.create_index(None, "own_link", ["looked_at", "address"])
    _partial_index("own_link", ["looked_at", "address"], "failures = 1", name="ix_own_link_failed_once")
    op.create_table("hidden_item", *_whose(), sa.Column("item_id", sa.Text, primary_key=True))


def _acts() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *_texts(*WHOSE),
        sa.Column("deed", _one_of("deed", DEEDS), nullable=False),
        *_texts("subject", "done_by"),
        sa.Column("at", INSTANT, nullable=False),
        _counted("version"),
        sa.Column("seed", sa.Text),
    )
    op.create_index(None, "act", [*WHOSE, "at", "id"])
    op.create_index(None, "act", [*WHOSE, "subject", "at", "id"])
    op.create_index(None, "act", ["at", "id"])
    _partial_index("act", ["done_by"], "done_by <> ''")


def _suggestions() -> None:
    op.create_table(
        "suggestion",
        *_whose(),
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("seed"),
        sa.Column("at", INSTANT, nullable=False),
        *_texts("locale", "suggested_by"),
        sa.Column("tell_platform", sa.Text),
        sa.Column("tell_id", sa.Text),
        sa.Column("standing", _one_of("standing", STANDINGS), nullable=False),
        *_texts("seconded_by", "settled_by"),
        sa.Column("settled_at", INSTANT),
        *_texts("reason", "item"),
        sa.Column("queue_platform", sa.Text),
        sa.Column("queue_id", sa.Text),
        *_texts("message_id"),
        _counted("version", 1),
        sa.CheckConstraint("(standing = 'pending') = (settled_at IS NULL)", name="settled"),
        sa.CheckConstraint("(tell_platform IS NULL) = (tell_id IS NULL)", name="tell"),
        sa.CheckConstraint("(queue_platform IS NULL) = (queue_id IS NULL)", name="queue"),
    )
    _partial_index("suggestion", [*WHOSE, "at", "id"], "standing = 'pending'")
    _partial_index("suggestion", ["settled_at"], "settled_at IS NOT NULL")
    for person in ("suggested_by", "seconded_by", "settled_by"):
        _partial_index("suggestion", [person], f"{person} <> ''")


def _partial_index(table: str, columns: list[str], condition: str, *, name: str | None = None) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _whose() -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, primary_key=True) for name in WHOSE]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(name=name, create_constraint=True), nullable=False)


def _counted(name: str, least: int = 0) -> sa.Column[int]:
    check = sa.CheckConstraint(f"{name} >= {least}", name=name)
    return sa.Column(name, sa.Integer, check, nullable=False)


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
