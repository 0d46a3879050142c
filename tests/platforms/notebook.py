"""Commands with forms and files, registered for as long as a block: a notebook that moderators write in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from bot.commands.describe import (
    GROUPS,
    REGISTRY,
    Attachment,
    Choose,
    Services,
    Topic,
    Written,
    command,
    group,
)
from bot.commands.request import Audience, Request
from bot.model import Kind
from bot.reply import Ask, Card, Choice, Field, File, Form, Paragraph, Reply

LONGEST = 200
MOST = 1000  # bytes of a file


@dataclass
class Notebook:
    """What was written, what was sent, and by whom."""

    written: list[tuple[Kind, str, str, str]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    full: bool = False
    counted: int = 0


def form(about: Kind, title: str = "", text: str = "", problem: str = "") -> Form:
    """What to fill in for a note."""
    fields = (
        Field("title", "Title", "In a few words", title, required=True, problem=problem),
        Field("text", "Text", "", text, long=True, limit=LONGEST),
    )
    return Form("A note", fields, Ask("note add", {"about": about}))


@contextmanager
def registered() -> Iterator[Notebook]:
    """The group is registered, last; afterwards everything is as it was."""
    before, groups = dict(REGISTRY), dict(GROUPS)
    group("note", "A notebook.")
    book = Notebook()

    @command("note add", audience=Audience.MODERATOR, private=True)
    async def note_add(
        ask: Request,
        _services: Services,
        about: Annotated[Kind, Choose("What it is about")],
        title: Annotated[str, Written("What it is called")] = "",
        text: Annotated[str, Written("What it says", LONGEST, long=True)] = "",
        sure: Annotated[str, Written("Whether to write it all the same")] = "",
    ) -> Reply:
        """Write a note."""
        if not title:
            return Reply("*Everybody* can read it.", form=form(about))
        if book.full:
            return Reply("The notebook is full.", found=False)
        if "secret" in title:
            wrong = form(about, title, text, "a title tells no secrets")
            return Reply("Not written.", form=wrong, found=False)
        if len(text) > LONGEST // 2 and not sure:
            again = Ask("note add", {"about": about, "title": title, "text": text, "sure": "yes"})
            return Reply("That is long.", choices=(Choice("Write it", again),))
        book.written.append((about, title, text, ask.by))
        return Reply(f"Written about a {about}: {title}.")

    @command("note send", audience=Audience.MODERATOR, private=True)
    async def note_send(
        ask: Request, _services: Services, file: Annotated[str, Attachment("The file to keep")] = ""
    ) -> Reply:
        """Keep a file."""
        assert ask.upload
        content = await ask.upload(file, MOST)
        book.sent.append(content)
        return Reply(f"Kept {len(content)} bytes.")

    @command("note fetch")
    async def note_fetch(
        _ask: Request, _services: Services, size: Annotated[str, Topic("How many bytes")] = "3"
    ) -> Reply:
        """Get everything."""
        card = Card("All of it", (Paragraph("Two files."),), id="topic:raids")
        files = (File("all notes.yaml", b"n" * int(size)), File("all notes.yaml", b"again", "text/yaml"))
        return Reply("Here it is.", cards=(card,), files=files)

    @command("note count", audience=Audience.MODERATOR, private=True, acts=True)
    async def note_count(_ask: Request, _services: Services) -> Reply:
        """Count one more, and tell it on eight cards."""
        book.counted += 1
        return Reply("Counted.", cards=tuple(Card(f"Card {n} of count {book.counted}") for n in range(8)))

    try:
        yield book
    finally:
        REGISTRY.clear()
        REGISTRY.update(before)
        GROUPS.clear()
        GROUPS.update(groups)
