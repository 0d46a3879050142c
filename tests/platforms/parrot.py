"""A bot on Matrix that says again whatever it hears: all of the platform but the conversation."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol, Self

from bot.platforms.matrix.account import Account
from bot.platforms.matrix.client import Client, Room
from bot.platforms.matrix.crosssigning import establish
from bot.platforms.matrix.journal import Journal
from bot.platforms.matrix.message import Message
from bot.platforms.matrix.power import Power
from bot.platforms.matrix.rooms import Rooms
from bot.platforms.matrix.send import send, txn_id
from bot.platforms.matrix.session import JOURNAL, SEEDS, connected
from bot.platforms.matrix.sync import Sync
from tests.homeserver.people import Person

UNREADABLE = "I cannot read this."


class Register(Protocol):
    """Makes an account for the bot; `homeserver` is an address to use in place of the homeserver's own."""

    async def __call__(self, homeserver: str = "") -> Account:
        """A new account, with an empty folder of its own; everybody may invite it."""


class Cupboard:
    """What belongs to rooms: notes of what was asked of it. `changed` is set whenever something was."""

    def __init__(self) -> None:
        self.moved: list[tuple[str, str]] = []
        self.forgotten: list[str] = []
        self.changed = asyncio.Event()

    async def move(self, old: str, new: str) -> None:
        """Note it."""
        self.moved.append((old, new))
        self.changed.set()

    async def forget(self, room_id: str) -> None:
        """Note it."""
        self.forgotten.append(room_id)
        self.changed.set()


class Parrot:
    """Runs for as long as a block; `heard` has every message it was told of, `client` is what it speaks by.

    `signed` is whether it has its device vouched for.
    """

    def __init__(self, account: Account, cupboard: Cupboard | None = None, *, signed: bool = True) -> None:
        self.account = account
        self.cupboard = cupboard or Cupboard()
        self.heard: list[Message] = []
        self._signed = signed
        self._ready = asyncio.Event()
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    @property
    def unread(self) -> int:
        """How many messages wait for their key."""
        return len(self.sync._sealed)

    @property
    def bodies(self) -> list[Any]:
        """What was said in what it heard."""
        return [message.content.get("body") for message in self.heard]

    async def ended(self) -> None:
        """Wait until it ends by itself, and raise what ended it."""
        assert self._running is not None
        await self._running

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({self._running, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._running.done():
            await self._running
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._running is not None
        self._stop.set()
        if self._running.done() and self._running.exception():
            return  # whoever is interested has asked `ended`
        await self._running

    async def die(self) -> None:
        """End at once, as if killed: nothing is finished."""
        assert self._running is not None
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        self._running = asyncio.create_task(asyncio.sleep(0))

    async def _run(self) -> None:
        account = self.account
        async with connected(account) as self.client:
            if self._signed:
                await establish(self.client, account.store_path / SEEDS, account.password)
            self.journal = Journal(account.store_path / JOURNAL)
            rooms = Rooms(
                self.client,
                self.journal,
                self.cupboard,
                allowed=account.allow_invites_from,
                purge_after=account.purge_after,
            )
            self.power = Power(self.client)
            self._ready.set()
            self.sync = Sync(
                self.client, self.journal, rooms, hear=self._hear, hint=self._hint, grace=account.grace
            )
            await self.sync.run(self._stop)

    async def _hear(self, message: Message, room: Room) -> None:
        self.heard.append(message)
        assert room.room_id == message.room_id
        if message.content.get("msgtype") != "m.text":
            return
        await say(self.client, message.room_id, str(message.content.get("body")), message.event_id)

    async def _hint(self, room_id: str, event_id: str) -> None:
        await say(self.client, room_id, UNREADABLE, event_id)


async def say(client: Client, room_id: str, body: str, event_id: str) -> None:
    """Reply to an event."""
    relation = {"m.in_reply_to": {"event_id": event_id}}
    content = {"msgtype": "m.notice", "body": body, "m.mentions": {}, "m.relates_to": relation}
    await send(client, room_id, content, txn_id(event_id))


async def meet(
    person: Person,
    parrot: Parrot,
    *,
    encrypted: bool = False,
    version: str | None = None,
    creators: Iterable[str] = (),
) -> str:
    """A new room with the bot in it; options as for `Person.create_room`."""
    room = await person.create_room(
        encrypted=encrypted, version=version, creators=creators, invite=[parrot.account.user_id]
    )
    await person.joined(room, parrot.account.user_id)
    return room


async def echo(person: Person, room: str, words: str) -> None:
    """Say something and read it again from the bot."""
    said = await person.say(room, words)
    assert (await person.answer_to(said)).body == words
