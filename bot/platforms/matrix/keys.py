"""The keys of end-to-end encryption: publishing ours, learning others', sharing those of rooms.

Which devices get the key of a room: all that its members have, whether they were verified or not ("trust on
first use"). A bot has nobody who could compare fingerprints for each member, and to leave a device out means
that its owner reads nothing. A device's identity key is kept from the first time it is seen, and another one
for the same device is not believed. The other way round, a message counts as its sender's only if the key it
was encrypted with came from a device of theirs.

A room key that another device asks for would only be given, by nio, to devices of our own account that were
verified here; as nothing here verifies any, nobody's request is answered.
"""

import asyncio
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import nio
import structlog

from bot.platforms.matrix.server import Json, RefusedError, Server, TransientError, section

MEGOLM = "m.megolm.v1.aes-sha2"
REMOTE = 5_000  # milliseconds that the homeserver may wait for other servers
RECENT = 5  # keys of one device in one room that are kept; it writes with the last one
THIN_OUT = 86_400.0  # seconds
LEFT_ALONE = (
    600.0  # seconds until a user whose server did not answer, or a device without keys, is asked again
)

Letters = tuple[set[tuple[str, str]], Json]
"""Users with their devices, and what to send to them."""

log = structlog.get_logger()


class Keys:
    """The keys of one device. `machine` is a `nio.Client` whose store is loaded."""

    def __init__(self, server: Server, machine: Any) -> None:  # noqa: ANN401 - nio has no types
        self._server = server
        self._machine = machine
        self._olm = machine.olm
        self._turn = asyncio.Lock()
        self._asleep: dict[str, float] = {}  # users whose server did not answer, and when to ask again
        self._thin_at = 0.0  # when to thin out the keys of others, by the monotonic clock
        self._owed: dict[str, float] = {}  # rooms with devices that could not be given the key, likewise
        # What a sync says: one-time keys left at the homeserver, and whether the key for when none is left is
        # unused.
        self.count: int | None = None
        self.has_fallback: bool | None = None

    @property
    def curve25519(self) -> str:
        """The identity key of this device."""
        return str(self._olm.account.identity_keys["curve25519"])

    @property
    def ed25519(self) -> str:
        """The fingerprint of this device."""
        return str(self._olm.account.identity_keys["ed25519"])

    async def upkeep(self) -> None:
        """Do what a sync left to do: upload one-time keys, learn of devices, repair sessions.

        Raises:
            TransientError, RefusedError: What is left is done the next time.
        """
        async with self._turn:
            self._thin_out()
            await self._publish()
            await self._look_up(self._olm.users_for_key_query)
            if self._machine.should_claim_keys:
                await self._claim(self._machine.get_users_for_key_claiming())
                # A device that has no key left stays mute until it uploads new ones, and is not asked for
                # ever.
                self._olm.wedged_devices.clear()
                self._olm.key_request_devices_no_session.clear()
                self._olm.key_requests_waiting_for_session.clear()
            self._olm.key_request_from_untrusted.clear()
            for message in list(self._olm.outgoing_to_device_messages):
                await self._deliver(message.type, message.as_dict())
                self._machine.receive_response(nio.ToDeviceResponse(message))

    async def republish(self) -> None:
        """Upload the keys of this device again: the homeserver has lost them."""
        self._olm.account.shared = False
        async with self._turn:
            await self._publish()

    async def share(self, room_id: str) -> None:
        """See to it that every device in a room has the key of what we say in it next.

        Raises:
            TransientError, RefusedError: Not all of them have; what was done is not done again.
        """
        async with self._turn:
            while not await self._shared(room_id):
                pass

    def decrypt(self, room_id: str, raw: Json) -> Json | None:
        """The clear event inside one that is encrypted; None where the keys for that are missing."""
        content = dict(raw["content"])
        session = self._session(room_id, content.get("session_id"), raw["sender"])
        if session is None and content.get("algorithm") != MEGOLM:
            return None
        if session is not None and not self._is_theirs(raw["sender"], session):
            # Not even tried: nio would remember it as read, and refuse the event that it was copied from.
            self._olm.users_for_key_query.add(raw["sender"])
            return None
        # Both are deprecated (MSC3700), so that one day nobody sends them any more; and not to be believed.
        content.setdefault("device_id", "")
        content["sender_key"] = session.sender_key if session else content.get("sender_key", "")
        try:
            event = nio.MegolmEvent.from_dict({**raw, "room_id": room_id, "content": content})
            if not isinstance(event, nio.MegolmEvent):
                return None
            clear = self._machine.decrypt_event(event)
        except Exception as error:  # noqa: BLE001 - strangers write events, and nio checks only some of them
            if not isinstance(error, nio.EncryptionError):
                log.warning("event left out", platform="matrix", error=type(error).__name__)
            return None
        source = getattr(clear, "source", None)
        return source if isinstance(source, dict) else None

    def can_decrypt(self, room_id: str, raw: Json) -> bool:
        """Whether the key of an encrypted event has arrived, so that to decrypt it is worth another try."""
        session = self._session(room_id, raw["content"].get("session_id"), raw["sender"])
        return session is not None and self._is_theirs(raw["sender"], session)

    def forget(self, room_id: str) -> None:
        """Delete the keys of what was said in a room."""
        self._olm.outbound_group_sessions.pop(room_id, None)
        self._olm.inbound_group_store[room_id].clear()
        self._delete(nio.store.MegolmInboundSessions.room_id == room_id)

    def _thin_out(self) -> None:
        """Once a day, delete keys that others' devices do not write with any more.

        What was said with them was answered long ago; kept, they could open it for whoever gets hold of the
        folder.
        """
        if time.monotonic() < self._thin_at:
            return
        self._thin_at = time.monotonic() + THIN_OUT
        model = nio.store.MegolmInboundSessions
        for senders in self._olm.inbound_group_store._entries.values():  # noqa: SLF001 - there is no other way
            for sender_key, sessions in senders.items():
                # In the order in which they came, in memory as in the table.
                worn = list(sessions)[: -RECENT if sender_key != self.curve25519 else 0]
                for session_id in worn:
                    del sessions[session_id]
                if worn:
                    # By sender, too: what somebody passed on has the id of another's, who still uses it.
                    self._delete((model.sender_key == sender_key) & model.session_id.in_(worn))

    def _delete(self, where: object) -> None:
        store = self._machine.store
        with store.database.bind_ctx(store.models):
            store.database.pragma("secure_delete", 1)  # or SQLite leaves them in the file
            nio.store.MegolmInboundSessions.delete().where(where).execute()

    def _session(self, room_id: str, session_id: object, sender: str) -> Any | None:  # noqa: ANN401 - nio has no types
        """The session of that id, the sender's own if there is one: any member may pass on another's key."""
        stored = self._olm.inbound_group_store[room_id].values()
        found = [sessions[session_id] for sessions in stored if session_id in sessions]
        theirs = (session for session in found if self._is_theirs(sender, session))
        return next(theirs, found[0] if found else None)

    def _is_theirs(self, sender: str, session: Any) -> bool:  # noqa: ANN401 - nio has no types
        """Whether a session was started by a device of the sender. The homeserver could tell us anything."""
        if sender == self._machine.user_id and session.sender_key == self.curve25519:
            return True
        # A device that has been removed since was theirs when it spoke.
        return any(
            device.curve25519 == session.sender_key and device.ed25519 == session.ed25519
            for device in self._olm.device_store[sender].values()
        )

    async def _publish(self) -> None:
        account = self._olm.account
        body: Json = {}
        if not account.shared or (self.count is not None and self.count <= account.max_one_time_keys // 2):
            self._olm.uploaded_key_count = self.count or 0
            body = self._olm.share_keys()
        if not account.shared or self.has_fallback is False:
            body["fallback_keys"] = self._fallback()
        if not body:
            return
        # Whoever uses one of them must find that we know its other half, even if we are killed before the
        # answer.
        self._olm.save_account()
        told = await self._server.call("POST", "keys", "upload", body=body)
        self._machine.receive_response(nio.KeysUploadResponse.from_dict(told))
        self.count, self.has_fallback = self._olm.uploaded_key_count, True

    def _fallback(self) -> Json:
        """A key that is given out when no one-time key is left, as while we are down for long (MSC2732)."""
        account = self._olm.account._account  # noqa: SLF001 - nio knows no fallback keys, what it is made with does
        if not account.fallback_key:
            account.generate_fallback_key()
        keys: Json = {}
        for key_id, public in account.fallback_key.items():
            key: Json = {"key": public.to_base64(), "fallback": True}
            signature = self._olm.sign_json(key)
            signatures = {self._machine.user_id: {f"ed25519:{self._machine.device_id}": signature}}
            keys[f"signed_curve25519:{key_id}"] = {**key, "signatures": signatures}
        return keys

    async def _look_up(self, wanted: Iterable[str]) -> None:
        now = time.monotonic()
        self._asleep = {user: until for user, until in self._asleep.items() if until > now}
        pending: set[str] = self._olm.users_for_key_query
        asked = set(wanted) - self._asleep.keys()
        if not asked:
            return
        pending -= asked
        body: Json = {"device_keys": {user: [] for user in asked}, "timeout": REMOTE}
        try:
            told = await self._server.call("POST", "keys", "query", body=body)
        except (TransientError, RefusedError):
            pending |= asked
            raise
        found = section(told, "device_keys")
        changed_again = pending & asked
        for user, devices in found.items():
            self._receive(nio.KeysQueryResponse, {"device_keys": {user: devices}})
        silent = asked - found.keys()
        self._asleep.update(dict.fromkeys(silent, now + LEFT_ALONE))
        pending |= changed_again | silent

    async def _claim(self, wanted: Mapping[str, Iterable[str]]) -> None:
        """Start a session with each of the devices that gives us a key for it."""
        body: Json = {
            "one_time_keys": {
                user: dict.fromkeys(devices, "signed_curve25519") for user, devices in wanted.items()
            },
            "timeout": REMOTE,
        }
        told = await self._server.call("POST", "keys", "claim", body=body)
        with self._machine.store.database.atomic():  # or the disk is waited for with each of them
            for user, devices in section(told, "one_time_keys").items():
                for device, key in section(devices).items():
                    self._receive(nio.KeysClaimResponse, {"one_time_keys": {user: {device: key}}})

    def _receive(self, kind: Any, body: Json) -> None:  # noqa: ANN401 - nio has no types
        try:
            parsed = kind.from_dict(body)
            if isinstance(parsed, kind):
                self._machine.receive_response(parsed)
                return
            problem = "malformed"
        except Exception as error:  # noqa: BLE001 - strangers write keys, and nio checks only some of them
            problem = type(error).__name__
        log.warning("key left out", platform="matrix", error=problem)

    async def _shared(self, room_id: str) -> bool:
        """Share the key of a room. False where those who should have it changed meanwhile."""
        room, sessions = self._machine.rooms[room_id], self._olm.outbound_group_sessions
        await self._look_up(self._olm.users_for_key_query & room.users.keys())
        if not self._olm.should_share_group_session(room_id) and not self._is_owed(room_id):
            return True
        members = set(room.users)
        if missing := self._machine.get_missing_sessions(room_id):
            await self._claim(missing)
        letters = self._olm.share_group_session_parallel(
            room_id, list(members), ignore_unverified_devices=True
        )
        while some := self._next(letters):
            devices, body = some
            await self._deliver("m.room.encrypted", body)
            sessions[room_id].users_shared_with.update(devices)
        # A member who left must not read on, and one who came is to read along.
        if members != set(room.users) or self._olm.users_for_key_query & members - self._asleep.keys():
            sessions.pop(room_id, None)
            return False
        sessions[room_id].shared = True
        self._owed.pop(room_id, None)
        if self._machine.get_missing_sessions(room_id):
            self._owed[room_id] = time.monotonic() + LEFT_ALONE
        return True

    def _is_owed(self, room_id: str) -> bool:
        """Whether it is time to try again to give the key to devices that had none to encrypt it with."""
        if self._owed.get(room_id, float("inf")) > time.monotonic():
            return False
        self._olm.outbound_group_sessions[room_id].shared = False
        return True

    def _next(
        self, letters: Iterator[tuple[set[tuple[str, str]], Json]]
    ) -> tuple[set[tuple[str, str]], Json] | None:
        with self._machine.store.database.atomic():  # or the disk is waited for with each letter
            return next(letters, None)

    async def _deliver(self, kind: str, body: Json) -> None:
        await self._server.call("PUT", "sendToDevice", kind, secrets.token_hex(8), body=body)
