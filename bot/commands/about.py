"""What this is: help, privacy, language."""

from collections.abc import Iterator
from typing import Annotated

from bot.commands.describe import (
    REGISTRY,
    Choose,
    Command,
    CommandName,
    Option,
    Publication,
    Services,
    Topic,
    command,
)
from bot.commands.request import Audience, Request
from bot.commands.words import Language, echo, label
from bot.i18n import message, translator
from bot.model import Kind
from bot.reply import Ask, Bullets, Card, Choice, Facts, Paragraph, Reply


def allowed(ask: Request) -> dict[str, Command]:
    """The commands this reader may give, by name."""
    return {c.name: c for c in REGISTRY.values() if c.audience in (Audience.EVERYONE, ask.audience)}


def usage(described: Command, ask: Request) -> str:
    """How a command is typed: what may be left out stands in brackets, and all but the first by its name."""
    options = [
        option.name if number == 0 else f"{option.name}:…" for number, option in enumerate(described.options)
    ]
    words = [
        word if option.required else f"[{word}]"
        for word, option in zip(options, described.options, strict=True)
    ]
    return " ".join((f"{ask.prefix}{described.name}", *words))


@command("help")
async def help_(
    ask: Request,
    services: Services,
    command: Annotated[str, CommandName(message("The command you want to know more about"))] = "",
) -> Reply:
    """What can be asked here, and how."""
    tr = ask.tr
    commands = allowed(ask)
    name = command.strip().removeprefix(ask.prefix).casefold()
    if name in commands:
        return Reply(cards=(_manual(commands[name], ask, services),))
    if name:
        text = tr("There is no command “{name}”. These are the commands:", name=echo(name))
        choices = tuple(Choice(f"{ask.prefix}{each}", Ask("help", {"command": each})) for each in commands)
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
        tuple(Choice(f"{ask.prefix}{each.name}", Ask(each.name)) for each in ready if each.name != "help"),
    )


def _manual(described: Command, ask: Request, services: Services) -> Card:
    tr = ask.tr
    blocks: list[Paragraph | Facts] = [Paragraph(tr(described.description))]
    if described.options:
        blocks.append(
            Facts(tuple((option.name, "; ".join(_particulars(option, ask))) for option in described.options))
        )
    if example := _example(described, ask, services):
        blocks.append(Paragraph(tr("For example: {example}", example=example)))
    return Card(usage(described, ask), tuple(blocks))


def _particulars(option: Option, ask: Request) -> Iterator[str]:
    tr = ask.tr
    yield tr(option.description)
    if option.choices:
        yield tr("one of: {choices}", choices=", ".join(option.choices))
    if not option.required:
        yield tr("may be left out")


def _example(described: Command, ask: Request, services: Services) -> str:
    """The command with the first thing that would be offered for its first option."""
    marker = described.options[0].marker if described.options else None
    if not isinstance(marker, Topic):
        return ""
    kinds = frozenset({Kind.READING}) if isinstance(marker, Publication) else marker.kinds
    offered = services.shelf.complete("", kinds=kinds, locale=ask.language, limit=1)
    return f"{ask.prefix}{described.name} {offered[0].label}" if offered else ""


@command("privacy")
async def privacy(ask: Request, services: Services) -> Reply:  # noqa: ARG001 - all commands are called alike
    """What is remembered about you: nothing."""
    tr = ask.tr
    promises = (
        tr("What you ask is answered and forgotten: no question, no name, in any table, log or file."),
        tr("The log counts: which command, whether there was an answer, how long it took. Never your words."),
        tr("Answering asks nobody else: no website, no search engine, no outside service."),
        tr(
            "A language you choose with {settings} holds for the conversation.",
            settings=f"{ask.prefix}settings",
        ),
        tr(
            "What the chat platform sees and keeps is out of our hands: your messages, your account, the"
            " answers. In a shared room, other people may see what you ask."
        ),
    )
    return Reply(cards=(Card(tr("Privacy"), (Bullets(promises),)),))


@command("settings")
async def settings(
    ask: Request,
    services: Services,  # noqa: ARG001 - all commands are called alike
    language: Annotated[Language | None, Choose(message("The language to answer in"))] = None,
) -> Reply:
    """The language of the answers."""
    if language:
        tr = translator(language)
        text = tr("I answer in English from here on. The documents themselves are in English.")
        return Reply(text, locale=language.value)
    tr = ask.tr
    others = [each for each in Language if each != tr.language]
    return Reply(
        tr(
            "I answer in {language}. You can choose another language:", language=tr.language_name(tr.language)
        ),
        choices=tuple(Choice(label(each, tr), Ask("settings", {"language": each.value})) for each in others),
    )
