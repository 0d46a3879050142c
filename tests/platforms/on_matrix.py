"""The bot as its readers on Matrix know it: all of it, with a small shelf, for as long as a block."""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from bot.commands.describe import Services
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.run import run
from tests.homeserver.mailbox import Message
from tests.homeserver.people import Person


class Infoshop:
    """Runs for as long as a block. Started again with the same account, it has been restarted."""

    def __init__(self, services: Services, account: Account) -> None:
        self.account = account
        self._services = services
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(run(self._services, self._stop, self.account))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        await self._running


async def shared_room(
    *people: Person, bot: Infoshop, encrypted: bool = False, direct: bool = False, version: str | None = None
) -> str:
    """A room of the first of some people, with the others and the bot in it."""
    host, *guests = people
    bot_id = bot.account.user_id
    invited = [bot_id, *(guest.user_id for guest in guests)]
    room = await host.create_room(invite=invited, encrypted=encrypted, direct=direct, version=version)
    for guest in guests:
        await guest.join(room)
    for person in people:
        await person.joined(room, bot_id)
    return room


async def ask(
    person: Person, room: str, words: str, *, reply_to: str | None = None, mentions: Iterable[str] = ()
) -> Message:
    """Say something and wait for the reply to it."""
    return await person.answer_to(await person.say(room, words, reply_to=reply_to, mentions=mentions))
