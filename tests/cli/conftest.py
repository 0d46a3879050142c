"""Places to run `infoshop` in, empty or with a small corpus loaded."""

import shutil
from pathlib import Path

import pytest

from tests.cli.shop import Shop, write_corpus


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A database with the small corpus in it. Tests that change it take `shop` instead."""
    base = tmp_path_factory.mktemp("filled")
    shop = Shop(base, write_corpus(base / "seeds"))
    loaded = shop.run("corpus", "load")
    assert loaded.returncode == 0, loaded.stderr
    return shop


@pytest.fixture
def empty(tmp_path: Path) -> Shop:
    """No database yet, and the small corpus to load."""
    return Shop(tmp_path, write_corpus(tmp_path / "seeds"))


@pytest.fixture
def shop(empty: Shop, filled: Shop) -> Shop:
    """A database of the test's own with the small corpus in it."""
    empty.data.mkdir()
    shutil.copy(filled.database, empty.database)
    return empty
