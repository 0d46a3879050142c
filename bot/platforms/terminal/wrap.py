"""Breaking text into lines by what a terminal shows: cells, not characters."""

import re
from collections.abc import Iterator

from wcwidth import iter_graphemes, wcwidth, width

# Scripts written without spaces may break after any character: kana, Han and their full-width forms.
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
# What must not begin a line, and what must not end one (UAX #14, classes CL, CP, EX, NS, OP).
_CLOSING = "、。〃々〉》」』】〕〗〙〛！％），．：；？］｝～…—”’·,.;:!?)\\]}»%"
_OPENING = "〈《「『【〔〖〘〚（［｛“‘"
_URL = r"(?:https?://|mailto:|www\.)[!-~\u00a1-\u1fff]+"
_TOKEN = re.compile(
    rf"( *)({_URL}|[{_OPENING}]*[{_IDEOGRAPH}][{_CLOSING}]*|(?:(?![{_OPENING}]*[{_IDEOGRAPH}])[^ ])+)"
)
_ADDRESS = re.compile(_URL)


def cells(text: str) -> int:
    """How many columns the text takes, on a terminal that joins graphemes or on one that does not."""
    if text.isascii():
        return len(text)
    return max(width(text, control_codes="ignore"), sum(max(wcwidth(character), 0) for character in text))


def wrap(text: str, columns: int) -> Iterator[str]:
    """One clean line as lines of at most that many columns, broken between words.

    A word wider than a line is broken between graphemes. A web address never is: it stands alone on a line
    that is too long, which a terminal continues on the next row and still copies as one.
    """
    line = ""
    for space, word in _TOKEN.findall(text):
        if cells(line + space + word) <= columns:
            line += space + word if line else word
            continue
        if line:
            yield line
        *full, line = _fold(word, columns)
        yield from full
    if line:
        yield line


def _fold(word: str, columns: int) -> list[str]:
    if _ADDRESS.search(word) or cells(word) <= columns:
        return [word]
    pieces = [""]
    for grapheme in iter_graphemes(word):
        if pieces[-1] and cells(pieces[-1] + grapheme) > columns:
            pieces.append("")
        pieces[-1] += grapheme
    return pieces
