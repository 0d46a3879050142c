"""Cross-signing: the bot's own identity, which vouches for its device.

A client that trusts only devices their owner has signed gives its room keys to no other, and shows no message
of another. nio knows nothing of this. The three keys are Ed25519: the master key is the identity and signs
the other two, the self-signing key signs devices, and the user-signing key, which a bot that verifies nobody
never uses, has to exist. https://spec.matrix.org/latest/client-server-api/#cross-signing
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.errors import PlatformError
from bot.platforms.matrix import files
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.server import Json, RefusedError, Server, dicts, section

MASTER, SELF_SIGNING, USER_SIGNING = "master", "self_signing", "user_signing"
USAGES = (MASTER, SELF_SIGNING, USER_SIGNING)
PASSWORD = "m.login.password"  # noqa: S105 - the name of a way to log in

FOREIGN = (
    "The bot's account has an identity (master key) that this installation does not hold, and replacing it"
    " would break whatever trusts it. Put the file cross-signing.json back beside the keys if there is a"
    " copy, or sign the bot's device from the client that holds the identity:"
    " infoshop matrix verify says how."
)

SWAPPED = (
    "The homeserver shows other keys for the bot's device than the ones that are here. The bot vouches for"
    " its own only: whoever holds the others could read along. If this does not go away, ask those who run"
    " the homeserver, or log the device out and run: infoshop matrix setup"
)


class Seeds:
    """The private halves, each made from a seed of 32 random bytes."""

    def __init__(self, keys: Mapping[str, Ed25519PrivateKey]) -> None:
        self._keys = keys

    @classmethod
    def new(cls) -> Self:
        """Three new keys."""
        return cls({usage: Ed25519PrivateKey.generate() for usage in USAGES})

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The keys in a file; None where there is none. Raises `PlatformError` for one that was damaged."""
        kept = files.read(path)
        if kept is None:
            return None
        try:
            path.chmod(0o600)
            return cls({usage: Ed25519PrivateKey.from_private_bytes(_bytes(kept[usage])) for usage in USAGES})
        except (KeyError, TypeError, ValueError, AttributeError):
            raise PlatformError(f"{path}: is damaged. Restore it from a copy, or move it away.") from None

    def write(self, path: Path) -> None:
        """Keep them in a file that only its owner can read. Raises `PlatformError`."""
        files.write(path, {usage: _base64(key.private_bytes_raw()) for usage, key in self._keys.items()})

    def public(self, usage: str) -> str:
        """The public half of one, in unpadded base64."""
        return _base64(self._keys[usage].public_key().public_bytes_raw())

    def upload(self, user_id: str) -> Json:
        """What to send to make them an account's identity."""
        return {f"{usage}_key": self._published(usage, user_id) for usage in USAGES}

    def signed(self, usage: str, user_id: str, content: Json) -> Json:
        """The content with a signature by one of them in place of whatever signatures it has."""
        signature = _base64(self._keys[usage].sign(canonical(content)))
        return {**content, "signatures": {user_id: {f"ed25519:{self.public(usage)}": signature}}}

    def _published(self, usage: str, user_id: str) -> Json:
        key = self.public(usage)
        content: Json = {"user_id": user_id, "usage": [usage], "keys": {f"ed25519:{key}": key}}
        return content if usage == MASTER else self.signed(MASTER, user_id, content)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the homeserver shows everybody of the bot's identity and device. Keys are in unpadded base64.

    `device` is the fingerprint of the device as published, empty where it is not. `ours` says whether we hold
    the identity, `signed` whether the device is signed by it, whoever holds it.
    """

    master: str
    self_signing: str
    device: str
    ours: bool
    signed: bool


async def look(server: Server, user_id: str, device_id: str, seeds: Seeds | None) -> Standing:
    """Ask the homeserver how things are. Raises what `Server.call` raises."""
    return _standing(await _query(server, user_id), user_id, device_id, seeds)


async def establish(client: Client, path: Path, password: str) -> Standing:
    """See to it that our device is signed by an identity that we hold, as far as that breaks nothing.

    An account without an identity gets one, whose seeds are written to `path` first. An identity that we do
    not hold is left alone, and the standing says so. The homeserver may ask for the `password` (empty: not
    known).

    Raises:
        PlatformError: It asks for what we cannot give, or shows keys for our device that are not ours.
        TransientError, RefusedError: As `Server.call`.
    """
    seeds = Seeds.read(path)
    told = await _query(client.server, client.user_id)
    standing = _standing(told, client.user_id, client.device_id, seeds)
    if standing.master and not standing.ours:
        return standing
    if seeds is None:
        seeds = Seeds.new()
        seeds.write(path)
    if standing.self_signing != seeds.public(SELF_SIGNING):
        await _authorised(client.server, seeds.upload(client.user_id), client.user_id, password)
    if not standing.signed:
        await _sign(client, seeds, told)
    return await look(client.server, client.user_id, client.device_id, seeds)


async def _sign(client: Client, seeds: Seeds, told: Json) -> None:
    """Let the identity sign the device, if what the homeserver shows is ours. Raises `PlatformError`."""
    user_id = client.user_id
    published = section(told, "device_keys", user_id, client.device_id)
    keys = {
        f"ed25519:{client.device_id}": client.keys.ed25519,
        f"curve25519:{client.device_id}": client.keys.curve25519,
    }
    ours = {"user_id": user_id, "device_id": client.device_id, "keys": keys}
    if any(published.get(name) != value for name, value in ours.items()):
        raise PlatformError(SWAPPED)
    device = {name: value for name, value in published.items() if name not in {"signatures", "unsigned"}}
    signed = seeds.signed(SELF_SIGNING, user_id, device)
    told = await client.server.call(
        "POST", "keys", "signatures", "upload", body={user_id: {client.device_id: signed}}
    )
    if failures := section(told, "failures", user_id, client.device_id):
        raise RefusedError(400, failures)


async def _authorised(server: Server, body: Json, user_id: str, password: str) -> None:
    """Upload the public keys; where the homeserver wants to know that it is us, give the password.

    https://spec.matrix.org/latest/client-server-api/#user-interactive-authentication-api
    """
    path = ("keys", "device_signing", "upload")
    try:
        await server.call("POST", *path, body=body)
    except RefusedError as error:
        if error.status != 401:
            raise
        by_password = any(flow.get("stages") == [PASSWORD] for flow in dicts(error.body.get("flows")))
        if not password or not by_password:
            raise PlatformError(_not_allowed(error.body, by_password=by_password)) from None
        identifier = {"type": "m.id.user", "user": user_id}
        proof: Json = {"type": PASSWORD, "identifier": identifier, "password": password}
        proof["session"] = error.body.get("session")
        try:
            await server.call("POST", *path, body={**body, "auth": proof})
        except RefusedError as refused:
            if refused.status not in {401, 403}:
                raise
            raise PlatformError("The homeserver does not accept the password of the bot's account.") from None


def _not_allowed(body: Json, *, by_password: bool) -> str:
    if by_password:
        return (
            "The homeserver wants the password of the bot's account before it takes the bot's signing keys."
            " Give it once: INFOSHOP_MATRIX__PASSWORD_FILE=… infoshop matrix setup"
        )
    places = [
        str(each["url"])
        for each in section(body, "params").values()
        if isinstance(each, dict) and "url" in each
    ]
    return (
        "The homeserver takes the bot's signing keys only after the bot's account has allowed it in a browser"
        f"{': ' + places[0] if places else ''}. Do that, then run: infoshop matrix setup"
    )


async def _query(server: Server, user_id: str) -> Json:
    return await server.call("POST", "keys", "query", body={"device_keys": {user_id: []}})


def _standing(told: Json, user_id: str, device_id: str, seeds: Seeds | None) -> Standing:
    master = _only_key(section(told, "master_keys", user_id))
    vouching = section(told, "self_signing_keys", user_id)
    self_signing = _only_key(vouching) if _is_signed(vouching, user_id, master) else ""
    device = section(told, "device_keys", user_id, device_id)
    fingerprint = str(section(device, "keys").get(f"ed25519:{device_id}", ""))
    return Standing(
        master=master,
        self_signing=self_signing,
        device=fingerprint,
        ours=bool(seeds and master == seeds.public(MASTER)),
        signed=_is_signed(device, user_id, self_signing),
    )


def _only_key(published: Json) -> str:
    return next((str(key) for key in section(published, "keys").values()), "")


def _is_signed(content: Json, user_id: str, key: str) -> bool:
    """Whether a key has signed an object."""
    signature = section(content, "signatures", user_id).get(f"ed25519:{key}")
    if not key or not isinstance(signature, str):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(key)).verify(_bytes(signature), canonical(content))
    except (InvalidSignature, ValueError):
        return False
    return True


def canonical(content: Json) -> bytes:
    """What is signed of an object: https://spec.matrix.org/latest/appendices/#signing-json ."""
    bare = {name: value for name, value in content.items() if name not in {"signatures", "unsigned"}}
    return json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _base64(data: bytes) -> str:
    """As Matrix has it: without padding."""
    return base64.b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
