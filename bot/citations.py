"""A work as a citation: author–date text, BibTeX, RIS or CSL-JSON. What is unknown is left out."""

import re
from functools import cache
from typing import Any, TextIO

import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from pybtex.database import BibliographyData
from pybtex.database import Entry as BibtexEntry
from pybtex.database import Person as BibtexPerson
from pybtex.database.output.bibtex import Writer as BibtexWriter
from rispy.writer import RisWriter

from bot.model import Name, Work, WorkType

STYLE = "harvard-cite-them-right"  # the author–date style that citeproc-py carries, so nothing is fetched

RIS_TYPES = {
    WorkType.ARTICLE_JOURNAL: "JOUR",
    WorkType.ARTICLE_MAGAZINE: "MGZN",
    WorkType.BOOK: "BOOK",
    WorkType.DOCUMENT: "GEN",
    WorkType.MOTION_PICTURE: "MPCT",
    WorkType.PAMPHLET: "PAMP",
    WorkType.POST_WEBLOG: "BLOG",
    WorkType.REPORT: "RPRT",
    WorkType.REVIEW_BOOK: "JOUR",
    WorkType.WEBPAGE: "ELEC",
}
BIBTEX_TYPES = {
    WorkType.ARTICLE_JOURNAL: "article",
    WorkType.ARTICLE_MAGAZINE: "article",
    WorkType.BOOK: "book",
    WorkType.DOCUMENT: "misc",
    WorkType.MOTION_PICTURE: "misc",
    WorkType.PAMPHLET: "booklet",
    WorkType.POST_WEBLOG: "misc",
    WorkType.REPORT: "techreport",
    WorkType.REVIEW_BOOK: "article",
    WorkType.WEBPAGE: "misc",
}
BIBTEX_CONTAINER = {"article": "journal", "booklet": "howpublished", "misc": "howpublished"}
BIBTEX_PUBLISHER = {"techreport": "institution", "article": "publisher", "book": "publisher"}

# What pybtex's encoder leaves alone because it could be meant as LaTeX; in a title it never is.
LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
        "^": r"\textasciicircum{}",
    }
)


class _Bibtex(BibtexWriter):  # type: ignore[misc]
    r"""Writes addresses as they are: `\_` inside a `url` field would become part of the address."""

    def _write_field(self, stream: TextIO, name: str, value: str) -> None:
        if name == "url":
            address = value.replace("{", "%7B").replace("}", "%7D")
            stream.write(f",\n    url = {{{address}}}")
        else:
            super()._write_field(stream, name, value)


class _Ris(RisWriter):  # type: ignore[misc]
    """Leaves out the running number before each record, which is not part of RIS."""

    def set_header(self, _count: int) -> str:
        return ""


def csl_json(work: Work, key: str) -> dict[str, Any]:
    """The work as one item of CSL-JSON 1.0.2, ready for `json.dumps`, with `key` as its id."""
    fields = {
        "container-title": work.container,
        "volume": work.volume,
        "issue": work.issue,
        "page": work.pages,
        "publisher": work.publisher,
        "publisher-place": work.place,
        "URL": work.url,
        "language": work.language,
        "note": work.note,
    }
    item: dict[str, Any] = {"id": key, "type": str(work.type), "title": work.title}
    if work.authors:
        item["author"] = [_csl_name(author) for author in work.authors]
    if work.issued:
        item["issued"] = {"date-parts": [[int(part) for part in work.issued.split("-")]]}
    return item | {name: value for name, value in fields.items() if value}


def text(work: Work) -> str:
    """The work as one line in author–date form (Harvard, after "Cite Them Right")."""
    item = csl_json(work, "work")
    if not work.authors:
        # A style puts the title where the author is missing and then leaves it out of its own place;
        # citeproc-py forgets the second half and would print it twice.
        item["author"] = [{"literal": item.pop("title")}]
    if work.type is WorkType.REVIEW_BOOK and work.container:
        item["type"] = "article-journal"  # the only type for which the style prints volume and issue
    bibliography = CitationStylesBibliography(_style(), CiteProcJSON([item]), formatter.plain)
    bibliography.register(Citation([CitationItem("work")]))
    (line,) = bibliography.bibliography()
    return _one_line(str(line))


def bibtex(work: Work, key: str) -> str:
    """The work as a BibTeX entry in UTF-8, with `key` as its citation key."""
    kind = BIBTEX_TYPES[work.type]
    if kind == "article" and not work.container:  # BibTeX wants to know what an article stands in
        kind = "misc"
    year, month, day = _date(work)
    container = BIBTEX_CONTAINER.get(kind, "")
    fields = {
        "title": work.title,
        container or "note": work.container,
        "year": year,
        "month": month.lstrip("0"),
        "day": day.lstrip("0"),
        "volume": work.volume,
        "number": work.issue,
        "pages": work.pages.replace("–", "-").replace("-", "--"),
        BIBTEX_PUBLISHER.get(kind, "publisher"): work.publisher,
        "address": work.place,
        "url": work.url,
        "language": work.language,
        "annote": work.note,
    }
    entry = BibtexEntry(
        kind,
        fields=[
            (name, _one_line(value if name == "url" else value.translate(LATEX)))
            for name, value in fields.items()
            if value
        ],
        persons={"author": [_bibtex_person(author) for author in work.authors]},
    )
    written: str = _Bibtex(encoding="UTF-8").to_string(BibliographyData({key: entry}))
    return written.strip("\n")


def ris(work: Work, key: str) -> str:
    """The work as an RIS record, with `key` as its id."""
    year, month, day = _date(work)
    first, _, last = work.pages.replace("–", "-").partition("-")
    fields = {
        "id": key,
        "title": work.title,
        "year": year,
        "date": "/".join((year, month, day, "")) if month else "",
        "secondary_title": work.container,
        "volume": work.volume,
        "number": work.issue,
        "start_page": first,
        "end_page": last,
        "publisher": work.publisher,
        "place_published": work.place,
        "language": work.language,
    }
    lists = {
        "authors": [_inverted(author) for author in work.authors],
        "urls": [work.url.replace(";", "%3B")] if work.url else [],  # readers split this field at semicolons
        "notes": [work.note] if work.note else [],
    }
    record: dict[str, Any] = {"type_of_reference": RIS_TYPES[work.type]}
    record |= {name: _one_line(value) for name, value in fields.items() if value}
    record |= {name: [_one_line(value) for value in values] for name, values in lists.items() if values}
    written: str = rispy.dumps([record], implementation=_Ris)
    return written.strip("\n")


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _date(work: Work) -> tuple[str, str, str]:
    year, month, day, *_ = (*work.issued.split("-"), "", "", "")
    return year, month, day


def _csl_name(name: Name) -> dict[str, str]:
    parts = {"literal": name.literal} if name.literal else {"family": name.family, "given": name.given}
    return {part: value for part, value in parts.items() if value}


def _inverted(name: Name) -> str:
    return name.literal or ", ".join(filter(None, (name.family, name.given)))


def _bibtex_person(name: Name) -> BibtexPerson:
    # Braces keep a group's name, or a family name with a comma in it, from being taken apart.
    if name.literal:
        return BibtexPerson(last=f"{{{name.literal.translate(LATEX)}}}")
    family = name.family.translate(LATEX)
    whole = "," in family or re.search(r"\band\b", family)
    return BibtexPerson(last=f"{{{family}}}" if whole else family, first=name.given.translate(LATEX))


@cache
def _style() -> CitationStylesStyle:
    return CitationStylesStyle(STYLE, validate=False)
