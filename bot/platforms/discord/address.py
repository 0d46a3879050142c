"""What a button leads to, written in its custom id, so that it works after a restart and nobody keeps a list.

Discord gives a custom id 100 characters and wants each only once in a message (the published description of
its API, `ButtonComponentForMessageRequest`). Ours begins with a step and a number that makes it unique:

    a0|summary|topic=source:some-book|part=first          ask this
    m5|reading|topic=topic:migration|3                     go on with the fourth part of that answer
    s6|find|words=raids|0                                  show everyone
    f0|shelf add|sort=reading|x3Fz0a                       a form: filled in, ask this
    k7|shelf add|sort=reading|Jq5…                         go on with what is kept in memory

The last two end with a token: of this one time that a form was opened, and of what is kept.

An id that is too long for that is written as a mark, which is found again among what is on the shelf. Where a
question is too long, or everyone can read the button, what was found stands in place of what was typed: its
id if it is one thing, and else the entries as marks: `@x3Fz0a…`.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.reply import Ask

LONGEST = 100
MARK = 6  # characters of a mark: 36 bits, so that two of a million entries hardly ever share one
ID = re.compile(r"[a-z]+:\S+")
_MARKS = "@"
_NUMBER = "0123456789abcdefghijklmnopqrstuvwxyz"


class Step(StrEnum):
    """What pressing does with the question."""

    ASK = "a"
    MORE = "m"
    SHOW = "s"
    FORM = "f"
    KEPT = "k"


TOKENED = frozenset({Step.FORM, Step.KEPT})


@dataclass(frozen=True, slots=True)
class Marks:
    """Entries that are already found, each by its mark."""

    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a button or a form leads.

    `start` is the part of the answer to begin with; `token` is what a form or something kept goes by.
    """

    step: Step
    question: Ask | Marks
    start: int = 0
    token: str = ""


class UnreadableError(ValueError):
    """A custom id that no button of this version has."""


def mark(item_id: str) -> str:
    """A short stand-in for an id: the same for ever, and not to be guessed back without the shelf."""
    digest = hashlib.blake2b(item_id.encode(), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()[:MARK]


def resolved(marks: Marks, known: Mapping[str, str]) -> list[str]:
    """The ids behind the marks, `known` by their mark; one that is not stays as it is, which is no id."""
    return [known.get(each, each) for each in marks.marks]


def marked(question: Ask | Marks) -> Mapping[str, str]:
    """The marks that a question has in place of ids: of an `Ask` by option, else each by itself."""
    if isinstance(question, Marks):
        return {each: each for each in question.marks}
    return {
        name: value.removeprefix(_MARKS)
        for name, value in question.options.items()
        if value.startswith(_MARKS) and len(value) == len(_MARKS) + MARK
    }


def asked(question: Ask, known: Mapping[str, str]) -> Ask:
    """The question with the ids in place of their marks; what is no mark of any stays."""
    ids = {name: known[each] for name, each in marked(question).items() if each in known}
    return Ask(question.command, {**question.options, **ids}) if ids else question


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

    An id is never cut, but written as a mark; so what is cut is what a reader typed.
    """
    where = by_marks(where)
    while isinstance(where.question, Ask) and not fits(where):
        command, options = where.question.command, where.question.options
        longest = max(options, key=lambda name: len(options[name]))
        words = options[longest]
        cut = words.rpartition(" ")[0] if " " in words else words[:-1]
        where = Address(where.step, Ask(command, {**options, longest: cut}), where.start)
    return where


def by_marks(where: Address) -> Address:
    """The address with the longest ids among its options as marks, as many as it takes for a custom id."""
    while isinstance(where.question, Ask) and not fits(where):
        command, options = where.question.command, where.question.options
        long = [
            name for name, value in options.items() if ID.fullmatch(value) and len(value) > len(_MARKS) + MARK
        ]
        if not long:
            break
        name = max(long, key=lambda name: len(options[name]))
        where = replace(where, question=Ask(command, {**options, name: _MARKS + mark(options[name])}))
    return where


def bare(where: Address) -> Address:
    """The address as a custom id can hold it, or else without any option: half of them could mean another."""
    shorter = by_marks(where)
    if fits(shorter) or isinstance(shorter.question, Marks):
        return shorter
    return replace(where, question=Ask(shorter.question.command))


def write(where: Address, number: int) -> str:
    """The custom id; `number` counts the buttons of a message."""
    match where.question:
        case Marks(marks):
            fields = [_MARKS + "".join(marks)]
        case Ask(command, options):
            fields = [command, *(f"{name}={_escaped(value)}" for name, value in options.items())]
    if where.step in TOKENED:
        fields.append(where.token)
    elif where.step is not Step.ASK:
        fields.append(str(where.start))
    return "|".join((where.step + _counted(number), *fields))


def read(custom_id: str) -> Address:
    """The address in a custom id. Raises `UnreadableError`."""
    head, *fields = custom_id.split("|")
    try:
        step = Step(head[:1])
        token = fields.pop() if step in TOKENED else ""
        start = 0 if step is Step.ASK or step in TOKENED else int(fields.pop())
        first, *options = fields
        if first.startswith(_MARKS):
            marks = first.removeprefix(_MARKS)
            return Address(
                step, Marks(tuple(marks[at : at + MARK] for at in range(0, len(marks), MARK))), start
            )
        given = dict(option.split("=", 1) for option in options)
    except (ValueError, IndexError):
        raise UnreadableError from None
    return Address(step, Ask(first, {name: _plain(value) for name, value in given.items()}), start, token)


def _escaped(value: str) -> str:
    return value.replace("%", "%25").replace("|", "%7C")


def _plain(value: str) -> str:
    return value.replace("%7C", "|").replace("%25", "%")


def _counted(number: int) -> str:
    return _NUMBER[number] if number < len(_NUMBER) else _counted(number // 36) + _NUMBER[number % 36]
