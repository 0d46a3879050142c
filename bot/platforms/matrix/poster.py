"""What is posted in rooms unasked: each post once, by a transaction id that follows from its key.

Before anything is sent that may arrive, it is made sure that the homeserver answers, that we are in the room
and that its members have the key to what is said there. What goes wrong until then has not been posted for
sure, so that a homeserver which is down for long leaves nobody in doubt.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar

from bot.commands.request import Request
from bot.errors import PlatformError
from bot.i18n import translator
from bot.model import Place
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.render import content, whole
from bot.platforms.matrix.rooms import TOMBSTONE
from bot.platforms.matrix.send import txn_id
from bot.platforms.matrix.server import (
    FIRST_VERSION,
    RATE,
    Json,
    RefusedError,
    TransientError,
    dicts,
    section,
)
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

CHANGES = "100"  # of one message: as many as a homeserver lists at once

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

    async def edit(self, post: Post, message_id: str) -> None:
        """As `Poster.edit`: an event that replaces what the first one says (“Event replacements”).

        The key of the post is that of the change: another change needs another one. What it says counts as
        well: where it is in doubt whether a change was taken, another one can be tried under its key.
        """
        await self._be_in(post.place.id)
        if not await self._stands(post.place.id, message_id):
            return
        new = _content(post, self.prefix)
        # Clients that know of no replacements show it as a message of its own, marked like that.
        change = {**new, "body": f"* {new['body']}", "formatted_body": f"* {new['formatted_body']}"}
        relation = {"rel_type": "m.replace", "event_id": message_id}
        said = txn_id(json.dumps(new, sort_keys=True))
        await self._send(
            post.place.id, {**change, "m.new_content": new, "m.relates_to": relation}, f"{post.key}.{said}"
        )

    async def withdraw(self, place: Place, message_id: str, key: str) -> None:
        """As `Poster.withdraw`: it is redacted last, after all that it was changed to."""
        await self._be_in(place.id)
        if not await self._stands(place.id, message_id):
            return
        for each in (*await self._changes(place.id, message_id), message_id):
            path = ("rooms", place.id, "redact", each, f"{key}.{txn_id(each)}")
            with _told():
                await self._client.call("PUT", *path)

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
        await self._enter(room_id)
        with _told():
            return await self._client.send(room_id, said, transaction)

    async def _enter(self, room_id: str) -> None:
        """See to it that nothing but sending is left to be done."""
        await self._be_in(room_id)
        client = self._client
        room = client.room(room_id)
        if room and room.encrypted:
            try:
                await _without_doubt(lambda: client.keys.share(room_id))
            except RefusedError as error:
                raise NotTakenError(str(error)) from error

    async def _be_in(self, room_id: str) -> None:
        """See to it that the homeserver answers, and that we are in a room where somebody reads."""
        client = self._client
        if pause := client.trouble.pause():
            raise NotTakenError("homeserver in trouble", pause)
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

    async def _stands(self, room_id: str, event_id: str) -> bool:
        """Whether a message of ours is still there and says something."""
        try:
            event = await _without_doubt(
                lambda: self._client.call("GET", "rooms", room_id, "event", event_id)
            )
        except RefusedError as error:
            if error.status == 404:
                return False
            raise NotTakenError(str(error)) from error
        return bool(section(event, "content"))  # what is redacted has none

    async def _changes(self, room_id: str, event_id: str) -> list[str]:
        """The events by which we changed a message: they say what it says now, and go on saying it."""
        ask = partial(self._client.server.call, "GET", "rooms", room_id, "relations", event_id, "m.replace")
        try:
            told = await _without_doubt(lambda: ask(query={"limit": CHANGES}, api=FIRST_VERSION))
        except RefusedError:  # a homeserver that does not know, or hides, what belongs together
            return []
        ours = (each for each in dicts(told.get("chunk")) if each.get("sender") == self._client.user_id)
        return [str(each.get("event_id")) for each in ours]


@contextmanager
def _told() -> Iterator[None]:
    """Say of what was sent whether it was taken, as `Poster.post` does."""
    try:
        yield
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
