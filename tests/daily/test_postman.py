"""What must not stop the postman, and what must not be said twice or lost on the way."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.daily import courier
from bot.daily.model import Delivery, Schedule, State, What
from bot.daily.postman import ENQUEUED, FINISH
from bot.errors import UnknownEntryError
from bot.posting import NotTakenError, Post, Problem, UnfitPlaceError
from bot.store import SqlBook
from tests.daily.board import TEAM, Bot

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def bot(engine: AsyncEngine) -> Bot:
    """On SQLite and on PostgreSQL."""
    return Bot(SqlBook(engine))


def forbidden(post: Post) -> None:
    """Refuse a post at any place but that of the moderators."""
    if post.place.id != TEAM:
        raise UnfitPlaceError(Problem.FORBIDDEN, "Send Messages")


def lost(_: Post) -> None:
    """Lose the receipt."""
    raise ConnectionResetError


async def test_zone_that_is_no_longer_known_stops_nobody_else(bot: Bot) -> None:
    """Of these there are more than are put in the queue at once, and all have been due for longer."""
    for number in range(ENQUEUED + 1):
        await bot.schedule(f"lost{number}", zone="Europe/Atlantis", late=HOUR)
    await bot.schedule("here")
    await bot.goes(rounds=10)
    assert bot.board.at("here")
    assert await bot.book.rules()
    broken = await bot.stored("lost0")
    assert broken.trouble == "broken"
    assert broken.next_day
    assert len(bot.board.at(TEAM)) == ENQUEUED + 1
    await bot.goes(2 * HOUR)
    assert len(bot.board.at(TEAM)) == ENQUEUED + 1, "they are told once"


async def test_schedule_with_a_zone_that_is_known_again_goes_on(bot: Bot) -> None:
    made = await bot.schedule("lost", zone="Europe/Atlantis")
    await bot.goes()
    broken = await bot.stored("lost")
    again = replace(broken, plan=replace(broken.plan, zone=made.plan.zone.replace("Europe/Atlantis", "UTC")))
    assert await bot.book.change(broken, again)
    await bot.goes(2 * HOUR)
    assert len(bot.board.at("lost")) == 1
    assert bot.board.at(TEAM) == ["trouble broken", "recovery broken"]


async def test_new_zone_data_without_a_zone_stops_nobody_else(bot: Bot) -> None:
    await bot.schedule("lost", zone="Europe/Atlantis", late=-HOUR)
    await bot.schedule("here")
    await bot.book.keep_rules("another")
    await bot.goes()
    assert bot.board.at("here")
    assert await bot.book.rules() != "another"


async def test_clock_that_goes_back_over_a_zone_that_is_unknown_stops_nobody_else(bot: Bot) -> None:
    await bot.schedule("lost", zone="Europe/Atlantis", late=-40 * DAY)
    await bot.goes()
    await bot.schedule("here", late=HOUR)
    await bot.goes(-5 * MINUTE)
    assert bot.board.at("here")


async def test_schedule_that_cannot_be_drawn_for_stops_nobody_else(bot: Bot) -> None:
    def draws(schedule: Schedule) -> None:
        if schedule.id == "broken":
            raise KeyError(schedule.id)

    bot.draws = draws
    await bot.schedule("broken", late=HOUR)
    await bot.schedule("here")
    await bot.goes()
    assert bot.board.at("here")


async def test_prompt_that_cannot_be_composed_is_tried_less_and_less_and_told_once(bot: Bot) -> None:
    tried = []

    def composes(delivery: Delivery) -> None:
        tried.append(delivery)
        raise KeyError(delivery.item)

    bot.composes = composes
    await bot.schedule("broken")
    for _ in range(8):
        await bot.goes(HOUR)
    assert 3 <= len(tried) <= 12
    failed = await bot.last("broken")
    assert (failed.state, failed.problem) == (State.FAILED, "broken")
    assert bot.board.at(TEAM) == ["trouble broken"]


async def test_schedule_that_changes_while_its_prompt_is_posted_is_no_reason_to_forget_that(bot: Bot) -> None:
    """A moderator changes it, or one more prompt is asked for: what was posted is recorded, and not again."""
    changes: list[asyncio.Task[bool]] = []

    async def change() -> bool:
        now = await bot.stored("here")
        return await bot.book.change(now, replace(now, plan=replace(now.plan, mention="1")))

    bot.board.before = forbidden
    await bot.schedule("here")
    await bot.goes()
    bot.board.before = lambda _: changes.append(asyncio.create_task(change()))
    inner = bot.board.post

    async def post(post: Post) -> str:
        told = await inner(post)
        await asyncio.gather(*changes)
        return told

    bot.board.post = post  # type: ignore[method-assign]
    bot.ahead += 2 * MINUTE
    await bot.goes(rounds=1)
    assert changes[0].result()
    assert (await bot.last("here")).state is State.SENT
    after = await bot.stored("here")
    assert (after.trouble, after.plan.mention) == ("", "1")
    await bot.goes()
    assert [text.split(" ")[0] for text in bot.board.at(TEAM)] == ["trouble", "recovery"]


async def test_trouble_that_comes_back_on_the_same_day_is_told_again(bot: Bot) -> None:
    await bot.schedule("here")
    bot.board.before = forbidden
    await bot.goes()
    bot.board.before = lambda _: None
    await bot.goes(2 * MINUTE)
    bot.board.before = forbidden
    now = await bot.stored("here")
    extra = replace(
        await bot.last("here"), what=What.EXTRA, state=State.PENDING, message_id="", attempts=0,
        settled_at=None, free_at=bot.now(), due=bot.now(),
    )  # fmt: skip
    assert await bot.book.extra(now, now, extra)  # noqa: S610 - this is not Django's
    for _ in range(5):
        await bot.goes(2 * MINUTE)
    words = [text.split(" ")[0] for text in bot.board.at(TEAM)]
    assert words == ["trouble", "recovery", "trouble"]


async def test_place_that_is_mended_gets_its_prompt_within_minutes(bot: Bot) -> None:
    """On the first day; where nobody mended it yesterday, it is looked for once an hour."""
    await bot.schedule("here")
    bot.board.before = forbidden
    await bot.goes()
    await bot.goes(MINUTE)
    waits = (await bot.last("here")).free_at - bot.now()
    assert waits < timedelta(minutes=6)
    for _ in range(12):
        await bot.goes(2 * HOUR)
    waits = (await bot.last("here")).free_at - bot.now()
    assert waits > timedelta(minutes=50)


async def test_clock_that_is_put_back_a_little_loses_no_prompt_that_waits(bot: Bot) -> None:
    """What fell due while nothing could be put in the queue is not taken for a mistake of the clock."""
    await bot.goes()
    await bot.schedule("other", late=-HOUR)
    await bot.goes()
    await bot.schedule("here", late=HOUR)
    await bot.goes(-2 * MINUTE)
    assert len(bot.board.at("here")) == 1


async def test_clock_that_is_put_back_makes_no_post_that_was_forgotten(bot: Bot) -> None:
    """The receipt is lost, and by the time the clock has caught up, the platform has forgotten its key."""
    await bot.schedule("here")
    bot.board.after = lost
    await bot.goes(rounds=1)
    bot.board.after = lambda _: None
    await bot.goes(timedelta(minutes=-10))
    bot.board.keys.clear()
    await bot.goes(timedelta(minutes=10, seconds=10))
    assert len(bot.board.at("here")) == 1
    assert (await bot.last("here")).state is State.UNCERTAIN
    assert bot.board.at(TEAM) == ["trouble uncertain"]


async def test_attempt_of_a_time_to_come_is_in_doubt(bot: Bot) -> None:
    """As after a start with a clock that is behind: nobody can tell how long ago that was."""
    await bot.schedule("here", late=3 * HOUR)
    bot.board.after = lost
    await bot.goes(rounds=1)
    bot.board.after = lambda _: None
    bot.board.keys.clear()
    held = await bot.last("here")
    assert held.tried_at
    until = bot.now() + MINUTE
    (taken,) = await bot.book.claim(
        "board",
        "board",
        now=until,
        until=until,
        forgotten=bot.now() - DAY,
        token=secrets.token_hex(),
        limit=1,
    )
    bot.ahead -= HOUR
    await bot.postman._courier.deliver(bot.board, *taken)
    assert len(bot.board.at("here")) == 1
    assert (await bot.last("here")).state is State.UNCERTAIN


async def test_thread_that_does_not_open_is_given_up_while_the_delivery_is_ours(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "ATTEMPT", 0.5)
    bot.lease = 1.0
    bot.restart()
    bot.board.talk = asyncio.Event()
    await bot.schedule("here", thread=True)
    await bot.goes(rounds=1)
    sent = await bot.last("here")
    assert (sent.state, sent.problem.partition(":")[0]) == (State.SENT, "thread")
    assert len(bot.board.at("here")) == 1


@pytest.mark.parametrize("thread", [False, True])
async def test_entry_that_leaves_the_shelf_after_it_was_posted(bot: Bot, *, thread: bool) -> None:
    """The receipt is lost and the entry leaves: what is recorded is what was posted."""
    await bot.schedule("here", thread=thread)
    bot.board.after = lost
    await bot.goes(rounds=1)
    bot.board.after = lambda _: None
    posted = (await bot.last("here")).item

    def composes(delivery: Delivery) -> None:
        if delivery.item == posted:
            raise UnknownEntryError("gone")

    bot.composes = composes
    for _ in range(5):
        await bot.goes(MINUTE)
    last = await bot.last("here")
    assert bot.board.at("here") == [f"prompt {posted}"]
    assert (last.state, last.item) == (State.UNCERTAIN, posted)


async def test_round_that_takes_long_does_not_keep_it_from_stopping(engine: AsyncEngine) -> None:
    """As where a million schedules are gone through because the zone data is new."""
    begun = asyncio.Event()

    class Endless(SqlBook):
        """Is never through with that."""

        async def after(self, schedule_id: str, limit: int) -> Sequence[Schedule]:
            """Begin."""
            del schedule_id, limit
            begun.set()
            await asyncio.Event().wait()
            return []

    bot, stop = Bot(Endless(engine)), asyncio.Event()
    with bot.posters.connected(bot.board):
        running = asyncio.create_task(bot.postman.run(stop))
        await begun.wait()
        stop.set()
        async with asyncio.timeout(FINISH):
            await running


async def test_limit_of_the_platform_is_no_trouble(bot: Bot) -> None:
    def full(_: Post) -> None:
        raise NotTakenError("429", 30)

    await bot.schedule("here")
    bot.board.before = full
    await bot.goes()
    bot.board.before = lambda _: None
    await bot.goes(MINUTE)
    assert len(bot.board.at("here")) == 1
    assert bot.board.at(TEAM) == []
