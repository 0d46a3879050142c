"""Everything that can go wrong and be explained. `str(error)` is always safe to show to anybody.

The exit codes are those of BSD `sysexits.h`, which shells and service managers know; 2 for wrong
usage and 1 for "nothing found" are as common among the tools people pipe into each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb

HOUSE = Path(__file__).parent


class InfoshopError(Exception):
    """Something went wrong, and the message says what and what to do about it."""

    exit_code = 70


class SettingsError(InfoshopError):
    """A setting is missing, misspelt or has a value that cannot be used."""

    exit_code = 78


class UsageError(InfoshopError):
    """A command was given words it cannot use."""

    exit_code = 2


class UnknownEntryError(InfoshopError):
    """An identifier names nothing on the shelf."""

    exit_code = 66


class StoreError(InfoshopError):
    """The database is out of reach, out of date or not ours."""

    exit_code = 74


class PlatformError(InfoshopError):
    """A chat platform is out of reach or does not do what it was asked."""

    exit_code = 69


def whereabouts(error: BaseException) -> str:
    """Where in our code an error arose, as `file:line`, which quotes nothing of what it was about."""
    frames = ((Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__))
    ours = [f"{path.relative_to(HOUSE.parent)}:{line}" for path, line in frames if path.is_relative_to(HOUSE)]
    return ours[-1] if ours else ""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file. Lines and columns count from 1, as editors do."""

    path: Path
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class CorpusError(InfoshopError):
    """The corpus does not hold together; `problems` lists everything that is wrong with it."""

    exit_code = 65

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))
