"""The links by which people add the bot."""

import discord

# Reading what people write is not among them: commands come to the bot without it. Nor is opening threads:
# who wants them mostly lets everybody open some, and is told otherwise which permission it takes.
LEAST = discord.Permissions(view_channel=True, send_messages=True)
COMMANDS = "applications.commands"


def server_link(application_id: int) -> str:
    """Where somebody who manages a server adds the bot to it, with the permissions it needs there."""
    link = discord.utils.oauth_url(application_id, permissions=LEAST, scopes=("bot", COMMANDS))
    return f"{link}&integration_type={discord.app_commands.AppInstallationType.GUILD}"


def user_link(application_id: int) -> str:
    """Where a person adds the commands for themselves, to give them wherever they are."""
    link = discord.utils.oauth_url(application_id, scopes=(COMMANDS,))
    return f"{link}&integration_type={discord.app_commands.AppInstallationType.USER}"
