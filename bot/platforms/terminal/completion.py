"""What a line could go on with: commands, their options, and what stands on the shelf."""

import re
from collections.abc import Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document as Typed

from bot.commands.about import allowed
from bot.commands.describe import Command, Document, Option, Topic
from bot.commands.dispatch import complete
from bot.platforms.clean import one_line
from bot.platforms.terminal.room import COMMAND, Room

QUIT = "quit"
# The value being typed of an option given by name: who:al, --who=al, --who al, who:"service pr
NAMED = re.compile(r'(?:^|\s)(?:--(?P<long>\w+)(?:=|\s+)|(?P<short>\w+):)(?P<value>"[^"]*|[^\s"]*)$')
# The same once it is complete.
GIVEN = re.compile(r'(?:^|(?<=\s))(?:--(?P<long>\w+)(?:=|\s+)|(?P<short>\w+):)(?:"[^"]*"|[^\s"]+)\s')


class LineCompleter(Completer):
    """Completes what is typed in a room, in the language of the room at that moment."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def get_completions(self, document: Typed, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
        """Ways to go on from the cursor, best first."""
        line = document.text_before_cursor.lstrip()
        if not line.startswith(COMMAND):
            yield from self._values("find", "words", line, quoted=False)
            return
        name, space, rest = line.removeprefix(COMMAND).partition(" ")
        commands = allowed(self._room.request)
        if not space:
            yield from self._commands(name, commands.values())
        elif (command := commands.get(name.casefold())) is not None:
            yield from self._options(command, rest)

    def _commands(self, prefix: str, commands: Iterable[Command]) -> Iterator[Completion]:
        tr = self._room.request.tr
        offered = [(command.name, tr(command.description)) for command in commands]
        for name, description in (*offered, (QUIT, tr("Leave."))):
            if name.startswith(prefix.casefold()):
                yield Completion(name, -len(prefix), f"{COMMAND}{name}", description)

    def _options(self, command: Command, rest: str) -> Iterator[Completion]:
        options = {option.name: option for option in command.options}
        if (match := NAMED.search(rest)) and (name := match["long"] or match["short"]) in options:
            yield from self._values(command.name, name, match["value"], quoted=True)
            return
        given = {match["long"] or match["short"] for match in GIVEN.finditer(rest)}
        words = GIVEN.sub("", rest).lstrip()
        first, *others = command.options or (None,)
        if not rest or rest.endswith(" "):
            yield from self._names(option for option in others if option and option.name not in given)
        if first and first.name not in given:
            yield from self._values(command.name, first.name, words, quoted=False)

    def _names(self, options: Iterable[Option]) -> Iterator[Completion]:
        for option in options:
            yield Completion(f"{option.name}:", 0, display_meta=self._room.request.tr(option.description))

    def _values(self, command: str, option: str, typed: str, *, quoted: bool) -> Iterator[Completion]:
        """Values of an option; names of things on the shelf are put in the words a reader knows them by."""
        request, services = self._room.request, self._room.services
        marker = next(each.marker for each in allowed(request)[command].options if each.name == option)
        offered = complete(command, option, typed.lstrip('"'), request, services)
        for shown, value in dict(offered).items():
            whole = isinstance(marker, Topic | Document) and not shown.endswith("…")
            text = one_line(shown) if whole else value
            yield Completion(
                f'"{text}"' if quoted and " " in text else text, -len(typed), display=one_line(shown)
            )
