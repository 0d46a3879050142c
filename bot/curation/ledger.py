"""What has to be kept of communities' own shelves, as the rest of the house asks for it; `store` keeps it.

Whatever is changed is changed in one transaction that repeats what its caller believed (the `version` of what
it read); where that no longer holds, nothing is changed and the answer is False. What a moderator did is kept
with the `Act` that tells of it, in the same transaction. No method lets one community see what is another's.
Every method raises `StoreError` where the database cannot be used.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.curation.model import (
    Act,
    Changes,
    Edit,
    LinkState,
    Offer,
    OwnShelf,
    PostedCard,
    Suggestion,
)
from bot.model import Community


class Ledger(Protocol):
    """Own shelves, suggestions, posted cards, and who did what."""

    async def shelf(self, community: Community) -> OwnShelf:
        """All that a community keeps, what is removed included."""

    async def keep(self, community: Community, edits: Sequence[Edit], acts: Sequence[Act]) -> bool:
        """Keep items as they are `after`, unless one is no longer as it was `before` (or is there by now)."""

    async def hide(self, community: Community, item_id: str, act: Act, *, hidden: bool) -> bool:
        """Hide a shared item from a community, or show it again; False where it was so already."""

    async def note(self, community: Community, act: Act) -> None:
        """Keep an act that changed nothing of what is kept here, such as a decision."""

    async def acts(self, community: Community, subject: str = "", *, limit: int) -> Sequence[Act]:
        """What was done in a community (to one subject), newest first."""

    async def suggest(self, suggestion: Suggestion, most: int) -> bool:
        """Keep a new suggestion; False where its community has `most` pending."""

    async def suggestion(self, community: Community, suggestion_id: str) -> Suggestion | None:
        """A suggestion to this community as it is now."""

    async def pending(self, community: Community, limit: int) -> Sequence[Suggestion]:
        """Suggestions that wait, oldest first."""

    async def untold(self, platform: str, before: datetime, limit: int) -> Sequence[Suggestion]:
        """Suggestions settled before that whose authors wanted to know, and were not told; oldest first."""

    async def settle(
        self, before: Suggestion, after: Suggestion, edits: Sequence[Edit] = (), acts: Sequence[Act] = ()
    ) -> bool:
        """Keep what becomes of a suggestion and with it items, as `keep` does: all of it or nothing."""

    async def add_card(self, card: PostedCard) -> None:
        """Keep a new card; drafts of the same community that are older than a day go."""

    async def card(self, community: Community, card_id: str) -> PostedCard | None:
        """A card of this community as it is now."""

    async def cards(self, community: Community, item_id: str = "") -> Sequence[PostedCard]:
        """The cards that stand posted (of one item), oldest first."""

    async def change_card(self, before: PostedCard, after: PostedCard, act: Act | None = None) -> bool:
        """Keep a card as it is `after`, unless it is no longer as it was `before`."""

    async def offer(self, offer: Offer, act: Act) -> None:
        """Keep an offer in place of any earlier one of its community; those that have ended go."""

    async def offered(self, code: str, now: datetime) -> Offer | None:
        """The offer with that code, if it still holds."""

    async def hand_over(self, offer: Offer, given: Changes, to: Community, received: Changes) -> bool:
        """End an offer, keep `given` where it came from and `received` at `to`: all of it or nothing.

        False where the offer is gone or an item changed since it was read.
        """

    async def unchecked_links(
        self, before: datetime, again: datetime, limit: int
    ) -> Sequence[tuple[str, LinkState | None]]:
        """Web addresses on any own shelf (items removed aside) to look at, with what was found there last.

        Those that were not looked at since `before`, and those that failed once and not since `again`.
        """

    async def link_states(self, community: Community) -> Mapping[str, LinkState]:
        """What was found behind the addresses on a community's shelf, by address."""

    async def found_link(self, state: LinkState) -> None:
        """Keep what was found behind an address, in place of what was found before."""

    async def left(self, community: Community, at: datetime) -> None:
        """Keep since when the bot is gone from a community, unless that is known already."""

    async def returned(self, community: Community) -> None:
        """The bot is in a community (again): nothing of it is to be purged."""

    async def departed(self, platform: str, before: datetime, limit: int) -> Sequence[Community]:
        """Communities of a platform that the bot has been gone from since before that."""

    async def kept(self, platform: str) -> Sequence[Community]:
        """Every community of a platform of which anything is stored, in any table."""

    async def move(self, old: Community, new: Community) -> None:
        """Let what is kept of one community be that of another that replaces it, and has none yet.

        Where the new one has a shelf of its own, what both have under one id stays as the new one has it.
        """

    async def purge(self, community: Community, *, gone_before: datetime | None = None) -> bool:
        """Delete all that is stored about a community, in every table: shelf, acts, settings, schedules.

        With `gone_before`, only if the bot has been gone from it since before that; else the answer is False.
        """

    async def everything(self, community: Community) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All that is stored about a community: rows by the name of their table, as JSON can say them."""

    async def forget(self, platform: str, person: str) -> int:
        """Take a person's id out of suggestions and acts, in all communities; return how many rows had it."""

    async def prune(self, before: datetime) -> int:
        """Delete acts, settled suggestions and cards that nobody sees, of that age; return how many."""
