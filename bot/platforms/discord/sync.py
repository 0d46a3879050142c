"""Telling Discord which commands there are: only what differs, one by one, and only when asked to."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.http import Route

from bot.errors import InfoshopError, PlatformError, SettingsError
from bot.platforms.discord.difference import Change, Payload, Plan, compare
from bot.platforms.discord.registration import Catalogues, commands
from bot.platforms.discord.rest import NOT_DISCORD, PAUSES, patiently, session

# In one server, commands are given by its members and nowhere else: Discord takes no other word on that.
ONLY_GLOBAL = ("contexts", "integration_types", "dm_permission")


async def sync(
    token: str,
    say: Callable[[str], None],
    *,
    application_id: int | None = None,
    guild_id: int | None = None,
    dry_run: bool = False,
    pauses: Sequence[float] = PAUSES,
) -> None:
    """Make the commands that Discord shows those we have, everywhere or in one server; say what differs.

    With `dry_run`, nothing is changed. `pauses` are the seconds between attempts where Discord falters.

    Raises:
        SettingsError: Discord refuses the token, or it belongs to another application.
        PlatformError: Discord is out of reach or refuses. What was changed before that stays changed.
    """
    async with session(token, pauses) as client:
        if application_id not in (None, client.application_id):
            raise SettingsError(
                f"The token belongs to the application {client.application_id},"
                f" and discord.application_id is {application_id}: one of them is wrong."
            )
        registered = await _registered(client, guild_id, pauses)
        plan = compare(*(_comparable(each, guild_id) for each in (await payloads(), registered)))
        say(str(plan))
        if dry_run:
            say("Nothing was changed.")
        elif plan.changes:
            await _carry_out(plan, client, guild_id, pauses)
            say("Done.")


async def payloads() -> list[Payload]:
    """Every command with its translations, as Discord's API takes it."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents(guilds=True)))
    translator = Catalogues()
    made = commands(_unheard, _unheard, _unheard)
    return [await command.get_translated_payload(tree, translator) for command in made]


async def _unheard(*_: object) -> Any:  # noqa: ANN401 - it stands in for all three
    """Nobody gives a command here: there is no gateway that it could come through."""


def _comparable(all_of_them: Sequence[Payload], guild_id: int | None) -> list[Payload]:
    left_out = () if guild_id is None else ONLY_GLOBAL
    return [{key: value for key, value in each.items() if key not in left_out} for each in all_of_them]


async def _registered(client: discord.Client, guild_id: int | None, pauses: Sequence[float]) -> list[Payload]:
    # discord.py's own method does not ask for the translations.
    route = _route("GET", client, guild_id)
    listed = await patiently(
        lambda: client.http.request(route, params={"with_localizations": "true"}), pauses
    )
    if not isinstance(listed, list):
        raise PlatformError(NOT_DISCORD)
    return listed


async def _carry_out(
    plan: Plan, client: discord.Client, guild_id: int | None, pauses: Sequence[float]
) -> None:
    for done, change in enumerate(plan.changes):
        try:
            await patiently(partial(_send, change, client, guild_id), pauses)
        except InfoshopError as error:
            progress = f"{done} of {len(plan.changes)} changes were made: give the command again."
            raise type(error)(f"{change.title}: {error} {progress}") from None


async def _send(change: Change, client: discord.Client, guild_id: int | None) -> None:
    """Each of the three comes to the same when it is sent twice: a command of the same name is replaced."""
    if change.wanted is None:
        try:
            await client.http.request(_route("DELETE", client, guild_id, change.id))
        except discord.NotFound:
            return  # it is gone
    elif change.id:
        # discord.py's own method leaves out all but name, description and options.
        await client.http.request(_route("PATCH", client, guild_id, change.id), json=change.wanted)
    else:
        await client.http.request(_route("POST", client, guild_id), json=change.wanted)


def _route(method: str, client: discord.Client, guild_id: int | None, command_id: str = "") -> Route:
    path = "/applications/{application_id}"
    if guild_id is not None:
        path += "/guilds/{guild_id}"
    path += "/commands"
    if command_id:
        path += "/{command_id}"
    return Route(method, path, application_id=client.application_id, guild_id=guild_id, command_id=command_id)
