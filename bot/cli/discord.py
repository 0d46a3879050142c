"""`infoshop discord`: for those who look after the application at Discord."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.root import cli, settings_of
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.settings import DiscordSettings

discord_cli = typer.Typer(
    help="The application at Discord: sync, invite.", no_args_is_help=True, rich_markup_mode=None
)
cli.add_typer(discord_cli, name="discord")


@discord_cli.command()
def sync(
    context: typer.Context,
    *,
    guild: Annotated[
        int | None, typer.Option(help="Register them in one server alone, to try them.", metavar="ID", min=1)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what differs and change nothing.")] = False,
) -> None:
    """Tell Discord which commands there are, if that has changed."""
    from bot.platforms.discord import endpoints  # noqa: PLC0415
    from bot.platforms.discord.sync import sync  # noqa: PLC0415

    settings = settings_of(context).discord
    endpoints.use(settings.api_base_url, settings.gateway_url)
    asyncio.run(
        sync(
            _token(settings),
            typer.echo,
            application_id=settings.application_id,
            guild_id=guild,
            dry_run=dry_run,
        )
    )


@discord_cli.command()
def invite(context: typer.Context) -> None:
    """Print the links by which a server or a person adds the bot."""
    from bot.platforms.discord import endpoints  # noqa: PLC0415
    from bot.platforms.discord.invite import server_link, user_link  # noqa: PLC0415
    from bot.platforms.discord.rest import application_of  # noqa: PLC0415

    settings = settings_of(context).discord
    endpoints.use(settings.api_base_url, settings.gateway_url)
    application_id = settings.application_id or asyncio.run(application_of(_token(settings)))
    typer.echo("For a server, with leave to see channels and to write in them:")
    typer.echo(f"  {server_link(application_id)}")
    typer.echo("For one person, wherever they are:")
    typer.echo(f"  {user_link(application_id)}")


def _token(settings: "DiscordSettings") -> str:
    if settings.token is None:
        raise SettingsError(
            "There is no token: give the path of a file that holds it as INFOSHOP_DISCORD__TOKEN_FILE,"
            " or the token itself as INFOSHOP_DISCORD__TOKEN."
        )
    return settings.token.get_secret_value()
