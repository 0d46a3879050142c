"""Texts of the interface in the reader's language: gettext catalogues, compiled in memory when first used.

Messages are English sentences. `tr("…")` translates one where it is shown, `tr.n("…", "…", n)` picks the
plural, and `message("…")` marks one that is translated later. `tr.name("…")` is what a command or one of its
options is called: names stand in the catalogues in a context of their own, since what is typed for `action`
need not be the word for it in a sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_day_names
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "locales"
DOMAIN = "infoshop"
SOURCE_LANGUAGE = "en"
NAME = "name"  # the message context (`msgctxt`) of names
LANGUAGES = (
    SOURCE_LANGUAGE,
    *sorted(path.parts[-3] for path in CATALOGUES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")),
)


def message(text: str) -> str:
    """Mark a text for translation without translating it."""
    return text


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def negotiate(locale: str) -> str:
    """The language we have that fits a locale such as `fr-CA`, `es_419` or `fr_FR.UTF-8`; else English."""
    known = {language.casefold(): language for language in LANGUAGES}
    tag = locale.partition(".")[0].partition("@")[0].replace("-", "_").casefold()
    return known.get(tag) or known.get(tag.partition("_")[0]) or SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class Translator:
    """Speaks one language: texts, plurals, dates, lists."""

    language: str
    catalogue: NullTranslations

    def __call__(self, text: str, /, **values: object) -> str:
        """Translate a message and fill its `{placeholders}`; without values, it may have any braces."""
        said = self.catalogue.gettext(text)
        return said.format(**values) if values else said

    def name(self, name: str) -> str:
        """What a command or an option is called, from its English name; one of two words is, word by word."""
        return " ".join(self.catalogue.pgettext(NAME, word) for word in name.split(" "))

    def n(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Translate a message that counts something; `{n}` is the number."""
        return self.catalogue.ngettext(singular, plural, n).format(n=n, **values)

    def day(self, day: date) -> str:
        """A day in words."""
        return format_date(day, "long", locale=self.language)

    def full_day(self, day: date) -> str:
        """A day in words, with its day of the week."""
        return format_date(day, "full", locale=self.language)

    def weekday(self, number: int) -> str:
        """The name of a day of the week; Monday is 0."""
        return str(get_day_names("wide", locale=self.language)[number])

    def clock(self, at: time) -> str:
        """A time of day in figures, by the clock of 24 hours: the only one nobody takes for another time."""
        return format_time(at, "HH:mm", locale=self.language)

    def partial(self, iso: str) -> str:
        """An ISO 8601 date of reduced precision (`2007`, `2012-01`, `2012-01-25`) in words."""
        match [int(part) for part in iso.split("-") if part]:
            case [year, month]:
                return format_skeleton("yMMMM", date(year, month, 1), locale=self.language)
            case [year, month, day]:
                return self.day(date(year, month, day))
            case _:
                return iso

    def ago(self, day: date, today: date) -> str:
        """How long ago a day was, in words, to the nearest whole unit; a day to come counts as today."""
        if day >= today:
            return self(message("today"))
        # The threshold of 1 keeps 320 days from being rounded up to a year.
        return format_timedelta(
            day - today, granularity="day", threshold=1, add_direction=True, locale=self.language
        )

    def all_of(self, items: Iterable[str]) -> str:
        """A list in words that means all of them: a, b and c."""
        return format_list(list(items), "standard", locale=self.language)

    def any_of(self, items: Iterable[str]) -> str:
        """A list in words that means one of them: a, b or c."""
        return format_list(list(items), "or", locale=self.language)

    def language_name(self, tag: str) -> str:
        """The name of a language in this one; the tag itself where it has no name."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(self.language) or tag
        except (UnknownLocaleError, ValueError):
            return tag


@cache
def _speaker(language: str) -> Translator:
    if language == SOURCE_LANGUAGE:
        return Translator(language, NullTranslations())
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translator(language, GNUTranslations(compiled))


def translator(locale: str) -> Translator:
    """Who speaks to a reader with that locale."""
    return _speaker(negotiate(locale))
