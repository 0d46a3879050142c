"""Who is asking, where, and what they and we may do there, as Discord says with every interaction.

Nothing of it is looked up or kept. What Discord hides or shows in its client is only a hint, and so each
right is looked at again whenever something is done.
"""

from functools import partial

import aiohttp
import discord
import structlog

from bot.commands.request import Audience, Request
from bot.errors import PlatformError
from bot.i18n import Translator, message, translator
from bot.model import Community, Place
from bot.platforms.discord.files import upload

MANAGE_SERVER = message("Manage Server")
SEND = message("Send Messages")
SEND_IN_THREADS = message("Send Messages in Threads")
CREATE_THREADS = message("Create Public Threads")
EXTERNAL_APPS = message("Use External Apps")
VIEW = message("View Channel")
MANAGE_PERMISSIONS = message("Manage Permissions")


log = structlog.get_logger()


def request_of(interaction: discord.Interaction) -> Request:
    """The circumstances of an interaction."""
    locale = str(interaction.locale)
    ours = interaction.guild_id is not None and interaction.is_guild_integration()
    moderator = ours and interaction.permissions.manage_guild
    tr = translator(locale)
    here = ours or interaction.context.dm_channel
    return Request(
        locale=locale,
        audience=Audience.MODERATOR if moderator else Audience.EVERYONE,
        community=Community("discord", str(interaction.guild_id)) if ours else None,
        moderator_right=MANAGE_SERVER,
        place=Place("discord", str(interaction.channel_id)) if here else None,
        direct=partial(_direct, interaction, tr),
        has_channels=ours,
        called=partial(_called, interaction),
        remembers_language=False,
        by=str(interaction.user.id),
        upload=partial(upload, interaction, tr),
        has_forms=True,
    )


def _called(interaction: discord.Interaction, channel_or_role: str) -> str:
    """The name of a channel, a thread or a role of the server; empty where we know of none."""
    guild = interaction.guild
    if guild is None or not channel_or_role.isdecimal():
        return ""
    number = int(channel_or_role)
    if channel := guild.get_channel_or_thread(number):
        return f"#{channel.name}"
    role = guild.get_role(number)
    return f"@{role.name.removeprefix('@')}" if role else ""


async def _direct(interaction: discord.Interaction, tr: Translator) -> Place:
    """Open the direct messages with who asks; of them, only the id of the channel is kept."""
    if interaction.context.dm_channel:
        return Place("discord", str(interaction.channel_id))
    try:
        # By hand, since discord.py would remember whose they are.
        opened = await interaction.client.http.start_private_message(interaction.user.id)
        return Place("discord", str(int(opened["id"])))
    except discord.HTTPException as error:
        if 400 <= error.status < 500 and error.status != 429:
            raise PlatformError(
                tr(
                    "Discord does not let me write to you. Allow direct messages (the name of a server,"
                    " Privacy Settings), or write to me first, and ask again."
                )
            ) from None
        problem: Exception = error
    except (discord.RateLimited, aiohttp.ClientError, OSError, ValueError, TypeError, LookupError) as error:
        problem = error
    log.warning("no direct messages", platform="discord", error=type(problem).__name__)
    raise PlatformError(tr("Discord is out of order. Please ask again in some minutes.")) from None


def can_share(interaction: discord.Interaction) -> bool:
    """Whether there is anybody else to show an answer to, and the reader may speak to them."""
    return not interaction.context.dm_channel and not _readers_lack(interaction)


def why_not_shared(interaction: discord.Interaction, tr: Translator) -> str:
    """What is missing to show an answer to everyone here, and who can mend it; empty where nothing is."""
    if interaction.context.dm_channel:
        return tr("There is nobody else here to show it to.")
    if lacks := _readers_lack(interaction):
        return tr(
            "You need the permission “{permission}” here to show this to everyone.", permission=tr(lacks)
        )
    if lacks := _we_lack(interaction):
        return we_may_not(interaction, lacks, tr)
    return ""


def we_may_not(interaction: discord.Interaction, lacks: str, tr: Translator) -> str:
    """That we lack a permission, and what whoever reads it can do about that."""
    problem = tr("I lack the permission “{permission}” in this channel.", permission=tr(lacks))
    if interaction.permissions.manage_roles:
        remedy = tr(
            "You can give it to me: channel settings, Permissions, add Infoshop, allow “{permission}”.",
            permission=tr(lacks),
        )
    else:
        remedy = tr(
            "Somebody with the permission “{permission}” can give it to me in the channel's settings.",
            permission=tr(MANAGE_PERMISSIONS),
        )
    return f"{problem} {remedy}"


def _readers_lack(interaction: discord.Interaction) -> str:
    if interaction.guild_id is None:
        return ""
    permissions = interaction.permissions
    # Where a server has not added the app, Discord shows its answers to the reader alone without this right.
    if not interaction.is_guild_integration() and not permissions.use_external_apps:
        return EXTERNAL_APPS
    return _may_not_send(interaction, permissions)


def _we_lack(interaction: discord.Interaction) -> str:
    if interaction.guild_id is None or not interaction.is_guild_integration():
        return ""
    permissions = interaction.app_permissions
    return _may_not_send(interaction, permissions) if permissions.view_channel else VIEW


def _may_not_send(interaction: discord.Interaction, permissions: discord.Permissions) -> str:
    if isinstance(interaction.channel, discord.Thread):
        return "" if permissions.send_messages_in_threads else SEND_IN_THREADS
    return "" if permissions.send_messages else SEND
