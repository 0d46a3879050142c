"""A YAML file as plain values that remember where they stood, and everything that kept it from being read.

Scalars follow the core schema of YAML 1.2 (chapter 10.3), as editors with a JSON Schema do, and not YAML 1.1:
`no` is a word (and the language Norwegian), `12:30` and `2012-01-25` are text. A number is one only where
writing it out again gives the same characters, so that `007` and `1.10` keep theirs.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

import yaml

from bot.errors import Problem

LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 5_000_000
MAX_DEPTH = 32
LINE_BREAK = re.compile(r"\r\n|\r|\n")
# What YAML 1.1 calls printable, less the separators that end a line for YAML and not for an editor.
UNPRINTABLE = re.compile(
    "[^\\t\\n\\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
INTEGER = re.compile(r"0|-?[1-9]\d{0,17}", re.ASCII)
CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
QUOTE_IT = "put the text in quotes"
OUT_OF_LINE = (
    "this does not stand in line with what is above it, or a quotation mark before it closes too early"
)
# What YAML's parser says (in C, in Python), and what an editor can do about it; the first that fits counts.
SYNTAX = {
    "mapping values are not allowed": "a colon and a space begin a value, and none can stand here; "
    f"{QUOTE_IT} or check the indentation",
    "expected ',' or ']'": "this `[` is never closed with `]`",
    "expected ',' or '}'": "this `{` is never closed with `}`",
    "unexpected end of stream": "this quotation mark is never closed",
    "unknown escape character": "inside double quotes a backslash needs a second one before it",
    "cannot start any token": f"no text can begin with this character (nor a line with a tab); {QUOTE_IT}",
    "could not find expected ':'": "this line belongs to nothing: the colon after a key is missing",
    "sequence entries are not allowed": f"a list begins on a line of its own; if this is a text, {QUOTE_IT}",
    "expected '-' indicator": OUT_OF_LINE,
    "expected key": OUT_OF_LINE,
    "expected <block end>": OUT_OF_LINE,
    "alphabetic or numeric character": f"no text can begin with `*` or `&`; {QUOTE_IT}",
}
OPENED = ("expected ',' or", "unexpected end of stream")

KeyPath = tuple[str | int, ...]


class Mark(Protocol):
    """A position as the parser gives it, in C or in Python: counted from 0."""

    line: int
    column: int


class Position(NamedTuple):
    """A place in a file. Lines and columns count from 1."""

    line: int
    column: int


@dataclass(slots=True, eq=False)
class Document:
    """What a file says, and where. One that could not be read to its end is `broken` and has no value."""

    path: Path
    lines: Sequence[str] = ("",)
    value: object = None
    broken: bool = False
    problems: list[Problem] = field(default_factory=list)
    values: dict[KeyPath, Position] = field(default_factory=dict)
    keys: dict[KeyPath, Position] = field(default_factory=dict)

    def at(self, where: KeyPath) -> Position:
        """The position of a value, or of the closest thing around it that is there."""
        while where not in self.values and where:
            where = where[:-1]
        return self.values.get(where, Position(1, 1))

    def problem(self, message: str, position: Position) -> Problem:
        """That something is wrong at a position, which is moved into the file where it lies past its end."""
        line = min(position.line, len(self.lines))
        end = len(self.lines[line - 1]) + 1
        return Problem(self.path, line, min(position.column, end) if line == position.line else end, message)

    def select(self, *pattern: str | int) -> Iterator[tuple[KeyPath, object]]:
        """The values on a path of keys, where `*` stands for every item of a list or value of a mapping.

        What is missing or of another shape is passed over.
        """
        found: list[tuple[KeyPath, object]] = [((), self.value)]
        for step in pattern:
            found = [((*where, key), item) for where, value in found for key, item in _children(value, step)]
        yield from found


def _children(value: object, step: str | int) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, dict):
        return value.items() if step == "*" else [(step, value[step])] if step in value else []
    if isinstance(value, list):
        if step == "*":
            return enumerate(value)
        if isinstance(step, int) and step < len(value):
            return [(step, value[step])]
    return []


def read_document(path: Path) -> Document:
    """Read a file of at most `MAX_BYTES` bytes. Never raises: what went wrong stands in its `problems`."""
    try:
        content = _content(path)
    except _BrokenError as error:
        return _broken(Document(path), error)
    return parse_document(content, path)


def parse_document(content: bytes, path: Path, most: int | None = None) -> Document:
    """Read what a file holds, as `read_document` does; nothing has to be at the path, which names it.

    A file of more than so many values, if `most` is given, is not read to its end: each takes many times the
    memory of its bytes.
    """
    document = Document(path)
    try:
        _Composer(document, _decode(content, document), most).compose()
    except _BrokenError as error:
        return _broken(document, error)
    return document


def _broken(document: Document, error: "_BrokenError") -> Document:
    document.broken = True
    document.value = None
    document.problems.append(document.problem(*error.args))
    return document


class _BrokenError(Exception):
    """The rest of the file cannot be understood; the arguments are those of `Document.problem`."""


def _content(path: Path) -> bytes:
    """What is in a file, or so much of it that it is seen to be too long. Raises `_BrokenError`."""
    top = Position(1, 1)
    try:
        if path.exists() and not path.is_file():
            raise _BrokenError("is not a file", top)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _BrokenError(f"cannot be read: {error.strerror or error}", top) from error


def _decode(content: bytes, document: Document) -> str:
    """The text, whose lines the document keeps. A byte order mark is dropped: some editors write one."""
    if len(content) > MAX_BYTES:
        raise _BrokenError(f"is longer than {MAX_BYTES // 1_000_000} MB", Position(1, 1))
    text = content.removeprefix(BOM_UTF8).decode("utf-8", errors="replace")
    document.lines = LINE_BREAK.split(text)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].removeprefix(BOM_UTF8).decode("utf-8")
        message = "is not UTF-8 from here on; save the file in the encoding UTF-8"
        raise _BrokenError(message, _position_after(before)) from error
    if found := UNPRINTABLE.search(text):
        message = f"an invisible character (U+{ord(found[0]):04X}) stands here; delete it"
        raise _BrokenError(message, _position_after(text[: found.start()]))
    return text


def _position_after(text: str) -> Position:
    lines = LINE_BREAK.split(text)
    return Position(len(lines), len(lines[-1]) + 1)


class _Composer:
    """Builds values from the parser's events, so that depth and aliases are bounded before they cost."""

    def __init__(self, document: Document, text: str, most: int | None) -> None:
        self.document = document
        self.most = most
        self.events = iter(yaml.parse(text, Loader=LOADER))

    def compose(self) -> None:
        """Fill in `value`, `values` and `keys` of the document. Raises `_BrokenError`."""
        try:
            next(self.events)
            if isinstance(next(self.events), yaml.StreamEndEvent):
                raise _BrokenError("is empty", Position(1, 1))
            self.document.value = self._node(next(self.events), ())
            next(self.events)
            after = next(self.events)
            if not isinstance(after, yaml.StreamEndEvent):
                raise _BrokenError("a second document begins here; a file holds one", _start(after))
        except yaml.MarkedYAMLError as error:
            raise _BrokenError(*_syntax(error)) from error

    def _complain(self, message: str, event: yaml.Event) -> None:
        self.document.problems.append(self.document.problem(message, _start(event)))

    def _node(self, event: yaml.Event, where: KeyPath) -> object:
        if len(where) > MAX_DEPTH:
            raise _BrokenError(f"this is nested more than {MAX_DEPTH} levels deep", _start(event))
        if self.most is not None and len(self.document.values) >= self.most:
            raise _BrokenError(f"this is more than {self.most} values, and not read on", _start(event))
        self.document.values[where] = _start(event)
        match event:
            case yaml.ScalarEvent():
                self._refuse_marks(event)
                return self._scalar(event)
            case yaml.SequenceStartEvent():
                self._refuse_marks(event)
                return self._sequence(where)
            case yaml.MappingStartEvent():
                self._refuse_marks(event)
                return self._mapping(where)
        self._complain(f"`*` before a text makes an alias of it, which is not used here; {QUOTE_IT}", event)
        return None

    def _refuse_marks(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor:
            self._complain(f"`&` before a text makes an anchor, which is not used here; {QUOTE_IT}", event)
        if event.tag not in (None, "!"):
            self._complain(f"`!` before a text makes a tag of it, which is not used here; {QUOTE_IT}", event)

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        text: str = event.value
        if found := UNPRINTABLE.search(text):
            self._complain(
                f"this text holds an invisible character (U+{ord(found[0]):04X}); leave it out", event
            )
        if not event.implicit[0]:
            return text
        if text in CONSTANTS:
            return CONSTANTS[text]
        return int(text) if INTEGER.fullmatch(text) else text

    def _sequence(self, where: KeyPath) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*where, len(items))))
        return items

    def _mapping(self, where: KeyPath) -> dict[str, object]:
        items: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _BrokenError(f"a key must be plain words; if this is a text, {QUOTE_IT}", _start(event))
            key = event.value
            if key in items:
                first = self.document.keys[*where, key].line
                self._complain(f"`{key}` is given twice; the first stands on line {first}", event)
                self._skip()
                continue
            self._node(event, (*where, key))  # complains of what cannot stand in a key either
            self.document.keys[*where, key] = _start(event)
            items[key] = self._node(next(self.events), (*where, key))
        return items

    def _skip(self) -> None:
        """Pass over the value of a key that was given before, with nothing of it in the maps."""
        depth = 0
        while True:
            event = next(self.events)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if not depth:
                return


def _start(event: yaml.Event) -> Position:
    return _position(event.start_mark)


def _position(mark: Mark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark is not None else Position(1, 1)


def _syntax(error: yaml.MarkedYAMLError) -> tuple[str, Position]:
    """Say it plainly, and at the bracket or quotation mark that was opened where that is the cause."""
    problem = error.problem or str(error)
    opened = any(words in problem for words in OPENED)
    sentence = next((SYNTAX[words] for words in SYNTAX if words in problem), f"is not YAML: {problem}")
    return sentence, _position(error.context_mark if opened else error.problem_mark)
