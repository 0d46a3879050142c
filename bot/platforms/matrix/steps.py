"""Where conversations stand: in memory, and after a restart in the answers themselves (see `followup`)."""

from collections import OrderedDict
from dataclasses import replace
from functools import partial

from bot.platforms.matrix.followup import Seal, Step
from bot.platforms.matrix.hearing import Said
from bot.platforms.matrix.homeserver import Homeserver
from bot.platforms.matrix.message import Message
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import RefusedError, TransientError

REMEMBERED = 5_000  # conversations in memory; others come back from their rooms
PATIENCE = 5.0  # seconds for what helps an answer along; it goes out without it rather than late
LOOKED_BACK = 60  # events of a room, among which the last answer to somebody is looked for


class Steps:
    """The last step of each person in each room."""

    def __init__(self, server: Homeserver, seal: Seal) -> None:
        self._server = server
        self._seal = seal
        self._steps: OrderedDict[tuple[str, str], Step] = OrderedDict()

    def may_answer(self, place: str, person: str, event_id: str) -> bool:
        """Whether a reply of somebody to an event may answer a question of ours.

        As long as it is not known where they stand in the room, as after a restart, it may.
        """
        own = self._steps.get((place, person))
        return own is None or (own.filling is not None and own.event_id == event_id)

    async def last(self, said: Said, place: str) -> Step:
        """Where a conversation stands: after the answer that is replied to, or else after the last one."""
        own = await self.of(said.sender, place)
        if not said.replied_to or place != said.room_id:
            return own
        try:
            event = await insist(
                self._server.trouble, partial(self._server.message, place, said.replied_to), PATIENCE
            )
        except TransientError:
            return own
        other = self._opened(event, place) if event else None
        if other is None:
            return own
        # A form is one's own, and stands where its last question was.
        return replace(other, person=said.sender, locale=own.locale, filling=own.filling, lost=own.lost)

    async def of(self, person: str, place: str) -> Step:
        """The last step of somebody in a room; an empty one where there is none."""
        return self._steps.get((place, person)) or await self._recalled(person, place)

    def closed(self, step: Step, place: str) -> str:
        """A step as it travels in an event; empty where it is too long for that."""
        return self._seal.close(step, place)

    def remember(self, place: str, taken: Step) -> None:
        """The last step of somebody in a room is that from now on."""
        self._steps[place, taken.person] = taken
        self._steps.move_to_end((place, taken.person))
        if len(self._steps) > REMEMBERED:
            self._steps.popitem(last=False)

    async def _recalled(self, person: str, place: str) -> Step:
        """The step that our last answer to somebody in a room carries; an empty one where there is none."""
        try:
            recent = await insist(
                self._server.trouble, partial(self._server.recent, place, LOOKED_BACK), PATIENCE
            )
        except TransientError:  # it is asked for again the next time
            return Step(person)
        except RefusedError:  # we may not read back
            recent = ()
        steps = (self._opened(event, place) for event in recent)
        found = next((each for each in steps if each and each.person == person), Step(person))
        self.remember(place, found)
        return found

    def _opened(self, event: Message, place: str) -> Step | None:
        """The step that an event carries, if it is ours."""
        step = self._seal.open(event.content, place) if event.sender == self._server.user_id else None
        return replace(step, event_id=event.event_id) if step else None
