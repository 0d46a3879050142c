"""What a button leads to, written in its custom id, so that it works after a restart and nobody keeps a list.

Discord gives a custom id 100 characters and wants each only once in a message (the published description of
its API, `ButtonComponentForMessageRequest`). Ours begins with a step and a number that makes it unique:

    a0|summary|topic=source:some-book|part=first          ask this
    m5|reading|topic=topic:migration|3                     go on with the fourth part of that answer
    s6|find|words=raids|0                                  show everyone

Where a question is too long for that, the entries that answered it stand in its place, as marks: `@x3Fz0a…`.
Then a button holds nothing of the question.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

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


@lru_cache(65_536)
def mark(item_id: str) -> str:
    """A short stand-in for an id: the same for ever, and not to be guessed back without the shelf."""
    digest = hashlib.blake2b(item_id.encode(), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()[:MARK]


def resolved(marks: Marks, item_ids: Iterable[str]) -> list[str]:
    """The ids behind the marks; a mark of none of them stays as it is, which is nobody's id."""
    known = {mark(item_id): item_id for item_id in item_ids}
    return [known.get(each, each) for each in marks.marks]


def address(step: Step, question: Ask, start: int, entries: Sequence[str]) -> Address:
    """The address of a question, or of the `entries` that answered it where the question is too long."""
    plain = Address(step, question, start)
    if len(write(plain, 0)) < LONGEST:  # one character is left for a number of two
        return plain
    room = (LONGEST - len(write(Address(step, Marks(()), start), 0)) - 1) // MARK
    return Address(step, Marks(tuple(mark(each) for each in entries[:room])), start)


def shortest(ask: Ask) -> Ask:
    """A question for a button: its longest option is cut between words until the custom id can hold it.

    Ids are never that long (`tests` hold the corpus to it), so what is cut is what a reader typed.
    """
    options = dict(ask.options)
    while len(write(Address(Step.ASK, Ask(ask.command, options)), 0)) >= LONGEST:
        longest = max(options, key=lambda name: len(options[name]))
        words = options[longest]
        options[longest] = words.rpartition(" ")[0] if " " in words else words[:-1]
    return Ask(ask.command, options)


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
