"""The page of the documentation that lists the commands, made from their descriptions."""

from collections.abc import Iterator

from bot.commands.about import usage
from bot.commands.describe import REGISTRY, Option
from bot.commands.request import Audience, Request

OPENING = """\
# Commands

The same commands exist on every platform: `/find raids` on Discord and in the terminal, `!find raids` on
Matrix. The first option is what follows the command; any other is given by its name, as `who:ally` or
`--who ally`, with quotation marks where a value has several words. Everything can also be asked with the
buttons and numbers that answers end with.

This page is made from the commands themselves: `python -m bot.commands > docs/commands.md`.
"""
WHO = {Audience.EVERYONE: "everyone", Audience.MODERATOR: "moderators"}


def page() -> str:
    """The whole page, in Markdown."""
    rows = [
        "| command | what it answers | who | seen by |",
        "|---|---|---|---|",
        *(
            f"| `{usage(described, Request())}` | {described.description} | {WHO[described.audience]}"
            f" | {'the asker' if described.private else 'the room'} |"
            for described in REGISTRY.values()
        ),
    ]
    options = [
        "| command | option | what it is | choices |",
        "|---|---|---|---|",
        *(
            f"| `/{described.name}` | `{option.name}`{'' if option.required else ' (may be left out)'}"
            f" | {option.description} | {', '.join(_choices(option))} |"
            for described in REGISTRY.values()
            for option in described.options
        ),
    ]
    return "\n".join([OPENING, *rows, "", "## Options", "", *options, ""])


def _choices(option: Option) -> Iterator[str]:
    yield from (f"`{member.value}`" for member in option.choices or ())
