"""The chat as its reader has it: a process in a pseudo-terminal, judged by what stands on the screen."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.i18n import translator
from tests.platforms.terminals import Terminal

ESCAPE_TITLE = re.compile(rb"\x1b\][012];")
COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-79]|4[0-79]|9[0-7]|10[0-7])[;m]")
CTRL_C, CTRL_D = "\x03", "\x04"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The chat on 60 by 24, with its welcome on the screen."""
    with Terminal(home=tmp_path) as terminal:
        yield terminal.shows("/help", "/quit", then=">")


def test_the_welcome_says_what_this_is_and_how_to_begin(terminal: Terminal) -> None:
    """How many documents, three questions that have an answer, and the way to help and out."""
    assert "what 1 document says" in terminal.text
    examples = [line.removeprefix("• ") for line in terminal.lines if line.startswith("• ")]
    assert len(examples) == 3
    assert [example.partition(" ")[0] for example in examples[1:]] == ["/reading", "/contact"]
    for example in examples:
        terminal.clear().ask(example, "Source: The pamphlet")


def test_plain_words_and_commands_are_answered(terminal: Terminal) -> None:
    """Words alone look everywhere; a slash begins a command."""
    terminal.ask("nordic model", "── Summary · Law ──", "Buying sex is made a crime", "¶ 1")
    terminal.ask("/contact butterfly", "蝴蝶 Butterfly", "info@butterfly.example", "支持")
    terminal.ask("/nosuch thing", "no command")


def test_a_number_picks_what_stands_beside_it(terminal: Terminal) -> None:
    """Bare or in its brackets; a number that is not offered is refused; a year is a question."""
    terminal.ask("nordic model", "[1] Readings on this (1)")
    terminal.ask("9", "Choose a number from 1 to 1.")
    terminal.ask("[1]", "── Reading ──", "Working the Margins")
    terminal.clear().ask("1949", "“1949”")


def test_a_long_answer_keeps_its_head_and_goes_on_with_enter(terminal: Terminal) -> None:
    """Page by page, each beginning on the screen, until nothing is left; no remark is lost."""
    terminal.ask("raids", "── Summary · Topic ──", "Police raids", "This goes on")
    seen = set(re.findall(r"Remark (\d+)", terminal.text))
    assert "2" in seen
    while "This goes on" in terminal.text:
        terminal.clear().type("\r").shows("Police raids, continued", then=">")
        seen |= set(re.findall(r"Remark (\d+)", terminal.text))
    assert seen == {str(number) for number in range(2, 14)}
    assert "CC BY 4.0" in terminal.text
    terminal.ask("more", "That was all.")


def test_a_page_after_a_resize_fits_the_new_screen(terminal: Terminal) -> None:
    """Lines are broken anew, and the answer goes on where it stopped."""
    terminal.ask("raids", "This goes on")
    last = re.findall(r"Remark (\d+)", terminal.text)[-1]
    terminal.resize(100, 40).clear()
    terminal.type("\r").shows(
        "CC BY 4.0", "Remark 13 on raids: they take wages, papers and housing away.", then=">"
    )
    assert re.findall(r"Remark (\d+)", terminal.text)[0] == str(int(last) + 1)
    terminal.resize(30, 24).clear()
    terminal.ask("nordic", "Buying sex is made a crime,")


def test_commands_options_and_topics_are_completed(terminal: Terminal) -> None:
    """The menu opens while typing, and Tab takes from it."""
    terminal.type("/su").shows("/summary", "A summary in plain words")
    terminal.type("\t").shows(then="> /summary")
    terminal.type(" nor").shows("Nordic model")
    terminal.type("\t").shows("> /summary ").type("\r").shows("Buying sex", then=">")
    terminal.clear().type("/action raids who:al").shows(then="> /action raids who:al")
    terminal.type("\t").shows(then="> /action raids who:ally").type(CTRL_C).shows(then=">")
    terminal.clear().type("polic").shows("Police raids")
    terminal.type("\t").shows("> Police raids").type("\r").shows("Remark 2", then=">")
    terminal.type("/q").shows("/quit", "Leave.").type("\t\r")
    assert terminal.status() == 0


def test_the_menu_fits_a_narrow_screen(tmp_path: Path) -> None:
    """Descriptions are shortened to its width, and it is gone once the question is asked."""
    with Terminal(home=tmp_path, columns=40) as terminal:
        terminal.shows("/quit", then=">").type("/").shows("/summary", "...")
        terminal.type("privacy").shows(then="> /privacy").type("\r").shows("Privacy", then=">")
        assert "What is remembered" not in terminal.text


def test_ctrl_c_cancels_the_line_and_says_how_to_leave(terminal: Terminal) -> None:
    """The first one drops what was typed; on an empty line it explains; the second there leaves."""
    terminal.type("half a question").shows("> half a question").type(CTRL_C).shows(then=">")
    assert "Ctrl-C again" not in terminal.text
    terminal.type(CTRL_C).shows("Press Ctrl-C again to leave", then=">")
    terminal.ask("nordic", "Buying sex")
    terminal.clear().type(CTRL_C).shows("Press Ctrl-C again to leave", then=">")
    terminal.type(CTRL_C)
    assert terminal.status() == 0
    assert terminal.as_it_was()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Terminal]:
    """The chat with a shelf of one's own, on a screen on which a form stays in sight."""
    with Terminal("--own", home=tmp_path, columns=80, rows=40) as terminal:
        yield terminal.shows("/help", "/quit", then=">")


DROPPED = "What you had begun to fill in is dropped, and nothing of it is kept."


def test_ctrl_c_in_a_form_says_how_to_end_the_form(desk: Terminal) -> None:
    """Whoever leaves all the same is told that it is lost."""
    desk.ask("/shelf add note", "step 1 of").type(CTRL_C)
    desk.shows("/stop ends the form, and nothing of it is kept.", "Press Ctrl-C again to leave", then=">")
    desk.ask("/stop", "Stopped. Nothing of it is kept.")
    desk.clear().type(CTRL_C).shows("Press Ctrl-C again to leave", then=">")
    assert "ends the form" not in desk.text
    desk.ask("/shelf add note", "step 1 of").type(CTRL_C).shows("ends the form", then=">").type(CTRL_C)
    assert desk.status() == 0
    assert DROPPED in desk.text


@pytest.mark.parametrize("keys", [CTRL_D, "/quit\r"])
def test_leaving_in_a_form_says_what_is_dropped(desk: Terminal, keys: str) -> None:
    desk.ask("/shelf add note", "step 1 of").type(keys)
    assert desk.status() == 0
    assert DROPPED in desk.text


def test_what_cannot_be_seen_is_shown_while_it_is_typed_and_refused(desk: Terminal) -> None:
    """Pasted into a form: the cursor stays where it is, and nothing of it drives the screen."""
    desk.ask("/shelf add note", "step 1 of").ask("Lantern", "step 2 of")
    desk.type("\x1b[200~to\u202ewn\x1b[31m\x1b[201~").shows(then="> to\ufffdwn^[[31m").type("\r")
    desk.shows("step 3 of", then=">").type("-\r").shows("Character 3 (U+202E) turns", then=">")
    assert "\u202e".encode() not in desk.raw
    assert b"\x1b[31m" not in desk.raw.replace(b"\x1b[31m\x1b[201~", b"")


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        ("a\x1b[31mb", "a^[[31mb"),
        ("a\x1b[1;31mb", "a^[[1;31mb"),
        ("a\x1b[<64;85;12Mb", "ab"),
        ("a\x1b[<0;9999;9999mb", "ab"),
        ("a\x1b[96;14;13Mb", "ab"),
        ("a\x1b[1;1;1;Mb", "ab"),
        ("a\x1b[M abb", "ab"),
        (f"a\x1b[{'1' * 5000};1Rb", "ab"),
    ],
)
def test_no_key_by_key_escape_sequence_upsets_the_prompt(terminal: Terminal, keys: str, typed: str) -> None:
    """A code for colours is text, as where it is pasted; clicks and other reports of terminals are not."""
    terminal.type(keys).shows(then=f"> {typed}")
    assert "Traceback" not in terminal.text
    terminal.type(CTRL_C).shows(then=">").ask("nordic", "Buying sex")
    assert "ENTER" not in terminal.text


@pytest.mark.parametrize("keys", [CTRL_D, "/quit\r", "/EXIT\r", "  /exit  \r"])
def test_leaving(terminal: Terminal, keys: str) -> None:
    """Each way out ends with status 0 and leaves the terminal as it was."""
    terminal.type(keys)
    assert terminal.status() == 0
    assert terminal.as_it_was()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(terminal: Terminal, number: signal.Signals) -> None:
    """In the middle of a line, without a traceback, and the terminal as it was."""
    terminal.type("half a question").shows("> half a question").stop(number)
    assert terminal.status() == 0
    assert terminal.as_it_was()
    assert "Traceback" not in terminal.text


def test_ctrl_l_clears_the_screen(terminal: Terminal) -> None:
    """The line being typed stays."""
    terminal.type("abc").shows("> abc").clear().shows(then="> abc")
    assert terminal.lines[0] == "> abc"


def test_pasted_lines_are_one_question(terminal: Terminal) -> None:
    """A line end in a paste asks nothing by itself."""
    terminal.type("\x1b[200~nordic\r\n  model\n\x1b[201~").shows(then="> nordic model")
    terminal.type("\r").shows("Buying sex is made a crime", then=">")


def test_what_is_typed_ahead_waits_for_the_prompt(terminal: Terminal) -> None:
    """Keys pressed while an answer is on its way are neither lost nor printed into it."""
    terminal.type("nordic\rraids").shows("Buying sex", then="> raids")
    assert terminal.text.count("raids") == 1 + terminal.text.count("Police raids")


def test_a_question_that_is_too_long_is_refused_in_words(terminal: Terminal) -> None:
    """However much is pasted."""
    terminal.type(f"\x1b[200~{'word ' * 1000}\x1b[201~\r").shows("too long", then=">")


def test_the_language_of_the_room_can_be_changed(terminal: Terminal) -> None:
    """From the next line on, also in what the chat itself says."""
    french = translator("fr")
    assert french("That was all.") != "That was all."
    terminal.ask("/settings fr")
    terminal.ask("modèle nordique", "Nordic model")
    terminal.ask(french("more"), french("That was all."))


def test_nothing_that_was_typed_is_kept(tmp_path: Path) -> None:
    """The arrow keys bring it back, and no file anywhere in the home or the directory has it."""
    with Terminal(home=tmp_path) as terminal:
        terminal.shows("/quit", then=">").ask("canary nordic")
        terminal.type("\x1b[A").shows(then="> canary nordic").type(CTRL_C + CTRL_D)
        assert terminal.status() == 0
    assert [
        path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith(".coverage")
    ] == []


def test_the_title_of_the_window_is_left_alone(terminal: Terminal) -> None:
    """It belongs to the reader."""
    terminal.ask("nordic", "Buying sex").type(CTRL_D)
    assert terminal.status() == 0
    assert not ESCAPE_TITLE.search(terminal.raw)


@pytest.mark.parametrize(
    ("arguments", "environment"), [(["--no-color"], {}), ([], {"NO_COLOR": "1"})], ids=["option", "NO_COLOR"]
)
def test_without_colour(tmp_path: Path, arguments: list[str], environment: dict[str, str]) -> None:
    """Neither answers, nor menu, nor prompt send a colour, and all is there."""
    with Terminal(*arguments, home=tmp_path, environment=environment) as terminal:
        terminal.shows("/quit", then=">").type("nord").shows("Nordic model")
        terminal.type("\r").shows("Buying sex", "Source: The pamphlet", then=">").type(CTRL_D)
        assert terminal.status() == 0
        assert not COLOUR.search(terminal.raw)


def test_with_colour(terminal: Terminal) -> None:
    """The test above can fail: a colour terminal does get colours."""
    terminal.ask("nordic", "Buying sex")
    assert COLOUR.search(terminal.raw)


def test_a_terminal_that_cannot_move_its_cursor(tmp_path: Path) -> None:
    """TERM=dumb: lines, a prompt, and not one escape code."""
    with Terminal(home=tmp_path, environment={"TERM": "dumb"}) as terminal:
        terminal.shows("/quit", then=">").type("nordic\r").shows(
            "Buying sex", "Source: The pamphlet", then=">"
        )
        terminal.type(CTRL_D)
        assert terminal.status() == 0
        assert b"\x1b" not in terminal.raw
