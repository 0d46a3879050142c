"""The JSON Schemas (draft 2020-12) by which an editor completes and checks the files of a corpus."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from bot.corpus.schema import QuestionWordsFile, SeedFile, ThesaurusFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of one kind of file. What it cannot express (word counts, real dates) the models check."""
    schema = model.model_json_schema(by_alias=True, mode="validation")
    _close(schema)
    return {"$schema": DIALECT, **schema}


def _close(node: object) -> None:
    """Refuse the keys that no pattern allows, as the models do; pydantic leaves such mappings open."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for child in node.values():
            _close(child)
    elif isinstance(node, list):
        for child in node:
            _close(child)


def seed_file_schema() -> dict[str, Any]:
    """The schema of a seed file."""
    return json_schema(SeedFile)


def thesaurus_schema() -> dict[str, Any]:
    """The schema of `thesaurus.yaml`."""
    return json_schema(ThesaurusFile)


def question_words_schema() -> dict[str, Any]:
    """The schema of `question-words.yaml`."""
    return json_schema(QuestionWordsFile)


# Each is published as `docs/<name>.schema.json`.
SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "seed-file": seed_file_schema,
    "thesaurus": thesaurus_schema,
    "question-words": question_words_schema,
}


def render(name: str) -> str:
    """The text of a published schema, ending in a line break. Raises `KeyError` for an unknown name."""
    return json.dumps(SCHEMAS[name](), ensure_ascii=False, indent=2) + "\n"
