"""Synapse, as a process that ends when whoever started it is gone."""

import os
import runpy
import signal
import sys
import threading


def end_with_starter() -> None:
    """From now on, end when standard input does: a pipe that closes however its other end died."""
    threading.Thread(target=_await_end, daemon=True).start()


def _await_end() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not through `sys.stdin`, whose lock Python would want at the end
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    end_with_starter()
    runpy.run_module("synapse.app.homeserver", run_name="__main__")
