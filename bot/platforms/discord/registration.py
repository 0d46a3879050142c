"""The commands as Discord shows them, made from their one description.

Commands of two words are the subcommands of a group, which cannot be given by itself. What a form fills in is
no option here: Discord opens the form. Discord's limits on a
command stand in its reference, “Application Command Structure”. Whatever language somebody is shown a command
in, its name and those of its options come back in English.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.commands.describe import (
    GROUPS,
    REGISTRY,
    Attachment,
    Channel,
    Command,
    Option,
    Role,
    Written,
)
from bot.commands.request import Audience
from bot.commands.words import label
from bot.i18n import negotiate, translator

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
# Where everybody may write and what is posted stays: threads, forums and voice channels are something else.
POSTED_IN = [discord.ChannelType.text, discord.ChannelType.news]
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
# Hides a command from those who may not give it. A server can change that, so it is checked again when given.
MODERATORS = discord.Permissions(manage_guild=True)
ENGLISH = translator("en")

Choices = list[app_commands.Choice[str]]
OnCommand = Callable[[discord.Interaction, str, dict[str, str]], Awaitable[None]]
"""Called with the name of the command and with its options as given."""
OnComplete = Callable[[discord.Interaction, str, str, str, dict[str, str]], Awaitable[Choices]]
"""Called with the command, the option, what is typed of it so far, and the other options as far as given."""
OnMenu = Callable[[discord.Interaction, str, discord.Message], Awaitable[None]]
"""Called with the command whose entry in the menu of a message was chosen, and with the message."""
AppCommand = app_commands.Command[Any, ..., None] | app_commands.Group | app_commands.ContextMenu


def commands(on_command: OnCommand, on_complete: OnComplete, on_menu: OnMenu) -> list[AppCommand]:
    """Every command, and an entry in the menu of a message for those that have one, for a `CommandTree`."""
    return [
        *_typed(on_command, on_complete),
        *(_menu(described, on_menu) for described in REGISTRY.values() if described.menu),
    ]


def locales() -> list[discord.Locale]:
    """The locales of Discord that are spoken here; in every other one the texts are English."""
    return list(filter(_spoken, discord.Locale))


class Catalogues(app_commands.Translator):
    """Translates what is seen of a command, for every locale of Discord that is spoken here."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The text in that locale, also where it is the same as in English; None where it is not spoken."""
        if not _spoken(locale):
            return None
        tr = translator(locale.value)
        if context.location in (Location.parameter_name, Location.group_name):
            return tr.name(string.message)
        if context.location is Location.command_name and isinstance(context.data, app_commands.Command):
            return tr.name(string.message)
        return tr(string.message)


class _Words(app_commands.Transformer):
    """An option that takes any words and is completed while they are typed."""

    def __init__(self, described: Command, option: Option, on_complete: OnComplete) -> None:
        self._described = described
        self._option = option
        self._on_complete = on_complete

    @property
    def max_value(self) -> int:
        """Characters."""
        return self._option.limit

    async def transform(self, interaction: discord.Interaction, value: str, /) -> str:  # noqa: ARG002
        """As typed."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str | float, /) -> Any:  # noqa: ANN401
        """What it could be."""
        name = self._option.name
        given = {other: _as_text(words) for other, words in interaction.namespace if other != name}
        return await self._on_complete(interaction, self._described.name, name, str(value), given)


class _Chosen(app_commands.Transformer):
    """An option that is a channel, a role or a file, which Discord offers by itself: its value is an id."""

    def __init__(self, option: Option) -> None:
        self._marker = option.marker

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord offers."""
        kind = discord.AppCommandOptionType
        match self._marker:
            case Channel():
                return kind.channel
            case Attachment():
                return kind.attachment
            case _:
                return kind.role

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Of channels, those in which something can be posted for all to read."""
        return POSTED_IN if isinstance(self._marker, Channel) else []

    async def transform(self, interaction: discord.Interaction, value: Any, /) -> str:  # noqa: ANN401, ARG002
        """The id."""
        return _as_text(value)


def _as_text(value: object) -> str:
    """The value of an option: words as they are, anything else that Discord knows by its id."""
    return str(getattr(value, "id", value))


def _spoken(locale: discord.Locale) -> bool:
    language = negotiate(locale.value)
    return locale.value.partition("-")[0] == language.partition("_")[0]


def _typed(on_command: OnCommand, on_complete: OnComplete) -> Iterator[AppCommand]:
    """The commands that stand alone and the groups, in the order of the registry."""
    groups: dict[str, app_commands.Group] = {}
    for described in REGISTRY.values():
        command = _slash(described, on_command, on_complete)
        if not described.group:
            yield command
            continue
        if described.group not in groups:
            groups[described.group] = _group(described.group)
            yield groups[described.group]
        groups[described.group].add_command(command)


def _group(name: str) -> app_commands.Group:
    """A group without its commands: who may see it and where, Discord can be told of all of them alone."""
    audiences = {described.audience for described in REGISTRY.values() if described.group == name}
    audience = Audience.EVERYONE if Audience.EVERYONE in audiences else Audience.MODERATOR
    return app_commands.Group(
        name=name,
        description=GROUPS[name],
        allowed_contexts=_contexts(audience),
        allowed_installs=INSTALLS,
        default_permissions=_permissions(audience),
    )


def _slash(
    described: Command, on_command: OnCommand, on_complete: OnComplete
) -> app_commands.Command[Any, ..., None]:
    async def callback(interaction: discord.Interaction, **values: str | None) -> None:
        given = {name: words for name, words in values.items() if words is not None}
        await on_command(interaction, described.name, given)

    # discord.py reads the options of a command from its signature.
    asker = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY)
    given = [option for option in described.options if not isinstance(option.marker, Written)]
    options = [_parameter(described, option, on_complete) for option in given]
    callback.__dict__["__signature__"] = inspect.Signature([asker, *options])
    app_commands.describe(**{option.name: option.description for option in given})(callback)
    app_commands.choices(**{option.name: _choices(option) for option in given if option.choices})(callback)
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=described.name.rpartition(" ")[2],
        description=described.description,
        callback=callback,
        allowed_contexts=_contexts(described.audience),
        allowed_installs=INSTALLS,
    )
    command.default_permissions = _permissions(described.audience)
    return command


def _parameter(described: Command, option: Option, on_complete: OnComplete) -> inspect.Parameter:
    if isinstance(option.marker, Channel | Role | Attachment):
        filled_in: object = _Chosen(option)
    else:
        filled_in = str if option.choices else _Words(described, option, on_complete)
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=filled_in,
        default=inspect.Parameter.empty if option.required else None,
    )


def _choices(option: Option) -> Choices:
    return [app_commands.Choice(name=label(each, ENGLISH), value=each.value) for each in option.choices or ()]


def _menu(described: Command, on_menu: OnMenu) -> app_commands.ContextMenu:
    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        await on_menu(interaction, described.name, message)

    menu = app_commands.ContextMenu(
        name=described.menu,
        callback=callback,
        allowed_contexts=_contexts(described.audience),
        allowed_installs=INSTALLS,
    )
    menu.default_permissions = _permissions(described.audience)
    return menu


def _contexts(audience: Audience) -> app_commands.AppCommandContext:
    """Where it can be given: what moderators decide, they decide for a server."""
    return EVERYWHERE if audience is Audience.EVERYONE else SERVERS


def _permissions(audience: Audience) -> discord.Permissions | None:
    return None if audience is Audience.EVERYONE else MODERATORS
