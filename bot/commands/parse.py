"""From a typed line to a command with its options.

A line is what comes after the prefix: `reading migration`, `action raids who:ally`,
`cite "sex at the margins" --format bibtex`. Words that belong to no named option are the first option.
Commands and options may be called by their English names and by those of the reader's language.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from rapidfuzz import fuzz, process

from bot.commands.about import allowed, registered_as
from bot.commands.describe import LIMIT, Command, Option
from bot.commands.permission import may, options_for, refusal
from bot.commands.request import Request
from bot.commands.words import BUTTON, echo, label, named, shortened, spoken
from bot.errors import UsageError
from bot.reply import Ask, Choice
from bot.search.text import fold

ALIKE = 60  # of 100: two letters wrong in five still find the command
OFFERED = 2  # commands that may have been meant

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
    """The command of that name. Raises `RefusedError`: it is for others, or there is none but near ones."""
    if described := registered_as(name, ask):
        if not may(described.audience, ask):
            raise RefusedError(refusal(described, ask))
        return described
    tr = ask.tr
    rest = line[len(name) :].strip()
    names = {fold(spelt): each for each in allowed(ask) for spelt in (tr.name(each), each)}
    near = process.extract(fold(name), list(names), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2 * OFFERED)
    nearest = list(dict.fromkeys(names[spelt] for spelt, *_ in near))[:OFFERED]
    choices = [
        Choice(shortened(f"{spoken(each, ask)} {echo(rest)}".strip(), BUTTON), parse(f"{each} {rest}", ask))
        for each in nearest
    ]
    if line:
        choices.append(Choice(tr("Look for it: {words}", words=echo(line)), Ask("find", {"words": line})))
    raise RefusedError(
        tr("There is no command “{name}”. {help} lists them all.", name=echo(name), help=spoken("help", ask)),
        choices,
    )


def choice_of(option: Option, words: str, ask: Request) -> StrEnum | None:
    """The choice that the words name, by its value or by what it is called, in English or as translated."""
    for member in option.choices or ():
        if named(words, member.value, member.value.replace("-", " "), label(member, ask.tr)):
            return member
    return None


def too_long(ask: Request, limit: int = LIMIT) -> RefusedError:
    """Why a question was not looked at."""
    return RefusedError(
        ask.tr("That is too long for me: please ask in at most {limit} characters.", limit=limit)
    )


def _sorted_out(tokens: Sequence[str], described: Command, ask: Request) -> tuple[dict[str, str], list[str]]:
    """Named options (`--who ally`, `--who=ally`, `who:ally`), and the words that belong to none."""
    given: dict[str, str] = {}
    words: list[str] = []
    rest = iter(tokens)
    for token in rest:
        if re.match(r"--\w", token):
            name, equals, value = token[2:].partition("=")
            option = option_named(name, described, ask)
            if option is None:
                raise unknown_option(name, described, ask)
            given[option.name] = _unquoted(value if equals else next(rest, ""))
        elif (parts := token.partition(":"))[2] and (option := option_named(parts[0], described, ask)):
            given[option.name] = _unquoted(parts[2])
        else:
            words.append(_unquoted(token))
    return given, words


def option_named(name: str, described: Command, ask: Request) -> Option | None:
    """The option of that name, in English or in the reader's language."""
    return next((each for each in described.options if named(name, each.name, ask.tr.name(each.name))), None)


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
    command = spoken(described.name, ask)
    if not described.options:
        return RefusedError(tr("{command} has no options.", command=command))
    known = ", ".join(f"--{tr.name(option.name)}" for option in options_for(described, ask))
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
