"""How long what communities keep is kept: what an operator decided, and readers are told."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Terms:
    """What is true of the place where the bot runs.

    `left` is for how long what is kept of a community outlives the bot's removal from it; `acts` for how long
    what moderators did, and suggestions that were decided. Where `links` is True, it is looked whether the
    web addresses on communities' shelves still lead somewhere.
    """

    left: timedelta = timedelta(days=30)
    acts: timedelta = timedelta(days=365)
    links: bool = False
