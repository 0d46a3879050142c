"""Wiring and life cycle: settings → store → corpus → shelf → services. Nobody else knows everybody."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

import bot
from bot import store
from bot.commands.daily.deliveries import composer, drawer_everywhere
from bot.commands.describe import Services
from bot.communities import Communities
from bot.corpus.check import packaged_seeds
from bot.corpus.check import read as read_seeds
from bot.corpus.fingerprint import fingerprint
from bot.curation.terms import Terms
from bot.daily.gazetteer import gazetteer
from bot.daily.postman import Postman
from bot.errors import SettingsError
from bot.keeping import keep_in_time
from bot.linkcheck import Rules, check_links
from bot.model import Community, Corpus
from bot.platforms.matrix.account import DAY, Account
from bot.settings import DiscordSettings, Settings
from bot.shelf import Shelf
from bot.supervision import Start, keep, keep_all


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
    corpus = read_corpus(settings)
    async with database(settings) as engine:
        return await store.load(engine, corpus, fingerprint(corpus))


def read_corpus(settings: Settings) -> Corpus:
    """Read the seed files. A corpus that says nothing of a language's small words has those of ours.

    Raises:
        CorpusError: They do not hold together.
    """
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
    """What commands work with. What everybody shares is read from memory; the rest is in the database."""
    vectors = None if settings.semantic == "off" else settings.data_dir / "vectors.npz"
    shelf = Shelf.of(await stored_corpus(settings), vectors)
    try:
        async with database(settings) as engine:
            communities = Communities(
                await store.read_communities(engine), partial(store.write_community, engine)
            )
            ready = Services(
                shelf,
                bot.__version__,
                communities=communities,
                book=store.SqlBook(engine),
                terms=_terms(settings),
                ledger=store.SqlLedger(engine),
            )
            try:
                yield ready
            finally:
                await ready.shelves.close()
    finally:
        shelf.close()


@asynccontextmanager
async def daily(ready: Services, stop: asyncio.Event | None = None) -> AsyncIterator[None]:
    """Prompts are posted where a platform is connected, for as long as this lasts, and not after `stop`."""
    stop = stop or asyncio.Event()
    posting = asyncio.create_task(keep("daily", partial(_deliver, ready, stop), stop))
    try:
        yield
    finally:
        stop.set()
        await posting


async def _deliver(ready: Services, stop: asyncio.Event) -> None:
    if ready.book is None:
        return
    await Postman(ready.book, ready.posters, composer(ready), drawer_everywhere(ready)).run(stop)


@asynccontextmanager
async def housekeeping(
    settings: Settings, ready: Services, stop: asyncio.Event, *, links: bool = True
) -> AsyncIterator[None]:
    """What is kept ends in time, and `links` are looked at if that is wanted, for as long as this lasts."""
    # On Matrix, the end of a room comes with that of its keys, and its journal counts the days.
    gone = ("discord",) if settings.discord.token else ()
    work: dict[str, Start] = {
        "keeping": partial(keep_in_time, ready, gone, partial(_is_ours, settings.discord), stop)
    }
    if links and settings.links.check and ready.ledger is not None:
        rules = Rules(timedelta(days=settings.links.every_days), settings.links.per_minute)
        work["links"] = partial(check_links, ready.ledger, rules)
    tasks = [asyncio.create_task(keep(name, start, stop)) for name, start in work.items()]
    try:
        yield
    finally:
        for task in tasks:  # what is begun is in the database whole or not at all
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_ours(discord: DiscordSettings, community: Community) -> bool:
    """Whether this process serves a community: Discord says to which shard a server's id belongs."""
    if community.platform != "discord" or not discord.shard_ids or not discord.shard_count:
        return True
    return (int(community.id) >> 22) % discord.shard_count in discord.shard_ids


async def serve(settings: Settings) -> None:
    """Answer on every configured platform until we are told to stop (SIGTERM, SIGINT).

    Raises:
        InfoshopError: Every platform failed in a way that only an operator can mend.
    """
    async with services(settings) as ready:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        gazetteer()  # it takes some tenths of a second, for which later somebody would wait
        # What is under way is finished while the platforms finish what they have, and not after them.
        async with daily(ready, stop), housekeeping(settings, ready, stop):
            await keep_all(_platforms(settings, ready, stop), stop)


def _terms(settings: Settings) -> Terms:
    given = settings.keeping
    return Terms(timedelta(days=given.left_days), timedelta(days=given.acts_days), settings.links.check)


def _platforms(settings: Settings, ready: Services, stop: asyncio.Event) -> Mapping[str, Start]:
    """What starts each configured platform. Its library is imported only where it is."""
    started: dict[str, Start] = {}
    if token := settings.discord.token:
        from bot.platforms.discord import client, endpoints  # noqa: PLC0415

        given = settings.discord
        endpoints.use(given.api_base_url, given.gateway_url)
        started["discord"] = partial(
            client.run,
            ready,
            stop,
            token.get_secret_value(),
            application_id=given.application_id,
            shard_ids=list(given.shard_ids) or None,
            shard_count=given.shard_count,
        )
    if settings.matrix.homeserver:
        from bot.platforms.matrix.run import run  # noqa: PLC0415

        started["matrix"] = partial(run, ready, stop, matrix_account(settings))
    return started


def matrix_account(settings: Settings) -> Account:
    """Who the bot is on Matrix. Raises `SettingsError` where no homeserver is given."""
    given = settings.matrix
    if not given.homeserver:
        raise SettingsError("There is no homeserver: give its address as INFOSHOP_MATRIX__HOMESERVER.")
    return Account(
        homeserver=given.homeserver,
        store_path=given.store_path or settings.data_dir / "matrix",
        user_id=given.user_id,
        password=given.password.get_secret_value() if given.password else "",
        access_token=given.access_token.get_secret_value() if given.access_token else "",
        device_id=given.device_id,
        allow_invites_from=given.allow_invites_from,
        prefix=given.prefix,
        locale=settings.locale,
        grace=given.grace,
        publish_commands=given.publish_commands,
        purge_after=settings.keeping.left_days * DAY,
    )
