"""A reply as parts, each as plain text and as HTML, from which pages are made."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from bot.i18n import Translator
from bot.platforms.clean import by_line, one_line, paragraphs, verbatim
from bot.platforms.matrix.split import pieces, size
from bot.platforms.plain import bullet, labelled, source_line
from bot.reply import Block, Bullets, Card, Choice, Code, Facts, Links, Paragraph, Reply

PIECE = 1000  # bytes: a paragraph longer than that may go on in the next message
# Bytes nothing exceeds, not even what is not to be cut. As HTML it grows at most tenfold, and an event may
# have 65,536 bytes (Matrix specification, client-server API, “Size limits”), a quarter of which encryption
# needs.
MOST = 4000

PARAGRAPH = ("<p>", "</p>")
NOTHING = ("", "")
LINES = ("\n", "")
LINES_BROKEN = ("\n", "<br>")
# The schemes Matrix clients make links of (“m.room.message msgtypes”, `a href`), apart from what nobody uses.
WEB = re.compile(r"https?://[^\s<>\"]{1,2000}")
MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown together. Neighbours of one `group` share the tags `around` them.

    `lead` (text and HTML) stands between it and a neighbour of its group before it. `card` is the index of
    the card it is of, or None. What `stays` never ends a message: it is nothing without what follows it. A
    part with a `choice` is one line, for which a page has a number.
    """

    text: str
    html: str
    around: tuple[str, str] = NOTHING
    lead: tuple[str, str] = NOTHING
    group: int = 0
    card: int | None = None
    stays: bool = False
    choice: Choice | None = None

    @property
    def size(self) -> int:
        """How much of a message it takes, with the blank line before it."""
        return size(self.text) + 2


Group = list[Part]


def layout(reply: Reply, tr: Translator) -> list[Part]:
    """The reply as parts, in reading order."""
    groups = [_opening(lines) for lines in by_line(reply.text)]
    for index, card in enumerate(reply.cards):
        groups += [[replace(part, card=index) for part in group] for group in _card(card, tr)]
    groups.append(_choices(reply.choices))
    return [replace(part, group=number) for number, group in enumerate(groups) for part in group]


def heading(title: str) -> Part:
    """The title of a card."""
    return Part(title, f"<h4>{_escaped(title)}</h4>")


def _card(card: Card, tr: Translator) -> Iterator[Group]:
    head = [heading(title) for title in pieces(one_line(card.title), MOST, MOST) if title]
    head += _lines([_marked(one_line(card.label), "<p><em>", "</em></p>")], around=NOTHING, between="")
    warning = _lines(_marked(one_line(line), "<strong>", "</strong>") for line in verbatim(card.warning))
    yield [replace(part, stays=True) for part in head]
    yield [replace(part, stays=True) for part in warning]
    for block in card.blocks:
        yield from _block(block, tr)
    yield _lines(_marked(one_line(line), "<em>", "</em>") for line in card.footer)
    yield _choices(card.choices)


def _block(block: Block, tr: Translator) -> Iterator[Group]:
    match block:
        case Paragraph(text, source):
            *before, last = paragraphs(text) or [""]
            yield from map(_paragraph, before)
            yield _said(_paragraph(last), source_line(source, tr))
        case Bullets():
            yield from _bullets(block)
        case Facts(rows):
            yield _lines(_fact(label, value, tr) for label, value in rows)
        case Links(links):
            yield _lines(_fact(link.label, link.url, tr) for link in links)
        case Code(text):
            yield _code(verbatim(text)) if text.strip() else []


def _paragraph(line: str) -> Group:
    return [Part(piece, _escaped(piece), PARAGRAPH) for piece in pieces(line, PIECE, MOST) if piece]


def _opening(lines: Sequence[str]) -> Group:
    """A paragraph of which each line begins anew."""
    made: Group = []
    for line in lines:
        first, *rest = _paragraph(line)
        made += [replace(first, lead=LINES_BROKEN), *rest]
    return made


def _said(said: Group, source: str) -> Group:
    """A paragraph with the line that says where it was said, if there is one; its end stays with that."""
    place = _lines([_marked(source, "<em>", "</em>")])
    return [*said[:-1], *(replace(part, stays=bool(place)) for part in said[-1:]), *place]


def _bullets(block: Bullets) -> Iterator[Group]:
    title = _lines([_marked(one_line(block.heading), "<strong>", "</strong>")])
    yield [replace(part, stays=bool(block.items)) for part in title]
    items: Group = []
    for number, item in enumerate(block.items, start=1):
        around = (f'<ol start="{number}">', "</ol>") if block.numbered else ("<ul>", "</ul>")
        first, *rest = pieces(one_line(item), MOST, MOST)
        items.append(
            Part(f"{bullet(block, number)}{first}".rstrip(), f"<li>{_escaped(first)}</li>", around, LINES)
        )
        items += [Part(text, f"<li>{_escaped(text)}</li>", around) for text in rest]
    yield items


def _code(lines: Iterable[str]) -> Group:
    made: Group = []
    for line in (piece for each in lines for piece in pieces(each, MOST, MOST)):
        if made and made[-1].size + size(line) < MOST:
            before = made[-1]
            made[-1] = replace(before, text=f"{before.text}\n{line}", html=f"{before.html}\n{_escaped(line)}")
        else:
            made.append(Part(line, _escaped(line), ("<pre><code>", "</code></pre>"), ("\n", "\n")))
    return made


def _choices(offered: Sequence[Choice]) -> Group:
    labels = [(choice, next(pieces(one_line(choice.label), MOST, MOST))) for choice in offered]
    return [Part(label, _escaped(label), PARAGRAPH, LINES_BROKEN, choice=choice) for choice, label in labels]


def _lines(
    lines: Iterable[tuple[str, str]], around: tuple[str, str] = PARAGRAPH, between: str = "<br>"
) -> Group:
    """Lines, each as text and as HTML. One too long for a message is cut and loses its markup."""
    made: Group = []
    for text, html in lines:
        if size(text) > MOST:
            made += [Part(piece, _escaped(piece), PARAGRAPH) for piece in pieces(text, MOST, MOST)]
        elif text:
            made.append(Part(text, html, around, ("\n", between)))
    return made


def _marked(line: str, opening: str, closing: str) -> tuple[str, str]:
    return line, f"{opening}{_escaped(line)}{closing}"


def _fact(label: str, value: str, tr: Translator) -> tuple[str, str]:
    """A label and its value, which becomes a link where it is an address."""
    line = labelled(label, value, tr)
    before, words, after = line.rpartition(one_line(value)) if one_line(value) else (line, "", "")
    shown = _escaped(words)
    if WEB.fullmatch(words):
        shown = f'<a href="{escape(words)}">{shown}</a>'
    elif MAIL.fullmatch(words):
        shown = f'<a href="mailto:{escape(words)}">{shown}</a>'
    return line, f"<strong>{_escaped(before)}</strong>{shown}{_escaped(after)}"


def _escaped(text: str) -> str:
    return escape(text, quote=False)
