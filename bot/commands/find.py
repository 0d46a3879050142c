"""Search every shelf."""

from typing import Annotated

from bot.commands.cards import card, shown
from bot.commands.describe import ALL_KINDS, Services, Topic, command
from bot.commands.looking import look
from bot.commands.passage import PASSAGE, is_passage, look_through
from bot.commands.request import Request
from bot.i18n import message
from bot.reply import Reply


@command("find", menu=message("Find resources"))
async def find(
    ask: Request,
    services: Services,
    words: Annotated[str, Topic(message("What you want to know, in your own words"), limit=PASSAGE)],
) -> Reply:
    """Search everything: summaries, readings, actions and contacts."""
    if is_passage(words):
        found = await look_through(words, ask, services)
    else:
        found = await look(words, ALL_KINDS, ask, services)
    if isinstance(found, Reply):
        return found
    return shown(card(hit.item, ask, services, score=hit.score) for hit in found.hits)
