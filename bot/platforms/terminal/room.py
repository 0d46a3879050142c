"""One conversation at a terminal: what was last shown, what a number picks from it, and how much is left."""

from collections.abc import Callable
from contextlib import suppress

from rich.console import Console
from rich.text import Text

from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.filling import (
    KEEP,
    LEAVE,
    STOP,
    Filling,
    answered,
    asked,
    begun,
    is_stop,
    opened,
    unanswered,
)
from bot.commands.request import Audience, Request
from bot.commands.words import in_one_line, spoken
from bot.errors import InfoshopError, StoreError
from bot.i18n import translator
from bot.model import Community, Kind, Place
from bot.platforms.clean import one_line
from bot.platforms.terminal import files
from bot.platforms.terminal.render import choices, continued, hang, layout, page_end, show
from bot.reply import Ask, Reply

COMMAND = "/"
PLACE = Place("terminal", "")
QUIT = frozenset({"/quit", "/exit"})
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
        self._filling: Filling | None = None
        self._shown = 0
        self._parts = 0

    @property
    def more(self) -> bool:
        """Whether the last reply goes on."""
        return self._shown < self._parts

    @property
    def fills_in(self) -> bool:
        """Whether a form is being filled in."""
        return self._filling is not None

    @property
    def takes_paragraphs(self) -> bool:
        """Whether what is typed now may have several lines."""
        return self._filling is not None and self._filling.current.long

    async def hear(self, line: str) -> bool:
        """Answer a line; False where it asks to leave. An empty one turns the page if there is a next one.

        While a form is filled in, a line is an answer to its question, unless it begins as commands do.
        """
        words = in_one_line(line)
        if words.casefold() in QUIT:
            self.leave()
            return False
        if self._filling is not None and not words and not self.more:
            self.say(unanswered(self._filling, self.request))
        elif self._filling is not None and words and not _is_command(words):
            await self._fill_in(self._filling, line)
        else:
            await self._answer(words)
        with suppress(StoreError):  # whoever asks is told
            await self.services.shelves.of(self.request.keeper)  # so that it is at hand for completions
        return True

    async def _answer(self, words: str) -> None:
        offered = choices(self._reply)
        number = _choice(words.removeprefix(COMMAND if self._filling else ""))
        if not words:
            if self.more:
                self._turn_page()
        elif self._parts and words.casefold() in {"more", self.request.tr("more").casefold()}:
            if self.more:
                self._turn_page()
            else:
                self.say(self.request.tr("That was all."))
        elif offered and number is not None:
            if 0 < number <= len(offered):
                await self._ask(offered[number - 1].ask)
            else:
                self.say(self.request.tr("Choose a number from 1 to {last}.", last=len(offered)))
        else:
            self.leave()
            given = (
                words.removeprefix(COMMAND) if words.startswith(COMMAND) else Ask("find", {"words": words})
            )
            await self._ask(given)

    async def _fill_in(self, filling: Filling, line: str) -> None:
        """Go on with a form: with its next question, or its command."""
        match answered(filling, line, COMMAND):
            case None:
                self._filling = None
                self.say(self.request.tr("Stopped. Nothing of it is kept."))
            case Filling() as further:
                self._filling = further
                self._show(asked(further, self.request))
            case given:
                await self._ask(given)

    def leave(self) -> None:
        """Say what is dropped by going elsewhere, if anything is."""
        if self._filling is not None:
            self.say(self.request.tr("What you had begun to fill in is dropped, and nothing of it is kept."))

    def warn(self) -> None:
        """Say how to leave, and the form that is being filled in, if there is one."""
        tr = self.request.tr
        if self._filling is not None:
            self.say(tr("{stop} ends the form, and nothing of it is kept.", stop=COMMAND + tr(STOP)))
        self.say(tr("Press Ctrl-C again to leave; Ctrl-D and /quit leave too."))

    def say(self, *texts: str) -> None:
        """Show lines of the house's own, not of the shelf; an empty one is a blank line."""
        for text in texts:
            show(self._console, [*hang(one_line(text), self._console.width)] or [Text()])

    async def welcome(self) -> None:
        """Say what this is and how to begin."""
        services = self.services
        with suppress(StoreError):  # the first answer says so
            services = await services.within(self.request.keeper)
        tr = self.request.tr
        self.say(
            tr.n(
                "Infoshop: what {n} document says about sex workers' rights, migrant justice and the harm of"
                " anti-trafficking policy, with sources.",
                "Infoshop: what {n} documents say about sex workers' rights, migrant justice and the harm of"
                " anti-trafficking policy, with sources.",
                len(services.shelf.sources),
            )
        )
        if examples := self._examples(services):
            self.say("", tr("Ask in your own words, or with a command:"), *examples)
        self.say("", tr("{help} lists the commands, /quit leaves.", help=spoken("help", self.request)))

    def _examples(self, services: Services) -> list[str]:
        """One question for each of three shelves, about what is asked for most there."""
        commands = {Kind.SUMMARY: "", Kind.READING: "reading", Kind.CONTACT: "contact"}
        return [
            f"• {spoken(command, self.request)} {found[0].label}" if command else f"• {found[0].label}"
            for kind, command in commands.items()
            if (
                found := services.shelf.complete(
                    "", kinds=frozenset({kind}), locale=self.request.language, limit=1
                )
            )
        ]

    async def _ask(self, question: str | Ask) -> None:
        reply = await answer(question, self.request, self.services)
        if reply.locale:
            self.request = _request(reply.locale)
        self._filling = begun(reply)
        self._show(opened(reply, self.request))
        for file in reply.files:
            try:
                self.say(self.request.tr("Written to {path}.", path=await files.write(file, self.request.tr)))
            except InfoshopError as error:
                self.say(str(error))

    def _show(self, reply: Reply) -> None:
        self._reply = reply
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

    async def upload(path: str, most: int) -> bytes:
        return await files.read(path, most, translator(locale))

    return Request(
        locale=locale,
        audience=Audience.MODERATOR,
        prefix=COMMAND,
        community=Community(PLACE.platform, PLACE.id),
        usually=None,
        place=PLACE,
        direct=_here,
        upload=upload,
    )


async def _here() -> Place:
    return PLACE


def _is_command(words: str) -> bool:
    """Whether a line begins as commands do, and is not what stands for no answer."""
    bare = words.removeprefix(COMMAND).strip()
    return words.startswith(COMMAND) and bare not in {KEEP, LEAVE} and not is_stop(bare)


def _choice(words: str) -> int | None:
    """The number a line consists of, bare or in the brackets it is shown in; None where it is a question."""
    digits = words.removeprefix("[").removesuffix("]")
    return int(digits) if digits.isdecimal() and int(digits) <= LARGEST_CHOICE else None
