"""What happened in rooms while we did not listen, as far as answers are still wanted."""

import time
from collections.abc import AsyncIterator
from functools import partial

from bot.platforms.matrix.client import Client
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import Json, RefusedError, dicts, section

GAP = 2_000  # messages of one room that are looked through, at most, after a time of absence
PATIENCE = 30.0  # seconds to insist on a part of them


async def gaps(client: Client, body: Json, since: str, grace: float) -> AsyncIterator[tuple[str, list[Json]]]:
    """What happened in rooms before what the sync `body` tells of, oldest first, as far as it may be fresh.

    `since` is the place up to which everything is known. Raises `TransientError`.
    """
    for room_id, room in section(body, "rooms", "join").items():
        timeline = section(room, "timeline")
        place = timeline.get("prev_batch")
        events: list[Json] = []
        came = has_joined(dicts(timeline.get("events")), client.user_id)
        if not since or timeline.get("limited") is not True or came:
            continue
        while isinstance(place, str) and len(events) < GAP:
            query = {"dir": "b", "from": place, "to": since, "limit": "100"}
            ask = partial(client.server.call, "GET", "rooms", room_id, "messages", query=query)
            try:
                told = await insist(client.trouble, ask, PATIENCE)
            except RefusedError:
                break
            chunk = dicts(told.get("chunk"))
            events += chunk
            if not chunk or is_late(chunk[-1], grace) or has_joined(chunk, client.user_id):
                break
            place = told.get("end")
        yield room_id, events[::-1]


def is_late(raw: Json, grace: float) -> bool:
    """Whether an event is older than the grace: by the homeserver's clock if it says so, else by ours."""
    # Compared, not calculated with: strangers write numbers that are too great for that.
    age = section(raw, "unsigned").get("age")
    if isinstance(age, int):
        return age > grace * 1000
    sent_at = raw.get("origin_server_ts")
    return not isinstance(sent_at, int) or sent_at < (time.time() - grace) * 1000


def has_joined(events: list[Json], user_id: str) -> bool:
    """Whether somebody joined the room in one of these events."""
    return any(
        raw.get("type") == "m.room.member"
        and raw.get("state_key") == user_id
        and section(raw, "content").get("membership") == "join"
        and section(raw, "unsigned", "prev_content").get("membership") != "join"
        for raw in events
    )
