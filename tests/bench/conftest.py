"""Whether there can be a homeserver is known to its fixture, which says so where there cannot."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the fixtures known once for the whole run."""
    config.pluginmanager.import_plugin("tests.homeserver.fixtures")
