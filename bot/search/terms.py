"""What a question is read with and answered from, whatever it is made of."""

from collections.abc import Iterable
from typing import Protocol

from bot.model import Kind
from bot.search.indexed import Indexed
from bot.search.thesaurus import Thesaurus
from bot.search.vocabulary import Vocabulary


class Terms(Protocol):
    """An index, or one with something laid over it (see `overlay`)."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that are known."""

    @property
    def thesaurus(self) -> Thesaurus:
        """The words that mean the same."""

    @property
    def depth(self) -> int:
        """How many items are looked at for one combination of terms, at most."""

    def is_proper(self, term: str) -> bool:
        """Whether a term names an organisation or a person."""

    def frequency(self, term: str) -> int:
        """How many items are filed under a term."""

    def is_common(self, terms: Iterable[str]) -> bool:
        """Whether more items are filed under these terms than are worth reading."""

    def rarity(self, term: str) -> float:
        """From 0, filed under everything, to 1, under nothing."""

    def beginning(self, text: str) -> dict[int, float]:
        """The items with a name that begins with the text, and how much of the shortest such name that is."""

    def holding(
        self, clauses: Iterable[Iterable[str]], kinds: frozenset[Kind], column: str = ""
    ) -> list[int]:
        """Numbers of items that hold one term of every clause (in one column), the weightiest first."""

    def items(self, numbers: Iterable[int]) -> list[Indexed]:
        """The items with these numbers."""
