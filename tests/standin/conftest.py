"""A stand-in, and the trivial bot in a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.standin.server import Standin

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def running(discord: Standin, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The trivial bot, connected, with its commands registered."""
    variables = {
        "STANDIN_TOKEN": discord.token,
        "STANDIN_API": discord.api_url,
        "STANDIN_GATEWAY": discord.gateway_url,
        "STANDIN_SYNC": "1",
        **environment,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.standin.trivial", cwd=ROOT, env={**os.environ, **variables}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.fixture
async def discord() -> AsyncIterator[Standin]:
    """A stand-in with nobody in it."""
    async with Standin() as standin:
        yield standin
