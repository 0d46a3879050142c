"""From what somebody typed into a form to an item as a seed file has it, and what is the same already."""

import hashlib
import re
from collections.abc import Callable, Container, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from itertools import count

from bot.corpus.fields import NOTE_TYPES
from bot.curation.authors import spoken
from bot.curation.fields import NAMES, REQUIRED, fields_of, prompted
from bot.curation.model import ADDED, Seed
from bot.curation.police import involves_police
from bot.curation.saying import Saying, UnfitError
from bot.curation.seeds import addresses_of, canonical, mappings, texts_of, within
from bot.curation.showing import name_of, value_of
from bot.curation.sorts import PREFIXES, Part, Sort
from bot.curation.taking import Draft, take
from bot.curation.twins import duplicates
from bot.curation.words import LINE
from bot.errors import UsageError
from bot.i18n import message, translator
from bot.model import NoteType, WorkType
from bot.search.text import fold

__all__ = ["Filled", "UnfitFieldsError", "addresses_of", "duplicates", "filled", "name_of", "texts_of"]

CHECKED_BY = message("the moderators of this community")
"""Who says and checked what is added by form; kept with the item in English, and translated on its card."""
SUGGESTED_BY = message("suggested by a member, approved by the moderators")
"""Who says what a member suggested; kept and translated likewise."""

_LONGEST_ID = 60  # characters of an id after its colon, but for a number behind it
_ENGLISH = translator("en")
_NEEDED = {
    "title": message("Give it a title."),
    "actors": message("Say who can do it; if everybody can, anyone."),
    "reach": message("Give at least one address: email, phone or web."),
}
_POLICE = message(
    "It looks like a contact of police or border agencies, and is flagged as one. If it is none, say so."
)


class UnfitFieldsError(UsageError):
    """Some of what was filled in cannot be taken; `problems` say why, by the name of the field."""

    def __init__(self, problems: Mapping[str, Saying]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems.values())))


@dataclass(frozen=True, slots=True)
class Filled:
    """An item as it is to be kept, and what whoever filled in the form should know about it."""

    seed: Seed
    warnings: tuple[Saying, ...] = ()


def filled(
    sort: Sort,
    values: Mapping[str, str],
    before: Seed | None,
    *,
    taken: Container[str],
    topic_of: Callable[[str], str | None],
    by: str,
    today: date,
    note_type: NoteType = NoteType.TOPIC,
    police: bool | None = None,
) -> Filled:
    """The item that comes of a form: `before`, changed where there are `values`, or a new one.

    A field whose value says what `before` says already changes nothing; empty text takes away what was there.
    A new item has an id that is not `taken`, made from its title; `by` says it, and stands in the document of
    what the community adds. `topic_of` gives the id of the topic that words mean. A contact that looks like
    one of police or border agencies is flagged as such, unless `police` says that it is (not) one.

    Raises `UnfitFieldsError` with all that is wrong.
    """
    plain = deepcopy(dict(before)) if before else _new(sort, by)
    draft = Draft(sort, plain, topic_of)
    problems = dict(_taken(draft, values, before))
    if not before and not problems.get("title") and (title := _title(draft)):
        plain["id"] = new_id(_prefix(sort, note_type), title, taken)
    problems = {**dict(_lacking(draft)), **problems}
    if problems:
        raise UnfitFieldsError(problems)
    _complete(draft, before, today)
    if sort is Sort.CONTACT:
        _flag(draft, before, police=police)
    return Filled(canonical(plain), tuple(dict.fromkeys(draft.warnings)))


def _new(sort: Sort, by: str) -> dict[str, object]:
    return {} if sort is Sort.SUMMARY else {"from": {"section": ADDED}, "by": by}


def _taken(draft: Draft, values: Mapping[str, str], before: Seed | None) -> Iterator[tuple[str, Saying]]:
    known = {name for part in Part for name in fields_of(draft.sort, part, before)}
    for name in NAMES:
        text = values.get(name)
        if text is None or (before and text.strip() == value_of(before, name, _ENGLISH)):
            continue
        if name not in known:
            if text.strip():
                yield name, Saying(message("This sort of entry has no such field: leave it empty."))
            continue
        try:
            take(name, text, draft)
        except UnfitError as error:
            yield name, error.saying


def _lacking(draft: Draft) -> Iterator[tuple[str, Saying]]:
    """What an item has to have, and does not."""
    for name in REQUIRED[draft.sort]:
        if not value_of(draft.plain, name, _ENGLISH):
            yield name, Saying(_NEEDED.get(name, message("This is needed: write something.")))
    why, question = (value_of(draft.plain, name, _ENGLISH) for name in ("why", "question"))
    if (why or question) and not (why and question):
        lacking = "question" if why else "why"
        yield lacking, Saying(message("A daily reading needs both, why to read it and a question."))
    if (why or question) and draft.plain.get("id") and not prompted(draft.plain):
        yield "why", Saying(message("A note of this sort is never a daily reading: leave it empty."))


def _title(draft: Draft) -> str:
    return value_of(draft.plain, "title", _ENGLISH)


def _prefix(sort: Sort, note_type: NoteType) -> str:
    if sort is Sort.NOTE:
        return next(prefix for prefix, value in NOTE_TYPES.items() if value is note_type)
    return next(prefix for prefix, value in PREFIXES.items() if value is sort)


def new_id(prefix: str, title: str, taken: Container[str]) -> str:
    """An id made from a title, that is not `taken`: the second one ends in `-2`.

    It is the same wherever the same title is added. Of one without a Latin letter, it is a digest.
    """
    words = re.findall(r"[a-z0-9]+", fold(title).replace("'", ""))
    name = "-".join(words)[:_LONGEST_ID].strip("-")
    name = name or hashlib.blake2b(title.encode(), digest_size=5).hexdigest()
    ids = (f"{prefix}:{name}{f'-{number}' if number > 1 else ''}" for number in count(1))
    return next(each for each in ids if each not in taken)


def _complete(draft: Draft, before: Seed | None, today: date) -> None:
    """What follows from what was filled in."""
    plain = draft.plain
    match draft.sort:
        case Sort.READING | Sort.SUMMARY if not within(plain, "work", "type"):
            draft.put(WorkType.DOCUMENT.value, "work", "type")  # nobody said more
        case Sort.CONTACT if not before or _reach(before) != _reach(plain):
            plain.update(checked_on=today.isoformat(), checked_in=CHECKED_BY)
    if draft.sort is Sort.SUMMARY:
        _complete_document(draft, before)


def _complete_document(draft: Draft, before: Seed | None) -> None:
    plain = draft.plain
    if not within(plain, "summary", "long"):
        draft.put(within(plain, "summary", "short"), "summary", "long")
    attribution = within(plain, "licence", "attribution")
    if not before or attribution == attributed(before):
        draft.put("Rights with its authors", "licence", "name")
        draft.put(attributed(plain), "licence", "attribution")
    if not before:
        form = {
            "title": _title(draft),
            "note": "The document itself; it is summarised here and not copied.",
            "url": within(plain, "work", "url"),
        }
        draft.put([{key: value for key, value in form.items() if value}], "manifestations")


def attributed(seed: Seed) -> str:
    """The line of attribution of a document whose terms nobody stated: authors, title, year."""
    authors, year = mappings(seed, "work", "authors"), within(seed, "work", "issued")
    behind = (f"“{name_of(seed)}”", str(year)[:4] if year else "")
    lines = (
        ", ".join(part for part in (names, *behind) if part)
        for names in (spoken(authors), f"{spoken(authors[:1])} and others", "")
    )
    return next((line for line in lines if len(line) <= LINE.characters), name_of(seed))


def _reach(seed: Seed) -> str:
    return value_of(seed, "reach", _ENGLISH)


def _flag(draft: Draft, before: Seed | None, *, police: bool | None) -> None:
    looks = involves_police(texts_of(draft.plain))
    decided = before is not None and "police" in before
    if police is not None:
        draft.plain["police"] = police
    elif looks and not decided:
        draft.plain["police"] = True
        draft.warnings.append(Saying(_POLICE))
