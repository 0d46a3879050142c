"""Finding out what answers a question, and seeing that it arrives as a message or as a form.

A question is answered from memory in milliseconds. Should it ever take longer, Discord is told in time that
an answer is coming. How an answer arrives in spite of what goes wrong on its way is in `delivery`.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import discord
import structlog

from bot.commands.describe import Services
from bot.commands.dispatch import answer, complete, entries
from bot.commands.request import Request
from bot.errors import StoreError
from bot.i18n import Translator
from bot.platforms.discord.address import Address, Marks, Step, asked, mark, marked, resolved
from bot.platforms.discord.answers import Answer, Retry, forgotten, is_personal, posting, view
from bot.platforms.discord.buttons import Controls
from bot.platforms.discord.delivery import FIRST, LATER, deliver
from bot.platforms.discord.drafts import Draft, Drafts
from bot.platforms.discord.files import attached, why_not_attached
from bot.platforms.discord.forms import modal, why_not, with_problems, with_typed
from bot.platforms.discord.render import page
from bot.platforms.discord.rights import SEND, VIEW, request_of, we_may_not, why_not_shared
from bot.reply import Ask, Reply

PROMISE = 1.5  # seconds after which a reader is told that an answer is coming: half of what Discord allows
FILLED_IN = discord.InteractionType.modal_submit

log = structlog.get_logger()


class Outcome(NamedTuple):
    """What a question was answered with, and whether that arrived as a message: a form is none."""

    reply: Reply
    arrived: bool


class Answering:
    """Answers questions with what the asker's community has on its shelf."""

    def __init__(self, services: Services) -> None:
        self.drafts = Drafts()
        self._services = services
        self._marks = {mark(item_id): item_id for item_id in services.shelf.ids}

    async def answer(
        self,
        interaction: discord.Interaction,
        where: Address,
        request: Request,
        *,
        private: bool = False,
        draft: Draft | None = None,
    ) -> Outcome:
        """Answer a question; where it is made of a `draft`, that is kept unless it served its purpose."""
        thinking = asyncio.create_task(self._reply(where, request))
        in_time, _ = await asyncio.wait({thinking}, timeout=PROMISE)
        if not in_time:
            # Private whatever the community decided: an answer may turn out to be for the asker alone.
            defer = partial(interaction.response.defer, ephemeral=True, thinking=True)
            await deliver(defer, FIRST - PROMISE)
        reply = await thinking
        if reply.form and interaction.type is not FILLED_IN:
            reply = replace(reply, form=with_typed(reply.form, draft.typed if draft else {}))
            if in_time:
                await self.open_form(interaction, reply, request.tr)
                return Outcome(reply, arrived=False)
        private = private or reply.private or not in_time
        arrived = await self.arrive(interaction, where, reply, request, private=private, draft=draft)
        return Outcome(reply, arrived)

    async def open_form(self, interaction: discord.Interaction, reply: Reply, tr: Translator) -> None:
        """Open the form of a reply, or say why that cannot be."""
        if reply.form is None:
            return
        if problem := why_not(reply.form, tr):
            await self.say(interaction, problem)
        else:
            form = modal(reply.form, reply.text, tr)
            await deliver(partial(interaction.response.send_modal, form), FIRST)

    async def arrive(
        self,
        interaction: discord.Interaction,
        where: Address,
        reply: Reply,
        request: Request,
        *,
        private: bool = True,
        draft: Draft | None = None,
    ) -> bool:
        """Show a reply, with a button to a form that is not open; False where nothing of it arrived."""
        tr = request.tr
        if problem := why_not_attached(interaction, reply.files, tr):
            reply = Reply(problem, found=False)
        private = private or is_personal(where, reply) or bool(why_not_shared(interaction, tr))
        made = view(
            interaction,
            Answer(where, with_problems(reply, tr), self._ids(request), self.drafts.keep),
            request,
            public=not private,
            retry=self._retry(reply, draft, tr),
        )
        files = reply.files if where.start == 0 else ()
        if interaction.response.is_done():
            return await deliver(
                lambda: interaction.edit_original_response(view=made, attachments=attached(files)), LATER
            )
        return await deliver(
            lambda: interaction.response.send_message(
                view=made, files=attached(files), ephemeral=private, suppress_embeds=True
            ),
            FIRST,
        )

    async def show(self, interaction: discord.Interaction, where: Address, request: Request) -> bool:
        """Show an answer to everyone, once that was acknowledged; False where it came to nothing."""
        reply = await self._reply(where, request)
        if not reply.found or is_personal(where, reply):
            await self.say(interaction, reply.text or request.tr("This is for moderators."))
            return False
        shared = Answer(where, reply, self._ids(request), self.drafts.keep)
        # Two views of the same: discord.py ties one to the message it was sent with.
        shown, left = (view(interaction, shared, request, public=True) for _ in range(2))
        try:
            arrived = await deliver(posting(interaction, shown), LATER)
        except (discord.Forbidden, discord.NotFound) as error:
            lacks = VIEW if isinstance(error, discord.NotFound) else SEND
            await self.say(interaction, we_may_not(interaction, lacks, request.tr))
            return False
        if arrived:
            await deliver(partial(interaction.edit_original_response, view=left), LATER)
        return arrived

    async def say(self, interaction: discord.Interaction, sentence: str) -> None:
        """Say something of the house's own, to the asker alone."""
        tr = request_of(interaction).tr
        nowhere = Controls(Address(Step.ASK, Ask("help")))
        shown = forgotten(page(Reply(sentence), 0, nowhere, tr).view)
        send = (
            interaction.followup.send if interaction.response.is_done() else interaction.response.send_message
        )
        try:
            await deliver(partial(send, view=shown, ephemeral=True, suppress_embeds=True), FIRST)
        except discord.HTTPException as error:
            log.exception("apology refused", platform="discord", error=f"{error.status} {error.code}")

    async def complete(
        self, request: Request, command: str, option: str, typed: str, given: Mapping[str, str]
    ) -> list[tuple[str, str]]:
        """What an option could be, as pairs of what is shown and the value to send."""
        services = await self._within(request)
        return complete(command, option, typed, request, services, given=given)

    async def _reply(self, where: Address, request: Request) -> Reply:
        known = await self._known(marked(where.question).values(), request)
        if isinstance(where.question, Marks):
            return await entries(resolved(where.question, known), request, self._services)
        return await answer(asked(where.question, known), request, self._services)

    async def _known(self, marks: Iterable[str], request: Request) -> Mapping[str, str]:
        """Ids by their marks: those of all; and where that is not enough, the community's own as well."""
        if all(each in self._marks for each in marks):
            return self._marks
        own = (item_id for item_id in (await self._within(request)).shelf.ids)
        return {**self._marks, **{mark(item_id): item_id for item_id in own}}

    async def _within(self, request: Request) -> Services:
        """What the asker's community has; what all have, where its own cannot be had just now."""
        try:
            return await self._services.within(request.keeper)
        except StoreError:
            return self._services

    def _ids(self, request: Request) -> Collection[str]:
        """The ids of what the asker's community has, as far as that is in memory."""
        return self._services.shelves.at_hand(request.keeper).ids

    def _retry(self, reply: Reply, draft: Draft | None, tr: Translator) -> Retry | None:
        """A button to the form of a reply, or back to what was typed where that came to nothing."""
        if reply.form:
            wrong = bool(draft and not reply.found) or any(field.problem for field in reply.form.fields)
            kept = Draft(reply.form.ask, form=reply.form)
        elif draft and draft.typed and not reply.found:
            wrong, kept = True, draft
        else:
            return None
        return Retry(kept.ask, self.drafts.keep(kept), tr("Correct it") if wrong else tr("Fill it in"))
