"""A terminal in a test: a real pseudo-terminal with a process in it, and the screen its reader would see."""

import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import pexpect
import pyte

ROOT = Path(__file__).parents[2]
NO_VARIABLES: Mapping[str, str] = {}
PATIENCE = 30  # seconds: how long a busy machine may take before a screen counts as wrong


class Answering(pyte.Screen):
    """A screen that answers when it is asked where its cursor is, as terminals do."""

    def __init__(self, columns: int, lines: int, child: "pexpect.spawn[bytes]") -> None:
        self._child = child
        super().__init__(columns, lines)

    def write_process_input(self, data: str) -> None:
        """Send an answer to the process."""
        self._child.send(data.encode())


class Terminal:
    """A process on a screen. `raw` is everything it has sent, escape codes and all."""

    def __init__(
        self,
        *arguments: str,
        home: Path,
        columns: int = 60,
        rows: int = 24,
        environment: Mapping[str, str] = NO_VARIABLES,
    ) -> None:
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-m", "tests.platforms.run_chat", *arguments],
            cwd=str(home),
            env=variables(home, {"TERM": "xterm-256color", **environment}),
            dimensions=(rows, columns),
            timeout=PATIENCE,
        )
        self.child.delaybeforesend = None
        self.raw = b""
        self.screen = Answering(columns, rows, self.child)
        self._stream = pyte.ByteStream(self.screen)
        self._before = termios.tcgetattr(self.child.child_fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def lines(self) -> list[str]:
        """The rows of the screen, without what is blank at their ends."""
        return [row.rstrip() for row in self.screen.display]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    def shows(self, *texts: str, then: str = "") -> Self:
        """Wait until all of that is on the screen and, if given, the cursor in a line that reads `then`."""
        return self.until(
            lambda: (
                all(text in self.text for text in texts)
                and (not then or self.lines[self.screen.cursor.y] == then.rstrip())
            )
        )

    def until(self, seen: Callable[[], bool]) -> Self:
        """Wait until the screen is so. Raises `AssertionError` where it does not become so in good time."""
        deadline = time.monotonic() + PATIENCE
        while not seen():
            if time.monotonic() > deadline:
                raise AssertionError(f"what was to come did not; the screen:\n{self.text}")
            self._read()
        return self

    def type(self, keys: str) -> Self:
        """Press keys."""
        self.child.send(keys.encode())
        return self

    def ask(self, line: str, *texts: str) -> Self:
        """Type a line, see it, press Enter, and see that and a new prompt."""
        self.type(line).shows(then=f"> {line}")
        return self.type("\r").shows(*texts, then=">")

    def clear(self) -> Self:
        """Clear the screen with Ctrl-L, so that what stands on it afterwards is new."""
        return self.type("\x0c").until(lambda: self.text.startswith(">") and not any(self.lines[1:]))

    def resize(self, columns: int, rows: int) -> Self:
        """Drag the window to another size."""
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)
        return self

    def stop(self, number: signal.Signals) -> Self:
        """Send a signal to the process."""
        self.child.kill(number)
        return self

    def status(self) -> int | None:
        """Wait for the end and give the exit status; None where a signal killed it."""
        self.until(lambda: not self._read() and not self.child.isalive())
        return self.child.exitstatus

    def as_it_was(self) -> bool:
        """Whether keys are echoed and lines edited by the terminal itself, as before the process began."""
        local = 3
        return bool(termios.tcgetattr(self.child.child_fd)[local] == self._before[local])

    def _read(self) -> bool:
        try:
            data = self.child.read_nonblocking(65536, timeout=0.1)
        except pexpect.TIMEOUT:
            return self.child.isalive()
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        return True


def variables(home: Path, environment: Mapping[str, str] = NO_VARIABLES) -> dict[str, str]:
    """An environment whose home is an empty directory, with nothing in it that speaks of colours or sizes."""
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(("COVERAGE", "PATH", "VIRTUAL"))
    }
    return {
        **kept,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
