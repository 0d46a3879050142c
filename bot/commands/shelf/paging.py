"""Long lists page by page. A page is asked for by its number, so that its button works whenever it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from bot.commands.describe import Typed
from bot.commands.request import Request
from bot.i18n import message
from bot.reply import Ask, Choice

T = TypeVar("T")

PageNumber = Annotated[str, Typed(message("The number of the page"), limit=6, example="2")]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list. `number` counts pages from 1, up to `last`."""

    shown: Sequence[T]
    number: int
    last: int

    def heading(self, title: str, ask: Request) -> str:
        """A title with the number of the page, where there are several."""
        if self.last == 1:
            return title
        return ask.tr("{title} ({page} of {pages})", title=title, page=self.number, pages=self.last)

    def onward(self, command: str, options: Mapping[str, str], ask: Request) -> Iterator[Choice]:
        """The pages before and after this one, of a command with these options."""
        tr = ask.tr
        if self.number < self.last:
            yield Choice(tr("Next page"), Ask(command, {**options, "page": str(self.number + 1)}))
        if self.number > 1:
            yield Choice(tr("Page before"), Ask(command, {**options, "page": str(self.number - 1)}))


def paged(items: Sequence[T], words: str, size: int) -> Page[T]:
    """The page of that number, or the nearest there is; the first where the words are no number."""
    last = max(1, -(-len(items) // size))
    number = min(max(1, int(words)), last) if words.isdecimal() else 1
    return Page(items[(number - 1) * size : number * size], number, last)
