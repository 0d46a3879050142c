"""The homeserver is the same for every folder that uses it: one process in a run."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the fixtures known once, however many folders ask: each would have a homeserver otherwise."""
    config.pluginmanager.import_plugin("tests.homeserver.fixtures")
