"""Buttons and menus that know by their custom id alone where they lead."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui

from bot.commands.describe import REGISTRY, Topic
from bot.platforms.discord.address import (
    Address,
    Found,
    Marks,
    Step,
    address,
    bare,
    by_marks,
    fits,
    shortest,
    write,
)
from bot.reply import Ask, Choice

if TYPE_CHECKING:
    from bot.platforms.discord.client import Client

NOTHING = Found()
NOTHING_TO_ASK = Ask("")
MENU = "pick"  # begins with no step of an address: discord.py hands a custom id to all that it fits


def _interaction_client(interaction: discord.Interaction) -> "Client":
    return cast("Client", interaction.client)


class Press(ui.DynamicItem[ui.Button[Any]], template=r"[amsk](?s:.*)"):
    """A button of ours, on a message of today or of last year."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        del interaction, match
        return cls(cast("ui.Button[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what it leads to."""
        await _interaction_client(interaction).desk.press(interaction, self.custom_id)


class Pick(ui.DynamicItem[ui.Select[Any]], template=rf"{MENU}\w*"):
    """A menu of ours: each of its values is what a button would have for its custom id."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The menu that something was picked from."""
        del interaction, match
        return cls(cast("ui.Select[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the picked value leads to."""
        await _interaction_client(interaction).desk.press(interaction, self.item.values[0])


class Controls:
    """Makes the buttons of one message: each gets a number, for a custom id may not come twice.

    On a `public` message they hold nothing that its reader typed, as far as what was `found` can replace it.
    A choice that is too long for a custom id and must not be cut is kept by `keep`, which returns its token;
    and so are the pages of an answer that is not to be asked for again, by `keep_page`.
    """

    def __init__(
        self,
        where: Address,
        found: Found = NOTHING,
        *,
        public: bool = False,
        keep: Callable[[Ask], str] | None = None,
        keep_page: Callable[[int], str] | None = None,
    ) -> None:
        self._where = where
        self._found = found
        self._public = public
        self._keep = keep
        self._keep_page = keep_page
        self._numbers: Iterator[int] = count()

    def button(self, choice: Choice) -> Press:
        """A button that asks what the choice asks."""
        return self._press(choice.label, self._to(choice))

    def select(self, choices: Sequence[Choice], placeholder: str) -> Pick:
        """A menu of at most 25 choices."""
        options = [discord.SelectOption(label=each.label, value=self._to(each)) for each in choices]
        custom_id = f"{MENU}{next(self._numbers)}"
        return Pick(ui.Select(custom_id=custom_id, placeholder=placeholder, options=options))

    def more(self, start: int, label: str) -> Press:
        """A button that goes on with the answer from a part on."""
        if self._keep_page:
            return self.kept(NOTHING_TO_ASK, self._keep_page(start), label)
        return self._press(label, self._here(Step.MORE, start), discord.ButtonStyle.primary)

    def share(self, label: str) -> Press:
        """A button that shows this page of the answer to everyone."""
        return self._press(label, self._here(Step.SHOW, self._where.start))

    def kept(self, ask: Ask, token: str, label: str) -> Press:
        """A button that goes on with what is kept in memory, or else asks what fits of the question."""
        where = bare(Address(Step.KEPT, ask, token=token))
        return self._press(label, write(where, next(self._numbers)), discord.ButtonStyle.primary)

    def _press(
        self, label: str, custom_id: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
    ) -> Press:
        return Press(ui.Button(label=label, custom_id=custom_id, style=style))

    def _to(self, choice: Choice) -> str:
        where = by_marks(Address(Step.ASK, choice.ask))
        if not fits(where) and _must_be_whole(choice.ask):
            step, token = (Step.KEPT, self._keep(choice.ask)) if self._keep else (Step.ASK, "")
            where = bare(Address(step, choice.ask, token=token))
        return write(shortest(where), next(self._numbers))

    def _here(self, step: Step, start: int) -> str:
        question = self._where.question
        if isinstance(question, Marks):
            return write(Address(step, question, start), next(self._numbers))
        where = address(step, question, start, self._found, typed=not self._public)
        return write(where, next(self._numbers))


def _must_be_whole(ask: Ask) -> bool:
    """Whether a question means something else when an option of it is cut: words to look for do not."""
    if ask.command not in REGISTRY:
        return False
    cut = max(ask.options, key=lambda name: len(ask.options[name]))
    markers = {option.name: option.marker for option in REGISTRY[ask.command].options}
    return not isinstance(markers.get(cut), Topic)
