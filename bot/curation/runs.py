"""Two sequences of words side by side: what they share, and what differs in between."""

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel


def runs(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Both sequences cut into as many stretches: equal ones, and between them ones that differ.

    By the longest common subsequence, and not by `difflib`, which takes seconds for words that repeat.
    """
    differing: tuple[list[str], list[str]] = ([], [])
    for step in Indel.opcodes(one, other):
        here, there = one[step.src_start : step.src_end], other[step.dest_start : step.dest_end]
        if step.tag != "equal":
            differing[0].extend(here)
            differing[1].extend(there)
            continue
        if any(differing):
            yield differing
            differing = ([], [])
        yield here, there
    if any(differing):
        yield differing
