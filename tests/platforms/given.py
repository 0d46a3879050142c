"""Something to give to each command, and to fill into each field of a form."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import bot.commands  # noqa: F401 - registers the commands
from bot.commands.describe import REGISTRY
from bot.curation.entry import filled
from bot.curation.model import Own
from bot.curation.shelf_file import exported
from bot.curation.sorts import Sort
from tests.standin.files import Upload

OWN, REMOVED, HIDDEN = "Streetlight Diaries", "Rose Street Night Line", "topic:shelters"
SUGGESTION = "the suggestion"
"""Stands for the number of the suggestion that waits, which nobody knows beforehand."""

READING = {"title": OWN, "text": "Women tell of their nights."}
CONTACT = {"title": REMOVED, "text": "Somebody to talk to at night.", "reach": "night@rose.example"}
FILLED: Mapping[str, str] = {
    "title": "Lanterns of Dundas",
    "text": "How neighbours kept watch over each other.",
    "authors": "Lo, Ana; Night Walkers",
    "year": "2012-01",
    "link": "https://example.org/lanterns",
    "audience": "The city council",
    "actors": "allies",
    "reach": "+1 416 555 0199\nhello@dundas.example",
    "region": "Toronto",
    "languages": "French, Mandarin",
    "names": "Dundas watch\nfr: veille de Dundas",
    "short": "Neighbours kept watch over each other.",
    "long": "Neighbours kept watch over each other, for many years.",
    "authors_year": "Lo, Ana (2012)",
    "type": "book",
    "topics": "topic:raids",
    "publisher": "Night Press",
    "content_note": "It tells of arrests.",
    "caveat": "Its last chapter is lost.",
    "why": "It shows what neighbours can do.",
    "question": "Who watches over whom?",
    "reason": "We have one like it.",
}
"""What somebody fills into the fields of a form."""


def shelf_file() -> Upload:
    """A shelf of one entry that another community handed on."""
    words = {**CONTACT, "title": "Lantern Line"}
    day = date(2026, 1, 1)
    seed = filled(Sort.CONTACT, words, None, taken=(), topic_of=lambda _: None, by="us", today=day).seed
    own = Own(str(seed["id"]), seed, 1, datetime(2026, 1, 1, tzinfo=UTC), day)
    return Upload("shelf.yaml", exported([own]).encode())


GIVEN: Mapping[str, Mapping[str, object]] = {
    "find": {"words": "night raids"},
    "summary": {"topic": "end demand"},
    "reading": {"topic": "migration"},
    "action": {"topic": "raids"},
    "contact": {"who": "butterfly"},
    "source": {"document": "source:can-anti-trafficking-be-rescued"},
    "cite": {"thing": "agustin 2007"},
    "help": {},
    "settings": {},
    **{name: {} for name in REGISTRY if name.startswith("daily ")},
    "shelf add": {"kind": "contact"},
    "shelf edit": {"entry": "streetlight"},
    "shelf remove": {"entry": OWN, "confirm": "yes"},
    "shelf restore": {"entry": REMOVED},
    "shelf list": {},
    "shelf history": {"entry": OWN},
    "shelf due": {},
    "shelf checked": {"entry": OWN},
    "shelf hide": {"entry": "topic:stings"},
    "shelf unhide": {"entry": HIDDEN},
    "shelf export": {},
    "shelf import": {"file": shelf_file(), "apply": "yes"},
    "shelf transfer": {"confirm": "yes"},
    "review list": {},
    "review approve": {"suggestion": SUGGESTION},
    "review edit": {"suggestion": SUGGESTION},
    "review decline": {"suggestion": SUGGESTION},
    "suggest": {"kind": "reading"},
    "post": {"entry": "topic:allies", "note": "For tonight."},
    "privacy about": {},
    "privacy export": {},
    "privacy forget-me": {},
}
"""Something to give to each command."""

WITH_SHELF = {"shelf", "review", "suggest", "post", "privacy", "settings"}
"""Groups and commands that are about what a community keeps."""
