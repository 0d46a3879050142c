"""Items, suggestions and cards to keep, and a community of which every table has something."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.curation.ledger import Ledger
from bot.curation.model import (
    Act,
    CardState,
    Deed,
    Edit,
    LinkOutcome,
    LinkState,
    Offer,
    Own,
    PostedCard,
    Standing,
    Suggestion,
)
from bot.daily.model import Schedule
from bot.model import Community, CommunitySettings, Place, Visibility
from bot.store import SqlBook, SqlLedger, write_community
from bot.store.engine import reading
from bot.store.tables import metadata
from tests.store.daily import NOON, PLAN, a_step

DAY = timedelta(days=1)
LONG_AGO = NOON - 1000 * DAY
HERE = Community("discord", "here")
THERE = Community("discord", "there")
ANA, BEA = "person-ana", "person-bea"
ADDED = Act(Deed.ADDED, "contact:one", ANA, NOON, 1)


def an_item(name: str = "contact:one", title: str = "One", **more: object) -> Own:
    """A contact as it is when it is new."""
    return Own(name, {"id": name, "title": title, **more}, 1, NOON, NOON.date())


def new(*items: Own) -> list[Edit]:
    """Edits that add items."""
    return [Edit(None, each) for each in items]


def an_act(subject: str = "contact:one", by: str = ANA, at: datetime = NOON) -> Act:
    """Somebody edited something."""
    return Act(Deed.EDITED, subject, by, at)


def a_suggestion(name: str = "s1", community: Community = HERE, at: datetime = NOON) -> Suggestion:
    """One by Ana, who is to be told."""
    seed = {"title": "Read this", "urls": ["https://example.org/s"]}
    return Suggestion(name, community, seed, at, by=ANA, tell=Place(community.platform, "direct"))


def approved(suggestion: Suggestion, by: str = BEA, at: datetime = NOON) -> Suggestion:
    """The same, settled."""
    standing = Standing.APPROVED
    return replace(suggestion, standing=standing, settled_by=by, settled_at=at, item="contact:one")


def a_card(name: str = "c1", community: Community = HERE, at: datetime = NOON) -> PostedCard:
    """One that is previewed."""
    return PostedCard(name, community, Place(community.platform, "channel"), "contact:one", at)


def posted(card: PostedCard, message_id: str = "message") -> PostedCard:
    """The same, posted."""
    return replace(card, state=CardState.POSTED, message_id=message_id, fingerprint="ab12")


async def items(ledger: Ledger, community: Community = HERE) -> dict[str, Own]:
    """The items of a community by their ids."""
    return {each.id: each for each in (await ledger.shelf(community)).items}


async def to_look_at(ledger: Ledger) -> list[str]:
    """The addresses that were never looked at."""
    return [address for address, _ in await ledger.unchecked_links(LONG_AGO, LONG_AGO, 99)]


async def one_of_each(engine: AsyncEngine, community: Community, name: str) -> None:
    """Keep something of a community in every table that can hold any, its ids made of `name`."""
    ledger, book = SqlLedger(engine), SqlBook(engine)
    item = an_item(f"contact:{name}", name, urls=[f"https://example.org/{name}"])
    assert await ledger.keep(community, new(item), [Act(Deed.ADDED, item.id, ANA, NOON, 1, item.seed)])
    await ledger.found_link(LinkState(f"https://example.org/{name}", LinkOutcome.GONE, NOON, name))
    assert await ledger.hide(community, f"topic:{name}", Act(Deed.HIDDEN, name, BEA, NOON), hidden=True)
    assert await ledger.suggest(a_suggestion(f"suggestion-{name}", community), 9)
    await ledger.add_card(posted(a_card(f"card-{name}", community), name))
    offer = Offer(f"code-{name}", community, NOON + DAY)
    await ledger.offer(offer, Act(Deed.OFFERED, name, BEA, NOON))
    await ledger.left(community, NOON)
    await write_community(engine, community, CommunitySettings(Visibility.ROOM, queue=name))
    place = Place(community.platform, f"channel-{name}")
    schedule = await book.add(
        Schedule(f"schedule-{name}", community, 1, place, PLAN, next_day=NOON.date(), due=NOON), 9
    )
    assert schedule
    assert await book.enqueue([a_step(schedule)]) == 1


async def tables_with(engine: AsyncEngine, text: str) -> set[str]:
    """The names of all tables in which a row has this text, in whichever column."""
    return {name for name, rows in (await all_rows(engine)).items() if any(text in repr(row) for row in rows)}


async def all_rows(engine: AsyncEngine) -> Mapping[str, Sequence[object]]:
    """Every row of every table."""
    async with reading(engine) as connection:
        return {
            name: [tuple(row) for row in await connection.execute(select(table))]
            for name, table in metadata.tables.items()
        }
