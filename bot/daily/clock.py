"""When a prompt is due: local times of day in named zones, turned into instants.

Instants are aware and in UTC; local dates and times of day are naive and belong to a zone. The rules:

- a time that does not exist on the day the clocks go forward stands for the first instant after the gap;
- one that exists twice on the day they go back stands for the first time;
- a date that a zone skipped (Samoa had no 30 December 2011) has no prompt.
"""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from bot.daily.model import Plan

GRACE = timedelta(hours=6)
"""How long after it is due a prompt is still posted."""
PUNCTUAL = timedelta(minutes=10)
"""How long after it is due a prompt is posted without a word about that."""
LONGEST = timedelta(days=14)
"""No two prompts of a plan in a row are further apart, and no plan has its next one further off.

A week between them is the rule; two, less the date itself, where a zone skipped that date.
"""
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
# Not places: what this machine's clock is set to, and a zone that says that nobody set it.
_NOT_ZONES = frozenset({"localtime", "Factory"})


def instant(day: date, at: time, zone: str) -> datetime:
    """The first instant at which the clocks of a zone show that time of that day, or a later one.

    On a day that the zone skipped, it is when the next one begins; `exists` tells. Raises
    `zoneinfo.ZoneInfoNotFoundError` for a zone that is not `known`.
    """
    local = datetime.combine(day, at)
    here = _zone(zone)
    # Of a time that exists twice, fold 0 is the first; of one that does not exist, fold 0 counts from the
    # clocks as they were before the gap and lies after it, fold 1 the other way round (PEP 495).
    found = local.replace(tzinfo=here, fold=0).astimezone(UTC)
    if found.astimezone(here).replace(tzinfo=None) == local:
        return found
    return _end_of_gap(local.replace(tzinfo=here, fold=1).astimezone(UTC), found, here)


def _end_of_gap(before: datetime, after: datetime, here: ZoneInfo) -> datetime:
    """The instant between these two, to the second, when the clocks were put forward."""
    old = before.astimezone(here).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(here).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def exists(day: date, zone: str) -> bool:
    """Whether a zone has that date."""
    return local_day(instant(day, time.min, zone), zone) == day


def local_day(now: datetime, zone: str) -> date:
    """The date in a zone at an instant."""
    return now.astimezone(_zone(zone)).date()


def following(plan: Plan, after: datetime) -> Iterator[tuple[date, datetime]]:
    """The local date and the instant of every prompt of a plan after an instant, without end.

    Both increase strictly: no date comes twice.
    """
    return ((day, due) for day, due in _occurrences(plan, local_day(after, plan.zone)) if due > after)


def on_or_after(plan: Plan, day: date) -> tuple[date, datetime]:
    """The local date and the instant of the first prompt of a plan on that date or later."""
    return next(_occurrences(plan, day))


def _occurrences(plan: Plan, first: date) -> Iterator[tuple[date, datetime]]:
    for days in count():
        day = first + days * _DAY
        if day.weekday() not in plan.days:
            continue
        due = instant(day, plan.at, plan.zone)
        # A gap over midnight puts it on another date, too; only then it takes a second look.
        if local_day(due, plan.zone) == day or exists(day, plan.zone):
            yield day, due


def is_late(due: datetime, now: datetime) -> bool:
    """Whether a prompt that is posted now should say that it is late."""
    return now - due > PUNCTUAL


def is_over(due: datetime, now: datetime, grace: timedelta) -> bool:
    """Whether it is too late to post a prompt at all."""
    return now - due > grace


def known(zone: str) -> bool:
    """Whether that is the name of a zone; case matters."""
    return zone in zones()


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The names of all zones there are data for: places, former names of theirs, and fixed offsets."""
    return frozenset(available_timezones()) - _NOT_ZONES


def rules() -> str:
    """What the data of all zones is, in 32 characters; whenever it changes, so does what is due when.

    Zones are then read anew, so that a process that runs for months goes by this data. It is that of the
    system where it has the zone, else that of the package `tzdata`, as `zoneinfo` finds it. A version would
    not do: a system may have changed its data without another version, or have none that can be read.
    Reads some 600 small files.
    """
    _zone.cache_clear()
    zones.cache_clear()
    digest = blake2b(digest_size=16)
    for zone in sorted(zones()):
        digest.update(zone.encode())
        digest.update(_data(zone))
    return digest.hexdigest()


def _data(zone: str) -> bytes:
    for folder in zoneinfo.TZPATH:  # not imported by name: it can be set anew
        if (file := Path(folder, zone)).is_file():
            return file.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    # `ZoneInfo(name)` would keep only the last few and could not be told to read one again.
    return ZoneInfo.no_cache(name)
