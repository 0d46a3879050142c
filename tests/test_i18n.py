"""Every text of the interface is translated, with the same placeholders, in every catalogue."""

import ast
import runpy
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from bot import i18n
from bot.i18n import LANGUAGES, catalogue_path, negotiate, translator
from bot.locales.messages import problems, template, update
from tests.commands.grouped import registered

TRANSLATED = [language for language in LANGUAGES if language != "en"]
TODAY = date(2026, 6, 1)


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the catalogues that a test may spoil."""
    shutil.copytree(i18n.CATALOGUES, tmp_path / "locales")
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path / "locales")
    return tmp_path / "locales"


def rewrite(language: str, catalogue: Catalog) -> None:
    with catalogue_path(language).open("wb") as file:
        write_po(file, catalogue)


def read(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


def test_english_french_and_spanish_are_there() -> None:
    assert set(LANGUAGES) >= {"en", "fr", "es"}


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_untranslated(language: str) -> None:
    assert list(problems(language)) == [], (
        f"run: python -m bot.locales {language}, and translate what is empty"
    )


def test_texts_are_found_wherever_they_are_written() -> None:
    """In calls, in plurals, in f-strings, marked for later, in docstrings and in descriptions of options."""
    texts = {message.id if isinstance(message.id, str) else message.id[0] for message in template()}
    assert texts >= {
        "Please note: {caveat}",
        "{n} reading",
        "For example:",
        "I have no contact for “{words}”.",
        "How to reach an organisation, and when that was last checked.",
        "Who acts",
    }


@pytest.mark.usefixtures("catalogues")
@pytest.mark.parametrize(
    ("text", "spoilt", "problem"),
    [
        ("Privacy", "", "not translated"),
        ("Please note: {caveat}", "À noter : {note}", "other placeholders"),
        ("{n} reading", ("{n} lecture", ""), "not translated"),
    ],
)
def test_a_spoilt_translation_is_found(text: str, spoilt: str | tuple[str, str], problem: str) -> None:
    catalogue = read("fr")
    entry = catalogue.get(text)
    assert entry is not None
    entry.string = spoilt
    rewrite("fr", catalogue)
    (found,) = problems("fr")
    assert problem in found
    assert text in found


@pytest.mark.usefixtures("catalogues")
@pytest.mark.parametrize(
    ("name", "spoilt", "problem"),
    [
        ("find", "", "not translated: 'find'"),
        ("find", "Chercher", "not a name that can be typed, in small letters: 'Chercher' for 'find'"),
        ("find", "chercher partout", "not a name that can be typed"),
        ("find", "l'entrée", "not a name that can be typed"),
        ("find", "x" * 33, "not a name that can be typed"),
        ("find", "reading", "two commands of one name: 'reading' for 'find'"),
        ("contact", "lecture", "two commands of one name: 'lecture' for 'contact'"),
        ("find", "resume", "two commands of one name: "),
        ("who", "sujet", "two options of action of one name: 'sujet' for 'who'"),
        ("who", "topic", "two options of action of one name: 'topic' for 'who'"),
    ],
)
def test_a_name_that_cannot_be_used_is_found(name: str, spoilt: str, problem: str) -> None:
    """Discord refuses some, and accents alone do not tell two names apart for whoever types without."""
    catalogue = read("fr")
    entry = catalogue.get(name, "name")
    assert entry is not None
    entry.string = spoilt
    rewrite("fr", catalogue)
    (found,) = problems("fr")
    assert problem in found


@pytest.mark.usefixtures("catalogues")
@pytest.mark.parametrize(
    ("name", "spoilt", "problem"),
    [
        ("pause", "chercher", "two commands of words of one name: "),  # as `find`, which is in the group, too
        ("pause", "set", "two commands of words of one name: 'set' for 'pause'"),
        ("words", "lecture", "two commands of one name: "),  # as `reading`, which stands alone
    ],
)
def test_in_a_group_each_command_has_a_name_of_its_own(name: str, spoilt: str, problem: str) -> None:
    """And the group one beside the commands that stand alone."""
    catalogue = read("fr")
    (catalogue.get(name, "name") or catalogue.add(name, context="name")).string = spoilt
    rewrite("fr", catalogue)
    with registered():
        assert not [each for each in problems("es") if "of one name" in each]
        assert any(each.startswith(problem) for each in problems("fr"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_translator_says_by_itself_is_translated(language: str) -> None:
    """Its own texts are called differently there, and are easily overlooked."""
    parsed = ast.walk(ast.parse(Path(i18n.__file__).read_text()))
    calls = [node for node in parsed if isinstance(node, ast.Call)]
    said = {ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) in {"self", "self.n"}}
    assert said == {"message('today')"}
    entry = read(language).get("today")
    assert "today" in template()
    assert entry
    assert entry.string
    assert translator(language).ago(TODAY, TODAY) == entry.string != "today"


def test_a_name_is_not_the_word_in_a_sentence() -> None:
    """What is typed for a command and what it is called in prose are two texts."""
    fr = translator("fr")
    assert (fr("Reading"), fr.name("reading"), fr.name("Reading")) == ("Lecture", "lecture", "Reading")
    assert translator("en").name("reading") == "reading"


@pytest.mark.usefixtures("catalogues")
def test_a_fuzzy_a_leftover_and_an_obsolete_translation_are_found() -> None:
    catalogue = read("fr")
    entry = catalogue.get("Privacy")
    assert entry is not None
    entry.flags.add("fuzzy")
    catalogue.add("This text is gone", "Ce texte n'est plus là")
    rewrite("fr", catalogue)
    assert sorted(found.partition(":")[0] for found in problems("fr")) == ["marked fuzzy", "no longer used"]
    with catalogue_path("fr").open("a") as file:
        file.write('\n#~ msgid "Once"\n#~ msgstr "Jadis"\n')
    assert "obsolete" in " ".join(problems("fr"))


@pytest.mark.usefixtures("catalogues")
def test_a_new_language_begins_with_every_text_and_updating_keeps_translations() -> None:
    everything = sum(1 for message in template() if message.id)
    assert update("cs") == everything
    catalogue = read("cs")
    assert catalogue.num_plurals == 3
    entry = catalogue.get("Privacy")
    assert entry is not None
    entry.string = "Soukromí"
    rewrite("cs", catalogue)
    assert update("cs") == everything - 1
    assert update("fr") == 0


@pytest.mark.usefixtures("catalogues")
def test_the_command_says_how_much_is_left_and_refuses_what_is_no_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["locales", "fr", "no language"])
    with pytest.raises(SystemExit, match="no language: not a language; write it like fr or pt_BR"):
        runpy.run_module("bot.locales", run_name="__main__")
    assert capsys.readouterr().out == "fr: texts that need a translator: 0\n"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("FR_fr.UTF-8", "fr"),
        ("es-419", "es"),
        ("es_MX@euro", "es"),
        ("en-GB", "en"),
        ("zh-CN", "en"),
        ("", "en"),
        ("C", "en"),
    ],
)
def test_the_nearest_language_is_spoken(locale: str, language: str) -> None:
    assert negotiate(locale) == language
    assert translator(locale).language == language


@given(st.text())
def test_any_locale_gets_a_language(locale: str) -> None:
    assert negotiate(locale) in LANGUAGES


def test_plurals_follow_the_language() -> None:
    assert translator("en").n("{n} reading", "{n} readings", 0) == "0 readings"
    assert translator("fr").n("{n} reading", "{n} readings", 0) == "0 lecture"
    assert translator("es").n("{n} reading", "{n} readings", 2) == "2 lecturas"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "today"),
        (0, "today"),
        (1, "1 day ago"),
        (20, "3 weeks ago"),
        (320, "11 months ago"),
        (366, "1 year ago"),
        (800, "2 years ago"),
    ],
)
def test_an_age_is_said_in_the_largest_unit_it_fills(days: int, words: str) -> None:
    assert translator("en").ago(TODAY - timedelta(days=days), TODAY) == words


def test_dates_ages_lists_and_languages_are_said_in_the_language() -> None:
    fr, es = translator("fr"), translator("es")
    assert fr.day(TODAY) == "1 juin 2026"
    assert fr.ago(date(2025, 4, 1), TODAY) == "il y a 1 an"
    assert fr.partial("2012-01") == "janvier 2012"
    assert [es.partial(each) for each in ("2007", "2012-01-25", "")] == ["2007", "25 de enero de 2012", ""]
    assert es.all_of(["a", "b", "c"]) == "a, b y c"
    assert es.any_of(["a", "b"]) == "a o b"
    assert fr.language_name("zh-Hans") == "chinois (simplifié)"
    assert fr.language_name("qqx") == "qqx"
