"""What changed in an item, in the reader's language."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date

from bot.commands.words import shortened
from bot.curation.changes import Change, Value
from bot.curation.labels import ACTORS, WORK_TYPES
from bot.curation.saying import Saying
from bot.curation.tongues import tongue
from bot.i18n import Translator
from bot.model import Actor, WorkType

SHOWN = 400
"""Characters of one field. Of a long text in which something changed, most is cut out before."""
_NAMED: Mapping[str, Callable[[str, Translator], str]] = {
    "languages": tongue,
    "actors": lambda value, tr: tr(ACTORS[Actor(value)]),
    "work.type": lambda value, tr: tr(WORK_TYPES[WorkType(value)]),
    "checked_on": lambda value, tr: tr.day(date.fromisoformat(value)),
}
"""What readers call the values of fields that are kept by a name of ours."""


def rows(changes: Iterable[Change], tr: Translator) -> tuple[tuple[str, str], ...]:
    """What each field is called, and what changed in it."""
    return tuple((tr(change.label), _said(change, tr)) for change in changes)


def _said(change: Change, tr: Translator) -> str:
    before, after = (
        shortened("; ".join(_spoken(change.field, value, tr) for value in values), SHOWN)
        for values in (change.before, change.after)
    )
    if change.marked:
        return shortened(change.marked, SHOWN)
    if before and after:
        return tr("{before} → {after}", before=before, after=after)
    return tr("added: {words}", words=after) if after else tr("removed: {words}", words=before)


def _spoken(field: str, value: Value, tr: Translator) -> str:
    if isinstance(value, Saying):
        return value.spoken(tr)
    if name := _NAMED.get(field):
        with suppress(ValueError):  # of a version that was kept before such a value was checked
            return name(value, tr)
    return value
