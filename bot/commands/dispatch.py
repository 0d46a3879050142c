"""The way in for every platform: a line or a choice goes in, a reply comes out, and never an exception."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from time import perf_counter

import structlog

from bot.commands.about import allowed, usage
from bot.commands.cards import called, title
from bot.commands.describe import (
    Choose,
    Command,
    CommandName,
    Document,
    Option,
    Part,
    Publication,
    Services,
    Topic,
)
from bot.commands.parse import LIMIT, RefusedError, choice_of, command_named, parse, too_long, unknown_option
from bot.commands.request import Request
from bot.commands.words import BUTTON, LONG, echo, label, shortened
from bot.errors import InfoshopError
from bot.model import Kind
from bot.reply import Ask, Choice, Reply
from bot.search.text import fold

COMPLETIONS = 25  # as many as Discord shows
LONGEST = 100  # characters of a completion, shown or sent, likewise
SUGGESTED = 5

log = structlog.get_logger()


async def answer(question: Ask | str, request: Request, services: Services) -> Reply:
    """Answer a typed line (the words after the prefix) or a command given by a button or a form.

    Whatever goes wrong becomes a reply that says so. The log gets the name of the command, how it went and
    how long it took in milliseconds, and never a word of the question.
    """
    started = perf_counter()
    report = log.info
    name = "unknown"  # what was typed in its place may be anything, so it is not logged
    try:
        given = parse(question, request) if isinstance(question, str) else question
        described = command_named(given.command, request)
        name = described.name
        values = _values(described, given.options, request, services)
        reply = replace(await described(request, services, values), private=described.private)
        outcome = {"tier": "found" if reply.found else "close" if reply.close else "nothing"}
    except InfoshopError as error:
        outcome = {"error": type(error).__name__}
        choices = error.choices if isinstance(error, RefusedError) else ()
        reply = Reply(str(error), choices=choices, found=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, a reader is waiting for an answer
        outcome = {"error": type(error).__name__}
        report = log.error
        sentence = request.tr("Something went wrong on this side; it was nothing you did. Please try again.")
        reply = Reply(sentence, found=False)
    report("command", command=name, milliseconds=round((perf_counter() - started) * 1000, 1), **outcome)
    return reply


def complete(
    command: str,
    option: str,
    prefix: str,
    request: Request,
    services: Services,
    *,
    given: Mapping[str, str] | None = None,
) -> list[tuple[str, str]]:
    """What an option could be, as pairs of what is shown and the value to send: at most 25.

    `given` are the other options as far as they are known; the parts of a document depend on the document.
    Neither half of a pair is longer than 100 characters. An unknown command or option has no completions.
    """
    described = allowed(request).get(command)
    options = [each for each in described.options if each.name == option] if described else []
    if not options:
        return []
    offered = _offered(options[0], prefix[:LIMIT], request, services, given or {})
    return [(shortened(shown, LONGEST), value) for shown, value in offered if len(value) <= LONGEST][
        :COMPLETIONS
    ]


def _offered(
    option: Option, prefix: str, request: Request, services: Services, given: Mapping[str, str]
) -> list[tuple[str, str]]:
    shelf, tr = services.shelf, request.tr
    match option.marker:
        case Publication():
            documents = _beginning(prefix, [(source.title, source.id) for source in shelf.sources])
            readings = shelf.complete(prefix, kinds=frozenset({Kind.READING}), locale="", limit=COMPLETIONS)
            return documents + [(each.label, each.id) for each in readings]
        case Topic(kinds=kinds):
            found = shelf.complete(prefix, kinds=kinds, locale=request.language, limit=COMPLETIONS)
            return [(each.label, each.id) for each in found]
        case Document():
            return _beginning(prefix, [(title(source, request), source.id) for source in shelf.sources])
        case Part():
            sources = [source for source in shelf.sources if source.id in given.values()] or shelf.sources
            parts = [(section.title, section.id) for source in sources for section in source.sections]
            return _beginning(prefix, [(tr("Long version"), LONG), *parts])
        case CommandName():
            return _beginning(prefix, [(name, name) for name in allowed(request)])
        case Choose():
            return _beginning(prefix, [(label(each, tr), each.value) for each in option.choices or ()])


def _beginning(prefix: str, offered: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those in which every word that was typed begins a word of what is shown."""
    typed = fold(prefix).split()
    return [
        (shown, value)
        for shown, value in offered
        if all(any(word.startswith(each) for word in fold(f"{shown} {value}").split()) for each in typed)
    ]


def _values(
    described: Command, given: Mapping[str, str], request: Request, services: Services
) -> dict[str, str | StrEnum]:
    """The options as the command takes them. Raises `RefusedError` for the first that cannot be used."""
    known = {option.name: option for option in described.options}
    values: dict[str, str | StrEnum] = {}
    for name, text in given.items():
        if name not in known:
            raise unknown_option(name, described, request)
        if len(text) > LIMIT:
            raise too_long(request)
        if words := text.strip():
            values[name] = _value(described, known[name], words, given, request)
    for option in described.options:
        if option.required and option.name not in values:
            raise _missing(described, option, request, services)
    return values


def _value(
    described: Command, option: Option, words: str, given: Mapping[str, str], request: Request
) -> str | StrEnum:
    if option.choices is None:
        return words
    if (member := choice_of(option, words, request)) is not None:
        return member
    tr = request.tr
    sentence = tr(
        "“{words}” is not one of the choices for {option}: {choices}.",
        words=echo(words),
        option=option.name,
        choices=tr.any_of(option.choices),
    )
    choices = (
        Choice(label(each, tr), Ask(described.name, {**given, option.name: each.value}))
        for each in option.choices
    )
    raise RefusedError(sentence, tuple(choices))


def _missing(described: Command, option: Option, request: Request, services: Services) -> RefusedError:
    tr = request.tr
    values = [value for _, value in complete(described.name, option.name, "", request, services)[:SUGGESTED]]
    sentence = tr("{usage}: tell me what you are looking for.", usage=usage(described, request))
    if values:
        sentence = f"{sentence} {tr('For example:')}"
    items = map(services.shelf.get, values)
    return RefusedError(
        sentence,
        [
            Choice(shortened(called(item, request), BUTTON), Ask(described.name, {option.name: item.id}))
            for item in items
        ],
    )
