"""What an answer is made of, free of any platform.

A platform renders it within its own limits. It may split between cards, blocks, items or sentences,
and never inside a link, a citation or a word.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Link:
    """A web address with the words that stand for it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `source` says where it was said; platforms show it after the text, smaller."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short items, numbered where their order matters or they are to be referred to."""

    items: tuple[str, ...]
    heading: str = ""
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and their values, such as a phone number; both are plain text."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Places on the web to go on reading."""

    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be copied to the letter, such as BibTeX."""

    text: str


Block = Paragraph | Bullets | Facts | Links | Code


@dataclass(frozen=True, slots=True)
class Ask:
    """A command to give, with its options by name: what a button, a number or a link leads to."""

    command: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the reader can do next."""

    label: str
    ask: Ask


@dataclass(frozen=True, slots=True)
class Card:
    """One thing, whole enough to stand alone: what it is, what it says, where it comes from.

    `id` is the entry's id and empty where the card is not an entry. `label` names the shelf.
    `warning` stands before the text (a content note, or that something may be out of date), and
    `footer` carries attribution and licence.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    id: str = ""
    kind: str = ""
    label: str = ""
    warning: str = ""
    footer: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in: `name` is the option it becomes, `value` what stands there before.

    `limit` is in characters. A `long` one may have paragraphs. `problem` says what was wrong with the value,
    and what to do; empty where nothing was.
    """

    name: str
    label: str
    hint: str = ""
    value: str = ""
    long: bool = False
    required: bool = False
    limit: int = 250
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Something to fill in, at most five fields (as many as Discord's modals take).

    Filled in, `ask` is given with the fields among its options; one that is left empty, as empty text.
    """

    title: str
    fields: tuple[Field, ...]
    ask: Ask


@dataclass(frozen=True, slots=True)
class File:
    """A file to keep. `media_type` is as in MIME (RFC 2046)."""

    name: str
    content: bytes
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `private` replies are shown to the asker alone where the platform can do that.

    `text` opens the answer, and a line end in it begins a new line; `choices` close it. Cards come best
    first, and a platform shows at most `page` of them at a time. `found` is False where the answer is that
    there is none; `close` is True where the choices then hold what may have been meant. `locale` is set where
    the reader asked for another language: the platform answers the conversation in it from then on.

    A `form` is opened where the platform has such a thing, and asked line by line elsewhere; `text` then says
    what it is for, or what is wrong with what was filled in. `files` are for whoever asked, and nobody else.
    """

    text: str = ""
    cards: tuple[Card, ...] = ()
    choices: tuple[Choice, ...] = ()
    private: bool = True
    page: int = 3
    found: bool = True
    close: bool = False
    locale: str = ""
    form: Form | None = None
    files: tuple[File, ...] = ()
