"""The desk people come to: each interaction is answered once, in time, and to nobody but who asked.

Whatever goes wrong, its reader is told. What answers a question, and how that arrives, is in `answering`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from math import ceil

import discord
import structlog

from bot.commands.describe import REGISTRY, Services
from bot.commands.request import Request
from bot.errors import whereabouts
from bot.i18n import Translator
from bot.platforms.discord.address import Address, Step, UnreadableError, read
from bot.platforms.discord.answering import Answering
from bot.platforms.discord.buttons import NOTHING_TO_ASK
from bot.platforms.discord.delivery import FIRST, deliver
from bot.platforms.discord.drafts import LASTS, Draft
from bot.platforms.discord.forms import filled_in
from bot.platforms.discord.rights import request_of, why_not_shared
from bot.platforms.pace import Pace
from bot.reply import Ask, Reply

AGAIN = 3.0  # seconds within which the same press of the same button by the same person is the same press
SHARED = 900.0  # seconds for which an answer to one reader lives, and could be shown to everyone twice
SHOWN = ""  # stands for every button of a message that shows it to everyone

log = structlog.get_logger()


class Desk:
    """Answers interactions. What it knows of people it keeps in memory: for seconds, or as `drafts` says.

    `closing` is whether it takes no more questions.
    """

    def __init__(self, services: Services) -> None:
        self._answering = Answering(services)
        self._pace = Pace()
        self._pressed: set[tuple[int, int, str]] = set()
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.closing = False

    async def close(self) -> None:
        """Take no more questions and wait until those that were taken are answered."""
        self.closing = True
        await self._idle.wait()

    async def ask(self, interaction: discord.Interaction, command: str, options: dict[str, str]) -> None:
        """Answer a command."""
        async with self._taken(interaction) as request:
            if not await self._declined(interaction, request.tr):
                where = Address(Step.ASK, Ask(command, options))
                await self._answering.answer(interaction, where, request)

    async def ask_about(self, interaction: discord.Interaction, command: str, words: str) -> None:
        """Answer a command about what somebody wrote; never in public, for the writer did not ask."""
        async with self._taken(interaction) as request:
            if await self._declined(interaction, request.tr):
                return
            if not words.strip():
                await self.say(interaction, request.tr("That message has no words I could look for."))
                return
            option = REGISTRY[command].options[0]
            where = Address(Step.ASK, Ask(command, {option.name: words[: option.limit]}))
            await self._answering.answer(interaction, where, request, private=True)

    async def press(self, interaction: discord.Interaction, custom_id: str) -> None:
        """Do what a button or an item of a menu leads to; the answer is for whoever pressed it."""
        async with self._taken(interaction) as request:
            if self._pressed_already(interaction, custom_id, AGAIN):
                await deliver(interaction.response.defer, FIRST)
            elif await self._declined(interaction, request.tr) or not await self._follow(
                interaction, custom_id, request
            ):
                self._pressed.discard(_press(interaction, custom_id))

    async def submit(self, interaction: discord.Interaction, custom_id: str) -> None:
        """Do what a form leads to, once however often it is sent. What was typed is kept until it is done."""
        if self.closing:
            return  # unanswered, it stays open with all that stands in it, and can be sent again
        async with self._taken(interaction) as request:
            where = _read(custom_id)
            if where is None or not isinstance(where.question, Ask):
                await self.say(interaction, request.tr("This form belongs to an older version of me."))
                return
            if self._pressed_already(interaction, custom_id, LASTS):
                await self.say(interaction, request.tr("I have that already; nothing is done twice."))
                return
            draft = Draft(where.question, filled_in(interaction))
            question = Ask(draft.ask.command, {**draft.ask.options, **draft.typed})
            where = Address(Step.ASK, question)
            if problem := self._too_fast(interaction, request.tr):
                reply = Reply(problem, found=False)
                await self._answering.arrive(interaction, where, reply, request, draft=draft)
            else:
                reply, _ = await self._answering.answer(
                    interaction, where, request, private=True, draft=draft
                )
            if not reply.found:
                self._pressed.discard(_press(interaction, custom_id))

    async def _follow(self, interaction: discord.Interaction, custom_id: str, request: Request) -> bool:
        """Answer a press; False where it may be tried again: nothing arrived, or what arrived is a form."""
        where = _read(custom_id)
        if where is None:
            words = request.tr("This button belongs to an older version of me. Please ask once more.")
            await self.say(interaction, words)
            return True
        if where.step is Step.SHOW:
            return await self._show_everyone(interaction, where, request)
        if where.step is Step.KEPT:
            return await self._go_on(interaction, where, request)
        return (await self._answering.answer(interaction, where, request, private=True)).arrived

    async def _go_on(self, interaction: discord.Interaction, where: Address, request: Request) -> bool:
        """Go on with what is kept, or else begin anew and say that it is gone; as `_follow` otherwise."""
        drafts = self._answering.drafts
        draft = drafts.of(where.token)
        if draft and draft.form:
            await self._answering.open_form(interaction, Reply(form=draft.form), request.tr)
            return False
        if draft and draft.reply:
            page = replace(where, start=draft.start)
            return await self._answering.arrive(interaction, page, draft.reply, request)
        gone = request.tr("What was here is gone: I keep it for a quarter of an hour at most.")
        if not draft and where.question == NOTHING_TO_ASK:
            await self.say(interaction, gone)
            return True
        where = replace(where, step=Step.ASK, question=draft.ask if draft else where.question)
        reply, arrived = await self._answering.answer(interaction, where, request, private=True, draft=draft)
        if not draft:
            await self.say(interaction, gone)
        elif reply.found and not reply.form:
            drafts.forget(where.token)
        return arrived

    async def _show_everyone(
        self, interaction: discord.Interaction, where: Address, request: Request
    ) -> bool:
        if problem := why_not_shared(interaction, request.tr):
            await self.say(interaction, problem)
            return True
        twice = self._pressed_already(interaction, SHOWN, SHARED)
        acknowledged = await deliver(interaction.response.defer, FIRST)
        if twice:
            return acknowledged
        shown = False
        try:
            shown = acknowledged and await self._answering.show(interaction, where, request)
        finally:
            if not shown:
                self._pressed.discard(_press(interaction, SHOWN))
        return shown

    async def complete(
        self, interaction: discord.Interaction, command: str, option: str, typed: str, given: dict[str, str]
    ) -> list[tuple[str, str]]:
        """What an option could be, as pairs of what is shown and the value to send."""
        if self.closing:
            return []
        return await self._answering.complete(request_of(interaction), command, option, typed, given)

    async def say(self, interaction: discord.Interaction, sentence: str) -> None:
        """Say something of the house's own, to the asker alone."""
        await self._answering.say(interaction, sentence)

    def _pressed_already(self, interaction: discord.Interaction, custom_id: str, seconds: float) -> bool:
        """Whether the reader pressed this very button so recently that it counts as once."""
        press = _press(interaction, custom_id)
        if press in self._pressed:
            return True
        self._pressed.add(press)
        asyncio.get_running_loop().call_later(seconds, self._pressed.discard, press)
        return False

    @asynccontextmanager
    async def _taken(self, interaction: discord.Interaction) -> AsyncIterator[Request]:
        """The circumstances of an interaction while it is being answered.

        Whatever goes wrong in there, its reader is told.
        """
        request = request_of(interaction)
        self._open += 1
        self._idle.clear()
        try:
            yield request
        except Exception as error:
            what = f"{error.status} {error.code}" if isinstance(error, discord.HTTPException) else error
            log.exception("answer failed", platform="discord", error=what, path=whereabouts(error))
            tr = request.tr
            words = tr("Something went wrong on this side; it was nothing you did. Please try again.")
            await self.say(interaction, words)
        finally:
            self._open -= 1
            if not self._open:
                self._idle.set()

    async def _declined(self, interaction: discord.Interaction, tr: Translator) -> bool:
        """Whether a question is not looked at, for now; its reader is told why."""
        if self.closing:
            await self.say(interaction, tr("I am being restarted. Please ask again in a minute."))
            return True
        if problem := self._too_fast(interaction, tr):
            await self.say(interaction, problem)
            return True
        return False

    def _too_fast(self, interaction: discord.Interaction, tr: Translator) -> str:
        """Why one more question of this reader is not looked at for now; empty where it is."""
        if seconds := self._pace.wait(interaction.user.id):
            return tr.n(
                "That was a lot at once. Please wait {n} second.",
                "That was a lot at once. Please wait {n} seconds.",
                ceil(seconds),
            )
        return ""


def _read(custom_id: str) -> Address | None:
    """Where a button or a form leads; None where it is of another version."""
    try:
        return read(custom_id)
    except UnreadableError:
        return None


def _press(interaction: discord.Interaction, custom_id: str) -> tuple[int, int, str]:
    return (interaction.message.id if interaction.message else 0, interaction.user.id, custom_id)
