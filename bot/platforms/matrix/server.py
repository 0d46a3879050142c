"""The client-server API of the homeserver over HTTP: what it refuses, told apart from what may work later."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.errors import PlatformError, SettingsError
from bot.platforms.matrix.backoff import Trouble

Json = dict[str, Any]

CLIENT = "/_matrix/client/v3"
FIRST_VERSION = "/_matrix/client/v1"
"""Where newer parts of the API begin to count."""
MEDIA = "/_matrix/media/v3"
FIRST, LONGEST = 0.5, 15.0  # seconds between attempts, at first and at most: a person is waiting
PATIENCE = 30.0  # seconds until an answer counts as missing
SLOW = 60.0  # seconds likewise where a file is on its way

# https://spec.matrix.org/latest/client-server-api/#standard-error-response
LIMITED = "M_LIMIT_EXCEEDED"
RATE = "429"  # the reason of a `TransientError` that says so
NO_TOKEN = {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"}
CLOSED = {
    "M_USER_DEACTIVATED": "The homeserver has deactivated the bot's account: it needs a new one.",
    "M_USER_LOCKED": "The homeserver has locked the bot's account: ask those who run it.",
}
ELSEWHERE = "Is this the address of the homeserver itself?"


class TransientError(Exception):
    """The homeserver cannot do it just now; to try again may help.

    `wait` is how many seconds it asks to wait, 0 where it does not say; `reason` is fit for a log, and so is
    `problem`: a sentence of what else it may be, empty where nothing else is likely.
    """

    def __init__(self, reason: str, wait: float = 0.0, problem: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.problem = problem


class RefusedError(Exception):
    """The homeserver will not do it, and would refuse again. `code` is its `errcode`, if it gave one."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.code = str(body.get("errcode", ""))
        self.body = body
        super().__init__(f"{status} {self.code}")


class LoggedOutError(PlatformError):
    """The access token is not accepted any more.

    `soft` is True where the device still exists, so that its keys stay valid after another login.
    """

    def __init__(self, *, soft: bool = False) -> None:
        self.soft = soft
        super().__init__(
            "The homeserver does not accept the bot's access token any more: it has expired, or somebody"
            " logged the bot out. Give a new access token, or log in again with: infoshop matrix setup"
        )


class Server:
    """A homeserver at `address`, such as https://matrix.example.org. `token` is sent with each request.

    `trouble` is what each request tells the others, if it concerns them.
    """

    def __init__(self, address: str, token: str = "") -> None:
        self.address = address.rstrip("/")
        self.token = token
        self.trouble = Trouble(FIRST, LONGEST)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self,
        method: str,
        *path: str,
        body: Json | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        patience: float = PATIENCE,
        api: str = CLIENT,
    ) -> Json:
        """As `ask`, where the answer is an object; any other one cannot be read."""
        told = await self.ask(method, *path, body=body, query=query, patience=patience, api=api)
        if not isinstance(told, dict):
            self.trouble.began()
            raise TransientError("not a JSON object")
        return told

    async def ask(
        self,
        method: str,
        *path: str,
        body: Json | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        patience: float = PATIENCE,
        api: str = CLIENT,
    ) -> object:
        """One request of an `api`. The parts of the `path` are escaped; `patience` is in seconds.

        Raises:
            TransientError: No answer, one that cannot be read, or "not now".
            RefusedError: It says no.
            LoggedOutError: It does not know the token.
            PlatformError: It has closed the account.
            SettingsError: The address is none.
        """
        try:
            told = await self._ask(method, api, *path, body=body, query=query, patience=patience)
        except TransientError as error:
            # Homeservers limit the rate by kinds of requests, of which only answers wait by the dozen; and to
            # join, they depend on others.
            if "join" not in path and (error.reason != RATE or "send" in path):
                self.trouble.began(error.wait)
            raise
        except RefusedError:
            self.trouble.ended()
            raise
        self.trouble.ended()
        return told

    async def upload(self, content: bytes, media_type: str, name: str = "") -> str:
        """Keep content in the media repository, under no name or this one; return its `mxc:` address.

        Raises what `ask` does. What else is asked of the homeserver does not wait for its media repository.
        """
        query = {"filename": name} if name else None
        kind = {"Content-Type": media_type}
        async with self._answer(
            "POST", MEDIA, "upload", query=query, patience=SLOW, headers=kind, data=content
        ) as answer:
            told = _told(answer.status, await answer.read(), answer.headers.get("Retry-After", ""))
        address = told.get("content_uri") if isinstance(told, dict) else None
        if not isinstance(address, str):
            raise TransientError("upload without an address")
        return address

    async def download(self, api: str, *path: str, most: int) -> bytes:
        """At most so many bytes of what the media repository has. Raises what `ask` does."""
        async with self._answer("GET", api, *path, patience=SLOW) as answer:
            if answer.status != 200:  # OK, of HTTP
                _told(answer.status, await answer.read(), answer.headers.get("Retry-After", ""))
            content = bytearray()
            async for chunk in answer.content.iter_any():
                content += chunk
                if len(content) >= most:
                    break
            return bytes(content[:most])

    async def _ask(
        self,
        method: str,
        api: str,
        *path: str,
        body: Json | None,
        query: Mapping[str, str | Sequence[str]] | None,
        patience: float,
    ) -> object:
        content = body if method == "GET" else body or {}
        async with self._answer(method, api, *path, query=query, patience=patience, json=content) as answer:
            return _told(answer.status, await answer.read(), answer.headers.get("Retry-After", ""))

    @asynccontextmanager
    async def _answer(
        self,
        method: str,
        api: str,
        *path: str,
        query: Mapping[str, str | Sequence[str]] | None = None,
        patience: float,
        headers: Mapping[str, str] | None = None,
        **content: Any,  # noqa: ANN401 - as aiohttp takes it: `json` or `data`
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request, and its answer to be read; what goes wrong until then is told as `ask` tells it."""
        place = self.address + api + "".join(f"/{quote(part, safe='')}" for part in path)
        if self._session is None:
            self._session = aiohttp.ClientSession(headers={"User-Agent": "Infoshop"})
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            async with self._session.request(
                method,
                URL(place, encoded=True).with_query(query),
                headers={**(headers or {}), **authorization},
                timeout=aiohttp.ClientTimeout(total=patience),
                **content,
            ) as answer:
                yield answer
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise SettingsError("The address of the homeserver cannot be used: is it https://…?") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TransientError(type(error).__name__) from error


def is_in_the_clear(address: str) -> bool:
    """Whether others on the way to an address could read what is sent there."""
    try:
        url = URL(address)
        local = url.host == "localhost" or ip_address(url.host or "").is_loopback
    except ValueError:  # a name, or no address at all, which whoever uses it finds out
        return address.lower().startswith("http://")
    return url.scheme == "http" and not local


def section(body: object, *names: str) -> dict[str, Any]:
    """A part of a response; empty where it is missing or something else than an object."""
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


def dicts(events: object) -> list[Json]:
    """The objects of a list."""
    return [each for each in events if isinstance(each, dict)] if isinstance(events, list) else []


def _told(status: int, text: bytes, retry_after: str) -> object:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
        if status == 200:
            raise TransientError("not JSON", problem=ELSEWHERE) from None
    told: Json = body if isinstance(body, dict) else {}
    code = told.get("errcode")
    if status == 429 or code == LIMITED:
        raise TransientError(RATE, _seconds(told.get("retry_after_ms"), retry_after))
    if status >= 500 or status == 408:
        raise TransientError(str(status), _seconds(None, retry_after))
    if status == 200:
        return body
    if code in NO_TOKEN:
        raise LoggedOutError(soft=told.get("soft_logout") is True)
    if code in CLOSED:
        raise PlatformError(CLOSED[code])
    if "errcode" not in told and "flows" not in told:
        # A proxy whose homeserver is not there, or a web server that knows of none.
        raise TransientError(f"{status} by something before it", problem=ELSEWHERE)
    raise RefusedError(status, told)


def _seconds(milliseconds: object, header: str) -> float:
    """How long a homeserver asks to wait. The field in the body is the older way to say it."""
    if isinstance(milliseconds, int | float) and milliseconds > 0:
        return milliseconds / 1000
    return float(header) if header.isdecimal() else 0.0
