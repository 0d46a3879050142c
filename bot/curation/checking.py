"""The texts of a file, checked as if somebody had typed them into a form."""

from collections.abc import Callable, Mapping

from bot.corpus.document import Document, KeyPath
from bot.curation.links import Checked, link
from bot.curation.saying import UnfitError
from bot.curation.words import (
    LINE,
    LONG_SUMMARY,
    QUESTION,
    SECTION,
    SHORT_SUMMARY,
    TEXT,
    WHY,
    Bounds,
    cleaned,
    email,
    phone,
)
from bot.errors import Problem

LONGEST_LIST = 100
"""Values in any one list of an item: names, addresses, sections."""

_BOUNDS: Mapping[str, Bounds] = {
    "text": TEXT,
    "short": SHORT_SUMMARY,
    "long": LONG_SUMMARY,
    "why": WHY,
    "questions": QUESTION,
}
# Of these the schema says to the letter what they may be.
_EXACT = frozenset(
    {"id", "entry", "source", "section", "paragraph", "type", "topics", "actors", "issued", "checked_on"}
    | {"language", "languages"}
)
_OTHERS: Mapping[str, Callable[[str], str | Checked]] = {
    **dict.fromkeys(("url", "uri", "urls"), link),
    "emails": email,
    "phones": phone,
}


class Checker:
    """Goes through a file. What it finds stands in `problems`, and what should be known in `remarks`."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []

    def file(self) -> Mapping[str, object]:
        """The whole file as it is to be kept."""
        whole = self._document.value
        items = whole.items() if isinstance(whole, dict) else ()
        return {key: self._checked(each, (key,)) for key, each in items}

    def _checked(self, value: object, where: KeyPath) -> object:
        if isinstance(value, Mapping):
            return {key: self._checked(each, (*where, key)) for key, each in value.items()}
        if isinstance(value, list):
            if len(where) > 1 and len(value) > LONGEST_LIST:
                self._complain(f"this list has {len(value)} values; at most {LONGEST_LIST} fit", where)
                return value
            return [self._checked(each, (*where, place)) for place, each in enumerate(value)]
        return self._text(value, where) if isinstance(value, str) else value

    def _text(self, text: str, where: KeyPath) -> str:
        name = _name(where)
        try:
            if name in _EXACT:
                return text
            if name in _OTHERS:
                return self._address(_OTHERS[name](text), where)
            bounds = SECTION if name == "text" and "sections" in where else _BOUNDS.get(name, LINE)
            return cleaned(text, bounds)
        except UnfitError as error:
            self._complain(f"`{name}`: {error}", where)
            return text

    def _address(self, address: str | Checked, where: KeyPath) -> str:
        if isinstance(address, str):
            return address
        self.remarks += [
            self._document.problem(f"`{_name(where)}`: {warning}", self._document.at(where))
            for warning in address.warnings
        ]
        return address.address

    def _complain(self, message: str, where: KeyPath) -> None:
        self.problems.append(self._document.problem(message, self._document.at(where)))


def _name(where: KeyPath) -> str:
    """What the file calls the thing at a path; all names of something are aliases."""
    keys = [step for step in where if isinstance(step, str)]
    return "aliases" if "aliases" in keys else keys[-1]
