"""What a platform hands to a command: who may do what, where, in which language. Never who they are."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.i18n import Translator, translator
from bot.model import Community, Visibility


class Audience(StrEnum):
    """Who may give a command."""

    EVERYONE = "everyone"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class Request:
    """The circumstances of one command. No name and no id of the reader: a command has no use for them.

    `prefix` is what stands before a command where this reader types it, so that an answer can name one.

    `community` is the server or room it was given in, and None in a conversation with one reader. Who sees
    answers there is as it `usually` is, until its moderators decide it. A moderator is one of that community;
    `moderator_right` is what makes one there, as the platform calls it in English (a key of the message
    catalogues), and empty where that has no name.

    `remembers_language` is False where the platform itself says which language each reader uses: a choice of
    another one could not be kept, for nothing is kept about a reader.
    """

    locale: str = "en"
    audience: Audience = Audience.EVERYONE
    prefix: str = "/"
    community: Community | None = None
    usually: Visibility = Visibility.PRIVATE
    moderator_right: str = ""
    remembers_language: bool = True
    tr: Translator = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tr", translator(self.locale))

    @property
    def language(self) -> str:
        """The language of the reader, which the shelf may have names in even where the interface has none."""
        return self.locale.replace("_", "-").partition("-")[0].lower()
