"""Hearing what happens, by a loop that neither hammers a homeserver in trouble nor loses a command.

A sync counts as done only when all that came with it has been dealt with (see `journal`): after a crash it
comes again, and what was already answered is skipped. Commands that came while the bot was down are answered
if they are fresh, also where there were more than the homeserver tells at once.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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
from bot.platforms.matrix.rooms import Rooms
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import Json, RefusedError, TransientError, dicts, section

POLL = 30.0  # seconds the homeserver may wait for something to happen
FIRST_POLL = 300.0  # seconds it may take to tell the whole state of all rooms
KEY_PATIENCE = 20.0  # seconds that a key may be late for the message it opens
FINISH = 8.0  # seconds for the answers that are under way when we are told to stop
GAP = 2_000  # messages of one room that are looked through, at most, after a time of absence

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

    `hint` is told the room and the event of a message that stays unreadable, once per room and day (UTC).
    `grace` is how many seconds old a message may be.
    """

    def __init__(
        self, client: Client, journal: Journal, rooms: Rooms, *, hear: Hear, hint: Hint, grace: float
    ) -> None:
        self._client = client
        self._journal = journal
        self._rooms = rooms
        self._hear = hear
        self._hint = hint
        self._grace = grace
        self._lanes = Lanes()
        self._sealed: dict[str, _Sealed] = {}
        self._upkeeping = False

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
                gaps = {room_id: gap async for room_id, gap in self._gaps(body, since)}
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
            self._take(body, gaps)
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
        await asyncio.sleep(pause)

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

    async def _gaps(self, body: Json, since: str) -> AsyncIterator[tuple[str, list[Json]]]:
        """What happened in rooms before what the sync tells of, oldest first, as far as it may be fresh."""
        for room_id, room in section(body, "rooms", "join").items():
            timeline = section(room, "timeline")
            place = timeline.get("prev_batch")
            events: list[Json] = []
            if (
                not since
                or timeline.get("limited") is not True
                or self._has_joined(dicts(timeline.get("events")))
            ):
                continue
            while isinstance(place, str) and len(events) < GAP:
                query = {"dir": "b", "from": place, "to": since, "limit": "100"}
                try:
                    told = await insist(
                        partial(self._client.server.call, "GET", "rooms", room_id, "messages", query=query),
                        POLL,
                    )
                except RefusedError:
                    break
                chunk = dicts(told.get("chunk"))
                events += chunk
                if not chunk or self._is_late(chunk[-1]) or self._has_joined(chunk):
                    break
                place = told.get("end")
            yield room_id, events[::-1]

    def _take(self, body: Json, gaps: dict[str, list[Json]]) -> None:
        """Take a sync in and set everything going that it asks for. Nothing is awaited: it is done or not."""
        self._client.take_in(body)
        token = body["next_batch"]
        jobs = {f"{token} {name}": job for name, job in self._rooms.jobs(body)}
        fresh = list(self._fresh(body, gaps))
        self._journal.open(token, [*jobs, *(raw["event_id"] for _, raw in fresh)])
        for name, job in jobs.items():
            self._lanes.submit(name.partition(" ")[2], partial(self._settled, name, job))
        until = asyncio.get_running_loop().time() + KEY_PATIENCE
        for room_id, raw in fresh:
            self._open(_Sealed(room_id, raw, until))
        self._try_again()

    def _fresh(self, body: Json, gaps: dict[str, list[Json]]) -> Iterator[tuple[str, Json]]:
        """The events that others sent since we are in the room, and that are neither late nor answered."""
        for room_id, room in section(body, "rooms", "join").items():
            events = [*gaps.get(room_id, ()), *dicts(section(room, "timeline").get("events"))]
            joined = [place for place, raw in enumerate(events) if self._has_joined([raw])]
            for raw in events[joined[-1] if joined else 0 :]:
                event_id = raw.get("event_id")
                if (
                    isinstance(event_id, str)
                    and "state_key" not in raw
                    and raw.get("sender") != self._client.user_id
                    and not self._is_late(raw)
                    and not self._journal.is_answered(event_id)
                ):
                    yield room_id, raw

    def _open(self, each: _Sealed) -> None:
        """Pass on what an event says, or keep it until its key comes."""
        event_id = each.raw["event_id"]
        try:
            message = self._client.open(each.room_id, each.raw)
        except SealedError:
            self._sealed[event_id] = each
            return
        self._sealed.pop(event_id, None)
        room = self._client.room(each.room_id)
        if message is None or room is None:
            self._journal.settle(event_id)
            return
        # Whoever hears it keeps the order, and slows down who asks too much: here nobody waits for anybody.
        self._lanes.submit(event_id, partial(self._settled, event_id, partial(self._hear, message, room)))

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
        for each in list(self._sealed.values()):
            if self._client.keys.can_decrypt(each.room_id, each.raw):
                self._open(each)

    def _give_up(self) -> None:
        """Regret that something could not be read, once its key has had time to come."""
        now = asyncio.get_running_loop().time()
        for event_id, each in list(self._sealed.items()):
            if each.until <= now:
                del self._sealed[event_id]
                log.warning("message cannot be decrypted", platform="matrix")
                self._lanes.submit(
                    each.room_id, partial(self._settled, event_id, partial(self._regret, each))
                )

    async def _regret(self, each: _Sealed) -> None:
        if self._journal.hint(each.room_id, time.strftime("%Y-%m-%d", time.gmtime())):
            await self._hint(each.room_id, each.raw["event_id"])

    def _is_late(self, raw: Json) -> bool:
        """Whether an event is older than the grace: by the homeserver's clock if it says so, else by ours."""
        age = section(raw, "unsigned").get("age")
        if isinstance(age, int):
            return age / 1000 > self._grace
        sent_at = raw.get("origin_server_ts")
        return not isinstance(sent_at, int) or time.time() - sent_at / 1000 > self._grace

    def _has_joined(self, events: list[Json]) -> bool:
        """Whether we joined the room in one of these events: what was said before was not said to us."""
        return any(
            raw.get("type") == "m.room.member"
            and raw.get("state_key") == self._client.user_id
            and section(raw, "content").get("membership") == "join"
            and section(raw, "unsigned", "prev_content").get("membership") != "join"
            for raw in events
        )
