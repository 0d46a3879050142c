"""What a schedule and a delivery are. Frozen and plain; the store keeps them, commands change them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from bot.model import Community, Place

EVERY_DAY = frozenset(range(7))
"""Days of the week, Monday is 0."""


class Drawn(StrEnum):
    """What a prompt can be."""

    READING = "reading"
    SECTION = "section"
    ACTION = "action"
    TERM = "term"


class Order(StrEnum):
    """How the next prompt is chosen: shuffled, or the parts of one document as they stand there."""

    SHUFFLED = "shuffled"
    SERIES = "series"


class State(StrEnum):
    """What became of a delivery. `uncertain`: nobody can tell whether the platform took it; never resent."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"


class What(StrEnum):
    """What is delivered: the prompt of a day, one more on request, or word to the moderators."""

    PROMPT = "prompt"
    EXTRA = "extra"
    TROUBLE = "trouble"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Draw:
    """From what prompts are drawn. What is empty does not narrow it. `topics` and `source` are ids."""

    kinds: frozenset[Drawn] = frozenset()
    topics: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """What was shown in this round: the marks of items (`order.mark`), in the order they were shown.

    A round is over when everything was shown; rounds are counted from 0.
    """

    round: int = 0
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What its moderators decided for a schedule.

    `at` is a local time of day in `zone` (an IANA name), to the minute. `days` are days of the week.
    `language` is that of the interface around the prompt. `mention` is whom a prompt mentions as its platform
    has it (the id of a role on Discord, `room` on Matrix), `tell` the id of the place on the same platform
    where moderators are told of trouble; both are empty where nobody is.
    """

    at: time
    zone: str
    days: frozenset[int] = EVERY_DAY
    draw: Draw = Draw()
    order: Order = Order.SHUFFLED
    thread: bool = False
    language: str = "en"
    mention: str = ""
    tell: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where and when prompts are posted, and how far that has come.

    `owner` is the community whose schedule it is, and None where it is somebody's own, for their direct
    messages. `number` is what moderators call it: unique among those of its owner, from 1. Paused, it is not
    due: until the local day `paused_until` where that is set. `next_day` is the local date of the next
    prompt and `due` its instant; both are None while it is paused for good.

    `trouble` is why the last prompt could not be posted, empty where it could: `gone`, `forbidden:` and the
    permission that is missing, `unreachable`, `uncertain`, `broken` (it could not be made out what or when,
    or put into words); or why there is none to come: `empty` (nothing to draw from), `finished` (a series is
    at its end). `version` counts the changes.
    """

    id: str
    owner: Community | None
    number: int
    place: Place
    plan: Plan
    paused: bool = False
    paused_until: date | None = None
    memory: Memory = Memory()
    next_day: date | None = None
    due: datetime | None = None
    trouble: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to be posted once. `(schedule_id, day, what, number)` is unique; `id` counts rows.

    `number` is 0 for the prompt of a day; extra ones are counted from 1, and word to the moderators has the
    version of the schedule that it is about. `item` is the id of what is shown. It may
    be taken in hand from `free_at` on: when it is due, after a pause between attempts, or when the lease of
    who holds it (`claim`) is over. `tried_at` is since when the platform may have taken it without our
    knowing, by the account or device `identity`, which alone can repeat it; None where nothing is unknown.
    A prompt with a thread is sent when its thread is there; `message_id` is known before that.
    """

    id: int
    schedule_id: str
    day: date
    what: What
    number: int
    item: str
    due: datetime
    state: State
    free_at: datetime
    claim: str = ""
    identity: str = ""
    tried_at: datetime | None = None
    attempts: int = 0
    message_id: str = ""
    problem: str = ""
    settled_at: datetime | None = None
