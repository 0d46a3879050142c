"""The way in for every platform: a line or a choice goes in, a reply comes out, and never an exception."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from time import perf_counter

import structlog

from bot.commands.about import FEW, allowed, beginnings, usage
from bot.commands.cards import OUR_SHELF, called, card, shown, title
from bot.commands.describe import (
    LIMIT,
    REGISTRY,
    Choose,
    Command,
    CommandName,
    Document,
    Option,
    OwnEntry,
    Part,
    Publication,
    Role,
    Services,
    Topic,
    Typed,
    Written,
)
from bot.commands.parse import RefusedError, choice_of, command_named, parse, too_long, unknown_option
from bot.commands.permission import may, options_for, options_here, refusal, seen_by
from bot.commands.request import Request
from bot.commands.words import BUTTON, LONG, echo, label, named, shortened, trimmed
from bot.curation.model import OWN
from bot.errors import InfoshopError, StoreError, UnknownEntryError
from bot.i18n import Translator
from bot.model import Kind, Visibility
from bot.reply import Ask, Choice, Reply
from bot.search.text import fold
from bot.shelf import Item, Shelf

COMPLETIONS = 25  # as many as Discord shows
LONGEST = 100  # characters of a completion, shown or sent, likewise
SUGGESTED = 5
UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")  # soft hyphens, spaces and joiners of no width
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # no database takes them, not even to compare with what it has

log = structlog.get_logger()


async def answer(question: Ask | str, request: Request, services: Services) -> Reply:
    """Answer a typed line (the words after the prefix) or a command given by a button or a form.

    Whatever goes wrong becomes a reply that says so. The log gets the name of the command, how it went and
    how long it took in milliseconds, and never a word of the question. What is no answer is for the asker
    alone.
    """
    name = "unknown"  # what was typed in its place may be anything, so it is not logged

    async def reply() -> Reply:
        nonlocal name
        given = parse(question, request) if isinstance(question, str) else question
        described = command_named(given.command, request)
        name = described.name
        here = await _within(request, services)
        values = _values(described, given.options, request, here)
        made = await described(request, here, values)
        return replace(made, private=is_private(name, request, services) or not made.found)

    return await _without_fail(reply, lambda: name, request)


async def entries(ids: Sequence[str], request: Request, services: Services) -> Reply:
    """The cards of entries by their ids, in that order, as the answer that found them had them.

    For a platform that goes on with an answer and has no room to keep its question. Those that are no longer
    on the shelf are left out and counted. It never fails, and logs what `answer` logs.
    """

    async def reply() -> Reply:
        here = await _within(request, services)
        items = [item for each in ids if (item := _item(each, here)) is not None]
        text = _gone(len(ids) - len(items), request.tr)
        if not items:
            return Reply(text, found=False)
        private = seen_by(request, services) is Visibility.PRIVATE
        return replace(shown((card(item, request, here) for item in items), text), private=private)

    return await _without_fail(reply, lambda: "entries", request)


async def _within(request: Request, services: Services) -> Services:
    """What the command works with where it was given. Raises `RefusedError` where that cannot be read."""
    try:
        return await services.within(request.keeper)
    except StoreError as error:
        log.exception("shelf not read", error=type(error).__name__, problem=str(error))
        sentence = request.tr(
            "What this community keeps of its own cannot be read just now, so I cannot answer here. Whoever"
            " runs me sees why. Please try again later."
        )
        raise RefusedError(sentence) from error


def is_private(command: str, request: Request, services: Services) -> bool:
    """Whether the answer to a command is for the asker alone, which is known before there is one.

    Some commands always are. The others are unless the community decided otherwise. What turns out to be no
    answer is for the asker alone in any case, as `Reply.private` then says.
    """
    described = REGISTRY.get(command)
    return described is None or described.private or seen_by(request, services) is Visibility.PRIVATE


def _gone(n: int, tr: Translator) -> str:
    if not n:
        return ""
    return tr.n("{n} entry is no longer on the shelf.", "{n} entries are no longer on the shelf.", n)


def _item(item_id: str, services: Services) -> Item | None:
    try:
        return services.shelf.get(item_id)
    except UnknownEntryError:
        return None


async def _without_fail(
    make: Callable[[], Awaitable[Reply]], name: Callable[[], str], request: Request
) -> Reply:
    """The reply that is made, or one that says what went wrong; the log gets how it went, under that name."""
    started = perf_counter()
    report = log.info
    try:
        reply = await make()
        outcome = {"tier": "found" if reply.found else "close" if reply.close else "nothing"}
    except StoreError as error:
        # Its sentence is for the operator, and names a file or a server that is nobody else's business.
        outcome = {"error": type(error).__name__, "problem": str(error)}
        report = log.error
        sentence = request.tr("This could not be kept, and nothing has changed. Whoever runs me sees why.")
        reply = Reply(sentence, found=False)
    except InfoshopError as error:
        outcome = {"error": type(error).__name__}
        choices = error.choices if isinstance(error, RefusedError) else ()
        reply = Reply(str(error), choices=choices, found=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, a reader is waiting for an answer
        outcome = {"error": type(error).__name__}
        report = log.error
        sentence = request.tr("Something went wrong on this side; it was nothing you did. Please try again.")
        reply = Reply(sentence, found=False)
    report("command", command=name(), milliseconds=round((perf_counter() - started) * 1000, 1), **outcome)
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

    What is on the shelf is offered as it is in memory: a platform that can wait awaits
    `services.within(request.keeper)` first, for else nothing may be there the first time (`Shelves.at_hand`).
    """
    described = allowed(request).get(command)
    given_to = options_for(described, request) if described else ()
    options = [each for each in given_to if each.name == option]
    if not options:
        return []
    offered = _offered(options[0], prefix[:LIMIT], request, services, given or {})
    return [(shortened(shown, LONGEST), value) for shown, value in offered if len(value) <= LONGEST][
        :COMPLETIONS
    ]


def _offered(
    option: Option, prefix: str, request: Request, services: Services, given: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    shelf = services.shelves.at_hand(request.keeper)
    match option.marker:
        case Publication():
            documents = _beginning(prefix, [(source.title, source.id) for source in shelf.sources])
            readings = shelf.complete(prefix, kinds=frozenset({Kind.READING}), locale="", limit=COMPLETIONS)
            return documents + [(each.label, each.id) for each in readings]
        case OwnEntry():
            return _beginning(prefix, [(item.title, item.id) for item in shelf.own])
        case Topic(kinds=kinds):
            found = shelf.complete(prefix, kinds=kinds, locale=request.language, limit=COMPLETIONS)
            return [(each.label, each.id) for each in found]
        case Typed(offer=offer):
            return offer(prefix, request)
        case _:
            return _beginning(prefix, _listed(option, request, shelf, given))


def _listed(
    option: Option, request: Request, shelf: Shelf, given: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Everything that an option could be of which there is but a few."""
    tr = request.tr
    listed: list[
        tuple[str, str]
    ] = []  # of channels and roles, where there are any, the platform offers its own
    match option.marker:
        case Document():
            listed = [(title(source, request), source.id) for source in shelf.sources]
            if shelf.own:
                listed.append((tr(OUR_SHELF), OWN))
        case Part():
            sources = [source for source in shelf.sources if source.id in given.values()] or shelf.sources
            parts = [(section.title, section.id) for source in sources for section in source.sections]
            listed = [(tr("Long version"), LONG), *parts]
        case CommandName():
            names = dict.fromkeys((*beginnings(request), *allowed(request)))  # what is in a group comes last
            listed = [(tr.name(name), name) for name in names]
        case Choose():
            listed = [(label(each, tr), each.value) for each in option.choices or ()]
        case Role() if not request.has_channels:
            listed = [(tr(each), each) for each in request.mentionable]
    return listed


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
    known = {option.name: option for option in options_here(described, request)}
    values: dict[str, str | StrEnum] = {}
    for name, text in given.items():
        if name not in known:
            raise unknown_option(name, described, request)
        option = known[name]
        if not may(option.audience, request):
            raise RefusedError(refusal(described.name, request, option))
        if len(text) > option.limit:
            raise too_long(request, option.limit)
        # Left empty, what a form asked for is no longer to be there.
        is_written = isinstance(option.marker, Written)
        if (words := trimmed(text) if is_written else _sought(text)) or is_written:
            values[name] = _value(described, option, words, given, request)
    for option in described.options:
        if option.required and option.name not in values:
            raise _missing(described, option, given, request, services)
    return values


def _sought(text: str) -> str:
    """Words that name something or ask for it, without what comes along unseen when they are copied."""
    return UNSTORABLE.sub("\ufffd", UNSEEN.sub("", text)).strip()


def _value(
    described: Command, option: Option, words: str, given: Mapping[str, str], request: Request
) -> str | StrEnum:
    tr = request.tr
    choices: dict[str, str]
    if isinstance(option.marker, Role) and not request.has_channels:
        choices = {each: tr(each) for each in request.mentionable}
        member: str | StrEnum | None = next(
            (value for value, shown in choices.items() if named(words, value, shown)), None
        )
    elif option.choices is not None:
        choices = {each.value: label(each, tr) for each in option.choices}
        member = choice_of(option, words, request)
    else:
        return words
    if member is not None:
        return member
    sentence = tr(
        "“{words}” is not one of the choices for {option}: {choices}.",
        words=echo(words),
        option=tr.name(option.name),
        choices=tr.any_of(choices),
    )
    raise RefusedError(sentence, _with(choices, option, described, given))


def _missing(
    described: Command, option: Option, given: Mapping[str, str], request: Request, services: Services
) -> RefusedError:
    tr = request.tr
    offered = complete(described.name, option.name, "", request, services, given=given)[:SUGGESTED]
    if isinstance(option.marker, Topic | Document):
        sentence = tr("{usage}: tell me what you are looking for.", usage=usage(described, request))
        items = (services.shelf.get(value) for _, value in offered)
        choices = {item.id: called(item, request) for item in items}
    else:
        sentence = tr(
            "{usage}: “{option}” is missing. It is: {description}.",
            usage=usage(described, request, most=FEW),
            option=tr.name(option.name),
            description=tr(option.description),
        )
        choices = {value: shown for shown, value in offered}
    if choices:
        sentence = f"{sentence} {tr('For example:')}"
    return RefusedError(sentence, _with(choices, option, described, given))


def _with(
    values: Mapping[str, str], option: Option, described: Command, given: Mapping[str, str]
) -> list[Choice]:
    """Gives the command again with each of the values, which are called like that."""
    return [
        Choice(shortened(shown, BUTTON), Ask(described.name, {**given, option.name: value}))
        for value, shown in values.items()
    ]
