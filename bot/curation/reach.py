"""The ways to reach somebody that stand in one text: email, phone and web addresses."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from bot.curation.links import link
from bot.curation.saying import Saying, UnfitError
from bot.curation.words import email, phone
from bot.i18n import message

_SHOWN = 80  # characters of an address that is not one
_WEB = re.compile(r"(?i)https?://")
_DIALLED = re.compile(r"\+?[\d\s().\-/]{5,}")


def reach_of(text: str) -> tuple[Mapping[str, list[str]], list[Saying]]:
    """The `emails`, `phones` and `urls` in a text, each once, and what should be known about them.

    There is one on each line, or commas between them. Raises `UnfitError`.
    """
    found: dict[str, list[str]] = {"emails": [], "phones": [], "urls": []}
    warnings: list[Saying] = []
    for piece in _pieces(text):
        try:
            group, address, about = _address(piece)
        except UnfitError as error:
            values = {"given": piece[:_SHOWN], "problem": error.saying}
            raise UnfitError(message("“{given}”: {problem}"), **values) from None
        found[group].append(address)
        warnings += about
    return {group: list(dict.fromkeys(addresses)) for group, addresses in found.items()}, warnings


def _pieces(text: str) -> Iterator[str]:
    """Of a web address, a comma may be a part."""
    for piece in re.split(r"[\r\n]+|[,;](?:\s+|$)", text):
        parts = [piece] if _WEB.match(piece.strip()) else re.split(r"[,;]", piece)
        yield from filter(None, (part.strip() for part in parts))


def _address(piece: str) -> tuple[str, str, list[Saying]]:
    if _DIALLED.fullmatch(piece):
        return "phones", phone(piece), []
    if "@" in piece and not re.search(r"[/:]", piece):
        return "emails", email(piece), []
    checked = link(piece, of_contact=True)
    scheme, _, rest = checked.address.partition(":")
    match scheme:
        case "mailto":
            return "emails", email(unquote(rest)), [*checked.warnings]
        case "tel":
            return "phones", phone(rest), []
        case _:
            return "urls", checked.address, [*checked.warnings]
