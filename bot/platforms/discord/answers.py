"""An answer as the message it is: a page of the reply, and the buttons that lead on from it."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import discord
from discord.abc import Messageable

from bot.commands.describe import REGISTRY, Command, Topic
from bot.commands.request import Audience, Request
from bot.platforms.discord.address import Address, Found, Marks, Step
from bot.platforms.discord.buttons import Controls
from bot.platforms.discord.drafts import Draft
from bot.platforms.discord.files import names_of
from bot.platforms.discord.layout import opening
from bot.platforms.discord.render import page
from bot.platforms.discord.rights import can_share
from bot.reply import Ask, Reply


class Retry(NamedTuple):
    """A button to go on with what is kept under a `token`; after a restart it asks `ask`."""

    ask: Ask
    token: str
    label: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question was answered with. `ids` are those of what the asker's community can find.

    `keep` keeps something in memory and returns its token.
    """

    where: Address
    reply: Reply
    ids: Collection[str]
    keep: Callable[[Draft], str]

    @property
    def acts(self) -> bool:
        """Whether asking again would do something again."""
        described = _asked(self.where)
        return self.where.step is Step.KEPT or (described is not None and described.acts)

    def keep_ask(self, ask: Ask) -> str:
        """Keep a question."""
        return self.keep(Draft(ask))

    def keep_page(self, start: int) -> str:
        """Keep the reply, to go on with it from a part on."""
        return self.keep(Draft(Ask(""), reply=replace(self.reply, files=()), start=start))


def view(
    interaction: discord.Interaction,
    answer: Answer,
    request: Request,
    *,
    public: bool,
    retry: Retry | None = None,
) -> discord.ui.LayoutView:
    """The message. One that is not `public` can be shown to everyone, unless it acts or is personal."""
    where, reply = answer.where, answer.reply
    controls = Controls(
        where,
        _found(answer),
        public=public and _is_typed(answer),
        keep=answer.keep_ask,
        keep_page=answer.keep_page if answer.acts else None,
    )
    closing = [controls.kept(*retry)] if retry else []
    shareable = bool(reply.cards) and not answer.acts and not is_personal(where, reply)
    if not public and shareable and can_share(interaction):
        closing.append(controls.share(request.tr("Show to everyone")))
    files = names_of(reply.files) if where.start == 0 else []
    return forgotten(page(reply, where.start, controls, request.tr, closing, files=files).view)


def is_personal(where: Address, reply: Reply) -> bool:
    """Whether a reply is for whoever asked, and never shown to anybody else: also what moderators ask."""
    described = _asked(where)
    for_moderators = described is not None and described.audience is Audience.MODERATOR
    return for_moderators or bool(reply.files or reply.form)


def _asked(where: Address) -> Command | None:
    """The command that was given; None where entries were asked for, or nothing that there is."""
    return REGISTRY.get(where.question.command) if isinstance(where.question, Ask) else None


def forgotten(made: discord.ui.LayoutView) -> discord.ui.LayoutView:
    """The view as one that discord.py need not keep: its buttons lead on by themselves."""
    made.stop()
    return made


def _found(answer: Answer) -> Found:
    """What a button can hold in place of the question.

    The cards of entries say what the answer said where nothing was asked for but what they are about.
    """
    where, reply = answer.where, answer.reply
    ids = [card.id for card in reply.cards if card.id]
    asked = where.question if isinstance(where.question, Ask) else Ask("")
    options = REGISTRY[asked.command].options if asked.command in REGISTRY else ()
    plain = bool(options) and type(options[0].marker) is Topic and set(asked.options) == {options[0].name}
    return Found(ids, opening(reply), suffice=plain and len(ids) == len(reply.cards))


def _is_typed(answer: Answer) -> bool:
    """Whether a question has words of its reader, and not only ids."""
    question = answer.where.question
    return not isinstance(question, Marks) and any(
        value not in answer.ids for value in question.options.values()
    )


def posting(interaction: discord.Interaction, view: discord.ui.LayoutView) -> Callable[[], Awaitable[object]]:
    """What posts an answer for everyone to see."""
    channel = interaction.channel
    if interaction.guild_id and interaction.is_guild_integration() and isinstance(channel, Messageable):
        # A message of our own has nothing to do with who pressed, and its nonce keeps it from doubling.
        nonce = str(interaction.message.id if interaction.message else interaction.id)
        return partial(channel.send, view=view, suppress_embeds=True, nonce=nonce)
    return partial(interaction.followup.send, view=view, suppress_embeds=True)
