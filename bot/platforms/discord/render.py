"""A page of a reply as one Discord message of Components V2: a container for each card, its choices in it.

Nothing is kept: the same page of the same reply is made again whenever somebody asks for it. Links do not
unfurl in such a message.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, Protocol

from discord import ui

from bot.i18n import Translator
from bot.model import Kind
from bot.platforms.discord.layout import Part, continued, layout, page_end
from bot.platforms.discord.limits import (
    BUTTON_LABEL,
    BUTTONS,
    CUSTOM_ID,
    OVERHEAD,
    WIDEST,
    Size,
    size,
)
from bot.platforms.discord.text import fitted
from bot.reply import Choice, Reply

Item = ui.Item[Any]
CARDS = 3  # a page of more is too long for a phone
COLOURS = {Kind.SUMMARY: 0x5B6EE1, Kind.READING: 0x2F9E78, Kind.ACTION: 0xD9822B, Kind.CONTACT: 0xB04A9B}
NOTHING = "–"  # Discord refuses a message without text


@dataclass(frozen=True, slots=True)
class Page:
    """A message, and the index of the part that the next one begins with, or None."""

    view: ui.LayoutView
    next: int | None


class Controls(Protocol):
    """Makes the buttons and menus of one message: each with a custom id of its own there.

    Labels come clean, not empty and as short as Discord wants them.
    """

    def button(self, choice: Choice) -> Item:
        """A button that asks what the choice asks."""

    def select(self, choices: Sequence[Choice], placeholder: str) -> Item:
        """A menu of at most 25 choices."""

    def more(self, start: int, label: str) -> Item:
        """A button that goes on with the page that begins with a part."""


def page(
    reply: Reply,
    start: int,
    controls: Controls,
    tr: Translator,
    closing: Sequence[Item] = (),
    *,
    opening: str = "",
    files: Sequence[str] = (),
) -> Page:
    """The page of a reply that begins with the part `start`; a part there is not is the first.

    `closing` are at most five buttons that stand last, after the one that leads to the next page; `opening`
    is markdown that stands first, as it is. `files` are the names of files that are sent with the message.
    """
    rest = layout(reply, tr)
    parts = list(islice(rest, max(start, 0) + 1))
    if not 0 <= start < len(parts):
        start = 0
    head = continued(reply, parts, start, tr) if parts else ""
    taken = size(head) + _closing_size(closing)
    first: list[Item] = [ui.TextDisplay(opening)] if opening else []
    taken += size(opening) + Size(0, OVERHEAD * len(first), len(first))
    taken += Size(0, sum(len(name) + 2 * OVERHEAD for name in files), len(files))
    end = page_end(parts, rest, start, taken=taken, cards=min(max(reply.page, 1), CARDS))
    view = ui.LayoutView(timeout=None)
    for item in first:
        view.add_item(item)
    for index, group in groupby(parts[start:end], key=lambda part: part.card):
        items = _items(list(group), head, controls)
        head = ""
        if index is not None:
            items = [ui.Container(*items, accent_colour=COLOURS.get(reply.cards[index].kind))]
        for item in items:
            view.add_item(item)
    if not parts:
        view.add_item(ui.TextDisplay(NOTHING))
    for name in files:
        view.add_item(ui.File(f"attachment://{name}"))
    last = list(closing)
    if end < len(parts):
        last.insert(0, controls.more(end, fitted(_more(reply, parts, start, end, tr), BUTTON_LABEL)))
    for row in _rows(last):
        view.add_item(row)
    return Page(view, end if end < len(parts) else None)


def _items(parts: Sequence[Part], head: str, controls: Controls) -> list[Item]:
    """The parts as components: text up to a row of choices in one display, which a reader copies as one."""
    items: list[Item] = []
    said = head
    for part in parts:
        if part.choices:
            items += [ui.TextDisplay(said)] if said else []
            items.append(_row(part, controls))
            said = ""
        elif said == head:
            # What would have gone on within a line does not go on within the title.
            said += ("\n" if head else "") + part.text
        else:
            said += part.gap + part.text
    return [*items, ui.TextDisplay(said)] if said else items


def _row(part: Part, controls: Controls) -> ui.ActionRow[Any]:
    if part.placeholder:
        return ui.ActionRow(controls.select(part.choices, part.placeholder))
    return ui.ActionRow(*map(controls.button, part.choices))


def _more(reply: Reply, parts: Sequence[Part], start: int, end: int, tr: Translator) -> str:
    """What the button to the next page says: to read on in what was begun, or how many cards are left."""
    following = parts[end].card
    if following is None or following in {part.card for part in parts[start:end]}:
        return tr("Read on")
    return tr.n("Show {n} more", "Show {n} more", len(reply.cards) - following)


def _rows(items: Sequence[Item]) -> list[ui.ActionRow[Any]]:
    return [ui.ActionRow(*items[at : at + BUTTONS]) for at in range(0, len(items), BUTTONS)]


def _closing_size(closing: Sequence[Item]) -> Size:
    """The most that the last rows take: the button to the next page and whatever else stands there."""
    octets = sum(len(json.dumps(item.to_component_dict(), ensure_ascii=False).encode()) for item in closing)
    more = (BUTTON_LABEL + CUSTOM_ID) * WIDEST + 2 * OVERHEAD
    count = len(closing) + 1
    return Size(0, octets + more, count + -(-count // BUTTONS))
