"""A reply drawn for a screen: lines of rich text that fit its width and mean the same without colour."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil

from rich.console import Console
from rich.text import Text

from bot.i18n import Translator
from bot.platforms.clean import by_line, one_line, paragraphs, verbatim
from bot.platforms.plain import bullet, labelled, source_line
from bot.platforms.terminal.wrap import cells, wrap
from bot.reply import Block, Bullets, Card, Choice, Code, Facts, Links, Paragraph, Reply

NARROWEST = 20
# Longer lines are hard to read (WCAG 2.2, success criterion 1.4.8: no more than 80 characters).
WIDEST = 80


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that belong together on one screen. `card` is the index of the card they are of, or None.

    `height` is how many rows they take, of which a line wider than the screen takes several.
    """

    lines: tuple[Text, ...]
    height: int
    card: int | None = None


def readable(columns: int) -> int:
    """How much of a screen so wide is used."""
    return min(max(columns, NARROWEST), WIDEST)


def layout(reply: Reply, columns: int, tr: Translator) -> list[Part]:
    """The reply as parts, in reading order; `columns` changes their lines, but not how many parts there are.

    Choices are numbered through the whole reply, in the order of `choices`.
    """
    columns = readable(columns)
    parts = [
        _part([Text(), *chain.from_iterable(hang(line, columns) for line in lines)], columns)
        for lines in by_line(reply.text)
    ]
    number = 1
    for index, card in enumerate(reply.cards):
        parts += [_part(lines, columns, index) for lines in _card(card, columns, number, tr)]
        number += len(card.choices)
    if reply.cards and reply.choices:
        parts.append(_part([Text(), *_rule("", columns)], columns))
    return parts + [_part(lines, columns) for lines in _choices(reply.choices, columns, number)]


def choices(reply: Reply) -> list[Choice]:
    """Everything the reply offers; the reader's number counts from 1."""
    return [*(choice for card in reply.cards for choice in card.choices), *reply.choices]


def page_end(parts: Sequence[Part], start: int, *, rows: int | None, cards: int) -> int:
    """Where the page that starts at a part ends: as many parts as fit in `rows`, of at most so many cards.

    A page holds at least one part, even where that is taller than the screen. A card that would be cut waits
    for the next page if another one stands on this page already.
    """
    height = 0
    seen: set[int] = set()
    for index in range(start, len(parts)):
        part = parts[index]
        height += part.height
        if part.card is not None:
            seen.add(part.card)
        if index > start and (len(seen) > cards or (rows is not None and height > rows)):
            return _card_start(parts, start, index)
    return len(parts)


def _card_start(parts: Sequence[Part], start: int, cut: int) -> int:
    """The beginning of the card that a page would cut, if a card comes before it there; or else the cut."""
    first = cut
    while first > start and parts[first - 1].card == parts[cut].card:
        first -= 1
    return cut if parts[cut].card is None or first == start or parts[first - 1].card is None else first


def show(console: Console, lines: Iterable[Text]) -> None:
    """Print lines as they are, at once: rich neither wraps nor crops them, nor reads markup in them."""
    console.print(Text("\n").join(lines), soft_wrap=True, highlight=False)


def hang(
    text: str, columns: int, lead: str = "", style: str = "", indent: int | None = None
) -> Iterator[Text]:
    """Wrap one clean line after its `lead`, the lines below indented by as much, or by `indent` columns."""
    columns = readable(columns)
    indent = cells(lead) if indent is None else indent
    margin = lead
    for line in wrap(text, columns - indent):
        # An address wider than the screen starts at its edge.
        edge = not margin.strip() and cells(margin + line) > columns
        yield Text(line if edge else margin + line, style=style)
        margin = " " * indent


def continued(reply: Reply, parts: Sequence[Part], start: int, columns: int, tr: Translator) -> list[Text]:
    """The lines that say which card a page goes on with; none where it begins with a new one."""
    card = parts[start].card
    if card is None or start == 0 or parts[start - 1].card != card:
        return []
    return [
        Text(),
        *hang(tr("{title}, continued", title=one_line(reply.cards[card].title)), columns, style="bold"),
    ]


def _part(lines: Sequence[Text], columns: int, card: int | None = None) -> Part:
    return Part(tuple(lines), sum(max(1, ceil(cells(line.plain) / columns)) for line in lines), card)


def _card(card: Card, columns: int, number: int, tr: Translator) -> Iterator[list[Text]]:
    head = [
        Text(),
        *_rule(one_line(card.label), columns),
        *hang(one_line(card.title), columns, style="bold"),
    ]
    if card.warning:
        warnings = (hang(one_line(line), columns, "! ", "yellow") for line in verbatim(card.warning))
        head += [Text(), *chain.from_iterable(warnings)]
    # A title must not be the last thing on a screen: the first part of the text stays with it.
    first, *rest = [part for block in card.blocks for part in _block(block, columns, tr)] or [[]]
    yield head + first
    yield from rest
    if card.footer:
        lines = (line for text in card.footer for line in hang(one_line(text), columns, "  ", "dim"))
        yield [Text(), *lines]
    yield from _choices(card.choices, columns, number)


def _block(block: Block, columns: int, tr: Translator) -> Iterator[list[Text]]:
    match block:
        case Paragraph(text, source):
            *before, last = paragraphs(text) or [""]
            yield from ([Text(), *hang(part, columns)] for part in before)
            said = hang(source_line(source, tr), columns, "  ", "cyan")
            yield [Text(), *hang(last, columns), *said]
        case Bullets(items, heading):
            opening = [Text(), *hang(one_line(heading), columns, style="bold")]
            for index, item in enumerate(items or ("",), start=1):
                yield [*opening, *hang(one_line(item), columns, bullet(block, index))]
                opening = []
        case Facts(rows):
            yield from _facts(rows, columns, tr)
        case Links(links):
            yield from _facts(((link.label, link.url) for link in links), columns, tr)
        case Code(text):
            # Copied to the letter: the terminal may continue a line on the next row, we may not break it.
            for paragraph in "\n".join(verbatim(text)).split("\n\n"):
                yield [Text(), *map(Text, paragraph.split("\n"))]


def _facts(rows: Iterable[tuple[str, str]], columns: int, tr: Translator) -> Iterator[list[Text]]:
    opening = [Text()]
    for label, value in rows:
        yield [*opening, *hang(labelled(label, value, tr), columns, indent=2)]
        opening = []


def _choices(offered: Sequence[Choice], columns: int, number: int) -> Iterator[list[Text]]:
    opening = [Text()]
    for index, choice in enumerate(offered, start=number):
        yield [*opening, *hang(one_line(choice.label), columns, f"[{index}] ")]
        opening = []


def _rule(label: str, columns: int) -> list[Text]:
    """The line above a card, with the name of its shelf; a name that does not fit goes on below it."""
    head = f"── {label} " if label else ""
    if cells(head) > columns:
        return [Text("─" * columns), *hang(label, columns)]
    return [Text(head + "─" * (columns - cells(head)))]
