"""What an item has, as somebody would type it into the fields of a form."""

from collections.abc import Callable, Mapping

from bot.curation.authors import written
from bot.curation.labels import ACTORS, WORK_TYPES
from bot.curation.model import Seed
from bot.curation.seeds import mappings, texts, within
from bot.curation.tongues import UNSAID, tongue
from bot.i18n import Translator
from bot.model import Actor, WorkType

PATHS: Mapping[str, tuple[str, ...]] = {
    "text": ("text",),
    "year": ("work", "issued"),
    "link": ("work", "url"),
    "publisher": ("work", "publisher"),
    "audience": ("audience",),
    "region": ("region",),
    "short": ("summary", "short"),
    "long": ("summary", "long"),
    "content_note": ("content_note",),
}
"""Where a field stands that is one text, and the same in a seed file."""


def value_of(seed: Seed, name: str, tr: Translator) -> str:
    """What stands in a field; the names of languages and of fixed values are the reader's."""
    return _SHOWN[name](seed, tr) if name in _SHOWN else str(within(seed, *PATHS[name]) or "")


def name_of(seed: Seed) -> str:
    """The title of an item."""
    return str(seed.get("title") or within(seed, "work", "title") or "")


def _authors_year(seed: Seed) -> str:
    authors = written(mappings(seed, "work", "authors"))
    year = within(seed, "work", "issued")
    return f"{authors} ({year})".strip() if year else authors


def _names(seed: Seed) -> list[str]:
    """Other names, each after its language, but for those whose language nobody said."""
    aliases = within(seed, "aliases")
    languages = aliases if isinstance(aliases, Mapping) else {}
    return [
        name if language == UNSAID else f"{language}: {name}"
        for language in languages
        for name in texts(languages, language)
    ]


def _prompted(seed: Seed) -> Seed:
    """What has the prompt: of a document, its section."""
    sections = mappings(seed, "summary", "sections")
    return sections[0] if sections else seed


def _reach(seed: Seed) -> list[str]:
    return [each for key in ("emails", "phones", "urls") for each in texts(seed, key)]


def _work_type(seed: Seed, tr: Translator) -> str:
    value = within(seed, "work", "type")
    return "" if value in {None, WorkType.DOCUMENT} else tr(WORK_TYPES[WorkType(str(value))])


_SHOWN: Mapping[str, Callable[[Seed, Translator], str]] = {
    "title": lambda seed, _: name_of(seed),
    "authors": lambda seed, _: written(mappings(seed, "work", "authors")),
    "authors_year": lambda seed, _: _authors_year(seed),
    "reach": lambda seed, _: "\n".join(_reach(seed)),
    "languages": lambda seed, tr: ", ".join(tongue(tag, tr) for tag in texts(seed, "languages")),
    "actors": lambda seed, tr: ", ".join(tr(ACTORS[Actor(value)]) for value in texts(seed, "actors")),
    "type": _work_type,
    "names": lambda seed, _: "\n".join(_names(seed)),
    "topics": lambda seed, _: ", ".join(texts(seed, "topics")),
    "caveat": lambda seed, _: "\n".join(texts(seed, "caveats")) or str(seed.get("caveat", "")),
    "why": lambda seed, _: str(within(_prompted(seed), "prompt", "why") or ""),
    "question": lambda seed, _: "\n".join(texts(_prompted(seed), "prompt", "questions")),
}
