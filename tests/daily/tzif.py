"""Time zone files (TZif, RFC 9636): what is in them, and small ones of our own to put in their place."""

import struct
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path

from bot.daily import clock

_HEADER = struct.Struct(">4s1s15x6l")


@cache
def raw(zone: str) -> bytes:
    """The file that `zoneinfo` reads for a zone."""
    for folder in zoneinfo.TZPATH:
        if (file := Path(folder, zone)).is_file():
            return file.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


def transitions(data: bytes) -> list[tuple[int, int, int]]:
    """When clocks are changed: seconds since 1970 in UTC, and the offsets before and after, in seconds.

    Those that only the rule at the end of the file has, for years to come, are not among them.
    """
    _, _, isutc, isstd, leap, times, types, chars = _header(data, 0)
    # The first block has 32-bit times; the one of version 2 and later follows it.
    start = _HEADER.size + times * 5 + types * 6 + chars + leap * 8 + isstd + isutc
    _, _, _, _, _, times, types, _ = _header(data, start)
    start += _HEADER.size
    at = struct.unpack_from(f">{times}q", data, start)
    index = data[start + times * 8 : start + times * 9]
    offsets = [struct.unpack_from(">l", data, start + times * 9 + number * 6)[0] for number in range(types)]
    before = [offsets[0], *(offsets[number] for number in index)]
    return [
        (instant, before[i], offsets[number])
        for i, (instant, number) in enumerate(zip(at, index, strict=True))
    ]


def _header(data: bytes, start: int) -> tuple[bytes, bytes, int, int, int, int, int, int]:
    return _HEADER.unpack_from(data, start)


def by_rule(rule: str) -> bytes:
    """A file for a zone that has always gone by one rule, in the notation of POSIX: `<+01>-1`."""
    first = _HEADER.pack(b"TZif", b"2", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    return first * 2 + f"\n{rule}\n".encode()


@contextmanager
def zone_data(folder: Path) -> Iterator[None]:
    """Have `zoneinfo` look for zones in a folder first, as it does in the system's."""
    try:
        zoneinfo.reset_tzpath([str(folder), *zoneinfo.TZPATH])
        clock.rules()
        yield
    finally:
        zoneinfo.reset_tzpath()
        clock.rules()
