"""Citations that other programs read back as they were meant."""

import codecs
import json
import re

import jsonschema
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from bot.citations import bibtex, csl_json, ris, text
from bot.model import Name, Work, WorkType

AGUSTIN = Work(
    WorkType.BOOK,
    "Sex at the Margins: Migration, Labour & the “Rescue” Industry",
    (Name("Agustín", "Laura María"),),
    "2007",
    publisher="Zed Books",
    place="London",
    url="https://zed.example/a_b?x=50%25&y={1};z#top",
)
ARTICLE = Work(
    WorkType.ARTICLE_JOURNAL,
    "Horizons",
    (Name("de la Cruz", "María"), Name("O'Neill", "Nuala"), Name("King, Jr.", "M.")),
    "2021-03",
    container="Journal of Worlds",
    volume="27",
    issue="2",
    pages="378–382",
)
GROUP = Work(
    WorkType.PAMPHLET, "Stop the Harm", (Name(literal="Butterfly (Asian, and Migrant) and friends"),)
)
NOBODY = Work(WorkType.POST_WEBLOG, "停止驱逐", (), "2012-01-25", container="A Blog")
FILM = Work(WorkType.MOTION_PICTURE, "Happy Endings?")
REVIEW = Work(
    WorkType.REVIEW_BOOK, "Rights & Raids", (Name("Vita", "S."),), "2025", "Gender", "26", "2", "1-7"
)
WORKS = [AGUSTIN, ARTICLE, GROUP, NOBODY, FILM, REVIEW, *(Work(kind, f"A {kind}") for kind in WorkType)]

# The parts of the schema of CSL-JSON 1.0.2 that our works use.
CSL_SCHEMA = {
    "type": "object",
    "required": ["id", "type", "title"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "type": {
            "enum": [
                "article-journal",
                "article-magazine",
                "book",
                "document",
                "motion_picture",
                "pamphlet",
                "post-weblog",
                "report",
                "review-book",
                "webpage",
            ]
        },
        "author": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "minProperties": 1,
                "properties": {
                    key: {"type": "string", "minLength": 1} for key in ("family", "given", "literal")
                },
            },
        },
        "issued": {
            "type": "object",
            "required": ["date-parts"],
            "properties": {
                "date-parts": {
                    "type": "array",
                    "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
                }
            },
        },
        **{
            name: {"type": "string", "minLength": 1}
            for name in (
                "title",
                "container-title",
                "volume",
                "issue",
                "page",
                "publisher",
                "publisher-place",
                "URL",
                "language",
                "note",
            )
        },
    },
}
LATEX = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciicircum{}": "^",
    r"\$": "$",
}


def unlatex(field: str) -> str:
    """What a reader of the LaTeX sees."""
    pieces = re.split(r"(\\text(?:backslash|brace(?:left|right)|asciicircum)\{\}|\\\$)", field)
    return "".join(LATEX.get(piece) or _decoded(piece) for piece in pieces)


def _decoded(piece: str) -> str:
    return codecs.decode(piece, "ulatex")  # type: ignore[call-overload,no-any-return]  # it reads text, not bytes


@pytest.mark.parametrize(
    ("work", "citation"),
    [
        (
            AGUSTIN,
            (
                "Agustín, L.M. (2007) Sex at the Margins: Migration, Labour & the “Rescue” Industry."
                " London: Zed Books. Available at: https://zed.example/a_b?x=50%25&y={1};z#top."
            ),
        ),
        (
            ARTICLE,
            (
                "de la Cruz, M., O'Neill, N. and King, Jr., M. (2021) “Horizons”,"
                " Journal of Worlds, 27(2), pp. 378–382."
            ),
        ),
        (GROUP, "Butterfly (Asian, and Migrant) and friends (no date) “Stop the Harm”."),
        (NOBODY, "停止驱逐 (2012) A Blog, 25 January."),
        (FILM, "Happy Endings? (no date)."),
        (REVIEW, "Vita, S. (2025) “Rights & Raids”, Gender, 26(2), pp. 1–7."),
    ],
)
def test_the_text_names_author_and_date_and_invents_neither(work: Work, citation: str) -> None:
    assert text(work) == citation


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(WorkType))
def test_any_title_and_any_name_make_a_text(title: str, name: str, kind: WorkType) -> None:
    assert text(Work(kind, title, (Name(literal=name),), "2007"))
    assert "\n" not in text(Work(kind, title))


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.title)
def test_csl_json_fits_its_schema(work: Work) -> None:
    jsonschema.validate(json.loads(json.dumps(csl_json(work, "key-1"))), CSL_SCHEMA)


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.title)
def test_bibtex_is_read_back_with_title_and_authors(work: Work) -> None:
    entry = parse_string(bibtex(work, "key-1"), "bibtex").entries["key-1"]
    assert unlatex(entry.fields["title"]) == work.title
    assert entry.fields.get("year", "") == work.issued[:4]
    people = entry.persons.get("author", [])
    assert len(people) == len(work.authors)
    for person, name in zip(people, work.authors, strict=True):
        family = " ".join([*person.prelast_names, *person.last_names])
        assert unlatex(family.strip("{}")) == (name.literal or name.family)
        assert " ".join([*person.first_names, *person.middle_names]) == name.given


def test_bibtex_knows_a_particle_and_keeps_a_group_and_an_address_whole() -> None:
    people = parse_string(bibtex(ARTICLE, "k"), "bibtex").entries["k"].persons["author"]
    assert people[0].prelast_names == ["de", "la"]
    group = parse_string(bibtex(GROUP, "k"), "bibtex").entries["k"].persons["author"]
    assert len(group) == 1
    book = parse_string(bibtex(AGUSTIN, "k"), "bibtex").entries["k"]
    assert book.fields["url"] == "https://zed.example/a_b?x=50%25&y=%7B1%7D;z#top"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(str.strip).filter(bool)
)
def test_any_title_makes_bibtex_that_can_be_parsed(title: str) -> None:
    """Braces, backslashes, quotes and any script, however badly they pair."""
    written = bibtex(Work(WorkType.BOOK, title, (Name(literal=title),)), "key")
    entry = parse_string(written, "bibtex").entries["key"]
    assert entry.fields["title"]
    assert len(entry.persons["author"]) == 1


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.title)
def test_ris_is_read_back(work: Work) -> None:
    (record,) = rispy.loads(ris(work, "key-1"))
    assert record["title"] == work.title
    assert record.get("year", "") == work.issued[:4]
    assert record.get("authors", []) == [
        name.literal or f"{name.family}, {name.given}" for name in work.authors
    ]
    assert record.get("urls", []) == ([work.url.replace(";", "%3B")] if work.url else [])
    assert record.get("volume", "") == work.volume
    assert [record.get("start_page", ""), record.get("end_page", "")] == (
        re.split("[-–]", work.pages) if work.pages else ["", ""]
    )


def test_ris_begins_with_its_type_and_ends_as_the_format_asks() -> None:
    lines = ris(ARTICLE, "k").split("\n")
    assert lines[0] == "TY  - JOUR"
    assert lines[-1] == "ER  - "


@given(st.text())
def test_a_title_cannot_begin_a_new_field_of_a_record(title: str) -> None:
    written = ris(Work(WorkType.BOOK, f"{title}\nAU  - Nobody"), "k")
    assert "authors" not in rispy.loads(written)[0]
