"""What every platform says of a file that comes with a command, or does not."""

from bot.errors import UsageError
from bot.i18n import Translator

MEGABYTE = 1_000_000


def size_of(octets: int, tr: Translator) -> str:
    """A size in words, in the units that people know from their files."""
    if octets < MEGABYTE:
        return tr("{n} kB", n=max(1, octets // 1000))
    return tr("{n} MB", n=octets // MEGABYTE)


def too_large(most: int, tr: Translator) -> UsageError:
    """Why a file of more than so many bytes is not read."""
    return UsageError(tr("That file is too large: I take at most {size}.", size=size_of(most, tr)))
