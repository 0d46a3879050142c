"""From a typed line to a command with its options."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.commands
from bot.commands.describe import LIMIT, REGISTRY
from bot.commands.parse import RefusedError, parse
from bot.commands.request import Audience, Request
from bot.i18n import LANGUAGES, translator
from bot.model import Community
from bot.reply import Ask

assert bot.commands  # importing it registers the commands


@pytest.mark.parametrize(
    ("line", "ask"),
    [
        ("find nordick moddle", Ask("find", {"words": "nordick moddle"})),
        ("  FIND   end  demand ", Ask("find", {"words": "end demand"})),
        ("reading", Ask("reading")),
        ("", Ask("help")),
        ("action raids --who ally", Ask("action", {"topic": "raids", "who": "ally"})),
        ("action --who=ally raids", Ask("action", {"topic": "raids", "who": "ally"})),
        ("action who:ally border raids", Ask("action", {"topic": "border raids", "who": "ally"})),
        ('action raids who:"service provider"', Ask("action", {"topic": "raids", "who": "service provider"})),
        ("action raids who:“service provider”", Ask("action", {"topic": "raids", "who": "service provider"})),
        ("action ally", Ask("action", {"who": "ally"})),
        ("action service provider", Ask("action", {"who": "service provider"})),
        ("action ally raids", Ask("action", {"topic": "ally raids"})),
        ("action raids who:service provider", Ask("action", {"topic": "raids", "who": "service provider"})),
        ("action topic:border raids", Ask("action", {"topic": "border raids"})),
        ("summary part:opening end demand", Ask("summary", {"topic": "end demand", "part": "opening"})),
        ('find "who:ally"', Ask("find", {"words": "who:ally"})),
        (
            'cite "sex at the margins" format:ris',
            Ask("cite", {"thing": "sex at the margins", "format": "ris"}),
        ),
        ("find l'aide juridique", Ask("find", {"words": "l'aide juridique"})),
        ("find https://example.org/a:b", Ask("find", {"words": "https://example.org/a:b"})),
        ("find sex work -- is work", Ask("find", {"words": "sex work -- is work"})),
        ('find an "open quote', Ask("find", {"words": "an open quote"})),
        ("daily today please", Ask("daily today")),
        ("privacy", Ask("privacy about")),
        ("privacy about", Ask("privacy about")),
        ("summary topic:raids", Ask("summary", {"topic": "raids"})),
    ],
)
def test_a_line_becomes_a_command_with_its_options(line: str, ask: Ask) -> None:
    assert parse(line, Request()) == ask


@pytest.mark.parametrize(
    ("locale", "line", "ask"),
    [
        ("fr", "chercher raids", Ask("find", {"words": "raids"})),
        ("fr", "find raids", Ask("find", {"words": "raids"})),
        ("fr", "RÉSUMÉ raids partie:long", Ask("summary", {"topic": "raids", "part": "long"})),
        ("fr", "resume raids --partie=long", Ask("summary", {"topic": "raids", "part": "long"})),
        ("fr", "action raids qui:ally", Ask("action", {"topic": "raids", "who": "ally"})),
        ("es-419", "acción redadas quién:ally", Ask("action", {"topic": "redadas", "who": "ally"})),
        ("es-419", "accion redadas --quien ally", Ask("action", {"topic": "redadas", "who": "ally"})),
        ("es-419", "accion redadas who:ally", Ask("action", {"topic": "redadas", "who": "ally"})),
        ("es-419", "action redadas qui:ally", Ask("action", {"topic": "redadas qui:ally"})),
    ],
)
def test_names_are_understood_in_english_and_in_the_readers_language(
    locale: str, line: str, ask: Ask
) -> None:
    """With or without accents; those of a third language are words like others."""
    assert parse(line, Request(locale)) == ask


def test_every_command_is_understood_by_its_name_in_every_language() -> None:
    for language in LANGUAGES:
        here = Community("discord", "1")
        ask = Request(language, Audience.MODERATOR, community=here, has_channels=True)
        for described in REGISTRY.values():
            spoken = translator(language).name(described.name)
            options = {option.name: "1" for option in described.options}
            line = " ".join([spoken, *(f"{ask.tr.name(name)}:1" for name in options)])
            assert parse(line, ask) == Ask(described.name, options)


@pytest.mark.parametrize(
    ("locale", "line", "sentence"),
    [
        ("fr", "chercher --foo x", "/chercher n’a pas d’option «\xa0foo\xa0». Il y a\xa0: --mots."),
        ("es", "xyzzy", "No hay ningún comando «xyzzy». /ayuda los muestra todos."),
    ],
)
def test_a_refusal_names_commands_as_the_reader_types_them(locale: str, line: str, sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(line, Request(locale))
    assert str(refused.value) == sentence


def test_a_misspelt_translated_name_is_offered_as_it_was_meant() -> None:
    with pytest.raises(RefusedError) as refused:
        parse("cherchr raids", Request("fr"))
    choice, *_ = refused.value.choices
    assert (choice.label, choice.ask) == ("/chercher raids", Ask("find", {"words": "raids"}))


def test_a_choice_can_be_named_in_the_readers_language() -> None:
    assert parse("action allié·es", Request("fr")) == Ask("action", {"who": "allié·es"})


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("find --foo x", "/find has no option “foo”. It has: --words."),
        ("privacy about --foo", "/privacy about has no options."),
        ("x" * (LIMIT + 1), f"That is too long for me: please ask in at most {LIMIT} characters."),
        ("xyzzy", "There is no command “xyzzy”. /help lists them all."),
    ],
)
def test_what_cannot_be_understood_is_explained(line: str, sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(line, Request())
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "line", ["shelf add contact titel:X text:y", "suggest reading lnk:https://example.org"]
)
def test_a_slip_in_the_name_of_a_field_is_told_and_not_taken_for_what_was_typed(line: str) -> None:
    moderator = Request(audience=Audience.MODERATOR, community=Community("matrix", "!room"))
    with pytest.raises(RefusedError, match=r"has no option “(titel|lnk)”\. It has: .*--title"):
        parse(line, moderator)


@pytest.mark.parametrize("words", ["topic:raids-2", "Author:a memoir", "call us at 5:30", "mailto:a@b.org"])
def test_what_only_looks_like_the_name_of_a_field_is_taken_as_it_is(words: str) -> None:
    moderator = Request(audience=Audience.MODERATOR, community=Community("matrix", "!room"))
    for quoted in (words, f'"{words}"'):
        assert parse(f"shelf edit {quoted}", moderator) == Ask("shelf edit", {"entry": words})
    line = f"shelf add note title:Ours text:We are a line:{words}"
    assert parse(line, moderator).options["text"] == f"We are a line:{words}"


def test_a_misspelt_command_is_offered_as_it_was_meant_with_its_words() -> None:
    with pytest.raises(RefusedError) as refused:
        parse("raeding border control", Request())
    choices = refused.value.choices
    assert choices[0].label == "/reading border control"
    assert choices[0].ask == Ask("reading", {"topic": "border control"})
    assert choices[-1].ask == Ask("find", {"words": "raeding border control"})


@given(st.text(max_size=2 * LIMIT), st.sampled_from([*REGISTRY, ""]))
def test_any_line_is_understood_or_refused(line: str, name: str) -> None:
    with contextlib.suppress(RefusedError):
        ask = parse(f"{name} {line}", Request())
        assert set(ask.options) <= {option.name for option in REGISTRY[ask.command].options}
