"""A reply as parts for Discord: markdown and choices, each small enough to stand on a page of its own.

The same reply in the same language always makes the same parts, so that a button can name the one to go on
with.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice

from bot.i18n import Translator
from bot.platforms.clean import by_line, one_line, paragraphs, verbatim
from bot.platforms.discord.limits import (
    BUTTON_LABEL,
    BUTTONS,
    MESSAGE,
    OPTION_LABEL,
    OPTIONS,
    OVERHEAD,
    PART,
    PIECE,
    PLACEHOLDER,
    WIDEST,
    Size,
    choice_size,
    size,
)
from bot.platforms.discord.text import (
    LINKED,
    PLAIN,
    VERBATIM,
    WHOLE_URL,
    Piece,
    Script,
    at_line_start,
    fitted,
    pieces,
    plain,
)
from bot.platforms.plain import labelled, source_line
from bot.reply import Block, Bullets, Card, Choice, Code, Facts, Links, Paragraph, Reply

FENCE = "```"
CONTINUED_TITLE = 100  # UTF-16 code units of a title that is shown again


@dataclass(frozen=True, slots=True)
class Part:
    """Markdown, or choices for one row: buttons, or a menu where there is a `placeholder`.

    `gap` stands between the text and the one before it where both are on one page; `card` is the index of the
    card they are of, or None.
    """

    text: str = ""
    gap: str = "\n\n"
    choices: tuple[Choice, ...] = ()
    placeholder: str = ""
    card: int | None = None

    @property
    def size(self) -> Size:
        """How much of a message it takes."""
        if not self.choices:
            return size(self.gap + self.text)
        menu = len(self.placeholder.encode()) + 2 * OVERHEAD if self.placeholder else OVERHEAD
        components = 2 if self.placeholder else 1 + len(self.choices)
        return sum(map(choice_size, self.choices), Size(0, menu, components))


def layout(reply: Reply, tr: Translator) -> Iterator[Part]:
    """The reply as parts, in reading order, each made when it is asked for. What is empty makes none.

    A source that is longer than a piece is broken between words; the corpus has none. So is an address, which
    is then shown as text and is no link: nothing else could show it whole.
    """
    yield from _opening(reply.text)
    for index, card in enumerate(reply.cards):
        yield from (replace(part, card=index) for part in _card(card, tr))
    yield from _choices(reply.choices, tr)


def opening(reply: Reply) -> int:
    """How many parts there are before the first card."""
    return len(_opening(reply.text))


def page_end(parts: list[Part], rest: Iterator[Part], start: int, *, taken: Size, cards: int) -> int:
    """Where the page that starts at a part ends: as many parts as a message takes, of so many cards at most.

    Of the `rest`, as many parts are added to those there are as it takes to see that. `taken` is what else
    stands in the message. A page holds at least one part. A card that would be cut waits for the next page if
    another one stands on this page already.
    """
    seen: set[int | None] = set()
    for index in count(start):
        if index == len(parts):
            parts += islice(rest, 1)
        if index == len(parts):
            break
        part = parts[index]
        if part.card not in seen and (part.card is not None or part.text):
            # A container and the display of its text; the opening has no container.
            taken += Size(0, 2 * OVERHEAD, 2)
            seen.add(part.card)
        taken += part.size
        if index > start and (len(seen - {None}) > cards or not taken.within(MESSAGE)):
            return _card_start(parts, start, index)
    return len(parts)


def continued(reply: Reply, parts: Sequence[Part], start: int, tr: Translator) -> str:
    """The line that says which card a page goes on with; empty where it begins with a new one."""
    card = parts[start].card
    if card is None or start == 0 or parts[start - 1].card != card:
        return ""
    title = one_line(reply.cards[card].title)
    if not title.strip():
        return ""
    return _heading(at_line_start(plain(tr("{title}, continued", title=fitted(title, CONTINUED_TITLE)))))


def _opening(text: str) -> list[Part]:
    """What a reply begins with: each line of it begins anew."""
    return [
        part
        for lines in by_line(text)
        for number, line in enumerate(lines)
        for part in _flow(line, gap="\n" if number else "\n\n")
    ]


def _card_start(parts: Sequence[Part], start: int, cut: int) -> int:
    """The beginning of the card that a page would cut, if a card comes before it there; or else the cut."""
    first = cut
    while first > start and parts[first - 1].card == parts[cut].card:
        first -= 1
    return cut if parts[cut].card is None or first == start or parts[first - 1].card is None else first


def _card(card: Card, tr: Translator) -> list[Part]:
    label = _lines(one_line(card.label), _small)
    title = _lines(one_line(card.title), _heading, "\n", PLAIN)
    warnings = [
        part
        for line in map(one_line, verbatim(card.warning))
        if line.strip()
        for part in _lines(f"⚠️ {line}", _quote, "\n")
    ]
    head = _together(_together(label, title), warnings)
    body = [part for block in card.blocks for part in _block(block, tr)]
    if head and body:
        body[0] = replace(body[0], gap="\n")
    footer: list[Part] = []
    for line in card.footer:
        footer = _together(footer, _lines(one_line(line), _small, "\n" if footer else "\n\n"))
    # A title must not be the last thing on a page: the first part of the text stays with it.
    return [*_together(head, body), *footer, *_choices(card.choices, tr)]


def _block(block: Block, tr: Translator) -> list[Part]:
    match block:
        case Paragraph(said, source):
            parts = [part for paragraph in paragraphs(said) for part in _flow(paragraph)]
            return _together(parts, _lines(one_line(source_line(source, tr)), _small, "\n"))
        case Bullets():
            return _bullets(block)
        case Facts(rows):
            return _rows(_fact(label, _flow(one_line(value), gap=" "), tr) for label, value in rows)
        case Links(links):
            return _rows(_fact(link.label, _url(one_line(link.url)), tr) for link in links)
        case Code(code):
            return list(_code(verbatim(code)))


def _bullets(block: Bullets) -> list[Part]:
    parts = [Part(_bold(shown), gap) for gap, shown in _broken(one_line(block.heading), PLAIN, "\n\n", " ")]
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}. " if block.numbered else "- "
        # A mark without anything after it would take in the line below.
        made = _flow(one_line(item).strip() or "–", mark, "\n" if parts else "\n\n")
        if number == 1:
            parts = _together(parts, made)
        else:
            parts += made
    return parts


def _rows(made: Iterable[list[Part]]) -> list[Part]:
    parts: list[Part] = []
    for row in made:
        if row and parts:
            row[0] = replace(row[0], gap="\n")
        parts += row
    return parts


def _fact(label: str, value: list[Part], tr: Translator) -> list[Part]:
    if not one_line(label).strip():
        return [replace(part, gap="\n\n") for part in value[:1]] + value[1:]
    name = labelled(label, "", tr).strip(" ")
    parts = [Part(_bold(shown), gap) for gap, shown in _broken(name, PLAIN, "\n\n", " ")]
    return _together(parts, value)


def _url(url: str) -> list[Part]:
    """A whole address, with whatever it ends in; anything else is text."""
    if WHOLE_URL.fullmatch(url) and size(f"<{url}>").within(PIECE):
        return [Part(f"<{url}>", " ")]
    return _flow(url, gap=" ")


def _code(lines: list[str]) -> Iterator[Part]:
    """Code in fences, so many lines in each as stay together.

    Nothing can show three backticks inside a fence: with them in it, code is shown as text of the same lines.
    """
    fenced = not any(FENCE in line for line in lines)
    room = replace(PART, units=PART.units - 10, octets=PART.octets - 10)  # for the fences
    script = VERBATIM if fenced else LINKED
    chunk, taken = list[str](), Size()
    for line in lines:
        for _, piece in pieces(line, room, script):
            shown = piece if fenced else at_line_start(piece)
            if chunk and not (taken + size("\n" + shown)).within(room):
                yield from _chunk(chunk, fenced=fenced)
                chunk, taken = [], Size()
            chunk.append(shown)
            taken += size("\n" + shown)
    yield from _chunk(chunk, fenced=fenced)


def _chunk(lines: list[str], *, fenced: bool) -> Iterator[Part]:
    code = "\n".join(lines)
    if code.strip():
        yield Part(f"{FENCE}\n{code}\n{FENCE}", "\n") if fenced else Part(code)


def _choices(offered: Sequence[Choice], tr: Translator) -> list[Part]:
    """Up to five choices as buttons, more of them as menus; labels are as short as Discord wants them."""
    if len(offered) <= BUTTONS:
        return [Part(choices=_labelled(offered, BUTTON_LABEL))] if offered else []
    menus: list[list[Choice]] = [[]]
    taken = Size()
    room = Size(octets=PART.octets - PLACEHOLDER * WIDEST - 2 * OVERHEAD)
    for choice in _labelled(offered, OPTION_LABEL):
        taken += choice_size(choice)
        if len(menus[-1]) == OPTIONS or not taken.within(room):
            menus.append([])
            taken = choice_size(choice)
        menus[-1].append(choice)
    parts, first = list[Part](), 1
    for menu in menus:
        last = first + len(menu) - 1
        words = (
            tr("Choose what to see next ({first}–{last} of {n})", first=first, last=last, n=len(offered))
            if len(menus) > 1
            else tr("Choose what to see next")
        )
        parts.append(Part(choices=tuple(menu), placeholder=fitted(words, PLACEHOLDER)))
        first = last + 1
    return parts


def _labelled(offered: Sequence[Choice], units: int) -> tuple[Choice, ...]:
    return tuple(replace(choice, label=fitted(one_line(choice.label), units)) for choice in offered)


def _flow(line: str, lead: str = "", gap: str = "\n\n") -> list[Part]:
    """Running text after a lead; where it is broken, it goes on in the same line if it can."""
    return [
        Part((lead if number == 0 else "") + shown, between)
        for number, (between, shown) in enumerate(_broken(line, LINKED, gap))
    ]


def _lines(line: str, style: Callable[[str], str], gap: str = "\n\n", script: Script = LINKED) -> list[Part]:
    """Text in a style of whole lines; where it is broken, it goes on in a line of its own."""
    return [Part(style(shown), between) for between, shown in _broken(line, script, gap, "\n")]


def _broken(line: str, script: Script, gap: str, within: str | None = None) -> Iterator[Piece]:
    """A line in pieces: the first after `gap`, others after `within` or what stood there in the line."""
    if not line.strip():
        return
    for number, (between, shown) in enumerate(pieces(line, PIECE, script)):
        yield (between if within is None else within) if number else gap, at_line_start(shown)


def _together(before: list[Part], after: list[Part]) -> list[Part]:
    """Both, with the last part of the one and the first of the other made one where they stay together."""
    if not before or not after:
        return before + after
    joined = replace(before[-1], text=before[-1].text + after[0].gap + after[0].text)
    if not size(joined.gap + joined.text).within(PART):
        return before + after
    return [*before[:-1], joined, *after[1:]]


def _small(shown: str) -> str:
    return f"-# {shown}"


def _heading(shown: str) -> str:
    """A heading; where the words end in `#`, which a heading loses, bold."""
    return _bold(shown) if shown.endswith("#") else f"### {shown}"


def _quote(shown: str) -> str:
    return f"> {shown}"


def _bold(shown: str) -> str:
    return f"**{shown}**"
