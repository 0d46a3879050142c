"""Every SQL statement of the house. SQLite by default, PostgreSQL by the same statements.

    engine = open_engine("sqlite+aiosqlite:///var/infoshop.sqlite3")
    await upgrade(engine)                        # the schema, by Alembic migrations
    result = await load(engine, corpus, digest)  # atomic, idempotent, only what changed
    corpus = await read(engine)                  # exactly what was loaded
    state = await info(engine)
    await write_community(engine, community, settings)  # what its moderators decided
    decided = await read_communities(engine)
    book = SqlBook(engine)                       # schedules and deliveries: `bot.daily.book.Book`
    ledger = SqlLedger(engine)                   # communities' own shelves: `bot.curation.ledger.Ledger`
    await engine.dispose()

    await backup(url, Path("monday.sqlite3"))    # of a live database
    await restore(Path("monday.sqlite3"), url)   # proved before anything is replaced

Whatever goes wrong with a database is a `bot.errors.StoreError` with a sentence for the operator.
To extend the schema, add a revision to `migrations/versions`, change `tables` and its `HEAD`, and keep some
rows of the revision before in `tests/store/revisions`; the tests say what was forgotten.
"""

from bot.store.communities import read_communities, write_community
from bot.store.corpus import CorpusInfo, LoadResult, StoreInfo, info, load, read
from bot.store.deliveries import SqlBook
from bot.store.engine import open_engine
from bot.store.ledger import SqlLedger
from bot.store.migrate import head, revision, upgrade
from bot.store.sqlite_backup import Restored, backup, restore

__all__ = [
    "CorpusInfo",
    "LoadResult",
    "Restored",
    "SqlBook",
    "SqlLedger",
    "StoreInfo",
    "backup",
    "head",
    "info",
    "load",
    "open_engine",
    "read",
    "read_communities",
    "restore",
    "revision",
    "upgrade",
    "write_community",
]
