"""The client-server API of a homeserver, called as it is written in the specification."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

Json = dict[str, Any]
CLIENT = "/_matrix/client/v3"
_PATIENCE = 60  # seconds: how long a busy machine may take before an answer counts as missing


class RefusedError(Exception):
    """The homeserver answered something else than "ok". `code` is its `errcode`, if it gave one."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.code = str(body.get("errcode", ""))
        self.body = body


class Wire:
    """A connection to the homeserver at `url`; calls carry `token`, where there is one."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token
        # A connection kept open would be a broken one after each restart of the homeserver.
        connector = aiohttp.TCPConnector(force_close=True)
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connection back."""
        await self._session.close()

    async def call(
        self, method: str, path: str, body: Json | None = None, *, query: Mapping[str, str] | None = None
    ) -> Json:
        """Send a request and return what came back.

        Args:
            method: of HTTP.
            path: from the root of the server, with every variable part already escaped.
            body: what to send; a request that has a body by its nature is sent an empty one.
            query: what to put behind the question mark.

        Raises:
            RefusedError: for any status but 200.
            aiohttp.ClientError: when there was no answer.
        """
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        content = None if method == "GET" else body or {}
        async with self._session.request(
            method, self.url + path, json=content, params=query, headers=headers
        ) as answer:
            if answer.content_type != "application/json":
                raise RefusedError(answer.status, {"error": await answer.text()})
            told: Json = await answer.json()
            if answer.status != 200:
                raise RefusedError(answer.status, told)
            return told
