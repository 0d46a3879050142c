"""Prompts are posted on a real homeserver, too."""

import pytest

from tests.platforms.conftest import register

__all__ = ["register"]


def pytest_configure(config: pytest.Config) -> None:
    """Make the homeserver and its people known here, once for the whole run."""
    config.pluginmanager.import_plugin("tests.homeserver.fixtures")
