"""Choices for what somebody is typing: from memory, in well under a millisecond, for any prefix."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from bot.model import Kind
from bot.search.record import Record
from bot.search.text import words

Rank = tuple[int, float]
"""Whether the word is a later one of the name, and the weight of the item below 0: the best is the least."""

_LOOKED_AT = 2000  # names beginning with the prefix that are looked at: the bound on a keystroke's cost


class Completer:
    """The names of all items, sorted, each also from its second, third, … word on."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._items: list[tuple[str, Kind, float]] = []
        self._keys: list[tuple[str, int, int]] = []
        for number, record in enumerate(records):
            self._items.append((record.id, record.kind, record.weight))
            for name in record.names:
                key = list(words(name.text))
                self._keys += {(" ".join(key[start:]), min(start, 1), number) for start in range(len(key))}
        self._keys.sort()
        self._popular = sorted(range(len(self._items)), key=lambda number: -self._items[number][2])

    def ranked(
        self, prefix: str, kinds: frozenset[Kind], limit: int, hidden: Collection[str] = ()
    ) -> list[tuple[Rank, str]]:
        """Ids of items with a name that has a word beginning like the prefix; the weightiest for none.

        Best first, each with its rank among all that could have been found; those in `hidden` are not.
        """
        key = " ".join(words(prefix[:100]))
        found = islice(self._beginning(key), _LOOKED_AT) if key else ((0, number) for number in self._popular)
        ranked: dict[int, Rank] = {}
        for late, number in found:
            item_id, kind, weight = self._items[number]
            if kind in kinds and item_id not in hidden:
                rank = (late, -weight)
                ranked[number] = min(rank, ranked.get(number, rank))
                if not key and len(ranked) == limit:
                    break
        best = sorted(ranked, key=lambda number: (ranked[number], number))[:limit]
        return [(ranked[number], self._items[number][0]) for number in best]

    def _beginning(self, key: str) -> Iterator[tuple[int, int]]:
        for position in range(bisect_left(self._keys, (key, 0, 0)), len(self._keys)):
            name, late, number = self._keys[position]
            if not name.startswith(key):
                return
            yield late, number
