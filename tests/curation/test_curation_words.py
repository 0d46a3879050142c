"""What people type becomes text that is safe to keep, and nothing of it is altered that can be read."""

import unicodedata
from collections.abc import Mapping

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from bot.corpus import schema
from bot.curation.saying import UnfitError
from bot.curation.words import (
    LINE,
    LONG_SUMMARY,
    NOTE,
    QUESTION,
    REASON,
    SECTION,
    SHORT_SUMMARY,
    TEXT,
    WHY,
    Bounds,
    cleaned,
    email,
    hidden,
    phone,
)
from bot.i18n import translator

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
PIECES = [SCOTLAND, "@everyone", "@room", "@here", "<@1>", "word", "e\u0301", "\r\n"]
ODD = st.sampled_from(
    [
        *PIECES,
        *"aé1 \t\n\r\u2028\u00a0\u202f\u3000\u2800@<>#*\u0301\u0323\u034f\u05b0\u05d0\u0627\u0645\u0915",
        *"\u200b\u200c\u200d\u200e\u200f\u061c\u202a\u202c\u202d\u202e\u2066\u2069\u00ad\ufeff\u3164\u115f",
        *"\ufe00\ufe0e\ufe0f\u20e3\U000e0100\U000e0041\U000e007f\ue000\ufffe\x00\x1b\x7f\x85\ud800\U0001f469",
        *"\u0627\u061c\u200c\U0001f3ff\u2695\U0001f3f4\u1820\u180b\u180b\u094d\u1100\u1161\u0344\u1fef\u2126\u4e00",
    ]
)
TYPED = st.one_of(st.text(), st.lists(ODD, max_size=12).map("".join))
BOUNDS = st.sampled_from(
    [LINE, TEXT, SHORT_SUMMARY, LONG_SUMMARY, SECTION, WHY, QUESTION, NOTE, REASON, Bounds(5)]
)
# What never comes out, whatever goes in.
REFUSED = regex.compile(
    r"[[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064"
    r"\ufeff\u00ad\u034f\u115f\u1160\u3164\uffa0\u2800\ufff9-\ufffb\U000e0001\U000e0080-\U000e00ff]--\n]"
    r"|(?i)@(?:everyone|here|room)(?:[^\w.-]|$)|<@[!&]?\d+>|<#\d+>"
    r"|(?<!\U0001f3f4[\U000e0030-\U000e007a]*)[\U000e0020-\U000e007f]"
    r"|[\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180f\u200c\u200d]{2}"
    r"|(?<![^\0-\x7f])[\u200c\u200d]|(?<![^\0-\x7f])[\ufe00-\ufe0f](?!\u20e3)|\p{Latin}\p{M}{4}|\p{M}{8}",
    regex.V1,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("e\u0301te\u0301", "été"),
        ("  two   words\t here ", "two words here"),
        ("one\r\ntwo\n\n\nthree\u2028four", "one\n\ntwo\n\nthree\n\nfour"),
        ("Qui sommes-nous\u202f?", "Qui sommes-nous\u202f?"),
        ("全角\u3000空白", "全角 空白"),
        ("soft\u00adhyphen, zero\u200bwidth, mark\ufeff", "softhyphen, zerowidth, mark"),
        ("in\u200dvisible", "invisible"),
        ("LRM\u200e in English", "LRM in English"),
        ("\u2067isolated\u2069 and \u202aembedded\u202c", "isolated and embedded"),
        ("x\ufe0f\ufe0f", "x"),
        ("\u0301accent first", "accent first"),
        ("\u200b \u200b", ""),
        ("\u3164", ""),
        ("", ""),
    ],
)
def test_what_changes_nothing_that_is_read_is_folded_or_removed(typed: str, kept: str) -> None:
    assert cleaned(typed, TEXT) == kept


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian parts two forms of a word by a non-joiner
        "क्\u200dष and क्\u200cष",  # Hindi chooses between forms of a conjunct
        "ന്\u200d",  # Malayalam ends words so, in texts from before Unicode 5.1
        "👩🏿\u200d⚕️ and 🏳️\u200d⚧️ and 👨\u200d👩\u200d👧",
        "1️⃣ #️⃣ ✊🏿 ❤️",
        f"{SCOTLAND} Scotland",
        "שלום (abc)\u200f, מה שלומך?",
        "葛\U000e0100城市",  # a form of a character that a place insists on
        "Tiếng Việt, Čeština, Ελληνικά, ру́сский",
        "بِسْمِ اللَّهِ",
        "བརྒྱད་ཅུ",
        "שָׁל֑וֹם",
        "ขอความช่วยเหลือ",
        "性工作也是工作",
        "**bold** `code` <b>tag</b> [text](https://example.org) ~~gone~~",
        "write to info@room.example or desk@here.org, or ask @butterflysw",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert cleaned(text, TEXT) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("abc\x1b[31m", r"Character 4 \(U\+001B\) is a control character"),
        ("a\r\n\tb\x00", r"Character 6 \(U\+0000\) is a control character"),
        ("harm\u202eless", r"Character 5 \(U\+202E\) turns the direction"),
        ("a\U000e0041", r"Character 2 \(U\+E0041\) is part of a hidden text"),
        ("\U0001f3f4\U000e0067\U000e0062", r"Character 2 \(U\+E0067\) is part of a hidden text"),
        (f"{SCOTLAND}\U000e0041", r"Character 8 \(U\+E0041\) is part of a hidden text"),
        ("\uf8ff", r"Character 1 \(U\+F8FF\) means something else"),
        ("a\ufffe", r"Character 2 \(U\+FFFE\) means something else"),
        ("ab\ud800", "Character 3 is half of a character"),
        ("z\u0351\u0352\u0353\u0354algo", "accents are heaped"),
        ("\u05d0" + "\u05b0\u0591" * 5, "accents are heaped"),
        ("Hello @everyone!", "“@everyone” could call everybody"),
        ("@here", "“@here” could call everybody"),
        ("(@Room.)", "“@Room” could call everybody"),
        ("@every\u200bone", "“@everyone” could call everybody"),
        ("thanks <@123456>", "by its number"),
        ("<@!1> <@&2>", "by its number"),
        ("see <#3>", "by its number"),
    ],
)
def test_what_changes_what_is_read_or_calls_people_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(UnfitError, match=why):
        cleaned(typed, TEXT)


def test_a_line_stays_a_line() -> None:
    assert cleaned("one\ntwo\r\n three", LINE) == "one two three"


def test_lengths_are_counted_once_the_text_is_clean() -> None:
    assert cleaned(" a  \u200b" * 125, LINE) == " ".join("a" * 125)
    with pytest.raises(UnfitError, match="at most 250 characters"):
        cleaned("a" * 251, LINE)
    assert len(cleaned("word " * 90, TEXT).split()) == 90
    with pytest.raises(UnfitError, match="at most 90 words fit, and these are 91"):
        cleaned("word " * 91, TEXT)


def test_a_text_of_any_length_is_refused_at_once() -> None:
    with pytest.raises(UnfitError, match="at most 250 characters"):
        cleaned("\u0301" * 10_000_000, LINE)


def _as_seeds(more: int) -> list[tuple[type[BaseModel], Mapping[str, object]]]:
    """What the longest texts are in a seed file, with so many words more in each."""

    def words(bounds: Bounds) -> str:
        assert bounds.words
        return " ".join(["word"] * (bounds.words + more))

    section = {"id": "a", "title": "A", "text": words(SECTION)}
    return [
        (schema.Said, {"text": words(TEXT), "from": {"section": "a"}, "by": "a"}),
        (schema.SectionSeed, section),
        (
            schema.SummarySeed,
            {"short": words(SHORT_SUMMARY), "long": "a", "sections": [{**section, "text": "a"}]},
        ),
        (
            schema.SummarySeed,
            {"short": "a", "long": words(LONG_SUMMARY), "sections": [{**section, "text": "a"}]},
        ),
        (schema.PromptSeed, {"why": words(WHY), "questions": ["a?"]}),
        (schema.PromptSeed, {"why": "a", "questions": [f"{words(QUESTION)}?"]}),
        (schema.ManifestationSeed, {"title": "a" * (LINE.characters + more), "note": "a"}),
    ]


def test_what_fits_here_is_what_fits_in_a_seed_file() -> None:
    for model, seed in _as_seeds(0):
        assert model.model_validate(seed)
    for model, seed in _as_seeds(1):
        with pytest.raises(ValidationError):
            model.model_validate(seed)


@given(TYPED)
def test_a_text_that_is_clean_is_one_in_a_seed_file(typed: str) -> None:
    try:
        clean = cleaned(typed, TEXT)
    except UnfitError:
        return
    if clean:
        seed = schema.Said.model_validate({"text": clean, "from": {"section": "a"}, "by": "a"})
        assert seed.text == clean


@given(TYPED, BOUNDS)
@example("\u05b0\u200f a", TEXT)
@example(f"{SCOTLAND}\u180b\u180b \u1820\u180b\u180b", TEXT)
@example("\u4e00\U000e0100\U000e0100\ufe00", TEXT)
@example(f"{SCOTLAND}\u061c\u200c \u0627", TEXT)
@example("a \u0301 b", TEXT)
@example("\u0344\u0301", TEXT)
def test_what_is_clean_stays_as_it_is_and_holds_nothing_that_is_refused(typed: str, bounds: Bounds) -> None:
    try:
        clean = cleaned(typed, bounds)
    except UnfitError:
        return
    assert cleaned(clean, bounds) == clean
    assert REFUSED.search(clean) is None
    assert unicodedata.is_normalized("NFC", clean)
    assert clean == clean.strip()
    assert len(clean) <= bounds.characters
    assert not regex.search(r"  |\n\n\n|(?<!\n)\n(?!\n)| \n|\n ", clean)
    assert bounds.paragraphs or "\n" not in clean


@given(TYPED)
def test_a_refusal_is_a_sentence_that_can_be_shown_and_translated(typed: str) -> None:
    try:
        cleaned(typed, LINE)
    except UnfitError as error:
        sayings = [(error.saying, str(error))]
    else:
        sayings = []
    for saying, sentence in sayings:
        assert sentence.isprintable()
        assert saying.spoken(translator("en")) == sentence


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Me@Example.ORG ", "Me@example.org"),
        ("a+b@example.org", "a+b@example.org"),
        ("ana@bücher.de", "ana@bücher.de"),
    ],
)
def test_an_email_address_is_kept_in_its_normal_form(typed: str, kept: str) -> None:
    assert email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "me",
        "me@",
        "@example.org",
        "a@b@c.org",
        "Me <me@example.org>",
        "me@localhost",
        "me@127.0.0.1",
        "me@exam ple.org",
        "me@example.org\u202e",
        "m\u200be@example.org",
        "me@example.org\nbcc: you@example.org",
        "me@example",
        f"{'a' * 300}@example.org",
    ],
)
def test_what_is_no_email_address_is_refused(typed: str) -> None:
    with pytest.raises(UnfitError, match="not an email address"):
        email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+14165550100", "+1 416-555-0100"),
        ("+1 (416) 555-0100", "+1 416-555-0100"),
        ("+33 1 99 00 12 34", "+33 1 99 00 12 34"),
        ("+1 416 555 0100 ext. 5", "+1 416-555-0100 ext. 5"),
    ],
)
def test_a_phone_number_is_kept_as_people_write_it(typed: str, kept: str) -> None:
    assert phone(typed) == kept
    assert phone(kept) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "911", "416 555 0100", "+1 555", "+999 1234567", "call me", "+1\u202e4165550100", "+1" * 100],
)
def test_what_is_no_phone_number_in_international_form_is_refused(typed: str) -> None:
    with pytest.raises(UnfitError, match="not a phone number"):
        phone(typed)


@given(st.one_of(TYPED, st.emails(), st.from_regex(r"\+[0-9 ()-]{5,20}")))
@example("+270000000")
def test_any_text_is_an_address_or_number_that_stays_or_is_refused(typed: str) -> None:
    for check in (email, phone):
        try:
            kept = check(typed)
        except UnfitError:
            continue
        assert check(kept) == kept
        assert not hidden(kept)


@pytest.mark.parametrize(
    "text",
    [
        "See https://bit.ly/x3 for more.",
        "See HTTP://WWW.Bit.ly:443/x3",
        "bit.ly/x3",
        "https://me@tinyurl.com/abc",
    ],
)
def test_a_shortened_link_in_a_text_is_refused_as_one_by_itself_is(text: str) -> None:
    with pytest.raises(UnfitError, match="hides where it leads"):
        cleaned(text, TEXT)


@pytest.mark.parametrize("text", ["What bit.ly does.", "https://example.org/bit.ly/x", "rabbit.ly/x"])
def test_what_is_no_shortened_link_may_stand_in_a_text(text: str) -> None:
    assert cleaned(text, TEXT) == text
