"""The people who ask, many of them in each room, since whoever asks too often is slowed down."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle

from bot.platforms.pace import BURST, Pace
from tests.homeserver.mailbox import Message
from tests.homeserver.people import Person
from tests.homeserver.synapse import Synapse

PATIENCE = 120.0  # seconds for an answer, on a busy machine


class Audience:
    """Some who ask in turns, and one who hears the answers for all: a listening crowd is a load itself."""

    def __init__(self, listener: Person, speakers: Sequence[Person]) -> None:
        self.listener = listener
        self.speakers = speakers
        self._next: defaultdict[str, Iterator[Person]] = defaultdict(lambda: cycle(speakers))
        # The bot counts when it hears, which is later by this or that: not quite as fast as it would allow.
        self._pace = Pace(BURST - 2)

    async def room(self, bot: str, *, encrypted: bool) -> str:
        """A new room of all of them, with an invitation for a bot."""
        invited = [bot, *(speaker.user_id for speaker in self.speakers)]
        room = await self.listener.create_room(encrypted=encrypted, invite=invited)
        for speaker in self.speakers:
            await speaker.join(room)
        return room

    async def come(self, bot: str, room: str) -> float:
        """When a bot came into a room, once it has, by `time.monotonic()`, in seconds."""

        def came(message: Message) -> bool:
            joined = message.type == "m.room.member" and message.content["membership"] == "join"
            return joined and (message.room_id, message.sender) == (room, bot)

        return (await self.listener.hear(came, "the bot coming", PATIENCE)).at

    async def asked(self, bot: str, room: str, words: str) -> float:
        """Seconds from when somebody sent these words until the bot's answer was there."""
        speaker = next(self._next[bot])
        question = await self._say(speaker, bot, room, words)
        answer = await self.listener.hear(
            lambda message: (message.in_reply_to, message.sender) == (question, bot), words, PATIENCE
        )
        return answer.at - speaker.sent_at[question]

    async def asked_together(self, bot: str, room: str, words: Sequence[str]) -> None:
        """Have as many as there are words ask side by side, and wait until all are answered."""
        said = (self._say(next(self._next[bot]), bot, room, each) for each in words)
        questions = set(await asyncio.gather(*said))

        def answered() -> bool | None:
            answers = {message.in_reply_to for message in self.listener.mail if message.sender == bot}
            return questions <= answers or None

        await self.listener.mail.until(answered, "an answer to each", PATIENCE)

    async def _say(self, speaker: Person, bot: str, room: str, words: str) -> str:
        seconds = self._pace.wait((bot, speaker.user_id))
        while seconds:
            await asyncio.sleep(seconds)
            seconds = self._pace.wait((bot, speaker.user_id))
        return await speaker.say(room, words)


@asynccontextmanager
async def audience(synapse: Synapse, people: int) -> AsyncIterator[Audience]:
    """So many who ask, and the one who listens."""
    async with AsyncExitStack() as stack:

        async def arrive(name: str, *, listens: bool) -> Person:
            credentials = await synapse.register(name)
            return await stack.enter_async_context(
                await Person.login(synapse.url, credentials, signed=False, listens=listens)
            )

        listener = await arrive("listener", listens=True)
        yield Audience(listener, [await arrive("speaker", listens=False) for _ in range(people)])
