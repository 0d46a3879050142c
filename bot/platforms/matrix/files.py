"""Small files that nobody else may read, replaced as a whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any

from bot.errors import PlatformError

Json = dict[str, Any]


def private_folder(path: Path) -> None:
    """Make a folder that only its owner may enter, or make it one. Raises `PlatformError`."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise PlatformError(f"{path}: the folder for Matrix cannot be used: {error.strerror}.") from error


def read(path: Path) -> Json | None:
    """The object in a JSON file; None where there is no such file.

    Raises:
        PlatformError: It cannot be read.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise PlatformError(f"{path}: cannot be read ({type(error).__name__}).") from error
    if not isinstance(found, dict):
        raise PlatformError(f"{path}: is not what Infoshop wrote.")
    return found


def write(path: Path, content: Json, *, durable: bool = True) -> None:
    """Write an object as JSON, for its owner alone (mode 0600).

    `durable` waits until it would survive a loss of power, too.

    Raises:
        PlatformError: It cannot be written; what was there before still is.
    """
    aside = path.with_name(f"{path.name}.new")
    try:
        aside.unlink(missing_ok=True)
        with os.fdopen(
            os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(content, file)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        aside.replace(path)
        if durable:
            folder = os.open(path.parent, os.O_RDONLY)  # the new name is written in there
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise PlatformError(f"{path}: cannot be written: {error.strerror}.") from error
