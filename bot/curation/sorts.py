"""The sorts of things that people add to a shelf, and which list of a seed file each stands in."""

from enum import StrEnum

from bot.corpus.fields import NOTE_TYPES
from bot.curation.model import Group


class Sort(StrEnum):
    """What somebody adds. A summary is of a document, which then stands on the shelf itself."""

    READING = "reading"
    ACTION = "action"
    CONTACT = "contact"
    NOTE = "note"
    SUMMARY = "summary"


class Part(StrEnum):
    """Which form of an item: what it has to have, what it may have, and what makes it a daily reading."""

    MAIN = "main"
    DETAILS = "details"
    PROMPT = "prompt"


GROUPS = {
    Sort.READING: Group.READINGS,
    Sort.ACTION: Group.ACTIONS,
    Sort.CONTACT: Group.CONTACTS,
    Sort.NOTE: Group.NOTES,
    Sort.SUMMARY: Group.DOCUMENTS,
}
# What an id begins with.
PREFIXES = {
    "source": Sort.SUMMARY,
    "reading": Sort.READING,
    "action": Sort.ACTION,
    "contact": Sort.CONTACT,
    **dict.fromkeys(NOTE_TYPES, Sort.NOTE),
}


def sort_of(item_id: str) -> Sort:
    """The sort of an item, by what its id begins with. Raises `KeyError` where that is no item's id."""
    return PREFIXES[item_id.partition(":")[0]]


def group_of(item_id: str) -> Group:
    """The list of a seed file that an item stands in. Raises `KeyError` where that is no item's id."""
    return GROUPS[sort_of(item_id)]
