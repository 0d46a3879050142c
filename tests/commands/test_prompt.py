"""A prompt says what it is, where it comes from, why to read it and for how long, and asks a question."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, time
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import bot.commands
from bot.commands.cards import card, terms
from bot.commands.daily.prompt import prompt, title_of
from bot.commands.describe import REGISTRY, Services
from bot.commands.dispatch import answer
from bot.commands.request import Request
from bot.corpus.check import packaged_seeds, read
from bot.daily.model import Draw, Order
from bot.daily.pool import Part, Pool
from bot.errors import UnknownEntryError
from bot.i18n import LANGUAGES
from bot.model import Corpus, Prompt, WorkType
from bot.platforms.discord.render import page
from bot.platforms.matrix.render import whole
from bot.platforms.plain import reply_text
from bot.platforms.terminal.render import layout, show
from bot.reply import Facts, Paragraph, Reply
from bot.shelf import Shelf
from tests.commands.small import BUTTERFLY, CORPUS, MARGINS, RAIDS, REPEAL, REVIEW, TODAY
from tests.platforms.discord_pages import Controls, within_limits

assert bot.commands  # importing it registers the commands

OURS = Pool(read(packaged_seeds())).ids(Draw(), Order.SHUFFLED)
OPENING = "source:review#opening"


@pytest.fixture(scope="module")
def ours() -> Iterator[Services]:
    """Our own corpus."""
    shelf = Shelf.of(read(packaged_seeds()))
    yield Services(shelf, "1.2.3", lambda: TODAY)
    shelf.close()


Stock = Callable[[Corpus], Services]


@pytest.fixture
def stock() -> Iterator[Stock]:
    """Puts a corpus of the test's own on a shelf."""
    with ExitStack() as shelves:

        def on_shelf(corpus: Corpus) -> Services:
            shelf = Shelf.of(corpus)
            shelves.callback(shelf.close)
            return Services(shelf, "1.2.3", lambda: TODAY)

        yield on_shelf


def facts(reply: Reply) -> dict[str, str]:
    """The labelled lines of what is to be read."""
    blocks = reply.cards[0].blocks
    return {name: value for block in blocks if isinstance(block, Facts) for name, value in block.rows}


def question(reply: Reply) -> str:
    """The last thing that is said, but for how to behave."""
    [asked] = reply.cards[-1].blocks
    assert isinstance(asked, Paragraph)
    return asked.text


def test_a_prompt_is_the_card_of_its_entry_with_a_reason_and_a_question(services: Services) -> None:
    made = prompt(RAIDS.id, Request(), services)
    of_raids = card(RAIDS, Request(), services)
    shown, asked = made.cards
    assert made.text == "Today's reading"
    assert shown.blocks[: len(of_raids.blocks)] == of_raids.blocks
    assert (shown.title, shown.footer, shown.warning) == (of_raids.title, of_raids.footer, of_raids.warning)
    assert shown.warning == "Content note: Describes raids."
    assert facts(made)["Why read it"] == "It says what raids do."
    assert asked.title == "A question to think about"
    assert question(made) == "What do raids leave behind?"
    assert made.choices == of_raids.choices
    assert not shown.choices


def test_a_part_of_a_document_says_which_and_leads_to_the_rest(services: Services) -> None:
    made = prompt(OPENING, Request(), services)
    shown = made.cards[0]
    assert shown.title == "Rights and Raids: Opening"
    assert Paragraph("What the opening says.", "Rights and Raids · Opening") in shown.blocks
    assert shown.footer == (terms(REVIEW.licence, Request().tr),)
    assert [choice.ask.options for choice in made.choices] == [
        {"topic": REVIEW.id},
        {"document": REVIEW.id},
        {"thing": REVIEW.id},
    ]


def test_a_part_carries_the_content_notes_of_what_was_drawn_from_it(services: Services) -> None:
    """Nobody asked for it. Raids were first spoken of in part 2, and only afterwards in the statement."""
    assert prompt("source:review#part-2", Request(), services).cards[0].warning == (
        "Content note: Describes raids."
    )
    assert prompt("source:statement#asks", Request(), services).cards[0].warning == ""


def test_a_content_note_that_says_nothing_new_is_left_out(stock: Stock) -> None:
    notes = ("Describes raids and arrests.", "Describes arrests.", "", "Mentions raids.")
    entries = tuple(replace(RAIDS, id=f"topic:raids-{n}", content_note=note) for n, note in enumerate(notes))
    services = stock(replace(CORPUS, entries=entries))
    made = prompt("source:review#part-2", Request(), services)
    assert made.cards[0].warning == "Content note: Describes raids and arrests. Mentions raids."


def test_every_round_asks_the_next_question(services: Services) -> None:
    asked = [question(prompt(RAIDS.id, Request(), services, round=n)) for n in range(4)]
    assert asked == ["What do raids leave behind?", "Who decides where a raid is right?"] * 2


def test_what_comes_late_says_so(services: Services) -> None:
    late = prompt(RAIDS.id, Request(), services, late=True, due=time(9, 5))
    assert late.text == "Today's reading\n\nIt was due at 09:05 and was delayed."
    assert prompt(RAIDS.id, Request(), services, late=True).text == "Today's reading\n\nIt was delayed."
    assert prompt(RAIDS.id, Request(), services, due=time(9, 5)).text == "Today's reading"


def test_a_series_says_which_part_it_is_and_when_it_ends(services: Services) -> None:
    middle = prompt(OPENING, Request(), services, part=(3, 7))
    assert middle.text == "Today's reading: part 3 of 7"
    last = prompt(OPENING, Request(), services, part=(7, 7), late=True)
    assert last.text.split("\n\n") == [
        "Today's reading: part 7 of 7",
        "This is the last part of the series.",
        "It was delayed.",
    ]


@pytest.mark.parametrize(
    ("kind", "pages", "takes"),
    [
        (WorkType.ARTICLE_JOURNAL, "378-382", "about 1 minute here, about 8 minutes for the text itself"),
        (WorkType.ARTICLE_JOURNAL, "152–8", "about 1 minute here, about 10 minutes for the text itself"),
        (WorkType.REPORT, "1-30", "about 1 minute here, about 45 minutes for the text itself"),
        (WorkType.ARTICLE_JOURNAL, "7-7", "about 1 minute here, about 2 minutes for the text itself"),
        (WorkType.ARTICLE_JOURNAL, "", "about 1 minute here, longer for the work itself"),
        (WorkType.ARTICLE_JOURNAL, "e12", "about 1 minute here, longer for the work itself"),
        (WorkType.ARTICLE_JOURNAL, "20-11", "about 1 minute here, longer for the work itself"),
        (WorkType.BOOK, "1-300", "about 1 minute here, longer for the work itself"),
        (WorkType.MOTION_PICTURE, "1-300", "about 1 minute here, longer for the work itself"),
    ],
)
def test_the_time_is_that_of_our_text_and_of_the_pages_where_they_are_known(
    kind: WorkType, pages: str, takes: str, stock: Stock
) -> None:
    """200 words a minute, 300 words a page; nobody can say how long a whole book takes."""
    entry = replace(MARGINS, work=replace(MARGINS.work, type=kind, pages=pages))
    services = stock(replace(CORPUS, entries=(RAIDS, *CORPUS.entries[1:4], entry)))
    made = prompt(entry.id, Request(), services)
    assert facts(made)["Time"] == takes
    assert facts(made)["Type"]


def test_a_longer_text_takes_longer(stock: Stock) -> None:
    said = replace(RAIDS.statements[0], text="word " * 290)
    entry = replace(RAIDS, statements=(said, replace(said, text="word " * 290)))
    services = stock(replace(CORPUS, entries=(entry,)))
    assert facts(prompt(RAIDS.id, Request(), services))["Time"] == "about 3 minutes"


@pytest.mark.parametrize("item_id", ["reading:gone", "topic:borders", BUTTERFLY.id, REVIEW.id])
def test_what_cannot_be_a_prompt_any_more_is_an_error(item_id: str, services: Services) -> None:
    """So that another one is drawn in its place."""
    for made in (prompt, title_of):
        with pytest.raises(UnknownEntryError):
            made(item_id, Request(), services)


def test_titles_name_the_thing_and_a_part_before_its_document(services: Services) -> None:
    assert title_of(RAIDS.id, Request(), services) == "Raids"
    assert title_of(RAIDS.id, Request("fr"), services) == "Descentes de police"
    assert title_of(REPEAL.id, Request(), services) == "Repeal the law"
    assert title_of(OPENING, Request(), services) == "Opening · Rights and Raids"


@given(item_id=st.sampled_from(OURS), locale=st.sampled_from(LANGUAGES), number=st.integers(0, 9))
def test_every_prompt_of_ours_says_all_it_has_to(
    ours: Services, item_id: str, locale: str, number: int
) -> None:
    """Source, attribution, reason, time and question; at most three ways on, by commands that there are."""
    ask = Request(locale)
    made = prompt(item_id, ask, ours, round=number)
    found = Pool(ours.shelf.corpus).item(item_id)
    sources = (
        [found.item.source]
        if isinstance(found.item, Part)
        else [each for each in ours.shelf.sources if each.id in found.sources]
    )
    shown = made.cards[0]
    assert all(terms(source.licence, ask.tr) in shown.footer for source in sources)
    assert any(isinstance(block, Paragraph) and block.source for block in shown.blocks)
    assert found.prompt.why in facts(made).values()
    assert question(made) in found.prompt.questions
    assert made.cards[-1].footer
    assert len(made.choices) <= 3
    assert all(choice.ask.command in REGISTRY for choice in made.choices)
    assert len(title_of(item_id, ask, ours)) <= 80
    text = reply_text(made, ask.tr)
    assert text.index(found.prompt.why) < text.index(question(made))


@given(item_id=st.sampled_from(OURS), locale=st.sampled_from(LANGUAGES), number=st.integers(0, 2))
def test_every_prompt_of_ours_is_one_message_everywhere(
    ours: Services, item_id: str, locale: str, number: int
) -> None:
    """With its question, even where it is late and in a series: nobody has to read on for that."""
    ask = Request(locale)
    made = prompt(item_id, ask, ours, late=True, due=time(23, 59), part=(12, 12), round=number)
    sent = page(made, 0, Controls(), ask.tr)
    within_limits(sent, made.page)
    assert sent.next is None
    event = whole(made, ask.tr)
    assert question(made) in event.body
    # Half of what an event may have: encryption takes a third more, and JSON something, too.
    assert len(json.dumps([event.body, event.html]).encode()) < 32_768
    stream = StringIO()
    console = Console(file=stream, width=60, markup=False, emoji=False)
    show(console, (line for part in layout(made, 60, ask.tr) for line in part.lines))
    assert "".join(question(made).split()) in "".join(stream.getvalue().split())


async def test_what_a_prompt_leads_to_is_there(ours: Services) -> None:
    """Every button under any prompt of ours finds something."""
    asks = {
        json.dumps([choice.ask.command, dict(choice.ask.options)]): choice.ask
        for item_id in OURS
        for choice in prompt(item_id, Request(), ours).choices
    }
    assert len(asks) > 100
    for ask in asks.values():
        assert (await answer(ask, Request(), ours)).found, ask


def test_a_prompt_is_the_same_every_day(services: Services) -> None:
    """Nothing in it counts days but the age of a contact, and a contact is never drawn."""
    later = Services(services.shelf, "1.2.3", lambda: date(2036, 1, 1))
    for item_id in Pool(services.shelf.corpus).ids(Draw(), Order.SHUFFLED):
        assert prompt(item_id, Request(), services) == prompt(item_id, Request(), later)


def test_a_prompt_without_a_second_question_asks_the_first_again(stock: Stock) -> None:
    entry = replace(RAIDS, prompt=Prompt("To see.", ("What then?",)))
    services = stock(replace(CORPUS, entries=(entry,)))
    assert question(prompt(RAIDS.id, Request(), services, round=5)) == "What then?"
