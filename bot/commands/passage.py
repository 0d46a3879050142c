"""Looking up a whole passage, such as somebody's message: what is it about that is on the shelf?

A question says what it wants; a message also says hello, tells who was late and what the weather is like. So
it is taken apart, each piece is searched, and a piece counts for as much as it says: small talk is made of
common words, and even what that finds is hardly ever meant.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.commands.describe import ALL_KINDS, LIMIT, Services
from bot.commands.looking import Finds, nothing
from bot.commands.request import Request
from bot.reply import Reply
from bot.search.text import STEMMERS, frequencies, words
from bot.shelf import Found, Hit, Item

PASSAGE = 4000
"""Characters of the longest message there is: what Discord allows with Nitro. Others write shorter ones."""

QUESTION = 16  # words: hardly anybody asks a question in more, or tells a story in fewer
SEARCHED = 8  # sentences, and as many names, that are searched: they bound how long an answer takes
SURE = 0.5  # the score from which on what a piece finds is taken for an answer to it
TELLING = 4.0  # rare words' worth of a sentence that counts in full
NAMING = 1.0  # the same of a name that is worth searching for on its own
ENOUGH = 0.32  # how much has to speak for an entry; fitted, with SURE and TELLING, on messages of either kind
BESIDE = 0.6  # the share of the best entry's from which on others are shown, too
SHOWN = 10

# Zipf frequencies (the logarithm of how often a word comes in a thousand million): of a word that tells
# nothing, such as "people", and of one that tells all a word can.
COMMONEST, RAREST = 6.6, 3.6

# Code, addresses, and what Discord writes mentions, emoji, commands and times as.
NOISE = re.compile(
    r"```.*?(?:```|\Z) | https?://\S+ | <(?: @[!&]? | \# | a?:\w+: | t: | / | id: )[^>\n]*>",
    re.DOTALL | re.VERBOSE,
)
SENTENCE_END = re.compile(r"""(?<=[.!?…])["'”’»)\]*_~|]*\s+ | (?<=[。！？。।؟]) | \n+""", re.VERBOSE)


def is_passage(text: str) -> bool:
    """Whether a text says more than one thing, so that it is taken apart to be looked up."""
    return len(text) > LIMIT or len(_sentences(text)) > 1 or len(text.split()) > QUESTION


async def look_through(text: str, ask: Request, services: Services) -> Finds | Reply:
    """Look up what a passage is about, best first; where that is nothing, the reply that says so.

    What may only have been meant is not offered: nobody asked for it.
    """
    said_for: dict[str, float] = {}
    items: dict[str, Item] = {}
    for piece, weight in _pieces(text, services).items():
        answer = await services.shelf.find(piece, kinds=ALL_KINDS, locale=ask.language)
        for hit in answer.hits if isinstance(answer, Found) else ():
            if hit.score >= SURE:
                items[hit.item.id] = hit.item
                # Each piece is a reason of its own: two halves make three quarters.
                said_for[hit.item.id] = 1 - (1 - said_for.get(hit.item.id, 0.0)) * (1 - weight * hit.score)
    floor = max(ENOUGH, BESIDE * max(said_for.values(), default=0.0))
    best = sorted((id_ for id_ in items if said_for[id_] >= floor), key=lambda id_: -said_for[id_])
    if not best:
        return nothing(ask, services)
    return Finds(tuple(Hit(items[id_], round(said_for[id_], 4)) for id_ in best[:SHOWN]))


def _pieces(text: str, services: Services) -> Mapping[str, float]:
    """What to search for, each with how much it counts, from 0 to 1: sentences, and names that occur in them.

    A text as short as a question may be one, and is searched as a whole, too.
    """
    plain = NOISE.sub(" ", text).strip()
    sentences = {sentence: _worth(words(sentence)) for sentence in _sentences(text)}
    names = {name: _worth(name.split()) for sentence in sentences for name in _names(sentence, services)}
    telling = {name: worth for name, worth in names.items() if worth >= NAMING}
    whole = {plain: TELLING} if 0 < len(plain) <= LIMIT else {}
    chosen = {**_most(telling), **_most(sentences), **whole}
    return {piece: min(1.0, worth / TELLING) for piece, worth in chosen.items()}


def _most(pieces: Mapping[str, float]) -> Mapping[str, float]:
    return {piece: pieces[piece] for piece in sorted(pieces, key=lambda piece: -pieces[piece])[:SEARCHED]}


def _sentences(text: str) -> Sequence[str]:
    """The sentences and lines of a text that have a word in them."""
    return [part.strip() for part in SENTENCE_END.split(NOISE.sub(" ", text)) if any(words(part))]


def _names(sentence: str, services: Services) -> Iterator[str]:
    """Two words and more of a sentence that stand in a name on the shelf one after the other."""
    said = list(words(sentence))
    start = 0
    while start < len(said) - 1:
        end = start + 1
        while end < len(said) and services.shelf.complete(" ".join(said[start : end + 1]), limit=1):
            end += 1
        if end - start > 1:
            yield " ".join(said[start:end])
        start = max(start + 1, end - 1)


def _worth(said: Iterable[str]) -> float:
    """How much words say, counted in rare ones. A word that is common in any language may be that word."""
    return sum(map(_rarity, said))


def _rarity(word: str) -> float:
    share = max(frequencies(language).get(word, 0.0) for language in (*STEMMERS, "zh"))
    zipf = math.log10(share * 1e9) if share else 0.0
    return min(1.0, max(0.0, (COMMONEST - zipf) / (COMMONEST - RAREST)))
