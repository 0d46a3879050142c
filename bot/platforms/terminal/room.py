"""One conversation at a terminal: what was last shown, what a number picks from it, and how much is left."""

from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Audience, Request
from bot.commands.words import spoken
from bot.model import Community, Kind, Place
from bot.platforms.clean import one_line
from bot.platforms.terminal.render import choices, continued, hang, layout, page_end, show
from bot.reply import Ask, Reply

COMMAND = "/"
PLACE = Place("terminal", "")
LEAVE = frozenset({"/quit", "/exit"})
# A larger number is a year or a law, and so a question.
LARGEST_CHOICE = 99
# Rows a page leaves free: a blank line, the line that says there is more, and the prompt.
BELOW = 3


class Room:
    """Hears lines and shows replies. It knows nothing of who is there and keeps only the last reply.

    `rows` gives the height of the screen at the moment it is asked, or None where nothing scrolls away.
    """

    def __init__(
        self, services: Services, locale: str, console: Console, rows: Callable[[], int | None]
    ) -> None:
        self.services = services
        self.request = _request(locale)
        self._console = console
        self._rows = rows
        self._reply = Reply()
        self._shown = 0
        self._parts = 0

    @property
    def more(self) -> bool:
        """Whether the last reply goes on."""
        return self._shown < self._parts

    async def hear(self, line: str) -> bool:
        """Answer a line; False where it asks to leave. An empty one turns the page if there is a next one."""
        words = " ".join(line.split())
        if words.casefold() in LEAVE:
            return False
        offered = choices(self._reply)
        if not words:
            if self.more:
                self._turn_page()
        elif self._parts and words.casefold() in {"more", self.request.tr("more").casefold()}:
            if self.more:
                self._turn_page()
            else:
                self.say(self.request.tr("That was all."))
        elif offered and (number := _choice(words)) is not None:
            if 0 < number <= len(offered):
                await self._ask(offered[number - 1].ask)
            else:
                self.say(self.request.tr("Choose a number from 1 to {last}.", last=len(offered)))
        elif words.startswith(COMMAND):
            await self._ask(words.removeprefix(COMMAND))
        else:
            await self._ask(Ask("find", {"words": words}))
        return True

    def say(self, *texts: str) -> None:
        """Show lines of the house's own, not of the shelf; an empty one is a blank line."""
        for text in texts:
            show(self._console, [*hang(one_line(text), self._console.width)] or [Text()])

    def welcome(self) -> None:
        """Say what this is and how to begin."""
        tr, shelf = self.request.tr, self.services.shelf
        self.say(
            tr.n(
                "Infoshop: what {n} document says about sex workers' rights, migrant justice and the harm of"
                " anti-trafficking policy, with sources.",
                "Infoshop: what {n} documents say about sex workers' rights, migrant justice and the harm of"
                " anti-trafficking policy, with sources.",
                len(shelf.sources),
            )
        )
        if examples := self._examples():
            self.say("", tr("Ask in your own words, or with a command:"), *examples)
        self.say("", tr("{help} lists the commands, /quit leaves.", help=spoken("help", self.request)))

    def _examples(self) -> list[str]:
        """One question for each of three shelves, about what is asked for most there."""
        commands = {Kind.SUMMARY: "", Kind.READING: "reading", Kind.CONTACT: "contact"}
        return [
            f"• {spoken(command, self.request)} {found[0].label}" if command else f"• {found[0].label}"
            for kind, command in commands.items()
            if (
                found := self.services.shelf.complete(
                    "", kinds=frozenset({kind}), locale=self.request.language, limit=1
                )
            )
        ]

    async def _ask(self, asked: str | Ask) -> None:
        self._reply = await answer(asked, self.request, self.services)
        if self._reply.locale:
            self.request = _request(self._reply.locale)
        self._shown = 0
        self._turn_page()

    def _turn_page(self) -> None:
        """Show what comes next. How far that went is counted in parts, so that a resize loses nothing."""
        tr, columns, rows = self.request.tr, self._console.width, self._rows()
        parts = layout(self._reply, columns, tr)
        head = continued(self._reply, parts, self._shown, columns, tr)
        room = None if rows is None else rows - len(head) - BELOW
        end = page_end(parts, self._shown, rows=room, cards=self._reply.page)
        page = parts[self._shown : end]
        show(self._console, [*head, *(line for part in page for line in part.lines), Text()])
        self._shown, self._parts = end, len(parts)
        if not self.more:
            return
        begun = {part.card for part in page}
        left = {part.card for part in parts[end:]} - begun - {None}
        if parts[end].card in left:
            self.say(
                tr.n(
                    "{n} more card: press Enter or type “more”.",
                    "{n} more cards: press Enter or type “more”.",
                    len(left),
                )
            )
        else:
            self.say(tr("This goes on: press Enter or type “more”."))


def _request(locale: str) -> Request:
    """The circumstances of a command here: whoever sits at a terminal has the database, and so decides."""
    return Request(
        locale=locale,
        audience=Audience.MODERATOR,
        prefix=COMMAND,
        community=Community(PLACE.platform, PLACE.id),
        usually=None,
        place=PLACE,
        direct=_here,
    )


async def _here() -> Place:
    return PLACE


def _choice(words: str) -> int | None:
    """The number a line consists of, bare or in the brackets it is shown in; None where it is a question."""
    digits = words.removeprefix("[").removesuffix("]")
    return int(digits) if digits.isdecimal() and int(digits) <= LARGEST_CHOICE else None
