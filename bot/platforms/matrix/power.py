"""Who may moderate a room: by its power levels and, from room version 12 on, by who created it."""

from bot.platforms.matrix.client import Client
from bot.platforms.matrix.server import Json, RefusedError, TransientError, section

# https://spec.matrix.org/latest/rooms/v12/: before it, creators have no power but what the levels give them.
CREATORS_RULE = 12
BAN = 50  # the level to ban that holds where a room says nothing


class Power:
    """The power of people in rooms, asked with every command that needs it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def may_moderate(self, room_id: str, user_id: str) -> bool:
        """Whether somebody may ban others from a room and is set above its ordinary members.

        What the last sync says can only deny it. Before it is granted, the homeserver is asked anew: a sync
        may have shown an event that did not become the room's state. Where it cannot be asked, it is denied.
        """
        create = self._client.state(room_id, "m.room.create")
        levels = self._client.state(room_id, "m.room.power_levels")
        if create is None or not is_moderator(create, section(levels, "content"), user_id):
            return False
        try:
            current = await self._client.call("GET", "rooms", room_id, "state", "m.room.power_levels", "")
        except RefusedError as error:
            if error.status != 404:
                return False
            current = {}
        except TransientError:
            return False
        return is_moderator(create, current, user_id)


def is_moderator(create: Json, levels: Json, user_id: str) -> bool:
    """Whether somebody is a moderator, by the `m.room.create` event and the content of the power levels."""
    version = str(section(create, "content").get("room_version", "1"))
    # An unstable version, such as org.example.12, may have been made from any other.
    if version.isdecimal() and int(version) >= CREATORS_RULE and user_id in _creators(create):
        return True
    ordinary = _level(levels.get("users_default"), 0)
    users = section(levels, "users")
    if not levels and user_id in _creators(create):
        return True
    level = _level(users.get(user_id), ordinary)
    return level >= _level(levels.get("ban"), BAN) and level > ordinary


def _creators(create: Json) -> set[str]:
    """Until version 11 the event named its creator, which is its sender all the same."""
    more = section(create, "content").get("additional_creators")
    return {str(create.get("sender")), *(str(each) for each in (more if isinstance(more, list) else ()))}


def _level(value: object, otherwise: int) -> int:
    """Old rooms may have numbers as text."""
    try:
        return int(value) if isinstance(value, int | str) else otherwise
    except ValueError:
        return otherwise
