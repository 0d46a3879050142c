"""Wiring and life cycle: settings → store → corpus → shelf → services. Nobody else knows everybody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

import bot
from bot import store
from bot.commands.describe import Services
from bot.model import Corpus
from bot.settings import Settings
from bot.shelf import Shelf


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database with its schema up to date. Raises `StoreError`."""
    engine = store.open_engine(settings.database)
    try:
        await store.upgrade(engine)
        yield engine
    finally:
        await engine.dispose()


async def load_corpus(settings: Settings) -> store.LoadResult:
    """Put the seed files into the database.

    Raises:
        CorpusError: They do not hold together; the database was not touched.
        StoreError: The database cannot be used; it is as it was.
    """
    from bot.corpus.fingerprint import fingerprint  # noqa: PLC0415

    corpus = read_corpus(settings)
    async with database(settings) as engine:
        return await store.load(engine, corpus, fingerprint(corpus))


def read_corpus(settings: Settings) -> Corpus:
    """Read the seed files. A corpus that says nothing of a language's small words has those of ours.

    Raises:
        CorpusError: They do not hold together.
    """
    # Who only answers has no use for what reads and checks files, which takes a while to import.
    from bot.corpus.check import packaged_seeds  # noqa: PLC0415
    from bot.corpus.check import read as read_seeds  # noqa: PLC0415

    corpus = read_seeds(settings.seeds or packaged_seeds())
    if corpus.question_words:
        return corpus
    return replace(corpus, question_words=read_seeds(packaged_seeds() / "question-words.yaml").question_words)


async def stored_corpus(settings: Settings) -> Corpus:
    """The corpus in the database; an empty database is filled first."""
    corpus = await _read(settings)
    if not corpus.sources:
        await load_corpus(settings)
        corpus = await _read(settings)
    return corpus


async def _read(settings: Settings) -> Corpus:
    async with database(settings) as engine:
        return await store.read(engine)


@asynccontextmanager
async def services(settings: Settings) -> AsyncIterator[Services]:
    """What commands work with. Nothing of it reaches for the database: answering only reads memory."""
    vectors = None if settings.semantic == "off" else settings.data_dir / "vectors.npz"
    shelf = Shelf.of(await stored_corpus(settings), vectors)
    try:
        yield Services(shelf, bot.__version__)
    finally:
        shelf.close()
