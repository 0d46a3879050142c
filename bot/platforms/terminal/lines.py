"""Lines from a pipe, a file or a simple terminal, read without a thread and without blocking the loop."""

import asyncio
import codecs
import os
from collections.abc import AsyncIterator

CHUNK = 65536


async def lines(fd: int) -> AsyncIterator[str]:
    """Lines of UTF-8 text until the end of the file; bytes that are not UTF-8 become U+FFFD.

    Of a line longer than `CHUNK` characters only the beginning is sure to be kept, so that memory is bounded;
    it is far longer than any question may be, and is refused by whoever answers it.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    pending = ""
    while data := await _read(fd):
        *full, pending = (pending + decoder.decode(data)).split("\n")
        for line in full:
            yield line
        pending = pending[:CHUNK]
    if pending := pending + decoder.decode(b"", final=True):
        yield pending


async def _read(fd: int) -> bytes:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        loop.add_reader(fd, readable.set)
    except PermissionError:
        # epoll refuses regular files and /dev/null: those are always ready.
        return os.read(fd, CHUNK)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(fd)
    return os.read(fd, CHUNK)
