"""What can be done, and who asks for it."""

from typing import Annotated

from bot.commands.cards import card, shown
from bot.commands.describe import Choose, Services, Topic, command
from bot.commands.looking import look
from bot.commands.request import Request
from bot.commands.themes import SHOWN, theme_cards
from bot.commands.words import label
from bot.i18n import message
from bot.model import Action, Actor, Kind
from bot.reply import Ask, Bullets, Card, Choice, Reply
from bot.shelf import Found, Hit, Item

EVERYBODY = {
    Actor.ANYONE: message("What anyone can do"),
    Actor.ALLY: message("What allies can do"),
    Actor.SERVICE_PROVIDER: message("What service providers can do"),
    Actor.RESEARCHER: message("What researchers can do"),
    Actor.LAWMAKER: message("What lawmakers can do"),
    Actor.MOVEMENT: message("What movements can do"),
}


@command("action")
async def action(
    ask: Request,
    services: Services,
    topic: Annotated[
        str, Topic(message("What it is about; leave it out for everything"), frozenset({Kind.ACTION}))
    ] = "",
    who: Annotated[Actor | None, Choose(message("Who acts"))] = None,
) -> Reply:
    """What can be done: each step or demand, who it is for and who asks for it."""
    if topic:
        return await _on(topic, who, ask, services)
    if who:
        actions = [entry for entry in _actions(services) if who in entry.actors]
        text = ask.tr(EVERYBODY[who])
        return Reply(
            f"{text} ({len(actions)})",
            theme_cards(
                Kind.ACTION, actions, lambda entry: entry.title, ask, services, options={"who": who.value}
            ),
        )
    groups = {actor: [entry for entry in _actions(services) if actor in entry.actors] for actor in Actor}
    return Reply(
        ask.tr("What can be done, by who can do it:"),
        tuple(_overview(actor, actions, ask) for actor, actions in groups.items() if actions),
    )


async def _on(topic: str, who: Actor | None, ask: Request, services: Services) -> Reply:
    tr = ask.tr
    found = await look(topic, frozenset({Kind.ACTION}), ask, services)
    if isinstance(found, Reply):
        return found
    if not who:
        text = tr("Actions filed under “{topic}”:", topic=found.on) if found.on else ""
        return shown((card(hit.item, ask, services, score=hit.score) for hit in found.hits), text)
    hits = list(found.hits)
    if not any(_for(hit.item, who) for hit in hits):
        hits += await _filed(topic, services, ask)
    fitting = [hit for hit in hits if _for(hit.item, who)]
    if not fitting:
        return _for_others(topic, who, hits, ask)
    return shown(card(hit.item, ask, services, score=hit.score) for hit in fitting)


def _for(item: Item, who: Actor) -> bool:
    return isinstance(item, Action) and who in item.actors


async def _filed(words: str, services: Services, ask: Request) -> list[Hit]:
    """What is filed under the topic of that name: what the words find may all be for somebody else."""
    answer = await services.shelf.find(words, kinds=frozenset({Kind.SUMMARY}), locale=ask.language)
    if not isinstance(answer, Found):
        return []
    return [Hit(entry, 0.0) for entry in services.shelf.about(answer.hits[0].item.id, Kind.ACTION)]


def _for_others(topic: str, who: Actor, hits: list[Hit], ask: Request) -> Reply:
    """Nothing for these actors, but there is something for others: say so, and lead there."""
    tr = ask.tr
    others = [actor for actor in Actor if any(_for(hit.item, actor) for hit in hits)]
    return Reply(
        tr("None of what I found on this is for this group: {who}. It is for:", who=label(who, tr)),
        choices=tuple(
            Choice(label(actor, tr), Ask("action", {"topic": topic, "who": actor.value})) for actor in others
        ),
        found=False,
    )


def _actions(services: Services) -> list[Action]:
    return [entry for entry in services.shelf.entries(Kind.ACTION) if isinstance(entry, Action)]


def _overview(actor: Actor, actions: list[Action], ask: Request) -> Card:
    tr = ask.tr
    items = [entry.title for entry in actions[:SHOWN]]
    if len(actions) > SHOWN:
        items.append(tr.n("… and {n} more", "… and {n} more", len(actions) - SHOWN))
    everything = Choice(tr.n("Show it", "Show all {n}", len(actions)), Ask("action", {"who": actor.value}))
    return Card(
        tr(EVERYBODY[actor]),
        (Bullets(tuple(items)),),
        kind=Kind.ACTION.value,
        label=label(Kind.ACTION, tr),
        choices=(everything,),
    )
