"""The page of the documentation that lists the commands, made from their descriptions."""

from collections.abc import Iterable, Iterator

from bot.commands.about import usage
from bot.commands.describe import GROUPS, REGISTRY, Channel, Option, Role
from bot.commands.request import Audience, Request
from bot.i18n import LANGUAGES, SOURCE_LANGUAGE, Translator, translator
from bot.model import Community

OPENING = """\
# Commands

The same commands exist on every platform: `/find raids` on Discord and in the terminal, `!find raids` on
Matrix. The first option is what follows the command; any other is given by its name, as `who:ally` or
`--who ally`, with quotation marks where a value has several words. Everything can also be asked with the
buttons and numbers that answers end with. Some commands have two words, of which the first names a group:
`/help` with that word lists the group.

Answers are shown to whoever asked alone, unless the moderators of a server or room decided with
`/settings answers:room` that everyone there sees them (*as decided*). What is no answer, because nothing was
found or something was wrong, stays with the asker.

Commands and options have a name in every language of the interface, which readers of that language are shown
and offered; the English one is understood everywhere.

This page is made from the commands themselves: `python -m bot.commands > docs/commands.md`.
"""
# The page hides no option.
MODERATOR = Request(audience=Audience.MODERATOR, community=Community("", ""), has_channels=True)
WHO = {Audience.EVERYONE: "everyone", Audience.MODERATOR: "moderators"}


def page() -> str:
    """The whole page, in Markdown."""
    rows = [
        "| command | what it answers | who | seen by |",
        "|---|---|---|---|",
        *(
            f"| `{usage(described, MODERATOR)}` | {described.description} | {WHO[described.audience]}"
            f" | {'the asker' if described.private else 'as decided'} |"
            for described in REGISTRY.values()
        ),
    ]
    options = [
        "| command | option | what it is | choices | who |",
        "|---|---|---|---|---|",
        *(
            f"| `/{described.name}` | `{option.name}`{'' if option.required else ' (may be left out)'}"
            f" | {option.description} | {', '.join(_choices(option))} | {WHO[option.audience]} |"
            for described in REGISTRY.values()
            for option in described.options
        ),
    ]
    parts = (*_groups(), "## Options", "", *options, "", "## Names in other languages", "", *_names())
    return "\n".join([OPENING, *rows, "", *_menus(), *parts, ""])


def _menus() -> Iterator[str]:
    for described in REGISTRY.values():
        if described.menu:
            yield f"“{described.menu}” in the menu of somebody's message asks `/{described.name}` about it"
            yield "(on Discord: right-click or hold the message, *Apps*). The answer is for the asker alone."
            yield ""


def _groups() -> Iterator[str]:
    if GROUPS:
        yield from ("## Groups", "", "| group | what its commands are for |", "|---|---|")
        yield from (f"| `/{name} …` | {description} |" for name, description in GROUPS.items())
        yield ""


def _names() -> Iterator[str]:
    """A row for each command, then one for each name of an option."""
    spoken = [translator(language) for language in LANGUAGES if language != SOURCE_LANGUAGE]
    options = dict.fromkeys(option.name for described in REGISTRY.values() for option in described.options)
    yield _row("English", *(tr.language_name(tr.language) for tr in spoken))
    yield "|---" * (1 + len(spoken)) + "|"
    yield from (_row(*_called("/", name, "", spoken)) for name in REGISTRY)
    yield from (_row(*_called("", name, ":", spoken)) for name in options)


def _called(before: str, name: str, after: str, spoken: Iterable[Translator]) -> Iterator[str]:
    for each in (name, *(tr.name(name) for tr in spoken)):
        yield f"`{before}{each}{after}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _choices(option: Option) -> Iterator[str]:
    yield from (f"`{member.value}`" for member in option.choices or ())
    match option.marker:
        case Channel():
            yield "a channel (on Discord)"
        case Role():
            yield "a role (on Discord), or who can be mentioned there"
