"""Every card says what it says, who says it and where, and on what terms."""

import pytest

from bot.commands.cards import card, shown
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.reply import Ask, Bullets, Card, Choice, Facts, Links, Paragraph
from bot.shelf import Item
from tests.commands.conftest import Say
from tests.commands.small import BUTTERFLY, CORPUS, MARGINS, OLD, POLICE, RAIDS, REPEAL, REVIEW, STATEMENT

VISIBLE = [item for item in CORPUS.items() if item is not POLICE]


def facts(made: Card) -> dict[str, str]:
    return {name: value for block in made.blocks if isinstance(block, Facts) for name, value in block.rows}


def paragraphs(made: Card) -> list[Paragraph]:
    return [block for block in made.blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize("item", VISIBLE, ids=lambda item: item.id)
@pytest.mark.parametrize("locale", ["en", "fr", "zh-CN"])
def test_every_card_carries_its_title_its_shelf_and_the_terms_of_its_sources(
    item: Item, locale: str, services: Services
) -> None:
    made = card(item, Request(locale), services)
    assert made.title.startswith(item.title)
    assert made.id == item.id
    assert made.kind == item.kind.value
    assert made.label
    for source in (REVIEW, STATEMENT):
        drawn = item is source or any(
            said.origin.source == source.id for said in getattr(item, "statements", ())
        )
        assert any(source.licence.attribution in line for line in made.footer) is drawn


def test_every_statement_says_who_says_it_and_where(services: Services) -> None:
    first, second, caveat = paragraphs(card(RAIDS, Request(), services))
    assert first.source == "The book · Rights and Raids · Part 2: The Industry, ¶ 3–4"
    assert second.source == "Butterfly · Stop the Harm · What can you do?, ¶ 1"
    assert caveat == Paragraph("Please note: No figures are given.")


def test_the_licence_says_whether_commercial_use_is_allowed_only_where_that_is_known(
    services: Services,
) -> None:
    review, statement = card(RAIDS, Request(), services).footer
    assert review.endswith("CC BY-NC 4.0 · no commercial use")
    assert statement.endswith("No licence stated")


def test_a_content_note_stands_before_the_text(services: Services) -> None:
    assert card(RAIDS, Request(), services).warning == "Content note: Describes raids."


def test_a_topic_leads_to_what_is_filed_under_it_and_never_counts_a_police_line(services: Services) -> None:
    assert card(RAIDS, Request(), services).choices == (
        Choice("Readings on this (1)", Ask("reading", {"topic": "topic:raids"})),
        Choice("Actions on this (2)", Ask("action", {"topic": "topic:raids"})),
        Choice("Contacts for this (1)", Ask("contact", {"who": "topic:raids"})),
    )


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("en", "Raids"),
        ("fr", "Raids · Descentes de police"),
        ("fr-CA", "Raids · Descentes de police"),
        ("zh-CN", "Raids · 警察突袭"),
        ("cs", "Raids"),
    ],
)
def test_the_first_name_in_the_readers_language_stands_beside_the_title(
    locale: str, title: str, services: Services
) -> None:
    assert card(RAIDS, Request(locale), services).title == title


def test_a_reading_says_what_it_is_who_wrote_it_when_and_where_to_get_it(services: Services) -> None:
    made = card(MARGINS, Request(), services)
    assert facts(made) == {
        "Type": "Book",
        "By": "Laura María Agustín",
        "Published": "2007",
        "Publisher": "Zed Books, London",
    }
    (links,) = (block for block in made.blocks if isinstance(block, Links))
    assert [(link.label, link.url) for link in links.links] == [
        ("zed.example", "https://www.zed.example/margins")
    ]
    assert Choice("Cite", Ask("cite", {"thing": MARGINS.id})) in made.choices


def test_a_document_leads_to_its_citation(services: Services) -> None:
    assert Choice("Cite", Ask("cite", {"thing": REVIEW.id})) in card(REVIEW, Request(), services).choices


def test_an_article_says_where_it_stands(services: Services) -> None:
    made = card(REVIEW, Request(), services)
    assert facts(made)["In"] == "Gender and Research 26 (2), p. 152-158"
    assert facts(made)["Published"] == "December 12, 2025"


def test_an_action_says_who_can_do_it_and_whom_it_is_addressed_to(services: Services) -> None:
    assert facts(card(REPEAL, Request(), services)) == {
        "Who can do it": "allies and lawmakers",
        "Addressed to": "the government",
    }


def test_a_contact_says_how_where_in_which_languages_and_how_old_it_is(services: Services) -> None:
    made = card(BUTTERFLY, Request(), services)
    assert facts(made) == {
        "Email": "hello@butterfly.example",
        "Phone": "+1 416-555-0100",
        "Region": "Ontario",
        "Languages": "English and Chinese (Simplified)",
        "Last checked": "August 1, 2025 (10 months ago): its own site",
    }
    assert made.warning == ""


def test_a_contact_that_was_not_checked_for_a_year_says_so_before_anything_else(services: Services) -> None:
    made = card(OLD, Request(), services)
    assert made.warning == "This may be out of date: it was last checked 2 years ago."
    assert facts(made)["Languages"] == "not stated by the source"


async def test_a_line_that_involves_police_is_shown_by_no_command(say: Say) -> None:
    """However it is asked for: by id, by name, by topic, by document or by looking for everything."""
    asks = [Ask(name, {option: POLICE.id}) for name, option in (("contact", "who"), ("find", "words"))]
    asks += [Ask("contact", {"who": words}) for words in ("trafficking tipline", "tipline", "topic:raids")]
    asks += [Ask("find", {"words": "trafficking tipline"}), Ask("summary", {"topic": "trafficking tipline"})]
    asks += [Ask("source", {"document": STATEMENT.id, "shelf": "contact"}), Ask("source"), Ask("action")]
    asks += [Ask("cite", {"thing": POLICE.id}), Ask("reading", {"topic": POLICE.id})]
    for ask in asks:
        reply = await say(ask)
        assert "555-0199" not in str(reply), ask
        assert POLICE.id not in str(reply), ask
        assert POLICE.title not in str(reply), ask


@pytest.mark.parametrize(
    ("lengths", "page"), [([10], 1), ([10, 10, 10, 10], 3), ([1000, 1000], 1), ([5000, 1], 1)]
)
def test_a_page_holds_as_many_cards_as_a_screen_but_never_none(lengths: list[int], page: int) -> None:
    reply = shown(Card("t", (Paragraph("x" * length), Bullets(("y",)))) for length in lengths)
    assert reply.page == page
    assert len(reply.cards) == len(lengths)
