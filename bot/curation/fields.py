"""The forms in which an item is added and changed: their fields, and what stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.corpus.consistency import NEVER_DRAWN
from bot.curation.model import Seed
from bot.curation.saying import Saying
from bot.curation.seeds import mappings
from bot.curation.showing import value_of
from bot.curation.sorts import Part, Sort
from bot.curation.words import LINE, LONG_SUMMARY, SHORT_SUMMARY, TEXT, WHY
from bot.i18n import Translator, message
from bot.reply import Field


@dataclass(frozen=True, slots=True)
class _About:
    """What a field is called, what to write in it, and how many characters it takes."""

    label: str
    hint: str = ""
    limit: int = LINE.characters
    long: bool = False


_LIST = 1000
_FIELDS: Mapping[str, _About] = {
    "title": _About(message("Title"), message("What it is called")),
    "text": _About(
        message("Text"), message("In your own words, at most 90: what it is, or what it is for"),
        TEXT.characters, long=True,
    ),
    "authors": _About(message("Authors"), message("Family, Given; Name of a group"), _LIST),
    "year": _About(message("Published on"), message("2007, 2012-01 or 2012-01-25")),
    "link": _About(message("Link"), message("https://…"), 4000),
    "audience": _About(message("Addressed to"), message("Whom it is addressed to, such as the city council")),
    "actors": _About(
        message("Who can do it"),
        message("anyone, allies, service providers, researchers, lawmakers, movements"),
    ),
    "reach": _About(
        message("How to reach them"),
        message("Email, phone (+1 416 …) and web addresses, one on each line"),
        2000, long=True,
    ),
    "region": _About(message("Region")),
    "languages": _About(message("Languages"), message("French, Mandarin, es")),
    "names": _About(
        message("Other names"),
        message("What people type for it, one on each line or with ; between; in another language “fr: nom”"),
        _LIST, long=True,
    ),
    "short": _About(
        message("Summary in a few sentences"), message("In your own words, at most 60"),
        SHORT_SUMMARY.characters, long=True,
    ),
    "long": _About(
        message("Longer summary"), message("In your own words, at most 350"),
        LONG_SUMMARY.characters, long=True,
    ),
    "authors_year": _About(
        message("Authors and year"), message("Family, Given; Name of a group (2012)"), _LIST
    ),
    "topics": _About(message("Topics"), message("The topics it belongs to, with commas between them"), _LIST),
    "type": _About(
        message("Sort of work"), message("book, report, web page, blog post, film, journal article …")
    ),
    "publisher": _About(message("Publisher")),
    "content_note": _About(
        message("Content note"), message("What readers may want to know before they read it")
    ),
    "caveat": _About(message("Caveat"), message("What is lacking or uncertain about it")),
    "why": _About(
        message("Why to read it"), message("In one sentence of at most 30 words"), WHY.characters, long=True
    ),
    "question": _About(
        message("Questions to think about"),
        message("One to three, one on each line: open ones, about the ideas and not about the reader"),
        2000, long=True,
    ),
}  # fmt: skip

NAMES: tuple[str, ...] = tuple(_FIELDS)
"""The name of every field: what the options of a command are called that takes them."""

LIMITS: Mapping[str, int] = {name: about.limit for name, about in _FIELDS.items()}
"""Characters that may be typed into each field."""

# Discord's modals take five fields; where there are more, the ones that belong together least stand last.
_PARTS: Mapping[Sort, Mapping[Part, tuple[str, ...]]] = {
    Sort.READING: {
        Part.MAIN: ("title", "text", "authors", "year", "link"),
        Part.DETAILS: ("names", "topics", "type", "publisher", "content_note"),
        Part.PROMPT: ("why", "question", "caveat"),
    },
    Sort.ACTION: {
        Part.MAIN: ("title", "text", "audience", "actors"),
        Part.DETAILS: ("names", "topics", "content_note", "caveat"),
        Part.PROMPT: ("why", "question"),
    },
    Sort.CONTACT: {
        Part.MAIN: ("title", "text", "reach", "region", "languages"),
        Part.DETAILS: ("names", "topics", "content_note", "caveat"),
    },
    Sort.NOTE: {
        Part.MAIN: ("title", "text", "names"),
        Part.DETAILS: ("topics", "content_note", "caveat"),
        Part.PROMPT: ("why", "question"),
    },
    Sort.SUMMARY: {
        Part.MAIN: ("title", "short", "long", "authors_year", "link"),
        Part.DETAILS: ("names", "topics", "type", "publisher", "caveat"),
        Part.PROMPT: ("why", "question"),
    },
}
REQUIRED: Mapping[Sort, tuple[str, ...]] = {
    Sort.READING: ("title", "text"),
    Sort.ACTION: ("title", "text", "audience", "actors"),
    Sort.CONTACT: ("title", "text", "reach"),
    Sort.NOTE: ("title", "text"),
    Sort.SUMMARY: ("title", "short"),
}
"""The fields without which there is no such item."""


def fields_of(sort: Sort, part: Part, seed: Seed | None = None) -> tuple[str, ...]:
    """The names of the fields of one form; none where the item (or the sort) has no such part.

    A note on a person, a figure or the like is never the reading of a day; and of a document in several
    sections, each has a prompt of its own, which only a file can say.
    """
    if part is Part.PROMPT and seed is not None and not prompted(seed):
        return ()
    return _PARTS[sort].get(part, ())


def prompted(seed: Seed) -> bool:
    """Whether the item itself can have a prompt, or the one section of a document."""
    prefix = str(seed["id"]).partition(":")[0]
    return prefix not in {*NEVER_DRAWN, "contact"} and len(mappings(seed, "summary", "sections")) < 2


def form_fields(
    sort: Sort,
    part: Part,
    tr: Translator,
    *,
    seed: Seed | None = None,
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, Saying] | None = None,
) -> tuple[Field, ...]:
    """The fields of one form, at most five; none where an item has no such part, as a contact no prompt.

    What is filled in is what was typed (`values`) if anything was, and else what the item has (`seed`).
    `problems` are what was wrong with it, by field.
    """
    before = {name: value_of(seed, name, tr) for name in fields_of(sort, part, seed)} if seed else {}
    return tuple(
        _field(sort, name, tr, (values or {}).get(name, before.get(name, "")), (problems or {}).get(name))
        for name in fields_of(sort, part, seed)
    )


def _field(sort: Sort, name: str, tr: Translator, value: str, problem: Saying | None) -> Field:
    about = _FIELDS[name]
    return Field(
        name=name,
        label=tr(about.label),
        hint=tr(about.hint) if about.hint else "",
        value=value,
        long=about.long,
        required=name in REQUIRED[sort],
        limit=max(about.limit, len(value)),
        problem=problem.spoken(tr) if problem else "",
    )
