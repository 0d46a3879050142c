"""Files at a terminal: those that commands take are read by path, those of answers are written here."""

import asyncio
import os
import stat
from itertools import count
from pathlib import Path, PurePath

from bot.errors import PlatformError, UsageError
from bot.i18n import Translator
from bot.platforms.clean import one_line
from bot.platforms.uploads import too_large
from bot.reply import File

# A device or a pipe with that name is opened without waiting for what may never come, and then left alone.
READING = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
WRITING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


async def read(path: str, most: int, tr: Translator) -> bytes:
    """The content of a regular file of at most so many bytes; `~` is the home of whoever sits here.

    Raises:
        UsageError: There is none, it is something else or larger, or it may not be read.
    """
    return await asyncio.to_thread(_read, path, most, tr)


async def write(file: File, tr: Translator) -> Path:
    """Write a file into the current directory, for its owner alone (mode 0600); return where it is.

    What is there already stays: the new one then gets a number.

    Raises:
        PlatformError: It cannot be written.
    """
    return await asyncio.to_thread(_write, file, tr)


def _read(path: str, most: int, tr: Translator) -> bytes:
    shown = one_line(path)
    if not shown:
        raise UsageError(
            tr(
                "There is no file with this. Give the command again, with the path of the file, such as"
                " {example}.",
                example=f"{tr.name('file')}:~/shelf.yaml",
            )
        )
    try:
        handle = os.open(Path(path).expanduser(), READING)
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(tr("There is no file {path}.", path=shown)) from None
    except (OSError, ValueError, RuntimeError):  # no permission; no path at all; no such home
        raise UsageError(tr("The file {path} cannot be read.", path=shown)) from None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise UsageError(tr("{path} is not an ordinary file.", path=shown))
        if about.st_size > most:
            raise too_large(most, tr)
        with os.fdopen(handle, "rb", closefd=False) as opened:
            content = opened.read(most + 1)
    except OSError:
        raise UsageError(tr("The file {path} cannot be read.", path=shown)) from None
    finally:
        os.close(handle)
    if len(content) > most:  # it grew meanwhile, or says nothing of its size
        raise too_large(most, tr)
    return content


def _write(file: File, tr: Translator) -> Path:
    name = PurePath(one_line(file.name)).name or "infoshop"
    for number in count(1):
        shown = PurePath(name)
        path = Path.cwd() / (name if number == 1 else f"{shown.stem}-{number}{shown.suffix}")
        try:
            handle = os.open(path, WRITING, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise _unwritten(path, error, tr) from None
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(file.content)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise _unwritten(path, error, tr) from None
        return path
    raise AssertionError("numbers do not end")


def _unwritten(path: Path, error: OSError, tr: Translator) -> PlatformError:
    why = error.strerror or type(error).__name__
    return PlatformError(tr("{path} cannot be written: {why}.", path=str(path), why=why))
