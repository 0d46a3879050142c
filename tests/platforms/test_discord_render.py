"""Replies as Discord messages: within every published limit, whole, in order, and leading on."""

from collections.abc import Iterator

import pytest
from discord import ui
from hypothesis import example, given, settings
from hypothesis import strategies as st

import bot.commands
from bot.commands.cards import opening
from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Request
from bot.commands.words import CitationFormat
from bot.corpus.check import packaged_seeds, read
from bot.i18n import LANGUAGES, translator
from bot.model import Source
from bot.platforms.clean import one_line
from bot.platforms.discord.render import Item, page
from bot.platforms.plain import labelled, source_line
from bot.reply import Ask, Block, Bullets, Card, Choice, Code, Link, Links, Paragraph, Reply
from bot.shelf import Shelf
from tests.platforms.discord_markup import visible
from tests.platforms.discord_pages import (
    CONTAINER,
    EN,
    ROW,
    TEXT,
    Controls,
    closing,
    markdown,
    meant,
    pages,
    payload,
    seen,
    within_limits,
)
from tests.platforms.long_replies import big_replies
from tests.platforms.replies import CONTACT, REPLY, TOPIC, replies

assert bot.commands  # importing it registers the commands

WHOLE = 400  # characters of a text that no page needs to break, however it is escaped


def test_a_card_is_a_container_with_its_text_and_its_buttons() -> None:
    """Shelf, title, warning, text with its source, list, links, attribution; then what can be done next."""
    sent = payload(page(Reply(cards=(TOPIC,)), 0, Controls(), EN))
    assert sent == [
        {
            "type": CONTAINER,
            "accent_color": sent[0]["accent_color"],
            "spoiler": False,
            "components": [
                {
                    "type": TEXT,
                    "content": (
                        "-# Summary · Law\n"
                        "### Nordic model\n"
                        "> ⚠️ Content note: police violence\n"
                        "Buying sex is a crime and selling it is not. The book calls it criminalisation by"
                        " another name: clients are hurried, places to work are closed and sex workers are"
                        " watched.\n"
                        "-# Source: The book · Rights, Not Rescue · Introduction, ¶ 3\n"
                        "\n"
                        "**Questions**\n"
                        "1. Ask who was consulted.\n"
                        "2. Ask who pays.\n"
                        "\n"
                        "**swop.example:** <https://swop.example/reports/2012/nordic-model>\n"
                        "\n"
                        "-# A. Author, Rights, Not Rescue · CC BY 4.0"
                    ),
                },
                {"type": ROW, "components": [sent[0]["components"][1]["components"][0]]},
            ],
        }
    ]
    assert sent[0]["components"][1]["components"][0]["label"] == "Readings on this (2)"


def test_a_contact_can_be_tapped() -> None:
    """An email address is a link, in a line with its label."""
    assert "**Email:** <info@butterfly.example>\n**Phone:** +1 416 555 0100\n\n亚洲" in "".join(
        markdown(Reply(cards=(CONTACT,)))
    )


def test_text_opens_the_message_and_choices_close_it() -> None:
    """The opening, the cards, the choices of the whole, then the row that leads on."""
    sent = payload(page(REPLY, 0, Controls(), EN, closing()))
    assert [each["type"] for each in sent] == [TEXT, CONTAINER, CONTAINER, ROW, ROW]
    assert sent[0]["content"] == "Two things stand on the shelf."
    assert sent[3]["components"][0]["label"] == "All readings"
    assert sent[4]["components"][0]["label"] == "Show to everyone"


def test_the_button_to_the_next_page_says_how_many_cards_are_left() -> None:
    """It names the part to go on with, which is all it takes to go on."""
    reply = Reply(cards=tuple(Card(f"Card {number}") for number in range(7)), page=3)
    (_, first), (start, second), (_, last) = pages(reply)
    row = payload(first)[-1]["components"]
    assert [(each["label"], each["custom_id"]) for each in row] == [
        ("Show 4 more", f"more:{start}"),
        ("Show to everyone", "last:0"),
    ]
    assert payload(second)[-1]["components"][0]["label"] == "Show 1 more"
    assert last.next is None


def test_a_card_longer_than_a_message_goes_on_under_its_title() -> None:
    """The button says that what was begun goes on."""
    text = "\n\n".join(f"Paragraph {number}. " + "Words to read. " * 30 for number in range(20))
    (_, first), (_, second), *_ = pages(Reply(cards=(Card("Long story", (Paragraph(text, "Book"),)),)))
    assert payload(first)[-1]["components"][0]["label"] == "Read on"
    content = payload(second)[0]["components"][0]["content"]
    assert content.startswith("### Long story, continued\nParagraph ")


def test_a_card_that_would_be_cut_waits_for_the_next_page() -> None:
    """Where another stands on this one already."""
    short, long = Card("Short", (Paragraph("x " * 200),)), Card("Long", (Paragraph("Word. " * 630),))
    (_, first), (_, second) = pages(Reply(cards=(short, long)))
    assert "Long" not in str(payload(first))
    assert "### Long\n" in str(payload(second)[0]["components"][0]["content"])


def test_a_button_of_a_part_that_is_gone_leads_to_the_beginning() -> None:
    """Entries are edited, and messages stay."""
    for start in (99, -1):
        assert payload(page(REPLY, start, Controls(), EN))[0]["type"] == TEXT


def test_up_to_five_choices_are_buttons_and_more_are_menus() -> None:
    """Each of at most 25, numbered where there are several."""
    choices = tuple(Choice(f"Choice {number}", Ask("help")) for number in range(60))
    buttons = payload(page(Reply(choices=choices[:5]), 0, Controls(), EN))
    assert [each["label"] for each in buttons[0]["components"]] == [f"Choice {n}" for n in range(5)]
    (menu,) = payload(page(Reply(choices=choices[:6]), 0, Controls(), EN))
    assert menu["components"][0]["placeholder"] == "Choose what to see next"
    menus = payload(page(Reply(choices=choices), 0, Controls(), EN))
    assert [len(each["components"][0]["options"]) for each in menus] == [25, 25, 10]
    assert menus[1]["components"][0]["placeholder"] == "Choose what to see next (26–50 of 60)"


def test_code_stands_in_a_fence_to_the_letter() -> None:
    """Where it contains a fence itself, it is text: nothing can show one inside another."""
    bibtex = "@book{a_b,\n  title = {*X* \\& ``Y''},\n\n  year = 2007\n}"
    assert markdown(Reply(cards=(Card("", (Code(bibtex),)),))) == [f"```\n{bibtex}\n```"]
    (shown,) = markdown(Reply(cards=(Card("", (Code("a\n  ```\n- b"),)),)))
    assert shown == "a\n  \\`\\`\\`\n\\- b"


def test_code_longer_than_a_message_is_broken_between_lines() -> None:
    """Each page has its own fence."""
    lines = [f"line {number} = {{value}}" for number in range(400)]
    shown = markdown(Reply(cards=(Card("T", (Code("\n".join(lines)),)),)))
    read = "\n".join(visible(each) for each in shown).split("\n")
    assert [line for line in read if line.startswith("line ")] == lines


def test_a_title_that_ends_in_a_hash_keeps_it() -> None:
    """A heading loses it."""
    assert markdown(Reply(cards=(Card("C#"), Card("# F")))) == ["**C#**", "### \\# F"]


def test_thousands_of_items_are_shown_page_by_page() -> None:
    """None twice, none left out, numbered as they were."""
    reply = Reply(cards=(Card("List", (Bullets(tuple(f"Item {n}" for n in range(3000)), numbered=True),)),))
    assert seen(reply) == meant(reply)


def test_an_empty_item_does_not_take_in_the_next_line() -> None:
    """It keeps its number."""
    reply = Reply(cards=(Card("", (Bullets(("", "two", " "), numbered=True), Paragraph("After."))),))
    assert markdown(reply) == ["1. –\n2. two\n3. –\n\nAfter."]


def test_scripts_of_many_bytes_take_more_pages() -> None:
    """4000 Chinese characters have 12000 bytes, and Discord refuses more than 10170; labels count, too."""
    label = "วันอาทิตย์ที่ " * 7
    choices = tuple(Choice(f"{number} {label}", Ask("help")) for number in range(60))
    for reply in (
        Reply(cards=(Card("反对贩运", (Paragraph("一句话。" * 2000),)),)),
        Reply(choices=choices),
        Reply("性工作。" * 900, choices=choices[:5]),
    ):
        assert seen(reply) == meant(reply)


def test_what_stays_together_fits_on_a_page() -> None:
    """Where shelf, title, warning, text and source are all long, they part after all."""
    long = "word " * 290
    card = Card(long, (Paragraph(long, long),), label=long, warning=f"{long}\n{long}", footer=(long, long))
    assert seen(Reply(cards=(card, card))) == meant(Reply(cards=(card, card)))


def test_an_empty_reply_is_a_message_all_the_same() -> None:
    """Discord refuses one without components."""
    assert seen(Reply()) == "–"
    assert seen(Reply(cards=(Card(""), Card(" \u00a0")))) == "–"


def test_pages_in_another_language_are_in_it() -> None:
    """Labels with the colon of the language, and the buttons."""
    tr = translator("fr")
    reply = Reply(cards=(CONTACT, *(Card(f"Carte {number}") for number in range(3))), page=2)
    assert seen(reply, tr) == meant(reply, tr)
    first = payload(page(reply, 0, Controls(), tr))
    label, colon = labelled("Email", "", tr).strip(" ").partition("Email")[1:]
    assert f"**{label}{colon}** <info@" in str(first[0]["components"][0]["content"])


@settings(deadline=None)
@given(replies)
def test_any_reply_is_shown_whole_and_within_the_limits(reply: Reply) -> None:
    """Every word once and in order, no markup but ours, each choice once, and the last page ends it."""
    assert seen(reply) == meant(reply)


@settings(deadline=None, max_examples=40)
@given(big_replies)
def test_any_long_reply_is_shown_whole_and_within_the_limits(reply: Reply) -> None:
    """The same where texts, lists and choices are longer than a message."""
    assert seen(reply) == meant(reply)


@settings(deadline=None, max_examples=40)
@given(big_replies, st.integers(0, 5))
@example(Reply(choices=(Choice("ท" * 100, Ask("help")),) * 60), 5)
def test_whatever_closes_a_message_there_is_room_for_it(reply: Reply, number: int) -> None:
    """Also where the labels of those buttons are as long as labels get."""
    last: list[Item] = [ui.Button(label="性" * 80, custom_id=f"{each}" + "性" * 99) for each in range(number)]
    within_limits(page(reply, 0, Controls(), EN, last), 3)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.from_regex(r"[a-z]{1,9}(/[a-z_.*]{1,40}){0,8}", fullmatch=True), max_size=40),
    st.lists(st.text(st.characters(categories=["L", "N"]), max_size=WHOLE), max_size=30),
)
def test_no_link_and_no_source_is_broken(paths: list[str], sources: list[str]) -> None:
    """Each is in one piece on one page."""
    urls = [f"https://example.org/{path}" for path in paths]
    blocks: list[Block] = [Links(tuple(Link("Website", url) for url in urls))]
    blocks += [Paragraph("A sentence. " * 40, source) for source in sources]
    shown = markdown(Reply(cards=(Card("Title", tuple(blocks)),)))
    whole = "\n".join(shown)
    for url in urls:
        assert f"<{url}>" in whole
    lines = [line for each in shown for line in visible(each).split("\n")]
    for source in filter(None, map(one_line, sources)):
        assert one_line(source_line(source, EN)) in lines


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    """The packaged corpus."""
    shelf = Shelf.of(read(packaged_seeds()))
    yield Services(shelf, "1.2.3")
    shelf.close()


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_every_entry_of_the_corpus_fits(services: Services, locale: str) -> None:
    """Every card, part and citation, as its own command answers it, in every language."""
    ask = Request(locale)
    shelf = services.shelf
    questions = [Ask(name) for name in ("help", "privacy", "source", "reading", "action")]
    for item in (*shelf.sources, *shelf.entries()):
        questions.append(opening(item))
        if isinstance(item, Source):
            questions += [
                Ask("summary", {"topic": item.id, "part": part})
                for part in ("long", *(section.id for section in item.sections))
            ]
            questions += [Ask("cite", {"thing": item.id, "format": form.value}) for form in CitationFormat]
            questions.append(Ask("source", {"document": item.id}))
    for question in questions:
        reply = await answer(question, ask, services)
        assert reply.found, question
        assert seen(reply, ask.tr) == meant(reply, ask.tr), question
