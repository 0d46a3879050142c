"""What the fixed values are called, and how a reader's own words are repeated back."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from babel import Locale

from bot.commands.request import Request
from bot.curation.labels import ACTORS, WORK_TYPES
from bot.curation.sorts import Part as SortPart
from bot.curation.sorts import Sort
from bot.daily.model import Order
from bot.i18n import LANGUAGES, Translator, message
from bot.model import Kind, NoteType, Visibility
from bot.search.text import fold

ECHO = 40  # characters: enough to see what was asked, too short to carry a message to a room
LONG = message("long")
BUTTON = 80  # characters: the longest label a button has room for on the platforms we know
ROOM = 8  # characters of a name beside an id that are enough to know it by
# What parts words. Python counts four control characters among spaces, as which they would disappear, while
# what is to be kept is refused with them in it.
SPACES = "".join(
    character
    for character in map(chr, range(0x3001))
    if character.isspace() and character not in "\x1c\x1d\x1e\x1f"
)
# No-break spaces are not among them: French sets one before ; : ! ? and it has to hold.
BLANKS = re.compile(r"[^\S\x1c-\x1f\xa0\u202f]+")


class CitationFormat(StrEnum):
    """The forms in which a citation is given."""

    TEXT = "text"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"


class Whether(StrEnum):
    """Whether something is to be."""

    YES = "yes"
    NO = "no"


class Posting(StrEnum):
    """What can be done with the cards of an entry."""

    POST = "post"
    UPDATE = "update"
    WITHDRAW = "withdraw"


class Clear(StrEnum):
    """What a schedule of daily prompts can be without."""

    TOPIC = "topic"
    SOURCE = "source"
    MENTION = "mention"
    TELL = "tell"


Language = StrEnum("Language", {tag: tag for tag in LANGUAGES})  # type: ignore[misc]  # one per catalogue found

LABELS: dict[StrEnum, str] = {
    Kind.SUMMARY: message("Summary"),
    Kind.READING: message("Reading"),
    Kind.ACTION: message("Action"),
    Kind.CONTACT: message("Contact"),
    # The other members of `Sort` are equal to those of `Kind`, and called the same.
    Sort.NOTE: message("Note"),
    SortPart.MAIN: message("What it has to have"),
    SortPart.DETAILS: message("Details"),
    SortPart.PROMPT: message("Questions for daily prompts"),
    NoteType.TOPIC: message("Topic"),
    NoteType.LAW: message("Law"),
    NoteType.ORGANISATION: message("Organisation"),
    NoteType.PERSON: message("Person"),
    NoteType.FIGURE: message("Figure"),
    NoteType.TESTIMONY: message("Testimony"),
    NoteType.PUBLICATION: message("Publication facts"),
    **ACTORS,
    **WORK_TYPES,
    Visibility.PRIVATE: message("the asker alone"),
    Visibility.ROOM: message("everyone here"),
    Order.SHUFFLED: message("shuffled"),
    Order.SERIES: message("a series"),
    Whether.YES: message("yes"),
    Whether.NO: message("no"),
    Posting.POST: message("post a new card"),
    Posting.UPDATE: message("bring cards up to date"),
    Posting.WITHDRAW: message("take cards back"),
    # `Clear.TOPIC` is equal to `NoteType.TOPIC`, and called the same.
    Clear.SOURCE: message("Document"),
    Clear.MENTION: message("Whom to mention"),
    Clear.TELL: message("Whom to tell of trouble"),
    CitationFormat.TEXT: message("text"),
    CitationFormat.BIBTEX: "BibTeX",
    CitationFormat.RIS: "RIS",
    CitationFormat.CSL_JSON: "CSL-JSON",
}


def label(value: StrEnum, tr: Translator) -> str:
    """What a fixed value is called; a language is called by its own name."""
    if isinstance(value, Language):
        return (Locale.parse(value.value).get_display_name() or value.value).capitalize()
    return tr(LABELS[value])


def spoken(command: str, ask: Request) -> str:
    """A command as this reader types it, from its English name: `/find`, or `/chercher` in French.

    A group likewise, and what follows the command if that is a name, too: `/help find`.
    """
    return f"{ask.prefix}{ask.tr.name(command)}"


def amount(kind: Kind, n: int, tr: Translator) -> str:
    """How many things of a shelf."""
    match kind:
        case Kind.SUMMARY:
            return tr.n("{n} summary", "{n} summaries", n)
        case Kind.READING:
            return tr.n("{n} reading", "{n} readings", n)
        case Kind.ACTION:
            return tr.n("{n} action", "{n} actions", n)
        case Kind.CONTACT:
            return tr.n("{n} contact", "{n} contacts", n)


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """The names of things by their ids, for buttons: where two are the same, the id says which is which."""
    shown = {item_id: shortened(name, BUTTON) for item_id, name in names.items()}
    count = Counter(shown.values())
    return {item_id: name if count[name] == 1 else _with_id(name, item_id) for item_id, name in shown.items()}


def _with_id(name: str, item_id: str) -> str:
    room = BUTTON - len(item_id) - len(" ()")
    return f"{shortened(name, room)} ({item_id})" if room >= ROOM else item_id[-BUTTON:]


def shortened(text: str, limit: int) -> str:
    """The text on one line in at most `limit` characters, cut between words and marked where it was cut."""
    line = re.sub(r"\s+", " ", text, flags=re.ASCII).strip()
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:.-–—") + "…"


def trimmed(text: str) -> str:
    """Somebody's words without the blanks around them, and otherwise as they were typed."""
    return text.strip(SPACES)


def in_one_line(text: str) -> str:
    """The same with one space for any blanks between them, line ends included."""
    return BLANKS.sub(" ", trimmed(text))


def echo(words: str) -> str:
    """A reader's words, fit to be repeated: letters, digits and little else, and not many of them."""
    plain = "".join(
        character if unicodedata.category(character)[0] in "LMN" or character in "'’&-" else " "
        for character in words[: 4 * ECHO]
    )
    return shortened(plain, ECHO)


def named(words: str, *names: str) -> bool:
    """Whether the words are one of the names, whatever their case and accents."""
    return fold(words.strip()) in map(fold, names)


def names(words: str, name: str, tr: Translator) -> bool:
    """Whether the words are this name of one or more words, each of them in English or as translated."""
    typed, spelt = words.split(), name.split(" ")
    return len(typed) == len(spelt) and all(
        named(word, each, tr.name(each)) for word, each in zip(typed, spelt, strict=True)
    )


def begins(prefix: str, *names: str) -> bool:
    """Whether one of the names begins like this, whatever its case and accents."""
    return any(fold(name).startswith(fold(prefix)) for name in names)
