"""The chat at a terminal, and the same conversation through a pipe."""

import asyncio
import re
import signal
import sys
import termios
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from io import TextIOWrapper
from unicodedata import category

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.utils import is_dumb_terminal
from rich.console import Console

from bot.commands.describe import Services
from bot.commands.words import in_one_line
from bot.platforms.clean import LINE_END, VISIBLE_FORMAT
from bot.platforms.terminal.completion import LineCompleter
from bot.platforms.terminal.lines import lines
from bot.platforms.terminal.poster import TerminalPoster
from bot.platforms.terminal.room import Room

PROMPT = "> "
MENU_ROWS = 6
HIDDEN = "\ufffd"
# ECMA-48, “Select Graphic Rendition”. What a mouse sends ends likewise and has `<` in it, or ends in `M`.
COLOURS = re.compile(r"\x1b\[[\d;]*m")
CURSOR = re.compile(r"\x1b\[([0-9]{1,4});[0-9]{1,4}R")  # ECMA-48, “Active Position Report”


async def chat(services: Services, locale: str, *, color: bool = True) -> None:
    """Talk until the reader leaves, the input ends, or SIGTERM or SIGHUP asks to stop; then return.

    Where both ends are a terminal that can move its cursor, lines are edited and completed; anywhere else
    they are read one by one, and the answers are printed without escape codes. What is posted here meanwhile
    stands between what is said. `color=False` goes without colour, as the environment variable NO_COLOR does.
    Nothing that is typed is written anywhere.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a locale without our characters must not end the talk
    at_screen = sys.stdin.isatty() and sys.stdout.isatty()
    console = Console(no_color=True if not color else None, markup=False, emoji=False, highlight=False)
    room = Room(services, locale, console, (lambda: console.height) if at_screen else lambda: None)
    if at_screen and not is_dumb_terminal():
        poster = TerminalPoster(console, run_in_terminal, lambda: room.request.tr)
        talk = asyncio.ensure_future(_at_screen(room, color=color))
    else:
        between = _Between(PROMPT if at_screen else "")
        poster = TerminalPoster(console, between.aside, lambda: room.request.tr)
        talk = asyncio.ensure_future(_by_line(room, between))
    with _stopped_by_signals(talk), services.posters.connected(poster):
        try:
            await asyncio.wait({talk})
        finally:
            talk.cancel()
    if not talk.cancelled():
        talk.result()


class _Between:
    """What stands between two lines that are read: the `prompt`, if there is one, and what is posted."""

    def __init__(self, prompt: str) -> None:
        self.prompt = prompt
        self._turn = asyncio.Lock()
        self._answering: ContextVar[bool] = ContextVar("answering", default=False)

    async def answer(self, hear: Awaitable[bool]) -> bool:
        """Answer something while nothing else is printed; the prompt then stands below it."""
        async with self._turn:
            token = self._answering.set(True)
            try:
                goes_on = await hear
            finally:
                self._answering.reset(token)
            _write(self.prompt if goes_on else "")
            return goes_on

    async def aside(self, show: Callable[[], None]) -> None:
        """Print something when no answer is under way; the prompt then stands below it.

        What a command itself has posted stands before its answer.
        """
        if self._answering.get():
            show()
            return
        async with self._turn:
            _write("\n" if self.prompt else "")
            show()
            _write(self.prompt)


async def _by_line(room: Room, between: _Between) -> None:
    if between.prompt:
        await room.welcome()
        _write(between.prompt)
    async for line in lines(sys.stdin.fileno()):
        if not await between.answer(room.hear(line)):
            return
    _write("\n" if between.prompt else "")
    room.leave()


async def _at_screen(room: Room, *, color: bool) -> None:
    with _unechoed(sys.stdin.fileno()):
        await _at_prompt(room, color=color)


async def _at_prompt(room: Room, *, color: bool) -> None:
    # A menu keeps rows free below the prompt, which would push the head of an answer off the screen: it opens
    # only when a word has been begun.
    typing = Condition(
        lambda: len(get_app().current_buffer.text.strip()) > 1 or get_app().current_buffer.text == "/"
    )
    session: PromptSession[str] = PromptSession(
        PROMPT,
        history=InMemoryHistory(),
        completer=LineCompleter(room),
        complete_while_typing=typing,
        reserve_space_for_menu=MENU_ROWS,
        key_bindings=_keys(room),
        input_processors=[_Visible()],
        color_depth=None if color else ColorDepth.DEPTH_1_BIT,
        enable_suspend=True,
    )
    await room.welcome()
    warned = False
    while True:
        try:
            # Its own way with an error that nobody foresaw is to print all of it, and to wait for Enter.
            line = await session.prompt_async(set_exception_handler=False)
        except EOFError:
            room.leave()
            return
        except KeyboardInterrupt:
            if session.default_buffer.text:
                warned = False
            elif warned:
                room.leave()
                return
            else:
                warned = True
                room.warn()
            continue
        warned = False
        if not await _uninterrupted(room, line):
            return


async def _uninterrupted(room: Room, line: str) -> bool:
    """Answer a line. Ctrl-C is a key at the prompt and a signal in between: it gives up this answer only."""
    loop = asyncio.get_running_loop()
    hearing = asyncio.ensure_future(room.hear(line))
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(hearing.cancel))
    try:
        await asyncio.wait({hearing})
    finally:
        hearing.cancel()
        signal.signal(signal.SIGINT, before)
    return hearing.cancelled() or hearing.result()


def _keys(room: Room) -> KeyBindings:
    keys = KeyBindings()

    @keys.add(Keys.BracketedPaste)
    def _paste(event: KeyPressEvent) -> None:
        """Pasted lines are one question: a line end in them must not ask the first half."""
        pasted = LINE_END.sub("\n", event.data) if room.takes_paragraphs else in_one_line(event.data)
        event.current_buffer.insert_text(pasted)

    @keys.add(Keys.Vt100MouseEvent)
    def _colour(event: KeyPressEvent) -> None:
        """A code for colours, typed or pasted key by key, is text, though it is taken for a click.

        Clicks nobody asked for, as after a program that left the mouse on, are nothing.
        """
        if COLOURS.fullmatch(event.data):
            event.current_buffer.insert_text(event.data)

    @keys.add(Keys.CPRResponse, save_before=lambda _: False)
    def _cursor(event: KeyPressEvent) -> None:
        """Where the terminal says that the cursor is, unless that is no number a screen could have."""
        if said := CURSOR.fullmatch(event.data):
            event.app.renderer.report_absolute_cursor_row(int(said[1]))

    return keys


class _Visible(Processor):
    """Shows what would hide in the line that is edited, or turn it round, as a character of its own."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Each character stands for one, so that the cursor stays where it is."""
        return Transformation(
            [(style, "".join(map(_visible, text))) for style, text, *_ in transformation_input.fragments]
        )


def _visible(character: str) -> str:
    # Control characters prompt_toolkit shows by itself.
    hides = category(character) in {"Cf", "Cs", "Zl", "Zp"} and character not in VISIBLE_FORMAT
    return HIDDEN if hides else character


@contextmanager
def _unechoed(fd: int) -> Iterator[None]:
    """Leave what is typed while an answer is being printed to the next prompt, which then shows it."""
    before = termios.tcgetattr(fd)
    quiet = termios.tcgetattr(fd)
    local_modes = 3
    quiet[local_modes] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(fd, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal itself may be gone
            termios.tcsetattr(fd, termios.TCSADRAIN, before)


@contextmanager
def _stopped_by_signals(talk: asyncio.Future[None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, talk.cancel)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
