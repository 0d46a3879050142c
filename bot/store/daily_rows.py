"""Schedules and deliveries as rows of tables, and back. Nothing here talks to a database."""

from datetime import time
from typing import Any

from sqlalchemy import Row

from bot.daily.model import Delivery, Draw, Drawn, Memory, Plan, Schedule
from bot.model import Community, Place

DELIVERY = (
    "schedule_id",
    "day",
    "what",
    "number",
    "item",
    "due",
    "state",
    "free_at",
    "claim",
    "identity",
    "tried_at",
    "attempts",
    "message_id",
    "problem",
    "settled_at",
)
"""What a delivery and its row call the same; the row also has its number and its platform."""

IDENTITY = DELIVERY[:4]
"""What tells deliveries apart, and never changes."""


def schedule_values(schedule: Schedule) -> dict[str, Any]:
    """The row of a schedule."""
    plan = schedule.plan
    return {
        "id": schedule.id,
        "owner_platform": schedule.owner.platform if schedule.owner else None,
        "owner_id": schedule.owner.id if schedule.owner else None,
        "number": schedule.number,
        "platform": schedule.place.platform,
        "place_id": schedule.place.id,
        "minute": plan.at.hour * 60 + plan.at.minute,
        "zone": plan.zone,
        "days": "".join(str(day) for day in sorted(plan.days)),
        "kinds": sorted(plan.draw.kinds),
        "topics": plan.draw.topics,
        "source": plan.draw.source,
        "draw_order": plan.order,
        "thread": plan.thread,
        "language": plan.language,
        "mention": plan.mention,
        "tell": plan.tell,
        "paused": schedule.paused,
        "paused_until": schedule.paused_until,
        "round": schedule.memory.round,
        "shown": schedule.memory.shown,
        "next_day": schedule.next_day,
        "due": schedule.due,
        "trouble": schedule.trouble,
        "version": schedule.version,
    }


def schedule_of(row: Row[Any]) -> Schedule:
    """The schedule of a row."""
    return Schedule(
        id=row.id,
        owner=None if row.owner_id is None else Community(row.owner_platform, row.owner_id),
        number=row.number,
        place=Place(row.platform, row.place_id),
        plan=Plan(
            at=time(*divmod(row.minute, 60)),
            zone=row.zone,
            days=frozenset(int(day) for day in row.days),
            draw=Draw(frozenset(Drawn(kind) for kind in row.kinds), row.topics, row.source),
            order=row.draw_order,
            thread=row.thread,
            language=row.language,
            mention=row.mention,
            tell=row.tell,
        ),
        paused=row.paused,
        paused_until=row.paused_until,
        memory=Memory(row.round, row.shown),
        next_day=row.next_day,
        due=row.due,
        trouble=row.trouble,
        version=row.version,
    )


def delivery_values(delivery: Delivery, platform: str) -> dict[str, Any]:
    """The row of a delivery, but for its id, which the database counts."""
    return {"platform": platform, **{name: getattr(delivery, name) for name in DELIVERY}}


def delivery_of(row: Row[Any]) -> Delivery:
    """The delivery of a row."""
    return Delivery(id=row.id, **{name: getattr(row, name) for name in DELIVERY})
