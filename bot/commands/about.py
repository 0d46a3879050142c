"""What this is, and what can be asked: help."""

from typing import Annotated

from bot.commands.describe import (
    GROUPS,
    REGISTRY,
    Command,
    CommandName,
    Option,
    Publication,
    Services,
    Topic,
    Typed,
    Written,
    command,
)
from bot.commands.permission import may, options_for, refusal
from bot.commands.request import Request
from bot.commands.words import echo, label, names, spoken
from bot.i18n import message
from bot.model import Kind
from bot.reply import Ask, Card, Choice, Facts, Paragraph, Reply

FEW = 2  # options shown in a line of help; all of them stand in the explanation of the command


def allowed(ask: Request) -> dict[str, Command]:
    """The commands this reader may give, by name."""
    return {c.name: c for c in REGISTRY.values() if may(c.audience, ask)}


def registered_as(name: str, ask: Request) -> Command | None:
    """The command that has this name, in English or in the reader's language, whoever may give it."""
    return next((c for c in REGISTRY.values() if names(name, c.name, ask.tr)), None)


def known_as(name: str, ask: Request) -> Command | None:
    """The command of that name, if this reader may give it."""
    described = registered_as(name, ask)
    return described if described and may(described.audience, ask) else None


def group_named(word: str, ask: Request) -> str:
    """The group that has this name, in English or in the reader's language; empty where none has."""
    return next((each for each in GROUPS if names(word, each, ask.tr)), "")


def in_group(group: str, ask: Request) -> tuple[Command, ...]:
    """The commands of a group that this reader may give."""
    return tuple(each for each in allowed(ask).values() if each.group == group)


def beginnings(ask: Request) -> tuple[str, ...]:
    """What this reader may begin a line with: the commands that stand alone, and the groups."""
    return tuple(dict.fromkeys(each.group or each.name for each in allowed(ask).values()))


def is_ready(described: Command, ask: Request) -> bool:
    """Whether a command can be given as it is, with no option."""
    return not any(option.required for option in options_for(described, ask))


def usage(described: Command, ask: Request, most: int | None = None) -> str:
    """How this reader types a command: what may be left out in brackets, all but the first by its name.

    With `most`, no more options than that, and a mark where there are more. There always is one for what a
    form could ask for, which is a lot.
    """
    every = options_for(described, ask)
    given = [option for option in every if not isinstance(option.marker, Written)]
    names = [ask.tr.name(option.name) for option in given]
    options = [name if number == 0 else f"{name}:…" for number, name in enumerate(names)]
    words = [word if option.required else f"[{word}]" for word, option in zip(options, given, strict=True)]
    most = len(words) if most is None else most
    if len(given) < len(every) or len(words) > most:
        words[most:] = ["…"]
    return " ".join((spoken(described.name, ask), *words))


@command("help", private=True)
async def help_(
    ask: Request,
    services: Services,
    command: Annotated[str, CommandName(message("The command you want to know more about"))] = "",
) -> Reply:
    """What can be asked here, and how."""
    tr = ask.tr
    name = command.strip().removeprefix(ask.prefix)
    if described := registered_as(name, ask):
        if not may(described.audience, ask):
            return Reply(refusal(described.name, ask), found=False)
        return Reply(cards=(_manual(described, ask, services),))
    group = group_named(name.partition(" ")[0], ask)
    if group and not in_group(group, ask):
        return Reply(refusal(group, ask), found=False)
    if group_named(name, ask):
        return _group(group, ask)
    if name:
        text = tr("There is no command “{name}”. These are the commands:", name=echo(name))
        listed = [each.name for each in in_group(group, ask)] if group else beginnings(ask)
        return Reply(text, choices=tuple(_explained(each, ask) for each in listed), found=False)
    scope = tr.n(
        "I answer from {n} document on"
        " sex workers' rights, migrant justice and the harm of anti-trafficking policy.",
        "I answer from {n} documents on"
        " sex workers' rights, migrant justice and the harm of anti-trafficking policy.",
        len(services.shelf.sources),
    )
    manner = tr("Every answer says where it stands. Ask in your own words; spelling does not matter.")
    commands = allowed(ask)
    rows: list[tuple[str, str]] = []
    choices: list[Choice] = []
    for each in beginnings(ask):
        if each in GROUPS:
            rows.append((f"{spoken(each, ask)} …", tr(GROUPS[each])))
            choices.append(_explained(each, ask))
            continue
        rows.append((usage(commands[each], ask), tr(commands[each].description)))
        if is_ready(commands[each], ask) and each != "help":
            choices.append(Choice(spoken(each, ask), Ask(each)))
    card = Card(tr("Commands"), (Facts(tuple(rows)),), footer=(f"Infoshop {services.version}",))
    return Reply(f"{scope} {manner}", (card,), tuple(choices))


def _explained(name: str, ask: Request) -> Choice:
    """Leads to what a command or a group is for."""
    return Choice(spoken(name, ask), Ask("help", {"command": name}))


def _group(group: str, ask: Request) -> Reply:
    commands = in_group(group, ask)
    rows = tuple((usage(each, ask, most=FEW), ask.tr(each.description)) for each in commands)
    card = Card(spoken(group, ask), (Paragraph(ask.tr(GROUPS[group])), Facts(rows)))
    return Reply(cards=(card,), choices=tuple(_explained(each.name, ask) for each in commands))


def _manual(described: Command, ask: Request, services: Services) -> Card:
    tr = ask.tr
    blocks: list[Paragraph | Facts] = [Paragraph(tr(described.description))]
    options = options_for(described, ask)
    # Where that is so of many, it is said once.
    every = len(options) > 1 and not any(option.required for option in options)
    if options:
        rows = [(tr.name(each.name), _particulars(each, ask, all_optional=every)) for each in options]
        blocks.append(Facts(tuple(rows)))
    if example := _example(described, ask, services):
        blocks.append(Paragraph(tr("For example: {example}", example=example)))
    footer = (tr("Each of these may be left out."),) if every else ()
    return Card(usage(described, ask, most=FEW), tuple(blocks), footer=footer)


def _particulars(option: Option, ask: Request, *, all_optional: bool) -> str:
    tr = ask.tr
    said = [tr(option.description)]
    if option.choices:
        said.append(tr("one of: {choices}", choices=", ".join(label(each, tr) for each in option.choices)))
    if not (option.required or all_optional):
        said.append(tr("may be left out"))
    return "; ".join(said)


def _example(described: Command, ask: Request, services: Services) -> str:
    """The command with the first thing that would be offered for its first option, if it needs no other."""
    first, *others = options_for(described, ask) or (None,)
    if first is None or any(option is not None and option.required for option in others):
        return ""
    match first.marker:
        case Typed(offer=offer, example=example):
            offered = [example] if example else [value for _, value in offer("", ask)[:1]]
        case Topic() as marker:
            kinds = frozenset({Kind.READING}) if isinstance(marker, Publication) else marker.kinds
            found = services.shelf.complete("", kinds=kinds, locale=ask.language, limit=1)
            offered = [each.label for each in found]
        case _:
            offered = []
    return f"{spoken(described.name, ask)} {offered[0]}" if offered else ""
