"""Logging in, and finding the way back after a restart: device, access token and keys belong together.

A device whose keys are lost cannot be helped: others encrypt for the keys they know it by, and it would be
deaf. So all of it is in one folder, and whatever does not fit together is said instead of being papered over.
"""

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import quote

import nio

from bot.errors import PlatformError, SettingsError
from bot.platforms.matrix import files
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.server import Json, LoggedOutError, RefusedError, Server, section

SESSION, LOCK, SEEDS, JOURNAL = "session.json", "lock", "cross-signing.json", "journal.json"
PASSWORD = "m.login.password"  # noqa: S105 - the name of a way to log in
DEVICE_NAME = "Infoshop"
FINGERPRINT = "ed25519"  # as session.json has it


@asynccontextmanager
async def connected(account: Account, *, renew: bool = False) -> AsyncIterator[Client]:
    """The bot's device on the homeserver, with its keys loaded and published, for as long as the block runs.

    The first time, it logs in. Later it goes on with the same device; `renew` allows another one in its place
    when it was logged out. Where the login has merely expired (a "soft logout"), the same device logs in
    again.

    Raises:
        SettingsError: What is given is not enough, wrong, or does not fit together.
        LoggedOutError: The device was logged out.
        PlatformError: The folder is in use, damaged or has lost the keys.
        TransientError: The homeserver cannot be asked just now.
    """
    if not account.homeserver:
        raise SettingsError("The address of the Matrix homeserver is missing: INFOSHOP_MATRIX__HOMESERVER")
    files.private_folder(account.store_path)
    server = Server(account.homeserver, account.access_token)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(server.close)
        closing.enter_context(_alone(account.store_path / LOCK))
        user_id, device_id = await _identify(server, account, renew=renew)
        client = Client(server, _machine(account.store_path, user_id, device_id))
        closing.push_async_callback(client.close)
        await _check_keys(client)
        _keep_fingerprint(account.store_path / SESSION, client.keys.ed25519)
        yield client


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock for as long as the block runs: two processes with the same keys would spoil them."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PlatformError(
                "Another Infoshop is running with the same keys for Matrix; stop it first."
            ) from None
        yield


async def _identify(server: Server, account: Account, *, renew: bool) -> tuple[str, str]:
    """Find out who we are and which device, logging in if need be; `server` then has a token."""
    path = account.store_path / SESSION
    kept = files.read(path)
    if account.access_token:
        user_id, device_id = await _whoami(server)
        _agree("USER_ID", account.user_id, user_id)
        _agree("DEVICE_ID", account.device_id, device_id)
        if kept and (kept.get("user_id"), kept.get("device_id")) != (user_id, device_id) and not renew:
            raise SettingsError(
                f"The access token belongs to {user_id}, device {device_id}, and the keys here to"
                f" {kept.get('user_id')}, device {kept.get('device_id')}. To go on with the new device, run:"
                " infoshop matrix setup"
            )
        found = {"user_id": user_id, "device_id": device_id}  # the token is in the settings
        if kept is None or "access_token" in kept or not found.items() <= kept.items():
            files.write(path, found)
        return user_id, device_id
    if kept is None:
        return await _log_in(server, account, account.device_id)
    user_id, device_id = str(kept.get("user_id", "")), str(kept.get("device_id", ""))
    _agree("USER_ID", account.user_id, user_id)
    if renew and account.device_id not in {"", device_id}:
        return await _log_in(server, account, account.device_id)
    _agree("DEVICE_ID", account.device_id, device_id)
    server.token = str(kept.get("access_token", ""))
    try:
        return await _whoami(server)
    except LoggedOutError as error:
        if (error.soft or not server.token) and account.password:
            return await _log_in(server, account, device_id)
        if renew:
            return await _log_in(server, account, account.device_id)
        raise


async def _whoami(server: Server) -> tuple[str, str]:
    told = await server.call("GET", "account", "whoami")
    if not isinstance(told.get("device_id"), str):
        raise SettingsError(
            "The access token belongs to no device, so that it cannot be used for encryption."
        )
    return str(told["user_id"]), told["device_id"]


async def _log_in(server: Server, account: Account, device_id: str) -> tuple[str, str]:
    """Log in with the password: as the device named, or as a new one."""
    if not account.user_id or not account.password:
        raise SettingsError(
            "To log in to Matrix, give INFOSHOP_MATRIX__USER_ID and INFOSHOP_MATRIX__PASSWORD_FILE,"
            " or an access token in INFOSHOP_MATRIX__ACCESS_TOKEN_FILE."
        )
    server.token = ""
    body: Json = {
        "type": PASSWORD,
        "identifier": {"type": "m.id.user", "user": account.user_id},
        "password": account.password,
        "initial_device_display_name": DEVICE_NAME,
        **({"device_id": device_id} if device_id else {}),
    }
    try:
        told = await server.call("POST", "login", body=body)
    except RefusedError as error:
        if error.status == 403:
            raise SettingsError("The homeserver does not accept the bot's user id and password.") from None
        raise SettingsError(
            "The homeserver does not let the bot log in with a password"
            f" ({error.code or error.status}). Give an access token: INFOSHOP_MATRIX__ACCESS_TOKEN_FILE"
        ) from None
    server.token = str(told["access_token"])
    user_id, device_id = str(told["user_id"]), str(told["device_id"])
    content = {"user_id": user_id, "device_id": device_id, "access_token": server.token}
    files.write(account.store_path / SESSION, content)
    return user_id, device_id


def _keep_fingerprint(path: Path, fingerprint: str) -> None:
    """Keep the fingerprint of our device where it can be looked up while the keys are in use."""
    kept = files.read(path) or {}
    if kept.get(FINGERPRINT) != fingerprint:
        files.write(path, {**kept, FINGERPRINT: fingerprint})


def _agree(name: str, given: str, found: str) -> None:
    if given and given != found:
        raise SettingsError(
            f"INFOSHOP_MATRIX__{name} is {given}, and the bot is logged in as {found}. Correct it, or give"
            " another INFOSHOP_MATRIX__STORE_PATH."
        )


def _machine(folder: Path, user_id: str, device_id: str) -> nio.Client:
    """What encrypts, with the device's keys; a new device gets new ones."""
    name = f"encryption-{quote(device_id, safe='')}.sqlite3"
    path = folder / name
    path.touch(mode=0o600)
    path.chmod(0o600)
    config = nio.ClientConfig(store=nio.store.SqliteStore, store_name=name)
    machine = nio.Client(user_id, device_id, str(folder), config)
    try:
        machine.restore_login(user_id, device_id, "kept by Server")
    except Exception as error:
        raise PlatformError(f"{path}: the keys cannot be read ({type(error).__name__}).") from error
    return machine


async def _check_keys(client: Client) -> None:
    """Compare our keys with those that everybody else knows us by."""
    user_id, device_id = client.user_id, client.device_id
    told = await client.server.call("POST", "keys", "query", body={"device_keys": {user_id: []}})
    published = section(told, "device_keys", user_id, device_id, "keys")
    if not published:
        await client.keys.republish()
    elif published.get(f"ed25519:{device_id}") != client.keys.ed25519:
        raise PlatformError(
            f"The keys of the bot's device {device_id} are not those that the homeserver has for it:"
            " they were lost, or the access token belongs to another program. With other keys, the bot would"
            " be deaf in encrypted rooms. Put back a copy of the folder of INFOSHOP_MATRIX__STORE_PATH, or"
            " log the device out and run: infoshop matrix setup"
        )
