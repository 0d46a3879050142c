"""The part of the schema that keeps communities' own shelves: see `bot.curation.model` for what they mean.

Of everything, the first columns say whose it is, and every statement names them. A partial index is surely
used only by a statement that repeats its condition in so many words, and has no parameter there.
"""

from sqlalchemy import (
    BigInteger,
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

from bot.curation.model import CardState, Deed, LinkOutcome, Standing
from bot.store.columns import Instant, Json, counted, flag, metadata, one_of, text_column


def _whose(*, primary_key: bool = True) -> tuple[Column[str], Column[str]]:
    return (
        text_column("community_platform", primary_key=primary_key),
        text_column("community_id", primary_key=primary_key),
    )


own_item = Table(
    "own_item",
    metadata,
    *_whose(),
    text_column("id", primary_key=True),
    # In the order added; two have the same only where shelves came together.
    counted("position"),
    Column("seed", Json, nullable=False),
    counted("version", 1),
    Column("changed_at", Instant, nullable=False),
    Column("checked_on", Date, nullable=False),
    flag("removed"),
)

# The web addresses in items that are not removed, and what was found behind each. What a link checker finds
# is written to all rows of an address: so nothing of it is left when the last community drops it, and no
# community can tell from its own what another one has.
own_link = Table(
    "own_link",
    metadata,
    *_whose(),
    text_column("item_id", primary_key=True),
    text_column("address", primary_key=True),
    Column("outcome", one_of(LinkOutcome, "outcome")),
    Column("looked_at", Instant),
    text_column("detail"),
    counted("failures"),
    CheckConstraint("(outcome IS NULL) = (looked_at IS NULL)", name="looked"),
)
Index(None, own_link.c.address)
Index(None, own_link.c.looked_at, own_link.c.address)
FAILED_ONCE = text("failures = 1")
Index(
    "ix_own_link_failed_once",
    own_link.c.looked_at,
    own_link.c.address,
    sqlite_where=FAILED_ONCE,
    postgresql_where=FAILED_ONCE,
)

# Items of the shared corpus that a community does not want to find.
hidden_item = Table("hidden_item", metadata, *_whose(), text_column("item_id", primary_key=True))

act = Table(
    "act",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    *_whose(primary_key=False),
    Column("deed", one_of(Deed, "deed"), nullable=False),
    text_column("subject"),
    text_column("done_by"),
    Column("at", Instant, nullable=False),
    counted("version"),
    Column("seed", Json),
)
Index(None, act.c.community_platform, act.c.community_id, act.c.at, act.c.id)
Index(None, act.c.community_platform, act.c.community_id, act.c.subject, act.c.at, act.c.id)
Index(None, act.c.at, act.c.id)
DONE_BY = text("done_by <> ''")
Index(None, act.c.done_by, sqlite_where=DONE_BY, postgresql_where=DONE_BY)

suggestion = Table(
    "suggestion",
    metadata,
    *_whose(),
    text_column("id", primary_key=True),
    Column("seed", Json, nullable=False),
    Column("at", Instant, nullable=False),
    text_column("locale"),
    text_column("suggested_by"),
    Column("tell_platform", Text),
    Column("tell_id", Text),
    Column("standing", one_of(Standing, "standing"), nullable=False),
    text_column("seconded_by"),
    text_column("settled_by"),
    Column("settled_at", Instant),
    text_column("reason"),
    text_column("item"),
    Column("queue_platform", Text),
    Column("queue_id", Text),
    text_column("message_id"),
    counted("version", 1),
    CheckConstraint("(standing = 'pending') = (settled_at IS NULL)", name="settled"),
    CheckConstraint("(tell_platform IS NULL) = (tell_id IS NULL)", name="tell"),
    CheckConstraint("(queue_platform IS NULL) = (queue_id IS NULL)", name="queue"),
)
WAITING = text("standing = 'pending'")
Index(
    None,
    suggestion.c.community_platform,
    suggestion.c.community_id,
    suggestion.c.at,
    suggestion.c.id,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
Index(
    None,
    suggestion.c.settled_at,
    sqlite_where=suggestion.c.settled_at.is_not(None),
    postgresql_where=suggestion.c.settled_at.is_not(None),
)
PERSONS = tuple(
    (column, text(f"{column.name} <> ''"))
    for column in (suggestion.c.suggested_by, suggestion.c.seconded_by, suggestion.c.settled_by)
)
"""Who had to do with a suggestion, each with the condition of the index it is found by."""
SUGGESTED_BY = PERSONS[0][1]
for _person, _recorded in PERSONS:
    Index(None, _person, sqlite_where=_recorded, postgresql_where=_recorded)

card = Table(
    "card",
    metadata,
    *_whose(),
    text_column("id", primary_key=True),
    text_column("place_platform"),
    text_column("place_id"),
    text_column("item"),
    Column("at", Instant, nullable=False),
    text_column("note"),
    text_column("locale"),
    Column("state", one_of(CardState, "state"), nullable=False),
    text_column("message_id"),
    text_column("fingerprint"),
    counted("version", 1),
)
OVER = text("state <> 'posted'")
"""Of cards: that nobody sees them, not yet or not any more."""
Index(None, card.c.at, sqlite_where=OVER, postgresql_where=OVER)

# A community's one offer to hand its shelf over.
offer = Table(
    "offer",
    metadata,
    *_whose(),
    text_column("code"),
    Column("ends_at", Instant, nullable=False),
    UniqueConstraint("code"),
)
Index(None, offer.c.ends_at)

# Since when the bot is gone from a community.
departure = Table("departure", metadata, *_whose(), Column("at", Instant, nullable=False))
Index(None, departure.c.community_platform, departure.c.at)
