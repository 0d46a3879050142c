"""What tests of posted cards share: something posted, something of a community's own, and its changes."""

from dataclasses import replace

from bot.curation.model import Edit, PostedCard
from bot.reply import Ask
from tests.commands.counter import (
    LOUNGE,
    SERVER,
    Counter,
    moderator,
    press,
)
from tests.commands.small import RAIDS

ANNA, BELA = moderator("7001"), moderator("7002")


async def posted(counter: Counter, entry: str = RAIDS.id, **options: str) -> PostedCard:
    """Post an entry in the lounge."""
    preview = await counter.give(Ask("post", {"entry": entry, "channel": LOUNGE.id, **options}), ANNA)
    done = await counter.give(press(preview, "Post it"), ANNA)
    assert done.text.startswith("Posted: ")
    *_, card = await counter.ledger.cards(SERVER)
    return card


async def own_item(counter: Counter) -> str:
    """Something on the own shelf; its id."""
    await counter.suggest()
    await counter.decide("approve")
    (own,) = (await counter.own()).items
    return own.id


async def edit_own(counter: Counter, *, removed: bool = False, **seed: object) -> None:
    """Change the one item of the own shelf, as another command would."""
    (own,) = (await counter.own()).items
    after = replace(own, seed={**own.seed, **seed}, version=own.version + 1, removed=removed)
    assert await counter.ledger.keep(SERVER, [Edit(own, after)], [])
    counter.services.shelves.changed(SERVER)
