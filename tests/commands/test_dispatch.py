"""The way in: every question gets a reply, never an exception, and the log never gets the question."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.commands.describe import LIMIT, REGISTRY, Command, Option, Services, Typed, Written
from bot.commands.dispatch import COMPLETIONS, LONGEST, answer, complete, entries, is_private
from bot.commands.passage import PASSAGE
from bot.commands.request import Audience, Request
from bot.errors import UnknownEntryError
from bot.logs import ALLOWED
from bot.model import Community, CommunitySettings, Visibility
from bot.reply import Ask, Reply
from tests.commands.conftest import Say
from tests.commands.small import REVIEW

CANARY = "canary0199"
HERE = Community("discord", "1")


@pytest.fixture
async def extra() -> AsyncIterator[dict[str, Command]]:
    """Commands that go wrong, and one for moderators."""

    async def broken(_ask: Request, _services: Services) -> Reply:
        raise ValueError(CANARY)

    async def refused(_ask: Request, _services: Services) -> Reply:
        raise UnknownEntryError("That entry is no longer on the shelf.")

    async def fine(_ask: Request, _services: Services) -> Reply:
        return Reply("done")

    made = {
        "broken": Command("broken", "Breaks.", (), broken),
        "refused": Command("refused", "Refuses.", (), refused),
        "shelve": Command("shelve", "For moderators.", (), fine, Audience.MODERATOR),
    }
    REGISTRY.update(made)
    yield made
    for name in made:
        del REGISTRY[name]


@pytest.mark.usefixtures("extra")
async def test_an_error_with_a_sentence_is_shown_and_any_other_is_not(say: Say) -> None:
    assert (await say("refused")).text == "That entry is no longer on the shelf."
    apology = await say("broken")
    assert apology.text.startswith("Something went wrong on this side")
    assert CANARY not in str(apology)
    assert not apology.found


async def test_what_is_looked_for_is_found_though_something_unseen_was_copied_with_it(say: Say) -> None:
    plain = await say(Ask("find", {"words": "raids"}))
    assert plain.found
    assert await say(Ask("find", {"words": "\ufeffra\u00adi\u200bd\u2060s"})) == plain


@pytest.mark.parametrize("unstorable", ["\0", "\ud800"])
async def test_no_database_is_asked_for_what_it_cannot_hold(say: Say, unstorable: str) -> None:
    """There is nothing of that name, and no mishap. What is to be kept comes as it was typed."""
    seen: list[str] = []

    async def look(_ask: Request, _services: Services, name: str, text: str) -> Reply:
        seen.extend((name, text))
        return Reply("looked")

    sought = Option("name", Typed("What it is called"), required=True)
    kept = Option("text", Written("What it says"), required=True)
    REGISTRY["look"] = Command("look", "Looks.", (sought, kept), look)
    try:
        await say(Ask("look", {"name": f"a{unstorable}b", "text": f"a{unstorable}b"}))
    finally:
        del REGISTRY["look"]
    assert seen == ["a\ufffdb", f"a{unstorable}b"]
    assert "Something went wrong" not in (await say(Ask("find", {"words": unstorable}))).text


@pytest.mark.usefixtures("extra")
async def test_a_command_for_moderators_is_given_to_them_alone(services: Services) -> None:
    """However it comes; others are neither offered it nor left to guess what is missing."""
    moderator = Request(audience=Audience.MODERATOR, community=HERE)
    member = Request(community=HERE, moderator_right="Manage Server")
    assert await answer("shelve", moderator, services) == Reply("done")
    for question in ("shelve", "SHELVE words", Ask("shelve")):
        refused = await answer(question, member, services)
        assert refused == Reply("You need the permission “Manage Server” for /shelve.", found=False)
    assert (await answer("help shelve", member, services)).text == refused.text
    assert "shelve" not in str((await answer("help", member, services)).cards)
    assert "shelve" in str((await answer("help", moderator, services)).cards)


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (Request(), "This concerns a whole server or room that has added me"),
        (Request(audience=Audience.MODERATOR), "This concerns a whole server or room that has added me"),
        (Request(moderator_right="Manage Server"), "This concerns a whole server or room that has added me"),
        (Request(community=Community("discord", "1")), "This is for moderators."),
    ],
)
async def test_nobody_is_a_moderator_outside_of_a_community(
    request_: Request, sentence: str, services: Services
) -> None:
    reply = await answer("shelve", request_, services)
    assert not reply.found
    assert reply.text.startswith(sentence)


async def test_a_community_decides_who_sees_answers_and_never_who_sees_what_is_none(
    services: Services,
) -> None:
    """Known before the answer is there, so that a platform can say who will see it."""
    public = Community("discord", "public")
    await services.communities.change(public, CommunitySettings(Visibility.ROOM))
    for place, private in ((None, True), (HERE, True), (public, False)):
        request = Request(community=place)
        assert is_private("find", request, services) is private
        assert (await answer("find raids", request, services)).private is private
        assert (await entries([REVIEW.id], request, services)).private is private
        for line in (
            "find xyzzy plugh",
            "contact butterfly zeppelin",
            "xyzzy",
            "find",
            "cite agustin format:x",
        ):
            reply = await answer(line, request, services)
            assert (reply.found, reply.private) == (False, True), line
        assert (await entries(["topic:gone"], request, services)).private
        for name in ("help", "privacy", "settings"):
            assert is_private(name, request, services)
            assert (await answer(name, request, services)).private
        assert is_private("xyzzy", request, services)


async def test_entries_are_shown_again_by_their_ids_in_their_order(say: Say, services: Services) -> None:
    """As the answer that found them had them, so that a page goes on where the one before ended."""
    first = await say(Ask("reading", {"topic": "topic:borders"}))
    again = await entries([card.id for card in first.cards], Request(), services)
    assert [card.id for card in again.cards] == [card.id for card in first.cards]
    assert (again.text, again.page) == ("", first.page)
    assert [card.title for card in again.cards] == [card.title for card in first.cards]


@pytest.mark.parametrize(
    ("ids", "left", "sentence"),
    [
        (
            ["topic:gone", REVIEW.id, "contact:police-hotline"],
            [REVIEW.id],
            "2 entries are no longer on the shelf.",
        ),
        (["topic:gone"], [], "1 entry is no longer on the shelf."),
    ],
)
async def test_entries_that_are_gone_are_counted(
    ids: list[str], left: list[str], sentence: str, services: Services
) -> None:
    with capture_logs() as logs:
        reply = await entries(ids, Request(), services)
    assert [card.id for card in reply.cards] == left
    assert reply.text == sentence
    assert reply.found is bool(left)
    assert [line["tier"] for line in logs] == ["found" if left else "nothing"]
    assert "gone" not in str(logs)


@pytest.mark.parametrize(
    "ask",
    [
        Ask("summary", {"topic": "topic:gone"}),
        Ask("summary", {"topic": "source:gone", "part": "end"}),
        Ask("reading", {"topic": "reading:agustin-2008"}),
        Ask("action", {"topic": "action:gone", "who": "ally"}),
        Ask("contact", {"who": "contact:gone"}),
        Ask("source", {"document": "source:gone"}),
        Ask("cite", {"thing": "reading:gone"}),
        Ask("find", {"words": "law:raids"}),
    ],
)
async def test_a_button_to_an_entry_that_was_removed_says_so(ask: Ask, say: Say) -> None:
    """Its letters are not searched for: they would find something else."""
    reply = await say(ask)
    assert reply == Reply("That entry is no longer on the shelf, or not shown here.", found=False)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (
            Ask("cite", {"thing": "agustin", "format": "word"}),
            "“word” is not one of the choices for format: text, bibtex, ris, or csl-json.",
        ),
        (
            Ask("summary", {"topic": "x" * (LIMIT + 1)}),
            f"That is too long for me: please ask in at most {LIMIT} ",
        ),
        (
            Ask("find", {"words": "x" * (PASSAGE + 1)}),
            f"That is too long for me: please ask in at most {PASSAGE} ",
        ),
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
    assert complete("help", "command", "setti", ask, services) == [("settings", "settings")]
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
