"""An item as an index holds it, arranged to be compared with questions."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.model import Kind

# What a word found in a field is worth. A name says what an item is; its text only what it mentions.
_NAME, _TOPIC, _BODY = 1.0, 0.7, 0.56


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared: what each word weighs, what all weigh, and which words have a term."""

    weights: tuple[float, ...]
    weight: float
    places: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Indexed:
    """An item as the index holds it: the terms in its names, of its topics and in its text.

    Each of the three has its terms between spaces, so that finding one takes no taking apart. `spelled`
    has a line for each name; taking these apart is only worth it for the best items.
    """

    number: int
    id: str
    kind: Kind
    weight: float
    spelled: str
    named: str
    topics: str
    body: str
    rarity: Callable[[str], float]

    def holds(self, term: str) -> float:
        """How much it counts that the item has a term: most in a name, nothing where it has it nowhere."""
        if self._held:
            return self._held.get(term, 0.0)
        spaced = f" {term} "
        if spaced in self.named:
            return _NAME
        if spaced in self.topics:
            return _TOPIC
        return _BODY if spaced in self.body else 0.0

    def names_with(self, terms: Collection[str]) -> Iterator[Name]:
        """The names that may have one of these terms, taken apart."""
        if self._held:
            held = self._held.keys() & terms  # few, where a question has many that might be meant
            yield from (name for name in self._names.values() if not name.places.keys().isdisjoint(held))
            return
        for spelled in self.spelled.split("\n"):
            if any(term in spelled for term in terms):
                yield self._name(spelled)

    @cached_property
    def title(self) -> Name:
        """The first of its names."""
        return self._name(self.spelled.partition("\n")[0])

    def _name(self, spelled: str) -> Name:
        name = self._names.get(spelled)
        if name is None:
            places: dict[str, list[int]] = {}
            weights: list[float] = []
            for place, word in enumerate(spelled.split(" ")):
                terms = word.split("|")
                # A common word counts for little, and never for nothing.
                weights.append(0.15 + min(map(self.rarity, terms)))
                for term in terms:
                    places.setdefault(term, []).append(place)
            name = self._names[spelled] = Name(tuple(weights), sum(weights), places)
        return name

    def take_apart(self) -> None:
        """Prepare everything now: it is quicker to ask, and no question leaves a mark on what is kept."""
        for spelled in self.spelled.split("\n"):
            self._name(spelled)
        _ = self.title
        # What counts most comes last, and stays.
        for terms, worth in ((self.body, _BODY), (self.topics, _TOPIC), (self.named, _NAME)):
            self._held.update(dict.fromkeys(terms.split(), worth))

    @cached_property
    def _names(self) -> dict[str, Name]:
        return {}

    @cached_property
    def _held(self) -> dict[str, float]:
        return {}
