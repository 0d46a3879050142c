"""What can be the reading of a day: everything on the shelf that has a prompt, narrowed as a plan says."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bot.daily.model import Draw, Drawn, Order
from bot.errors import UnknownEntryError
from bot.model import Action, AnyEntry, Corpus, Note, NoteType, Prompt, Reading, Section, Source

TERMS = frozenset({NoteType.TOPIC, NoteType.LAW, NoteType.ORGANISATION})
"""The notes that explain something. A figure, a person or a testimony is none to begin a day with."""

DRAWS = 1024
"""How many ways to draw are kept for a corpus: far more than anybody has chosen."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a document, with the document."""

    source: Source
    section: Section


@dataclass(frozen=True, slots=True)
class Drawable:
    """An entry or a part of a document that has a prompt. `topics` and `sources` are ids."""

    id: str
    drawn: Drawn
    item: AnyEntry | Part
    prompt: Prompt
    topics: frozenset[str]
    sources: frozenset[str]

    def is_hidden(self, hidden: Collection[str]) -> bool:
        """Whether it is one of these items, or a part of one."""
        return (self.item.source.id if isinstance(self.item, Part) else self.id) in hidden


class Pool:
    """All that can be drawn from a corpus.

    With a pool `under` it, that comes first, without what is `hidden`; what this corpus adds to it is from
    the source `frame`, whatever else it is from.
    """

    def __init__(
        self, corpus: Corpus, under: "Pool | None" = None, *, hidden: Collection[str] = (), frame: str = ""
    ) -> None:
        shared = under.drawables if under else {}
        self.drawables: dict[str, Drawable] = {
            each.id: each for each in shared.values() if not each.is_hidden(hidden)
        }
        for each in (*_sections(corpus), *_entries(corpus)):
            self.drawables[each.id] = replace(each, sources=each.sources | {frame}) if frame else each
        self._pools: dict[tuple[Draw, Order], tuple[str, ...]] = {}

    def ids(self, draw: Draw, order: Order) -> tuple[str, ...]:
        """The ids of what can be drawn, in the order of the corpus: documents part by part, then entries.

        A part of a document has the id of the document, `#` and its own. What is narrowed to topics is filed
        under one of them or is one; a part is filed where its document is. What is narrowed to a source has a
        statement from it. A series is made of the parts of its document, and nothing but the source narrows
        it.

        The corpus is gone through once for each way to draw.
        """
        found = self._pools.get((draw, order))
        if found is None:
            if len(self._pools) >= DRAWS:
                self._pools.clear()
            found = self._pools[draw, order] = self._narrowed(draw, order)
        return found

    def item(self, item_id: str) -> Drawable:
        """What an id in a pool stands for.

        Raises:
            UnknownEntryError: Nothing that can be drawn has this id, or not any more.
        """
        try:
            return self.drawables[item_id]
        except KeyError:
            raise UnknownEntryError("That reading is no longer on the shelf.") from None

    def _narrowed(self, draw: Draw, order: Order) -> tuple[str, ...]:
        if order is Order.SERIES:
            draw = Draw(frozenset({Drawn.SECTION}), source=draw.source)
        return tuple(each.id for each in self.drawables.values() if _fits(each, draw))


def _fits(each: Drawable, draw: Draw) -> bool:
    return (
        (not draw.kinds or each.drawn in draw.kinds)
        and (not draw.topics or each.id in draw.topics or not each.topics.isdisjoint(draw.topics))
        and (not draw.source or draw.source in each.sources)
    )


def _sections(corpus: Corpus) -> Iterator[Drawable]:
    for source in corpus.sources:
        topics, sources = frozenset(source.topics), frozenset({source.id})
        for section in source.sections:
            if section.prompt:
                part, part_id = Part(source, section), f"{source.id}#{section.id}"
                yield Drawable(part_id, Drawn.SECTION, part, section.prompt, topics, sources)


def _entries(corpus: Corpus) -> Iterator[Drawable]:
    for entry in corpus.entries:
        drawn = _drawn(entry)
        if drawn and entry.prompt:
            sources = frozenset(said.origin.source for said in entry.statements)
            yield Drawable(entry.id, drawn, entry, entry.prompt, frozenset(entry.topics), sources)


def _drawn(entry: AnyEntry) -> Drawn | None:
    """What sort of reading an entry is; None for what is never one, such as a contact."""
    match entry:
        case Reading():
            return Drawn.READING
        case Action():
            return Drawn.ACTION
        case Note(type=note_type) if note_type in TERMS:
            return Drawn.TERM
        case _:
            return None
