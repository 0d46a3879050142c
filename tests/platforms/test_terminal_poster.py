"""What is posted in a terminal while somebody sits at it: judged by what stands on the screen."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platforms.terminals import PATIENCE, Terminal, variables

POST = signal.SIGUSR1
CTRL_C, CTRL_D = "\x03", "\x04"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The chat on 60 by 24, with its welcome on the screen."""
    with Terminal(home=tmp_path) as terminal:
        yield terminal.shows("/help", "/quit", then=">")


def ends_well(terminal: Terminal) -> bool:
    """Whether the chat, told to leave, ends with status 0 and a terminal as it was."""
    terminal.type(CTRL_D)
    return terminal.status() == 0 and terminal.as_it_was()


def test_a_post_stands_above_what_is_being_typed(terminal: Terminal) -> None:
    """The line is neither lost nor cut in two, and can be asked afterwards."""
    terminal.clear().type("nordic mo").shows(then="> nordic mo")
    terminal.stop(POST).shows("Post 1 of today", "CC BY 4.0", then="> nordic mo")
    assert terminal.text.count("nordic mo") == 1
    terminal.type("del").shows(then="> nordic model").type("\r").shows("Buying sex is made a crime", then=">")
    assert ends_well(terminal)


@pytest.mark.parametrize("columns", [30, 60, 140])
def test_it_fits_the_screen(tmp_path: Path, columns: int) -> None:
    """Narrow or wide: no row is broken by the terminal, and the whole post is there."""
    with Terminal(home=tmp_path, columns=columns, rows=50) as terminal:
        terminal.shows("/quit", then=">").clear().stop(POST).shows("CC BY 4.0", then=">")
        shown = " ".join(" ".join(terminal.lines).split())
        assert "What would the people you work with say to this, if you asked them tonight?" in shown
        assert not any(row.endswith(("peopl", "wor", "yo")) for row in terminal.lines)
        assert max(map(len, terminal.lines)) <= min(columns, 80)


def test_posts_follow_each_other_in_order(terminal: Terminal) -> None:
    """One below the other, with the line being typed below all of them."""
    terminal.resize(60, 60).clear().type("abc").shows(then="> abc")
    for number in (1, 2, 3):
        terminal.stop(POST).shows(f"Post {number} of today", then="> abc")
    places = [terminal.text.index(f"Post {number} of today") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert terminal.text.count("> abc") == 1


def test_the_numbers_of_the_last_answer_stay_what_they_were(terminal: Terminal) -> None:
    """What a post leads to stands there as commands to type, which work."""
    terminal.ask("nordic model", "[1] Readings on this (1)")
    terminal.stop(POST).shows("Post 1 of today", "Cite: /cite reading:margins", then=">")
    assert "More like it: /reading law:nordic-model" in terminal.text
    assert "[2]" not in terminal.text
    terminal.clear().ask("1", "Working the Margins")
    terminal.clear().ask("/cite reading:margins", "Doe")


def test_a_long_answer_goes_on_after_a_post(terminal: Terminal) -> None:
    """The page that comes next is the one of the answer."""
    terminal.ask("raids", "This goes on")
    terminal.stop(POST).shows("Post 1 of today", then=">")
    terminal.clear().type("\r").shows("Police raids, continued", then=">")


def test_ctrl_c_and_the_way_out_are_as_before(terminal: Terminal) -> None:
    """A post does not count as something said."""
    terminal.type("half").shows(then="> half").stop(POST).shows("Post 1 of today", then="> half")
    terminal.type(CTRL_C).shows(then=">")
    assert ends_well(terminal)


def test_a_terminal_that_cannot_move_its_cursor(tmp_path: Path) -> None:
    """TERM=dumb: on lines of its own, a prompt below it, and not one escape code."""
    with Terminal(home=tmp_path, environment={"TERM": "dumb"}) as terminal:
        terminal.shows("/quit", then=">").stop(POST).shows("Post 1 of today", "CC BY 4.0", then=">")
        assert not any(row.startswith("> Post") for row in terminal.lines)
        terminal.type("nordic\r").shows("Buying sex", then=">").type(CTRL_D)
        assert terminal.status() == 0
        assert b"\x1b" not in terminal.raw


def test_through_a_pipe_it_stands_between_answers(tmp_path: Path) -> None:
    """Whole, where nothing is being answered; and the next answer comes as ever."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.platforms.run_chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=variables(tmp_path),
        cwd=tmp_path,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"nordic model\n")
        process.stdin.flush()
        before = b""
        while b"[1]" not in before:
            before += os.read(process.stdout.fileno(), 4096)
        process.send_signal(POST)
        while b"/reading law:nordic-model" not in before:
            before += os.read(process.stdout.fileno(), 4096)
        rest, _ = process.communicate(b"1\n", PATIENCE)
        text = (before + rest).decode()
    assert process.returncode == 0
    words = ("Buying sex", "Post 1 of today", "More like it: /reading", "clearest account")
    places = [text.index(each) for each in words]
    assert places == sorted(places)
    assert "\x1b" not in text
    assert not any(line.startswith(">") for line in text.splitlines())


def test_whoever_sits_there_decides_and_is_told_nothing_of_others(terminal: Terminal) -> None:
    """Moderators' commands are theirs; who sees the answers is nothing to choose."""
    terminal.ask("/settings", "I answer in English")
    assert "Answers here are shown" not in terminal.text
    terminal.ask("/settings answers:room", "answers")
    assert "From now on" not in terminal.text
    terminal.resize(100, 60).clear().ask("/help settings", "language")
    assert "answers:" not in terminal.text
