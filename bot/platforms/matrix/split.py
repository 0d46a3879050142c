"""Cutting text that is too long for one message: after a sentence, else between words, else in a word."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import regex

# A web or mail address (a part before the @ and one behind it as long as RFC 5321 allows) is never cut.
ADDRESS = regex.compile(r"(?:https?://|mailto:|www\.)[^\s<>]+|[^\s<>()@]{1,64}@[^\s<>()@]{1,255}")
# A citation in brackets, such as (Agustín 2007, p. 12), which is cut only where nothing else is left to cut.
BRACKETS = regex.compile(r"\([^()]{1,200}\)")
# The end of a sentence: not after an initial or an abbreviation of one or two letters ("p. 12").
SENTENCE = regex.compile(
    r"(?:(?<=[\p{L}\p{N}]{3})|(?<=[)\]”’»\"]))[.!?…؟।]+[)\]”’»\"]* (?=\P{Ll})|[。！？]+[」』”）]* *"
)
GRAPHEME = regex.compile(r"\X")


def size(text: str) -> int:
    """How much of a message a text takes: bytes of UTF-8."""
    return len(text.encode())


def pieces(line: str, limit: int, most: int) -> Iterator[str]:
    """A clean line in pieces of at most `limit` bytes, which make the line again when put together.

    An address longer than that stays whole, up to `most` bytes, which is what a message can carry at all.
    A grapheme is never cut.
    """
    if size(line) <= limit:
        yield line
        return
    cuts = _cuts(line)
    start = 0
    while size(line[start:]) > limit:
        end = _reach(line, start, limit)
        cut = next((place for kind in cuts if (place := _last(kind, start, end))), 0)
        if not cut:  # there is nothing but the inside of an address, or of a grapheme
            cut = _first(cuts[-1], end, _reach(line, start, most))
        if not cut:
            graphemes = [match.end() for match in GRAPHEME.finditer(line)]
            cut = _last(graphemes, start, end) or _first(graphemes, end, len(line))
        yield line[start:cut]
        start = cut
    if start < len(line):
        yield line[start:]


def _cuts(line: str) -> list[list[int]]:
    """Where the line may be cut, the best kinds of places first."""
    graphemes = [match.end() for match in GRAPHEME.finditer(line)]
    addresses = _inside(ADDRESS, line)
    anywhere = [place for place in graphemes if place not in addresses]
    words = [place for place in anywhere if line[place - 1] == " "]
    brackets = _inside(BRACKETS, line)
    sentences = {match.end() for match in SENTENCE.finditer(line)} - brackets
    return [
        [place for place in anywhere if place in sentences],
        [place for place in words if place not in brackets],
        words,
        anywhere,
    ]


def _inside(pattern: "regex.Pattern[str]", line: str) -> set[int]:
    return {place for match in pattern.finditer(line) for place in range(match.start() + 1, match.end())}


def _reach(line: str, start: int, limit: int) -> int:
    """How far one gets from there with so many bytes; at least one character."""
    head = line[start : start + limit].encode()[:limit].decode(errors="ignore")
    return start + max(1, len(head))


def _last(places: Sequence[int], start: int, end: int) -> int:
    """The last of the places behind the start and not behind the end; 0 where there is none."""
    number = bisect_right(places, end)
    return places[number - 1] if number and places[number - 1] > start else 0


def _first(places: Sequence[int], start: int, end: int) -> int:
    """The first of the places behind the start and not behind the end; 0 where there is none."""
    number = bisect_right(places, start)
    return places[number] if number < len(places) and places[number] <= end else 0
