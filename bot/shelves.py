"""The shelf as each community sees it: the shared one, and what it keeps or hides for itself.

What is read of a community is kept in memory until somebody changes it or the room is needed for others. A
process serves its own communities, so that nobody else changes what it holds (see `communities`).
"""

import asyncio
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from bot.communities import Communities
from bot.curation.ledger import Ledger
from bot.curation.model import NEVER, OWN, OwnShelf
from bot.curation.shelf_file import corpus_of
from bot.model import Community, Corpus
from bot.shelf import Shelf

MOST = 20_000
"""Entries (and hidden ids) that are kept in memory at a time, of all communities: some 150 MB."""

PLAIN = 100_000
"""Communities of which it is kept in memory that they have nothing of their own, at most."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A shelf in memory, how much there is on it, and whether police contacts are."""

    shelf: Shelf
    size: int
    police: bool


class Shelves:
    """Every community's shelf. Without a `ledger`, nobody has anything of their own.

    `most` is how many entries are in memory at a time; the shelf that was asked last is there in any case.
    """

    def __init__(
        self,
        shared: Shelf,
        ledger: Ledger | None = None,
        communities: Communities | None = None,
        *,
        most: int = MOST,
    ) -> None:
        self.shared = shared
        self._ledger = ledger
        self._communities = communities or Communities()
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Community, _Kept] = OrderedDict()
        self._plain: OrderedDict[Community, None] = OrderedDict()
        self._loading: dict[Community, asyncio.Task[Shelf]] = {}
        self._with_police: Shelf | None = None
        self._blank: Shelf | None = None

    async def of(self, community: Community | None) -> Shelf:
        """The shelf of a community; where there is none, the shared one. Raises `StoreError`."""
        held = self._held(community)
        if held is not None or community is None:
            return held or self.shared
        # Whoever stops waiting does not stop it for the others.
        return await asyncio.shield(self._load(community))

    def at_hand(self, community: Community | None) -> Shelf:
        """The shelf of a community as it is in memory.

        One that is not is read in the background. Until then nothing is on it, for nobody knows what of the
        shared one it hides. So whoever can wait awaits `of` first.
        """
        held = self._held(community)
        if held is not None or community is None:
            return held or self.shared
        with suppress(RuntimeError):  # there is no event loop to read it in
            self._load(community).add_done_callback(_told)
        if self._blank is None:
            self._blank = self.shared.with_own(Corpus(), hidden=frozenset(self.shared.ids))
        return self._blank

    def changed(self, community: Community) -> None:
        """What a community keeps or hides is not what it was: read it anew when it is asked."""
        self._drop(community)
        self._plain.pop(community, None)
        self._loading.pop(community, None)  # it may have read what was there before

    async def close(self) -> None:
        """Stop reading."""
        tasks = list(self._loading.values())
        self._loading.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def size(self) -> int:
        """How many entries and hidden ids are in memory."""
        return self._size

    def _held(self, community: Community | None) -> Shelf | None:
        """What is known without reading anything."""
        if community is None:
            return self.shared
        police = self._communities.of(community).police
        kept = self._kept.get(community)
        if kept is not None and kept.police == police:
            self._kept.move_to_end(community)
            return kept.shelf
        if self._ledger is None or community in self._plain:
            if community in self._plain:
                self._plain.move_to_end(community)
            return self._without_own(police=police)
        return None

    def _without_own(self, *, police: bool) -> Shelf:
        if not police:
            return self.shared
        if self._with_police is None:
            self._with_police = self.shared.with_own(Corpus(), police=True)
        return self._with_police

    def _load(self, community: Community) -> "asyncio.Task[Shelf]":
        task = self._loading.get(community)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._read(community))
            self._loading[community] = task
        return task

    async def _read(self, community: Community) -> Shelf:
        task = asyncio.current_task()
        try:
            own = await self._own_of(community)
            police = self._communities.of(community).police
            kept = None
            if own.hidden or any(not item.removed for item in own.items):
                shelf = await self.shared.beside(partial(_view, self.shared, own, police=police))
                kept = _Kept(shelf, len(own.items) + len(own.hidden), police)
            if self._loading.get(community) is task:  # else it was changed meanwhile
                self._keep(community, kept)
            return kept.shelf if kept else self._without_own(police=police)
        finally:
            if self._loading.get(community) is task:
                del self._loading[community]

    async def _own_of(self, community: Community) -> OwnShelf:
        return await self._ledger.shelf(community) if self._ledger else OwnShelf()

    def _keep(self, community: Community, kept: _Kept | None) -> None:
        self._drop(community)
        if kept is None:
            self._plain[community] = None
            if len(self._plain) > PLAIN:
                self._plain.popitem(last=False)
            return
        self._kept[community] = kept
        self._size += kept.size
        while self._size > self._most and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, community: Community) -> None:
        kept = self._kept.pop(community, None)
        self._size -= kept.size if kept else 0


def _view(shared: Shelf, own: OwnShelf, *, police: bool) -> Shelf:
    checked = {
        item.id: item.checked_on for item in own.items if not item.removed and item.checked_on != NEVER
    }
    return shared.with_own(
        corpus_of(own.items), unlisted=OWN, hidden=own.hidden, police=police, checked=checked
    )


def _told(task: "asyncio.Task[Shelf]") -> None:
    """Let it be known that a shelf that nobody waits for could not be read."""
    if task.cancelled() or (error := task.exception()) is None:
        return
    log.error("shelf not read", error=type(error).__name__, problem=str(error))
