"""What a member of rooms can do there, apart from talking: raw calls of the client-server API."""

from collections.abc import Iterable
from urllib.parse import quote
from uuid import uuid4

from tests.homeserver.wire import CLIENT, Json, Wire


class Member:
    """Somebody who is logged in."""

    def __init__(self, wire: Wire, user_id: str, device_id: str) -> None:
        self.wire = wire
        self.user_id = user_id
        self.device_id = device_id

    async def create_room(
        self,
        *,
        encrypted: bool = False,
        version: str | None = None,
        invite: Iterable[str] = (),
        direct: bool = False,
        power: Json | None = None,
        creators: Iterable[str] = (),
    ) -> str:
        """A new private room; returns its id.

        Args:
            encrypted: whether messages in it are to be.
            version: of the room; the homeserver's default otherwise, which is 12.
            invite: who is asked in at once.
            direct: whether it is meant for two.
            power: what the power levels shall say, over what the homeserver chooses.
            creators: who counts as a creator besides this person; only from version 12 on.
        """
        request: Json = {"preset": "private_chat", "invite": list(invite), "is_direct": direct}
        if encrypted:
            content = {"algorithm": "m.megolm.v1.aes-sha2"}
            request["initial_state"] = [{"type": "m.room.encryption", "state_key": "", "content": content}]
        if version is not None:
            request["room_version"] = version
        if power is not None:
            request["power_level_content_override"] = power
        if creators:
            request["creation_content"] = {"additional_creators": list(creators)}
        return str((await self.wire.call("POST", f"{CLIENT}/createRoom", request))["room_id"])

    async def invite(self, room_id: str, user_id: str) -> None:
        """Ask somebody in."""
        await self._room("POST", room_id, "invite", {"user_id": user_id})

    async def join(self, room_id: str) -> None:
        """Go in, invited or not."""
        await self._room("POST", room_id, "join")

    async def leave(self, room_id: str) -> None:
        """Go out, or decline an invitation."""
        await self._room("POST", room_id, "leave")

    async def kick(self, room_id: str, user_id: str) -> None:
        """Put somebody out, or take an invitation back."""
        await self._room("POST", room_id, "kick", {"user_id": user_id})

    async def ban(self, room_id: str, user_id: str) -> None:
        """Put somebody out for good."""
        await self._room("POST", room_id, "ban", {"user_id": user_id})

    async def members(self, room_id: str) -> dict[str, str]:
        """Who is or was in the room, and their membership: `join`, `invite`, `leave`, `ban`."""
        events = (await self._room("GET", room_id, "members"))["chunk"]
        return {event["state_key"]: event["content"]["membership"] for event in events}

    async def state(self, room_id: str, kind: str, key: str = "") -> Json:
        """The content of a state event.

        Raises:
            RefusedError: with code M_NOT_FOUND if there is none.
        """
        return await self._room("GET", room_id, f"state/{quote(kind)}/{quote(key, safe='')}")

    async def set_state(self, room_id: str, kind: str, content: Json, key: str = "") -> str:
        """Set a state event; returns its id."""
        path = f"state/{quote(kind)}/{quote(key, safe='')}"
        return str((await self._room("PUT", room_id, path, content))["event_id"])

    async def set_power(self, room_id: str, user_id: str, level: int) -> None:
        """Give somebody a power level."""
        levels = await self.state(room_id, "m.room.power_levels")
        levels.setdefault("users", {})[user_id] = level
        await self.set_state(room_id, "m.room.power_levels", levels)

    async def upgrade(self, room_id: str, version: str) -> str:
        """Replace the room by a new one, which its members have to join; returns the new room's id."""
        answer = await self._room("POST", room_id, "upgrade", {"new_version": version})
        return str(answer["replacement_room"])

    async def redact(self, room_id: str, event_id: str) -> str:
        """Take an event's content away; returns the id of the event that does it."""
        answer = await self._room("PUT", room_id, f"redact/{quote(event_id)}/{uuid4()}")
        return str(answer["event_id"])

    async def react(self, room_id: str, event_id: str, key: str) -> str:
        """Put a reaction to an event, which is never encrypted; returns its id."""
        content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event_id, "key": key}}
        return str((await self._room("PUT", room_id, f"send/m.reaction/{uuid4()}", content))["event_id"])

    async def _room(self, method: str, room_id: str, path: str, body: Json | None = None) -> Json:
        return await self.wire.call(method, f"{CLIENT}/rooms/{quote(room_id, safe='')}/{path}", body)
