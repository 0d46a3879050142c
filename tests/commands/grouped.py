"""A group of three commands, registered for as long as a block, with an option of every new kind.

Its name and that of `words find` stand in the catalogues, as names of something else.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

from bot.commands.describe import GROUPS, REGISTRY, Channel, Role, Services, Typed, command, group
from bot.commands.request import Audience, Request
from bot.reply import Reply

GROUP = "words"
NAMES = ("words set", "words pause", "words find")
HOURS = (("nine o'clock", "09:00"), ("noon", "12:00"))


def hours(prefix: str, ask: Request) -> Sequence[tuple[str, str]]:
    """The hours that begin like that; in French, noon alone."""
    there = HOURS[1:] if ask.language == "fr" else HOURS
    return [(shown, value) for shown, value in there if value.startswith(prefix)]


@contextmanager
def registered() -> Iterator[None]:
    """The group is registered, last; afterwards everything is as it was."""
    before, groups = dict(REGISTRY), dict(GROUPS)
    group(GROUP, "Words of the day.")

    @command("words set", audience=Audience.MODERATOR, private=True)
    async def words_set(
        _ask: Request,
        _services: Services,
        time: Annotated[str, Typed("What time it is", hours, limit=20)],
        zone: Annotated[str, Typed("A city")] = "",
        channel: Annotated[str, Channel("Where to say it")] = "",
        mention: Annotated[str, Role("Whom to mention")] = "",
    ) -> Reply:
        """Say a word every day."""
        return Reply(f"time={time} zone={zone} channel={channel} mention={mention}")

    @command("words pause", audience=Audience.MODERATOR, private=True)
    async def words_pause(
        _ask: Request,
        _services: Services,
        number: Annotated[str, Typed("Which one")] = "",
        until: Annotated[str, Typed("For how long")] = "",
    ) -> Reply:
        """Say no word for a while."""
        return Reply(f"paused {number} {until}")

    @command("words find")
    async def words_find(_ask: Request, _services: Services) -> Reply:
        """The word of today."""
        return Reply("solidarity")

    try:
        yield
    finally:
        REGISTRY.clear()
        REGISTRY.update(before)
        GROUPS.clear()
        GROUPS.update(groups)
