"""Discord's ids: a time and a number that sets those of one millisecond apart."""

import time
from itertools import count

EPOCH = 1_420_070_400_000  # 2015, in milliseconds of Unix time
_numbers = count(1)


def snowflake(at: float | None = None) -> int:
    """A new id, of now or of that time (seconds of Unix time)."""
    milliseconds = int((time.time() if at is None else at) * 1000) - EPOCH
    return (milliseconds << 22) | (next(_numbers) & 0x3FFFFF)


def seconds(identifier: int) -> float:
    """When an id was made, in seconds of Unix time."""
    return ((identifier >> 22) + EPOCH) / 1000
