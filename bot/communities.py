"""What communities decide, in memory: asked with every answer, changed a few times a year."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from bot.model import Community, CommunitySettings

Write = Callable[[Community, CommunitySettings], Awaitable[None]]


async def _nowhere(community: Community, settings: CommunitySettings) -> None:
    """Keep a decision in memory alone."""


class Communities:
    """What was decided, and the way to decide anew.

    A process serves its own communities, so that nobody else changes what it holds in memory. `decided` is
    what was kept, `write` keeps a decision; without it, decisions last as long as the process.
    """

    def __init__(
        self, decided: Mapping[Community, CommunitySettings] | None = None, write: Write = _nowhere
    ) -> None:
        self._decided = dict(decided or {})
        self._write = write
        self._turn = asyncio.Lock()

    def of(self, community: Community) -> CommunitySettings:
        """What holds in a community."""
        return self._decided.get(community, CommunitySettings())

    def decided(self) -> Mapping[Community, CommunitySettings]:
        """What holds in every community that decided something, as it is now."""
        nothing = CommunitySettings()
        return {community: held for community, held in self._decided.items() if held != nothing}

    async def change(self, community: Community, settings: CommunitySettings) -> None:
        """Let something else hold in a community from now on.

        Whatever `write` raises is passed on, and then what held before still holds.
        """
        await self.amend(community, lambda held: settings)  # noqa: ARG005 - whatever held before

    async def amend(
        self, community: Community, change: Callable[[CommunitySettings], CommunitySettings]
    ) -> CommunitySettings:
        """Let hold what a change makes of what holds when its turn comes; return that. Raises as `change`.

        Of two moderators who decide different things at once, both are heeded.
        """
        async with self._turn:  # so that of two changes at once, memory and what is kept end with the same
            settings = change(self.of(community))
            await self._write(community, settings)
            self._decided[community] = settings
            return settings
