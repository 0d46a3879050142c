"""What this is: help and privacy."""

from collections.abc import Iterator
from typing import Annotated

from bot.commands.describe import (
    REGISTRY,
    Command,
    CommandName,
    Option,
    Publication,
    Services,
    Topic,
    command,
)
from bot.commands.permission import may, options_for, refusal
from bot.commands.request import Request
from bot.commands.words import echo, label, named, spoken
from bot.i18n import message
from bot.model import Kind, Visibility
from bot.reply import Ask, Bullets, Card, Choice, Facts, Paragraph, Reply


def allowed(ask: Request) -> dict[str, Command]:
    """The commands this reader may give, by name."""
    return {c.name: c for c in REGISTRY.values() if may(c.audience, ask)}


def registered_as(name: str, ask: Request) -> Command | None:
    """The command that has this name, in English or in the reader's language, whoever may give it."""
    return next((c for c in REGISTRY.values() if named(name, c.name, ask.tr.name(c.name))), None)


def known_as(name: str, ask: Request) -> Command | None:
    """The command of that name, if this reader may give it."""
    described = registered_as(name, ask)
    return described if described and may(described.audience, ask) else None


def usage(described: Command, ask: Request) -> str:
    """How this reader types a command: what may be left out in brackets, all but the first by its name."""
    given = options_for(described, ask)
    names = [ask.tr.name(option.name) for option in given]
    options = [name if number == 0 else f"{name}:…" for number, name in enumerate(names)]
    words = [word if option.required else f"[{word}]" for word, option in zip(options, given, strict=True)]
    return " ".join((spoken(described.name, ask), *words))


@command("help", private=True)
async def help_(
    ask: Request,
    services: Services,
    command: Annotated[str, CommandName(message("The command you want to know more about"))] = "",
) -> Reply:
    """What can be asked here, and how."""
    tr = ask.tr
    commands = allowed(ask)
    name = command.strip().removeprefix(ask.prefix)
    if described := registered_as(name, ask):
        if not may(described.audience, ask):
            return Reply(refusal(described, ask), found=False)
        return Reply(cards=(_manual(described, ask, services),))
    if name:
        text = tr("There is no command “{name}”. These are the commands:", name=echo(name))
        choices = tuple(Choice(spoken(each, ask), Ask("help", {"command": each})) for each in commands)
        return Reply(text, choices=choices, found=False)
    scope = tr.n(
        "I answer from {n} document on"
        " sex workers' rights, migrant justice and the harm of anti-trafficking policy.",
        "I answer from {n} documents on"
        " sex workers' rights, migrant justice and the harm of anti-trafficking policy.",
        len(services.shelf.sources),
    )
    manner = tr("Every answer says where it stands. Ask in your own words; spelling does not matter.")
    rows = tuple((usage(each, ask), tr(each.description)) for each in commands.values())
    ready = (each for each in commands.values() if not any(option.required for option in each.options))
    return Reply(
        f"{scope} {manner}",
        (Card(tr("Commands"), (Facts(rows),), footer=(f"Infoshop {services.version}",)),),
        tuple(Choice(spoken(each.name, ask), Ask(each.name)) for each in ready if each.name != "help"),
    )


def _manual(described: Command, ask: Request, services: Services) -> Card:
    tr = ask.tr
    blocks: list[Paragraph | Facts] = [Paragraph(tr(described.description))]
    if options := options_for(described, ask):
        blocks.append(
            Facts(tuple((tr.name(option.name), "; ".join(_particulars(option, ask))) for option in options))
        )
    if example := _example(described, ask, services):
        blocks.append(Paragraph(tr("For example: {example}", example=example)))
    return Card(usage(described, ask), tuple(blocks))


def _particulars(option: Option, ask: Request) -> Iterator[str]:
    tr = ask.tr
    yield tr(option.description)
    if option.choices:
        yield tr("one of: {choices}", choices=", ".join(label(each, tr) for each in option.choices))
    if not option.required:
        yield tr("may be left out")


def _example(described: Command, ask: Request, services: Services) -> str:
    """The command with the first thing that would be offered for its first option."""
    marker = described.options[0].marker if described.options else None
    if not isinstance(marker, Topic):
        return ""
    kinds = frozenset({Kind.READING}) if isinstance(marker, Publication) else marker.kinds
    offered = services.shelf.complete("", kinds=kinds, locale=ask.language, limit=1)
    return f"{spoken(described.name, ask)} {offered[0].label}" if offered else ""


@command("privacy", private=True)
async def privacy(ask: Request, services: Services) -> Reply:
    """What is remembered about you: nothing."""
    tr = ask.tr
    promises = [
        tr("What you ask is answered and forgotten: no question, no name, in any table, log or file."),
        tr("The log counts: which command, whether there was an answer, how long it took. Never your words."),
        tr("Answering asks nobody else: no website, no search engine, no outside service."),
        tr(
            "What the chat platform sees and keeps is out of our hands: your messages, your account, the"
            " answers. In a shared room, other people may see what you ask."
        ),
    ]
    if ask.remembers_language:
        holds = tr(
            "A language you choose with {settings} holds for the conversation.",
            settings=spoken("settings", ask),
        )
        promises.insert(3, holds)
    if ask.community is not None:
        promises.insert(3, tr("Of a server or room, what its moderators decided is kept, and not who did."))
        if services.communities.of(ask.community).answers is Visibility.ROOM:
            promises.append(tr("Here the moderators decided that everyone sees the answers."))
    return Reply(cards=(Card(tr("Privacy"), (Bullets(tuple(promises)),)),))
