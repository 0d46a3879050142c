"""Fixtures around the homeserver, for every folder whose `conftest.py` asks for them (see README.md)."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from importlib.metadata import PackageNotFoundError, distribution

import pytest

from tests.homeserver.people import Person
from tests.homeserver.synapse import Synapse

Arrive = Callable[..., Awaitable[Person]]


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A homeserver, one for the whole run; it answers."""
    try:
        distribution("matrix-synapse")
    except PackageNotFoundError:
        reason = "NO TEST OF MATRIX RUNS: matrix-synapse is not installed, which it must be where it can"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    homeserver = Synapse(tmp_path_factory.mktemp("synapse"))
    homeserver.start()
    yield homeserver
    homeserver.stop()


@pytest.fixture
async def arrive(synapse: Synapse) -> AsyncIterator[Arrive]:
    """Let somebody new register and log in, by name and with options of `Person.login`, until the end."""
    async with AsyncExitStack() as stack:

        async def newcomer(name: str, *, signed: bool = True, strict: bool = False) -> Person:
            credentials = await synapse.register(name)
            return await stack.enter_async_context(
                await Person.login(synapse.url, credentials, signed=signed, strict=strict)
            )

        yield newcomer
