"""From what is said in rooms to conversations: who is answered, and how fast."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import ceil

import structlog

from bot.platforms.matrix.conversation import Conversations
from bot.platforms.matrix.hearing import Said, heard
from bot.platforms.matrix.homeserver import Room
from bot.platforms.matrix.message import Message
from bot.platforms.matrix.server import RefusedError, TransientError
from bot.platforms.pace import Pace

WAITING = (
    20  # questions of one person that wait their turn: more than anybody types while an answer is coming
)

log = structlog.get_logger()


class Ears:
    """Hears the messages of all rooms, as who we are (`own_id`) and with what stands before a command.

    What it knows of people it keeps in memory, while they wait for an answer and a little longer.
    """

    def __init__(
        self, conversations: Conversations, own_id: str, prefix: str, pace: Pace | None = None
    ) -> None:
        self._conversations = conversations
        self._own_id = own_id
        self._prefix = prefix
        self._pace = pace or Pace()
        self._turns: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()
        self._refused: set[str] = set()

    def wants(self, event: Message, room: Room) -> bool:
        """Whether a message asks something of us."""
        return self._heard(event, room) is not None

    async def handle(self, event: Message, room: Room) -> None:
        """Answer a message if it asks something of us. Returns when that is done, and never fails.

        That may take long, so events are to be handled beside each other: those of one person wait in here
        and are answered in the order in which this was called, unless they are too many. The same event
        has the same answer again, which the homeserver does not send a second time.
        """
        said = self._heard(event, room)
        if said is None:
            return
        try:
            if self._waiting[said.sender] < WAITING:
                async with self._turn(said.sender):
                    await self._conversations.answer(said)
            elif said.sender not in self._refused:
                self._refused.add(said.sender)
                await self._refuse(said)
        except (RefusedError, TransientError) as error:
            log.warning("answer not delivered", platform="matrix", error=str(error))
        except Exception as error:
            # Whatever it is, others are to be answered.
            log.exception("answer failed", platform="matrix", error=error)

    def _heard(self, event: Message, room: Room) -> Said | None:
        return heard(event, room, self._own_id, self._prefix, self._conversations.may_answer)

    @asynccontextmanager
    async def _turn(self, person: str) -> AsyncIterator[None]:
        """The turn of one question of somebody, after those before it and not faster than anybody may ask."""
        async with self._counted(person), self._turns.setdefault(person, asyncio.Lock()):
            seconds = self._pace.wait(person)
            while seconds:
                await asyncio.sleep(seconds)
                seconds = self._pace.wait(person)
            yield

    @asynccontextmanager
    async def _counted(self, person: str) -> AsyncIterator[None]:
        """Count one more who waits; nothing is left of a person when nobody does."""
        self._waiting[person] += 1
        try:
            yield
        finally:
            self._waiting[person] -= 1
            if not self._waiting[person]:
                del self._waiting[person]
                self._turns.pop(person, None)
                self._refused.discard(person)

    async def _refuse(self, said: Said) -> None:
        """Say that it is too much: once, in place of the answers to everything until the rest is answered."""
        seconds = max(1, ceil(self._pace.wait(said.sender)))
        await self._conversations.say(
            said,
            lambda request: request.tr.n(
                "That was a lot at once. Please wait {n} second.",
                "That was a lot at once. Please wait {n} seconds.",
                seconds,
            ),
        )
