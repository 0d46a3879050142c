"""What each command answers, over the small shelf."""

import json

import pytest
import rispy
from pybtex.database import parse_string

from bot.commands.describe import GROUPS, REGISTRY, Services
from bot.commands.dispatch import answer
from bot.commands.parse import parse
from bot.commands.request import Audience, Request
from bot.model import Community, CommunitySettings, Visibility
from bot.reply import Ask, Bullets, Card, Code, Facts, Links, Paragraph, Reply
from tests.commands.conftest import Say
from tests.commands.small import LOST_FILM, MARGINS, REPEAL, REVIEW, STATEMENT, STOP_RAIDS


def text_of(reply: Reply) -> str:
    return " ".join(b.text for c in reply.cards for b in c.blocks if isinstance(b, Paragraph | Code))


def items(card: Card) -> tuple[str, ...]:
    return tuple(item for block in card.blocks if isinstance(block, Bullets) for item in block.items)


async def test_a_document_is_summed_up_shortly_with_a_way_to_each_part_and_to_the_long_version(
    say: Say,
) -> None:
    reply = await say(Ask("summary", {"topic": REVIEW.id}))
    (card,) = reply.cards
    assert REVIEW.short in text_of(reply)
    assert [choice.label for choice in card.choices] == [
        "Long version",
        "Opening",
        "Part 2: The Industry",
        "Conclusion",
        "About this document",
        "Cite",
    ]
    for choice in card.choices:
        assert (await say(choice.ask)).found


async def test_the_long_version_keeps_its_paragraphs(say: Say) -> None:
    (card,) = (await say(Ask("summary", {"topic": REVIEW.id, "part": "long"}))).cards
    assert [block.text for block in card.blocks if isinstance(block, Paragraph)] == REVIEW.long.split("\n\n")
    assert card.footer[0].startswith("Sofia Vita, Rights and Raids, 2025")


@pytest.mark.parametrize("part", ["part-2", "PART 2: the industry"])
async def test_a_part_can_be_named_by_id_or_title_and_leads_to_the_next(part: str, say: Say) -> None:
    (card,) = (await say(Ask("summary", {"topic": REVIEW.id, "part": part}))).cards
    assert card.title == "Rights and Raids: Part 2: The Industry"
    assert card.blocks == (
        Paragraph("What the second part says.", "Rights and Raids · Part 2: The Industry"),
    )
    assert card.choices[0].label == "Next: Conclusion"
    assert card.choices[0].ask == Ask("summary", {"topic": REVIEW.id, "part": "end"})


async def test_a_part_that_is_not_there_is_answered_with_those_that_are(say: Say) -> None:
    reply = await say(Ask("summary", {"topic": REVIEW.id, "part": "part-9"}))
    assert not reply.found
    assert [choice.ask.options["part"] for choice in reply.choices] == ["opening", "part-2", "end"]


async def test_the_reading_list_has_every_reading_once_by_theme(say: Say) -> None:
    reply = await say("reading")
    assert reply.text == "3 readings, by theme:"
    theme, other = reply.cards
    assert theme.title == "Border control"
    assert items(theme) == ("Sex at the Margins (Agustín 2007)", "Casualties of Care (Ticktin 2011)")
    assert [card.id for card in (await say(theme.choices[0].ask)).cards] == [
        MARGINS.id,
        "reading:ticktin-2011",
    ]
    assert other.title == "Other"
    assert [choice.ask for choice in other.choices] == [Ask("reading", {"topic": LOST_FILM.id})]


async def test_a_reading_says_who_recommends_it_and_why(say: Say) -> None:
    (card, *_) = (await say("reading agustin 2007")).cards
    assert card.id == MARGINS.id
    assert (
        Paragraph("Recommended on the rescue industry.", "The review · Rights and Raids · Opening, ¶ 2")
        in card.blocks
    )


async def test_actions_are_listed_by_who_can_act(say: Say) -> None:
    reply = await say("action")
    assert [card.title for card in reply.cards] == ["What allies can do", "What lawmakers can do"]
    assert items(reply.cards[1]) == (REPEAL.title, STOP_RAIDS.title)
    assert reply.cards[1].choices[0].ask == Ask("action", {"who": "lawmaker"})


async def test_actions_can_be_narrowed_by_who_acts(say: Say) -> None:
    reply = await say("action who:lawmaker")
    assert reply.text == "What lawmakers can do (2)"
    assert [card.title for card in reply.cards] == ["Raids"]
    assert reply.cards[0].choices[0].ask == Ask("action", {"topic": "topic:raids", "who": "lawmaker"})
    followed = await say(reply.cards[0].choices[0].ask)
    assert [card.id for card in followed.cards] == [REPEAL.id, STOP_RAIDS.id]
    assert [card.id for card in (await say("action raids --who ally")).cards] == [REPEAL.id]


async def test_actions_that_are_for_others_lead_to_them(say: Say) -> None:
    reply = await say(Ask("action", {"topic": "topic:raids", "who": "researcher"}))
    assert not reply.found
    assert [choice.ask.options["who"] for choice in reply.choices] == ["ally", "lawmaker"]
    assert (await say(reply.choices[0].ask)).cards[0].id == REPEAL.id


async def test_the_documents_are_listed_with_licence_and_what_was_drawn_from_each(say: Say) -> None:
    reply = await say("source")
    assert reply.text == "Every answer comes from 2 documents:"
    review, statement = (
        dict(row for block in card.blocks if isinstance(block, Facts) for row in block.rows)
        for card in reply.cards
    )
    assert review["Licence"] == "CC BY-NC 4.0 (no commercial use)"
    assert review["Drawn from it"] == "4 summaries and 3 readings"
    assert statement["Licence"] == "No licence stated"
    assert statement["Drawn from it"] == "1 summary, 2 actions, and 2 contacts"
    assert Paragraph("2 things to know about our copy") in reply.cards[0].blocks


async def test_a_document_shows_its_gaps_its_forms_and_its_licence(say: Say) -> None:
    (card,) = (await say("source vita review")).cards
    assert items(card) == (*REVIEW.caveats, "Full text: Without page numbers.")
    links = {
        link.label: link.url for block in card.blocks if isinstance(block, Links) for link in block.links
    }
    assert links == {"The document": REVIEW.work.url, "The licence": REVIEW.licence.uri}
    assert Ask("source", {"document": REVIEW.id, "shelf": "reading"}) in [
        choice.ask for choice in card.choices
    ]


async def test_what_was_drawn_from_a_document_can_be_shown(say: Say) -> None:
    reply = await say(Ask("source", {"document": STATEMENT.id, "shelf": "action"}))
    assert reply.text == "Drawn from “Stop the Harm”:"
    assert [card.id for card in reply.cards] == [REPEAL.id, STOP_RAIDS.id]
    assert not (await say(Ask("source", {"document": STATEMENT.id, "shelf": "reading"}))).found


async def test_a_document_that_is_not_here_is_answered_with_those_that_are(say: Say) -> None:
    reply = await say("source xyzzy plugh")
    assert not reply.found
    assert reply.text == "None of the documents is called “xyzzy plugh”. There are:"
    assert [choice.ask.options["document"] for choice in reply.choices] == [REVIEW.id, STATEMENT.id]


async def test_a_topic_leads_to_the_documents_it_is_drawn_from(say: Say) -> None:
    reply = await say(Ask("source", {"document": "topic:raids"}))
    assert [card.id for card in reply.cards] == [REVIEW.id, STATEMENT.id]


async def test_a_citation_is_given_as_text_and_leads_to_the_other_forms(say: Say) -> None:
    reply = await say("cite agustin 2007")
    assert text_of(reply).startswith("Agustín, L.M. (2007) Sex at the Margins")
    assert [choice.label for choice in reply.cards[0].choices] == ["BibTeX", "RIS", "CSL-JSON"]


async def test_a_citation_is_given_in_every_form(say: Say) -> None:
    asked = {
        form: text_of(await say(f"cite agustin 2007 format:{form}")) for form in ("bibtex", "ris", "csl-json")
    }
    assert "agustin-2007" in parse_string(asked["bibtex"], "bibtex").entries
    assert rispy.loads(asked["ris"])[0]["authors"] == ["Agustín, Laura María"]
    assert json.loads(asked["csl-json"])[0]["title"] == MARGINS.work.title


async def test_what_is_no_publication_is_cited_by_its_documents(say: Say) -> None:
    reply = await say(Ask("cite", {"thing": "topic:raids"}))
    assert reply.text == "“Raids” is not a publication. It is drawn from:"
    assert [card.id for card in reply.cards] == [REVIEW.id, STATEMENT.id]


async def test_help_lists_the_commands_of_the_registry_in_its_order(say: Say) -> None:
    reply = await say("help", prefix="!")
    (facts,) = (block for block in reply.cards[0].blocks if isinstance(block, Facts))
    everyone = [command for command in REGISTRY.values() if command.audience is Audience.EVERYONE]
    listed = {
        f"!{each.group or each.name}": GROUPS[each.group] if each.group else each.description
        for each in everyone
    }
    assert {usage.split()[0]: description for usage, description in facts.rows} == listed
    assert [usage.split()[0] for usage, _ in facts.rows] == list(listed)


@pytest.mark.parametrize("name", list(REGISTRY))
async def test_help_explains_each_command_and_its_example_works(name: str, services: Services) -> None:
    """As its first option; where nothing else is needed, and nothing has to be kept, it has an answer."""
    moderator = Request(audience=Audience.MODERATOR, community=Community("terminal", ""))
    (card,) = (await answer(f"help {name}", moderator, services)).cards
    assert card.title.startswith(f"/{name}")
    assert card.blocks[0] == Paragraph(REGISTRY[name].description)
    for block in card.blocks[1:]:
        if isinstance(block, Paragraph):
            example = block.text.removeprefix("For example: /")
            assert parse(example, moderator).options.keys() == {REGISTRY[name].options[0].name}
            described = REGISTRY[name]
            assert described.group or described.acts or (await answer(example, moderator, services)).found


async def test_help_for_what_is_no_command_lists_those_that_are(say: Say) -> None:
    reply = await say("help xyzzy")
    assert not reply.found
    everyone = (name for name, each in REGISTRY.items() if each.audience is Audience.EVERYONE)
    first_words = dict.fromkeys(name.partition(" ")[0] for name in everyone)
    assert [choice.ask.options["command"] for choice in reply.choices] == list(first_words)


async def test_privacy_is_short_and_names_what_is_not_in_our_hands(say: Say) -> None:
    (card,) = (await say("privacy")).cards
    assert any("out of our hands" in item for item in items(card))
    assert sum(len(item.split()) for item in items(card)) < 100


async def test_privacy_names_what_is_kept_of_a_community_and_what_it_decided(
    say: Say, services: Services
) -> None:
    """No reader is told that a language is kept where it is not, or of a room where there is none."""
    alone, platform_speaks = await say("privacy"), await say("privacy", remembers_language=False)
    assert any("/settings" in item for item in items(alone.cards[0]))
    assert not any("/settings" in item for item in items(platform_speaks.cards[0]))
    assert "moderators" not in str(alone)
    here = Community("discord", "privacy")
    assert "moderators decided are kept" in str(await say("privacy", community=here))
    await services.communities.change(here, CommunitySettings(Visibility.ROOM))
    assert "everyone sees the answers" in str(await say("privacy", community=here))


@pytest.mark.parametrize(
    ("words", "locale", "answer"),
    [
        ("fr", "fr", "Je réponds désormais en français."),
        ("español", "es", "A partir de ahora respondo en español."),
    ],
)
async def test_a_language_is_chosen_by_its_tag_or_its_own_name(
    words: str, locale: str, answer: str, say: Say
) -> None:
    reply = await say(f"settings {words}")
    assert reply.locale == locale
    assert reply.text.startswith(answer)


async def test_settings_say_which_language_is_spoken_and_which_others_are(say: Say) -> None:
    reply = await say("settings", "es-419")
    assert reply.text == "Respondo en español. Puedes elegir otro idioma:"
    assert [choice.label for choice in reply.choices] == ["English", "Français"]
    assert reply.locale == ""


def test_a_request_knows_the_readers_language_even_where_the_interface_does_not() -> None:
    assert Request("zh_Hant_TW").language == "zh"
    assert Request("zh-TW").tr.language == "en"
