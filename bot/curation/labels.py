"""What the fixed values of a seed file are called, and which of them somebody means."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from rapidfuzz import fuzz, process

from bot.i18n import LANGUAGES, message, translator
from bot.model import Actor, WorkType
from bot.search.text import fold

ALIKE = 85  # of 100: how alike words and a name are to mean the same
SHORT = 5  # letters below which one of them makes another word
ACTORS: Mapping[StrEnum, str] = {
    Actor.ANYONE: message("anyone"),
    Actor.ALLY: message("allies"),
    Actor.SERVICE_PROVIDER: message("service providers"),
    Actor.RESEARCHER: message("researchers"),
    Actor.LAWMAKER: message("lawmakers"),
    Actor.MOVEMENT: message("movements"),
}
WORK_TYPES: Mapping[StrEnum, str] = {
    WorkType.ARTICLE_JOURNAL: message("Journal article"),
    WorkType.ARTICLE_MAGAZINE: message("Magazine article"),
    WorkType.BOOK: message("Book"),
    WorkType.DOCUMENT: message("Document"),
    WorkType.MOTION_PICTURE: message("Film"),
    WorkType.PAMPHLET: message("Pamphlet"),
    WorkType.POST_WEBLOG: message("Blog post"),
    WorkType.REPORT: message("Report"),
    WorkType.REVIEW_BOOK: message("Book review"),
    WorkType.WEBPAGE: message("Web page"),
}


def actor_of(words: str) -> Actor | None:
    """The actor that words mean: as it is called in any language of the interface, or in a seed file."""
    value = _meant(words)
    return value if isinstance(value, Actor) else None


def work_type_of(words: str) -> WorkType | None:
    """The sort of work that words mean: as it is called in any language of the interface, or in a file."""
    value = _meant(words)
    return value if isinstance(value, WorkType) else None


def _meant(words: str) -> StrEnum | None:
    """The value that is called so, or nearly: “lawmaker”, or « alliées » where it is written « allié·es »."""
    plain = _plain(words)
    if len(plain) < SHORT:
        return _values().get(plain)
    near = process.extractOne(plain, _values().keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return _values()[near[0]] if near else None


@cache
def _values() -> Mapping[str, StrEnum]:
    speakers = [translator(language) for language in LANGUAGES]
    return {
        _plain(name): value
        for value, label in (*ACTORS.items(), *WORK_TYPES.items())
        for name in (value.value, *(tr(label) for tr in speakers))
    }


def _plain(words: str) -> str:
    return " ".join(fold(words).replace("-", " ").replace("_", " ").split())
