"""Languages as people name them, and their tags (BCP 47)."""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

from bot.corpus.fields import LANGUAGE_PATTERN
from bot.i18n import LANGUAGES, SOURCE_LANGUAGE, Translator
from bot.search.text import fold

UNSAID = "und"
"""The tag of a name whose language nobody said (ISO 639-2: undetermined)."""

# Languages that readers write the name of in their own; those of the interface are known in all of its
# languages besides. Each has to be read from a file of its own.
_OWN_NAMES = (
    *("am", "ar", "bg", "bn", "cs", "de", "el", "fa", "fil", "he", "hi", "ht", "hu", "id", "it", "ja", "km"),
    *("ko", "lo", "my", "ne", "nl", "pa", "pl", "pt", "ro", "ru", "so", "sq", "sr", "ta", "th", "tr", "uk"),
    *("ur", "vi", "yue", "zh"),
)
_CUSTOMARY = {"mandarin": "zh", "putonghua": "zh", "farsi": "fa", "castellano": "es"}


def tag_of(words: str) -> str | None:
    """The tag of a language that is given by its name or by its tag; None where it is not known."""
    words = words.strip()
    if known := _tags().get(fold(words)):
        return known
    tag = words.replace("_", "-")
    if re.match(LANGUAGE_PATTERN, tag):
        try:
            return str(Locale.parse(tag, sep="-")).replace("_", "-")
        except (UnknownLocaleError, ValueError):
            pass
    return _own_names().get(fold(words))


def tongue(tag: str, tr: Translator) -> str:
    """The name of a language, such that `tag_of` knows it; its tag where it has none."""
    name = Locale.parse(tr.language).languages.get(tag.replace("-", "_"), "")
    return name if tag_of(name) == tag else tag


@cache
def _tags() -> Mapping[str, str]:
    """Tags by folded names. Where two languages are called the same, English decides."""
    names = dict(_CUSTOMARY)
    for language in sorted(LANGUAGES, key=lambda language: language != SOURCE_LANGUAGE):
        for tag, name in Locale.parse(language).languages.items():
            names.setdefault(fold(name), tag.replace("_", "-"))
    return names


@cache
def _own_names() -> Mapping[str, str]:
    return {fold(Locale.parse(tag).get_language_name(tag) or tag): tag for tag in _OWN_NAMES}
