"""A device's own keys, and what it exchanges with single other devices (Olm), by `vodozemac`."""

import json
from dataclasses import dataclass, field

from canonicaljson import encode_canonical_json
from unpaddedbase64 import decode_base64, encode_base64
from vodozemac import Account, AnyOlmMessage, Curve25519PublicKey, OlmDecryptionException, Session

from tests.homeserver.identity import Device, signed_by
from tests.homeserver.wire import Json

OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"


class WrongLetterError(Exception):
    """What came from another device cannot be read, or is not what it says it is."""


@dataclass(frozen=True)
class Letter:
    """What came from another device: `curve25519` and `ed25519` are that device's keys."""

    type: str
    content: Json
    sender: str
    curve25519: str
    ed25519: str


@dataclass
class OwnDevice:
    """The keys of this device, and its sessions with others by their Curve25519 key, newest use last."""

    user_id: str
    device_id: str
    account: Account = field(default_factory=Account)
    _sessions: dict[str, list[Session]] = field(default_factory=dict)

    @property
    def curve25519(self) -> str:
        """The public key that others write to."""
        return self.account.curve25519_key.to_base64()

    @property
    def ed25519(self) -> str:
        """The public key that its signatures are checked with."""
        return self.account.ed25519_key.to_base64()

    def keys(self) -> Json:
        """What to publish as the keys of this device."""
        return self._sign(
            {
                "user_id": self.user_id,
                "device_id": self.device_id,
                "algorithms": [OLM, MEGOLM],
                "keys": {
                    f"curve25519:{self.device_id}": self.curve25519,
                    f"ed25519:{self.device_id}": self.ed25519,
                },
            }
        )

    def one_time_keys(self, count: int) -> Json:
        """So many new keys, each for one device that wants to begin a session, to publish now."""
        self.account.generate_one_time_keys(count)
        keys = {
            f"signed_curve25519:{name}": self._sign({"key": key.to_base64()})
            for name, key in self.account.one_time_keys.items()
        }
        self.account.mark_keys_as_published()
        return keys

    def knows(self, device: Device) -> bool:
        """Whether there is a session with a device."""
        return device.curve25519 in self._sessions

    def begin(self, device: Device, one_time_key: Json) -> bool:
        """Begin a session with one of the device's one-time keys; whether that key was the device's own."""
        if not signed_by(one_time_key, device.user_id, device.device_id, device.ed25519):
            return False
        session = self.account.create_outbound_session(
            Curve25519PublicKey.from_base64(device.curve25519),
            Curve25519PublicKey.from_base64(one_time_key["key"]),
        )
        self._sessions.setdefault(device.curve25519, []).append(session)
        return True

    def write(self, device: Device, kind: str, content: Json) -> Json:
        """The content of an `m.room.encrypted` that only this device can read."""
        letter = {
            "type": kind,
            "content": content,
            "sender": self.user_id,
            "recipient": device.user_id,
            "recipient_keys": {"ed25519": device.ed25519},
            "keys": {"ed25519": self.ed25519},
        }
        number, ciphertext = (
            self._sessions[device.curve25519][-1].encrypt(json.dumps(letter).encode()).to_parts()
        )
        return {
            "algorithm": OLM,
            "sender_key": self.curve25519,
            "ciphertext": {device.curve25519: {"type": number, "body": encode_base64(ciphertext)}},
        }

    def note(self, kind: str, content: Json) -> Letter:
        """A letter to itself, which needs no sealing."""
        return Letter(kind, content, self.user_id, self.curve25519, self.ed25519)

    def read(self, sender: str, content: Json) -> Letter:
        """Read the content of an `m.room.encrypted` sent to this device.

        Raises:
            WrongLetterError: if that is not possible, or it was meant for, or made by, somebody else.
        """
        try:
            sender_key, sealed = content["sender_key"], content["ciphertext"][self.curve25519]
            message = AnyOlmMessage.from_parts(sealed["type"], decode_base64(sealed["body"]))
        except (KeyError, ValueError) as error:
            raise WrongLetterError(f"{sender} sent what is not a letter to this device") from error
        letter = json.loads(self._open(sender_key, message))
        said = (letter.get("sender"), letter.get("recipient"), letter["recipient_keys"].get("ed25519"))
        if said != (sender, self.user_id, self.ed25519):
            raise WrongLetterError(f"{sender} passed on a letter of {said}")
        return Letter(letter["type"], letter["content"], sender, sender_key, letter["keys"]["ed25519"])

    def _open(self, sender_key: str, message: AnyOlmMessage) -> bytes:
        sessions = self._sessions.setdefault(sender_key, [])
        for session in reversed(sessions):
            try:
                opened = session.decrypt(message)
            except OlmDecryptionException:
                continue
            sessions.remove(session)
            sessions.append(session)
            return opened
        if (first := message.to_pre_key()) is None:
            raise WrongLetterError("There is no session with the device that this is from")
        session, opened = self.account.create_inbound_session(
            Curve25519PublicKey.from_base64(sender_key), first
        )
        sessions.append(session)
        return opened

    def _sign(self, what: Json) -> Json:
        signature = self.account.sign(encode_canonical_json(what)).to_base64()
        return {**what, "signatures": {self.user_id: {f"ed25519:{self.device_id}": signature}}}
