"""Generated corpora: records like those of our shelves, as many as wanted, the same on every machine."""

from collections.abc import Iterator, Mapping
from random import Random

from bench.lexicon import FUNCTION_WORDS, Lexicon
from bot.model import Alias, Kind
from bot.search.record import Record

_TOPICS = 40
_KINDS = (Kind.SUMMARY,) * 6 + (Kind.READING,) * 2 + (Kind.ACTION,) * 2 + (Kind.CONTACT,)
_LANGUAGES = ("en",) * 7 + ("fr", "es", "cs")
_LINKS = ("and", "of", "for", "the", "in", "by")


class Generator:
    """A stream of records, and the ranks of the words in them so far (the higher, the rarer)."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._lexicon = Lexicon(self._rng)
        self._names: set[str] = set()
        self._topics = [Alias(self._fresh(2), "en") for _ in range(_TOPICS)]

    @property
    def ranks(self) -> Mapping[str, int]:
        """The rank of every word used."""
        return self._lexicon.ranks

    def records(self, count: int) -> Iterator[Record]:
        """That many records. No two share a title or an alias, as an editor would see to it."""
        common = [1 / (place + 1) for place in range(_TOPICS)]
        for number in range(count):
            kind = self._rng.choice(_KINDS)
            topics = dict.fromkeys(self._rng.choices(self._topics, common, k=self._rng.randint(1, 3)))
            title = self._title()
            yield Record(
                f"{kind}:{number}",
                kind,
                (Alias(title.title(), "en"), *self._aliases(title)),
                tuple(topics),
                self._body(title, next(iter(topics)).text),
                # Most items are spoken of once or twice, a few everywhere.
                float(int(1 / (1 - self._rng.random()))),
            )

    def _title(self) -> str:
        while True:
            words = self._lexicon.content(self._rng.randint(2, 6))
            if len(words) > 3 and self._rng.random() < 0.5:
                words[self._rng.randrange(1, len(words) - 1)] = self._rng.choice(_LINKS)
            title = " ".join(words)
            if title not in self._names:
                self._names.add(title)
                return title

    def _aliases(self, title: str) -> Iterator[Alias]:
        for _ in range(self._rng.randint(2, 5)):
            chance = self._rng.random()
            if chance < 0.2:
                text = self._initials(title)
            elif chance < 0.4:
                text = f"{self._lexicon.rare()} {self._rng.randint(1970, 2025)}"  # an author and a year
            elif chance < 0.5:
                text = self._lexicon.rare()
            else:
                text = ""
            if not text or text in self._names:
                text = self._fresh(self._rng.randint(2, 3))
            self._names.add(text)
            yield Alias(text, self._rng.choice(_LANGUAGES))

    def _fresh(self, count: int) -> str:
        while (name := " ".join(self._lexicon.content(count))) in self._names:
            pass
        self._names.add(name)
        return name

    def _initials(self, title: str) -> str:
        return "".join(word[0] for word in title.split() if word not in FUNCTION_WORDS)

    def _body(self, title: str, topic: str) -> str:
        """20 to 40 words, among them some of the title and of a topic: a text says what it is about."""
        words = self._lexicon.running(self._rng.randint(20, 40))
        about = [*title.split(), *topic.split()]
        for word in self._rng.sample(about, k=self._rng.randint(1, 3)):
            words[self._rng.randrange(len(words))] = word
        return " ".join(words).capitalize() + "."
