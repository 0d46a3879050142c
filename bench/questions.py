"""Questions of the kinds that people type, each derived from the record that should answer it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase

from bench.lexicon import unused
from bot.search.record import Record

_FRAMES = (
    "what is {}",
    "where can i read about {}",
    "how do they explain {} and what can we do",
    "is there anything on {} in this",
    "who has more about {}",
)

NONSENSE = "nonsense"
"""The shape of the questions that nothing answers."""

# Out of twenty. Their order is mixed, so that the first hundred questions have the proportions of all.
_ROUND = (
    *("typo in title", "alias", "title begun", NONSENSE, "exact title", "rare words", "words reordered"),
    *("title begun", "full question", "typo in title", "exact title", "alias"),
    *("typo in title", "words reordered", NONSENSE, "title begun", "rare words", "alias"),
    *("exact title", "full question"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in which shape, and the id of the record it was derived from; None for nonsense."""

    text: str
    shape: str
    wanted: str | None


def questions(records: Sequence[Record], ranks: Mapping[str, int], rng: Random) -> Iterator[Question]:
    """One question about each record, in fixed proportions of shapes. `ranks` are those of all words used."""
    for number, record in enumerate(records):
        shape = _ROUND[number % len(_ROUND)]
        if shape == NONSENSE:
            yield Question(_nonsense(rng, ranks), shape, None)
        else:
            yield Question(_about(record, shape, ranks, rng), shape, record.id)


def _about(record: Record, shape: str, ranks: Mapping[str, int], rng: Random) -> str:
    text = record.names[0].text
    words = text.lower().split()
    match shape:
        case "typo in title":
            long = [place for place, word in enumerate(words) if len(word) > 3]
            place = rng.choice(long or range(len(words)))
            words[place] = _slip(words[place], rng)
            text = " ".join(words)
        case "words reordered":
            turn = rng.randrange(1, len(words))
            text = " ".join(words[turn:] + words[:turn])
        case "title begun":
            text = text.lower()[: max(4, round(len(text) * rng.uniform(0.6, 0.9)))].strip()
        case "alias":
            text = rng.choice(record.names[1:]).text
        case "rare words":
            body = record.body.lower().rstrip(".").split()
            rarest = sorted(dict.fromkeys(body), key=lambda word: -ranks[word])
            text = " ".join(rng.sample(rarest[:4], 2))
        case "full question":
            text = rng.choice(_FRAMES).format(text.lower())
    return text


def _slip(word: str, rng: Random) -> str:
    """The word with a letter changed, dropped or added, or two swapped."""
    slipped = word
    while slipped == word:
        at, letter = rng.randrange(len(word)), rng.choice(ascii_lowercase)
        slipped = rng.choice(
            (
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            )
        )
    return slipped


def _nonsense(rng: Random, ranks: Mapping[str, int]) -> str:
    """What nothing was filed under: keys hit at random, or words like ours that are not; half in a frame."""
    if rng.random() < 0.5:
        words = ["".join(rng.choices(ascii_lowercase, k=rng.randint(4, 9))) for _ in range(rng.randint(1, 3))]
    else:
        words = [unused(rng, ranks) for _ in range(rng.randint(1, 3))]
    text = " ".join(words)
    return rng.choice(_FRAMES).format(text) if rng.random() < 0.5 else text
