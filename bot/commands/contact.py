"""How to reach an organisation."""

from typing import Annotated

from bot.commands.cards import card, shown
from bot.commands.describe import Services, Topic, command
from bot.commands.looking import look
from bot.commands.request import Request
from bot.i18n import message
from bot.model import Kind
from bot.reply import Reply


@command("contact")
async def contact(
    ask: Request,
    services: Services,
    who: Annotated[str, Topic(message("Which organisation, or what help"), frozenset({Kind.CONTACT}))],
) -> Reply:
    """How to reach an organisation, and when that was last checked."""
    found = await look(who, frozenset({Kind.CONTACT}), ask, services)
    if isinstance(found, Reply):
        return found
    text = ask.tr("Contacts filed under “{topic}”:", topic=found.on) if found.on else ""
    return shown((card(hit.item, ask, services, score=hit.score) for hit in found.hits), text)
