"""The way in: every question gets a reply, never an exception, and the log never gets the question."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.commands.describe import REGISTRY, Command, Services
from bot.commands.dispatch import COMPLETIONS, LONGEST, answer, complete
from bot.commands.parse import LIMIT
from bot.commands.request import Audience, Request
from bot.errors import StoreError
from bot.logs import ALLOWED
from bot.reply import Ask, Reply
from tests.commands.conftest import Say
from tests.commands.small import REVIEW

CANARY = "canary0199"


@pytest.fixture
async def extra() -> AsyncIterator[dict[str, Command]]:
    """Commands that go wrong, and one for moderators."""

    async def broken(_ask: Request, _services: Services) -> Reply:
        raise ValueError(CANARY)

    async def refused(_ask: Request, _services: Services) -> Reply:
        raise StoreError("The database is out of reach.")

    async def fine(_ask: Request, _services: Services) -> Reply:
        return Reply("done")

    made = {
        "broken": Command("broken", "Breaks.", (), broken, Audience.EVERYONE, private=True),
        "refused": Command("refused", "Refuses.", (), refused, Audience.EVERYONE, private=True),
        "shelve": Command("shelve", "For moderators.", (), fine, Audience.MODERATOR, private=False),
    }
    REGISTRY.update(made)
    yield made
    for name in made:
        del REGISTRY[name]


@pytest.mark.usefixtures("extra")
async def test_an_error_with_a_sentence_is_shown_and_any_other_is_not(say: Say) -> None:
    assert (await say("refused")).text == "The database is out of reach."
    apology = await say("broken")
    assert apology.text.startswith("Something went wrong on this side")
    assert CANARY not in str(apology)
    assert not apology.found


@pytest.mark.usefixtures("extra")
async def test_a_command_for_moderators_does_not_exist_for_others(say: Say, services: Services) -> None:
    moderator = Request(audience=Audience.MODERATOR)
    assert (await answer("shelve", moderator, services)) == Reply("done", private=False)
    assert "There is no command “shelve”" in (await say("shelve")).text
    assert "There is no command “shelve”" in (await say(Ask("shelve"))).text
    assert "shelve" not in str((await say("help")).cards)
    assert "shelve" in str((await answer("help", moderator, services)).cards)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (
            Ask("cite", {"thing": "agustin", "format": "word"}),
            "“word” is not one of the choices for format: text, bibtex, ris, or csl-json.",
        ),
        (Ask("find", {"words": "x" * (LIMIT + 1)}), "That is too long for me"),
        (Ask("find", {"words": " "}), "/find words: tell me what you are looking for."),
        (Ask("find"), "/find words: tell me what you are looking for."),
        (Ask("find", {"words": "raids", "colour": "red"}), "/find has no option “colour”."),
        (Ask("xyzzy"), "There is no command “xyzzy”."),
    ],
)
async def test_a_command_that_cannot_be_carried_out_says_why(ask: Ask, sentence: str, say: Say) -> None:
    reply = await say(ask)
    assert not reply.found
    assert reply.text.startswith(sentence)
    for choice in reply.choices:
        assert (await say(choice.ask)).found, choice


async def test_the_log_gets_the_command_and_how_it_went_and_no_word_of_the_question(say: Say) -> None:
    questions: list[str | Ask] = [
        f"find {CANARY}",
        f"{CANARY} raids",
        Ask(CANARY, {CANARY: CANARY}),
        Ask("find", {CANARY: CANARY}),
        f"cite agustin format:{CANARY}",
        f"contact butterfly {CANARY}",
        f"source {CANARY}",
        "find raids",
    ]
    with capture_logs() as logs:
        for question in questions:
            await say(question)
    assert len(logs) == len(questions)
    assert CANARY not in str(logs)
    assert all(set(line) <= ALLOWED | {"log_level"} for line in logs)
    assert [line.get("tier", line.get("error")) for line in logs] == [
        "nothing",
        "RefusedError",
        "RefusedError",
        "RefusedError",
        "RefusedError",
        "close",
        "nothing",
        "found",
    ]


@pytest.mark.usefixtures("extra")
async def test_the_log_gets_the_class_of_an_unexpected_error_and_not_its_words(say: Say) -> None:
    with capture_logs() as logs:
        await say("broken")
    (line,) = logs
    assert (line["command"], line["error"], line["log_level"]) == ("broken", "ValueError", "error")
    assert CANARY not in str(line)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    line=st.text(max_size=400),
    name=st.sampled_from(["", *REGISTRY]),
    locale=st.sampled_from(["en", "fr", "es-419", "zh", "not a locale", ""]),
)
async def test_anything_typed_gets_a_reply_with_something_in_it(
    line: str, name: str, locale: str, services: Services
) -> None:
    reply = await answer(f"{name} {line}", Request(locale), services)
    assert reply.text or reply.cards
    assert not reply.text.startswith("Something went wrong")
    assert "{" not in reply.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(prefix=st.text(max_size=120), locale=st.sampled_from(["en", "fr", "zh"]))
async def test_completions_fit_where_they_are_shown(prefix: str, locale: str, services: Services) -> None:
    for command in REGISTRY.values():
        for option in command.options:
            offered = complete(command.name, option.name, prefix, Request(locale), services)
            assert len(offered) <= COMPLETIONS
            assert all(0 < len(shown) <= LONGEST and 0 < len(value) <= LONGEST for shown, value in offered)


def test_every_completion_is_a_value_the_option_takes(services: Services) -> None:
    ask = Request()
    assert ("allies", "ally") in complete("action", "who", "al", ask, services)
    assert complete("cite", "format", "bib", ask, services) == [("BibTeX", "bibtex")]
    assert complete("source", "document", "raids rev", ask, services) == [(REVIEW.title, REVIEW.id)]
    assert complete("cite", "thing", "casu", ask, services) == [
        ("Casualties of Care", "reading:ticktin-2011")
    ]
    assert complete("cite", "thing", "stop", ask, services) == [("Stop the Harm", "source:statement")]
    assert complete("help", "command", "pri", ask, services) == [("privacy", "privacy")]
    assert ("Casualties of Care", "reading:ticktin-2011") in complete(
        "reading", "topic", "casu", ask, services
    )
    assert complete("find", "colour", "", ask, services) == []
    assert complete("xyzzy", "words", "", ask, services) == []


def test_the_parts_offered_are_those_of_the_document_that_was_chosen(services: Services) -> None:
    offered = complete("summary", "part", "", Request(), services, given={"topic": REVIEW.id})
    assert offered == [
        ("Long version", "long"),
        ("Opening", "opening"),
        ("Part 2: The Industry", "part-2"),
        ("Conclusion", "end"),
    ]
    assert ("Contact us", "contact") in complete("summary", "part", "cont", Request(), services)


def test_completions_speak_the_readers_language(services: Services) -> None:
    assert complete("action", "who", "tout", Request("fr"), services) == [("tout le monde", "anyone")]
