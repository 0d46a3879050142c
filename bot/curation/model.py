"""What a community keeps of its own: items, who changed them, suggestions, posted cards. Frozen and plain.

A person is the id of an account on its platform, and empty where nobody is recorded: because they chose so,
asked to be forgotten, or sat at the terminal. An item is kept as a seed file has it (a *seed*: texts,
numbers, lists and mappings, all of which JSON can say), so that a shelf is exported to the letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.model import Community, Place

OWN = "source:own"
"""The document that what a community adds stands in, where nothing else is said."""

ADDED = "added"
"""The one section of that document."""

Seed = Mapping[str, object]


class Group(StrEnum):
    """The lists of a seed file. `documents` are works that are summarised besides its own document."""

    DOCUMENTS = "documents"
    NOTES = "notes"
    READINGS = "readings"
    ACTIONS = "actions"
    CONTACTS = "contacts"


class Deed(StrEnum):
    """What a moderator did."""

    ADDED = "added"
    EDITED = "edited"
    REMOVED = "removed"
    RESTORED = "restored"
    CHECKED = "checked"
    IMPORTED = "imported"
    HIDDEN = "hidden"
    UNHIDDEN = "unhidden"
    OFFERED = "offered"
    GIVEN = "given"
    RECEIVED = "received"
    SECONDED = "seconded"
    APPROVED = "approved"
    DECLINED = "declined"
    POSTED = "posted"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"


NEVER = date.min
"""The day on which was checked what nobody has checked yet."""


@dataclass(frozen=True, slots=True)
class Own:
    """An item on a community's own shelf, as it is now.

    `version` counts its changes from 1. Removed, it is kept but not found. `checked_on` is the day (UTC) on
    which somebody last checked that its links and addresses are right, or `NEVER`.
    """

    id: str
    seed: Seed
    version: int
    changed_at: datetime
    checked_on: date
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """An item as it was read (None where there was none) and as it is to be."""

    before: Own | None
    after: Own


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what, when (UTC): a line of the audit log.

    `subject` is the id of what it was done to: an item, a suggestion, a card; of a decision, the name of the
    setting. Where an item was changed, `version` and `seed` say what it was after that; else 0 and None. Of a
    decision, `seed` has the setting with what holds from then on.
    """

    deed: Deed
    subject: str
    by: str
    at: datetime
    version: int = 0
    seed: Seed | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of items of one community, with the acts that tell of them."""

    edits: tuple[Edit, ...] = ()
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnShelf:
    """All that a community keeps on its shelf, in the order added; `hidden` are ids of shared items."""

    items: tuple[Own, ...] = ()
    hidden: frozenset[str] = frozenset()


class Standing(StrEnum):
    """What became of a suggestion."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something proposed for the shelf of a community.

    `by` is who proposed it and `tell` where they are told what became of it; both are empty for who chose to
    be anonymous, and from when they were told. `seconded_by` approved it first, where two have to. Its card
    in the moderators' channel is the message `message_id` at `queue`; both are empty before there is one.
    `version` counts changes from 1.
    """

    id: str
    community: Community
    seed: Seed
    at: datetime
    locale: str = "en"
    by: str = ""
    tell: Place | None = None
    standing: Standing = Standing.PENDING
    seconded_by: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None
    reason: str = ""
    item: str = ""
    queue: Place | None = None
    message_id: str = ""
    version: int = 1


class CardState(StrEnum):
    """Whether a card is only previewed, posted, or taken back."""

    DRAFT = "draft"
    POSTED = "posted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PostedCard:
    """The card of an item that moderators posted, with a note of theirs.

    `fingerprint` is of what it showed when it was last posted (`curation.cards.fingerprint_of`).
    `version` counts changes from 1.
    """

    id: str
    community: Community
    place: Place
    item: str
    at: datetime
    note: str = ""
    locale: str = "en"
    state: CardState = CardState.DRAFT
    message_id: str = ""
    fingerprint: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """A shelf that its moderators offer to hand over to whoever has the `code`, until `ends_at` (UTC)."""

    code: str
    community: Community
    ends_at: datetime


class LinkOutcome(StrEnum):
    """What a link checker found behind an address."""

    FINE = "fine"
    GONE = "gone"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class LinkState:
    """What was found behind an address, when (UTC), and how often in a row it was not `fine`."""

    address: str
    outcome: LinkOutcome
    at: datetime
    detail: str = ""
    failures: int = 0
