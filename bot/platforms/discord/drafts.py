"""What cannot stand in a custom id, kept in memory for a quarter of an hour: above all what somebody typed.

It goes by a random token, which a button holds that its reader alone is shown. Nothing of it is written down,
and with the process it is gone.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.reply import Ask, Form, Reply

LASTS = 900.0  # seconds: as long as Discord lets an answer to an interaction be changed
# Characters over all of them. A form has at most 20000: five fields of 4000, which few people fill.
ROOM = 4_000_000
TOKEN = 12  # bytes: nobody guesses one of a few thousand in a quarter of an hour


@dataclass(frozen=True, slots=True)
class Draft:
    """Something to go on with: `ask`, what was `typed` into it, and the `form` to correct if known.

    Or a `reply` to go on reading from the part `start`, which asking again would not bring back.
    """

    ask: Ask
    typed: Mapping[str, str] = field(default_factory=dict)
    form: Form | None = None
    reply: Reply | None = None
    start: int = 0

    @property
    def characters(self) -> int:
        """About how much memory it takes."""
        texts = [*self.ask.options.values(), *self.typed.values()]
        if self.form:
            texts += [text for each in self.form.fields for text in (each.value, each.hint, each.problem)]
        return sum(map(len, texts)) + len(repr(self.reply)) + 500


class Drafts:
    """Drafts by their tokens, each for so many seconds. When there are too many, the oldest go first."""

    def __init__(self, lasts: float = LASTS, room: int = ROOM) -> None:
        self._lasts = lasts
        self._room = room
        self._kept: dict[str, Draft] = {}
        self._taken = 0

    def keep(self, draft: Draft) -> str:
        """Keep it; the token it goes by from now on."""
        token = secrets.token_urlsafe(TOKEN)
        self._kept[token] = draft
        self._taken += draft.characters
        while self._taken > self._room:
            self.forget(next(iter(self._kept)))
        asyncio.get_running_loop().call_later(self._lasts, self.forget, token)
        return token

    def of(self, token: str) -> Draft | None:
        """What goes by a token; None where that is gone."""
        return self._kept.get(token)

    def forget(self, token: str) -> None:
        """Keep it no longer."""
        if draft := self._kept.pop(token, None):
            self._taken -= draft.characters
