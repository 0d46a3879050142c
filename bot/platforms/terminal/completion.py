"""What a line could go on with: commands, their options, and what stands on the shelf.

Commands and options are offered by the names they have in the language of the room; whoever types an English
one is led on, too.
"""

import re
from collections.abc import Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document as Typed

from bot.commands.about import allowed, beginnings, group_named, in_group, known_as
from bot.commands.describe import GROUPS, Command, CommandName, Document, Option, Topic
from bot.commands.dispatch import complete
from bot.commands.parse import option_named
from bot.commands.permission import options_for
from bot.commands.words import begins, spoken
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
            if self._room.fills_in:  # what is typed is an answer, and no question
                return
            yield from self._values("find", "words", line, quoted=False)
            return
        name, space, rest = line.removeprefix(COMMAND).partition(" ")
        request = self._room.request
        if not space:
            yield from self._commands(name)
            return
        if group := group_named(name, request):
            second, space, rest = rest.lstrip().partition(" ")
            if not space:
                yield from self._in_group(group, second)
                return
            name = f"{group} {second}"
        if (command := known_as(name, request)) is not None:
            yield from self._options(command, rest)

    def _commands(self, prefix: str) -> Iterator[Completion]:
        request = self._room.request
        tr = request.tr
        commands = allowed(request)
        offered = {
            each: tr(GROUPS[each] if each in GROUPS else commands[each].description)
            for each in beginnings(request)
        }
        for name, description in {**offered, QUIT: tr("Leave.")}.items():
            shown = tr.name(name)
            if begins(prefix, name, shown):
                yield Completion(shown, -len(prefix), f"{COMMAND}{shown}", description)

    def _in_group(self, group: str, prefix: str) -> Iterator[Completion]:
        request = self._room.request
        tr = request.tr
        for each in in_group(group, request):
            name, shown = (called.partition(" ")[2] for called in (each.name, tr.name(each.name)))
            if begins(prefix, name, shown):
                yield Completion(shown, -len(prefix), spoken(each.name, request), tr(each.description))

    def _options(self, command: Command, rest: str) -> Iterator[Completion]:
        if (match := NAMED.search(rest)) and (option := self._option(command, match)):
            yield from self._values(command.name, option.name, match["value"], quoted=True)
            return
        given = [self._option(command, match) for match in GIVEN.finditer(rest)]
        words = GIVEN.sub("", rest).lstrip()
        first, *others = options_for(command, self._room.request) or (None,)
        if not rest or rest.endswith(" "):
            yield from self._names(option for option in others if option and option not in given)
        if first and first not in given:
            yield from self._values(command.name, first.name, words, quoted=False)

    def _option(self, command: Command, match: re.Match[str]) -> Option | None:
        return option_named(match["long"] or match["short"], command, self._room.request)

    def _names(self, options: Iterable[Option]) -> Iterator[Completion]:
        tr = self._room.request.tr
        for option in options:
            yield Completion(f"{tr.name(option.name)}:", 0, display_meta=tr(option.description))

    def _values(self, command: str, option: str, typed: str, *, quoted: bool) -> Iterator[Completion]:
        """Values of an option; names of things on the shelf are put in the words a reader knows them by."""
        request, services = self._room.request, self._room.services
        marker = next(each.marker for each in allowed(request)[command].options if each.name == option)
        offered = complete(command, option, typed.lstrip('"'), request, services)
        for shown, value in dict(offered).items():
            whole = isinstance(marker, Topic | Document | CommandName) and not shown.endswith("…")
            text = one_line(shown) if whole else value
            yield Completion(
                f'"{text}"' if quoted and " " in text else text, -len(typed), display=one_line(shown)
            )
