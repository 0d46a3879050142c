"""What bots are asked and measured with, on whatever platform: each is a process of its own."""

import asyncio
import os
import sys
from collections.abc import Mapping

import psutil

from bench.summary import percentile

TOPICS = (
    "end demand",
    "topic:raids",
    "nordick moddle",
    "decriminalization",
    "butterfly",
    "SESTA",
    "mutual aid",
)


async def start(environment: Mapping[str, str], *words: str) -> asyncio.subprocess.Process:
    """Start Python with such words, and with no settings of Infoshop but those that are given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("INFOSHOP_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        env={**inherited, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )


async def infoshop(environment: Mapping[str, str], *words: str) -> None:
    """Have Infoshop do something and end. Raises `RuntimeError` where it fails."""
    process = await start(environment, "-m", "bot", *words)
    if await process.wait():
        raise RuntimeError(f"infoshop {' '.join(words)} failed")


def resident(process: int) -> int:
    """Bytes of memory that a process, by its number, has at the moment."""
    return psutil.Process(process).memory_info().rss


def figures(seconds: list[float]) -> tuple[float, float, float]:
    """The median, the 99th percentile and the largest, in milliseconds."""
    ordered = sorted(1000 * each for each in seconds)
    return percentile(ordered, 50), percentile(ordered, 99), ordered[-1]
