"""The desk people come to: each interaction is answered once, in time, and to nobody but who asked.

A question is answered from memory in milliseconds. Should it ever take longer, Discord is told in time that
an answer is coming. How an answer arrives in spite of what goes wrong on its way is in `delivery`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from math import ceil

import discord
import structlog
from discord.abc import Messageable

from bot.commands.describe import REGISTRY, Services, Topic
from bot.commands.dispatch import answer, complete, entries
from bot.commands.request import Request
from bot.errors import whereabouts
from bot.i18n import Translator
from bot.platforms.discord.address import Address, Found, Marks, Step, UnreadableError, mark, read, resolved
from bot.platforms.discord.buttons import Controls
from bot.platforms.discord.delivery import FIRST, LATER, deliver
from bot.platforms.discord.layout import opening
from bot.platforms.discord.render import page
from bot.platforms.discord.rights import SEND, VIEW, can_share, request_of, we_may_not, why_not_shared
from bot.platforms.pace import Pace
from bot.reply import Ask, Reply

PROMISE = 1.5  # seconds after which a reader is told that an answer is coming: half of what Discord allows
AGAIN = 3.0  # seconds within which the same press of the same button by the same person is the same press
SHARED = 900.0  # seconds for which an answer to one reader lives, and could be shown to everyone twice
SHOWN = ""  # stands for every button of a message that shows it to everyone

log = structlog.get_logger()


class Desk:
    """Answers interactions. What it knows of people it keeps in memory, for seconds.

    `closing` is whether it takes no more questions.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._pace = Pace()
        self._marks = {mark(item_id): item_id for item_id in services.shelf.ids}
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
                await self._answer(interaction, Address(Step.ASK, Ask(command, options)), request)

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
            await self._answer(interaction, where, request, private=True)

    async def press(self, interaction: discord.Interaction, custom_id: str) -> None:
        """Do what a button or an item of a menu leads to; the answer is for whoever pressed it."""
        async with self._taken(interaction) as request:
            if self._pressed_already(interaction, custom_id, AGAIN):
                await deliver(interaction.response.defer, FIRST)
            elif await self._declined(interaction, request.tr) or not await self._follow(
                interaction, custom_id, request
            ):
                self._pressed.discard(_press(interaction, custom_id))

    async def _follow(self, interaction: discord.Interaction, custom_id: str, request: Request) -> bool:
        """Answer a press; False where nothing of it arrived, so that it may be tried again."""
        try:
            where = read(custom_id)
        except UnreadableError:
            words = request.tr("This button belongs to an older version of me. Please ask once more.")
            await self.say(interaction, words)
            return True
        if where.step is Step.SHOW:
            return await self._show_everyone(interaction, where, request)
        return await self._answer(interaction, where, request, private=True)

    def complete(
        self, interaction: discord.Interaction, command: str, option: str, typed: str, given: dict[str, str]
    ) -> list[tuple[str, str]]:
        """What an option could be, as pairs of what is shown and the value to send."""
        if self.closing:
            return []
        return complete(command, option, typed, request_of(interaction), self._services, given=given)

    async def say(self, interaction: discord.Interaction, sentence: str) -> None:
        """Say something of the house's own, to the asker alone."""
        tr = request_of(interaction).tr
        nowhere = Controls(Address(Step.ASK, Ask("help")))
        view = _forgotten(page(Reply(sentence), 0, nowhere, tr).view)
        send = (
            interaction.followup.send if interaction.response.is_done() else interaction.response.send_message
        )
        try:
            await deliver(partial(send, view=view, ephemeral=True, suppress_embeds=True), FIRST)
        except discord.HTTPException as error:
            log.exception("apology refused", platform="discord", error=f"{error.status} {error.code}")

    async def _answer(
        self, interaction: discord.Interaction, where: Address, request: Request, *, private: bool = False
    ) -> bool:
        thinking = asyncio.create_task(self._reply(where, request))
        in_time, _ = await asyncio.wait({thinking}, timeout=PROMISE)
        if not in_time:
            # Private whatever the community decided: an answer may turn out to be for the asker alone.
            defer = partial(interaction.response.defer, ephemeral=True, thinking=True)
            await deliver(defer, FIRST - PROMISE)
        reply = await thinking
        private = private or reply.private or not in_time or bool(why_not_shared(interaction, request.tr))
        view = self._view(interaction, where, reply, request, public=not private)
        if in_time:
            send = partial(
                interaction.response.send_message, view=view, ephemeral=private, suppress_embeds=True
            )
            return await deliver(send, FIRST)
        return await deliver(partial(interaction.edit_original_response, view=view), LATER)

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
            shown = acknowledged and await self._shown(interaction, where, request)
        finally:
            if not shown:
                self._pressed.discard(_press(interaction, SHOWN))
        return shown

    async def _shown(self, interaction: discord.Interaction, where: Address, request: Request) -> bool:
        """Show an answer to everyone, once that was acknowledged; False where it came to nothing."""
        reply = await self._reply(where, request)
        if not reply.found:
            await self.say(interaction, reply.text)
            return False
        # Two views of the same: discord.py ties one to the message it was sent with.
        shown, left = (self._view(interaction, where, reply, request, public=True) for _ in range(2))
        try:
            arrived = await deliver(_posting(interaction, shown), LATER)
        except (discord.Forbidden, discord.NotFound) as error:
            lacks = VIEW if isinstance(error, discord.NotFound) else SEND
            await self.say(interaction, we_may_not(interaction, lacks, request.tr))
            return False
        if arrived:
            await deliver(partial(interaction.edit_original_response, view=left), LATER)
        return arrived

    async def _reply(self, where: Address, request: Request) -> Reply:
        if isinstance(where.question, Marks):
            return await entries(resolved(where.question, self._marks), request, self._services)
        return await answer(where.question, request, self._services)

    def _view(
        self,
        interaction: discord.Interaction,
        where: Address,
        reply: Reply,
        request: Request,
        *,
        public: bool,
    ) -> discord.ui.LayoutView:
        tr = request.tr
        controls = Controls(where, self._found(where, reply), public=public and self._is_typed(where))
        share = not public and reply.cards and can_share(interaction) and not _acts(where)
        closing = [controls.share(tr("Show to everyone"))] if share else []
        return _forgotten(page(reply, where.start, controls, tr, closing).view)

    def _found(self, where: Address, reply: Reply) -> Found:
        """What a button can hold in place of the question.

        The cards of entries say what the answer said where nothing was asked for but what they are about.
        """
        ids = [card.id for card in reply.cards if card.id]
        asked = where.question if isinstance(where.question, Ask) else Ask("")
        options = REGISTRY[asked.command].options if asked.command in REGISTRY else ()
        plain = bool(options) and type(options[0].marker) is Topic and set(asked.options) == {options[0].name}
        return Found(ids, opening(reply), suffice=plain and len(ids) == len(reply.cards))

    def _is_typed(self, where: Address) -> bool:
        """Whether a question has words of its reader, and not only ids."""
        if isinstance(where.question, Marks):
            return False
        return any(value not in self._services.shelf.ids for value in where.question.options.values())

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
        if seconds := self._pace.wait(interaction.user.id):
            wait = tr.n(
                "That was a lot at once. Please wait {n} second.",
                "That was a lot at once. Please wait {n} seconds.",
                ceil(seconds),
            )
            await self.say(interaction, wait)
            return True
        return False


def _posting(
    interaction: discord.Interaction, view: discord.ui.LayoutView
) -> Callable[[], Awaitable[object]]:
    """What posts an answer for everyone to see."""
    channel = interaction.channel
    if interaction.guild_id and interaction.is_guild_integration() and isinstance(channel, Messageable):
        # A message of our own has nothing to do with who pressed, and its nonce keeps it from doubling.
        nonce = str(interaction.message.id if interaction.message else interaction.id)
        return partial(channel.send, view=view, suppress_embeds=True, nonce=nonce)
    return partial(interaction.followup.send, view=view, suppress_embeds=True)


def _acts(where: Address) -> bool:
    """Whether an answer cannot be shown to everyone, since asking again does something again."""
    asked = where.question.command if isinstance(where.question, Ask) else ""
    return asked in REGISTRY and REGISTRY[asked].acts


def _press(interaction: discord.Interaction, custom_id: str) -> tuple[int, int, str]:
    return (interaction.message.id if interaction.message else 0, interaction.user.id, custom_id)


def _forgotten(view: discord.ui.LayoutView) -> discord.ui.LayoutView:
    """The view as one that discord.py need not keep: its buttons lead on by themselves."""
    view.stop()
    return view
