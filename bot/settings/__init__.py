"""Typed settings from one place: a TOML file, then the environment, then secret files.

Every setting can be given as `INFOSHOP_NAME` (nested ones as `INFOSHOP_GROUP__NAME`), or, so that a
secret need not stand in the environment, as `INFOSHOP_NAME_FILE`, the path of a file that holds it.
"""

from bot.settings.groups import DiscordSettings, KeepingSettings, LinksSettings, MatrixSettings
from bot.settings.model import PREFIX, Settings
from bot.settings.reading import DEFAULT_FILE, load, names

__all__ = [
    "DEFAULT_FILE",
    "PREFIX",
    "DiscordSettings",
    "KeepingSettings",
    "LinksSettings",
    "MatrixSettings",
    "Settings",
    "load",
    "names",
]
