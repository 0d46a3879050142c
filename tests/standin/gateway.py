"""The gateway: websockets over which the bot hears of what happens.

Opcodes and close codes are those of "Opcodes and Status Codes" in Discord's documentation.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import secrets
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.standin.refusals import JSON

if TYPE_CHECKING:
    from tests.standin.server import Standin

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT = 0, 1, 2, 6, 7
INVALID_SESSION, HELLO, ACK = 9, 10, 11
IGNORED = {3, 4, 8, 31}  # presence, voice, member and soundboard requests: nothing here depends on them
UNKNOWN_OPCODE, UNDECODABLE, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY_AUTHENTICATED = (
    4001,
    4002,
    4003,
    4004,
    4005,
)
WRONG_SEQUENCE, WRONG_SHARD, WRONG_VERSION, WRONG_INTENTS, FORBIDDEN_INTENTS = 4007, 4010, 4012, 4013, 4014
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT  # members, presences, message content
ALL_INTENTS = (1 << 26) - 1
REPLAYED = 1000  # events kept for a session to be resumed


def compressor(kind: str | None) -> Callable[[str], bytes] | None:
    """What turns one message into its part of the stream that the client asked for; None: plain text.

    Raises `LookupError` for what cannot be offered.
    """
    if kind is None:
        return None
    if kind == "zlib-stream":
        stream = zlib.compressobj()
        return lambda text: stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream":  # asked for by clients that have one of these two themselves
        try:
            module: Any = importlib.import_module("compression.zstd")
        except ImportError:
            module = importlib.import_module("zstandard")
            whole = module.ZstdCompressor().compressobj()
            return lambda text: bytes(
                whole.compress(text.encode()) + whole.flush(module.COMPRESSOBJ_FLUSH_BLOCK)
            )
        frames = module.ZstdCompressor()
        return lambda text: bytes(frames.compress(text.encode(), frames.FLUSH_BLOCK))
    raise LookupError(kind)


class ClosedError(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(eq=False)
class Session:
    """What the bot has identified for: a shard, its intents and the events it has been sent."""

    shard: int
    shards: int
    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    events: deque[tuple[int, JSON]] = field(default_factory=lambda: deque(maxlen=REPLAYED))
    connection: Connection | None = None

    def event(self, name: str, data: JSON) -> None:
        """Send an event now, or when the session is resumed."""
        self.sequence += 1
        payload = {"op": DISPATCH, "t": name, "s": self.sequence, "d": data}
        self.events.append((self.sequence, payload))
        if self.connection:
            self.connection.send(payload)


class Connection:
    """One websocket, whose messages leave in the order in which they were given."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.transport = request.transport
        self.session: Session | None = None
        self.dropped = False  # by us: then the client's good manners in closing are no goodbye
        self._compress = compressor(request.query.get("compress"))
        self._queue: asyncio.Queue[JSON | None] = asyncio.Queue()

    def send(self, payload: JSON) -> None:
        """Send a payload after those given before."""
        self._queue.put_nowait(payload)

    async def write(self) -> None:
        """Send what there is to send, until the connection ends."""
        while (payload := await self._queue.get()) is not None:
            text = json.dumps(payload)
            try:
                if self._compress:
                    await self.socket.send_bytes(self._compress(text))
                else:
                    await self.socket.send_str(text)
            except ConnectionError:
                return

    def end(self) -> None:
        """Stop writing after what has been given so far."""
        self._queue.put_nowait(None)

    def leave(self) -> None:
        """Part from the session, which can be resumed as long as the gateway remembers it."""
        if self.session and self.session.connection is self:
            self.session.connection = None
        self.end()


class Gateway:
    """All sessions. `interval` is the time between heartbeats in seconds; without `acks` none is answered."""

    def __init__(self, discord: Standin) -> None:
        self.discord = discord
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.interval = 41.25
        self.acks = True
        self.allowed_intents = ALL_INTENTS & ~PRIVILEGED
        self.identified = 0  # how often; with `resumed` a test sees which of the two a client did
        self.resumed = 0

    def dispatch(self, event: str, data: JSON, *, guild_id: int | None, intent: int = 0) -> None:
        """Send an event to the shard it belongs to, if that asked for such events (0: they come unasked)."""
        for session in self.sessions.values():
            shard = 0 if guild_id is None else (guild_id >> 22) % session.shards
            if session.shard == shard and (not intent or session.intents & intent):
                session.event(event, data)

    def message(self, event: str, data: JSON, *, guild_id: int | None, readable: bool) -> None:
        """Send a message event to those who want them; its text only to who may read it."""
        intent = DIRECT_MESSAGES if guild_id is None else GUILD_MESSAGES
        for session in self.sessions.values():
            shard = 0 if guild_id is None else (guild_id >> 22) % session.shards
            if session.shard == shard and session.intents & intent:
                blank = {key: type(data[key])() for key in ("content", "embeds", "components", "attachments")}
                hidden = not readable and not session.intents & MESSAGE_CONTENT
                session.event(event, {**data, **blank} if hidden else data)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from HELLO to its end."""
        socket = web.WebSocketResponse(compress=False, max_msg_size=4096 * 4)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.add(connection)
        writing = asyncio.create_task(connection.write())
        try:
            self._greet(connection, request.query.get("v"))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(connection, message.data)
            goodbye = socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
            if goodbye and connection.session and not connection.dropped:
                self.sessions.pop(connection.session.id, None)
        except ClosedError as closed:
            await socket.close(code=closed.code, message=closed.reason.encode())
        finally:
            connection.leave()
            self.connections.discard(connection)
            await writing
            self.discord.changed()
        return socket

    def _greet(self, connection: Connection, version: str | None) -> None:
        if version != "10":
            raise ClosedError(WRONG_VERSION, "Invalid API version")
        interval = {"heartbeat_interval": int(self.interval * 1000)}
        connection.send({"op": HELLO, "d": interval, "s": None, "t": None})

    def _receive(self, connection: Connection, text: str) -> None:
        try:
            payload = json.loads(text)
            operation, data = payload["op"], payload.get("d")
        except (ValueError, LookupError, TypeError, AttributeError):
            raise ClosedError(UNDECODABLE, "Error while decoding payload.") from None
        if operation == HEARTBEAT:
            if self.acks:
                connection.send({"op": ACK, "d": None, "s": None, "t": None})
        elif operation in (IDENTIFY, RESUME):
            if connection.session:
                raise ClosedError(ALREADY_AUTHENTICATED, "Already authenticated.")
            if data.get("token") != self.discord.valid_token:
                raise ClosedError(WRONG_TOKEN, "Authentication failed.")
            (self._identify if operation == IDENTIFY else self._resume)(connection, data)
            self.discord.changed()
        elif connection.session is None:
            raise ClosedError(NOT_AUTHENTICATED, "Not authenticated.")
        elif operation not in IGNORED:
            raise ClosedError(UNKNOWN_OPCODE, "Unknown opcode.")

    def _identify(self, connection: Connection, data: JSON) -> None:
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            raise ClosedError(WRONG_SHARD, "Invalid shard.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~ALL_INTENTS:
            raise ClosedError(WRONG_INTENTS, "Invalid intent(s).")
        if intents & ~self.allowed_intents:
            raise ClosedError(FORBIDDEN_INTENTS, "Disallowed intent(s).")
        session = connection.session = Session(shard, shards, intents, connection=connection)
        self.sessions[session.id] = session
        self.identified += 1
        guilds = [
            guild for guild in self.discord.guilds if guild.installed and (guild.id >> 22) % shards == shard
        ]
        session.event(
            "READY",
            {
                "v": 10,
                "user": {
                    **self.discord.app.json(),
                    "mfa_enabled": False,
                    "verified": True,
                    "email": None,
                    "flags": 0,
                },
                "session_id": session.id,
                "resume_gateway_url": self.discord.gateway_url,
                "shard": [shard, shards],
                "application": {"id": str(self.discord.application_id), "flags": 0},
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "private_channels": [],
                "session_type": "normal",
            },
        )
        if intents & GUILDS:
            for guild in guilds:
                session.event("GUILD_CREATE", guild.json())

    def _resume(self, connection: Connection, data: JSON) -> None:
        session = self.sessions.get(str(data.get("session_id")))
        if session is None:
            connection.send({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return
        if int(data.get("seq") or 0) > session.sequence:
            raise ClosedError(WRONG_SEQUENCE, "Invalid seq.")
        connection.session, session.connection = session, connection
        for sequence, payload in session.events:
            if sequence > int(data.get("seq") or 0):
                connection.send(payload)
        self.resumed += 1
        session.event("RESUMED", {})

    async def drop(self, *, resumable: bool = True, code: int | None = None) -> None:
        """End every connection: with a close code, or (None) as if the network had failed."""
        if not resumable:
            self.sessions.clear()
        for connection in list(self.connections):
            connection.dropped = True
            if code is None:
                if connection.transport:
                    connection.transport.abort()
            else:
                await connection.socket.close(code=code)

    def reconnect(self) -> None:
        """Ask every client to connect anew and resume."""
        for connection in list(self.connections):
            connection.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is no longer valid, or (`resumable`) that it has to resume."""
        if not resumable:
            self.sessions.clear()
        for connection in list(self.connections):
            connection.send({"op": INVALID_SESSION, "d": resumable, "s": None, "t": None})
