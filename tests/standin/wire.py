"""A bot's end of the wire without a bot: for what no client library would send or show."""

import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.standin.server import Standin

JSON = dict[str, Any]


@asynccontextmanager
async def api(discord: Standin) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that knows the token; paths begin with a slash after the version."""
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(discord.api_url + "/", headers=headers) as session:
        yield session


class Socket:
    """A connection to the gateway, past HELLO."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, hello: JSON) -> None:
        self.socket = socket
        self.hello = hello

    async def send(self, operation: int, data: object) -> None:
        """Send a payload."""
        await self.socket.send_json({"op": operation, "d": data})

    async def identify(self, discord: Standin, **fields: object) -> None:
        """IDENTIFY, with these fields in place of good ones."""
        properties = {"os": "linux", "browser": "wire", "device": "wire"}
        await self.send(2, {"token": discord.token, "intents": 1, "properties": properties, **fields})

    async def receive(self) -> JSON:
        """The next payload. Raises `ConnectionError` with the close code where there is none."""
        message = await self.socket.receive(timeout=5)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(self.socket.close_code)
        payload: JSON = json.loads(message.data)
        return payload

    async def event(self, name: str) -> JSON:
        """The data of the next event of that name, past any others."""
        while True:
            payload = await self.receive()
            if payload["t"] == name:
                data: JSON = payload["d"]
                return data


@asynccontextmanager
async def gateway(discord: Standin, query: str = "?v=10&encoding=json") -> AsyncIterator[Socket]:
    """A connection to the gateway."""
    async with aiohttp.ClientSession() as session, session.ws_connect(discord.gateway_url + query) as socket:
        first = await socket.receive(timeout=5)
        if first.type is aiohttp.WSMsgType.BINARY:
            yield Socket(socket, json.loads(zlib.decompressobj().decompress(first.data)))
        elif first.type is aiohttp.WSMsgType.TEXT:
            yield Socket(socket, json.loads(first.data))
        else:
            raise ConnectionError(socket.close_code)
