"""What a button leads to, written in its custom id, so that it works after a restart and nobody keeps a list.

Discord gives a custom id 100 characters and wants each only once in a message (the published description of
its API, `ButtonComponentForMessageRequest`). Ours begins with a step and a number that makes it unique:

    a0|summary|topic=source:some-book|part=first          ask this
    m5|reading|topic=topic:migration|3                     go on with the fourth part of that answer
    s6|find|words=raids|0                                  show everyone

Where a question is too long for that, or everyone can read the button, what was found stands in place of what
was typed: its id if it is one thing, and else the entries as marks: `@x3Fz0a…`.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.reply import Ask

LONGEST = 100
MARK = 6  # characters of a mark: 36 bits, so that two of a million entries hardly ever share one
_MARKS = "@"
_NUMBER = "0123456789abcdefghijklmnopqrstuvwxyz"


class Step(StrEnum):
    """What pressing does with the question."""

    ASK = "a"
    MORE = "m"
    SHOW = "s"


@dataclass(frozen=True, slots=True)
class Marks:
    """Entries that are already found, each by its mark."""

    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a button leads: `start` is the part of the answer to begin with."""

    step: Step
    question: Ask | Marks
    start: int = 0


class UnreadableError(ValueError):
    """A custom id that no button of this version has."""


def mark(item_id: str) -> str:
    """A short stand-in for an id: the same for ever, and not to be guessed back without the shelf."""
    digest = hashlib.blake2b(item_id.encode(), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()[:MARK]


def resolved(marks: Marks, known: Mapping[str, str]) -> list[str]:
    """The ids behind the marks, `known` by their mark; one that is not stays as it is, which is no id."""
    return [known.get(each, each) for each in marks.marks]


@dataclass(frozen=True, slots=True)
class Found:
    """What answered a question: the `entries` on its cards, after so many parts of `opening` text.

    They can stand for the question if they `suffice`: shown by themselves, they say the same.
    """

    entries: Sequence[str] = ()
    opening: int = 0
    suffice: bool = False


def address(step: Step, question: Ask, start: int, found: Found, *, typed: bool = True) -> Address:
    """The address of an answer: of its question, or of what was found where that is too long.

    With `typed` False, too: then nothing of what a reader typed is to stand in it.
    """
    plain = Address(step, question, start)
    if typed and fits(plain):
        return plain
    if len(found.entries) == 1 and question.options:
        longest = max(question.options, key=lambda name: len(question.options[name]))
        named = Address(step, Ask(question.command, {**question.options, longest: found.entries[0]}), start)
        if fits(named):
            return named
    if found.entries and found.suffice:
        start = max(0, start - found.opening)
        room = (LONGEST - len(write(Address(step, Marks(()), start), 0)) - 1) // MARK
        return Address(step, Marks(tuple(mark(each) for each in found.entries[:room])), start)
    return shortest(plain)


def fits(where: Address) -> bool:
    """Whether a custom id can hold it: one character is left for a number of two."""
    return len(write(where, 0)) < LONGEST


def shortest(where: Address) -> Address:
    """The address with the longest option of its question cut between words until a custom id can hold it.

    Ids are never that long (`tests` hold the corpus to it), so what is cut is what a reader typed.
    """
    while isinstance(where.question, Ask) and not fits(where):
        command, options = where.question.command, where.question.options
        longest = max(options, key=lambda name: len(options[name]))
        words = options[longest]
        cut = words.rpartition(" ")[0] if " " in words else words[:-1]
        where = Address(where.step, Ask(command, {**options, longest: cut}), where.start)
    return where


def write(where: Address, number: int) -> str:
    """The custom id; `number` counts the buttons of a message."""
    match where.question:
        case Marks(marks):
            fields = [_MARKS + "".join(marks)]
        case Ask(command, options):
            fields = [command, *(f"{name}={_escaped(value)}" for name, value in options.items())]
    if where.step is not Step.ASK:
        fields.append(str(where.start))
    return "|".join((where.step + _counted(number), *fields))


def read(custom_id: str) -> Address:
    """The address in a custom id. Raises `UnreadableError`."""
    head, *fields = custom_id.split("|")
    try:
        step = Step(head[:1])
        start = 0 if step is Step.ASK else int(fields.pop())
        first, *options = fields
        if first.startswith(_MARKS):
            marks = first.removeprefix(_MARKS)
            return Address(
                step, Marks(tuple(marks[at : at + MARK] for at in range(0, len(marks), MARK))), start
            )
        given = dict(option.split("=", 1) for option in options)
    except (ValueError, IndexError):
        raise UnreadableError from None
    return Address(step, Ask(first, {name: _plain(value) for name, value in given.items()}), start)


def _escaped(value: str) -> str:
    return value.replace("%", "%25").replace("|", "%7C")


def _plain(value: str) -> str:
    return value.replace("%7C", "|").replace("%25", "%")


def _counted(number: int) -> str:
    return _NUMBER[number] if number < len(_NUMBER) else _counted(number // 36) + _NUMBER[number % 36]
