"""The chat without a terminal: lines go in, answers come out, and nothing else."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.terminal.lines import CHUNK, lines
from tests.platforms.terminals import PATIENCE, variables

CHAT = [sys.executable, "-m", "tests.platforms.run_chat"]


def answers(question: bytes, home: Path) -> str:
    """What comes out where that goes in; it has to end with status 0 and without a word on stderr."""
    done = subprocess.run(  # noqa: S603 - our own module
        CHAT, input=question, env=variables(home), cwd=home, capture_output=True, timeout=PATIENCE, check=True
    )
    assert done.stderr == b""
    return done.stdout.decode()


def test_each_line_is_answered_in_its_turn(tmp_path: Path) -> None:
    """Questions, a number, a page; no prompt, no escape code, no welcome; the end of the input is the end."""
    text = answers(b"nordic model\n1\n/contact butterfly\n", tmp_path)
    places = [text.index(words) for words in ("Buying sex is made a crime", "Working the Margins", "蝴蝶")]
    assert places == sorted(places)
    assert "\x1b" not in text
    assert not any(line.startswith(">") for line in text.splitlines())
    assert "/quit" not in text


def test_a_whole_card_is_one_page_where_nothing_scrolls_away(tmp_path: Path) -> None:
    """There is no screen to fit."""
    text = answers(b"raids\n", tmp_path)
    assert text.count("Remark") == 12
    assert "This goes on" not in text


def test_what_comes_after_quit_is_not_read(tmp_path: Path) -> None:
    """As at a terminal."""
    assert answers(b"/quit\nnordic\n", tmp_path) == ""


@pytest.mark.parametrize(
    "question", [b"", b"\n\n\n", b"nordic", b"\xff\xfe nordic \x00\n", b"w" * 200_000 + b"\n"]
)
def test_any_input_ends_well(tmp_path: Path, question: bytes) -> None:
    """Nothing, blank lines, no line end, what is not text, and far too much of it."""
    text = answers(question, tmp_path)
    assert ("Buying sex" in text) == (b"nordic" in question)
    assert ("too long" in text) == (len(question) > CHUNK)


def test_a_file_and_nothing_at_all_can_stand_in_for_the_pipe(tmp_path: Path) -> None:
    """Neither can be waited for, and both are read to their end."""
    (questions := tmp_path / "questions").write_text("nordic\nbutterfly\n")
    for path, expected in ((questions, 2), (Path(os.devnull), 0)):
        with path.open() as file:
            done = subprocess.run(  # noqa: S603 - our own module
                CHAT, stdin=file, env=variables(tmp_path), cwd=tmp_path, capture_output=True, check=True
            )
        assert done.stdout.decode().count("Source: The pamphlet") == expected


def test_a_signal_ends_it_while_it_waits(tmp_path: Path) -> None:
    """With status 0, although the pipe is still open."""
    with subprocess.Popen(  # noqa: S603 - our own module
        CHAT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=variables(tmp_path), cwd=tmp_path
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"nordic\n")
        process.stdin.flush()
        while b"CC BY" not in process.stdout.readline():
            assert process.poll() is None
        process.terminate()
        assert process.wait(PATIENCE) == 0


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=10))
def test_lines_are_those_of_the_text_however_it_comes_in(pieces: list[bytes]) -> None:
    """Characters and lines that arrive in pieces are put together again."""

    async def read() -> list[str]:
        end, start = os.pipe()
        try:
            found = asyncio.ensure_future(_all(lines(end)))
            for piece in pieces:
                os.write(start, piece)
                await asyncio.sleep(0)
            os.close(start)
            return await found
        finally:
            os.close(end)

    text = b"".join(pieces).decode(errors="replace")
    assert asyncio.run(read()) == (text.removesuffix("\n").split("\n") if text else [])


async def _all(source: AsyncIterator[str]) -> list[str]:
    return [line async for line in source]
