"""How a person's device keeps its secrets: publishing keys, giving them to readers, reading what others send.

In strict mode it behaves as clients do that "exclude insecure devices" (MSC4153): a room's keys go only to
devices that their owners have signed, and what any other device writes is refused.
"""

from collections.abc import Iterable
from uuid import uuid4

from tests.homeserver.identity import Device, Identity
from tests.homeserver.megolm import Library, NoKeyError, Outbound, UnreadableError
from tests.homeserver.olm import MEGOLM, OwnDevice, WrongLetterError
from tests.homeserver.wire import CLIENT, Json, Wire

_ONE_TIME_KEYS = 50


class Encryption:
    """What a device needs to read and write in encrypted rooms. `turned_away` holds what it could not use."""

    def __init__(self, wire: Wire, own: OwnDevice, *, strict: bool) -> None:
        self.own = own
        self.turned_away: list[str] = []
        self._wire = wire
        self._strict = strict
        self._library = Library()
        self._outbound: dict[str, Outbound] = {}
        self._withheld: dict[tuple[str, str], str] = {}
        self._devices: dict[str, list[Device]] = {}

    async def publish(self) -> None:
        """Publish the keys of this device."""
        keys = {"device_keys": self.own.keys(), "one_time_keys": self.own.one_time_keys(_ONE_TIME_KEYS)}
        await self._wire.call("POST", f"{CLIENT}/keys/upload", keys)

    async def sign(self, identity: Identity) -> None:
        """Publish that its owner vouches for this device."""
        signed = {self.own.user_id: {self.own.device_id: identity.sign_device(self.own.keys())}}
        await self._wire.call("POST", f"{CLIENT}/keys/signatures/upload", signed)

    async def take(self, sync: Json) -> None:
        """Take in what a sync brought for this device: letters, and news of other devices."""
        for user_id in sync.get("device_lists", {}).get("changed", ()):
            self._devices.pop(user_id, None)
        for event in sync.get("to_device", {}).get("events", ()):
            content = event["content"]
            if event["type"] == "m.room_key.withheld":
                self._withheld[content["room_id"], content["session_id"]] = content["code"]
            elif event["type"] == "m.room.encrypted":
                self._open(event["sender"], content)
        left = sync.get("device_one_time_keys_count", {}).get("signed_curve25519", 0)
        if left < _ONE_TIME_KEYS // 2:
            keys = self.own.one_time_keys(_ONE_TIME_KEYS - left)
            await self._wire.call("POST", f"{CLIENT}/keys/upload", {"one_time_keys": keys})

    async def seal(self, room_id: str, members: Iterable[str], kind: str, content: Json) -> Json:
        """The content of an `m.room.encrypted` for the members of a room, who get the key for it first."""
        devices = {device for device in await self._query(members) if device.ed25519 != self.own.ed25519}
        readers = {device for device in devices if device.signed or not self._strict}
        outbound = self._outbound.get(room_id)
        if outbound is None or outbound.worn(readers):
            outbound = self._outbound[room_id] = Outbound()
            self._library.learn(self.own.note("m.room_key", outbound.key(room_id)))
            await self._tell_excluded(devices - readers, room_id, outbound)
        await self._share(outbound, readers - outbound.readers, room_id)
        sealed = outbound.write(room_id, kind, content)
        # Readers must not look at these two, but libraries in use still miss them.
        return {**sealed, "sender_key": self.own.curve25519, "device_id": self.own.device_id}

    async def read(self, room_id: str, event: Json) -> tuple[str, Json]:
        """The type and the content of what somebody wrote in an encrypted room.

        Raises:
            UnreadableError: if it cannot be read, is not from a device of its sender or, in strict mode,
                from one that its owner did not sign.
        """
        try:
            kind, content, letter = self._library.read(room_id, event)
        except NoKeyError:
            code = self._withheld.get((room_id, event["content"].get("session_id", "")))
            if code is None:
                raise
            raise NoKeyError(f"withheld: {code}") from None
        if letter.ed25519 == self.own.ed25519:
            return kind, content
        device = await self._find(letter.sender, letter.curve25519)
        if device is None or device.ed25519 != letter.ed25519:
            raise UnreadableError("not from a device of its sender")
        if self._strict and not device.signed:
            raise UnreadableError("unsigned device")
        return kind, content

    def _open(self, sender: str, content: Json) -> None:
        try:
            letter = self.own.read(sender, content)
            if letter.type == "m.room_key" and letter.content["algorithm"] == MEGOLM:
                self._library.learn(letter)
        except (WrongLetterError, UnreadableError) as error:
            self.turned_away.append(str(error))

    async def _find(self, user_id: str, curve25519: str) -> Device | None:
        """A device of somebody; who is not known, or not known to be signed, may be by now: ask."""
        known = _pick(self._devices.get(user_id, []), curve25519)
        if known is None or not known.signed:
            known = _pick(await self._query([user_id]), curve25519)
        return known

    async def _query(self, members: Iterable[str]) -> list[Device]:
        """Ask anew each time: then a device is known from the moment it is there, and tests need not wait."""
        wanted: Json = {user_id: [] for user_id in members}
        answer = await self._wire.call("POST", f"{CLIENT}/keys/query", {"device_keys": wanted})
        for user_id in wanted:
            found = (Device.parse(keys, answer) for keys in answer["device_keys"].get(user_id, {}).values())
            self._devices[user_id] = [device for device in found if device is not None]
        return [device for user_id in wanted for device in self._devices[user_id]]

    async def _share(self, outbound: Outbound, devices: set[Device], room_id: str) -> None:
        strangers = [device for device in devices if not self.own.knows(device)]
        if strangers:
            await self._begin(strangers)
        key = outbound.key(room_id)
        letters: dict[str, Json] = {}
        for device in devices:
            if self.own.knows(device):
                letter = self.own.write(device, "m.room_key", key)
                letters.setdefault(device.user_id, {})[device.device_id] = letter
                outbound.readers.add(device)
        if letters:
            await self._send_to_devices("m.room.encrypted", letters)

    async def _begin(self, strangers: list[Device]) -> None:
        wanted: dict[str, Json] = {}
        for device in strangers:
            wanted.setdefault(device.user_id, {})[device.device_id] = "signed_curve25519"
        answer = await self._wire.call("POST", f"{CLIENT}/keys/claim", {"one_time_keys": wanted})
        for device in strangers:
            claimed = answer["one_time_keys"].get(device.user_id, {}).get(device.device_id, {})
            if not any(self.own.begin(device, key) for key in claimed.values()):
                self.turned_away.append(
                    f"{device.user_id} {device.device_id} has no one-time key to begin with"
                )

    async def _tell_excluded(self, devices: set[Device], room_id: str, outbound: Outbound) -> None:
        if not devices:
            return
        notice = {
            "algorithm": MEGOLM,
            "room_id": room_id,
            "session_id": outbound.session.session_id,
            "sender_key": self.own.curve25519,
            "code": "m.unverified",
            "reason": "The device is not signed by its owner",
        }
        letters: dict[str, Json] = {}
        for device in devices:
            letters.setdefault(device.user_id, {})[device.device_id] = notice
        await self._send_to_devices("m.room_key.withheld", letters)

    async def _send_to_devices(self, kind: str, letters: dict[str, Json]) -> None:
        await self._wire.call("PUT", f"{CLIENT}/sendToDevice/{kind}/{uuid4()}", {"messages": letters})


def _pick(devices: Iterable[Device], curve25519: str) -> Device | None:
    return next((device for device in devices if device.curve25519 == curve25519), None)
