"""What is posted in a terminal unasked: above the line that is being typed, and beside the conversation."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from bot.i18n import Translator, translator
from bot.model import Place
from bot.platforms.plain import written_out
from bot.platforms.terminal.render import layout, show
from bot.platforms.terminal.room import COMMAND
from bot.posting import Post
from bot.reply import Reply

# Has something printed where it disturbs nobody, and returns when it is on the screen.
Aside = Callable[[Callable[[], None]], Awaitable[None]]


class TerminalPoster:
    """Prints what is posted; implements `posting.Poster`.

    A terminal remembers nothing: of a post that was cut off, nobody can tell whether it was seen. It is not
    cut into pages, and what it offers stands there as commands to type: the numbers and the pages of the last
    answer stay what they were. `speaker` says in which language to speak where a post does not.
    """

    platform = "terminal"
    prefix = COMMAND
    identity = "terminal"
    memory = 0.0
    pace = 1.0
    width = 1

    def __init__(self, console: Console, aside: Aside, speaker: Callable[[], Translator]) -> None:
        self._console = console
        self._aside = aside
        self._speaker = speaker

    async def post(self, post: Post) -> str:
        """As `Poster.post`. What is printed has no id: its key stands for it."""
        await self._print(written_out(post.reply, self.prefix), translator(post.locale))
        return post.key

    async def edit(self, post: Post, message_id: str) -> None:  # noqa: ARG002 - nothing printed can be found
        """As `Poster.edit`: what was printed stays, so it is said once more."""
        tr = translator(post.locale)
        said = "\n\n".join(filter(None, (tr("What was posted here has changed:"), post.reply.text)))
        await self._print(written_out(replace(post.reply, text=said), self.prefix), tr)

    async def withdraw(self, place: Place, message_id: str, key: str) -> None:  # noqa: ARG002 - likewise
        """As `Poster.withdraw`: what was printed stays, so it is said that it does not hold."""
        tr = self._speaker()
        await self._print(Reply(tr("Something that was posted here is withdrawn.")), tr)

    async def _print(self, reply: Reply, tr: Translator) -> None:
        def print_it() -> None:
            # Laid out when it is its turn: the window may have another width by then.
            parts = layout(reply, self._console.width, tr)
            show(self._console, [*(line for part in parts for line in part.lines), Text()])

        await self._aside(print_it)

    async def open_thread(self, post: Post, message_id: str, title: str) -> None:
        """As `Poster.open_thread`: a terminal has no threads, and nobody to talk to."""
