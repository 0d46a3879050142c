"""What `infoshop ask` is asked: which shelf, in which language, and how a line of JSON says so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import UsageError


class AskedFor(StrEnum):
    """The shelf to ask, or all of them."""

    ANY = "any"
    SUMMARY = "summary"
    READING = "reading"
    ACTION = "action"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Question:
    """One question in its circumstances."""

    text: str
    kind: AskedFor
    locale: str


def parse(line: bytes, number: int, locale: str) -> Question:
    """Read a line such as `{"q": "raids", "kind": "action", "locale": "fr"}`; other keys are ignored.

    Raises:
        UsageError: It is not such a line. The sentence names the line and quotes nothing of it.
    """
    try:
        # Some editors begin a file with a byte order mark.
        given = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"line {number}: is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"line {number}: is not JSON: {error.msg}, column {error.colno}.") from None
    except (ValueError, RecursionError):
        raise UsageError(f"line {number}: is JSON that cannot be read: too long or too deep.") from None
    if not isinstance(given, Mapping) or not isinstance(given.get("q"), str):
        raise UsageError(f'line {number}: needs an object with the question as text under "q".')
    kind, language = given.get("kind") or AskedFor.ANY, given.get("locale") or locale
    if not isinstance(kind, str) or kind not in list(AskedFor):
        raise UsageError(f'line {number}: "kind" must be one of {", ".join(AskedFor)}.')
    if not isinstance(language, str):
        raise UsageError(f'line {number}: "locale" must be text, such as "fr".')
    return Question(given["q"], AskedFor(kind), language)
