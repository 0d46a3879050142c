"""Cross-signing: what somebody signs their devices with, and whether a device is signed by its owner.

Signing and verifying is the work of `signedjson`, which the homeserver itself uses. The rules are those of
the client-server API, "Cross-signing".
"""

from dataclasses import dataclass
from typing import Self

from signedjson.key import (
    decode_verify_key_base64,
    encode_verify_key_base64,
    generate_signing_key,
    get_verify_key,
)
from signedjson.sign import SignatureVerifyException, sign_json, verify_signed_json
from signedjson.types import SigningKey

from tests.homeserver.wire import Json

_USAGES = ("master", "self_signing", "user_signing")


class Identity:
    """The three private keys by which somebody vouches for devices and people."""

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self._keys = {usage: _new_key() for usage in _USAGES}

    @property
    def master_key(self) -> str:
        """The public part of the key that vouches for the two others."""
        return self._keys["master"].version

    def upload(self) -> Json:
        """What to send to `/keys/device_signing/upload`."""
        return {f"{usage}_key": self._public(usage) for usage in _USAGES}

    def sign_device(self, device_keys: Json) -> Json:
        """A copy of the keys of an own device, vouched for."""
        return sign_json({**device_keys, "signatures": {}}, self.user_id, self._keys["self_signing"])

    def _public(self, usage: str) -> Json:
        key = self._keys[usage].version
        public: Json = {"user_id": self.user_id, "usage": [usage], "keys": {f"ed25519:{key}": key}}
        return public if usage == "master" else sign_json(public, self.user_id, self._keys["master"])


def _new_key() -> SigningKey:
    key = generate_signing_key("")
    key.version = encode_verify_key_base64(get_verify_key(key))
    return key


@dataclass(frozen=True)
class Device:
    """A device of somebody, as the homeserver tells. `signed`: its owner vouches for it."""

    user_id: str
    device_id: str
    curve25519: str
    ed25519: str
    signed: bool

    @classmethod
    def parse(cls, keys: Json, answer: Json) -> Self | None:
        """Read the keys of a device from the answer of `/keys/query`; nothing if they are not its own."""
        user_id, device_id = keys["user_id"], keys["device_id"]
        own = keys["keys"][f"ed25519:{device_id}"]
        if not signed_by(keys, user_id, device_id, own):
            return None
        signed = any(signed_by(keys, user_id, key, key) for key in _self_signing_keys(answer, user_id))
        return cls(user_id, device_id, keys["keys"][f"curve25519:{device_id}"], own, signed)


def signed_by(what: Json, user_id: str, name: str, key: str) -> bool:
    """Whether an object carries a valid signature of that key."""
    try:
        verify_signed_json(what, user_id, decode_verify_key_base64("ed25519", name, key))
    except SignatureVerifyException:
        return False
    return True


def _self_signing_keys(answer: Json, user_id: str) -> list[str]:
    """The self-signing keys of somebody for which their master key vouches: one or none."""
    masters = _keys(answer, "master", user_id)
    public = answer.get("self_signing_keys", {}).get(user_id, {})
    return [
        key
        for key in _keys(answer, "self_signing", user_id)
        if any(signed_by(public, user_id, master, master) for master in masters)
    ]


def _keys(answer: Json, usage: str, user_id: str) -> list[str]:
    public = answer.get(f"{usage}_keys", {}).get(user_id, {})
    if public.get("user_id") != user_id or usage not in public.get("usage", ()):
        return []
    return list(public["keys"].values())
