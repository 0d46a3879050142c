"""From a typed line to a command with its options.

A line is what comes after the prefix: `reading migration`, `action raids who:ally`,
`cite "sex at the margins" --format bibtex`. Words that belong to no named option are the first option.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from rapidfuzz import fuzz, process

from bot.commands.about import allowed
from bot.commands.describe import Command, Option
from bot.commands.request import Request
from bot.commands.words import BUTTON, echo, label, named, shortened
from bot.errors import UsageError
from bot.reply import Ask, Choice

LIMIT = (
    300  # characters: the longest title a seed file may have is 250, and questions are shorter than titles
)
ALIKE = 60  # of 100: two letters wrong in five still find the command

# A word, or a quoted part with what is attached to it (who:"service provider").
TOKEN = re.compile(r'[^\s"]*"[^"]*"|\S+')
QUOTES = str.maketrans("“”„«»", '"""""')


class RefusedError(UsageError):
    """A command that cannot be carried out as given: why, and what to do instead."""

    def __init__(self, sentence: str, choices: Sequence[Choice] = ()) -> None:
        super().__init__(sentence)
        self.choices = tuple(choices)


def parse(line: str, ask: Request) -> Ask:
    """The command and the options a line gives. Raises `RefusedError`."""
    if len(line) > LIMIT:
        raise too_long(ask)
    name, *tokens = TOKEN.findall(line.translate(QUOTES).replace("\0", " ")) or ["help"]
    described = command_named(name, ask, line)
    given, words = _sorted_out(tokens, described, ask)
    free = " ".join(words)
    if free and described.options:
        given[_option_for(free, described, given, ask).name] = free
    return Ask(described.name, given)


def command_named(name: str, ask: Request, line: str = "") -> Command:
    """The command of that name. Raises `RefusedError`, which offers the nearest ones."""
    commands = allowed(ask)
    wanted = name.casefold()
    if wanted in commands:
        return commands[wanted]
    tr = ask.tr
    rest = line[len(name) :].strip()
    near = process.extract(wanted, list(commands), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2)
    choices = [
        Choice(shortened(f"{ask.prefix}{each} {echo(rest)}".strip(), BUTTON), parse(f"{each} {rest}", ask))
        for each, *_ in near
    ]
    if line:
        choices.append(Choice(tr("Look for it: {words}", words=echo(line)), Ask("find", {"words": line})))
    raise RefusedError(
        tr("There is no command “{name}”. {help} lists them all.", name=echo(name), help=f"{ask.prefix}help"),
        choices,
    )


def choice_of(option: Option, words: str, ask: Request) -> StrEnum | None:
    """The choice that the words name, by its value or by what it is called, in English or as translated."""
    for member in option.choices or ():
        if named(words, member.value, member.value.replace("-", " "), label(member, ask.tr)):
            return member
    return None


def too_long(ask: Request) -> RefusedError:
    """Why a question was not looked at."""
    return RefusedError(
        ask.tr("That is too long for me: please ask in at most {limit} characters.", limit=LIMIT)
    )


def _sorted_out(tokens: Sequence[str], described: Command, ask: Request) -> tuple[dict[str, str], list[str]]:
    """Named options (`--who ally`, `--who=ally`, `who:ally`), and the words that belong to none."""
    given: dict[str, str] = {}
    words: list[str] = []
    names = {option.name for option in described.options}
    rest = iter(tokens)
    for token in rest:
        if re.match(r"--\w", token):
            name, equals, value = token[2:].partition("=")
            if name not in names:
                raise unknown_option(name, described, ask)
            given[name] = _unquoted(value if equals else next(rest, ""))
        elif (named_option := token.partition(":"))[0] in names and named_option[2]:
            given[named_option[0]] = _unquoted(named_option[2])
        else:
            words.append(_unquoted(token))
    return given, words


def _option_for(words: str, described: Command, given: Mapping[str, str], ask: Request) -> Option:
    """The first option, unless the words are to the letter a choice of another one: `action ally`."""
    first, *others = described.options
    if not first.required and first.name not in given:
        for option in others:
            if option.name not in given and choice_of(option, words, ask):
                return option
    return first


def unknown_option(name: str, described: Command, ask: Request) -> RefusedError:
    """Why an option was not understood, and which there are."""
    tr = ask.tr
    command = f"{ask.prefix}{described.name}"
    if not described.options:
        return RefusedError(tr("{command} has no options.", command=command))
    known = ", ".join(f"--{option.name}" for option in described.options)
    return RefusedError(
        tr(
            "{command} has no option “{name}”. It has: {known}.",
            command=command,
            name=echo(name),
            known=known,
        )
    )


def _unquoted(token: str) -> str:
    return token.replace('"', "")
