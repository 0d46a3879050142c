"""From a typed line to a command with its options.

A line is what comes after the prefix: `reading migration`, `action raids who:ally`, `daily pause 2`,
`cite "sex at the margins" --format bibtex`. Words that belong to no named option are the first option; where
that is given or cannot be them, they go on with the option before (`daily set 9:00 zone:New York`).
Commands and options may be called by their English names and by those of the reader's language.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from rapidfuzz import fuzz, process

from bot.commands.about import beginnings, group_named, in_group, is_ready, registered_as
from bot.commands.describe import ALONE, LIMIT, Command, Option, Typed, Written
from bot.commands.permission import may, options_for, options_here, refusal
from bot.commands.request import Request
from bot.commands.words import BUTTON, echo, label, named, names, shortened, spoken
from bot.errors import UsageError
from bot.reply import Ask, Choice
from bot.search.text import fold

ALIKE = 60  # of 100: two letters wrong in five still find the command
SLIP = 75  # of 100: how alike a word before a colon and the name of an option are to be a slip
OFFERED = 2  # commands that may have been meant
LONGEST_NAME = 40  # characters of the name of an option with what is typed around it

# Quoted parts: straight, curly as phones and typesetters put them, and French. Of a quote within a quote of
# another sort, the outer one counts.
QUOTED = r'"[^"]*"|[“”„][^“”„]*[“”„]|«[^«»]*»'
# A word, or a quoted part with what is attached to it (who:"service provider").
# Control characters part no words, not even those that are spaces to Python: a command refuses them.
TOKEN = re.compile(rf'(?:[^\s"“”„«»]|[\x1c-\x1f])*(?:{QUOTED})|[\S\x1c-\x1f]+')
QUOTES = re.compile('["“”„«»]')


class RefusedError(UsageError):
    """A command that cannot be carried out as given: why, and what to do instead."""

    def __init__(self, sentence: str, choices: Sequence[Choice] = ()) -> None:
        super().__init__(sentence)
        self.choices = tuple(choices)


def parse(line: str, ask: Request) -> Ask:
    """The command and the options a line gives. Raises `RefusedError`."""
    start = TOKEN.findall(line[:LIMIT])
    described = registered_as(" ".join(start[: _words(start, ask)]), ask)
    # What a form would ask for is typed into the line where there are no forms.
    limit = LIMIT + (sum(map(_room, described.options)) if described else 0)
    if len(line) > limit:
        raise too_long(ask, limit)
    return _understood(TOKEN.findall(line) or ["help"], ask, line)


def _room(option: Option) -> int:
    """How many characters an option takes that a form would ask for: its value, its name and quotes."""
    return option.limit + LONGEST_NAME if isinstance(option.marker, Written) else 0


def _words(tokens: Sequence[str], ask: Request) -> int:
    """How many words the name of the command has."""
    return 2 if tokens and group_named(tokens[0], ask) else 1


def _understood(tokens: Sequence[str], ask: Request, line: str = "") -> Ask:
    words = _words(tokens, ask)
    described = command_named(" ".join(tokens[:words]), ask, tokens[words:], line)
    given, free = _sorted_out(tokens[words:], described, ask)
    if free and (option := _option_for(free, described, given, ask)):
        given[option.name] = f"{free} {given.get(option.name, '')}".strip()
    return Ask(described.name, given)


def command_named(name: str, ask: Request, rest: Sequence[str] = (), line: str = "") -> Command:
    """The command of that name, which has two words in a group.

    Raises `RefusedError`: it is for others; it is a group, of which one has to be chosen; or there is none,
    but some that are spelt like it, to be given with the `rest`, and the `line` can be looked for.
    """
    if described := registered_as(name, ask):
        if not may(described.audience, ask):
            raise RefusedError(refusal(described.name, ask))
        return described
    tr = ask.tr
    first, _, second = name.partition(" ")
    group = group_named(first, ask)
    search = (
        [Choice(tr("Look for it: {words}", words=echo(line)), Ask("find", {"words": line}))] if line else []
    )
    unknown = tr(
        "There is no command “{name}”. {help} lists them all.",
        name=echo(name),
        help=spoken(f"help {group}".strip(), ask),
    )
    if not group:
        raise RefusedError(unknown, _near(name, beginnings(ask), rest, ask) + search)
    if not second and group in ALONE:
        return command_named(ALONE[group], ask)
    commands = in_group(group, ask)
    if not commands:
        raise RefusedError(refusal(group, ask))
    listed = tr(
        "After {group} comes one of these words: {words}.",
        group=spoken(group, ask),
        words=tr.any_of(_last_word(tr.name(each.name)) for each in commands),
    )
    ready = [Choice(spoken(each.name, ask), Ask(each.name)) for each in commands if is_ready(each, ask)]
    if not second:
        raise RefusedError(listed, ready)
    near = _near(second, [each.name for each in commands], rest, ask)
    raise RefusedError(f"{unknown} {listed}", (near or ready) + search)


def _near(name: str, there: Iterable[str], rest: Sequence[str], ask: Request) -> list[Choice]:
    """The commands there are that are spelt nearly like that; of those in a group, the last word counts."""
    spelt = {fold(_last_word(called)): each for each in there for called in (ask.tr.name(each), each)}
    near = process.extract(fold(name), list(spelt), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2 * OFFERED)
    choices: list[Choice] = []
    for each in list(dict.fromkeys(spelt[word] for word, *_ in near))[:OFFERED]:
        try:
            meant = _understood([*each.split(" "), *rest], ask)
        except RefusedError as error:
            choices += error.choices  # of a group: how it may go on
        else:
            choices.append(
                Choice(shortened(f"{spoken(each, ask)} {echo(' '.join(rest))}".strip(), BUTTON), meant)
            )
    return choices


def _last_word(name: str) -> str:
    return name.rpartition(" ")[2]


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


def _sorted_out(tokens: Sequence[str], described: Command, ask: Request) -> tuple[dict[str, str], str]:
    """Named options (`--who ally`, `--who=ally`, `who:ally`), and the words that belong to none."""
    free: list[str] = []
    named: list[tuple[Option, str, list[str]]] = []  # each with its value and the words that follow it
    for option, words in _pieces(tokens, described, ask):
        if option:
            named.append((option, words, []))
        elif named:
            named[-1][2].append(words)
        else:
            free.append(words)
    first = next(iter(options_here(described, ask)), None)
    is_given = bool(free) or any(option is first for option, *_ in named)
    given: dict[str, str] = {}
    for option, value, following in named:
        words = " ".join(following)
        is_whole = choice_of(option, value, ask) is not None
        given[option.name] = value
        if words and not is_whole and (is_given or not _could_be(words, first, ask)):
            given[option.name] = f"{value} {words}"
        elif words:
            free.append(words)
            is_given = True
    return given, " ".join(free)


def _could_be(words: str, option: Option | None, ask: Request) -> bool:
    """Whether the words may be this option: of what is completed by a function, it knows the beginnings."""
    return option is not None and (
        not isinstance(option.marker, Typed) or bool(option.marker.offer(words, ask))
    )


def _pieces(tokens: Sequence[str], described: Command, ask: Request) -> Iterator[tuple[Option | None, str]]:
    """Each value with the option it is given for, and each word that stands alone with None."""
    rest, is_named = iter(tokens), False
    for token in rest:
        if re.match(r"--\w", token):
            name, equals, value = token[2:].partition("=")
            option = option_named(name, described, ask)
            if option is None:
                raise unknown_option(name, described, ask)
            is_named = True
            yield option, _unquoted(value if equals else next(rest, ""))
            continue
        name, _, value = token.partition(":")
        if value and (option := option_named(name, described, ask)):
            is_named = True
            yield option, _unquoted(value)
        elif value and any(names(name, each.name, ask.tr) for each in described.options):
            raise unknown_option(name, described, ask)  # there is one, but not here
        elif value and not is_named and _is_slip(name, described, ask):
            raise unknown_option(name, described, ask)
        else:
            yield None, _unquoted(token)


def _is_slip(name: str, described: Command, ask: Request) -> bool:
    """Whether it is nearly the name of an option, where no word stands alone but those of a choice."""
    here = options_here(described, ask)
    if not here or not here[0].choices:
        return False
    known = [fold(each) for option in here for each in (option.name, ask.tr.name(option.name))]
    return process.extractOne(fold(name), known, scorer=fuzz.ratio, score_cutoff=SLIP) is not None


def option_named(name: str, described: Command, ask: Request) -> Option | None:
    """The option of that name that there is here, in English or in the reader's language."""
    return next((each for each in options_here(described, ask) if names(name, each.name, ask.tr)), None)


def _option_for(words: str, described: Command, given: Mapping[str, str], ask: Request) -> Option | None:
    """The first option, unless the words are to the letter a choice of another one: `action ally`."""
    first, *others = options_here(described, ask) or (None,)
    if first and not first.required and first.name not in given:
        for option in others:
            if option and option.name not in given and choice_of(option, words, ask):
                return option
    return first


def unknown_option(name: str, described: Command, ask: Request) -> RefusedError:
    """Why an option was not understood, and which there are."""
    tr = ask.tr
    command = spoken(described.name, ask)
    known = ", ".join(f"--{tr.name(option.name)}" for option in options_for(described, ask))
    if not known:
        return RefusedError(tr("{command} has no options.", command=command))
    return RefusedError(
        tr(
            "{command} has no option “{name}”. It has: {known}.",
            command=command,
            name=echo(name),
            known=known,
        )
    )


def _unquoted(token: str) -> str:
    return token[1:-1] if re.fullmatch(QUOTED, token) else QUOTES.sub("", token)
