"""What members and moderators type, made into text that is safe to keep and to show.

What cannot change what a reader sees is removed or folded: spaces, line ends, soft hyphens, stray joiners.
What can is refused with a sentence, so that nobody's words are altered behind their back: control
characters, hidden text, overrides of the direction of writing, heaps of accents, calls to a whole room.
Markup stays as it was typed: each platform escapes it when it shows it.
"""

import unicodedata
from dataclasses import dataclass

import phonenumbers
import regex
from email_validator import EmailNotValidError, validate_email

from bot.curation.hosts import SHORTENERS, below
from bot.curation.saying import UnfitError
from bot.i18n import message


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a text may be, in characters (code points) and words, and whether it may have paragraphs."""

    characters: int
    words: int | None = None
    paragraphs: bool = False


# Where a seed file has the field, too, the bounds are at most as wide as there: a shelf is exported as such a
# file. Characters are bounded besides words, since some scripts put no space between words.
LINE = Bounds(250)
"""A title, a name, an alias."""
TEXT = Bounds(1500, words=90, paragraphs=True)
SHORT_SUMMARY = Bounds(1000, words=60, paragraphs=True)
LONG_SUMMARY = Bounds(5000, words=350, paragraphs=True)
SECTION = Bounds(2500, words=150, paragraphs=True)
WHY = Bounds(500, words=30)
"""Why a reading is worth the day it is posted on."""
QUESTION = Bounds(600, words=45)
NOTE = Bounds(500, paragraphs=True)
"""What a moderator writes beside a card that is posted."""
REASON = Bounds(300)
"""Why a suggestion was declined."""
EMAIL = 254
"""Characters: the longest address that mail can be sent to (RFC 5321, erratum 1690)."""
PHONE = 40
"""Characters of a number as typed: 15 digits at most (E.164), spaces and an extension."""

SHORTENED = message(
    "An address at {host} hides where it leads, records who follows it, and ends when the "
    "service does: open it, and give the address it leads to."
)

_PRESCAN = 4  # times the limit: nothing that is removed makes up more of an honest text

# The host of an address in a text: apps make a link of it, with a scheme before it or not.
_HOST = regex.compile(r"(?i)(?<![\w.-]|\w/)((?:[a-z0-9-]+\.)+[a-z]{2,})(?=\.?(?::\d+)?[/?#]\S)")

# CR, VT, FF, NEL and the Unicode separators all end a line somewhere (UAX #14, class BK).
_LINE_END = regex.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# No-break spaces are not among them: French sets one before ; : ! ? and it has to hold. A blank pattern of
# Braille is a space to the eye.
_SPACES = regex.compile(r"[[\p{Zs}\t\u2800]--[\u00a0\u202f]]", regex.V1)
_RUN = regex.compile(r"[ \u00a0\u202f]*(?: |[\u00a0\u202f]{2})[ \u00a0\u202f]*")
_EDGES = " \u00a0\u202f"

_OVERRIDE = regex.compile(r"[\u202d\u202e]")
_CONTROL = regex.compile(r"[\p{Cc}--\n]", regex.V1)
# A flag of a part of a country is a black flag, tags that spell its code, and the tag that ends it (UTS #51).
# All other tags are hidden text.
_FLAG = regex.compile(r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
_TAG = regex.compile(r"[\U000e0000-\U000e007f]")
_PRIVATE = regex.compile(r"[\p{Co}\p{Noncharacter_Code_Point}]")

# Format characters that may stay where they have a use, decided by what stands before them.
_KEPT = r"\u200c\u200d\u200e\u200f\u061c\ufe00-\ufe0f\U000e0100-\U000e01ef\U000e0020-\U000e007f\u180b-\u180f"
_IGNORED = regex.compile(rf"[[\p{{Default_Ignorable_Code_Point}}\ufff9-\ufffb]--[{_KEPT}]]", regex.V1)
# A selector chooses between two pictures of the character before it: emoji or text, or a form of a
# Mongolian letter or of a Chinese character, as in Japanese names. Behind anything else, and several in a
# row, they are hidden text.
_SELECTOR = regex.compile(
    r"((?<=[\p{Emoji}--[0-9#*]])[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3)"
    r"|(?<=\p{Han})[\ufe00-\ufe02\U000e0100-\U000e01ef]|(?<=[\p{Mongolian}&&\p{L}])[\u180b-\u180f])"
    r"|[\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180f]",
    regex.V1,
)
# Persian, the scripts of India and emoji need a joiner; elsewhere it only hides differences.
_CURSIVE = """
Arabic Syriac Nko Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala
Khmer Myanmar Tibetan Javanese Balinese
"""
_JOINED = "".join(rf"\p{{{script}}}" for script in _CURSIVE.split())
_JOINER = regex.compile(
    rf"((?<=[[{_JOINED}]&&[\p{{L}}\p{{M}}]])[\u200c\u200d]"
    r"|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic}))"
    r"|[\u200c\u200d]",
    regex.V1,
)
# They only settle the direction of what is next to them, which Hebrew and Arabic need and no other does.
_DIRECTION = regex.compile(r"[\u200e\u200f\u061c]+")
_RIGHT_TO_LEFT = regex.compile(r"[[\p{Hebrew}\p{Arabic}\p{Syriac}\p{Thaana}\p{Nko}]&&\p{L}]", regex.V1)

_HIDDEN = regex.compile(r"[\p{C}\p{Default_Ignorable_Code_Point}\u2800\u2028\u2029]")

# A mark at the beginning of a text would sit on whatever stands before it.
_START = regex.compile(r"^[\p{M}\p{Default_Ignorable_Code_Point} \u00a0\u202f]+")
# What is written with accents needs three at most once they are composed (Vietnamese, phonetics); stacked
# scripts such as Tibetan, and Hebrew with its cantillation, need more.
_HEAP = regex.compile(r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Common}]\p{M}{4}|\p{M}{8}")

# Discord takes the first two, Matrix the third. An address (`info@room.example`) and a longer name
# (`@hereford`) have to be possible; the platforms allow no mention in what they show, whatever it says.
_CALL = regex.compile(r"(?i)@(everyone|here|room)(?![\w-]|\.\w)")
# Discord's forms for people, roles and channels: “Message formatting” in its reference.
_BY_NUMBER = regex.compile(r"<(?:@[!&]?|#)\d+>")


def cleaned(text: str, bounds: Bounds) -> str:
    """The text in Unicode's form NFC, on one line or, where there may be, in paragraphs with a blank between.

    Empty where nothing is left. Cleaning what is clean changes nothing. Raises `UnfitError`.
    """
    if len(text) > _PRESCAN * bounds.characters:
        raise _too_long(bounds)
    _refuse_hidden(text)
    clean = _without_strays(unicodedata.normalize("NFC", text))
    clean = unicodedata.normalize("NFC", _folded(clean, bounds))
    if _HEAP.search(clean):
        raise UnfitError(message("Too many accents are heaped on one letter: write it with fewer."))
    if call := _CALL.search(clean):
        raise UnfitError(
            message("“{call}” could call everybody in a room: write it without the @."), call=call[0]
        )
    if _BY_NUMBER.search(clean):
        raise UnfitError(
            message("A person, role or channel is mentioned by its number: write the name instead.")
        )
    for found in _HOST.finditer(clean):
        if below(host := found[1].lower(), SHORTENERS):
            raise UnfitError(SHORTENED, host=host)
    if len(clean) > bounds.characters:
        raise _too_long(bounds)
    if bounds.words and len(clean.split()) > bounds.words:
        raise UnfitError(
            message("That is too long: at most {limit} words fit, and these are {count}."),
            limit=bounds.words,
            count=len(clean.split()),
        )
    return clean


def _too_long(bounds: Bounds) -> UnfitError:
    return UnfitError(message("That is too long: at most {limit} characters fit."), limit=bounds.characters)


def _refuse_hidden(text: str) -> None:
    """Refuse what changes what is read, and say where it stands, since it cannot be seen."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnfitError(
            message("Character {n} is half of a character: type it anew."), n=error.start + 1
        ) from None
    # What may stand gives way to as many characters of no meaning, so that the rest keeps its number.
    text = regex.sub(r"[\r\v\f\x85\t]", "\n", _FLAG.sub(lambda flag: " " * len(flag[0]), text))
    for pattern, why in (
        (_OVERRIDE, message("Character {n} ({code}) turns the direction of writing round: leave it out.")),
        (_TAG, message("Character {n} ({code}) is part of a hidden text: leave it out.")),
        (_PRIVATE, message("Character {n} ({code}) means something else on every device: leave it out.")),
        (_CONTROL, message("Character {n} ({code}) is a control character: leave it out.")),
    ):
        if found := pattern.search(text):
            raise UnfitError(why, n=found.start() + 1, code=f"U+{ord(found[0]):04X}")


def hidden(text: str) -> bool:
    """Whether anything in a text cannot be seen, or changes the order in which the rest is read.

    For what has to be plain throughout, such as an address: joiners and marks of direction count as well.
    """
    return bool(_HIDDEN.search(text))


def _without_strays(text: str) -> str:
    # What stands where it has a use is the group of these patterns, and is put back.
    text = _SELECTOR.sub(r"\1", _IGNORED.sub("", text))
    text = _JOINER.sub(r"\1", text)
    return text if _RIGHT_TO_LEFT.search(text) else _DIRECTION.sub("", text)


def _folded(text: str, bounds: Bounds) -> str:
    """White space folded: one space for several, and a blank line (or a space) for every line end."""
    text = _SPACES.sub(" ", _LINE_END.sub("\n", text).replace("\t", " "))
    lines = (_START.sub("", _RUN.sub(" ", line)).rstrip(_EDGES) for line in text.split("\n"))
    # As in a seed file, every line end parts paragraphs.
    return ("\n\n" if bounds.paragraphs else " ").join(filter(None, lines))


def email(text: str) -> str:
    """An address of one mailbox, in its normal form (RFC 5321, 6531). Raises `UnfitError`.

    Whether it exists is not asked: that would tell a server that somebody is interested.
    """
    text = text.strip()
    if len(text) <= EMAIL:
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            pass
    raise UnfitError(message("That is not an email address, such as name@example.org."))


def phone(text: str) -> str:
    """A number as people write it, from its international form (E.164). Raises `UnfitError`."""
    if len(text) <= PHONE:
        try:
            number = phonenumbers.parse(text)
            kept = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
            # Of a number that begins with zeros no country has, one is lost each time it is read.
            if phonenumbers.is_possible_number(number) and phonenumbers.parse(kept) == number:
                return kept
        except phonenumbers.NumberParseException:
            pass
    raise UnfitError(message("That is not a phone number in international form, such as +1 416 555 0100."))
