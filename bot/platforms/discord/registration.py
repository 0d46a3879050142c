"""The commands as Discord shows them, made from their one description.

Discord's limits on a command stand in its reference, “Application Command Structure”. Whatever language
somebody is shown a command in, its name and those of its options come back in English.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.commands.describe import REGISTRY, Command, Option
from bot.commands.request import Audience
from bot.commands.words import label
from bot.i18n import negotiate, translator

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
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
AppCommand = app_commands.Command[Any, ..., None] | app_commands.ContextMenu


def commands(on_command: OnCommand, on_complete: OnComplete, on_menu: OnMenu) -> list[AppCommand]:
    """Every command, and an entry in the menu of a message for those that have one, for a `CommandTree`."""
    return [
        *(_slash(described, on_command, on_complete) for described in REGISTRY.values()),
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
        if context.location is Location.parameter_name:
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
        given = {other: str(words) for other, words in interaction.namespace if other != name}
        return await self._on_complete(interaction, self._described.name, name, str(value), given)


def _spoken(locale: discord.Locale) -> bool:
    language = negotiate(locale.value)
    return locale.value.partition("-")[0] == language.partition("_")[0]


def _slash(described: Command, on_command: OnCommand, on_complete: OnComplete) -> AppCommand:
    async def callback(interaction: discord.Interaction, **values: str | None) -> None:
        given = {name: words for name, words in values.items() if words is not None}
        await on_command(interaction, described.name, given)

    # discord.py reads the options of a command from its signature.
    asker = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY)
    options = [_parameter(described, option, on_complete) for option in described.options]
    callback.__dict__["__signature__"] = inspect.Signature([asker, *options])
    app_commands.describe(**{option.name: option.description for option in described.options})(callback)
    app_commands.choices(**{option.name: _choices(option) for option in described.options if option.choices})(
        callback
    )
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=described.name,
        description=described.description,
        callback=callback,
        allowed_contexts=_contexts(described),
        allowed_installs=INSTALLS,
    )
    command.default_permissions = _permissions(described)
    return command


def _parameter(described: Command, option: Option, on_complete: OnComplete) -> inspect.Parameter:
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=str if option.choices else _Words(described, option, on_complete),
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
        allowed_contexts=_contexts(described),
        allowed_installs=INSTALLS,
    )
    menu.default_permissions = _permissions(described)
    return menu


def _contexts(described: Command) -> app_commands.AppCommandContext:
    """Where it can be given: what moderators decide, they decide for a server."""
    return EVERYWHERE if described.audience is Audience.EVERYONE else SERVERS


def _permissions(described: Command) -> discord.Permissions | None:
    return None if described.audience is Audience.EVERYONE else MODERATORS
