"""How `infoshop ask` answers: one question, or a stream of them; and what `corpus show` shows.

Importing this loads the search and the database, which `infoshop --help` has no use for.
"""

import asyncio
import json
import sys
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any

from bot import app
from bot.cli.questions import AskedFor, Question, parse
from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Request
from bot.errors import UnknownEntryError, UsageError
from bot.platforms.plain import card_text, reply_text
from bot.reply import Ask, Paragraph, Reply
from bot.settings import Settings

COMMANDS = {
    AskedFor.ANY: ("find", "words"),
    AskedFor.SUMMARY: ("summary", "topic"),
    AskedFor.READING: ("reading", "topic"),
    AskedFor.ACTION: ("action", "topic"),
    AskedFor.CONTACT: ("contact", "who"),
}


async def answer_one(settings: Settings, question: Question, *, as_json: bool) -> tuple[str, bool]:
    """The answer as text or as a line of JSON, and whether there is one."""
    async with app.services(settings) as services:
        reply = await _reply(services, question)
    text = _json(_line(question, reply)) if as_json else reply_text(reply, Request(question.locale).tr)
    return text, reply.found


async def show_one(settings: Settings, entry: str) -> str:
    """An entry or document as readers see it, by its id. Raises `UnknownEntryError`."""
    async with app.services(settings) as services:
        try:
            item = services.shelf.get(entry)
        except UnknownEntryError:
            raise UnknownEntryError(f"{entry}: there is no such entry in the database.") from None
        request = Request(settings.locale)
        return reply_text(await answer(Ask("find", {"words": item.id}), request, services), request.tr)


def answer_lines(settings: Settings, lines: Iterable[bytes]) -> bool:
    """Write one line of JSON for every line that is not blank, as soon as it is answered, in their order.

    A line that cannot be used gets an answer without results that says why under "error", and the sentence on
    standard error, too: whoever asked the others still gets theirs, and can tell which answer belongs to
    which. Return whether there was no such line.
    """
    understood = True
    # Waiting for the next line happens outside the event loop, where Ctrl-C ends it.
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        services = runner.run(stack.enter_async_context(app.services(settings)))
        try:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    question = parse(line, number, settings.locale)
                except UsageError as error:
                    understood = False
                    sys.stderr.write(f"{error}\n")
                    answered = _refused(str(error))
                else:
                    answered = _line(question, runner.run(_reply(services, question)))
                write_line(_json(answered))
        finally:
            runner.run(stack.aclose())
    return understood


def write_line(text: str) -> None:
    """Write to standard output, at once: somebody may wait for this answer before asking the next.

    JSON is UTF-8 whatever the locale says; half a surrogate pair, which a question may hold, becomes the
    escape sequence that JSON has for it.
    """
    sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


async def _reply(services: Services, question: Question) -> Reply:
    command, option = COMMANDS[question.kind]
    return await answer(Ask(command, {option: question.text}), Request(question.locale), services)


def _json(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False)


def _refused(why: str) -> dict[str, Any]:
    return {"q": "", "kind": AskedFor.ANY.value, "results": [], "suggestions": [], "error": why}


def _line(question: Question, reply: Reply) -> dict[str, Any]:
    tr = Request(question.locale).tr
    return {
        "q": question.text,
        "kind": question.kind.value,
        "results": [
            {
                "id": card.id,
                "kind": card.kind,
                "title": card.title,
                "text": card_text(card, tr),
                "source": [
                    block.source for block in card.blocks if isinstance(block, Paragraph) and block.source
                ],
                "score": card.score,
            }
            for card in (reply.cards if reply.found else ())
        ],
        "suggestions": [choice.label for choice in reply.choices],
    }
