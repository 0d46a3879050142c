"""What a platform does for us unasked: post something at a place, once.

Each platform that is connected has a `Poster`; whoever wants something posted finds it in `Posters`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.model import Community, Place
from bot.reply import Reply


class Problem(StrEnum):
    """Why a place does not take posts; moderators can mend it."""

    GONE = "gone"
    FORBIDDEN = "forbidden"


class UnfitPlaceError(Exception):
    """The platform refused for good: nothing was posted, and will not be until somebody changes that.

    `detail` is the permission that is missing, as the platform calls it in English (a key of the message
    catalogues), or empty.
    """

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.detail = detail


class NotTakenError(Exception):
    """The platform said that it did not take a post, and may take it in so many `seconds`."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Post:
    """What to post where, in the language of `locale`.

    `key` names this post and no other, in at most 25 characters: a platform that knows it already does not
    post again. `mention` is as in `daily.model.Plan`.
    """

    place: Place
    reply: Reply
    key: str
    locale: str = "en"
    mention: str = ""


class Poster(Protocol):
    """Posts on one platform.

    `identity` is who remembers keys (an application, a device): another one would post again. `memory` is
    for how many seconds it surely does; `pace` how many posts a second it may be given, `width` how many at
    once. `prefix` is what stands before a command there.
    """

    platform: str
    prefix: str
    identity: str
    memory: float
    pace: float
    width: int

    async def post(self, post: Post) -> str:
        """Post, or find that it was posted; return the id of the message.

        Raises:
            UnfitPlaceError: Nothing was posted, for a reason that lasts.
            NotTakenError: Nothing was posted this time.
            Exception: Anything else: it may have been posted.
        """

    async def edit(self, post: Post, message_id: str) -> None:
        """Let a message of ours say what `post` says; one that was deleted stays so. Raises as `post` does.

        Where nothing can be changed any more, such as on a terminal, it is said once more.
        """

    async def withdraw(self, place: Place, message_id: str, key: str) -> None:
        """Delete a message of ours, or find that it is gone. Raises as `post` does. `key` names the act."""

    async def open_thread(self, post: Post, message_id: str, title: str) -> None:
        """Open a thread to talk about a post, or find that there is one. Raises as `post` does."""


Keeper = Callable[[Community], Awaitable[Community]]
"""The community whose own shelf holds in a community: the same one, or the space that a room belongs to."""


class Posters:
    """The posters of the platforms that are connected just now."""

    def __init__(self) -> None:
        self._posters: dict[str, Poster] = {}
        self._keepers: dict[str, Keeper] = {}
        self.changed = asyncio.Event()

    @contextmanager
    def connected(self, poster: Poster, keeper: Keeper | None = None) -> Iterator[None]:
        """Have a platform's posts go through `poster` for as long as this lasts.

        `keeper` is for a platform on which a community may have the shelf of another one.
        """
        self._posters[poster.platform] = poster
        if keeper:
            self._keepers[poster.platform] = keeper
        self.changed.set()
        try:
            yield
        finally:
            if self._posters.get(poster.platform) is poster:
                del self._posters[poster.platform]
                self._keepers.pop(poster.platform, None)

    def of(self, platform: str) -> Poster | None:
        """A platform's; None where it is not connected."""
        return self._posters.get(platform)

    async def keeper(self, community: Community) -> Community:
        """The community whose own shelf holds there, for what is posted unasked."""
        keeper = self._keepers.get(community.platform)
        return await keeper(community) if keeper else community

    def all(self) -> list[Poster]:
        """Every platform's."""
        return list(self._posters.values())
