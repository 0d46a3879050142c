"""What pydantic found wrong with a document, as sentences for who wrote it, each with its place."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.corpus.document import Document, KeyPath, Position
from bot.corpus.fields import EXPECTED
from bot.corpus.published import json_schema
from bot.errors import Problem

# The cut-off was set where `titel` and `author` still find `title` and `authors`, and `colour` finds nothing.
ALIKE = 70
SHOWN = 60
SHAPES = {
    "string_type": "text",
    "list_type": "a list of `- ` items",
    "dict_type": "a block of `key: value` lines",
    "model_type": "a block of `key: value` lines",
    "bool_type": "`true` or `false`",
}
GIVEN = {str: "text", int: "a number", bool: "true or false", list: "a list", dict: "a block of keys"}
HINTS: dict[tuple[str, type], str] = {
    ("string_type", int): "; put it in quotes",
    ("string_type", bool): "; put it in quotes",
    ("string_type", dict): "; a text with a colon in it goes in quotes",
    ("bool_type", str): "; write it without quotes, and not `yes` or `no`",
}


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The end of a sentence about a misspelt word: the known one most like it, if any is."""
    found = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return f"; did you mean `{found[0]}`?" if found else ""


def _one_of(value: object, expected: str) -> str:
    """`expected` lists the values as pydantic prints them: 'a', 'b' or 'c'."""
    known = expected.replace(" or ", ", ").replace("'", "").split(", ")
    return f"is not one of {_quoted(known)}{did_you_mean(str(value), known)}"


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return json_schema(model)


# By type of error, what is said of the value; the second argument is the context pydantic gives.
PREDICATES: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "string_too_short": lambda _value, _context: "is empty",
    "string_too_long": lambda value, context: (
        f"has {len(value)} characters; at most {context['max_length']} fit"
    ),
    "too_short": lambda _value, _context: "needs at least one item",
    "too_long": lambda _value, context: (
        f"has {context['actual_length']} items; at most {context['max_length']} fit"
    ),
    "string_pattern_mismatch": lambda _value, context: EXPECTED[context["pattern"]],
    "enum": lambda value, context: _one_of(value, context["expected"]),
    "value_error": lambda _value, context: str(context["error"]),
}


def explain(error: ValidationError, model: type[BaseModel], document: Document) -> Iterator[Problem]:
    """One problem for each thing that is wrong. `model` is what the document was validated against."""
    schema = _schema(model)
    for details in error.errors(include_url=False):
        where = tuple(step for step in details["loc"] if step != "[key]")
        is_key = details["type"] == "extra_forbidden" or details["loc"][-1:] == ("[key]",)
        yield document.problem(
            _sentence(details, where, _definition(schema, where[:-1])),
            _position(document, where, is_key=is_key),
        )


def _position(document: Document, where: KeyPath, *, is_key: bool) -> Position:
    return document.keys[where] if is_key else document.at(where)


def _definition(schema: dict[str, Any], where: KeyPath) -> dict[str, Any]:
    """What the JSON Schema says of the values on a path."""
    node = _resolve(schema, schema)
    for step in where:
        if isinstance(step, int):
            child = node.get("items")
        else:
            patterns = node.get("patternProperties", {"": node.get("additionalProperties")})
            child = node.get("properties", {}).get(step) or next(iter(patterns.values()))
        node = _resolve(schema, child or {})
    return node


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and the first alternative of an optional value."""
    if "anyOf" in node:
        return _resolve(schema, node["anyOf"][0])
    if "$ref" in node:
        return _resolve(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    return node


def _sentence(error: ErrorDetails, where: KeyPath, parent: dict[str, Any]) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    name = _name(where)
    if kind == "missing":
        description = parent.get("properties", {}).get(where[-1], {}).get("description")
        return f"missing `{where[-1]}`" + (f": {description}" if description else "")
    if kind == "extra_forbidden":
        known = list(parent.get("properties", {}))
        guess = did_you_mean(str(where[-1]), known) or f"; known here are {_quoted(known)}"
        return f"`{where[-1]}` is not a known key{guess}"
    if value is None:
        optional = (
            where
            and where[-1] in parent.get("properties", {})
            and where[-1] not in parent.get("required", [])
        )
        return f"{name} is empty" + ("; write something, or leave it out" if optional else "")
    if kind in SHAPES:
        return f"{name} must be {SHAPES[kind]}, not {GIVEN[type(value)]}{HINTS.get((kind, type(value)), '')}"
    if kind in PREDICATES:
        subject = name if value in ("", [], {}) else _subject(value, name)
        return f"{subject} {PREDICATES[kind](value, context)}"
    return f"{name}: {error['msg']}"


def _name(where: KeyPath) -> str:
    """What the file calls the thing at a path."""
    if not where:
        return "the file"
    if isinstance(where[-1], int):
        return f"item {where[-1] + 1} of {_name(where[:-1])}"
    return f"`{where[-1]}`"


def _subject(value: object, name: str) -> str:
    """A short value stands for itself, an entry is known by its id, and a long text by its key."""
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return f"`{value['id']}`"
    if isinstance(value, str | int) and len(str(value)) <= SHOWN and "\n" not in str(value):
        return f"`{value}`"
    return name
