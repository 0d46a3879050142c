"""A small corpus to break: the examples that the documentation gives to editors."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def _examples() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", (DOCS / "seed-files.md").read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="session")
def lantern() -> str:
    """The documented seed file."""
    return _examples()[0]


@pytest.fixture
def corpus_dir(tmp_path: Path) -> Path:
    """A directory with the documented seed file, thesaurus and question words."""
    for name, text in zip(
        ("lantern.yaml", "thesaurus.yaml", "question-words.yaml"), _examples(), strict=True
    ):
        (tmp_path / name).write_text(text)
    return tmp_path
