"""The part of the schema that keeps schedules and deliveries: see `bot.daily.model` for what they mean.

Indexes hold what is asked for every minute. A partial one is surely used only by a statement that
repeats its condition in so many words, and has no parameter there.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.daily.model import Order, State, What
from bot.store.columns import Instant, Words, counted, metadata, one_of, reference, text_column

schedule = Table(
    "schedule",
    metadata,
    text_column("id", primary_key=True),
    # Both are NULL for somebody's own schedule: no two NULLs are the same, and so it takes nobody's number.
    Column("owner_platform", Text),
    Column("owner_id", Text),
    counted("number", 1),
    text_column("platform"),
    text_column("place_id"),
    # Of the local day, from midnight.
    Column("minute", Integer, CheckConstraint("minute BETWEEN 0 AND 1439", name="minute"), nullable=False),
    text_column("zone"),
    # The digits of the days of the week; Monday is 0.
    text_column("days"),
    Column("kinds", Words, nullable=False),
    Column("topics", Words, nullable=False),
    text_column("source"),
    Column("draw_order", one_of(Order, "draw_order"), nullable=False),
    Column("thread", Boolean(name="thread", create_constraint=True), nullable=False),
    text_column("language"),
    text_column("mention"),
    text_column("tell"),
    Column("paused", Boolean(name="paused", create_constraint=True), nullable=False),
    Column("paused_until", Date),
    counted("round"),
    Column("shown", Words, nullable=False),
    Column("next_day", Date),
    Column("due", Instant),
    text_column("trouble"),
    counted("version"),
    CheckConstraint("(owner_platform IS NULL) = (owner_id IS NULL)", name="owner"),
    CheckConstraint("(next_day IS NULL) = (due IS NULL)", name="next"),
    UniqueConstraint("owner_platform", "owner_id", "number"),
)
OWN = schedule.c.owner_id.is_(None)
TELLS = text("tell <> ''")
Index(None, schedule.c.platform, schedule.c.place_id)
Index(
    "uq_schedule_own",
    schedule.c.platform,
    schedule.c.place_id,
    unique=True,
    sqlite_where=OWN,
    postgresql_where=OWN,
)
Index(None, schedule.c.platform, schedule.c.tell, sqlite_where=TELLS, postgresql_where=TELLS)
Index(
    None,
    schedule.c.platform,
    schedule.c.due,
    schedule.c.id,
    sqlite_where=schedule.c.due.is_not(None),
    postgresql_where=schedule.c.due.is_not(None),
)
Index(
    "ix_schedule_due_running",
    schedule.c.due,
    sqlite_where=~schedule.c.paused,
    postgresql_where=~schedule.c.paused,
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("schedule_id", Text, reference("schedule.id", ondelete="CASCADE"), nullable=False),
    # That of the schedule, which never changes: who posts on one platform finds its deliveries by it.
    text_column("platform"),
    Column("day", Date, nullable=False),
    Column("what", one_of(What, "what"), nullable=False),
    counted("number"),
    text_column("item"),
    Column("due", Instant, nullable=False),
    Column("state", one_of(State, "state"), nullable=False),
    Column("free_at", Instant, nullable=False),
    text_column("claim"),
    text_column("identity"),
    Column("tried_at", Instant),
    counted("attempts"),
    text_column("message_id"),
    text_column("problem"),
    Column("settled_at", Instant),
    CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
    UniqueConstraint("schedule_id", "day", "what", "number"),
)
PENDING = text("state = 'pending'")
Index(
    None,
    delivery.c.platform,
    delivery.c.free_at,
    delivery.c.id,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)
Index(
    None,
    delivery.c.settled_at,
    delivery.c.id,
    sqlite_where=delivery.c.settled_at.is_not(None),
    postgresql_where=delivery.c.settled_at.is_not(None),
)

# By which version of the time zone data schedules are due; the one row is there from the first on.
zone_data = Table(
    "zone_data",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    text_column("version"),
)
