"""Servers, channels, and who may do what in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING

from tests.standin.refusals import JSON
from tests.standin.roles import Role, role_json
from tests.standin.snowflakes import snowflake

if TYPE_CHECKING:
    from tests.standin.messages import Message
    from tests.standin.people import Person
    from tests.standin.server import Standin

TEXT, ANNOUNCEMENT, ANNOUNCEMENT_THREAD, PUBLIC_THREAD, FORUM = 0, 5, 10, 11, 15  # channel types
THREADED = {TEXT, ANNOUNCEMENT}  # where a thread can be opened from a message
THREADS = {ANNOUNCEMENT_THREAD, PUBLIC_THREAD}
JOINED = "2024-01-01T00:00:00+00:00"


class Permissions(IntFlag):
    """The permissions that matter to a bot that talks."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50


ALL = (1 << 51) - 1
MEMBER = (
    Permissions.VIEW_CHANNEL
    | Permissions.SEND_MESSAGES
    | Permissions.EMBED_LINKS
    | Permissions.ATTACH_FILES
    | Permissions.READ_MESSAGE_HISTORY
    | Permissions.USE_APPLICATION_COMMANDS
    | Permissions.CREATE_PUBLIC_THREADS
    | Permissions.SEND_MESSAGES_IN_THREADS
    | Permissions.USE_EXTERNAL_APPS
)
MODERATOR = MEMBER | Permissions.MANAGE_GUILD | Permissions.MANAGE_MESSAGES
IN_DIRECT = (
    MEMBER | Permissions.MENTION_EVERYONE
)  # what Discord calls one's permissions where nobody grants any
FROM_OUTSIDE = Permissions.EMBED_LINKS | Permissions.ATTACH_FILES  # of an app that is not in the server

# A guild's shard is (id >> 22) % shards. 720720 is divisible by every number up to 16: the nth guild (from 0)
# is on shard n % shards, whatever the number of shards.
FIRST_GUILD = 720_720 * 500_000


@dataclass(eq=False)
class User:
    """An account: a person's or the bot's own; a `closed` one takes no direct messages from the bot."""

    discord: Standin = field(repr=False)
    name: str
    locale: str = "en-US"
    bot: bool = False
    closed: bool = False
    id: int = field(default_factory=snowflake)

    def json(self) -> JSON:
        """The user object."""
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.bot else self.name.title(),
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }

    def resolved(self) -> JSON:
        """The particulars that go with an interaction that names this user."""
        return {"users": {str(self.id): self.json()}}


@dataclass(eq=False)
class Guild:
    """A server. `installed` is False where the app is not in it: people bring it along (user install)."""

    discord: Standin = field(repr=False)
    name: str
    id: int
    locale: str = "en-US"
    installed: bool = True
    app_permissions: int = MEMBER
    channels: list[Channel] = field(default_factory=list)
    members: dict[int, int] = field(default_factory=dict)
    roles: dict[int, int] = field(default_factory=dict)
    named_roles: list[Role] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.installed:
            self._admit(self.discord.app, self.app_permissions)

    def add_channel(self, name: str, kind: int = TEXT) -> Channel:
        """A channel (`TEXT`, `ANNOUNCEMENT`, `FORUM`) where everybody may do what they may in the server."""
        channel = Channel(self.discord, kind, name, guild=self)
        self.channels.append(self.discord.keep(channel))
        self.announce("CHANNEL_CREATE", channel.json())
        return channel

    def add_role(self, name: str, *, mentionable: bool = True) -> Role:
        """A role without any permission."""
        self.named_roles.append(role := Role(self, name, mentionable))
        self.announce("GUILD_ROLE_CREATE", {"guild_id": str(self.id), "role": role.json()})
        return role

    def invite(self) -> None:
        """Tell the bot that it is in the server from now on, if it is; one that was expelled is so again."""
        if self.discord.app.id in self.members:
            self.installed = True
        self.announce(
            "GUILD_CREATE", {key: each for key, each in self.json().items() if key != "unavailable"}
        )

    def expel(self) -> None:
        """Remove the bot from the server, in its absence, too."""
        self.announce("GUILD_DELETE", {"id": str(self.id)})
        self.installed = False

    def fail(self) -> None:
        """Be unavailable because of an outage."""
        self.announce("GUILD_DELETE", {"id": str(self.id), "unavailable": True})

    def recover(self) -> None:
        """Be available again."""
        self.announce("GUILD_CREATE", self.json())

    def add_member(self, person: User, permissions: int = MEMBER) -> User:
        """Let somebody in, or change what she may do; `MODERATOR` holds the right to manage the server."""
        known = person.id in self.members
        self._admit(person, permissions)
        event = "GUILD_ROLE_UPDATE" if known else "GUILD_ROLE_CREATE"
        self.announce(event, {"guild_id": str(self.id), "role": self._role(person.id)})
        return person

    def _admit(self, user: User, permissions: int) -> None:
        self.members[user.id] = int(permissions)
        self.roles.setdefault(user.id, snowflake())

    def announce(self, event: str, data: JSON) -> None:
        """Tell the bot of a change, if it is here and wants to know of servers."""
        if self.installed:
            self.discord.gateway.dispatch(event, data, guild_id=self.id, intent=1)

    def _role(self, user_id: int) -> JSON:
        """Each member has a role of her own, so that the bot works out the same permissions as we do."""
        return role_json(self.roles[user_id], f"role of {user_id}", self.members[user_id])

    def member_json(self, user: User, channel: Channel | None = None) -> JSON:
        """The member object; in a channel with the permissions there."""
        member: JSON = {
            "user": user.json(),
            "roles": [str(self.roles[user.id])] if user.id in self.roles else [],
            "joined_at": JOINED,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
            "banner": None,
            "pending": False,
            "premium_since": None,
            "communication_disabled_until": None,
        }
        return member | {"permissions": str(channel.permissions_of(user))} if channel else member

    def json(self) -> JSON:
        """The guild as GUILD_CREATE brings it: of the members only the bot, which takes no intent."""
        everyone = role_json(self.id, "@everyone", 0)
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "owner_id": str(self.id),
            "preferred_locale": self.locale,
            "features": [],
            "roles": [everyone, *map(self._role, self.members), *(role.json() for role in self.named_roles)],
            "emojis": [],
            "stickers": [],
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "system_channel_id": None,
            "afk_timeout": 300,
            "joined_at": JOINED,
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [self.member_json(self.discord.app)],
            "channels": [each.json() for each in self.channels if each.type not in THREADS],
            "threads": [each.json() for each in self.channels if each.type in THREADS],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


@dataclass(eq=False)
class Channel:
    """A text channel (type 0), a direct one (1), one of a group (3), one for announcements (5), a forum (15).

    Threads are channels, too: of type 11, or 10 in a channel for announcements.
    """

    discord: Standin = field(repr=False)
    type: int
    name: str | None
    guild: Guild | None = None
    recipients: tuple[User, ...] = ()
    parent: Channel | None = None
    id: int = field(default_factory=snowflake)
    stored: list[Message] = field(default_factory=list, repr=False)
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def messages(self) -> list[Message]:
        """What everybody in the channel sees now, oldest first."""
        return [message for message in self.stored if message.viewer is None]

    @property
    def context(self) -> int:
        """Where this is, in Discord's terms: 0 a server, 1 the bot's direct messages, 2 a private channel."""
        return 0 if self.guild else 1 if self.discord.app in self.recipients else 2

    def permit(self, who: User | None, *, allow: int = 0, deny: int = 0) -> None:
        """Set what somebody, the bot (`discord.app`) or everybody (None) may or may not do here."""
        if self.guild is None:
            raise ValueError("permissions are set in servers only")
        self.overwrites[who.id if who else self.guild.id] = (int(allow), int(deny))
        self.guild.announce("CHANNEL_UPDATE", self.json())

    def delete(self) -> None:
        """Take the channel away, with its threads."""
        if self.guild is None:
            raise ValueError("only channels of servers are deleted")
        for thread in [each for each in self.guild.channels if each.parent is self]:
            thread.delete()
        self.guild.channels.remove(self)
        del self.discord.channels[self.id]
        self.guild.announce("THREAD_DELETE" if self.parent else "CHANNEL_DELETE", self.json())

    def permissions_of(self, user: User) -> int:
        """What somebody may do here: none of anything to who cannot see the channel."""
        if self.parent:
            return self.parent.permissions_of(user)
        if self.guild is None:
            return IN_DIRECT if user in self.recipients else 0
        if user is self.discord.app and not self.guild.installed:
            return FROM_OUTSIDE
        granted = self.guild.members.get(user.id, 0)
        if granted & Permissions.ADMINISTRATOR:
            return ALL
        for overwritten in (self.guild.id, user.id):
            allow, deny = self.overwrites.get(overwritten, (0, 0))
            granted = granted & ~deny | allow
        return granted if granted & Permissions.VIEW_CHANNEL else 0

    def seen_by(self, person: Person) -> list[Message]:
        """What one person sees here: nothing where she may not look, and nobody else's ephemeral messages."""
        if not self.permissions_of(person) & Permissions.VIEW_CHANNEL:
            return []
        return [message for message in self.stored if message.viewer in (None, person)]

    def json(self, *, viewer: User | None = None) -> JSON:
        """The channel object; for a `viewer` with her permissions, as an interaction carries it."""
        channel: JSON = {"id": str(self.id), "type": self.type, "flags": 0, "last_message_id": None}
        if self.guild is None:
            others = [user.json() for user in self.recipients if user is not self.discord.app]
            return channel | {"recipients": others, "name": self.name, "owner_id": None, "icon": None}
        channel |= {"guild_id": str(self.guild.id), "name": self.name, "rate_limit_per_user": 0}
        if self.parent:
            metadata = {
                "archived": False,
                "locked": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": JOINED,
            }
            channel |= {"parent_id": str(self.parent.id), "owner_id": str(self.discord.app.id)}
            channel |= {
                "thread_metadata": metadata,
                "message_count": 0,
                "member_count": 1,
                "total_message_sent": 0,
            }
        else:
            channel |= {"parent_id": None, "topic": None, "nsfw": False, "position": 0}
            channel |= {"permission_overwrites": list(self._overwrites_json(self.guild))}
        return channel | {"permissions": str(self.permissions_of(viewer))} if viewer else channel

    def _overwrites_json(self, guild: Guild) -> Iterable[JSON]:
        for whose, (allow, deny) in self.overwrites.items():
            kind = 0 if whose == guild.id else 1
            yield {"id": str(whose), "type": kind, "allow": str(allow), "deny": str(deny)}

    def resolved(self) -> JSON:
        """The particulars that go with an interaction that names this channel."""
        return {"channels": {str(self.id): self.json(viewer=self.discord.app)}}
