"""What somebody says next in a conversation, and the reply to it."""

from dataclasses import dataclass

from bot.commands.about import group_named, registered_as
from bot.commands.describe import REGISTRY, Services
from bot.commands.dispatch import answer
from bot.commands.parse import RefusedError as NotUnderstoodError
from bot.commands.parse import parse
from bot.commands.request import Audience, Request
from bot.errors import UnknownEntryError
from bot.platforms.matrix.followup import Step
from bot.platforms.matrix.hearing import Said, step
from bot.platforms.matrix.manual import MORE, with_own_promises, with_own_words
from bot.reply import Ask, Choice, Reply


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply, from its part `start` on, and the question it answers.

    Without a question it is said beside the conversation, which stands where it stood.
    """

    reply: Reply
    question: Ask | str = ""
    start: int = 0


async def turn(said: Said, last: Step, request: Request, services: Services) -> Turn:
    """Take a turn in a conversation that stands at the `last` step."""
    way = step(said.line, commanded=said.commanded)
    if isinstance(way, int):
        return await _chosen(way, last, request, services)
    if way == MORE:
        return await _continued(last, request, services)
    if isinstance(said.words, Ask):
        return await _asked(said.words, request, services)
    if said.commanded:
        return await _commanded(said.words, last, request, services)
    return await _in_own_words(said.words, last, request, services)


def concerns_moderators(said: Said, last: Step, request: Request) -> bool:
    """Whether the reply may depend on who moderates: the command, or part of it, is for moderators."""
    way = step(said.line, commanded=said.commanded)
    question = said.words
    if isinstance(way, int):
        question = last.offered[way - 1] if 1 <= way <= len(last.offered) else ""
    elif way == MORE:
        question = last.question
    words = (question.command if isinstance(question, Ask) else question).split()
    group = group_named(words[0], request) if words else ""
    described = registered_as(" ".join(words[: 2 if group else 1]), request)
    if described is None:  # then it is answered which commands there are, unless it may be a question
        there = (each.audience for each in REGISTRY.values() if group in ("", each.group))
        return (bool(group) or said.commanded) and Audience.MODERATOR in there
    lists_commands = described.name == "help"
    audiences = {described.audience, *(option.audience for option in described.options)}
    return lists_commands or Audience.MODERATOR in audiences


async def _chosen(number: int, last: Step, request: Request, services: Services) -> Turn:
    tr = request.tr
    if 1 <= number <= len(last.offered):
        return await _asked(last.offered[number - 1], request, services)
    if last.offered:
        return Turn(Reply(tr("Choose a number from 1 to {last}.", last=len(last.offered))))
    return Turn(Reply(tr("I do not know what that number stands for. Please ask once more.")))


async def _continued(last: Step, request: Request, services: Services) -> Turn:
    tr = request.tr
    if last.next is None:
        return Turn(Reply(tr("That was all.") if last.question else tr("You have asked me nothing yet.")))
    again = await _asked(last.question, request, services)
    return Turn(again.reply, last.question, last.next)


async def _commanded(line: str, last: Step, request: Request, services: Services) -> Turn:
    try:
        given = parse(line, request)
    except NotUnderstoodError:
        return await _asked(line, request, services)  # which then says why
    if given.command == "cite" and "thing" not in given.options and last.entries:
        return await _cited(given, last, request, services)
    return await _asked(given, request, services)


async def _in_own_words(line: str, last: Step, request: Request, services: Services) -> Turn:
    """What needs no prefix: a command where the line begins with one and it is answered, else a question.

    A group by itself asks which commands it has.
    """
    searched = Ask("find", {"words": line})
    first = line.split(maxsplit=1)[0]
    group = group_named(first, request)
    if not group and registered_as(first, request) is None:
        return await _asked(searched, request, services)
    commanded = await _commanded(line, last, request, services)
    if commanded.reply.found or (group and first == line.strip()):
        return commanded
    found = await _asked(searched, request, services)
    return found if found.reply.found else commanded


async def _cited(given: Ask, last: Step, request: Request, services: Services) -> Turn:
    """How to cite what was last shown, or which of it."""
    choices = []
    for entry in last.entries:
        try:
            title = services.shelf.get(entry).title
        except UnknownEntryError:  # it was removed since
            continue
        choices.append(Choice(title, Ask("cite", {**given.options, "thing": entry})))
    if len(choices) == 1:
        return await _asked(choices[0].ask, request, services)
    if not choices:
        return await _asked(given, request, services)
    return Turn(Reply(request.tr("Which of these?"), choices=tuple(choices)), given)


async def _asked(question: Ask | str, request: Request, services: Services) -> Turn:
    reply = await answer(question, request, services)
    match question:
        case Ask("help", options) if not options:
            reply = with_own_words(reply, request)
        case Ask("privacy"):
            reply = with_own_promises(reply, request)
    return Turn(reply, question)
