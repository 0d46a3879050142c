"""Requests held against Discord's own OpenAPI description, where there is a copy of it.

The copy is looked for at the path in the environment variable INFOSHOP_TEST_OPENAPI, else in
`shared/discord/openapi.json` beside the project.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from tests.standin.refusals import JSON

BESIDE = Path(__file__).parents[2].parent / "shared" / "discord" / "openapi.json"

# Where Discord takes more than its description says, and discord.py makes use of it.
EXCEPTIONS = {
    # Snowflakes are taken as JSON numbers, too: allowed_mentions.users, message_reference, recipient_id.
    "SnowflakeType": {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"},
}


def description() -> Path:
    """Where the description should be."""
    return Path(os.environ.get("INFOSHOP_TEST_OPENAPI") or BESIDE)


class Schema:
    """The bodies that Discord describes, by method and path; a validator is made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._document: JSON = json.loads(path.read_text(encoding="utf-8"))
        self._components: JSON = self._document["components"]["schemas"]
        self._components.update(EXCEPTIONS)
        self._linked: dict[str, Any] = {}
        self._validators: dict[tuple[str, str], Validator | None] = {}

    def problem(self, method: str, path: str, body: JSON | list[JSON]) -> str | None:
        """What is wrong with the body of a request, if anything; `path` as the description writes it."""
        key = (method.lower(), path)
        if key not in self._validators:
            self._validators[key] = self._validator(*key)
        validator = self._validators[key]
        error = best_match(validator.iter_errors(body)) if validator else None
        return f"{method} {path}: {error.json_path}: {error.message}" if error else None

    def _validator(self, method: str, path: str) -> Validator | None:
        operation = self._document["paths"].get(path, {}).get(method, {})
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return DISCRIMINATING(self._link(content["schema"])) if content else None

    def _link(self, schema: Any) -> Any:  # noqa: ANN401 - a schema, or any part of one
        """The schema with its references replaced by what they refer to, which is shared, not copied.

        Unions of constants and of objects with a type of their own are made into look-ups: tried one by one
        they take most of the time of a request.
        """
        if isinstance(schema, list):
            return [self._link(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        if reference := schema.get("$ref"):
            name = reference.rpartition("/")[2]
            if name not in self._linked:
                linked = self._linked[name] = {}
                linked.update(self._link(self._components[name]))
            return self._linked[name]
        linked = {key: self._link(value) for key, value in schema.items()}
        for union in ("oneOf", "anyOf"):
            alternatives = linked.get(union) or []
            if variants := by_type(alternatives):
                del linked[union]
                linked["byType"] = variants
            elif alternatives and all("const" in each for each in alternatives):
                linked["enum"] = [each["const"] for each in linked.pop(union)]
        return linked


def by_type(alternatives: list[Any]) -> dict[int, Any]:
    """Alternatives told apart by their `type`, for a look-up in place of a search; empty if they are not."""
    variants: dict[int, Any] = {}
    for alternative in alternatives:
        kinds = alternative.get("properties", {}).get("type", {}).get("enum")
        if not kinds:
            return {}
        variants |= dict.fromkeys(kinds, alternative)
    return variants


def _by_type(
    validator: Validator, variants: dict[int, Any], instance: object, _schema: object
) -> Iterator[ValidationError]:
    kind = instance.get("type") if isinstance(instance, dict) else None
    if kind in variants:
        yield from validator.descend(instance, variants[kind])  # type: ignore[attr-defined]
    else:
        yield ValidationError(f"{kind!r} is none of the types {sorted(variants)}")


make: Callable[..., type[Validator]] = extend  # the stubs leave it untyped
DISCRIMINATING = make(Draft202012Validator, {"byType": _by_type})


@cache
def load(path: Path) -> Schema | None:
    """The description at a path, read once; None where there is none."""
    return Schema(path) if path.is_file() else None
