"""The connection to Discord: events become questions at the desk, and nothing else happens here."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.commands.describe import Services
from bot.errors import SettingsError
from bot.platforms.discord.attempts import trace
from bot.platforms.discord.buttons import Pick, Press
from bot.platforms.discord.desk import Desk
from bot.platforms.discord.membership import Membership
from bot.platforms.discord.poster import DiscordPoster
from bot.platforms.discord.registration import commands
from bot.platforms.discord.rights import request_of

FINISH = 7.0  # seconds for what is under way when we are told to stop
CLOSE = 2.0  # seconds for leaving the gateway after that
LONGEST_WAIT = 30.0  # seconds: where Discord asks for more, discord.py says so; it takes no smaller number

# Close codes with which the gateway says that trying again is of no use:
# https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
REFUSALS = {
    4004: "Discord refuses the token: it was reset or is misspelt. Give the one that is valid now.",
    4010: "Discord refuses the shard: check shard_ids and shard_count.",
    4011: "Discord wants this bot to run on more shards: raise shard_count, or leave it out.",
    4012: "Discord no longer speaks the version of its API that discord.py asks for: update Infoshop.",
    4013: "Discord does not know the intents that discord.py asks for: update Infoshop.",
    4014: "Discord refuses the intents, although none is privileged: look at the application's settings.",
}

log = structlog.get_logger()


class Tree(app_commands.CommandTree[Any]):
    """The commands as Discord knows them."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer a command that could not be given: Discord still shows what this version no longer has."""
        if interaction.type is discord.InteractionType.autocomplete:
            return  # it takes no sentence
        log.error("command refused", platform="discord", error=type(error).__name__)
        tr = request_of(interaction).tr
        words = tr("This command has changed. Whoever runs me has to tell Discord: infoshop discord sync.")
        await interaction.client.desk.say(interaction, words)


class Client(discord.AutoShardedClient):
    """Listens to interactions alone: no intent lets it read what people write to each other."""

    def __init__(self, services: Services, **options: Any) -> None:  # noqa: ANN401 - what discord.py takes
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT,
            http_trace=trace(),
            **options,
        )
        self.desk = Desk(services)
        self.poster: DiscordPoster | None = None
        self._posters = services.posters
        self._membership = Membership(services)
        self._connected = ExitStack()
        self.add_dynamic_items(Press, Pick)
        tree = Tree(self)
        for each in commands(self.desk.ask, self._complete, self._menu):
            tree.add_command(each)

    async def _complete(
        self, interaction: discord.Interaction, name: str, option: str, typed: str, given: dict[str, str]
    ) -> list[app_commands.Choice[str]]:
        offered = await self.desk.complete(interaction, name, option, typed, given)
        return [app_commands.Choice(name=shown, value=value) for shown, value in offered]

    async def _menu(self, interaction: discord.Interaction, name: str, message: discord.Message) -> None:
        await self.desk.ask_about(interaction, name, words_in(message))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take forms that were filled in: discord.py knows only those that this process opened."""
        if interaction.type is discord.InteractionType.modal_submit:
            sent: Mapping[str, Any] = interaction.data or {}
            await self.desk.submit(interaction, str(sent.get("custom_id", "")))

    async def on_ready(self) -> None:
        """Take posts from now on, when it is known who may do what where. It may be said more than once.

        Which servers we are in is kept first: while posts are taken, what those have that we left long ago is
        deleted (see `keeping`).
        """
        await self._membership.compare(
            [guild.id for guild in self.guilds], self.shards.keys(), self.shard_count or 1
        )
        if self.poster is None and not self.desk.closing:
            ours = self.shard_ids  # None where all are
            share = len(ours) / self.shard_count if ours and self.shard_count else 1.0
            self.poster = DiscordPoster(self, share)
            self._connected.enter_context(self._posters.connected(self.poster))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Let what is kept for a server stay."""
        await self._membership.returned(guild.id, is_new=True)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Do the same where we were gone: what else is said so are outages that end."""
        await self._membership.returned(guild.id, is_new=False)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Count the days from now on; discord.py says this of no outage."""
        await self._membership.left(guild.id)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Leave a line for the operator."""
        log.info("connected", platform="discord", shard=shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Leave a line for the operator."""
        log.info("resumed", platform="discord", shard=shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Leave a line for the operator; discord.py comes back by itself."""
        if not self.desk.closing:
            log.warning("disconnected", platform="discord", shard=shard_id)

    async def finish(self) -> None:
        """Take no more questions and no more posts, and see those that were taken through."""
        self._connected.close()
        await asyncio.gather(
            self.desk.close(), self._membership.close(), *([self.poster.close()] if self.poster else ())
        )

    async def leave(self) -> None:
        """Hear no more, answer what was heard until then, and close."""
        await asyncio.gather(*(shard.disconnect() for shard in self.shards.values()))
        await self.finish()
        await self.close()


def words_in(message: discord.Message) -> str:
    """What a message says, in its own words or in those of what it shows."""
    said: list[str | None] = []
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    for part in parts:
        said.append(part.content)
        for embed in part.embeds:
            fields = (text for field in embed.fields for text in (field.name, field.value))
            said += (embed.title, embed.description, *fields)
        said += _displayed(part.components)
    return "\n".join(filter(None, said))


def _displayed(components: Iterable[object]) -> Iterator[str]:
    """The text in a layout of components, also inside of others."""
    for component in components:
        if isinstance(component, discord.TextDisplay):
            yield component.content
        yield from _displayed(getattr(component, "children", ()))


async def run(services: Services, stop: asyncio.Event, token: str, **options: Any) -> None:  # noqa: ANN401
    """Answer on Discord until `stop`; then finish what is under way, within ten seconds.

    `options` are `application_id`, `shard_ids` and `shard_count` as discord.py takes them.

    Raises:
        SettingsError: Discord refuses the token, the shards or the intents, and would again.
        Exception: Whatever else ended the connection; to try again may help.
    """
    async with Client(services, **options) as client:
        connection = asyncio.create_task(client.start(token))
        told = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({connection, told}, return_when=asyncio.FIRST_COMPLETED)
            if connection.done():
                await connection
        except discord.LoginFailure:
            raise SettingsError(REFUSALS[4004]) from None
        except discord.PrivilegedIntentsRequired:
            raise SettingsError(REFUSALS[4014]) from None
        except discord.ConnectionClosed as error:
            if error.code in REFUSALS:
                raise SettingsError(REFUSALS[error.code]) from None
            raise
        finally:
            told.cancel()
            with suppress(TimeoutError):
                await asyncio.wait_for(client.finish(), FINISH)
            with suppress(TimeoutError, aiohttp.ClientError):
                await asyncio.wait_for(client.leave(), CLOSE)
            connection.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await connection
