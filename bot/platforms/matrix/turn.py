"""What somebody says next in a conversation, and the reply to it."""

from dataclasses import dataclass, replace

from bot.commands.about import group_named, registered_as
from bot.commands.describe import REGISTRY, Attachment, Services
from bot.commands.dispatch import answer
from bot.commands.filling import Filling, answered, asked, begun, opened
from bot.commands.parse import RefusedError as NotUnderstoodError
from bot.commands.parse import parse
from bot.commands.request import Audience, Request
from bot.errors import StoreError, UnknownEntryError
from bot.platforms.matrix.followup import Step
from bot.platforms.matrix.hearing import Said, first_word, step
from bot.platforms.matrix.manual import MORE, with_own_promises, with_own_words
from bot.reply import Ask, Choice, Reply

ENCLOSED = "file"
"""What stands for the file that came with a message, where a command takes one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply, from its part `start` on, and the question it answers.

    Without a question it is said beside the conversation, which stands where it stood. `filling` is the form
    that the reply asks for the next field of. One that is `whole` is shown in one message: what it answers is
    not to be done again for the rest of it.
    """

    reply: Reply
    question: Ask | str = ""
    start: int = 0
    filling: Filling | None = None

    @property
    def whole(self) -> bool:
        """Whether it is shown in one message."""
        return self.filling is not None or _acts(self.question)


async def turn(said: Said, last: Step, request: Request, services: Services, *, shared: bool) -> Turn:
    """Take a turn in a conversation that stands at the `last` step.

    `shared` is whether others read what is answered, and write where it is answered.
    """
    taken = await _taken(said, last, request, services)
    taken = _with_form(taken, request, shared=shared)
    if last.filling is None or not taken.question or isinstance(_way(said), int):
        return taken
    dropped = request.tr("What you had begun to fill in is dropped, and nothing of it is kept.")
    text = "\n\n".join(filter(None, (dropped, taken.reply.text)))
    return replace(taken, reply=replace(taken.reply, text=text))


async def form_turn(said: Said, last: Step, request: Request, services: Services, *, shared: bool) -> Turn:
    """What an answer to the question of a form leads to: the next one, or the command of the form."""
    tr = request.tr
    if last.filling is None:
        text = tr("I was restarted, and what you had filled in was too long to be kept. Please begin again.")
        return Turn(Reply(text), last.question)
    match answered(last.filling, said.whole, request.prefix):
        case None:
            return Turn(Reply(tr("Stopped. Nothing of it is kept.")), last.question)
        case Filling() as further:
            return Turn(asked(further, request, by_reply=shared), last.question, filling=further)
        case given:
            return _with_form(await _asked(given, request, services), request, shared=shared)


def leads_on(said: Said, request: Request) -> bool:
    """Whether something goes on from what was last answered, and is about the same room."""
    way = _way(said)
    words = said.line.split(maxsplit=1)
    named = registered_as(words[0], request) if words else None
    return isinstance(way, int) or way == MORE or (named is not None and named.name == "cite")


def asked_for(said: Said, last: Step) -> Ask | str:
    """The command that something gives, or the words it begins with; empty where that leads to none."""
    way = _way(said)
    if isinstance(way, int):
        return last.offered[way - 1] if 1 <= way <= len(last.offered) else ""
    return last.question if way == MORE else said.words


def command_of(question: Ask | str, request: Request) -> str:
    """The name of the command that is asked for, or of its group; empty where it is none."""
    words = (question.command if isinstance(question, Ask) else question).split()
    group = group_named(words[0], request) if words else ""
    described = registered_as(" ".join(words[: 2 if group else 1]), request)
    return described.name if described else group


def concerns_moderators(question: Ask | str, request: Request, *, commanded: bool) -> bool:
    """Whether the reply may depend on who moderates: the command, or part of it, is for moderators."""
    name = command_of(question, request)
    if name not in REGISTRY:  # then it is answered which commands there are, unless it may be a question
        there = (each.audience for each in REGISTRY.values() if name in ("", each.group))
        return (bool(name) or commanded) and Audience.MODERATOR in there
    described = REGISTRY[name]
    lists_commands = described.name == "help"
    audiences = {described.audience, *(option.audience for option in described.options)}
    return lists_commands or Audience.MODERATOR in audiences


async def _taken(said: Said, last: Step, request: Request, services: Services) -> Turn:
    way = _way(said)
    if isinstance(way, int):
        return await _chosen(way, last, request, services)
    if way == MORE:
        return await _continued(last, request, services)
    if isinstance(said.words, Ask):
        return await _asked(said.words, request, services)
    if said.commanded:
        return await _commanded(said.words, last, request, services)
    return await _in_own_words(said.words, last, request, services)


def _way(said: Said) -> str | int | None:
    return step(said.line, commanded=said.commanded)


def _with_form(taken: Turn, request: Request, *, shared: bool) -> Turn:
    """What is taken, with the first question of its form, if it has one.

    What is known for the command is kept in the form alone.
    """
    filling = begun(taken.reply)
    if filling is None:
        return taken
    reply = opened(taken.reply, request, by_reply=shared)
    return Turn(reply, Ask(filling.form.ask.command), filling=filling)


def _acts(question: Ask | str) -> bool:
    name = question.command if isinstance(question, Ask) else ""
    return name in REGISTRY and REGISTRY[name].acts


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
    first = first_word(line)
    group = group_named(first, request)
    if not group and registered_as(first, request) is None:
        return await _asked(searched, request, services)
    commanded = await _commanded(line, last, request, services)
    if commanded.reply.found or commanded.reply.form or (group and first == line.strip()):
        return commanded
    found = await _asked(searched, request, services)
    return found if found.reply.found else commanded


async def _cited(given: Ask, last: Step, request: Request, services: Services) -> Turn:
    """How to cite what was last shown, or which of it."""
    try:
        shelf = (await services.within(request.keeper)).shelf
    except StoreError:  # which is then said, and logged
        return await _asked(given, request, services)
    choices = []
    for entry in last.entries:
        try:
            title = shelf.get(entry).title
        except UnknownEntryError:  # it was removed since
            continue
        choices.append(Choice(title, Ask("cite", {**given.options, "thing": entry})))
    if len(choices) == 1:
        return await _asked(choices[0].ask, request, services)
    if not choices:
        return await _asked(given, request, services)
    return Turn(Reply(request.tr("Which of these?"), choices=tuple(choices)), given)


async def _asked(question: Ask | str, request: Request, services: Services) -> Turn:
    if isinstance(question, Ask):
        question = _with_file(question)
    reply = await answer(question, request, services)
    match question:
        case Ask("help", options) if not options:
            reply = with_own_words(reply, request)
        case Ask("privacy about"):
            reply = with_own_promises(reply, request)
    return Turn(reply, question)


def _with_file(given: Ask) -> Ask:
    """A command with the file that it takes: the message says which one that is, and no words do."""
    described = REGISTRY.get(given.command)
    files = (
        [each.name for each in described.options if isinstance(each.marker, Attachment)] if described else []
    )
    return replace(given, options={**given.options, **dict.fromkeys(files, ENCLOSED)})
