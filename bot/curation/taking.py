"""What is typed into each field of a form, checked and put in its place."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from bot.corpus.fields import PartialDate
from bot.curation.authors import authors_of
from bot.curation.labels import actor_of, work_type_of
from bot.curation.links import link
from bot.curation.reach import reach_of
from bot.curation.saying import Saying, UnfitError
from bot.curation.seeds import mappings, texts, within
from bot.curation.showing import PATHS
from bot.curation.sorts import Sort
from bot.curation.tongues import UNSAID, tag_of
from bot.curation.words import (
    LINE,
    LONG_SUMMARY,
    QUESTION,
    SHORT_SUMMARY,
    TEXT,
    WHY,
    Bounds,
    cleaned,
)
from bot.i18n import message

MOST = 50
"""Names, topics, languages: how many of each may be typed."""
QUESTIONS = 3
TYPED = 4000
"""Characters that any field takes."""
WHOLE = "whole"
"""The id of the one section of a document that is summarised as a whole."""

_BOUNDS: Mapping[str, Bounds] = {"text": TEXT, "short": SHORT_SUMMARY, "long": LONG_SUMMARY}
_ISSUED: TypeAdapter[str] = TypeAdapter(PartialDate)
_YEAR_BEHIND = re.compile(r"\b(\d{4}(?:-\d\d){0,2})\)?\Z")
_BEFORE_YEAR = " \t\n,("  # what parts it from the authors
_LANGUAGE_BEFORE = re.compile(r"([^\s:]{2,20}):\s+(.+)")


@dataclass(slots=True)
class Draft:
    """An item that is being filled in, as a seed file has it, and what its author should know about it."""

    sort: Sort
    plain: dict[str, object]
    topic_of: Callable[[str], str | None]
    warnings: list[Saying] = field(default_factory=list)

    def put(self, value: object, *path: str) -> None:
        """Put a value on a path of keys; what is empty is taken away."""
        _put(self.plain, value, *path)


def _put(holder: dict[str, object], value: object, *path: str) -> None:
    first, *rest = path
    if rest:
        inner = holder.get(first)
        inner = dict(inner) if isinstance(inner, Mapping) else {}
        _put(inner, value, *rest)
        value = inner
    if value:
        holder[first] = value
    else:
        holder.pop(first, None)


def take(name: str, text: str, draft: Draft) -> None:
    """Put what was typed into a field where it belongs; empty text takes away. Raises `UnfitError`."""
    if name in _TAKES:
        _TAKES[name](text, draft)
    else:
        draft.put(cleaned(text, _BOUNDS.get(name, LINE)), *PATHS[name])


def _title(text: str, draft: Draft) -> None:
    title = cleaned(text, LINE)
    if draft.sort is Sort.SUMMARY:
        draft.put(title, "work", "title")
        return
    # A reading may be called otherwise than the work, where a file said so.
    printed = within(draft.plain, "work", "title")
    if draft.sort is Sort.READING and printed in {None, draft.plain.get("title")}:
        draft.put(title, "work", "title")
    draft.put(title, "title")


def _short(text: str, draft: Draft) -> None:
    short = cleaned(text, SHORT_SUMMARY)
    sections = mappings(draft.plain, "summary", "sections")
    whole = {"id": WHOLE, "title": "The whole document", "text": short}
    match sections:
        case [] if short:
            draft.put([whole], "summary", "sections")
        case [section] if section.get("id") == WHOLE and short:
            draft.put([{**section, "text": short}], "summary", "sections")
    draft.put(short, "summary", "short")


def _link(text: str, draft: Draft) -> None:
    before = within(draft.plain, "work", "url")
    address = ""
    if text.strip():
        checked = link(text)
        draft.warnings += checked.warnings
        address = checked.address
    draft.put(address, "work", "url")
    if draft.sort is Sort.SUMMARY:
        draft.put(
            [_moved(form, before, address) for form in mappings(draft.plain, "manifestations")],
            "manifestations",
        )


def _moved(form: Mapping[str, object], before: object, address: str) -> dict[str, object]:
    """A form of a work that was at one address and is at another."""
    if form.get("url") != before:
        return dict(form)
    rest = {key: value for key, value in form.items() if key != "url"}
    return {**rest, "url": address} if address else rest


def _year(text: str, draft: Draft) -> None:
    draft.put(_issued(text.strip()), "work", "issued")


def _issued(text: str) -> str:
    try:
        return _ISSUED.validate_python(text) if text else ""
    except ValidationError:
        raise UnfitError(
            message("That is not a year or a day such as 2007, 2012-01 or 2012-01-25.")
        ) from None


def _authors(text: str, draft: Draft) -> None:
    draft.put(authors_of(_bounded(text), mappings(draft.plain, "work", "authors")), "work", "authors")


def _authors_year(text: str, draft: Draft) -> None:
    text = _bounded(text).rstrip()
    behind = _YEAR_BEHIND.search(text)
    authors, year = (text[: behind.start()].rstrip(_BEFORE_YEAR), behind[1]) if behind else (text, "")
    draft.put(_issued(year), "work", "issued")
    _authors(authors, draft)


def _work_type(text: str, draft: Draft) -> None:
    value = work_type_of(text)
    if value is None and text.strip():
        raise UnfitError(
            message(
                "That is none of: book, report, pamphlet, web page, blog post, film, book review, journal"
                " article, magazine article."
            )
        )
    draft.put(value and value.value, "work", "type")


def _actors(text: str, draft: Draft) -> None:
    actors = []
    for piece in pieces(text):
        actor = actor_of(piece)
        if actor is None:
            raise UnfitError(
                message(
                    "“{given}” is none of: anyone, allies, service providers, researchers, lawmakers,"
                    " movements."
                ),
                given=piece,
            )
        actors.append(actor.value)
    draft.put(_once(actors), "actors")


def _topics(text: str, draft: Draft) -> None:
    before = texts(draft.plain, "topics")
    topics = []
    for piece in pieces(text):
        topic = piece if piece in before else draft.topic_of(piece)
        if topic is None:
            raise UnfitError(
                message("“{given}” is no topic here: give the name of one that is, or leave it out."),
                given=piece,
            )
        topics.append(topic)
    draft.put([topic for topic in _once(topics) if topic != draft.plain.get("id")], "topics")


def _languages(text: str, draft: Draft) -> None:
    before = texts(draft.plain, "languages")
    tags = []
    for piece in pieces(text):
        tag = piece if piece in before else tag_of(piece)
        if tag is None:
            raise UnfitError(
                message(
                    "“{given}” is no language that is known here: give its name in English, or its code"
                    " such as fr."
                ),
                given=piece,
            )
        tags.append(tag)
    draft.put(_once(tags), "languages")


def _names(text: str, draft: Draft) -> None:
    names: dict[str, list[str]] = {}
    for piece in pieces(text):
        found = _LANGUAGE_BEFORE.fullmatch(piece)
        tag = tag_of(found[1]) if found else None
        language, name = (tag, found[2]) if found and tag else (UNSAID, piece)
        names.setdefault(language, []).append(name)
    draft.put({language: _once(names[language]) for language in names}, "aliases")


def _reach(text: str, draft: Draft) -> None:
    reached, warnings = reach_of(_bounded(text))
    for group, addresses in reached.items():
        draft.put(addresses, group)
    draft.warnings += warnings


def _caveat(text: str, draft: Draft) -> None:
    if draft.sort is Sort.SUMMARY:
        draft.put([cleaned(line, LINE) for line in _lines(text)], "caveats")
    else:
        draft.put(cleaned(text, LINE), "caveat")


def _why(text: str, draft: Draft) -> None:
    _prompt("why", cleaned(text, WHY), draft)


def _question(text: str, draft: Draft) -> None:
    questions = [cleaned(line, QUESTION) for line in _lines(text)]
    if len(questions) > QUESTIONS:
        raise UnfitError(message("At most {limit} questions fit, one on each line."), limit=QUESTIONS)
    if any(not question.endswith("?") for question in questions):
        raise UnfitError(message("Each question stands on a line of its own, and ends with a question mark."))
    _prompt("questions", _once(questions), draft)


def _prompt(key: str, value: object, draft: Draft) -> None:
    """Put a part of what makes an item a daily reading: of a document, into its section."""
    sections = [dict(section) for section in mappings(draft.plain, "summary", "sections")]
    _put(sections[0] if sections else draft.plain, value, "prompt", key)
    if sections:
        draft.put(sections, "summary", "sections")


_TAKES: Mapping[str, Callable[[str, Draft], None]] = {
    "title": _title,
    "short": _short,
    "link": _link,
    "year": _year,
    "authors": _authors,
    "authors_year": _authors_year,
    "type": _work_type,
    "actors": _actors,
    "topics": _topics,
    "languages": _languages,
    "names": _names,
    "reach": _reach,
    "caveat": _caveat,
    "why": _why,
    "question": _question,
}


def pieces(text: str) -> list[str]:
    """What is listed in a text: one on each line; on one line, with semicolons or else commas between."""
    listed = _lines(_bounded(text))
    if len(listed) == 1:
        listed = listed[0].split(";" if ";" in listed[0] else ",")
    if len(listed) > MOST:
        raise UnfitError(message("Those are too many: at most {limit} fit."), limit=MOST)
    return [piece for each in listed if (piece := cleaned(each, LINE))]


def _lines(text: str) -> list[str]:
    return [line for line in _bounded(text).splitlines() if line.strip()]


def _bounded(text: str) -> str:
    if len(text) > TYPED:
        raise UnfitError(message("That is too long: at most {limit} characters fit."), limit=TYPED)
    return text


def _once(values: Iterable[str]) -> list[str]:
    """Each value once, whatever its case and spaces, as a seed file wants it."""
    seen: dict[str, str] = {}
    for value in values:
        seen.setdefault(" ".join(value.casefold().split()), value)
    return list(seen.values())
