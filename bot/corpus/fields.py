"""The kinds of value a seed file is made of: texts, dates, addresses, ids.

A message is a predicate (`is not an email address`): `explain` puts its subject before it.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    ValidationError,
)

from bot.model import NoteType

NOTE_TYPES = {
    "topic": NoteType.TOPIC,
    "law": NoteType.LAW,
    "org": NoteType.ORGANISATION,
    "person": NoteType.PERSON,
    "figure": NoteType.FIGURE,
    "testimony": NoteType.TESTIMONY,
    "publication": NoteType.PUBLICATION,
}
NOTE_WORDS = 90
SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
SLUG_PATTERN = rf"^{SLUG}$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
PARAGRAPHS_PATTERN = r"^[1-9][0-9]*(-[1-9][0-9]*)?$"
SOURCE_PATTERN = rf"^source:{SLUG}$"
NOTE_PATTERN = rf"^(?:{'|'.join(NOTE_TYPES)}):{SLUG}$"
READING_PATTERN = rf"^reading:{SLUG}$"
ACTION_PATTERN = rf"^action:{SLUG}$"
CONTACT_PATTERN = rf"^contact:{SLUG}$"
ENTRY_PATTERN = rf"^(?:{'|'.join(NOTE_TYPES)}|reading|action|contact):{SLUG}$"
WEB_PATTERN = r"^https?://\S+$"
DATE_PATTERN = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
EARLIEST = 1990  # the year of the first website
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
QUESTION_PATTERN = r"\?$"

_SPELLING = "in small letters, digits and single hyphens"
# What to say of a text that does not fit a pattern.
EXPECTED = {
    SLUG_PATTERN: f"is not a name {_SPELLING}, such as `part-one`",
    LANGUAGE_PATTERN: "is not a language tag such as `en`, `fr` or `zh-Hans`",
    PARAGRAPHS_PATTERN: "is not the number of a paragraph such as 3, nor a range such as 3-4",
    SOURCE_PATTERN: f"is not the id of a source: `source:` and a name {_SPELLING}",
    NOTE_PATTERN: f"is not the id of a note: `{':`, `'.join(NOTE_TYPES)}:` and a name {_SPELLING}",
    READING_PATTERN: f"is not the id of a reading: `reading:` and a name {_SPELLING}",
    ACTION_PATTERN: f"is not the id of an action: `action:` and a name {_SPELLING}",
    CONTACT_PATTERN: f"is not the id of a contact: `contact:` and a name {_SPELLING}",
    ENTRY_PATTERN: f"is not the id of an entry: its kind, a colon and a name {_SPELLING}",
    QUESTION_PATTERN: "is not a question: it must end with a question mark",
}


def at_most(limit: int) -> AfterValidator:
    """Refuse a text of more words than the limit."""

    def check(text: str) -> str:
        count = len(text.split())
        if count > limit:
            raise ValueError(f"has {count} words; at most {limit} fit")
        return text

    return AfterValidator(check)


def _flow(text: str) -> str:
    """Part paragraphs by an empty line: in YAML's folded texts (`>-`) one line break is left of it."""
    return re.sub(r"\s*\n\s*", "\n\n", text)


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"is not an email address: {error}") from error


def _phone(text: str) -> str:
    """Parse a number in international form (E.164: +1 416 …) and return it as people write it."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException as error:
        raise ValueError("is not a phone number in international form, such as +1 416 555 0100") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("is not a possible phone number: too long or too short for its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _digits(value: object) -> object:
    """Take a number where YAML has made one of a text that is all digits."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _partial_date(text: str) -> str:
    if not re.fullmatch(DATE_PATTERN, text):
        raise ValueError("is not a date such as 2007, 2012-01 or 2012-01-25")
    _calendar(text + "-01-01"[len(text) - 4 :])
    return text


def _day(value: object) -> date:
    """A whole date, at most tomorrow: it is later in other time zones, and a typing slip else.

    Nothing that stands on a shelf was checked before there was a web.
    """
    if not isinstance(value, str) or not re.fullmatch(DAY_PATTERN, value):
        raise ValueError("is not a date such as 2012-01-25")
    day = _calendar(value)
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise ValueError("lies in the future")
    if day.year < EARLIEST:
        raise ValueError(f"lies before {EARLIEST}")
    return day


def _calendar(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"is not a date in the calendar: {error}") from error


def _ascending(text: str) -> str:
    first, _, last = text.partition("-")
    if last and int(first) >= int(last):
        raise ValueError("is not a range from a lower to a higher number")
    return text


def _web(text: str) -> str:
    """Web addresses only (RFC 9110 schemes): a `javascript:` link must never reach a reader."""
    if not re.fullmatch(WEB_PATTERN, text):
        raise ValueError(
            "is not a web address: it must begin with `https://` or `http://` and have no spaces"
        )
    try:
        HttpUrl(text)
    except ValidationError as error:
        raise ValueError(f"is not a web address: {error.errors()[0]['msg']}") from error
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("runs over several lines; write it on one")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_flow)]
Line = Annotated[str, Field(min_length=1, max_length=250), AfterValidator(_one_line)]
Reason = Annotated[str, Field(min_length=1), AfterValidator(_one_line), at_most(30)]
Question = Annotated[
    str, Field(min_length=1, pattern=QUESTION_PATTERN), AfterValidator(_one_line), at_most(45)
]
Web = Annotated[
    str,
    Field(max_length=500, json_schema_extra={"format": "uri", "pattern": WEB_PATTERN}),
    AfterValidator(_web),
]
Email = Annotated[str, Field(json_schema_extra={"format": "email"}), AfterValidator(_email)]
Phone = Annotated[str, Field(description="In international form: +1 416 555 0100."), AfterValidator(_phone)]
PartialDate = Annotated[
    str,
    BeforeValidator(
        _digits,
        json_schema_input_type=Annotated[str, Field(pattern=DATE_PATTERN)]
        | Annotated[int, Field(ge=1000, le=9999)],
    ),
    AfterValidator(_partial_date),
]
Day = Annotated[
    date,
    BeforeValidator(
        _day,
        json_schema_input_type=Annotated[
            str, Field(pattern=DAY_PATTERN, json_schema_extra={"format": "date"})
        ],
    ),
]
Number = Annotated[Line, BeforeValidator(_digits, json_schema_input_type=Line | int)]
Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
Paragraphs = Annotated[
    str,
    BeforeValidator(
        _digits,
        json_schema_input_type=Annotated[str, Field(pattern=PARAGRAPHS_PATTERN)]
        | Annotated[int, Field(ge=1)],
    ),
    Field(pattern=PARAGRAPHS_PATTERN),
    AfterValidator(_ascending),
]
Slug = Annotated[str, Field(pattern=SLUG_PATTERN)]
SourceId = Annotated[str, Field(pattern=SOURCE_PATTERN)]
NoteId = Annotated[str, Field(pattern=NOTE_PATTERN)]
ReadingId = Annotated[str, Field(pattern=READING_PATTERN)]
ActionId = Annotated[str, Field(pattern=ACTION_PATTERN)]
ContactId = Annotated[str, Field(pattern=CONTACT_PATTERN)]
EntryId = Annotated[str, Field(pattern=ENTRY_PATTERN)]
Words = dict[Language, Annotated[list[Line], Field(min_length=1)]]
Aliases = Annotated[
    Words,
    Field(description="What people type for it, by language: other names, abbreviations, spellings."),
]
