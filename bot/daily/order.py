"""In what order prompts are shown: shuffled without repeats, or as a series.

An item's place in a shuffled round depends on the schedule, the round and the item alone. So it is the same
after a restart, and items that join or leave do not move the others.
"""

import base64
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

from bot.daily.model import Memory, Order

KEPT = 256
"""How many marks of items that are not in the pool are remembered: those of the latest.

An item that left may come back, or its moderators may have narrowed the pool for a week; it should not be
shown again because of that. But where items come and go, a round may never end, and its memory would grow.
"""


@lru_cache(maxsize=8192)
def mark(item_id: str) -> str:
    """What an item is remembered by: 6 characters of the URL-safe Base64 alphabet, 36 bits of a hash.

    Among 10,000 items, the chance that any two share one is under one in a thousand; the second of them
    would be left out of that round.
    """
    return base64.urlsafe_b64encode(blake2b(item_id.encode(), digest_size=6).digest())[:6].decode()


def shuffled(items: Iterable[str], seed: str, number: int) -> list[str]:
    """The whole round of that number, in its order."""
    return sorted(items, key=_rank(seed, number))


def _rank(seed: str, number: int) -> Callable[[str], tuple[bytes, str]]:
    """What the items of a round are ordered by."""
    # The seed is hashed once; each item goes on from there.
    start = blake2b(f"{number} {seed} ".encode(), digest_size=8)

    def rank(item_id: str) -> tuple[bytes, str]:
        hashed = start.copy()
        hashed.update(item_id.encode())
        return hashed.digest(), item_id

    return rank


def draw(pool: Sequence[str], memory: Memory, seed: str, order: Order) -> tuple[str, Memory] | None:
    """The next item, and the memory in which it was shown.

    Shuffled, it is the first of the round that was not shown in it; when all were shown, a new round begins,
    and not with what the last one ended with if there is anything else. In a series, it is the first in the
    order of the pool that was not shown. None where the pool is empty or the series at its end.
    """
    shown = set(memory.shown)
    left = [item_id for item_id in pool if mark(item_id) not in shown]
    if order is Order.SHUFFLED and not left:
        last = memory.shown[-1:]
        left = [item_id for item_id in pool if mark(item_id) not in last] or list(pool)
        memory = Memory(memory.round + 1)
    if not left:
        return None
    item_id = left[0] if order is Order.SERIES else min(left, key=_rank(seed, memory.round))
    return item_id, Memory(memory.round, (*_kept(memory.shown, pool), mark(item_id)))


def upcoming(pool: Sequence[str], memory: Memory, seed: str, order: Order, n: int) -> list[str]:
    """The next `n` items as they would be drawn from this pool; fewer where there are no more."""
    items: list[str] = []
    while len(items) < n and (drawn := draw(pool, memory, seed, order)) is not None:
        item_id, memory = drawn
        items.append(item_id)
    return items


def put_back(memory: Memory, item_id: str) -> Memory:
    """The memory without an item that was drawn and not posted: it is drawn again in this round."""
    return Memory(memory.round, tuple(shown for shown in memory.shown if shown != mark(item_id)))


def _kept(shown: Sequence[str], pool: Sequence[str]) -> Sequence[str]:
    """What was shown, without the oldest marks of items that left, where these are more than are kept."""
    excess = len(shown) - len(pool) - KEPT
    if excess <= 0:  # the usual case, without going through the pool
        return shown
    present = set(map(mark, pool))
    absent = [item for item in shown if item not in present]
    forgotten = set(absent[: max(0, len(absent) - KEPT)])
    return [item for item in shown if item not in forgotten]
