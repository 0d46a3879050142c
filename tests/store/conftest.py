"""Two corpora to go back and forth between: everything that can change between two loads does. And a book."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.curation.ledger import Ledger
from bot.daily.book import Book
from bot.model import (
    Action,
    Actor,
    Alias,
    Concept,
    Contact,
    Corpus,
    Kind,
    Licence,
    Manifestation,
    Name,
    Note,
    NoteType,
    Origin,
    Prompt,
    QuestionWords,
    Reading,
    Section,
    Source,
    Statement,
    Work,
    WorkType,
)
from bot.store import SqlBook, SqlLedger, open_engine, upgrade


def _corpus(variant: str, size: int = 30) -> Corpus:
    """Sources, notes, readings, actions and contacts whose every text names the variant."""
    work = Work(
        WorkType.BOOK,
        f"Title {variant}",
        authors=(Name(family="Doe", given="Jo"), Name(literal="A collective")),
        issued="2019-05",
    )
    prompt = Prompt(f"Why {variant}", (f"What is {variant} to you?", "Who gains?"))
    source = Source(
        id="source:one",
        work=work,
        short=f"Short {variant}",
        long=f"Long {variant}",
        sections=(Section("first", "First", variant, prompt), Section("second", "Second", variant)),
        licence=Licence("CC BY 4.0", "By Jo Doe", commercial=None),
        manifestations=(Manifestation("Page", "as published"),),
        caveats=(f"Lost in {variant}",),
        aliases=(Alias("one", "en"),),
        topics=("topic:0",),
    )
    said = (
        Statement(f"Said {variant}", Origin(source.id, "second", "3-4"), by="the book"),
        Statement(f"Said again {variant}", Origin(source.id, "first"), by="a commenter"),
    )
    aliases = (Alias(f"nom {variant}", "fr"), Alias(f"名 {variant}", "zh"))
    notes = [
        Note(
            id=f"topic:{n}",
            title=variant,
            statements=said,
            aliases=aliases,
            topics=("topic:0",),
            type=NoteType.TOPIC,
            prompt=prompt,
        )
        for n in range(size)
    ]
    reading = Reading(
        id="reading:doe", title=variant, statements=said, topics=("topic:1",), prompt=prompt, work=work
    )
    action = Action(
        id="action:write",
        title=variant,
        statements=said,
        actors=(Actor.ALLY, Actor.ANYONE),
        audience=f"Readers of {variant}",
        content_note="raids",
    )
    contact = Contact(
        id="contact:one",
        title=variant,
        statements=said,
        emails=("a@example.org",),
        phones=("+1 416 555 0100", "+1 416 555 0101"),
        urls=("https://example.org/",),
        region=f"Region {variant}",
        languages=("en", "zh"),
        checked_on=date(2024, 2, 29),
        checked_in=variant,
        police=True,
    )
    return Corpus(
        sources=(source,),
        entries=(*notes, reading, action, contact),
        thesaurus=(Concept("raid", (Alias("raid", "en"), Alias(f"descente {variant}", "fr"))),),
        question_words=(
            QuestionWords(
                "en", ("what", variant), {**dict.fromkeys(Kind, ()), Kind.CONTACT: ("phone", "call")}
            ),
        ),
    )


@pytest.fixture
def old() -> Corpus:
    """What is in the database before."""
    return _corpus("old")


@pytest.fixture
def new() -> Corpus:
    """Another corpus: one source and some entries more, some less, the others changed and turned round."""
    corpus = _corpus("new", 20)
    extra = replace(corpus.sources[0], id="source:two", topics=("topic:3",))
    added = replace(corpus.entries[-1], id="contact:two")
    return replace(corpus, sources=(extra, *corpus.sources), entries=(added, *corpus.entries[::-1]))


@pytest.fixture
def book(engine: AsyncEngine) -> Book:
    """An empty book of schedules and deliveries."""
    return SqlBook(engine)


@pytest.fixture
async def sqlite_engine(sqlite_url: str) -> AsyncIterator[tuple[AsyncEngine, Path]]:
    """A database in a file that another process has open, and that file.

    Without the other, SQLite would empty its log by itself whenever the last connection is closed.
    """
    engine, other = open_engine(sqlite_url), open_engine(sqlite_url)
    await upgrade(engine)
    await upgrade(other)  # which leaves a connection in its pool
    yield engine, Path(engine.url.database or "")
    await engine.dispose()
    await other.dispose()


@pytest.fixture
def ledger(engine: AsyncEngine) -> Ledger:
    """An empty ledger of own shelves."""
    return SqlLedger(engine)
