"""The bot on Matrix, from logging in to being told to stop."""

import asyncio
import math
from contextlib import ExitStack, suppress
from functools import partial

import structlog

from bot.commands import leaving
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.errors import InfoshopError, PlatformError
from bot.model import Community, Place
from bot.platforms.matrix import crosssigning
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.backoff import Backoff
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.conversation import Conversations
from bot.platforms.matrix.descriptions import publish
from bot.platforms.matrix.followup import Seal
from bot.platforms.matrix.journal import Journal
from bot.platforms.matrix.listen import Ears
from bot.platforms.matrix.poster import MatrixPoster
from bot.platforms.matrix.power import Power
from bot.platforms.matrix.rooms import Rooms
from bot.platforms.matrix.send import insist, send, txn_id
from bot.platforms.matrix.server import RefusedError, TransientError, is_in_the_clear
from bot.platforms.matrix.session import JOURNAL, SEEDS, connected
from bot.platforms.matrix.spaces import Spaces
from bot.platforms.matrix.sync import FINISH, Sync

FOLLOW_UPS = "follow-ups.key"
PATIENCE = 10.0  # seconds
IN_THE_CLEAR = (
    "The homeserver's address begins with http://, so that whoever is on the way there can read the bot's"
    " access token. Use its https:// address."
)
HINT = 2  # the number of the message that says an event could not be read, among those that answer an event

log = structlog.get_logger()


class Decided:
    """What is kept of rooms: shelves, decisions, what is posted there. It moves and ends with them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def move(self, old: str, new: str) -> None:
        """Let the same hold in the new room, unless it has something itself. Raises `StoreError`."""
        await leaving.move(_community(old), _community(new), self._services)
        if self._services.book is not None:
            await self._services.book.move(Place("matrix", old), Place("matrix", new))

    async def forget(self, room_id: str) -> None:
        """Keep nothing of it. Raises `StoreError`."""
        await leaving.purge(_community(room_id), self._services)
        if self._services.book is not None:
            await self._services.book.forget(Place("matrix", room_id))


async def run(services: Services, stop: asyncio.Event, account: Account) -> None:
    """Answer on Matrix until `stop`; then finish what is under way, within ten seconds.

    A homeserver that is in trouble is waited for.

    Raises:
        SettingsError: What the account is given is not enough, wrong, or does not fit together.
        PlatformError: The bot was logged out, its account closed, or its keys are lost.
    """
    running = asyncio.create_task(_run(services, stop, account))
    told = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, told}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({running}, timeout=FINISH + 1)  # it may not have come as far as listening
        if running.done():
            running.result()
    finally:
        for task in (running, told):
            task.cancel()
        await asyncio.gather(running, told, return_exceptions=True)


async def _run(services: Services, stop: asyncio.Event, account: Account) -> None:
    if is_in_the_clear(account.homeserver):
        log.warning("not encrypted on the way", platform="matrix", problem=IN_THE_CLEAR)
    backoff = Backoff()
    while not stop.is_set():
        try:
            async with connected(account) as client:
                vouching = asyncio.create_task(_vouch(client, account))
                try:
                    # Strict clients may ask at once; but nobody is to wait for what does not work just now.
                    await asyncio.wait({vouching}, timeout=PATIENCE)
                    await _speak(services, stop, account, client)
                finally:
                    vouching.cancel()
                    await asyncio.gather(vouching, return_exceptions=True)
                return
        except TransientError as error:
            wait = backoff.next(error.wait)
            log.warning(
                "homeserver in trouble",
                platform="matrix",
                error=error.reason,
                seconds=round(wait, 1),
                **({"problem": error.problem} if error.problem else {}),
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
        except RefusedError as error:
            raise PlatformError(f"The homeserver refuses what the bot needs ({error}).") from None


async def _vouch(client: Client, account: Account) -> None:
    """Have the device vouched for. Without that, too, everybody is answered but those with strict clients."""
    try:
        establish = partial(crosssigning.establish, client, account.store_path / SEEDS, account.password)
        standing = await insist(client.trouble, establish, within=math.inf)
    except (InfoshopError, RefusedError) as error:
        log.exception("no identity", platform="matrix", error=type(error).__name__, problem=str(error))
        return
    if not standing.signed:
        log.error("foreign identity", platform="matrix", problem=crosssigning.FOREIGN)


async def _speak(services: Services, stop: asyncio.Event, account: Account, client: Client) -> None:
    journal = Journal(account.store_path / JOURNAL)
    spaces = Spaces(client)
    conversations = Conversations(
        services,
        client,
        Seal.kept_in(account.store_path / FOLLOW_UPS),
        Power(client).may_moderate,
        locale=account.locale,
        prefix=account.prefix,
        keeper_of=spaces.keeper_of,
    )
    ears = Ears(conversations, client.user_id, account.prefix)
    rooms = Rooms(
        client,
        journal,
        Decided(services),
        allowed=account.allow_invites_from,
        purge_after=account.purge_after,
        enter=partial(_describe, client, account.locale) if account.publish_commands else None,
    )
    hint = partial(_hint, client, account.locale)
    log.info("connected", platform="matrix")
    with ExitStack() as posting:
        connected_now = services.posters.connected(MatrixPoster(client, account.prefix), spaces.keeper)
        sync = Sync(
            client,
            journal,
            rooms,
            hear=ears.handle,
            wants=ears.wants,
            hint=hint,
            ready=lambda: posting.enter_context(connected_now),
            grace=account.grace,
        )
        await sync.run(stop)


async def _hint(client: Client, locale: str, room_id: str, event_id: str) -> None:
    """Say that a message could not be read."""
    tr = Request(locale).tr
    content = {
        "msgtype": "m.notice",
        "body": tr(
            "I cannot read this message: the key to it did not reach me. If it was for me, please send it"
            " again. If I cannot read that either, log out of your app and in again, or use another one."
        ),
        "m.mentions": {},
        "m.relates_to": {"m.in_reply_to": {"event_id": event_id}},
    }
    await send(client, room_id, content, txn_id(event_id, HINT))


async def _describe(client: Client, locale: str, room_id: str) -> None:
    """Publish the commands in a room, where we have the power to."""
    with suppress(RefusedError):
        await publish(client, room_id, Request(locale).tr)


def _community(room_id: str) -> Community:
    return Community("matrix", room_id)
