"""Places to run `infoshop` in, empty or with a small corpus loaded."""

import shutil
from pathlib import Path

import pytest

from tests.cli.shop import Shop, write_corpus


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
