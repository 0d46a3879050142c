"""The shelf of the packaged corpus, indexed once for all tests of search."""

from collections.abc import Iterator

import pytest

from bot.corpus.check import packaged_seeds, read
from bot.model import Corpus
from bot.search.engine import Engine, build_engine
from bot.search.record import records


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read(packaged_seeds())


@pytest.fixture(scope="session")
def engine(corpus: Corpus) -> Iterator[Engine]:
    engine = build_engine(records(corpus), corpus.thesaurus, corpus.question_words)
    yield engine
    engine.close()
