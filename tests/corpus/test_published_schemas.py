"""The published JSON Schemas: up to date, valid, and of one mind with the models."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel, ValidationError

from bot.corpus.check import packaged_seeds
from bot.corpus.document import Document, KeyPath, read_document
from bot.corpus.published import SCHEMAS, render, seed_file_schema
from bot.corpus.schema import QuestionWordsFile, SeedFile, ThesaurusFile

DOCS = Path(__file__).parents[2] / "docs"
SEED_FILE = Draft202012Validator(seed_file_schema(), format_checker=FormatChecker())


def accepted(model: type[BaseModel], value: object) -> bool:
    try:
        model.model_validate(value)
    except ValidationError:
        return False
    return True


@pytest.fixture(scope="module")
def seed(lantern: str, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The documented seed file, read."""
    path = tmp_path_factory.mktemp("seeds") / "lantern.yaml"
    path.write_text(lantern)
    return read_document(path)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_up_to_date(name: str) -> None:
    """If this fails: `infoshop corpus schema NAME > docs/NAME.schema.json`."""
    Draft202012Validator.check_schema(SCHEMAS[name]())
    assert (DOCS / f"{name}.schema.json").read_text() == render(name)


def test_the_schemas_accept_our_own_corpus() -> None:
    """What loads must not be marked as wrong in an editor."""
    names = {"thesaurus.yaml": "thesaurus", "question-words.yaml": "question-words"}
    files = sorted(packaged_seeds().glob("*.yaml"))
    assert files
    for file in files:
        schema = SCHEMAS[names.get(file.name, "seed-file")]()
        errors = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(
            read_document(file).value
        )
        assert [(file.name, error.json_path, error.message) for error in errors] == []


@pytest.mark.parametrize("name", ["lantern.yaml", "thesaurus.yaml", "question-words.yaml"])
def test_schema_and_model_accept_the_documented_examples(corpus_dir: Path, name: str) -> None:
    model: dict[str, tuple[str, type[BaseModel]]] = {
        "lantern.yaml": ("seed-file", SeedFile),
        "thesaurus.yaml": ("thesaurus", ThesaurusFile),
        "question-words.yaml": ("question-words", QuestionWordsFile),
    }
    schema, kind = model[name]
    value = read_document(corpus_dir / name).value
    assert Draft202012Validator(SCHEMAS[schema]()).is_valid(value)
    assert accepted(kind, value)


def changed(value: object, where: KeyPath, new: object) -> object:
    """A copy of a tree with another value on a path."""
    value = copy.deepcopy(value)
    inside: Any = value
    for step in where[:-1]:
        inside = inside[step]
    inside[where[-1]] = new
    return value


@pytest.mark.parametrize(
    ("where", "new"),
    [
        (("source", "id"), "lantern-2019"),
        (("source", "work", "type"), "novel"),
        (("source", "work", "title"), ""),
        (("source", "work", "title"), 1984),
        (("source", "work", "title"), "x" * 251),
        (("source", "work", "issued"), "March 2019"),
        (("source", "work", "issued"), 19),
        (("source", "work", "issued"), True),
        (("source", "work", "pages"), ["1", "2"]),
        (("source", "work", "pages"), True),
        (("source", "work", "url"), "ftp://lantern.example.org"),
        (("source", "work", "url"), "javascript:alert(1)"),
        (("source", "work", "language"), "English"),
        (("source", "work", "publishers"), "The Lantern"),
        (("source", "licence", "commercial"), "yes"),
        (("source", "licence", "commercial"), 1),
        (("source", "manifestations"), []),
        (("source", "summary", "sections"), {}),
        (("source", "summary", "sections", 0, "id"), "The night shift"),
        (("source", "topics"), "topic:night-raids"),
        (("notes", 0, "id"), "reading:night-raids"),
        (("notes", 0, "from"), "the-night-shift"),
        (("notes", 0, "from", "paragraph"), 0),
        (("notes", 0, "from", "paragraph"), "two"),
        (("notes", 0, "from", "source"), "lantern"),
        (("notes", 0, "aliases"), {"French": ["descentes"]}),
        (("notes", 0, "aliases"), {"fr": []}),
        (("notes", 0, "topics"), ["night-raids"]),
        (("notes", 0, "text"), None),
        (("actions", 0, "actors"), []),
        (("actions", 0, "actors"), ["council"]),
        (("contacts", 0, "emails"), ["hello"]),
        (("contacts", 0, "checked_on"), "2024"),
        (("contacts", 0, "checked_on"), 20240309),
        (("contacts", 0, "police"), "no"),
        (("also", 0, "entry"), "source:lantern-2019"),
        (("notes", 0, "prompt"), "Why?"),
        (("readings", 0, "prompt", "why"), ""),
        (("actions", 0, "prompt", "questions"), []),
        (("actions", 0, "prompt", "questions"), ["Who?", "What?", "When?", "Why?"]),
        (("source", "summary", "sections", 0, "prompt", "questions"), ["Think."]),
        (("contacts", 0, "prompt"), {"why": "Because.", "questions": ["Why?"]}),
    ],
)
def test_schema_and_model_refuse_the_same(seed: Document, where: KeyPath, new: object) -> None:
    value = changed(seed.value, where, new)
    assert not SEED_FILE.is_valid(value)
    assert not accepted(SeedFile, value)


# No spaces at the ends: the models trim them, which a JSON Schema cannot say.
WORDS = st.text(st.sampled_from("ab:-/.@1é"), max_size=8)
VALUES = st.none() | st.booleans() | st.integers() | WORDS | st.lists(WORDS, max_size=2) | st.just({"a": "b"})


@given(data=st.data())
def test_what_the_schema_refuses_the_model_refuses(seed: Document, data: st.DataObject) -> None:
    """Any value anywhere: an editor never marks as wrong what would load."""
    where = data.draw(st.sampled_from(sorted(filter(None, seed.values), key=str)))
    value = changed(seed.value, where, data.draw(VALUES))
    assert SEED_FILE.is_valid(value) or not accepted(SeedFile, value)


@given(data=st.data())
def test_schema_and_model_want_the_same_keys(seed: Document, data: st.DataObject) -> None:
    """Leaving out any key, or adding an unknown one, is right for both or wrong for both."""
    where = data.draw(st.sampled_from(sorted(seed.keys, key=str)))
    value = copy.deepcopy(seed.value)
    inside: Any = value
    for step in where[:-1]:
        inside = inside[step]
    kept = inside.pop(where[-1])
    # That a contact has some address, and a person one form of name, only the model can say.
    if where[-1] not in ("family", "literal"):
        assert SEED_FILE.is_valid(value) == accepted(SeedFile, value)
    inside[where[-1]] = kept
    inside["unheard-of"] = 1
    assert not SEED_FILE.is_valid(value)
    assert not accepted(SeedFile, value)
