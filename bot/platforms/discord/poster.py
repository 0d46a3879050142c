"""Posting on Discord unasked: a message that is there once, and a thread to talk about it.

A message carries a nonce. "If true and nonce is present, it will be checked for uniqueness in the past few
minutes. If another message was created by the same author with the same nonce, that message will be returned
and no new message will be created" (`enforce_nonce`, Create Message, in Discord's documentation). One that
was deleted meanwhile is not made again (discord/discord-api-docs, pull request 6647).

When Discord is in trouble, of what it is asked then nobody can tell whether it was done. Once that happened,
nothing more is posted until Discord has answered a question that does nothing; so however long it is in
trouble, only what was under way when that began is in doubt.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from functools import partial
from typing import Literal, TypeVar

import discord
from discord import ui

from bot.i18n import translator
from bot.model import Place
from bot.platforms.clean import one_line
from bot.platforms.discord.address import Address, Marks, Step, mark
from bot.platforms.discord.attempts import Attempts, watched
from bot.platforms.discord.buttons import Controls, Press
from bot.platforms.discord.refusals import GONE_MESSAGE, HAS_THREAD, refusal
from bot.platforms.discord.render import page
from bot.platforms.discord.text import fitted
from bot.posting import NotTakenError, Post
from bot.reply import Ask, Reply

MEMORY = 120.0  # seconds: "a few minutes" are more than two
PATIENCE = 15.0  # seconds: then an attempt is over, with all that discord.py repeats, and never goes on
LOOK = 4.0  # seconds in which Discord has to answer whether it is there
# A bot has 50 requests a second (Rate Limits, in Discord's documentation), answers to interactions aside. The
# rest is left to what is shown to everyone because somebody asked.
PACE = 40.0
WIDTH = 20
QUIET: Literal[1440] = (
    1440  # minutes without a word after which Discord puts a thread away: until the next day's prompt
)
TITLE = 100  # characters of a thread's name (Start Thread from Message, in Discord's documentation)
NO_MESSAGE = "0"  # the id of a message that was posted and is gone: Discord gives it to none

T = TypeVar("T")


class DiscordPoster:
    """Posts as one application, which is who remembers nonces; a client that has logged in does it.

    `share` is which part of the application's requests are this process's, where several divide its shards.
    """

    platform = "discord"
    prefix = "/"
    memory = MEMORY

    def __init__(self, client: discord.Client, share: float = 1.0) -> None:
        self._client = client
        self.identity = f"discord:{client.application_id}"
        self.pace = PACE * share
        self.width = max(1, round(WIDTH * share))
        self._turn_at = 0.0  # when the next request may leave, on the clock of the loop
        self._barred_until = 0.0  # by a limit on all requests, on the same clock
        self._in_doubt = False  # whether Discord may not have answered what it did
        self._looking = False  # whether it is being asked if it is there
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False

    async def close(self) -> None:
        """Take nothing more and wait until what is under way has come to an end, within `PATIENCE`."""
        self._closing = True
        await self._idle.wait()

    async def post(self, post: Post) -> str:
        """Post one message: the first page of the reply, with a button to read on where there is more.

        Nobody is pinged but who has the role `post.mention`. Returns `NO_MESSAGE` for one that was posted and
        deleted before we knew of it. Raises as `Poster.post` says.
        """
        message = await self._ask(partial(self._send, post), post.place, settled={GONE_MESSAGE})
        return str(message.id) if message else NO_MESSAGE

    async def _send(self, post: Post) -> discord.Message:
        roles = [discord.Object(int(post.mention))] if post.mention else False
        return await self._client.get_partial_messageable(int(post.place.id)).send(
            view=_view(post),
            nonce=post.key,
            allowed_mentions=discord.AllowedMentions(
                everyone=False, users=False, roles=roles, replied_user=False
            ),
            suppress_embeds=True,
        )

    async def edit(self, post: Post, message_id: str) -> None:
        """Let a message of ours say what `post` says; it pings nobody. One that was deleted stays so."""

        async def change() -> object:
            return await self._message(post.place, message_id).edit(
                view=_view(post), allowed_mentions=discord.AllowedMentions.none()
            )

        if message_id != NO_MESSAGE:
            await self._ask(change, post.place, settled={GONE_MESSAGE})

    async def withdraw(self, place: Place, message_id: str, key: str) -> None:
        """Delete a message of ours. It can be done twice, so that nothing has to know the `key`."""
        del key
        if message_id != NO_MESSAGE:
            await self._ask(self._message(place, message_id).delete, place, settled={GONE_MESSAGE})

    def _message(self, place: Place, message_id: str) -> discord.PartialMessage:
        return self._client.get_partial_messageable(int(place.id)).get_partial_message(int(message_id))

    async def open_thread(self, post: Post, message_id: str, title: str) -> None:
        """Open a public thread on a message; one that was deleted needs none."""
        start = partial(
            self._client.http.start_thread_with_message,
            int(post.place.id),
            int(message_id),
            name=fitted(one_line(title), TITLE),
            auto_archive_duration=QUIET,
        )
        await self._ask(start, post.place, settled={GONE_MESSAGE, HAS_THREAD}, thread=True)

    async def _ask(
        self,
        make: Callable[[], Awaitable[T]],
        place: Place,
        *,
        settled: Collection[int],
        thread: bool = False,
    ) -> T | None:
        """What Discord answers; None where it refuses with a code by which the matter is `settled`."""
        async with self._attempted() as attempts:
            await self._turn()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._be_sure()
                    return await make()
            except NotTakenError:
                raise
            except Exception as error:
                self._in_doubt |= bool(attempts.doubtful)
                if isinstance(error, discord.HTTPException) and error.code in settled:
                    return None
                if attempts.doubtful:
                    raise
                raise refusal(self._client, place, error, attempts.wait, thread=thread) from None

    @asynccontextmanager
    async def _attempted(self) -> AsyncIterator[Attempts]:
        self._open += 1
        self._idle.clear()
        try:
            with watched() as attempts:
                yield attempts
        finally:
            self._free_others(attempts)
            self._open -= 1
            if not self._open:
                self._idle.set()

    async def _turn(self) -> None:
        """Wait until one more request may leave: a thread is a request, too. Raises `NotTakenError`."""
        now = asyncio.get_running_loop().time()
        if self._closing:
            raise NotTakenError("closing")
        if now < self._barred_until:
            raise NotTakenError("429", self._barred_until - now)
        turn = max(self._turn_at, now)
        self._turn_at = turn + 1 / self.pace
        await asyncio.sleep(turn - now)

    async def _be_sure(self) -> None:
        """After a doubtful answer, see that Discord is there again. Raises `NotTakenError` if it is not."""
        if not self._in_doubt:
            return
        if self._looking:
            raise NotTakenError("outage", LOOK)
        self._looking = True
        try:
            async with self._attempted(), asyncio.timeout(LOOK):
                await self._client.http.request(discord.http.Route("GET", "/gateway"))
        except Exception as error:
            raise NotTakenError("outage", LOOK) from error
        else:
            self._in_doubt = False
        finally:
            self._looking = False

    def _free_others(self, attempts: Attempts) -> None:
        """After a limit on all requests, ask for nothing until it is over; and let everything go on then.

        Where discord.py sleeps it off, whatever else it is asked waits for that to end. What is cut short
        there, because time is up or we are told to stop, would let all of it wait for ever.
        """
        if not attempts.everywhere:
            return
        loop = asyncio.get_running_loop()
        self._barred_until = max(self._barred_until, attempts.asked_at + attempts.wait)
        over = self._client.http._global_over  # noqa: SLF001 - there is no other way to it
        if not over.is_set():
            loop.call_later(attempts.wait, over.set)


class _ReadOn(Controls):
    """Buttons of a post. The one that leads on begins with the whole entry, which says more than a post."""

    def __init__(self, reply: Reply) -> None:
        marks = tuple(mark(card.id) for card in reply.cards if card.id)
        whole = Marks(marks) if marks else Ask("help")
        super().__init__(Address(Step.MORE, whole), public=True)

    def more(self, start: int, label: str) -> Press:
        """A button that shows the entry to who presses it."""
        del start
        return super().more(0, label)


def _view(post: Post) -> ui.LayoutView:
    tr = translator(post.locale)
    opening = f"<@&{post.mention}>" if post.mention else ""
    view = page(post.reply, 0, _ReadOn(post.reply), tr, opening=opening).view
    view.stop()  # so that discord.py does not keep it: its buttons lead on by themselves
    return view
