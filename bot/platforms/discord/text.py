"""Plain text as Discord markdown that shows exactly that text, in pieces of a given size.

The rules of the markdown are in Discord's developer documentation (Reference, Message Formatting) and, where
that says nothing, as its clients show them: a backslash before a character that is neither a letter, a digit
nor a space is not shown; an address between `<` and `>` is a link up to the `>`, whatever stands in it, while
a bare one takes in what follows it without a space, and any backslash.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from bot.platforms.discord.limits import Size, size

# What can begin or end markup anywhere in a line: emphasis, code, spoilers, mentions, timestamps, masked
# links, emoji by name, addresses. Every single one, since what is split may come to stand side by side again.
MARKUP = re.compile(r"[\\*_~|`<\[]|:(?=\S)|@(?=everyone|here)")
MARKUP_IN_WORD = re.compile(r"[\\*_~|`<\[:@]")
# What is markup at the beginning of a line, and so after our own: headings, quotes, lists, small text.
LINE_START = re.compile(r"^(\s*)(?=[#>=]|[-+](?:[-\s#]|$))|^(\s*\d+)(?=\.(?:\s|$))")
WHOLE_URL = re.compile(r"https?://\w[^\s<>]*")
AFTER_URL = ".,:;!?'\"]}»"
# In running text, Unicode punctuation and Chinese and Japanese stops end a web address, as spaces do. Email
# addresses are those of RFC 5321 that need no quoting, with bounds that keep the search linear.
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])https?://(?=\w)[^\s<>\u2000-\u200c\u200e-\u206f\u3000-\u303f\uff00-\uff65]+"
    r"|(?<![^\s(\"'«“‘,;:/])[A-Za-z0-9]{1,64}(?:[.+_-][A-Za-z0-9]{1,64}){0,8}"
    r"@(?!here|everyone)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![\w@-]|\.\w)"
)
# What joins the character before it in one grapheme (UAX #29), and what joins the one after it.
_JOINING = r"[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]"
_SENTENCE_END = regex.compile(
    rf"(?:[.!?…][\"'”’»)\]]*+(?= )|[。！？｡][」』”’）】]*+)(?P<gap> ?)(?!{_JOINING})(?=.)"
)
_WORD_END = regex.compile(rf"(?<!\p{{GCB=Prepend}}) (?!{_JOINING})")
_GRAPHEME = regex.compile(r"\X")

# What stands between a piece and the one before it, and the piece.
Piece = tuple[str, str]


def linked(text: str) -> str:
    """Clean text on one line as markdown that shows it; web and email addresses are links to themselves."""
    shown, last = "", 0
    for start, end in _addresses(text):
        shown += plain(text[last:start]) + f"<{text[start:end]}>"
        last = end
    return shown + plain(text[last:])


def plain(text: str) -> str:
    """Clean text on one line as markdown that shows it, without links: an address could end what is bold."""
    return MARKUP.sub(r"\\\g<0>", text)


def _fragment(text: str) -> str:
    """A part of a word as markdown that shows it, whatever comes to stand beside it."""
    return MARKUP_IN_WORD.sub(r"\\\g<0>", text)


@dataclass(frozen=True, slots=True)
class Script:
    """How text is written: a line, a sentence or a word of it, and a fragment of a word."""

    whole: Callable[[str], str]
    fragment: Callable[[str], str]


LINKED = Script(linked, _fragment)
PLAIN = Script(plain, _fragment)
VERBATIM = Script(str, str)  # inside a fence nothing is markup but the fence


def at_line_start(shown: str) -> str:
    """Markdown that means the same at the beginning of a line, and after the mark of a heading or an item."""
    return LINE_START.sub(r"\1\2\\", shown)


def pieces(line: str, room: Size, script: Script) -> list[Piece]:
    """A clean line in pieces that, shown, are no larger than `room`.

    It is broken between sentences; within one that is too long, between words; within such a word, between
    graphemes, though not within an address. Only an address or a grapheme that is larger than a piece
    itself is broken, and the address then is no link.
    """
    shown = script.whole(line)
    if size(shown).within(room):
        return [("", shown)]
    made: list[Piece] = []
    taken = Size()
    for gap, unit in _units(line, room, script):
        grown = taken + size(gap + unit)
        if made and grown.within(room):
            made[-1] = (made[-1][0], made[-1][1] + gap + unit)
            taken = grown
        else:
            made.append((gap, unit))
            taken = size(unit)
    return made


def fitted(text: str, units: int) -> str:
    """A label of at most so many UTF-16 code units, never empty; it ends in `…` where it had to be cut."""
    if not text.strip():
        return "…"
    if size(text).units <= units:
        return text
    shown, taken = "", 1  # one for the `…`
    for grapheme in _GRAPHEME.findall(text):
        taken += size(grapheme).units
        if taken > units:
            break
        shown += grapheme
    return shown.rstrip() + "…"


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where the addresses in a text begin and end."""
    for match in _ADDRESS.finditer(text):
        yield match.start(), match.start() + _length(match[0])


def _length(address: str) -> int:
    """Of an address without the punctuation after it, and without a bracket that it did not open."""
    surplus = address.count(")") - address.count("(")
    length = len(address)
    while address[length - 1] in AFTER_URL or (address[length - 1] == ")" and surplus > 0):
        surplus -= address[length - 1] == ")"
        length -= 1
    return length


def _units(line: str, room: Size, script: Script) -> Iterator[Piece]:
    """The line in the largest units that fit, each with what stands before it: a space, or nothing."""
    for sentence_gap, sentence in _sentences(line):
        if size(shown := script.whole(sentence)).within(room):
            yield sentence_gap, shown
            continue
        gap = sentence_gap
        for word in _WORD_END.split(sentence):
            if size(shown := script.whole(word)).within(room):
                yield gap, shown
            else:
                for fragment in _fragments(word, room, script):
                    yield gap, fragment
                    gap = ""
            gap = " "


def _sentences(line: str) -> Iterator[Piece]:
    gap, start = "", 0
    for match in _SENTENCE_END.finditer(line):
        yield gap, line[start : match.start("gap")]
        gap, start = match["gap"], match.end()
    yield gap, line[start:]


def _fragments(word: str, room: Size, script: Script) -> Iterator[str]:
    """A word that is too long: its addresses, and the graphemes of the rest."""
    last = 0
    for start, end in (*_addresses(word), (len(word), len(word))):
        address = script.whole(word[start:end])
        if not size(address).within(room):
            continue
        for grapheme in _GRAPHEME.findall(word[last:start]):
            shown = script.fragment(grapheme)
            yield from [shown] if size(shown).within(room) else map(script.fragment, grapheme)
        if address:
            yield address
        last = end
