"""Recommended readings: on a topic, or the whole list by theme."""

from typing import Annotated

from bot.commands.cards import card, shown
from bot.commands.describe import Services, Topic, command
from bot.commands.looking import look
from bot.commands.request import Request
from bot.commands.themes import theme_cards
from bot.i18n import message
from bot.model import AnyEntry, Kind, Reading
from bot.reply import Reply


@command("reading")
async def reading(
    ask: Request,
    services: Services,
    topic: Annotated[
        str,
        Topic(
            message("A topic, an author or a title; leave it out for the whole list"),
            frozenset({Kind.READING}),
        ),
    ] = "",
) -> Reply:
    """What to read, who recommends it and why."""
    tr = ask.tr
    if not topic:
        readings = services.shelf.entries(Kind.READING)
        text = tr.n("{n} reading, by theme:", "{n} readings, by theme:", len(readings))
        return Reply(text, theme_cards(Kind.READING, readings, _line, ask, services))
    found = await look(topic, frozenset({Kind.READING}), ask, services)
    if isinstance(found, Reply):
        return found
    text = tr("Readings filed under “{topic}”:", topic=found.on) if found.on else ""
    return shown((card(hit.item, ask, services, score=hit.score) for hit in found.hits), text)


def _line(entry: AnyEntry) -> str:
    """Title, family names and year, as a reading list has them."""
    if not isinstance(entry, Reading):
        return entry.title
    authors = [name.literal or name.family for name in entry.work.authors]
    who = f"{authors[0]} et al." if len(authors) > 3 else ", ".join(authors)
    about = " ".join(filter(None, (who, entry.work.issued[:4])))
    return f"{entry.title} ({about})" if about else entry.title
