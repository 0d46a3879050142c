"""What a Discord client makes of a text display: a reader of its markdown, written from how clients behave.

It knows headings, small text, quotes, lists, bold, code blocks and addresses in angle brackets, and refuses
everything else that a client would not show as it stands. Rules: Discord's developer documentation
(Reference, Message Formatting) and the grammar that github.com/LyricLy/parse-discord found by trial.
"""

import re

BULLET = "\ue000"  # a private character, in place of the bullet and after the number of an item
ESCAPE = re.compile(r"\\([^A-Za-z0-9\s])")
FENCED = re.compile(r"```(?:[A-Za-z_\-+.0-9]*\n)?(.*?[^\n].*?)```", re.DOTALL)
BOLD = re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)
WEB = re.compile(r"<(https?://[^: >]*[^ >]+)>")
MAIL = re.compile(r"<([^\s<>@:]+@[^\s<>@:]+\.[^\s<>@:]+)>")
HEADING = re.compile(r"#{1,3}\s+(?!#)([^\n]*)(?:\n|$)")
SMALL = re.compile(r"-# +(?!-#)([^\n]+)(?:\n|$)")
QUOTE = re.compile(r" *> ([^\n]*)(?:\n|$)")
ITEM = re.compile(r" *([*+-]|\d+\.) +([^\n]*)(?:\n|$)")
ACTIVE = re.compile(
    r"[*_~|`<\[]"  # emphasis, spoilers, code, mentions, timestamps, emoji, masked links
    r"|:[\w+-]+:"  # an emoji by name
    r"|@everyone|@here"
    r"|(?:https?|steam|discord)://"  # a bare address, which takes in whatever follows it
    r"|\\(?=[A-Za-z0-9\s]|$)"  # a backslash that is shown
)


class ActiveMarkupError(AssertionError):
    """A client would show something else than the text that stands there."""


def visible(content: str) -> str:
    """What a reader sees of a display, items of lists with `BULLET`. Raises `ActiveMarkupError`."""
    return _read(content, line_start=True)


def _read(content: str, *, line_start: bool) -> str:
    shown, at = "", 0
    while at < len(content):
        rest = content[at:]
        if line_start and (found := _line(rest)):
            said, length = found
        else:
            said, length = _inline(rest)
        shown += said
        at += length
        line_start = content[at - 1] == "\n"
    return shown


def _line(rest: str) -> tuple[str, int] | None:
    """A line of its own kind; in each of them, another may begin."""
    if match := SMALL.match(rest) or QUOTE.match(rest):
        return _read(match[1], line_start=True) + "\n", match.end()
    if match := HEADING.match(rest):
        return _read(match[1].rstrip().rstrip("#").rstrip(), line_start=True) + "\n", match.end()
    if match := ITEM.match(rest):
        if not match[2].strip():
            raise ActiveMarkupError(f"an empty item takes in the next line: {rest[:40]!r}")
        number = match[1] if match[1][0].isdecimal() else ""
        return f"{number}{BULLET}{_read(match[2], line_start=True)}\n", match.end()
    if re.match(r" *>>> |\s*(?:={3,}|-{3,})\s*(?:\n|$)", rest):
        raise ActiveMarkupError(rest[:40])
    return None


def _inline(rest: str) -> tuple[str, int]:
    if match := ESCAPE.match(rest):
        return match[1], match.end()
    if match := FENCED.match(rest):
        return match[1].strip("\n"), match.end()
    if match := WEB.match(rest) or MAIL.match(rest):
        return match[1], match.end()
    if match := BOLD.match(rest):
        return _read(match[1], line_start=True), match.end()
    if ACTIVE.match(rest):
        raise ActiveMarkupError(rest[:40])
    return rest[0], 1
