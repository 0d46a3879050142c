"""Direct rooms: where somebody is answered who does not want others to read along.

Which rooms those are, and who wants to be answered there always, stands in the account's own data on the
homeserver: the first as `m.direct`, where every client keeps it. Here is only what was last read of both.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.platforms.matrix.homeserver import Homeserver, Json
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import RefusedError

DIRECT = "m.direct"
PRIVATE = "org.infoshop.private"
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
HERE = {"join", "invite"}


class DirectRooms:
    """The direct rooms of this account. Its methods raise what those of `Homeserver` do.

    Questions of one person are to come one at a time, or two rooms may be made for the two first ones.
    """

    def __init__(self, server: Homeserver) -> None:
        self._server = server
        self._kept: dict[str, Json] = {}
        self._writing = asyncio.Lock()

    async def wants_private(self, person: str) -> bool:
        """Whether somebody asked to be answered in a direct room always."""
        return person in _strings((await self._read(PRIVATE)).get("people"))

    async def prefer(self, person: str, *, private: bool) -> None:
        """Answer somebody in a direct room from now on, or no longer."""
        kept = await self._read(PRIVATE)
        people = set(_strings(kept.get("people")))
        if (person in people) != private:
            kept["people"] = sorted(people ^ {person})
            await self._write(PRIVATE)

    async def room_with(self, person: str) -> tuple[str, bool]:
        """The direct room with somebody, and whether they have joined it; made or mended where need be.

        It is one in which nobody else is, nor is invited. Raises `RefusedError` where they cannot be invited.
        """
        for room_id in _strings((await self._read(DIRECT)).get(person)):
            members = await self._members(room_id)
            others = {who for who, membership in members.items() if membership in HERE}
            if others - {person} == {self._server.user_id} and members.get(person) != "ban":
                if person not in others:
                    invite = partial(self._server.call, "POST", "rooms", room_id, "invite")
                    await insist(self._server.trouble, partial(invite, body={"user_id": person}))
                return room_id, members.get(person) == "join"
        return await self._make(person), False

    async def remember(self, person: str, room_id: str) -> None:
        """Take a room in which nobody else is for the direct room with somebody, if there is none yet."""
        known = await self._read(DIRECT)
        if not _strings(known.get(person)):
            known[person] = [room_id]
            await self._write(DIRECT)

    async def _make(self, person: str) -> str:
        # Not insisted on: what seemed to fail may have made a room, and two of them would be one too many.
        wanted = {
            "preset": "trusted_private_chat",
            "is_direct": True,
            "invite": [person],
            "initial_state": [ENCRYPTION],
        }
        made = await self._server.call("POST", "createRoom", body=wanted)
        room_id = str(made["room_id"])
        known = await self._read(DIRECT)
        known[person] = [room_id, *_strings(known.get(person))]
        await self._write(DIRECT)
        return room_id

    async def _members(self, room_id: str) -> Mapping[str, str]:
        """The membership of everybody who ever was in a room; nobody's where we are not in it ourselves."""
        try:
            told = await insist(
                self._server.trouble, partial(self._server.call, "GET", "rooms", room_id, "members")
            )
        except RefusedError:
            return {}
        members = {each["state_key"]: each["content"]["membership"] for each in told["chunk"]}
        return members if members.get(self._server.user_id) == "join" else {}

    async def _read(self, kind: str) -> dict[str, Any]:
        if kind not in self._kept:
            try:
                read = partial(self._server.call, "GET", "user", self._server.user_id, "account_data", kind)
                kept = await insist(self._server.trouble, read)
            except RefusedError as error:
                if error.status != 404:
                    raise
                kept = {}
            self._kept.setdefault(kind, kept)
        return self._kept[kind]

    async def _write(self, kind: str) -> None:
        async with self._writing:  # one after another, so that what is written last is whole
            write = partial(self._server.call, "PUT", "user", self._server.user_id, "account_data", kind)
            await insist(self._server.trouble, partial(write, body=self._kept[kind]))


def _strings(values: object) -> list[str]:
    return [each for each in values if isinstance(each, str)] if isinstance(values, list) else []
