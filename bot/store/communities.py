"""What communities decided, kept where it differs from what holds otherwise."""

from dataclasses import asdict, fields

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.model import Community, CommunitySettings
from bot.store.engine import insert_of, reading, writing
from bot.store.migrate import require_head
from bot.store.tables import community as table

DECISIONS = tuple(field.name for field in fields(CommunitySettings))
"""What can be decided; its columns are called the same."""


async def read_communities(engine: AsyncEngine) -> dict[Community, CommunitySettings]:
    """Every community that decided something. Raises `StoreError`."""
    async with reading(engine) as connection:
        await require_head(connection, engine.url)
        rows = (await connection.execute(select(table))).mappings().all()
    return {
        Community(row["platform"], row["id"]): CommunitySettings(**{name: row[name] for name in DECISIONS})
        for row in rows
    }


async def write_community(engine: AsyncEngine, community: Community, settings: CommunitySettings) -> None:
    """Keep what a community decided instead of what it decided before; of what holds anyway, keep no row.

    Raises:
        StoreError: The schema is not up to date, or the database cannot be written; it is as it was.
    """
    async with writing(engine) as connection:
        await require_head(connection, engine.url)
        if settings == CommunitySettings():
            its_row = (table.c.platform == community.platform) & (table.c.id == community.id)
            await connection.execute(table.delete().where(its_row))
            return
        decided = asdict(settings)
        statement = insert_of(engine.url)(table).values(
            platform=community.platform, id=community.id, **decided
        )
        key = [table.c.platform, table.c.id]
        await connection.execute(statement.on_conflict_do_update(index_elements=key, set_=decided))
