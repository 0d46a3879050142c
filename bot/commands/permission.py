"""Who may do what. It is looked at again with every command: typed, picked from a menu or by a button."""

from bot.commands.describe import Channel, Command, Option, Role, Services, Written
from bot.commands.request import Audience, Request
from bot.commands.words import spoken
from bot.model import Visibility


def may(audience: Audience, ask: Request) -> bool:
    """Whether this reader is one of the audience. A moderator is one of a community and nowhere else."""
    return audience is Audience.EVERYONE or (ask.audience is audience and ask.community is not None)


def seen_by(ask: Request, services: Services) -> Visibility:
    """Who sees answers, unless it is none: a conversation with one reader is theirs alone."""
    if ask.community is None or ask.usually is None:
        return Visibility.PRIVATE
    return services.communities.of(ask.community).answers or ask.usually


def options_here(described: Command, ask: Request) -> tuple[Option, ...]:
    """The options that a command has where it is given, whoever may give them."""
    return tuple(option for option in described.options if _exists(option, ask))


def options_for(described: Command, ask: Request) -> tuple[Option, ...]:
    """The options of a command that this reader may give: all but those that a form or a choice brings."""
    return tuple(
        option
        for option in options_here(described, ask)
        if may(option.audience, ask)
        and not (isinstance(option.marker, Written) and (ask.has_forms or option.marker.carried))
    )


def _exists(option: Option, ask: Request) -> bool:
    match option.marker:
        case Channel():
            return ask.has_channels
        case Role():
            return ask.has_channels or bool(ask.mentionable)
        case _:
            # Who sees the answers is nothing to choose where there is nobody else.
            return option.choices is not Visibility or ask.usually is not None


def refusal(name: str, ask: Request, option: Option | None = None) -> str:
    """Why this reader may not give a command, any of a group, or one option; and what is missing."""
    tr = ask.tr
    if ask.community is None:
        return tr("This concerns a whole server or room that has added me: its moderators can do it there.")
    if not ask.moderator_right:
        return tr("This is for moderators.")
    right = tr(ask.moderator_right)
    if option is not None:
        return tr("You need the permission “{permission}” to change this.", permission=right)
    command = spoken(name, ask)
    return tr("You need the permission “{permission}” for {command}.", permission=right, command=command)
