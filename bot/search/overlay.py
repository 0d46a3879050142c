"""A small set of records laid over an index, as if both had been indexed together; the index stays as it is.

What is laid over has no postings and no database of its own: it is looked through item by item. So it costs
little to make, and is gone when nobody refers to it.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from sys import intern

from bot.model import Kind
from bot.search.index import BEGINNING, SINGULAR, Index, Writer, Written, name_key, name_keys, numbered
from bot.search.indexed import Indexed
from bot.search.record import Record
from bot.search.thesaurus import Thesaurus
from bot.search.vocabulary import Vocabulary


class Overlay:
    """The items of an index, without those whose ids are `hidden`, and some more before them.

    Numbers of items that were laid over are below 0, so that of two that are equally good they come first.
    How rare one of their words is, is counted over all.
    """

    def __init__(self, base: Index, records: Iterable[Record], hidden: Collection[str] = ()) -> None:
        self._base = base
        self._hidden = hidden
        # Items are made anew for each question: taken apart, they would take ten times as much room.
        self._rows: list[tuple[str, Kind, float, Written]] = []
        self._keys: list[tuple[str, int]] = []
        self._frequency: Counter[str] = Counter()
        writer = Writer(base.thesaurus)
        added = numbered(records)
        for number, record in enumerate(added, -len(added)):
            written = writer.written(record)
            self._rows.append((record.id, record.kind, record.weight, written))
            self._keys += ((key, number) for key in name_keys(record))
            # Communities have many words in common; the same one is kept once for all of them.
            self._frequency.update({intern(term) for text in written[1:] for term in text.split()})
        self._most = math.log1p(base.size + len(added)) or 1.0
        self._proper = frozenset(term for term in writer.proper if self.rarity(term) > SINGULAR)
        self._vocabulary = Vocabulary(writer.counts, base.vocabulary)

    @property
    def added(self) -> int:
        """How many items were laid over."""
        return len(self._rows)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that are known."""
        return self._vocabulary

    @property
    def thesaurus(self) -> Thesaurus:
        """The words that mean the same."""
        return self._base.thesaurus

    @property
    def depth(self) -> int:
        """How many items are looked at for one combination of terms, at most."""
        return self._base.depth + len(self._rows)

    def is_proper(self, term: str) -> bool:
        """Whether a term names an organisation or a person."""
        return term in self._proper or self._base.is_proper(term)

    def frequency(self, term: str) -> int:
        """How many items are filed under a term."""
        return self._base.frequency(term) + self._frequency.get(term, 0)

    def is_common(self, terms: Iterable[str]) -> bool:
        """Whether more items are filed under these terms than are worth reading."""
        return sum(map(self.frequency, terms)) > self.depth

    def rarity(self, term: str) -> float:
        """From 0, filed under everything, to 1, under nothing."""
        if term not in self._frequency:
            return self._base.rarity(term)  # so that what is laid over leaves other questions alone
        return 1 - math.log1p(self.frequency(term)) / self._most

    def beginning(self, text: str) -> dict[int, float]:
        """The items with a name that begins with the text, and how much of the shortest such name that is."""
        found = self._base.beginning(text)
        key = name_key(text)
        if len(key) >= BEGINNING:
            for name, number in self._keys:
                if name.startswith(key):
                    found[number] = max(len(key) / len(name), found.get(number, 0.0))
        return found

    def holding(
        self, clauses: Iterable[Iterable[str]], kinds: frozenset[Kind], column: str = ""
    ) -> list[int]:
        """Numbers of items that hold one term of every clause (in one column), the weightiest first."""
        wanted = [tuple(clause) for clause in clauses]
        spaced = [[f" {term} " for term in clause] for clause in wanted]
        added = [
            number
            for number, (_, kind, _, written) in enumerate(self._rows, -len(self._rows))
            if kind in kinds and all(_has_any(written, clause, column) for clause in spaced)
        ]
        return added + self._base.holding(wanted, kinds, column)

    def items(self, numbers: Iterable[int]) -> list[Indexed]:
        """The items with these numbers, without those that are hidden."""
        wanted = sorted(set(numbers))
        added = [self._item(number) for number in wanted if number < 0]
        base = self._base.items(number for number in wanted if number >= 0)
        return added + [item for item in base if item.id not in self._hidden]

    def _item(self, number: int) -> Indexed:
        item_id, kind, weight, written = self._rows[number]  # from the end, as the numbers have it
        return Indexed(number, item_id, kind, weight, *written, self.rarity)


def _has_any(written: Written, spaced: Iterable[str], column: str) -> bool:
    texts = {"": written[1:], "name": (written.named,), "topic": (written.topics,)}[column]
    return any(term in text for term in spaced for text in texts)
