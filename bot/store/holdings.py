"""Everything that is stored about a community, in whichever table: what is purged, told and looked for."""

from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Table, select

from bot.model import Community
from bot.store import curation_tables as curated
from bot.store.daily_tables import delivery, schedule
from bot.store.tables import community


@dataclass(frozen=True, slots=True)
class Holding:
    """A table that has something of communities, and the columns that say of which.

    They are those of another table where rows are a community's because they belong to a row there; then
    `belongs` is the column of the one and the column of the other that are the same.
    """

    table: Table
    platform: Column[str]
    id: Column[str]
    belongs: tuple[Column[str], Column[str]] | None = None

    def of(self, whose: Community) -> ColumnElement[bool]:
        """The rows of a community."""
        named = (self.platform == whose.platform) & (self.id == whose.id)
        if self.belongs is None:
            return named
        ours, theirs = self.belongs
        return ours.in_(select(theirs).where(named))


CURATED = tuple(
    Holding(table, table.c.community_platform, table.c.community_id)
    for table in (
        curated.own_item,
        curated.own_link,
        curated.hidden_item,
        curated.act,
        curated.suggestion,
        curated.card,
        curated.offer,
        curated.departure,
    )
)
"""What the ledger keeps."""

HOLDINGS = (
    *CURATED,
    Holding(community, community.c.platform, community.c.id),
    # What comes after a schedule goes with it.
    Holding(
        delivery, schedule.c.owner_platform, schedule.c.owner_id, (delivery.c.schedule_id, schedule.c.id)
    ),
    Holding(schedule, schedule.c.owner_platform, schedule.c.owner_id),
)
"""All there is. What belongs to a row stands before the row, so that all can be deleted in this order."""
