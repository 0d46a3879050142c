"""What is posted in rooms unasked: each post once, by a transaction id that follows from its key.

Before anything is sent that may arrive, it is made sure that the homeserver answers, that we are in the room
and that its members have the key to what is said there. What goes wrong until then has not been posted for
sure, so that a homeserver which is down for long leaves nobody in doubt.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.commands.request import Request
from bot.errors import PlatformError
from bot.i18n import translator
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.render import content, whole
from bot.platforms.matrix.rooms import TOMBSTONE
from bot.platforms.matrix.server import RATE, Json, RefusedError, TransientError, section
from bot.platforms.plain import written_out
from bot.posting import NotTakenError, Post, Problem, UnfitPlaceError
from bot.reply import Reply

ROOM = "room"
"""What a mention of everybody in a room is called in its `m.mentions`."""

MEMORY = 1800.0
"""Seconds for which homeservers surely know a transaction id of a device.

The specification (client-server API, “Transaction identifiers”) names no time. Synapse keeps them in its
database for a day (`_cleanup_old_transaction_ids`), Dendrite in memory for 30 minutes and more
(`DefaultCleanupPeriod`).
"""

PACE = 0.1
"""Posts a second. By default, Synapse lets a user send one message in five seconds, and ten at once
(`rc_message`): with a thread each, posts take no more than what is given back meanwhile, and leave the ten to
the answers that somebody waits for.
"""

Told = TypeVar("Told")


class MatrixPoster:
    """Posts as our device; implements `posting.Poster`. `prefix` is what stands before a command here.

    A post is a notice, as our answers are: no bot answers it, and clients make no noise about it, which on a
    shared or watched phone is the safer way. Only one that is to mention the room is an ordinary message:
    among the rules that decide on notifications, the one that silences notices comes before the one that lets
    a room be mentioned (specification, “Push notifications”, “Default override rules”).
    """

    platform = "matrix"
    memory = MEMORY
    pace = PACE
    width = 1

    def __init__(self, client: Client, prefix: str) -> None:
        self._client = client
        self.prefix = prefix
        self.identity = f"{client.user_id}/{client.device_id}"

    async def post(self, post: Post) -> str:
        """As `Poster.post`: one event, which is encrypted where the room is."""
        return await self._send(post.place.id, _content(post, self.prefix), f"{post.key}.post")

    async def open_thread(self, post: Post, message_id: str, title: str) -> None:
        """As `Poster.open_thread`: a thread is there as soon as something is said in it."""
        tr = Request(post.locale).tr
        opening = content(whole(Reply(tr("Here is room to talk about it: {title}", title=title)), tr))
        opening["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": message_id,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": message_id},
        }
        await self._send(post.place.id, opening, f"{post.key}.thread")

    async def _send(self, room_id: str, said: Json, transaction: str) -> str:
        if pause := self._client.trouble.pause():
            raise NotTakenError("homeserver in trouble", pause)
        await self._enter(room_id)
        try:
            return await self._client.send(room_id, said, transaction)
        except RefusedError as error:
            if error.status == 404:
                raise UnfitPlaceError(Problem.GONE) from error
            if error.code == "M_FORBIDDEN":  # and we are in the room
                raise UnfitPlaceError(Problem.FORBIDDEN) from error
            raise NotTakenError(str(error)) from error
        except TransientError as error:
            if error.reason == RATE:
                raise NotTakenError(RATE, error.wait) from error
            raise  # it may have arrived
        except PlatformError as error:  # our token, or our account, is not accepted any more
            raise NotTakenError(type(error).__name__) from error

    async def _enter(self, room_id: str) -> None:
        """See to it that nothing but sending is left to be done."""
        client = self._client
        path = ("rooms", room_id, "state", "m.room.member", client.user_id)
        try:
            membership = (await _without_doubt(lambda: client.call("GET", *path))).get("membership")
        except RefusedError as error:
            if error.status in {403, 404}:  # we never were in it, or it is no room
                raise UnfitPlaceError(Problem.GONE) from error
            raise NotTakenError(str(error)) from error
        room = client.room(room_id)  # one that we have only just made is not known yet
        replaced = section(client.state(room_id, TOMBSTONE), "content")
        if membership != "join" or replaced or (room and room.member_count < 2):
            raise UnfitPlaceError(Problem.GONE)  # we are out, it is over, or nobody else is in it
        if room and room.encrypted:
            try:
                await _without_doubt(lambda: client.keys.share(room_id))
            except RefusedError as error:
                raise NotTakenError(str(error)) from error


async def _without_doubt(asked: Callable[[], Awaitable[Told]]) -> Told:
    """Ask something that posts nothing, so that whatever goes wrong, nothing was posted."""
    try:
        return await asked()
    except TransientError as error:
        raise NotTakenError(error.reason, error.wait) from error
    except PlatformError as error:
        raise NotTakenError(type(error).__name__) from error


def _content(post: Post, prefix: str) -> Json:
    reply, tr = written_out(post.reply, prefix), translator(post.locale)
    if post.mention != ROOM:
        return content(whole(reply, tr))
    loud = content(whole(replace(reply, text=f"@room\n\n{reply.text}"), tr))
    return {**loud, "msgtype": "m.text", "m.mentions": {"room": True}}
