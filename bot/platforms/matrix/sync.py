"""Hearing what happens, by a loop that neither hammers a homeserver in trouble nor loses a command.

A sync counts as done only when all that came with it has been dealt with (see `journal`): after a crash it
comes again, and what was already answered is skipped. Commands that came while the bot was down are answered
if they are fresh, also where there were more than the homeserver tells at once.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from bot.errors import whereabouts
from bot.platforms.matrix.backoff import Backoff
from bot.platforms.matrix.client import Client, Room, SealedError
from bot.platforms.matrix.journal import Journal
from bot.platforms.matrix.lanes import Lanes
from bot.platforms.matrix.message import Message
from bot.platforms.matrix.past import gaps, has_joined, is_late
from bot.platforms.matrix.rooms import Rooms
from bot.platforms.matrix.server import Json, RefusedError, TransientError, dicts, section

POLL = 30.0  # seconds the homeserver may wait for something to happen
FIRST_POLL = 300.0  # seconds it may take to tell the whole state of all rooms
KEY_PATIENCE = 20.0  # seconds that a key may be late for the message it opens
FINISH = 8.0  # seconds for the answers that are under way when we are told to stop

FILTER = json.dumps(
    {
        "presence": {"types": []},
        "account_data": {"types": []},
        "room": {
            "account_data": {"types": []},
            "ephemeral": {"types": []},
            # Keys have to be shared with all members, so that all have to be known.
            "state": {"lazy_load_members": False},
            "timeline": {"limit": 50, "lazy_load_members": False},
        },
    }
)

Hear = Callable[[Message, Room], Awaitable[None]]
Wants = Callable[[Message, Room], bool]
Hint = Callable[[str, str], Awaitable[None]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Sealed:
    """An encrypted event that waits for its key until a moment of the loop's clock."""

    room_id: str
    raw: Json
    until: float


class Sync:
    """The loop. `hear` is told of every message that is fresh and was not said by us, of one person in order.

    `wants` says at once whether a message is worth telling: what is not costs no note of having been heard.
    `hint` is told the room and the event of a message that stays unreadable, once per room and day (UTC).
    `ready` is told once, when it is known which rooms we are in. `grace` is how many seconds old a message
    may be.
    """

    def __init__(
        self,
        client: Client,
        journal: Journal,
        rooms: Rooms,
        *,
        hear: Hear,
        hint: Hint,
        grace: float,
        wants: Wants = lambda _message, _room: True,
        ready: Callable[[], object] = lambda: None,
    ) -> None:
        self._client = client
        self._journal = journal
        self._rooms = rooms
        self._hear = hear
        self._hint = hint
        self._wants = wants
        self._ready = ready
        self._grace = grace
        self._lanes = Lanes()
        self._sealed: dict[str, _Sealed] = {}
        self._upkeeping = False
        self._is_ready = False

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop`; then finish what is under way, within ten seconds.

        Raises:
            LoggedOutError: The access token is not accepted any more.
            PlatformError: The account is closed, or the journal cannot be written.
        """
        listening = asyncio.create_task(self._listen())
        told = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({listening, told}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
        finally:
            for task in (listening, told):
                task.cancel()
            await asyncio.gather(listening, told, return_exceptions=True)
            await self._lanes.finish(FINISH)

    async def _listen(self) -> None:
        backoff = Backoff()
        since, fresh_start = self._journal.token, True
        while True:
            try:
                body = await self._poll(since, whole=fresh_start)
                missed = {room_id: gap async for room_id, gap in gaps(self._client, body, since, self._grace)}
            except TransientError as error:
                await self._trouble(backoff, error.reason, error.wait)
                continue
            except RefusedError as error:
                if since and error.status == 400 and error.code:
                    # After its database was restored from a copy, for instance, it knows no such place.
                    log.warning("starting over", platform="matrix", error=error.code)
                    since, fresh_start = "", True
                    self._journal.start_over()
                else:
                    await self._trouble(backoff, str(error), 0.0)
                continue
            if backoff.tried:
                log.warning("homeserver answers again", platform="matrix", count=backoff.tried)
                backoff.reset()
            self._take(body, missed)
            if not self._is_ready:
                self._is_ready = True
                self._ready()
            since, fresh_start = body["next_batch"], False
            self._give_up()
            if not self._upkeeping:
                self._upkeeping = True
                self._lanes.submit("keys", self._upkeep)

    async def _trouble(self, backoff: Backoff, reason: str, wait: float) -> None:
        report = (
            log.debug if backoff.tried else log.warning
        )  # one line for each trouble, however long it lasts
        pause = backoff.next(wait)
        report("homeserver in trouble", platform="matrix", error=reason, seconds=round(pause, 1))
        await asyncio.sleep(max(pause, self._client.trouble.pause()))

    async def _poll(self, since: str, *, whole: bool) -> Json:
        wait = 0.0 if whole else POLL
        if self._sealed:
            now = asyncio.get_running_loop().time()
            wait = max(0.0, min(wait, min(each.until for each in self._sealed.values()) - now))
        query = {"filter": FILTER, "timeout": str(int(wait * 1000))}
        if since:
            query["since"] = since
        if whole:
            query["full_state"] = "true"  # nio keeps no rooms over a restart
        patience = FIRST_POLL if whole else POLL + wait
        body = await self._client.server.call("GET", "sync", query=query, patience=patience)
        if not isinstance(body.get("next_batch"), str):
            raise TransientError("sync without a token")
        return body

    def _take(self, body: Json, missed: dict[str, list[Json]]) -> None:
        """Take a sync in and set everything going that it asks for. Nothing is awaited: it is done or not."""
        self._client.take_in(body)
        token = body["next_batch"]
        jobs = {f"{token} {name}": job for name, job in self._rooms.jobs(body)}
        fresh = list(self._fresh(body, missed))
        self._journal.open(token, [*jobs, *(raw["event_id"] for _, raw in fresh)])
        for name, job in jobs.items():
            self._lanes.submit(name.partition(" ")[2], partial(self._settled, name, job))
        until = asyncio.get_running_loop().time() + KEY_PATIENCE
        self._open(_Sealed(room_id, raw, until) for room_id, raw in fresh)
        self._try_again()

    def _fresh(self, body: Json, missed: dict[str, list[Json]]) -> Iterator[tuple[str, Json]]:
        """The events that others sent since we are in the room, and that are neither late nor answered."""
        for room_id, room in section(body, "rooms", "join").items():
            events = [*missed.get(room_id, ()), *dicts(section(room, "timeline").get("events"))]
            # What was said before we joined was not said to us.
            joined = [place for place, raw in enumerate(events) if has_joined([raw], self._client.user_id)]
            for raw in events[joined[-1] if joined else 0 :]:
                event_id = raw.get("event_id")
                if (
                    isinstance(event_id, str)
                    and "state_key" not in raw
                    and raw.get("sender") != self._client.user_id
                    and not is_late(raw, self._grace)
                    and not self._journal.is_answered(event_id)
                ):
                    yield room_id, raw

    def _open(self, events: Iterable[_Sealed]) -> None:
        """Pass on what events say, or keep them until their keys come."""
        nothing = []
        for each in events:
            event_id = each.raw["event_id"]
            try:
                told = self._told(each)
            except SealedError:
                self._sealed[event_id] = each
                continue
            except Exception as error:  # one event is not to keep us from hearing all others
                log.exception("event left out", platform="matrix", error=error, path=whereabouts(error))
                told = None
            self._sealed.pop(event_id, None)
            if told is None:
                nothing.append(event_id)
            else:
                # Whoever hears it keeps the order, and slows down who asks too much: here nobody waits.
                job = partial(self._pass_on, *told)
                self._lanes.submit(event_id, partial(self._settled, event_id, job))
        self._journal.settle(*nothing)

    def _told(self, each: _Sealed) -> tuple[Message, Room] | None:
        """What an event says, and where, if that is worth telling. Raises `SealedError`."""
        message, room = self._client.open(each.room_id, each.raw), self._client.room(each.room_id)
        return (message, room) if message and room and self._wants(message, room) else None

    async def _pass_on(self, message: Message, room: Room) -> None:
        await self._rooms.moved(message.room_id)
        await self._hear(message, room)

    async def _settled(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Do a job, and note that it is done; if we are stopped before, it is done again after a restart."""
        try:
            await job()
        except Exception as error:  # what failed for good is not to be tried for ever
            log.exception("job failed", platform="matrix", error=error, path=whereabouts(error))
        self._journal.settle(name)

    async def _upkeep(self) -> None:
        """See to the keys, and to what could not be read without them."""
        self._upkeeping = False  # what is told from now on needs another one
        with suppress(TransientError, RefusedError):  # the next sync says what is left
            await self._client.keys.upkeep()
        self._try_again()

    def _try_again(self) -> None:
        """Open what waited for a key that has come."""
        sealed = list(self._sealed.values())
        self._open(each for each in sealed if self._client.keys.can_decrypt(each.room_id, each.raw))

    def _give_up(self) -> None:
        """Regret that something could not be read, once its key has had time to come."""
        now = asyncio.get_running_loop().time()
        given_up = {event_id: each for event_id, each in self._sealed.items() if each.until <= now}
        if not given_up:
            return
        log.warning("messages cannot be decrypted", platform="matrix", count=len(given_up))
        first = {each.room_id: event_id for event_id, each in reversed(given_up.items())}
        for event_id, each in given_up.items():
            del self._sealed[event_id]
            if first[each.room_id] == event_id:
                regret = partial(self._regret, each)
                self._lanes.submit(each.room_id, partial(self._settled, event_id, regret))
        self._journal.settle(*(given_up.keys() - set(first.values())))

    async def _regret(self, each: _Sealed) -> None:
        if self._journal.hint(each.room_id, time.strftime("%Y-%m-%d", time.gmtime())):
            await self._hint(each.room_id, each.raw["event_id"])
