"""What is typed into a form becomes an item as a seed file has it, or is refused field by field."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.curation.entry import Filled, UnfitFieldsError, duplicates, filled, name_of, texts_of
from bot.curation.fields import LIMITS, NAMES, REQUIRED, fields_of, form_fields
from bot.curation.model import Seed
from bot.curation.saying import Saying
from bot.curation.seeds import addresses_of, canonical
from bot.curation.showing import value_of
from bot.curation.sorts import Part, Sort, group_of, sort_of
from bot.i18n import LANGUAGES, translator
from bot.model import AnyEntry, Contact, NoteType, Origin, Reading, Statement, Work, WorkType

TODAY = date(2026, 3, 4)
TOPICS = {"raids": "topic:raids", "topic:raids": "topic:raids", "migration": "topic:migration"}
EN = translator("en")

BOOK = {
    "title": "Streetlight: A History",
    "text": "A member recommends it for its chapter on the night.",
    "authors": "Moreau, Léa; The Lantern Collective",
    "year": "2015",
    "link": "https://example.org/streetlight?utm_source=letter",
}
DROP_IN = {
    "title": "Lantern drop-in centre",
    "text": "A place to rest.",
    "reach": "hello@lantern.example.com",
}
RAIDS = {"title": "Raids at night", "text": "They take away pay and papers."}
COUNCIL = {
    "title": "End raids",
    "text": "The council is asked to end them.",
    "audience": "The town council",
    "actors": "allies, lawmakers",
}
DOCUMENT = {
    "title": "What the night costs",
    "short": "A report on what raids cost those who work at night.",
    "authors_year": "Okafor, Ada; The Lantern Collective (2019-03)",
    "link": "https://example.org/report",
}
SAMPLES: Mapping[Sort, Mapping[str, str]] = {
    Sort.READING: BOOK,
    Sort.CONTACT: DROP_IN,
    Sort.NOTE: RAIDS,
    Sort.ACTION: COUNCIL,
    Sort.SUMMARY: DOCUMENT,
}


def fill(
    sort: Sort,
    values: Mapping[str, str],
    before: Seed | None = None,
    *,
    taken: frozenset[str] = frozenset(),
    note_type: NoteType = NoteType.TOPIC,
    police: bool | None = None,
) -> Filled:
    """What comes of a form, with two topics there are."""
    return filled(
        sort,
        values,
        before,
        taken=taken,
        topic_of=TOPICS.get,
        by="the moderators",
        today=TODAY,
        note_type=note_type,
        police=police,
    )


def problems(sort: Sort, values: Mapping[str, str], before: Seed | None = None) -> Mapping[str, str]:
    """What is wrong with the fields of a form, in English."""
    with pytest.raises(UnfitFieldsError) as raised:
        fill(sort, values, before)
    return {name: str(saying) for name, saying in raised.value.problems.items()}


def test_a_reading_has_its_bibliography_and_stands_in_the_communitys_own_document() -> None:
    made = fill(
        Sort.READING, {**BOOK, "publisher": "Verso", "names": "streetlight; fr: réverbère", "type": "book"}
    )
    assert made.seed == {
        "id": "reading:streetlight-a-history",
        "title": "Streetlight: A History",
        "aliases": {"und": ["streetlight"], "fr": ["réverbère"]},
        "work": {
            "type": "book",
            "title": "Streetlight: A History",
            "authors": [{"family": "Moreau", "given": "Léa"}, {"literal": "The Lantern Collective"}],
            "issued": "2015",
            "url": "https://example.org/streetlight",
            "publisher": "Verso",
        },
        "text": "A member recommends it for its chapter on the night.",
        "from": {"section": "added"},
        "by": "the moderators",
    }
    assert made.warnings == ()


@pytest.mark.parametrize(
    ("values", "work_type"),
    [
        ({"title": "A page", "text": "On raids.", "link": "https://example.org/"}, "document"),
        ({"title": "A book", "text": "On raids."}, "document"),
        (BOOK, "document"),
        ({**BOOK, "type": ""}, "document"),
        ({**BOOK, "type": "Blog post"}, "post-weblog"),
        ({**BOOK, "type": "película"}, "motion_picture"),
    ],
)
def test_the_sort_of_work_is_one_that_somebody_said(values: Mapping[str, str], work_type: str) -> None:
    assert fill(Sort.READING, values).seed["work"]["type"] == work_type  # type: ignore[index]  # plain values


def test_a_contact_was_checked_today_by_the_moderators() -> None:
    typed = {
        **DROP_IN,
        "reach": "Hello@Lantern.example.com, +1 416 555 0100\nlantern.example.com, tel:+14165550101",
        "region": "Toronto",
        "languages": "French, zh, español, Mandarin",
    }
    made = fill(Sort.CONTACT, typed)
    assert made.seed["emails"] == ["Hello@lantern.example.com"]
    assert made.seed["phones"] == ["+1 416-555-0100", "+1 416-555-0101"]
    assert made.seed["urls"] == ["https://lantern.example.com/"]
    assert made.seed["languages"] == ["fr", "zh", "es"]
    assert (made.seed["checked_on"], made.seed["checked_in"]) == (
        "2026-03-04",
        "the moderators of this community",
    )
    assert [str(warning) for warning in made.warnings] == [
        "It was given without https:// before it: see whether it opens."
    ]


def test_an_action_names_actors_as_readers_of_any_language_call_them() -> None:
    assert fill(Sort.ACTION, {**COUNCIL, "actors": "Alliés; service-provider"}).seed["actors"] == [
        "ally",
        "service-provider",
    ]


def test_a_summary_is_of_a_document_with_one_section() -> None:
    made = fill(Sort.SUMMARY, {**DOCUMENT, "why": "It counts.", "question": "Who pays?"})
    short = DOCUMENT["short"]
    assert made.seed == {
        "id": "source:what-the-night-costs",
        "work": {
            "type": "document",
            "title": "What the night costs",
            "authors": [{"family": "Okafor", "given": "Ada"}, {"literal": "The Lantern Collective"}],
            "issued": "2019-03",
            "url": "https://example.org/report",
        },
        "licence": {
            "name": "Rights with its authors",
            "attribution": "Ada Okafor, The Lantern Collective, “What the night costs”, 2019",
        },
        "manifestations": [
            {
                "title": "What the night costs",
                "note": "The document itself; it is summarised here and not copied.",
                "url": "https://example.org/report",
            }
        ],
        "summary": {
            "short": short,
            "long": short,
            "sections": [
                {
                    "id": "whole",
                    "title": "The whole document",
                    "text": short,
                    "prompt": {"why": "It counts.", "questions": ["Who pays?"]},
                }
            ],
        },
    }


def test_what_follows_from_a_document_follows_it_when_it_changes() -> None:
    before = fill(Sort.SUMMARY, DOCUMENT).seed
    after = fill(
        Sort.SUMMARY,
        {"authors_year": "Okafor, Ada (2020)", "link": "https://example.org/new", "short": "Another one."},
        before,
    ).seed
    assert value_of(after, "authors_year", EN) == "Okafor, Ada (2020)"
    assert addresses_of(after) == ["https://example.org/new"]
    assert after["licence"]["attribution"] == "Ada Okafor, “What the night costs”, 2020"  # type: ignore[index]
    assert after["summary"]["sections"][0]["text"] == "Another one."  # type: ignore[index]
    assert after["id"] == before["id"]


@pytest.mark.parametrize(
    ("typed", "authors", "issued"),
    [
        ("Okafor, Ada (2020-03-01) ", "Okafor, Ada", "2020-03-01"),
        ("Okafor, Ada, 2020", "Okafor, Ada", "2020"),
        ("1984 Collective", "1984 Collective", None),
        ("(2020)", "", "2020"),
        ("  ", "", None),
    ],
)
def test_the_year_is_what_stands_behind_the_authors(typed: str, authors: str, issued: str | None) -> None:
    seed = fill(Sort.SUMMARY, {**DOCUMENT, "authors_year": typed}).seed
    assert value_of(seed, "authors", EN) == authors
    assert seed["work"].get("issued") == issued  # type: ignore[attr-defined]


def test_a_line_of_attribution_that_would_be_too_long_names_fewer() -> None:
    many = "; ".join(f"Okafor, Ada the {number}th of Many" for number in range(20))
    seed = fill(Sort.SUMMARY, {**DOCUMENT, "authors_year": many}).seed
    assert seed["licence"]["attribution"] == (  # type: ignore[index]
        "Ada the 0th of Many Okafor and others, “What the night costs”"
    )


@pytest.mark.parametrize(
    ("sort", "values", "expected"),
    [
        (Sort.READING, {"title": "", "text": "Good."}, {"title": "Give it a title."}),
        (Sort.READING, {"title": "A"}, {"text": "This is needed: write something."}),
        (
            Sort.READING,
            {**BOOK, "link": "bit.ly/x", "year": "in 2015"},
            {
                "link": "An address at bit.ly hides where it leads, records who follows it, and ends when the"
                " service does: open it, and give the address it leads to.",
                "year": "That is not a year or a day such as 2007, 2012-01 or 2012-01-25.",
            },
        ),
        (Sort.READING, {**BOOK, "year": "2015-13"}, {"year": None}),
        (Sort.READING, {**BOOK, "title": "Hi @everyone"}, {"title": None}),
        (Sort.READING, {**BOOK, "text": "word " * 91}, {"text": None}),
        (Sort.READING, {**BOOK, "text": "a\u202eb"}, {"text": None}),
        (Sort.READING, {**BOOK, "link": "javascript:alert(1)"}, {"link": None}),
        (Sort.READING, {**BOOK, "topics": "raids, birds"}, {"topics": None}),
        (Sort.READING, {**BOOK, "names": ", ".join(map(str, range(60)))}, {"names": None}),
        (Sort.READING, {**BOOK, "type": "scroll"}, {"type": None}),
        (Sort.READING, {**BOOK, "why": "It counts."}, {"question": None}),
        (Sort.READING, {**BOOK, "question": "Who pays?"}, {"why": None}),
        (Sort.READING, {**BOOK, "why": "It counts.", "question": "Nobody pays"}, {"question": None}),
        (Sort.READING, {**BOOK, "why": "It counts.", "question": "A?\nB?\nC?\nD?"}, {"question": None}),
        (Sort.READING, {**BOOK, "reach": "a@example.com"}, {"reach": None}),
        (Sort.ACTION, {**COUNCIL, "actors": "everybody's aunt"}, {"actors": None}),
        (Sort.ACTION, {**COUNCIL, "actors": ""}, {"actors": None}),
        (Sort.CONTACT, {**DROP_IN, "reach": ""}, {"reach": None}),
        (Sort.CONTACT, {**DROP_IN, "reach": "416 555 0100"}, {"reach": None}),
        (Sort.CONTACT, {**DROP_IN, "reach": "someone@"}, {"reach": None}),
        (Sort.CONTACT, {**DROP_IN, "languages": "Klingonese"}, {"languages": None}),
        (Sort.CONTACT, {**DROP_IN, "why": "It counts.", "question": "Who?"}, {"why": None, "question": None}),
        (Sort.SUMMARY, {**DOCUMENT, "short": ""}, {"short": None}),
        (Sort.SUMMARY, {**DOCUMENT, "short": "word " * 61}, {"short": None}),
        (Sort.NOTE, {**RAIDS, "names": "x" * 5000}, {"names": None}),
    ],
)
def test_what_is_wrong_is_said_of_the_field_it_is_wrong_in(
    sort: Sort, values: Mapping[str, str], expected: Mapping[str, str | None]
) -> None:
    found = problems(sort, values)
    assert found.keys() == expected.keys()
    for name, sentence in expected.items():
        assert sentence in {None, found[name]}


def test_a_problem_with_one_of_several_addresses_names_it_in_the_readers_language() -> None:
    with pytest.raises(UnfitFieldsError) as raised:
        fill(Sort.CONTACT, {**DROP_IN, "reach": "a@example.com, bit.ly/x"})
    [problem] = raised.value.problems.values()
    assert "bit.ly/x" in problem.spoken(translator("fr"))
    assert problem.spoken(translator("fr")) != str(problem)
    [inner] = [value for value in problem.values.values() if isinstance(value, Saying)]
    assert inner.spoken(translator("fr")) in problem.spoken(translator("fr"))


def test_a_person_is_never_a_daily_reading() -> None:
    prompt = {"why": "It counts.", "question": "Who pays?"}
    with pytest.raises(UnfitFieldsError) as raised:
        fill(Sort.NOTE, {**RAIDS, **prompt}, note_type=NoteType.PERSON)
    assert raised.value.problems.keys() == {"why"}
    person = fill(Sort.NOTE, RAIDS, note_type=NoteType.PERSON).seed
    assert person["id"] == "person:raids-at-night"
    assert form_fields(Sort.NOTE, Part.PROMPT, EN, seed=person) == ()
    assert form_fields(Sort.NOTE, Part.PROMPT, EN, seed=fill(Sort.NOTE, RAIDS).seed)


@pytest.mark.parametrize(
    ("title", "taken", "expected"),
    [
        ("L’été à Łódź", (), "topic:lete-a-lodz"),
        ("Raids", ("topic:raids",), "topic:raids-2"),
        ("Raids", ("topic:raids", "topic:raids-2"), "topic:raids-3"),
        ("../../etc/passwd", (), "topic:etc-passwd"),
        ("word " * 40, (), "topic:" + "-".join(["word"] * 12)),
    ],
)
def test_an_id_is_made_from_the_title_and_never_one_that_is_taken(
    title: str, taken: tuple[str, ...], expected: str
) -> None:
    assert fill(Sort.NOTE, {**RAIDS, "title": title}, taken=frozenset(taken)).seed["id"] == expected


def test_titles_without_latin_letters_have_ids_of_their_own() -> None:
    """So that two shelves do not take different things for one when a file goes between them."""
    one, other = (fill(Sort.NOTE, {**RAIDS, "title": title}).seed["id"] for title in ("夜间突袭", "移民"))
    assert one != other
    assert fill(Sort.NOTE, {**RAIDS, "title": "夜间突袭"}).seed["id"] == one


def test_a_contact_of_the_police_is_flagged_unless_somebody_says_it_is_none() -> None:
    typed = {**DROP_IN, "title": "Police station"}
    made = fill(Sort.CONTACT, typed)
    assert made.seed["police"] is True
    assert "flagged" in str(made.warnings[0])
    assert fill(Sort.CONTACT, typed, police=False).seed["police"] is False
    assert fill(Sort.CONTACT, typed, police=False).warnings == ()
    assert fill(Sort.CONTACT, DROP_IN, police=True).seed["police"] is True
    assert "police" not in fill(Sort.CONTACT, DROP_IN).seed


def test_that_a_contact_is_not_of_the_police_is_decided_once() -> None:
    before = fill(Sort.CONTACT, {**DROP_IN, "text": "We never call the police."}, police=False).seed
    after = fill(Sort.CONTACT, {"region": "Toronto"}, before)
    assert after.seed["police"] is False
    assert after.warnings == ()


def test_an_address_that_is_changed_was_checked_when_it_was_changed() -> None:
    before = {**fill(Sort.CONTACT, DROP_IN).seed, "checked_on": "2020-01-01", "checked_in": "its site"}
    same = fill(Sort.CONTACT, {"region": "Toronto", "reach": DROP_IN["reach"]}, before).seed
    assert (same["checked_on"], same["checked_in"]) == ("2020-01-01", "its site")
    assert fill(Sort.CONTACT, {"reach": "new@example.com"}, before).seed["checked_on"] == "2026-03-04"


@pytest.mark.parametrize("sort", list(Sort))
def test_what_is_not_filled_in_stays_and_what_is_emptied_goes(sort: Sort) -> None:
    extra = {"topics": "raids", "names": "night; fr: nuit, la"}
    before = fill(sort, {**SAMPLES[sort], **extra}).seed
    assert before["topics"] == ["topic:raids"]
    assert fill(sort, {}, before).seed == before
    assert fill(sort, {"caveat": "Undated."}, before).seed.items() >= before.items()
    emptied = fill(sort, {"topics": "", "names": " "}, before).seed
    assert emptied == {key: value for key, value in before.items() if key not in {"topics", "aliases"}}


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_sent_back_as_it_was_opened_changes_nothing(sort: Sort, language: str) -> None:
    """In every language: fixed values and languages are shown as the reader calls them."""
    prompt = {} if sort is Sort.CONTACT else {"why": "It counts.", "question": "Who pays?\nWho does not?"}
    more = {"languages": "French, simplified chinese"} if sort is Sort.CONTACT else {}
    before = fill(sort, {**SAMPLES[sort], **prompt, **more, "names": "a, b", "topics": "raids"}).seed
    tr = translator(language)
    shown = {field.name: field.value for part in Part for field in form_fields(sort, part, tr, seed=before)}
    assert shown.keys() == {name for part in Part for name in fields_of(sort, part, before)}
    assert fill(sort, shown, before).seed == before


def test_names_with_commas_and_authors_nobody_could_parse_stay_as_a_file_had_them() -> None:
    before = {
        **fill(Sort.READING, BOOK).seed,
        "aliases": {"en": ["Raids, and what to do", "night"]},
    }
    before["work"] = {**before["work"], "authors": [{"literal": "Asia, Africa"}]}  # type: ignore[dict-item]
    after = fill(
        Sort.READING,
        {"names": value_of(before, "names", EN) + "\nthird", "authors": "Asia, Africa; B"},
        before,
    )
    assert after.seed["aliases"] == {"en": ["Raids, and what to do", "night"], "und": ["third"]}
    assert after.seed["work"]["authors"] == [{"literal": "Asia, Africa"}, {"literal": "B"}]  # type: ignore[index]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("part", list(Part))
def test_a_form_has_at_most_five_fields_with_known_names(sort: Sort, part: Part) -> None:
    fields = form_fields(sort, part, EN)
    assert len(fields) <= 5
    assert bool(fields) is not (sort is Sort.CONTACT and part is Part.PROMPT)
    assert {field.name for field in fields} <= set(NAMES)
    if part is Part.MAIN:
        assert set(REQUIRED[sort]) == {field.name for field in fields if field.required}


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong_with_it() -> None:
    typed = {**BOOK, "year": "soon"}
    with pytest.raises(UnfitFieldsError) as raised:
        fill(Sort.READING, typed)
    fields = form_fields(Sort.READING, Part.MAIN, EN, values=typed, problems=raised.value.problems)
    assert {field.name: field.value for field in fields} == typed
    assert {field.name for field in fields if field.problem} == {"year"}


def test_a_field_is_as_long_as_what_stands_in_it() -> None:
    """Discord refuses a form whose field holds more than it may."""
    seed = {
        **fill(Sort.NOTE, RAIDS).seed,
        "aliases": {"en": [f"name {number} of it" for number in range(200)]},
    }
    [names] = [field for field in form_fields(Sort.NOTE, Part.MAIN, EN, seed=seed) if field.name == "names"]
    assert names.limit == len(names.value) > LIMITS["names"]


USUAL = ("raids", "https://example.org", "+1 416 555 0100", "Who?", "2015", "allies", "a@example.com", "A")


@given(
    sort=st.sampled_from(Sort),
    values=st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60) | st.sampled_from(USUAL)),
)
def test_whatever_is_typed_is_refused_by_its_field_or_gives_what_a_seed_file_may_have(
    sort: Sort, values: dict[str, str]
) -> None:
    made, refused = None, {}
    try:
        made = fill(sort, {**SAMPLES[sort], **values}).seed
    except UnfitFieldsError as error:
        refused = dict(error.problems)
    assert set(refused) <= set(NAMES)
    if made is not None:
        assert canonical(made) == made
        assert sort_of(str(made["id"])) is sort
        assert fill(sort, {}, made).seed == made


def test_an_item_knows_its_name_its_texts_and_its_group() -> None:
    seed = fill(Sort.READING, {**BOOK, "names": "a lamp"}).seed
    assert name_of(seed) == "Streetlight: A History"
    assert {"a lamp", "Moreau", "https://example.org/streetlight"} <= set(texts_of(seed))
    assert "reading:streetlight-a-history" not in texts_of(seed)
    assert group_of(str(seed["id"])) == "readings"
    assert name_of(fill(Sort.SUMMARY, DOCUMENT).seed) == "What the night costs"
    with pytest.raises(KeyError):
        sort_of("bird:x")


def _reading(title: str, url: str = "", found: str = "reading:there") -> Reading:
    said = Statement("It is recommended.", Origin("source:a", "b"), "the book")
    return Reading(id=found, title=title, statements=(said,), work=Work(WorkType.BOOK, title, url=url))


def test_duplicates_are_found_by_address_and_by_title_within_one_sort() -> None:
    seed = fill(Sort.READING, BOOK).seed
    contact = Contact(
        id="contact:there",
        title=BOOK["title"],
        statements=(),
        urls=("https://example.org/streetlight",),
        checked_on=TODAY,
        checked_in="here",
    )
    items: list[AnyEntry] = [
        _reading("Street light, a history", found="reading:spelt"),
        _reading("Another", "http://www.example.org/streetlight/#top"),
        _reading("Something else"),
        _reading(BOOK["title"], found=str(seed["id"])),
        contact,
    ]
    found = duplicates(seed, items)
    assert [(item_id, same.certain) for item_id, same in found] == [
        ("reading:there", True),
        ("reading:spelt", False),
    ]


def test_a_summary_of_a_work_that_is_recommended_is_a_duplicate_by_its_address_alone() -> None:
    seed = fill(Sort.SUMMARY, DOCUMENT).seed
    assert duplicates(seed, [_reading(DOCUMENT["title"])]) == []
    [(item_id, same)] = duplicates(seed, [_reading("Other", DOCUMENT["link"])])
    assert (item_id, same.certain) == ("reading:there", True)
