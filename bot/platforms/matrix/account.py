"""Who the bot is on Matrix, and whom it listens to."""

from dataclasses import dataclass, field
from pathlib import Path

DAY = 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class Account:
    """What the settings say.

    Either `access_token` or `user_id` and `password` are given. With a token, `user_id` and `device_id` are
    what the token says and need not be given; where they are, they have to agree. With a password,
    `device_id` names the device that is made at the first login.

    `store_path` is a folder for the keys of the device and what else has to survive a restart; it belongs to
    this account alone and to one process at a time.

    `allow_invites_from` lists whose invites are accepted: users (`@name:example.org`), the servers of users
    (`example.org`), rooms (`!…`), or `*` for everybody. Empty, every invite is declined.

    `prefix` stands before a command, and `locale` is the language where nobody chose one.

    A command that arrives late is answered if it is not older than `grace` seconds. What belongs to a room
    that the bot was removed from is deleted after `purge_after` seconds. `publish_commands` describes the
    commands in the state of rooms where the bot has the power to (MSC4391).
    """

    homeserver: str
    store_path: Path
    user_id: str = ""
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    device_id: str = ""
    allow_invites_from: tuple[str, ...] = ()
    prefix: str = "!"
    locale: str = "en"
    grace: float = 600.0
    purge_after: float = 30 * DAY
    publish_commands: bool = False
