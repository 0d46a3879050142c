"""Being interrupted: quietly, at once, and with the exit code that shells expect."""

import json
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.cli.shop import PATIENCE, Shop


@pytest.fixture(autouse=True)
def _hears_interrupts() -> Iterator[None]:
    """A shell that runs the tests in the background makes them deaf to Ctrl-C, and their children, too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def until(process: subprocess.Popen[bytes], words: bytes) -> None:
    """Wait until the process has written some words."""
    assert process.stdout
    for line in process.stdout:
        if words in line:
            return
    assert process.stderr
    pytest.fail(process.stderr.read().decode())


def send(process: subprocess.Popen[bytes], line: str) -> None:
    """Type a line."""
    assert process.stdin
    process.stdin.write(f"{line}\n".encode())
    process.stdin.flush()


def interrupted(process: subprocess.Popen[bytes], number: signal.Signals) -> bytes:
    """Send a signal; return what was then said. Its input stays open, so that nothing else ends it."""
    process.send_signal(number)
    process.wait(PATIENCE)
    assert process.stderr
    return process.stderr.read()


def test_interrupt_while_waiting_for_a_line(filled: Shop) -> None:
    """The answers so far have been written; 130, and not a word."""
    with filled.start("ask", "--jsonl") as process:
        send(process, json.dumps({"q": "night raids"}))
        until(process, b"Raids at night")
        stderr = interrupted(process, signal.SIGINT)
    assert (process.returncode, stderr) == (130, b"")


@pytest.mark.parametrize(
    ("command", "number", "code"),
    [("chat", signal.SIGINT, 130), ("chat", signal.SIGHUP, 0), ("run", signal.SIGTERM, 0)],
)
def test_signals_during_a_chat(filled: Shop, command: str, number: signal.Signals, code: int) -> None:
    """A chat is left in order; being asked to stop is no failure."""
    with filled.start(command) as process:
        send(process, "night raids")
        until(process, b"Raids at night")
        stderr = interrupted(process, number)
    assert process.returncode == code
    assert b"Traceback" not in stderr
    assert command == "run" or stderr == b""


def test_chat_through_a_pipe_ends_with_its_input(filled: Shop) -> None:
    """Questions from a file are answered one after the other, without escape codes."""
    questions = b"night raids\n\ncaf\xe9 \x00\n/contact lantern\n/no-such-command\n/quit\nnever read"
    done = filled.run("chat", stdin=questions)
    assert done.returncode == 0
    assert "Raids at night" in done.stdout
    assert "hello@lantern.example.org" in done.stdout
    assert "\x1b" not in done.stdout
    assert "never" not in done.stdout
    assert done.stderr == ""


def test_run_says_what_it_opens(filled: Shop) -> None:
    """Where no platform is configured, that is said, and the chat is there."""
    done = filled.run("run", stdin="/quit\n")
    assert done.returncode == 0
    assert "Neither Discord nor Matrix is configured." in done.stderr
    assert "terminal" in done.stderr
