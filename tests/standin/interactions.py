"""One interaction from its beginning to its end: what a person did, and what the bot made of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.standin.components import check_modal
from tests.standin.files import FILE_LIMIT
from tests.standin.limits import ANSWERABLE, EDITABLE, Flags, check_choices, check_message
from tests.standin.messages import Message
from tests.standin.refusals import JSON, Form, RefusedError, unknown
from tests.standin.snowflakes import snowflake
from tests.standin.world import Channel, Permissions

if TYPE_CHECKING:
    from tests.standin.people import Person

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
SAY, THINK, ACKNOWLEDGE, UPDATE, COMPLETE, ASK = 4, 5, 6, 7, 8, 9  # ways to answer (callback types)
FOLLOW_UPS_FROM_OUTSIDE = 5


class DidNotRespondError(Exception):
    """What Discord shows as "The application did not respond". The `exchange` may go on all the same."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(f"no answer to an interaction of type {exchange.type}; refused: {exchange.refusals}")
        self.exchange = exchange


@dataclass(eq=False)
class Modal:
    """A form that the bot opened for one person."""

    exchange: Exchange = field(repr=False)
    json: JSON
    submitted: bool = False

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.json["title"])


@dataclass(eq=False)
class Exchange:
    """An interaction. `answer` is the callback type the bot chose, None as long as it has not answered.

    `original` is the message that the answer made or (types 6 and 7) the one with the component. `refusals`
    are the bot's requests about this interaction that were refused.
    """

    type: int
    person: Person
    channel: Channel
    data: JSON
    owners: JSON
    source: Message | None = None
    started: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    id: int = field(default_factory=snowflake)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    answer: int | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[JSON] = field(default_factory=list)
    modal: Modal | None = None
    refusals: list[RefusedError] = field(default_factory=list)
    expired: bool = False
    waiting: bool = False
    answered: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def message(self) -> Message:
        """The first message there is of the answer."""
        if not self.messages:
            raise LookupError(f"no message came of it (answered with {self.answer}, {self.refusals})")
        return self.messages[0]

    @property
    def messages(self) -> list[Message]:
        """The messages of the answer that are still there: the first one, then the follow-ups."""
        made = [self.original] if self.original else []
        return [message for message in (*made, *self.followups) if not message.deleted]

    async def settled(self, seconds: float = 10) -> Exchange:
        """Wait until nothing is announced any more: a bot that was thinking has said something.

        Raises `TimeoutError` after that many seconds.
        """
        await self.channel.discord.until(lambda: self.answer is not None and not self.waiting, seconds)
        return self

    async def followed(self, count: int = 1, seconds: float = 10) -> Exchange:
        """Wait for so many follow-ups. Raises `TimeoutError` after that many seconds."""
        await self.channel.discord.until(lambda: len(self.followups) >= count, seconds)
        return self

    def metadata(self) -> JSON:
        """Where a message came from: the interaction_metadata of the message object."""
        metadata: JSON = {"id": str(self.id), "type": self.type, "user": self.person.json()}
        metadata["authorizing_integration_owners"] = self.owners
        return metadata | ({"interacted_message_id": str(self.source.id)} if self.source else {})

    def json(self) -> JSON:
        """The interaction object."""
        discord, channel, guild = self.channel.discord, self.channel, self.channel.guild
        interaction: JSON = {
            "id": str(self.id),
            "application_id": str(discord.application_id),
            "type": self.type,
            "token": self.token,
            "version": 1,
            "locale": self.person.locale,
            "context": channel.context,
            "channel": channel.json(viewer=self.person),
            "channel_id": str(channel.id),
            "app_permissions": str(channel.permissions_of(discord.app)),
            "authorizing_integration_owners": self.owners,
            "entitlements": [],
            "attachment_size_limit": FILE_LIMIT,
            "data": self.data,
        }
        if self.source:
            interaction["message"] = self.source.json()
        if guild is None:
            return interaction | {"user": self.person.json()}
        return interaction | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": guild.member_json(self.person, channel),
        }

    def respond(self, body: JSON) -> None:
        """The bot's one answer. Raises `RefusedError`."""
        discord = self.channel.discord
        late = asyncio.get_running_loop().time() - self.started > discord.patience
        if self.answer is None and (late or self.expired):
            raise unknown("Interaction")
        if self.answer is not None:
            raise RefusedError(400, 40060, "Interaction has already been acknowledged.")
        kind: Any = body.get("type")
        data = body.get("data") or {}
        ways = self._ways()
        if kind not in ways:
            form = Form()
            form.one_of(("type",), kind, set(ways))
            form.close()
        ways[kind](data)
        self.answer = kind
        if not self.answered.done():
            self.answered.set_result(None)

    def _ways(self) -> dict[int, Callable[[JSON], None]]:
        """The ways in which this interaction can be answered."""
        if self.type == AUTOCOMPLETE:
            return {COMPLETE: self._complete}
        ways: dict[int, Callable[[JSON], None]] = {SAY: self._speak, THINK: self._think}
        if self.type != MODAL_SUBMIT:
            ways[ASK] = self._ask
        if self.source:
            ways |= {ACKNOWLEDGE: self._acknowledge, UPDATE: self._update}
        return ways

    def _speak(self, data: JSON) -> None:
        self.original = self._say(data, ("data",))

    def _acknowledge(self, _: JSON) -> None:
        self.original, self.waiting = self.source, True

    def _update(self, data: JSON) -> None:
        if self.source:
            self._change(self.source, data, ("data",))
            self.original = self.source

    def _complete(self, data: JSON) -> None:
        check_choices(data.get("choices") or [])
        self.choices = data.get("choices") or []

    def _ask(self, data: JSON) -> None:
        form = Form()
        check_modal(form, ("data",), data)
        form.close()
        self.modal = Modal(self, data)

    def _think(self, data: JSON) -> None:
        if (flags := Flags(data.get("flags") or 0)) & ~Flags.EPHEMERAL:
            form = Form()
            form.wrong(("data", "flags"), "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL can be set when deferring")
            form.close()
        self.original = self._new(flags | Flags.LOADING)
        self.waiting = True

    def _say(self, data: JSON, path: tuple[str, ...] = ()) -> Message:
        check_message(data, ANSWERABLE, path=path)
        message = self._new(Flags(data.get("flags") or 0))
        message.update(data)
        self.channel.discord.created(message)
        return message

    def _new(self, flags: Flags) -> Message:
        """A message of this interaction, visible to everybody only where that is allowed."""
        outside = self.channel.guild is not None and "0" not in self.owners
        if outside and not self.channel.permissions_of(self.person) & Permissions.USE_EXTERNAL_APPS:
            flags |= Flags.EPHEMERAL
        viewer = self.person if flags & Flags.EPHEMERAL else None
        message = Message(self.channel, self.channel.discord.app, flags=flags, exchange=self, viewer=viewer)
        self.channel.stored.append(message)
        return message

    def _change(self, message: Message, data: JSON, path: tuple[str, ...] = ()) -> None:
        check_message(data, EDITABLE, path=path, before=message.as_body())
        message.flags &= ~Flags.LOADING
        message.update(data)
        self.channel.discord.edited(message)
        self.waiting = False

    def check_alive(self) -> None:
        """Raise `RefusedError` if nothing more can be said through this interaction."""
        if self.expired:
            raise RefusedError(401, 50027, "Invalid Webhook Token")
        if self.answer is None:
            raise unknown("Webhook")

    def follow_up(self, data: JSON) -> Message:
        """Say something more. The first time after "thinking" this is what was thought of."""
        self.check_alive()
        if self.original and self.original.loading:
            flags = (data.get("flags") or 0) & ~Flags.EPHEMERAL
            check_message(data, ANSWERABLE)
            self._change(self.original, {**data, "flags": int(flags)})
            return self.original
        if "0" not in self.owners and self.channel.guild and len(self.followups) >= FOLLOW_UPS_FROM_OUTSIDE:
            reason = "This interaction has reached the maximum number of follow up messages that can be sent"
            raise RefusedError(400, 40094, reason)
        message = self._say(data)
        self.followups.append(message)
        self.waiting = False
        return message

    def find(self, message_id: str) -> Message:
        """One of the messages of this interaction; `@original` is the first. Raises `RefusedError`."""
        self.check_alive()
        for message in self.messages:
            if str(message.id) == message_id or (message_id == "@original" and message is self.original):
                return message
        raise unknown("Message")

    def edit(self, message_id: str, data: JSON) -> Message:
        """Change a message of this interaction."""
        message = self.find(message_id)
        self._change(message, data)
        return message

    def delete(self, message_id: str) -> None:
        """Take a message of this interaction away."""
        self.channel.discord.deleted(self.find(message_id))
        self.waiting = False
