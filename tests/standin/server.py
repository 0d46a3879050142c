"""The stand-in itself: a Discord on the loopback interface, for one bot.

async with Standin() as discord:
    guild = discord.add_guild("Room")
    ana = guild.add_member(discord.add_person("ana"))
    ...  # start the bot with discord.token, discord.api_url and discord.gateway_url
    await discord.ready()
    exchange = await ana.slash(guild.add_channel("general"), "find", words="raids")
    assert "raids" in exchange.message.text
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from fnmatch import fnmatchcase
from itertools import count
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.standin import schema
from tests.standin.commands import Commands
from tests.standin.faults import Faults
from tests.standin.files import Files
from tests.standin.gateway import Gateway
from tests.standin.interactions import DidNotRespondError, Exchange
from tests.standin.listener import HOST, Listener
from tests.standin.messages import Message
from tests.standin.pacing import Limits
from tests.standin.people import Person
from tests.standin.refusals import RefusedError
from tests.standin.rest import BASE, Request, Rest
from tests.standin.snowflakes import snowflake
from tests.standin.world import FIRST_GUILD, Channel, Guild, User

ANSWER_WITHIN = 3.0  # seconds
REVOKED = ""  # no token is valid


class ViolationError(AssertionError):
    """The bot sent what Discord's description does not allow, or asked for a route that is not there."""


class Standin:
    """A Discord with one application. See the README beside this module.

    `shards` and `session_start_limit` are what `GET /gateway/bot` recommends. `patience` is how long an
    interaction waits for its first answer, in seconds. `validate=False` spares the check against Discord's
    description. Leaving the context raises `ViolationError` if there are `violations` or `unknown_routes`.
    """

    def __init__(self, *, validate: bool = True, shards: int = 1) -> None:
        self.shards = shards
        self.session_start_limit = {
            "total": 1000,
            "remaining": 1000,
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        self.patience = ANSWER_WITHIN
        self.application_id = snowflake()
        self.token = self.valid_token = f"standin.{self.application_id}.token"
        self.app = User(self, "infobot", bot=True, id=self.application_id)
        self.owner = User(self, "owner")
        self.persons: list[Person] = []
        self.guilds: list[Guild] = []
        self.channels: dict[int, Channel] = {}
        self.exchanges: dict[str, Exchange] = {}
        self.nonces: dict[str, tuple[Message, float]] = {}
        self.nonce_memory = 180.0  # seconds: "a few minutes" are three at least
        self.files = Files(self)
        self.commands = Commands(self.application_id)
        self.faults = Faults()
        self.limits = Limits()
        self.requests: list[Request] = []
        self.refusals: list[RefusedError] = []
        self.violations: list[str] = []
        self.unknown_routes: list[str] = []
        self.schema = schema.load(schema.description()) if validate else None
        self.gateway = Gateway(self)
        self._guild_ids = count(FIRST_GUILD)
        self._change = asyncio.Event()
        self._rest = Listener(Rest(self, self.schema).application())
        sockets = web.Application()
        sockets.router.add_get("/", self.gateway.handle)
        self._sockets = Listener(sockets)
        self._cdn = Listener(self.files.application())

    @property
    def api_url(self) -> str:
        """For `discord.http.Route.BASE`."""
        return f"http://{HOST}:{self._rest.port}{BASE}"

    @property
    def gateway_url(self) -> str:
        """For `discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY` (as a `yarl.URL`)."""
        return f"ws://{HOST}:{self._sockets.port}/"

    @property
    def cdn_url(self) -> str:
        """Where files are downloaded from."""
        return f"http://{HOST}:{self._cdn.port}"

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._rest.close()
        await self._sockets.close()
        await self._cdn.close()
        if kind is None and (wrong := [*self.violations, *self.unknown_routes]):
            raise ViolationError("\n".join(wrong))

    async def up(self) -> None:
        """Be there (again), at the same addresses."""
        await self._rest.up()
        await self._sockets.up()
        await self._cdn.up()

    async def down(self, *, rest: bool = True, gateway: bool = True) -> None:
        """Refuse connections to one or both and end those there are. Sessions can be resumed later."""
        if rest:
            await self._rest.down()
        if gateway:
            await self.gateway.drop()
            await self._sockets.down()

    async def revoke_token(self) -> None:
        """Make the token worthless: 401 for every request, and 4004 on the gateway."""
        self.valid_token = REVOKED
        await self.gateway.drop(resumable=False, code=4004)

    # People and places

    @property
    def people(self) -> list[User]:
        """Everybody with an account, the bot included."""
        return [*self.persons, self.app]

    def add_guild(
        self, name: str, *, locale: str = "en-US", installed: bool = True, permissions: int | None = None
    ) -> Guild:
        """A server; `permissions` are the bot's, `MEMBER` unless given. A running bot hears of it."""
        guild = Guild(self, name, next(self._guild_ids) << 22, locale, installed)
        if permissions is not None:
            guild.app_permissions = permissions
            guild.members[self.app.id] = int(permissions)
        self.guilds.append(guild)
        guild.invite()
        return guild

    def add_person(self, name: str, *, locale: str = "en-US", user_install: bool = True) -> Person:
        """Somebody; `locale` is the language of her Discord, one of Discord's codes."""
        self.persons.append(person := Person(self, name, locale, user_install=user_install))
        return person

    def direct_channel(self, person: User) -> Channel:
        """The bot's direct messages with somebody."""
        for channel in self.channels.values():
            if channel.type == 1 and set(channel.recipients) == {person, self.app}:
                return channel
        return self.keep(Channel(self, 1, None, recipients=(person, self.app)))

    def private_channel(self, *people: User) -> Channel:
        """Direct messages of two people, or a group of more, which the bot is no part of."""
        return self.keep(Channel(self, 1 if len(people) == 2 else 3, None, recipients=people))

    def keep(self, channel: Channel) -> Channel:
        """Make a channel known."""
        self.channels[channel.id] = channel
        return channel

    # What happens

    def created(self, message: Message) -> None:
        """Tell the bot of a new message."""
        self._tell("MESSAGE_CREATE", message)

    def edited(self, message: Message) -> None:
        """Tell the bot of a changed message."""
        message.edited_at = time.time()
        self._tell("MESSAGE_UPDATE", message)

    def deleted(self, message: Message) -> None:
        """Take a message away and tell the bot."""
        message.channel.stored.remove(message)
        message.deleted = True
        self._tell("MESSAGE_DELETE", message)

    def _tell(self, event: str, message: Message) -> None:
        guild = message.channel.guild
        here = guild.installed if guild else message.channel.context == 1
        if here and not message.ephemeral:
            readable = guild is None or message.author is self.app or f"<@{self.app.id}>" in message.content
            data = {**message.json(), **message.event(guild)}
            self.gateway.message(event, data, guild_id=guild.id if guild else None, readable=readable)
        self.changed()

    async def interact(self, exchange: Exchange) -> Exchange:
        """Bring an interaction to the bot and wait for its answer. Raises `DidNotRespondError`."""
        lateness = self.faults.take_lateness()
        exchange.started -= lateness
        if lateness:
            exchange.id = snowflake(time.time() - lateness)
        self.exchanges[exchange.token] = exchange
        guild = exchange.channel.guild
        self.gateway.dispatch(
            "INTERACTION_CREATE",
            exchange.json(),
            guild_id=guild.id if guild else None,
        )
        try:
            async with asyncio.timeout(max(0, self.patience - lateness)):
                await asyncio.shield(exchange.answered)
        except TimeoutError:
            raise DidNotRespondError(exchange) from None
        return exchange

    def expire(self, exchange: Exchange) -> None:
        """Let 15 minutes pass for one interaction: nothing more can be said through it."""
        exchange.expired = True

    # Waiting

    def record(self, request: Request) -> None:
        """Keep account of a request."""
        self.requests.append(request)
        self.changed()

    def changed(self) -> None:
        """Let those who wait look again."""
        self._change.set()
        self._change = asyncio.Event()

    async def until(self, condition: Callable[[], object], seconds: float = 10) -> None:
        """Wait until something is so. Raises `TimeoutError` after that many seconds."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self._change.wait()

    async def ready(self, shards: int = 1, *, seconds: float = 20) -> None:
        """Wait until so many shards are connected and identified."""
        await self.until(
            lambda: sum(bool(each.connection) for each in self.gateway.sessions.values()) >= shards, seconds
        )

    async def requested(
        self, method: str, path: str, times: int = 1, *, seconds: float = 10
    ) -> list[Request]:
        """Wait until such a request was made so many times since the start; path as in `faults`."""
        await self.until(lambda: len(self.made(method, path)) >= times, seconds)
        return self.made(method, path)

    def made(self, method: str, path: str) -> list[Request]:
        """The requests made with that method and a path of that pattern."""
        return [
            each
            for each in self.requests
            if fnmatchcase(each.method, method) and fnmatchcase(each.path, path)
        ]
