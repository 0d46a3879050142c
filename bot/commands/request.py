"""What a platform hands to a command: who may do what, in which language. Never who they are."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.i18n import Translator, translator


class Audience(StrEnum):
    """Who may give a command."""

    EVERYONE = "everyone"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class Request:
    """The circumstances of one command. No name and no id of the reader: a command has no use for them.

    `prefix` is what stands before a command where this reader types it, so that an answer can name one.
    """

    locale: str = "en"
    audience: Audience = Audience.EVERYONE
    prefix: str = "/"
    tr: Translator = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tr", translator(self.locale))

    @property
    def language(self) -> str:
        """The language of the reader, which the shelf may have names in even where the interface has none."""
        return self.locale.replace("_", "-").partition("-")[0].lower()
