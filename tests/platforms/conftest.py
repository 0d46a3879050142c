"""Platforms are tried against what they talk to: Matrix against a real homeserver."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.matrix.account import Account
from tests.homeserver.proxy import Proxy
from tests.homeserver.synapse import Synapse
from tests.platforms.parrot import Register

__all__ = ["Register"]


def pytest_configure(config: pytest.Config) -> None:
    """Make the homeserver and its people known here, once for the whole run."""
    config.pluginmanager.import_plugin("tests.homeserver.fixtures")


@pytest.fixture
def register(synapse: Synapse, tmp_path: Path) -> Register:
    """Makes accounts for the bot."""

    async def make(homeserver: str = "") -> Account:
        credentials = await synapse.register("bot")
        return Account(
            homeserver=homeserver or synapse.url,
            store_path=tmp_path / "matrix",
            user_id=credentials.user_id,
            password=credentials.password,
            allow_invites_from=("*",),
        )

    return make


@pytest.fixture
async def proxy(synapse: Synapse) -> AsyncIterator[Proxy]:
    """A proxy before the homeserver, without a fault for now."""
    async with Proxy(synapse.url) as proxy:
        yield proxy
