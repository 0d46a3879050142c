"""What members suggested and nobody has decided on yet."""

import asyncio
from dataclasses import replace

from bot.commands.describe import Services, command, group
from bot.commands.request import Audience, Request
from bot.commands.review.cards import suggested
from bot.commands.shelf.own import keeper_of, ledger_of
from bot.commands.words import spoken
from bot.curation.model import Suggestion
from bot.i18n import message
from bot.reply import Ask, Card, Choice, Reply

PENDING = 200
"""Suggestions that may wait in one community: more would be a flood, or nobody who looks."""

group("review", message("What members suggested for this community's own shelf"))


@command("review list", audience=Audience.MODERATOR, private=True)
async def list_(ask: Request, services: Services) -> Reply:
    """The suggestions that wait, the oldest first."""
    tr = ask.tr
    waiting = await ledger_of(ask, services).pending(keeper_of(ask), PENDING)
    decided = services.communities.of(keeper_of(ask))
    if not waiting:
        said = [tr("No suggestion waits.")]
        if not decided.suggestions:
            option = f"{spoken('settings', ask)} {tr.name('suggestions')}:{tr('yes')}"
            said.append(tr("Members cannot suggest anything yet: {settings} lets them.", settings=option))
            return Reply(" ".join(said), choices=(_switching_on(ask),))
        return Reply(" ".join(said))
    said = [tr.n("{n} suggestion waits.", "{n} suggestions wait, the oldest first.", len(waiting))]
    if decided.queue and any(not each.message_id for each in waiting):
        said.append(
            tr(
                "Not all of them have a card in the queue: I could not post it there. {settings} shows and"
                " changes where that is.",
                settings=spoken("settings", ask),
            )
        )
    # To make so many cards takes a while, in which others want answers, too.
    cards = await asyncio.to_thread(lambda: tuple(_listed(each, ask, services) for each in waiting))
    return Reply(" ".join(said), cards, page=3)


def _switching_on(ask: Request) -> Choice:
    return Choice(ask.tr("Let members suggest"), Ask("settings", {"suggestions": "yes"}))


def _listed(suggestion: Suggestion, ask: Request, services: Services) -> Card:
    """Its card, with who suggested it: for moderators alone, and so in no channel."""
    tr, card = ask.tr, suggested(suggestion, ask, services)
    footer = [*card.footer, tr("Suggestion {id}", id=suggestion.id)]
    if not suggestion.by:
        footer.insert(0, tr("Who suggested it is not kept."))
    elif not ask.overheard:
        account = tr(
            "Suggested by the account {account}, who is told what becomes of it.", account=suggestion.by
        )
        footer.insert(0, account)
    return replace(card, footer=tuple(footer))
