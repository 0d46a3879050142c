"""Text made safe to show: nothing in it can drive a screen, hide itself or reorder what stands around it."""

import re
import unicodedata

# CR, VT, FF, NEL and the Unicode separators all end a line somewhere (UAX #14, class BK).
LINE_END = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# Arabic and Syriac number signs are of category Cf and yet visible; the marks LRM, RLM and ALM only settle
# the direction of what is next to them, which ordinary Hebrew and Arabic need.
VISIBLE_FORMAT = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u200e\u200f\u061c\u200c\u200d"
)
# Persian, the scripts of India and emoji need a joiner after a letter; elsewhere it only hides differences.
STRAY_JOINER = re.compile("(?<![^\0-\x7f\u200c\u200d])[\u200c\u200d]")
PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")
# No-break spaces are not among them: French sets one before ; : ! ? and it has to hold.
SPACE = re.compile(r"[ \t\n]+")


def clean(text: str) -> str:
    """The text without what a terminal would obey and without what hides; ordinary scripts stay whole.

    Control characters and lone surrogates become U+FFFD, so that the reader sees something was there.
    Directional overrides and isolates, zero-width spaces and other invisible formatting disappear. Tabs stay,
    and every kind of line end becomes a line feed.
    """
    if text.isprintable():
        return text
    return STRAY_JOINER.sub("", "".join(map(_safe, LINE_END.sub("\n", text))))


def one_line(text: str) -> str:
    """Clean text on one line, its runs of spaces and line ends made one space; of blanks alone, nothing."""
    return SPACE.sub(" ", clean(text)).strip()


def paragraphs(text: str) -> list[str]:
    """Clean running text by paragraph, each on one line; a blank line parts them."""
    return [line for part in PARAGRAPH_END.split(clean(text)) if (line := one_line(part))]


def by_line(text: str) -> list[list[str]]:
    """Clean text by paragraph, each line by line: for what is said in lines, of which none is folded."""
    return [lines for part in PARAGRAPH_END.split(clean(text)) if (lines := _lines(part))]


def verbatim(text: str) -> list[str]:
    """Clean text line by line with its spaces, for what is to be copied to the letter."""
    return clean(text).expandtabs(4).strip("\n").split("\n")


def _lines(part: str) -> list[str]:
    return [line for each in part.split("\n") if (line := one_line(each))]


def _safe(character: str) -> str:
    match unicodedata.category(character):
        case "Cc":
            return character if character in "\n\t" else "\ufffd"
        case "Cs":
            return "\ufffd"
        case "Cf":
            return character if character in VISIBLE_FORMAT else ""
        case _:
            return character
