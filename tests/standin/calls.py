"""One request as the routes see it: what it asks for and whether that may be had."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.standin.files import FILE_LIMIT
from tests.standin.interactions import Exchange
from tests.standin.messages import Message
from tests.standin.refusals import JSON, Form, RefusedError, unknown
from tests.standin.world import Channel, Permissions

if TYPE_CHECKING:
    from tests.standin.server import Standin


@dataclass
class Call:
    """One request to one route. `exchange` is the interaction it is about, for the record of refusals."""

    discord: Standin
    request: web.Request
    body: Any = None
    files: dict[str, bytes] = field(default_factory=dict)
    exchange: Exchange | None = None

    async def read(self) -> None:
        """Take in what came with it: JSON, or that and files. Raises `RefusedError`."""
        if not self.request.can_read_body:
            return
        if self.request.content_type == "multipart/form-data":
            form = await self.request.post()
            text = str(form["payload_json"])
            uploads = [each for each in form.values() if isinstance(each, web.FileField)]
            self.files = {upload.filename: upload.file.read() for upload in uploads}
        else:
            text = await self.request.text()
        try:
            self.body = json.loads(text)
        except ValueError:
            raise RefusedError(400, 50109, "The request body contains invalid JSON.") from None

    @property
    def message_body(self) -> JSON:
        """The message in the body, its files with all that there is to know of them."""
        message: JSON = (self.body.get("data") if "type" in self.body else self.body) or {}
        if not (self.files or message.get("attachments")):
            return message
        if any(len(content) > FILE_LIMIT for content in self.files.values()):
            raise RefusedError(413, 40005, "Request entity too large")
        known = self.discord.files.known
        kept = [
            known[str(each["id"])] for each in message.get("attachments") or [] if str(each["id"]) in known
        ]
        kept += [self.discord.files.keep(name, content) for name, content in self.files.items()]
        return {**message, "attachments": kept}

    def number(self, name: str) -> int:
        """A snowflake of the path. Raises `RefusedError` where there stands something else."""
        value = self.request.match_info[name]
        if not value.isdecimal():
            form = Form()
            form.wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            form.close()
        return int(value)

    @property
    def guild(self) -> int | None:
        """The guild of the path, if it has one, where the app must be. Raises `RefusedError`."""
        if "guild_id" not in self.request.match_info:
            return None
        for guild in self.discord.guilds:
            if guild.id == self.number("guild_id") and guild.installed:
                return guild.id
        raise RefusedError(403, 50001, "Missing Access")

    def may(self, needed: Permissions = Permissions.VIEW_CHANNEL) -> Channel:
        """The channel of the path, where the bot must have these permissions. Raises `RefusedError`."""
        channel = self.discord.channels.get(self.number("channel_id"))
        if channel is None:
            raise unknown("Channel")
        granted = channel.permissions_of(self.discord.app)
        if not granted & Permissions.VIEW_CHANNEL:
            raise RefusedError(403, 50001, "Missing Access")
        if granted & needed != needed:
            raise RefusedError(403, 50013, "Missing Permissions")
        return channel

    def message(self, channel: Channel) -> Message:
        """The message of the path; ephemeral ones are not to be had this way. Raises `RefusedError`."""
        for message in channel.messages:
            if message.id == self.number("message_id"):
                return message
        raise unknown("Message")

    def own_message(self) -> Message:
        """The message of the path, which the bot must have written. Raises `RefusedError`."""
        message = self.message(self.may())
        if message.author is not self.discord.app:
            raise RefusedError(403, 50005, "Cannot edit a message authored by another user")
        return message
