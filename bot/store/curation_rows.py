"""Items, acts, suggestions and cards as rows of tables, and back. Nothing here talks to a database."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from sqlalchemy import Row

from bot.curation.model import Act, Own, PostedCard, Seed, Suggestion
from bot.model import Community, Place
from bot.store.curated import whose

ITEM = ("seed", "changed_at", "checked_on", "removed")
"""What an item and its row call the same and may change, but for its version."""

SUGGESTION = (
    "seed",
    "at",
    "locale",
    "standing",
    "seconded_by",
    "settled_by",
    "settled_at",
    "reason",
    "item",
    "message_id",
)
"""What a suggestion and its row call the same and may change, but for its version."""

CARD = ("item", "at", "note", "locale", "state", "message_id", "fingerprint")
"""What a card and its row call the same and may change, but for its version."""


def own_values(own: Own) -> dict[str, Any]:
    """What the row of an item says, but for whose it is, its id, its place and its version."""
    return {name: getattr(own, name) for name in ITEM}


def own_of(row: Row[Any]) -> Own:
    """The item of a row."""
    return Own(id=row.id, version=row.version, **{name: getattr(row, name) for name in ITEM})


def act_values(community: Community, act: Act) -> dict[str, Any]:
    """The row of an act, but for its id, which the database counts."""
    return {
        **whose(community),
        "deed": act.deed,
        "subject": act.subject,
        "done_by": act.by,
        "at": act.at,
        "version": act.version,
        "seed": act.seed,
    }


def act_of(row: Row[Any]) -> Act:
    """The act of a row."""
    return Act(row.deed, row.subject, row.done_by, row.at, row.version, row.seed)


def suggestion_values(suggestion: Suggestion) -> dict[str, Any]:
    """What the row of a suggestion says, but for whose it is, its id and its version."""
    return {
        **{name: getattr(suggestion, name) for name in SUGGESTION},
        "suggested_by": suggestion.by,
        "tell_platform": suggestion.tell.platform if suggestion.tell else None,
        "tell_id": suggestion.tell.id if suggestion.tell else None,
        "queue_platform": suggestion.queue.platform if suggestion.queue else None,
        "queue_id": suggestion.queue.id if suggestion.queue else None,
    }


def suggestion_of(row: Row[Any]) -> Suggestion:
    """The suggestion of a row."""
    return Suggestion(
        id=row.id,
        community=_community_of(row),
        by=row.suggested_by,
        tell=_place_of(row.tell_platform, row.tell_id),
        queue=_place_of(row.queue_platform, row.queue_id),
        version=row.version,
        **{name: getattr(row, name) for name in SUGGESTION},
    )


def card_values(card: PostedCard) -> dict[str, Any]:
    """What the row of a card says, but for whose it is, its id and its version."""
    return {
        **{name: getattr(card, name) for name in CARD},
        "place_platform": card.place.platform,
        "place_id": card.place.id,
    }


def card_of(row: Row[Any]) -> PostedCard:
    """The card of a row."""
    return PostedCard(
        id=row.id,
        community=_community_of(row),
        place=Place(row.place_platform, row.place_id),
        version=row.version,
        **{name: getattr(row, name) for name in CARD},
    )


def addresses_in(seed: Seed) -> Iterator[str]:
    """The web addresses that a seed names as such, wherever in it; not those within a text."""
    for key, value in seed.items():
        if key in {"url", "urls"}:
            values = value if isinstance(value, list | tuple) else [value]
            yield from (each for each in values if _is_web_address(each))
        else:
            yield from _addresses_below(value)


def _addresses_below(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from addresses_in(value)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _addresses_below(each)


def _is_web_address(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _community_of(row: Row[Any]) -> Community:
    return Community(row.community_platform, row.community_id)


def _place_of(platform: str | None, place_id: str | None) -> Place | None:
    return None if platform is None or place_id is None else Place(platform, place_id)
