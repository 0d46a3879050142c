"""A real homeserver for a run of the tests: Synapse on loopback, with SQLite, no limits and no federation."""

import asyncio
import hmac
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import yaml
from signedjson.key import generate_signing_key, write_signing_keys

from tests.homeserver.wire import CLIENT, Json, Wire

SERVER_NAME = "shop.test"  # a top-level domain that leads nowhere: RFC 6761, section 6.2
ROOT = Path(__file__).parents[2]
_PATIENCE = 120  # seconds: how long a busy machine may take to start or end a process
_UNLIMITED = {"per_second": 100_000, "burst_count": 100_000}


@dataclass(frozen=True)
class Credentials:
    """What somebody needs to log in."""

    user_id: str
    password: str = field(repr=False)


class Synapse:
    """A homeserver that keeps everything in `folder` and its port for life, however often it is restarted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._secret = secrets.token_hex()
        self._admin: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._write_settings(port)

    def start(self) -> None:
        """Start it and return when it answers, after some two seconds.

        Raises:
            RuntimeError: if it ends, or says nothing for two minutes; with the end of what it wrote.
        """
        # Not in its own folder: an address of a local socket has room for a hundred characters.
        with (
            tempfile.TemporaryDirectory() as short,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready,
        ):
            ready.bind(f"{short}/ready")
            with self._output.open("wb") as output:
                self._process = subprocess.Popen(  # noqa: S603 - our own command line
                    [sys.executable, "-m", "tests.homeserver.serve", "-c", self._folder / "homeserver.yaml"],
                    cwd=ROOT,
                    env=_environment() | {"NOTIFY_SOCKET": f"{short}/ready"},
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            try:
                self._await_word(self._process, ready)
            except BaseException:
                self.kill()
                raise

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a warning."""
        self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """Stop it and start it again, while others work."""
        async with self.down():
            pass

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """Be without it for a while: it answers again when the block is left."""
        await asyncio.to_thread(self.stop)
        try:
            yield
        finally:
            await asyncio.to_thread(self.start)

    async def register(self, name: str, *, admin: bool = False) -> Credentials:
        """A new account, with no device yet.

        Args:
            name: lower-case letters, digits and `-`, to which something is added that makes it unique.
            admin: whether it may use the administration interface of the server.
        """
        localpart, password = f"{name}-{secrets.token_hex(4)}", secrets.token_hex()
        path = "/_synapse/admin/v1/register"
        async with Wire(self.url) as wire:
            nonce = (await wire.call("GET", path))["nonce"]
            signed = "\0".join((nonce, localpart, password, "admin" if admin else "notadmin"))
            request = {
                "nonce": nonce,
                "username": localpart,
                "password": password,
                "admin": admin,
                "mac": hmac.new(self._secret.encode(), signed.encode(), "sha1").hexdigest(),
            }
            return Credentials((await wire.call("POST", path, request))["user_id"], password)

    async def administer(self, method: str, path: str, body: Json | None = None) -> Json:
        """Call the administration interface: `path` follows `/_synapse/admin/`."""
        if self._admin is None:
            credentials = await self.register("admin", admin=True)
            async with Wire(self.url) as wire:
                self._admin = (await wire.call("POST", f"{CLIENT}/login", password_login(credentials)))[
                    "access_token"
                ]
        async with Wire(self.url, self._admin) as wire:
            return await wire.call(method, f"/_synapse/admin/{path}", body)

    async def revoke(self, token: str) -> None:
        """Make an access token worthless; its device goes with it."""
        async with Wire(self.url, token) as wire:
            await wire.call("POST", f"{CLIENT}/logout")

    async def remove_device(self, user_id: str, device_id: str) -> None:
        """Take a device away from somebody, as an administrator can."""
        await self.administer("DELETE", f"v2/users/{quote(user_id)}/devices/{quote(device_id)}")

    async def make_room_admin(self, room_id: str, user_id: str) -> None:
        """Give somebody on this server the power of a room's most powerful member."""
        await self.administer("POST", f"v1/rooms/{quote(room_id)}/make_room_admin", {"user_id": user_id})

    @property
    def _output(self) -> Path:
        return self._folder / "output"

    def _await_word(self, process: "subprocess.Popen[bytes]", ready: socket.socket) -> None:
        end = time.monotonic() + _PATIENCE
        while process.poll() is None and time.monotonic() < end:
            if select.select([ready], [], [], 0.2)[0] and ready.recv(1024).startswith(b"READY=1"):
                return
        written = self._output.read_text("utf-8", errors="replace")
        raise RuntimeError(f"The homeserver did not start. It wrote: {written[-4000:]}")

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            assert self._process.stdin
            self._process.stdin.close()
            self._process = None

    def _write_settings(self, port: int) -> None:
        key = self._folder / "signing.key"
        with key.open("w", encoding="ascii") as file:
            write_signing_keys(file, [generate_signing_key("test")])
        logs = {
            "version": 1,
            "handlers": {"output": {"class": "logging.StreamHandler"}},
            "root": {"level": "WARNING", "handlers": ["output"]},
        }
        settings = _SETTINGS | {
            "listeners": [
                {
                    "type": "http",
                    "port": port,
                    "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client"]}],
                }
            ],
            "database": {"name": "sqlite3", "args": {"database": str(self._folder / "homeserver.sqlite3")}},
            "pid_file": str(self._folder / "pid"),
            "media_store_path": str(self._folder / "media"),
            "signing_key_path": str(key),
            "log_config": str(self._folder / "logs.yaml"),
            "registration_shared_secret": self._secret,
            "macaroon_secret_key": secrets.token_hex(),
            "form_secret": secrets.token_hex(),
        }
        for name, content in (("homeserver", settings), ("logs", logs)):
            (self._folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def password_login(credentials: Credentials) -> Json:
    """What to send to `/login`."""
    return {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": credentials.user_id},
        "password": credentials.password,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment() -> dict[str, str]:
    """Ours, less what would slow somebody else's program down: coverage, and compiling it at each start."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COVERAGE") and name != "PYTHONDONTWRITEBYTECODE"
    }


_SETTINGS: Json = {
    "server_name": SERVER_NAME,
    "report_stats": False,
    "presence": {"enabled": False},
    "push": {"enabled": False},
    "federation_domain_whitelist": [],
    "trusted_key_servers": [],
    "bcrypt_rounds": 4,  # the fewest that bcrypt allows: nobody wants to steal these passwords
    "rc_message": _UNLIMITED,
    "rc_registration": _UNLIMITED,
    "rc_login": {"address": _UNLIMITED, "account": _UNLIMITED, "failed_attempts": _UNLIMITED},
    "rc_joins": {"local": _UNLIMITED, "remote": _UNLIMITED},
    "rc_joins_per_room": _UNLIMITED,
    "rc_key_requests": _UNLIMITED,
    "rc_invites": {"per_room": _UNLIMITED, "per_user": _UNLIMITED, "per_issuer": _UNLIMITED},
    "rc_room_creation": _UNLIMITED,
    "rc_reports": _UNLIMITED,
    "rc_user_directory": _UNLIMITED,
    "rc_delayed_event_mgmt": _UNLIMITED,
}
