"""When a community is over, or goes on under another id: what is kept of it ends with it, or goes along."""

from dataclasses import replace
from datetime import datetime

from bot.commands.describe import Services
from bot.model import Community, CommunitySettings


async def purge(community: Community, services: Services, *, gone_before: datetime | None = None) -> bool:
    """Delete all that is stored about a community, and know nothing of it any more.

    With `gone_before`, only if we have been gone from it since before that; else the answer is False. It does
    no harm when it is done twice. Raises `StoreError`; then it is to be tried again.
    """
    if services.ledger is not None and not await services.ledger.purge(community, gone_before=gone_before):
        return False
    if services.communities.of(community) != CommunitySettings():
        await services.communities.change(community, CommunitySettings())
    services.shelves.changed(community)
    return True


async def move(old: Community, new: Community, services: Services) -> None:
    """Let what is kept of a community be that of another, which replaces it, unless that has its own.

    Where suggestions were shown in the old one, which is a place as well, they are shown in the new one. It
    does no harm when it is done twice. Raises `StoreError`; then it is to be tried again.
    """
    if services.ledger is not None:
        await services.ledger.move(old, new)
    decided = services.communities.decided()
    for community, held in decided.items():
        if community.platform == old.platform and held.queue == old.id and community != old:
            await services.communities.change(community, replace(held, queue=new.id))
    if old in decided and new not in decided:
        held = decided[old]
        queue = new.id if held.queue == old.id else held.queue
        await services.communities.change(new, replace(held, queue=queue))
    for community in (old, new):
        services.shelves.changed(community)
