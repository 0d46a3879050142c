"""What is kept ends in time: of communities that are gone, of what moderators did, of who suggested what."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta

import structlog

from bot.commands.describe import Services
from bot.commands.leaving import purge
from bot.commands.review.queue import told
from bot.errors import StoreError
from bot.model import Community

ROUND = 3600.0  # seconds
MOST = 100_000  # communities that one round deletes
UNTOLD = timedelta(minutes=10)
"""After which who suggested something should have been told what became of it: a process ended in between."""
MOST_UNTOLD = 1000  # that one round looks at

log = structlog.get_logger()


async def keep_in_time(
    services: Services, platforms: Collection[str], ours: Callable[[Community], bool], stop: asyncio.Event
) -> None:
    """Delete what is over, once an hour until `stop`. A database that is in trouble is waited for.

    Communities are those of the `platforms` that are `ours`: another process has its own in memory.
    """
    while not stop.is_set():
        try:
            await keep_once(services, platforms, ours)
        except StoreError as error:
            log.exception("tidying waits", error=type(error).__name__, problem=str(error), seconds=ROUND)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), ROUND)


async def keep_once(
    services: Services, platforms: Collection[str], ours: Callable[[Community], bool]
) -> None:
    """Delete what is over now, by the `terms`. Raises `StoreError`; what was deleted until then stays so.

    Of a platform that is not connected, nothing is: we may have been let in again while we were away.
    Nor can anybody be told anything there.
    """
    ledger, terms, now = services.ledger, services.terms, services.now()
    if ledger is None:
        return
    for platform in platforms:
        if services.posters.of(platform) is None:
            continue
        gone = [each for each in await ledger.departed(platform, now - terms.left, MOST) if ours(each)]
        deleted = [each for each in gone if await purge(each, services, gone_before=now - terms.left)]
        if deleted:
            log.info("communities deleted", platform=platform, count=len(deleted))
    for poster in services.posters.all():
        for each in await ledger.untold(poster.platform, now - UNTOLD, MOST_UNTOLD):
            if ours(each.community):
                await told(each, ledger, services)
    if pruned := await ledger.prune(now - terms.acts):
        log.info("old records deleted", count=pruned)
