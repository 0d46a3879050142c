"""The front door: parse arguments, call the app, and leave with an exit code a script can rely on.

0: it worked, or there is an answer. 1: nothing was found, or it is not in order. 2: wrong usage.
65: the corpus or a line of questions does not hold together. 66: no such entry or file. 69: a chat platform
is out of reach or refuses. 70: our mistake. 74: the database, or input and output. 78: the settings.
130: interrupted.

The modules here describe the commands. What does their work is imported when one is given, so that the
front door opens at once.
"""

import sys
import traceback
from io import TextIOWrapper

from bot.cli import corpus, db, discord, matrix, talk
from bot.cli.root import cli, discard_output
from bot.errors import InfoshopError

__all__ = ["cli", "corpus", "db", "discord", "main", "matrix", "talk"]

INPUT_OUTPUT = 74
OUR_MISTAKE = 70


def main() -> None:
    """Run `infoshop` and exit."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no letter for something shows a question mark instead of nothing at all.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        cli(prog_name="infoshop")
    except InfoshopError as error:
        leave(str(error), error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        discard_output()
        place = f" ({error.filename})" if error.filename else ""
        leave(f"Cannot go on: {error.strerror}{place}.", INPUT_OUTPUT)
    except Exception as error:  # noqa: BLE001 - printed by the interpreter, it could quote anything
        where = "".join(traceback.format_tb(error.__traceback__))
        what = f"This is a mistake in Infoshop ({type(error).__name__}): please report it."
        leave(where + what, OUR_MISTAKE)


def leave(why: str, exit_code: int) -> None:
    """Say why and exit."""
    sys.stderr.write(f"{why}\n")
    sys.exit(exit_code)
