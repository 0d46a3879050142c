"""Messages as Discord stores them, and what a person would see and hear of them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.standin.components import Kind, walk
from tests.standin.limits import Flags, embed_texts
from tests.standin.refusals import JSON
from tests.standin.snowflakes import seconds, snowflake
from tests.standin.world import Channel, Guild, Permissions, User

if TYPE_CHECKING:
    from tests.standin.interactions import Exchange
    from tests.standin.people import Person

LINK = re.compile(r"(?<!<)https?://\S")
MENTION = re.compile(r"<@(&?)!?(\d+)>")
DEFAULT, REPLY, SLASH_ANSWER, MENU_ANSWER = 0, 19, 20, 23  # message types
NO_FLAGS = Flags(0)
PARSED = ("everyone", "users", "roles")


@dataclass(eq=False)
class Message:
    """A message. `viewer` is the only person who sees it, if it is ephemeral.

    `pings` are those whom it has notified: "@everyone", "@here", "@name", "@&role id".
    """

    channel: Channel
    author: User
    content: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    flags: Flags = NO_FLAGS
    nonce: str | int | None = None
    allowed_mentions: JSON | None = None
    reference: JSON | None = None
    exchange: Exchange | None = None
    viewer: Person | None = None
    edited_at: float | None = None
    pings: frozenset[str] = frozenset()
    deleted: bool = False
    id: int = field(default_factory=snowflake)

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return self.viewer is not None

    @property
    def loading(self) -> bool:
        """Whether it only says that the bot is thinking."""
        return Flags.LOADING in self.flags

    @property
    def unfurls(self) -> bool:
        """Whether a link in it would grow a preview."""
        quiet = self.flags & (Flags.SUPPRESS_EMBEDS | Flags.COMPONENTS_V2)
        return not quiet and bool(LINK.search(self.content))

    @property
    def text(self) -> str:
        """All there is to read, from top to bottom."""
        embedded = [text for embed in self.embeds for text in embed_texts(embed)]
        return "\n".join(filter(None, [self.content, *embedded, *self._displayed()]))

    @property
    def controls(self) -> list[JSON]:
        """Its buttons and select menus, in order."""
        return [
            each for _, each in walk(self.components) if each.get("custom_id") or each["type"] == Kind.BUTTON
        ]

    @property
    def labels(self) -> list[str]:
        """What stands on its buttons, in order."""
        return [str(each.get("label") or "") for each in self.controls if each["type"] == Kind.BUTTON]

    @property
    def files(self) -> dict[str, bytes]:
        """The files that are shown with it, by name: of components, those that one of them refers to."""
        shown = {
            str(each["file"]["url"]).removeprefix("attachment://")
            for _, each in walk(self.components)
            if each["type"] == Kind.FILE
        }
        contents = self.channel.discord.files.contents
        return {
            each["filename"]: contents[each["id"]]
            for each in self.attachments
            if each["filename"] in shown or Flags.COMPONENTS_V2 not in self.flags
        }

    def _displayed(self) -> Iterator[str]:
        return (str(each["content"]) for _, each in walk(self.components) if each["type"] == Kind.TEXT)

    def update(self, body: JSON) -> None:
        """Take over what a body (already found good) says; what it leaves out stays."""
        for key in ("content", "embeds", "components", "attachments"):
            if key in body:
                setattr(self, key, copy.deepcopy(body[key]) or ("" if key == "content" else []))
        _number(self.components)
        if body.get("flags") is not None:
            kept = self.flags & (Flags.EPHEMERAL | Flags.LOADING)
            self.flags = Flags(body["flags"]) & ~(Flags.EPHEMERAL | Flags.LOADING) | kept
        if "allowed_mentions" in body:
            self.allowed_mentions = body["allowed_mentions"]
        self.pings |= self._pinged()

    def _pinged(self) -> frozenset[str]:
        """Whom the text notifies, given `allowed_mentions`; without those, everybody it names."""
        text = "\n".join([self.content, *self._displayed()])
        allowed = self.allowed_mentions
        parse = PARSED if allowed is None else allowed.get("parse") or ()
        names = {str(user.id): user.name for user in self.channel.discord.people}
        named: dict[str, list[str]] = {
            key: [str(each) for each in (allowed or {}).get(key) or ()] for key in ("users", "roles")
        }
        pinged = {word for word in ("@everyone", "@here") if "everyone" in parse and word in text}
        for role, number in MENTION.findall(text):
            kind = "roles" if role else "users"
            if (kind in parse or number in named[kind]) and not (role and self._silent(number)):
                pinged.add(f"@{role}{number if role else names.get(number, number)}")
        replied = self.reference and (allowed is None or allowed.get("replied_user"))
        return frozenset(pinged | ({"@(author of the message replied to)"} if replied else set()))

    def _silent(self, role_id: str) -> bool:
        """Whether a mention of that role pings nobody; of an unknown one, it is assumed to ping."""
        guild = self.channel.guild
        roles = [role for role in guild.named_roles if str(role.id) == role_id] if guild else []
        if not roles or roles[0].mentionable:
            return False
        return not self.channel.permissions_of(self.author) & Permissions.MENTION_EVERYONE

    def as_body(self) -> JSON:
        """What an edit of it is laid over."""
        return {
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": self.attachments,
            "flags": int(self.flags),
        }

    def json(self, *, content: bool = True) -> JSON:
        """The message object; without its `content` as those get it who may not read it."""
        message: JSON = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": self._type(),
            "author": self.author.json(),
            "content": self.content if content else "",
            "embeds": self.embeds if content else [],
            "components": self.components if content else [],
            "attachments": self.attachments if content else [],
            "flags": int(self.flags),
            "timestamp": _stamp(seconds(self.id)),
            "edited_timestamp": _stamp(self.edited_at) if self.edited_at else None,
            "tts": False,
            "mention_everyone": bool({"@everyone", "@here"} & self.pings),
            "mentions": [],
            "mention_roles": [],
            "pinned": False,
        }
        if self.nonce is not None:
            message["nonce"] = self.nonce
        if self.reference:
            message["message_reference"] = self.reference
        if self.exchange:
            message |= {"webhook_id": str(self.author.id), "application_id": str(self.author.id)}
            message["interaction_metadata"] = self.exchange.metadata()
        return message

    def event(self, guild: Guild | None) -> JSON:
        """What MESSAGE_CREATE adds to the message object."""
        if guild is None:
            return {}
        return {"guild_id": str(guild.id), "member": guild.member_json(self.author)}

    def _type(self) -> int:
        if self.exchange and self.exchange.type == 2:
            return SLASH_ANSWER if self.exchange.data["type"] == 1 else MENU_ANSWER
        return REPLY if self.reference else DEFAULT


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _number(components: list[JSON]) -> None:
    """Give every component the id that Discord gives those without one."""
    every = [component for _, component in walk(components)]
    taken = {component.get("id") for component in every}
    free = (number for number in range(1, len(every) + len(taken) + 1) if number not in taken)
    for component in every:
        if not component.get("id"):
            component["id"] = next(free)
