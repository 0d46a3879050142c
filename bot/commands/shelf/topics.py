"""The topics that an item is filed under, as people call them."""

from rapidfuzz import fuzz, process

from bot.commands.describe import Services
from bot.commands.words import named
from bot.curation.model import Seed
from bot.curation.saying import UnfitError
from bot.curation.seeds import texts
from bot.curation.taking import pieces
from bot.errors import UnknownEntryError
from bot.i18n import message
from bot.model import Kind, Note
from bot.search.text import fold

ALIKE = 70  # of 100: how alike words and the name of a topic are for it to be offered
NEAR = 3  # topics that are offered


def topic_of(words: str, services: Services) -> str | None:
    """The id of the note that is called so on the shelf of this community; None where none is, or several."""
    called = _called(words, services)
    return called[0] if len(called) == 1 else None


def topic_meant(words: str, services: Services) -> str | None:
    """As `topic_of`. Raises `UnfitError` where several are called so, or some nearly so."""
    called = _called(words, services)
    if len(called) == 1:
        return called[0]
    if called:
        raise UnfitError(
            message("Several topics are called “{given}”; write which one: {ids}."),
            given=words,
            ids="; ".join(called),
        )
    titles = {note.id: note.title for note in _notes(services)}
    folded = {found: fold(title) for found, title in titles.items()}
    near = process.extract(fold(words), folded, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=NEAR)
    if not near:
        return None
    raise UnfitError(
        message("“{given}” is no topic here; these are: {near}."),
        given=words,
        near="; ".join(titles[found] for *_, found in near),
    )


def as_called(seed: Seed, services: Services) -> Seed:
    """An item with its topics by the titles that `topic_of` finds them by, for a form; else by their ids."""
    return {**seed, "topics": [_topic_called(each, services) for each in texts(seed, "topics")]}


def _topic_called(topic_id: str, services: Services) -> str:
    try:
        title = services.shelf.get(topic_id).title
    except UnknownEntryError:  # it is hidden here, or was removed
        return topic_id
    return title if topic_of(title, services) == topic_id and pieces(title) == [title] else topic_id


def _called(words: str, services: Services) -> list[str]:
    """The ids of the notes that are called so; of one that has it for its id, that alone."""
    called = []
    for note in _notes(services):
        if words.strip() == note.id:
            return [note.id]
        if named(words, note.title, *(alias.text for alias in note.aliases)):
            called.append(note.id)
    return called


def _notes(services: Services) -> list[Note]:
    return [each for each in services.shelf.entries(Kind.SUMMARY) if isinstance(each, Note)]
