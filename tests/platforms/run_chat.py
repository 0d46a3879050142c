"""The chat as a process of its own, over a shelf of a few items: what the terminal tests start."""

import asyncio
import signal
import sys
from dataclasses import replace
from datetime import date
from itertools import count

import structlog

from bot.commands.describe import Services
from bot.model import (
    Alias,
    Contact,
    Corpus,
    Licence,
    Manifestation,
    Name,
    Note,
    NoteType,
    Origin,
    Place,
    Reading,
    Section,
    Source,
    Statement,
    Work,
    WorkType,
)
from bot.platforms.terminal.chat import chat
from bot.posting import Post
from bot.reply import Ask, Card, Choice, Paragraph, Reply
from bot.shelf import Shelf
from bot.store import SqlLedger, open_engine, upgrade

SOURCE = Source(
    id="source:primer",
    work=Work(
        WorkType.PAMPHLET,
        "A Primer on Rights",
        (Name(literal="The Collective"),),
        "2019",
        url="https://primer.example/",
    ),
    short="What the collective wants known about policing and about work.",
    long="What the collective wants known about policing and about work, at length.",
    sections=(Section("opening", "Opening", "The collective says who it is and what it asks for."),),
    licence=Licence("CC BY 4.0", "The Collective, A Primer on Rights"),
    manifestations=(Manifestation("A Primer on Rights", "The pamphlet as printed."),),
)


def said(text: str, paragraph: int) -> tuple[Statement, ...]:
    """One statement of the pamphlet."""
    return (Statement(text, Origin(SOURCE.id, "opening", str(paragraph)), "the pamphlet"),)


LAW = Note(
    id="law:nordic-model",
    title="Nordic model",
    statements=said(
        "Buying sex is made a crime, which the pamphlet says drives sex workers out of sight.", 1
    ),
    aliases=(Alias("modèle nordique", "fr"),),
    type=NoteType.LAW,
)
# Taller than a screen of 24 rows, and with a first and a last word to look for.
RAIDS = Note(
    id="topic:raids",
    title="Police raids",
    statements=tuple(
        statement
        for number in range(2, 14)
        for statement in said(f"Remark {number} on raids: they take wages, papers and housing away.", number)
    ),
    type=NoteType.TOPIC,
)
BOOK = Reading(
    id="reading:margins",
    title="Working the Margins",
    statements=said("Recommended as the clearest account of migrant work.", 14),
    topics=("law:nordic-model",),
    work=Work(WorkType.BOOK, "Working the Margins", (Name("Doe", "Ana"),), "2007"),
)
CONTACT = Contact(
    id="contact:butterfly",
    title="蝴蝶 Butterfly",
    statements=said("亚洲和移民性工作者支援网络，为移民性工作者提供支持。", 15),
    aliases=(Alias("Butterfly", "en"),),
    emails=("info@butterfly.example",),
    region="Toronto",
    checked_on=date(2024, 5, 1),
    checked_in="A Primer on Rights",
)
CORPUS = Corpus(sources=(SOURCE,), entries=(LAW, RAIDS, BOOK, CONTACT))


def prompt(number: int) -> Reply:
    """A reply such as is posted, with a word in it by which it is known."""
    return Reply(
        f"Post {number} of today",
        (
            Card(
                "Working the Margins",
                (Paragraph("What would the people you work with say to this, if you asked them tonight?"),),
                label="Reading",
                footer=("CC BY 4.0",),
                choices=(Choice("Cite", Ask("cite", {"thing": "reading:margins"})),),
            ),
        ),
        (Choice("More like it", Ask("reading", {"topic": "law:nordic-model"})),),
    )


async def talk(services: Services, locale: str, *, color: bool) -> None:
    """The chat; at each SIGUSR1, something is posted in it, through the poster that it registers."""
    numbers = count(1)
    posting: set[asyncio.Task[str]] = set()

    def post() -> None:
        number = next(numbers)
        (poster,) = services.posters.all()
        posted = poster.post(Post(Place("terminal", ""), prompt(number), f"key{number}"))
        posting.add(asyncio.ensure_future(posted))

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, post)
    await chat(services, locale, color=color)
    assert services.posters.all() == []
    assert [await each for each in posting] == [f"key{number}" for number in range(1, len(posting) + 1)]


async def opened(services: Services, locale: str, *, color: bool, own: bool) -> None:
    """The same, with a database if there is to be one."""
    if not own:
        await talk(services, locale, color=color)
        return
    engine = open_engine("sqlite+aiosqlite:///own.sqlite3")
    await upgrade(engine)
    await talk(replace(services, ledger=SqlLedger(engine)), locale, color=color)
    await engine.dispose()


def main() -> None:
    """Open the chat in the language and with the options given on the command line.

    With `--own`, what a community keeps of its own stands in a database in the current folder.
    """
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    locale = next((word for word in sys.argv[1:] if not word.startswith("-")), "en")
    shelf = Shelf.of(CORPUS)
    asyncio.run(
        opened(
            Services(shelf=shelf, version="0"),
            locale,
            color="--no-color" not in sys.argv,
            own="--own" in sys.argv,
        )
    )
    shelf.close()


if __name__ == "__main__":
    main()
