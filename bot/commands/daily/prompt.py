"""The reading of a day: what it is and where it comes from, why to read it, and a question to think about."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time

from bot.commands.cards import called, card, citing, marked, opening, short_title
from bot.commands.daily.stock import stock
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.commands.summary import section_card
from bot.commands.words import BUTTON, shortened
from bot.daily.pool import Drawable, Part
from bot.i18n import Translator
from bot.model import Reading, Work, WorkType
from bot.reply import Ask, Card, Choice, Facts, Paragraph, Reply
from bot.shelf import Shelf

CHOICES = 3  # a post is there to be read and thought about, not to be clicked through
# Words a minute. People read 238 of English prose (M. Brysbaert, Journal of Memory and Language 109, 2019);
# many who read along here do so in a second or third language.
SPEED = 200
PAGE = 300  # words on a page of a journal or a report
WHOLE = frozenset({WorkType.BOOK, WorkType.MOTION_PICTURE})  # takes as long as it takes
WORD = re.compile(r"\w+")
PAGES = re.compile(r"([1-9][0-9]*) ?[-–] ?([1-9][0-9]*)")


def prompt(
    item_id: str,
    ask: Request,
    services: Services,
    *,
    late: bool = False,
    due: time | None = None,
    part: tuple[int, int] | None = None,
    round: int = 0,  # noqa: A002 - what it is called wherever there is one (see `daily.model.Memory`)
) -> Reply:
    """What is posted for a day, by the id of an item (see `daily.pool`).

    `late` says that it comes later than planned, and with `due`, the local time of day, later than when.
    `part` is which part of how many it is in a series. In each `round`, counted from 0, the next one of its
    questions is asked.

    Raises:
        UnknownEntryError: The item has left the shelf.
    """
    tr = ask.tr
    drawable = stock(services.shelf).item(item_id)
    made = _card(drawable, ask, services)
    why = Facts(((tr("Why read it"), drawable.prompt.why), (tr("Time"), _time(drawable, tr))))
    questions = drawable.prompt.questions
    manners = tr(
        "Nobody has to answer, and nobody has to tell anything about themselves. What you would rather not"
        " ask in front of others, you can ask me in a direct message."
    )
    question = Card(
        tr("A question to think about"), (Paragraph(questions[round % len(questions)]),), footer=(manners,)
    )
    return Reply(
        "\n\n".join(_opening(tr, part, late=late, due=due)),
        (replace(made, blocks=(*made.blocks, why), choices=()), question),
        made.choices[:CHOICES],
        page=2,
    )


def title_of(item_id: str, ask: Request, services: Services) -> str:
    """What an item is called in a list or above a thread: one line of at most 80 characters.

    Raises:
        UnknownEntryError: The item has left the shelf.
    """
    item = stock(services.shelf).item(item_id).item
    name = (
        f"{item.section.title} · {short_title(item.source)}" if isinstance(item, Part) else called(item, ask)
    )
    return shortened(name, BUTTON)


def _opening(tr: Translator, part: tuple[int, int] | None, *, late: bool, due: time | None) -> Iterator[str]:
    if part is None:
        yield tr("Today's reading")
    else:
        yield tr("Today's reading: part {n} of {total}", n=part[0], total=part[1])
        if part[0] == part[1]:
            yield tr("This is the last part of the series.")
    if late and due:
        yield tr("It was due at {time} and was delayed.", time=tr.clock(due))
    elif late:
        yield tr("It was delayed.")


def _card(drawable: Drawable, ask: Request, services: Services) -> Card:
    if isinstance(drawable.item, Part):
        return marked(_part_card(drawable.item, ask, services.shelf), ask, services)
    return card(drawable.item, ask, services)


def _part_card(part: Part, ask: Request, shelf: Shelf) -> Card:
    tr, source = ask.tr, part.source
    note = _content_note(part, shelf)
    onward = [
        Choice(tr("Longer, and part by part"), opening(source)),
        Choice(tr("About this document"), Ask("source", {"document": source.id})),
        citing(source, ask),
    ]
    return replace(
        section_card(source, part.section, onward, ask),
        warning=tr("Content note: {note}", note=note) if note else "",
    )


def _content_note(part: Part, shelf: Shelf) -> str:
    """What to be warned of in a part of a document, which is met here by people who did not ask for it.

    A section has no note of its own; those of the entries that were drawn from it first are about the same
    passage. One that says nothing new after the others is left out.
    """
    origin = (part.source.id, part.section.id)
    said: list[str] = []
    for entry in shelf.drawn_from(part.source.id):
        first = entry.statements[0].origin
        known = set(WORD.findall(" ".join(said)))
        if (first.source, first.section) == origin and not known.issuperset(WORD.findall(entry.content_note)):
            said.append(entry.content_note)
    return " ".join(said)


def _time(drawable: Drawable, tr: Translator) -> str:
    """About how long it takes to read what is shown and, where its pages are known, the work itself."""
    item = drawable.item
    texts = [item.section.text] if isinstance(item, Part) else [said.text for said in item.statements]
    here = _minutes(sum(len(text.split()) for text in texts), tr)
    if not isinstance(item, Reading):
        return here
    pages = _pages(item.work)
    if not pages:
        return tr("{here} here, longer for the work itself", here=here)
    return tr("{here} here, {there} for the text itself", here=here, there=_minutes(pages * PAGE, tr))


def _minutes(words: int, tr: Translator) -> str:
    return tr.n("about {n} minute", "about {n} minutes", max(1, round(words / SPEED)))


def _pages(work: Work) -> int:
    """How many pages a text has, from the first to the last one; 0 where that is not known."""
    match = PAGES.fullmatch(work.pages)
    if work.type in WHOLE or not match:
        return 0
    first, last = match.groups()
    # 152-8 is short for 152-158.
    last = first[: -len(last)] + last if len(last) < len(first) else last
    return max(0, int(last) - int(first) + 1)
