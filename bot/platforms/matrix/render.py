"""A reply as messages of a room: a plain body that stands alone, and the same as safe HTML."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate, groupby
from typing import Any

import nh3

from bot.i18n import Translator
from bot.platforms.clean import one_line
from bot.platforms.matrix.followup import LONGEST
from bot.platforms.matrix.layout import Part, heading, layout
from bot.platforms.matrix.split import size
from bot.reply import Choice, Reply

# Bytes of a body: about two screens of a small phone, since everybody in the room scrolls past it.
LENGTH = 2000
# Characters of the JSON of both bodies together, in what is to be one message. An event may have 65,536 bytes
# (Matrix specification, client-server API, “Size limits”), of which encryption takes a quarter; the rest is
# for what the homeserver adds.
WHOLE = 45_000
AROUND = 60  # characters of the tags and line ends around a part, at most
CHOICES = 9  # a message offers; what is typed to choose one then is one digit
RULE = ("---", "<hr>")
CUT = ("…", "<p>…</p>")
# Of what clients are to show (Matrix specification, “m.room.message msgtypes”) only what is written here.
TAGS = {"a", "br", "code", "em", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"https", "http", "mailto"}


@dataclass(frozen=True, slots=True)
class Page:
    """As much of a reply as one message shows.

    `next` is the part the next page begins with, None on the last one. `offered` are the choices by the
    numbers they are shown with, from 1; `entries` the ids of the cards on it.
    """

    body: str
    html: str
    next: int | None
    offered: tuple[Choice, ...]
    entries: tuple[str, ...]


def page(reply: Reply, start: int, tr: Translator, prefix: str, *, whole: bool = False) -> Page:
    """The page that begins with a part; where the reply has become shorter than that, it says so.

    `prefix` stands before what the reader types. A `whole` page is the last one: on it is all that one
    message has room for.
    """
    parts = layout(reply, tr)
    if start >= len(parts):
        reply, start = Reply(tr("That was all.")), 0
        parts = layout(reply, tr)
    end = _fitting(parts, start) if whole else _end(parts, start, reply.page)
    shown = _numbered(parts[start:end], prefix)
    offered = tuple(part.choice for part in shown if part.choice)
    cards = [reply.cards[index] for index in dict.fromkeys(part.card for part in shown) if index is not None]
    following = end if end < len(parts) and not whole else None
    said = [*_continued(reply, parts, start, tr), *_pieces(shown)]
    if following is not None:
        said.append(_more(parts, shown, end, tr, prefix))
    elif end < len(parts):
        said.append(CUT)
    return Page(*_bodies(said), following, offered, tuple(card.id for card in cards if card.id))


def whole(reply: Reply, tr: Translator) -> Page:
    """A reply without choices in one message, however long it is, up to what a message has room for."""
    parts = layout(reply, tr)
    room = _fitting(parts, 0, WHOLE)
    said = _pieces(parts[:room])
    if room < len(parts):
        said.append(CUT)
    return Page(*_bodies(said), None, (), tuple(card.id for card in reply.cards if card.id))


def content(shown: Page) -> dict[str, Any]:
    """The content of the message that shows a page. It notifies nobody, whatever stands in it.

    A notice is what bots say, and bots do not answer it; the empty mentions switch off what would otherwise
    be looked for in the text (Matrix specification, “m.mentions”).
    """
    return {
        "msgtype": "m.notice",
        "body": shown.body,
        "format": "org.matrix.custom.html",
        "formatted_body": shown.html,
        "m.mentions": {},
    }


def _bodies(said: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The plain body and the formatted one."""
    html = nh3.clean(
        "".join(html for _, html in said),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return "\n\n".join(text for text, _ in said), html


def _end(parts: Sequence[Part], start: int, cards: int) -> int:
    """Where the page that begins with a part ends: as many parts as it has room for, and at least one.

    A card that would be cut waits for the next page if another one stands on this page already.
    """
    taken = choices = 0
    seen: set[int] = set()
    for index in range(start, len(parts)):
        part = parts[index]
        taken += part.size
        choices += part.choice is not None
        if part.card is not None:
            seen.add(part.card)
        if index > start and (taken > LENGTH or choices > CHOICES or len(seen) > cards):
            return _cut(parts, start, index)
    return len(parts)


def _fitting(parts: Sequence[Part], start: int, room: int = WHOLE - LONGEST) -> int:
    """How far the parts from `start` on go in one message of that much JSON."""
    # As nio writes what it encrypts: six characters of ASCII for each other letter.
    taken = accumulate(len(json.dumps(part.text + part.html)) + AROUND for part in parts[start:])
    choices = accumulate(part.choice is not None for part in parts[start:])
    return start + sum(
        size <= room and number <= CHOICES for size, number in zip(taken, choices, strict=True)
    )


def _cut(parts: Sequence[Part], start: int, end: int) -> int:
    """The end of a page moved back to where a card begins, or at least behind a part that may stand last."""
    first = end
    while first > start and parts[first - 1].card == parts[end].card:
        first -= 1
    if parts[end].card is not None and first > start and parts[first - 1].card is not None:
        return first
    last = end
    while last > start and parts[last - 1].stays:
        last -= 1
    return last if last > start else end


def _numbered(parts: Sequence[Part], prefix: str) -> list[Part]:
    """The parts with what is typed for each choice."""
    numbers = iter(range(1, CHOICES + 1))
    shown = []
    for part in parts:
        if part.choice is not None:
            typed = f"{prefix}{next(numbers)}"
            label, html = part.text, f"<code>{escape(typed)}</code> {part.html}"
            shown.append(replace(part, text=f"{typed} {label}", html=html))
        else:
            shown.append(part)
    return shown


def _pieces(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """Text and HTML of each group of parts, and of the rules between cards."""
    said: list[tuple[str, str]] = []
    card = None
    for _, neighbours in groupby(parts, key=lambda part: part.group):
        first, *rest = neighbours
        last = rest[-1] if rest else first
        if said and card is not None and first.card != card:
            said.append(RULE)
        card = first.card
        text = first.text + "".join(part.lead[0] + part.text for part in rest)
        html = first.html + "".join(part.lead[1] + part.html for part in rest)
        said.append((text.rstrip(" "), first.around[0] + html + last.around[1]))
    return said


def _continued(reply: Reply, parts: Sequence[Part], start: int, tr: Translator) -> list[tuple[str, str]]:
    """The line that says which card a page goes on with; none where it begins with a new one."""
    card = parts[start].card if start else None
    if card is None or parts[start - 1].card != card:
        return []
    again = heading(tr("{title}, continued", title=one_line(reply.cards[card].title)))
    # A title nobody could need twice is not repeated.
    return [(again.text, again.html)] if size(again.text) < LENGTH else []


def _more(
    parts: Sequence[Part], shown: Sequence[Part], end: int, tr: Translator, prefix: str
) -> tuple[str, str]:
    """The last line of a page that is not the last: how much there is still, and what to type for it."""
    typed = f"{prefix}{tr('more')}"
    begun = {part.card for part in shown}
    left = {part.card for part in parts[end:]} - begun - {None}
    if parts[end].card in left:
        line = tr.n(
            "{n} more card: type {command}", "{n} more cards: type {command}", len(left), command=typed
        )
    else:
        line = tr("This goes on: type {command}", command=typed)
    marked = escape(line, quote=False).replace(escape(typed, quote=False), f"<code>{escape(typed)}</code>")
    return line, f"<p>{marked}</p>"
