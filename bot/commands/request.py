"""What a platform hands to a command: who may do what, where, in which language. Never who they are."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.i18n import Translator, translator
from bot.model import Community, Place, Visibility


class Audience(StrEnum):
    """Who may give a command."""

    EVERYONE = "everyone"
    MODERATOR = "moderator"


def _nameless(channel_or_role: str) -> str:  # noqa: ARG001 - nothing is known of any
    return ""


@dataclass(frozen=True, slots=True)
class Request:
    """The circumstances of one command. No name and no id of the reader: a command has no use for them.

    `prefix` is what stands before a command where this reader types it, so that an answer can name one.

    `community` is the server or room it was given in, and None in a conversation with one reader. Who sees
    answers there is as it `usually` is, until its moderators decide it; None where there is nobody else who
    could see them, so that there is nothing to decide. A moderator is one of that community;
    `moderator_right` is what makes one there, as the platform calls it in English (a key of the message
    catalogues), and empty where that has no name.

    `keeper` is the community whose own shelf holds there, and whose moderators keep it: the same one, or the
    space that the room belongs to.

    `place` is where it was given, if something can be posted there; `direct` opens the conversation in which
    this reader alone can be written to, and raises an `InfoshopError` where there can be none. Where the
    platform `has_channels`, it offers its channels and roles for options that are one; elsewhere the place is
    where the command is given, and `mentionable` are the words for whom a post there may mention. `called`
    gives the name of a channel or role by its id; it is empty where that is not known.

    `by` is the account of this reader on its platform: for what has to be attributable (moderation, what
    somebody suggests under their name) and nothing else; it is empty at the terminal. It is in no text that
    is made of a request. `upload` gets the content of a file that came with the command, of at most so many
    bytes, by the value of an option that is one; it raises an `InfoshopError` where there is none or it is
    larger. `has_forms` is True where the platform opens a form by itself, so that nobody types its fields.

    `overheard` is True where others read even what is for this reader alone, but for files.

    `remembers_language` is False where the platform itself says which language each reader uses: a choice of
    another one could not be kept, for nothing is kept about a reader.
    """

    locale: str = "en"
    audience: Audience = Audience.EVERYONE
    prefix: str = "/"
    community: Community | None = None
    usually: Visibility | None = Visibility.PRIVATE
    moderator_right: str = ""
    place: Place | None = None
    direct: Callable[[], Awaitable[Place]] | None = field(default=None, compare=False)
    has_channels: bool = False
    mentionable: tuple[str, ...] = ()
    called: Callable[[str], str] = field(default=_nameless, compare=False)
    remembers_language: bool = True
    by: str = field(default="", repr=False, compare=False)
    upload: Callable[[str, int], Awaitable[bytes]] | None = field(default=None, compare=False)
    has_forms: bool = False
    overheard: bool = False
    keeper: Community | None = None
    tr: Translator = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tr", translator(self.locale))
        if self.keeper is None:
            object.__setattr__(self, "keeper", self.community)

    @property
    def language(self) -> str:
        """The language of the reader, which the shelf may have names in even where the interface has none."""
        return self.locale.replace("_", "-").partition("-")[0].lower()
