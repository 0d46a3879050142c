"""Names of authors and of languages are read where that is certain, and kept as typed where it is not."""

import pytest

from bot.curation.authors import authors_of, written
from bot.curation.labels import ACTORS, WORK_TYPES, actor_of, work_type_of
from bot.curation.saying import UnfitError
from bot.curation.tongues import tag_of, tongue
from bot.i18n import LANGUAGES, translator
from bot.model import Actor


def person(family: str, given: str) -> dict[str, str]:
    return {"family": family, "given": given}


def group(name: str) -> dict[str, str]:
    return {"literal": name}


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("", []),
        ("Agustín, Laura María; Butterfly", [person("Agustín", "Laura María"), group("Butterfly")]),
        ("Juno Mac and Molly Smith", [person("Mac", "Juno"), person("Smith", "Molly")]),
        ("Mac, Juno & Smith, Molly", [person("Mac", "Juno"), person("Smith", "Molly")]),
        ("Laura M. Agustín\nA. B. Ahmed", [person("Agustín", "Laura M."), person("Ahmed", "A. B.")]),
        # Nobody can tell where the family name begins, or whether it is one.
        ("Maria de la Cruz", [group("Maria de la Cruz")]),
        ("bell hooks", [group("bell hooks")]),
        ("王小明", [group("王小明")]),
        ("Amnesty International", [group("Amnesty International")]),
        ("The Lancet", [group("The Lancet")]),
        (
            "Asian and Migrant Sex Workers Support Network",
            [group("Asian and Migrant Sex Workers Support Network")],
        ),
        ("Smith, Jones, and Partners", [group("Smith, Jones, and Partners")]),
    ],
)
def test_authors_are_taken_apart_where_that_is_certain(text: str, authors: list[dict[str, str]]) -> None:
    assert authors_of(text) == authors
    assert authors_of(written(authors), authors) == authors


def test_a_name_that_hides_something_is_refused() -> None:
    with pytest.raises(UnfitError):
        authors_of("Ada Okafor; a\u202eb")


@pytest.mark.parametrize("words", ["allié·es", "Alliées", "alliés", "ally", "alies"])
def test_who_can_do_it_is_understood_however_it_is_written(words: str) -> None:
    assert actor_of(words) is Actor.ALLY


@pytest.mark.parametrize("words", ["", "x", "all", "police", "sex workers", "article", "lawn"])
def test_what_is_not_nearly_a_name_means_nothing(words: str) -> None:
    assert actor_of(words) is None
    assert work_type_of(words) is None


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("French", "fr"),
        ("  ESPAÑOL ", "es"),
        ("chinois", "zh"),
        ("中文", "zh"),
        ("Tiếng Việt", "vi"),
        ("Mandarin", "zh"),
        ("zh-Hans", "zh-Hans"),
        ("fr_CA", "fr-CA"),
        ("Klingonese", None),
        ("xx", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_its_name_or_its_tag(words: str, tag: str | None) -> None:
    assert tag_of(words) == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_is_known_again(language: str) -> None:
    """In every language of the interface, so that a form sent back as it was opened changes nothing."""
    tr = translator(language)
    for tag in ("fr", "zh-Hans", "yue", "fil", "pt-BR", "no", "zh-Hans-CN"):
        assert tag_of(tongue(tag, tr)) == tag
    assert [actor_of(tr(label)) for label in ACTORS.values()] == list(ACTORS)
    assert [work_type_of(tr(label)) for label in WORK_TYPES.values()] == list(WORK_TYPES)
    assert actor_of("Book") is None
    assert work_type_of("allies") is None
