"""Prompts in the corpus; schedules and deliveries of daily prompts.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ORDERS = ("shuffled", "series")
WHATS = ("prompt", "extra", "trouble", "recovery")
STATES = ("pending", "sent", "failed", "skipped", "uncertain")


def upgrade() -> None:
    """Make the tables, and the row that says that no time zone data was used yet."""
    _prompts()
    _schedules()
    _deliveries()
    zone_data = op.create_table(
        "zone_data",
        sa.Column(
            "id",
            sa.Integer,
            sa.CheckConstraint("id = 1", name="single"),
            primary_key=True,
            autoincrement=False,
        ),
        *_texts("version"),
    )
    op.bulk_insert(zone_data, [{"id": 1, "version": ""}])


def _prompts() -> None:
    op.create_table(
        "prompt",
        sa.Column("item_id", sa.Text, _reference("item.id"), primary_key=True),
        sa.Column("section_id", sa.Text, primary_key=True),
        *_texts("why"),
    )
    op.create_table(
        "prompt_question",
        sa.Column("item_id", sa.Text, primary_key=True),
        sa.Column("section_id", sa.Text, primary_key=True),
        _counted("position", primary_key=True),
        *_texts("text"),
        sa.ForeignKeyConstraint(
            ["item_id", "section_id"],
            ["prompt.item_id", "prompt.section_id"],
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def _schedules() -> None:
    op.create_table(
        "schedule",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner_platform", sa.Text),
        sa.Column("owner_id", sa.Text),
        _counted("number", 1),
        *_texts("platform", "place_id"),
        sa.Column(
            "minute",
            sa.Integer,
            sa.CheckConstraint("minute BETWEEN 0 AND 1439", name="minute"),
            nullable=False,
        ),
        *_texts("zone", "days", "kinds", "topics", "source"),
        sa.Column("draw_order", _one_of("draw_order", ORDERS), nullable=False),
        sa.Column("thread", sa.Boolean(name="thread", create_constraint=True), nullable=False),
        *_texts("language", "mention", "tell"),
        sa.Column("paused", sa.Boolean(name="paused", create_constraint=True), nullable=False),
        sa.Column("paused_until", sa.Date),
        _counted("round"),
        *_texts("shown"),
        sa.Column("next_day", sa.Date),
        sa.Column("due", sa.DateTime(timezone=True)),
        *_texts("trouble"),
        _counted("version"),
        sa.CheckConstraint("(owner_platform IS NULL) = (owner_id IS NULL)", name="owner"),
        sa.CheckConstraint("(next_day IS NULL) = (due IS NULL)", name="next"),
        sa.UniqueConstraint("owner_platform", "owner_id", "number"),
    )
    op.create_index(None, "schedule", ["platform", "place_id"])
    _partial_index("uq_schedule_own", "schedule", ["platform", "place_id"], "owner_id IS NULL", unique=True)
    _partial_index(None, "schedule", ["platform", "tell"], "tell <> ''")
    _partial_index(None, "schedule", ["platform", "due", "id"], "due IS NOT NULL")
    running = "paused = 0" if op.get_bind().dialect.name == "sqlite" else "NOT paused"
    _partial_index("ix_schedule_due_running", "schedule", ["due"], running)


def _deliveries() -> None:
    instant = sa.DateTime(timezone=True)
    schedule = sa.ForeignKey("schedule.id", deferrable=True, initially="DEFERRED", ondelete="CASCADE")
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("schedule_id", sa.Text, schedule, nullable=False),
        *_texts("platform"),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("what", _one_of("what", WHATS), nullable=False),
        _counted("number"),
        *_texts("item"),
        sa.Column("due", instant, nullable=False),
        sa.Column("state", _one_of("state", STATES), nullable=False),
        sa.Column("free_at", instant, nullable=False),
        *_texts("claim", "identity"),
        sa.Column("tried_at", instant),
        _counted("attempts"),
        *_texts("message_id", "problem"),
        sa.Column("settled_at", instant),
        sa.CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        sa.UniqueConstraint("schedule_id", "day", "what", "number"),
    )
    _partial_index(None, "delivery", ["platform", "free_at", "id"], "state = 'pending'")
    _partial_index(None, "delivery", ["settled_at", "id"], "settled_at IS NOT NULL")


def _partial_index(
    name: str | None, table: str, columns: list[str], condition: str, *, unique: bool = False
) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _counted(name: str, least: int = 0, *, primary_key: bool = False) -> sa.Column[int]:
    check = sa.CheckConstraint(f"{name} >= {least}", name=name)
    return sa.Column(name, sa.Integer, check, nullable=False, primary_key=primary_key)


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(target: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, deferrable=True, initially="DEFERRED")
