"""People in rooms, played without the library the bot is made with: raw calls and `vodozemac` for secrets."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import quote
from uuid import uuid4

import aiohttp

from tests.homeserver.content import edit, text
from tests.homeserver.encryption import Encryption
from tests.homeserver.identity import Identity
from tests.homeserver.mailbox import PATIENCE, Mailbox, Message
from tests.homeserver.megolm import NoKeyError, UnreadableError
from tests.homeserver.member import Member
from tests.homeserver.olm import OwnDevice
from tests.homeserver.synapse import Credentials, password_login
from tests.homeserver.wire import CLIENT, Json, RefusedError, Wire

_FILTER = json.dumps({"presence": {"types": []}, "room": {"timeline": {"limit": 100}}})
_PAUSE = 0.1  # seconds between two attempts to reach a homeserver that is down


class Person(Member):
    """Somebody with one device, who hears everything said in their rooms. `mail` holds what they heard.

    `strict`: their client gives keys only to devices signed by their owners, and refuses what others write.
    """

    def __init__(self, wire: Wire, credentials: Credentials, own: OwnDevice, *, strict: bool) -> None:
        super().__init__(wire, own.user_id, own.device_id)
        self.credentials = credentials
        self.identity: Identity | None = None
        self.encryption = Encryption(wire, own, strict=strict)
        self.mail = Mailbox()
        self.invitations: dict[str, str] = {}
        self.sent_at: dict[str, float] = {}
        self._encrypted: set[str] = set()
        self._unread: dict[str, Message] = {}
        self._since: str | None = None
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def login(
        cls,
        url: str,
        credentials: Credentials,
        *,
        identity: Identity | None = None,
        signed: bool = True,
        strict: bool = False,
        listens: bool = True,
    ) -> Self:
        """Log in with a new device, publish its keys, and begin to listen.

        Args:
            url: of the homeserver, or of a proxy before it.
            credentials: whose.
            identity: what another device of theirs signs with; without one, a new one is made and published.
            signed: whether this device is to be signed at all; if not, nothing is made or published for it.
            strict: whether to deal with signed devices only.
            listens: whether to hear what is said without being told to; a crowd that does keeps the
                homeserver busy.
        """
        wire = Wire(url)
        try:
            answer = await wire.call("POST", f"{CLIENT}/login", password_login(credentials))
            wire.token = answer["access_token"]
            own = OwnDevice(answer["user_id"], answer["device_id"])
            person = cls(wire, credentials, own, strict=strict)
            await person.encryption.publish()
            if signed:
                await person.sign(identity)
            await person.catch_up()
        except BaseException:
            await wire.close()
            raise
        if listens:
            person._listening = asyncio.create_task(person._listen())
        return person

    async def another_device(self, *, signed: bool = True, strict: bool = False) -> Self:
        """The same person on a new device, signed like this one or not at all."""
        return await self.login(
            self.wire.url, self.credentials, identity=self.identity, signed=signed, strict=strict
        )

    async def sign(self, identity: Identity | None = None) -> None:
        """Sign this device, with an identity that is published already or else a new one, published now."""
        if identity is None:
            identity = Identity(self.user_id)
            await _publish_identity(self.wire, self.credentials, identity)
        await self.encryption.sign(identity)
        self.identity = identity

    async def close(self) -> None:
        """Stop listening; the device stays logged in."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await self.wire.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def say(
        self,
        room_id: str,
        body: str,
        *,
        reply_to: str | None = None,
        thread: str | None = None,
        mentions: Iterable[str] = (),
        html: str | None = None,
        kind: str = "m.text",
    ) -> str:
        """Say something (`content.text` has the options), encrypted where the room is; returns its id."""
        content = text(body, reply_to=reply_to, thread=thread, mentions=mentions, html=html, kind=kind)
        return await self.send(room_id, "m.room.message", content)

    async def edit(self, room_id: str, event_id: str, body: str) -> str:
        """Put something else in the place of what was said; returns the id of the event that does it."""
        return await self.send(room_id, "m.room.message", edit(event_id, body))

    async def send(self, room_id: str, kind: str, content: Json) -> str:
        """Send any event, encrypted where the room is; returns its id. `sent_at` has when it left."""
        if await self._is_encrypted(room_id):
            members = await self.members(room_id)
            readers = [user_id for user_id, membership in members.items() if membership in {"join", "invite"}]
            kind, content = (
                "m.room.encrypted",
                await self.encryption.seal(room_id, readers, kind, content),
            )
        path = f"{CLIENT}/rooms/{quote(room_id, safe='')}/send/{quote(kind)}/{uuid4()}"
        now = time.monotonic()
        event_id = str((await self.wire.call("PUT", path, content))["event_id"])
        self.sent_at[event_id] = now
        return event_id

    async def hear(self, wanted: Callable[[Message], bool], what: str, patience: float = PATIENCE) -> Message:
        """The first message since this person logged in that is wanted, once there is one.

        Raises:
            TimeoutError: after `patience` seconds, naming `what`.
        """
        return await self.mail.until(
            lambda: next((message for message in self.mail if wanted(message)), None), what, patience
        )

    async def read(self, event_id: str, patience: float = PATIENCE) -> Message:
        """An event, once this person can read it."""
        return await self.hear(
            lambda message: message.event_id == event_id and not message.problem, event_id, patience
        )

    async def answer_to(self, event_id: str, *, count: int = 1, patience: float = PATIENCE) -> Message:
        """The `count`th message that replies to an event, is from somebody else, and could be read."""

        def look() -> Message | None:
            answers = self.answers_to(event_id)
            return answers[count - 1] if len(answers) >= count else None

        return await self.mail.until(look, f"{count} answer(s) to {event_id}", patience)

    def answers_to(self, event_id: str) -> list[Message]:
        """All that others have said in reply to an event until now and this person could read."""
        return [
            message
            for message in self.mail
            if message.in_reply_to == event_id
            and message.sender != self.user_id
            and message.type == "m.room.message"
        ]

    async def invitation(self, inviter: str, patience: float = PATIENCE) -> str:
        """The first room that somebody has invited this person to, once there is one."""
        return await self.mail.until(
            lambda: next((room_id for room_id, by in self.invitations.items() if by == inviter), None),
            f"an invitation by {inviter}",
            patience,
        )

    async def joined(self, room_id: str, user_id: str) -> None:
        """Wait until this person sees that somebody is in the room."""
        await self.hear(
            lambda message: (
                message.room_id == room_id
                and message.type == "m.room.member"
                and message.event["state_key"] == user_id
                and message.content["membership"] == "join"
            ),
            f"{user_id} joining",
        )

    async def catch_up(self) -> None:
        """Hear what there is to be heard now. Only for somebody who does not listen by themselves."""
        await self._take(await self._sync(0))

    async def _is_encrypted(self, room_id: str) -> bool:
        if room_id not in self._encrypted:
            try:
                await self.state(room_id, "m.room.encryption")
            except RefusedError as error:
                if error.code != "M_NOT_FOUND":
                    raise
                return False
            self._encrypted.add(room_id)
        return True

    async def _listen(self) -> None:
        try:
            while True:
                try:
                    await self._take(await self._sync(20_000))
                except (aiohttp.ClientError, TimeoutError):
                    await asyncio.sleep(_PAUSE)  # the homeserver is down: only trying tells when it is back
                except RefusedError as error:
                    if error.status < 500:
                        raise
                    await asyncio.sleep(_PAUSE)
        except Exception as error:  # noqa: BLE001 - told to whoever waits, instead of dying unheard
            await self.mail.end(error)

    async def _sync(self, wait: int) -> Json:
        query = {"timeout": str(wait), "filter": _FILTER} | ({"since": self._since} if self._since else {})
        return await self.wire.call("GET", f"{CLIENT}/sync", query=query)

    async def _take(self, sync: Json) -> None:
        now = time.monotonic()
        await self.encryption.take(sync)
        if sync.get("to_device", {}).get("events"):
            for message in tuple(self._unread.values()):
                await self._hear(message.room_id, message.event, now)
        rooms = sync.get("rooms", {})
        for room_id, room in {**rooms.get("join", {}), **rooms.get("leave", {})}.items():
            self.invitations.pop(room_id, None)
            for event in room.get("timeline", {}).get("events", ()):
                await self._hear(room_id, event, now)
        for room_id, room in rooms.get("invite", {}).items():
            for event in room["invite_state"]["events"]:
                if event["type"] == "m.room.member" and event["state_key"] == self.user_id:
                    self.invitations[room_id] = event["sender"]
        await self.mail.tick()
        self._since = sync["next_batch"]

    async def _hear(self, room_id: str, event: Json, now: float) -> None:
        kind, content, problem, missing = event["type"], event["content"], "", False
        if encrypted := (kind == "m.room.encrypted" and bool(content)):
            try:
                kind, content = await self.encryption.read(room_id, event)
                self._unread.pop(event["event_id"], None)
            except UnreadableError as error:
                problem = str(error)
                missing = isinstance(error, NoKeyError)
        message = Message(room_id, kind, content, event, encrypted, problem, now)
        if missing:
            self._unread[event["event_id"]] = message
        await self.mail.put(message)


async def _publish_identity(wire: Wire, credentials: Credentials, identity: Identity) -> None:
    """The first time, the homeserver takes it as it is; to replace one, it wants the password again."""
    path = f"{CLIENT}/keys/device_signing/upload"
    try:
        await wire.call("POST", path, identity.upload())
    except RefusedError as error:
        if error.status != 401 or "session" not in error.body:
            raise
        proof = {**password_login(credentials), "session": error.body["session"], "type": "m.login.password"}
        await wire.call("POST", path, {**identity.upload(), "auth": proof})
