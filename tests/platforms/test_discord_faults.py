"""Whatever goes wrong on the way to Discord: one answer where one can arrive, one line where none can."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
import pytest_asyncio

from bot.platforms.discord.desk import AGAIN
from tests.cli.shop import Shop
from tests.platforms.on_discord import Bot, Room, busy, copy, decide, register, running
from tests.standin.faults import JSON_TYPE, Fault, Faults
from tests.standin.interactions import ACKNOWLEDGE, DidNotRespondError
from tests.standin.people import Person
from tests.standin.server import Standin

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLBACK = "/interactions/*/callback"
POST, EDIT = "/channels/*/messages", "/webhooks/*/messages/@original"
QUESTION, ANSWER = "night raids", "Raids at night"
SHOW, READINGS, ACTIONS = "Show to everyone", "Readings on this (1)", "Actions on this (1)"

PASSING: dict[str, Callable[[Faults], Fault]] = {
    "429 of the route": lambda faults: faults.rate_limit("POST", CALLBACK),
    "429 of the whole bot": lambda faults: faults.rate_limit("POST", CALLBACK, everywhere=True),
    "429 by Cloudflare": lambda faults: faults.rate_limit("POST", CALLBACK, via=False),
    "500": lambda faults: faults.error(500, "POST", CALLBACK),
    "503": lambda faults: faults.error(503, "POST", CALLBACK),
    "502 as a page": lambda faults: faults.garble("POST", CALLBACK, status=502),
    "reset": lambda faults: faults.reset("POST", CALLBACK),
    "no JSON": lambda faults: faults.garble("POST", CALLBACK, body="{", content_type=JSON_TYPE),
    "500 although taken": lambda faults: faults.error(500, "POST", CALLBACK, after=True),
    "503 although taken": lambda faults: faults.error(503, "POST", CALLBACK, after=True),
    "reset although taken": lambda faults: faults.reset("POST", CALLBACK, after=True),
    "no JSON although taken": lambda faults: faults.garble(
        "POST", CALLBACK, body="{", content_type=JSON_TYPE, after=True
    ),
}
"""What is over by the second attempt."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[Standin]:
    """One Discord for all tests here; each brings its own people."""
    async with Standin() as standin:
        await register(standin)
        yield standin


@pytest.fixture(scope="module")
def shop(filled: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A place for the bot."""
    return copy(filled, tmp_path_factory.mktemp("faults"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(discord: Standin, shop: Shop) -> AsyncIterator[Bot]:
    """One bot that survives all of it."""
    async with running(shop, discord) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def bot(shared: Bot) -> AsyncIterator[Bot]:
    """That bot. What a test has put in its way is none of its failures."""
    yield shared
    assert not shared.failures


@pytest.fixture
def room(discord: Standin, bot: Bot) -> Room:  # noqa: ARG001 - the bot is there before it
    """A new server."""
    return Room.of(discord)


@pytest.fixture
def ana(room: Room) -> Person:
    """A member of it."""
    return room.person()


def undelivered(bot: Bot) -> list[str]:
    """Why answers were not delivered, so far."""
    return [line["error"] for line in bot.log if line["event"] == "answer not delivered"]


@pytest.mark.parametrize("name", PASSING)
async def test_exactly_one_answer(name: str, discord: Standin, bot: Bot, room: Room, ana: Person) -> None:
    """Discord is asked again, and refuses what it had taken already."""
    before = undelivered(bot)
    fault = PASSING[name](discord.faults)
    exchange = await ana.slash(room.channel, "find", words=QUESTION)
    await discord.requested("POST", f"/interactions/{exchange.id}/*", 2)
    assert fault.hits == 1
    assert ANSWER in exchange.message.text
    assert ana.sees(room.channel) == exchange.messages == [exchange.message]
    assert undelivered(bot) == before
    assert {refusal.code for refusal in exchange.refusals} == ({40060} if fault.after else set())
    discord.refusals.clear()


@pytest.mark.parametrize("taken", [True, False])
async def test_page_in_the_place_of_a_receipt(
    taken: bool,  # noqa: FBT001 - pytest gives it by name
    discord: Standin,
    bot: Bot,
    room: Room,
    ana: Person,
) -> None:
    """Nobody knows what became of the answer: one line says so, and it is not given twice."""
    lines = sum(line["event"] == "receipt unreadable" for line in bot.log)
    discord.faults.garble("POST", CALLBACK, after=taken)
    if taken:
        await ana.slash(room.channel, "find", words=QUESTION)
    else:
        with pytest.raises(DidNotRespondError):
            await ana.slash(room.channel, "find", words=QUESTION)
    assert ANSWER in (await ana.slash(room.channel, "find", words=QUESTION)).message.text
    assert sum(line["event"] == "receipt unreadable" for line in bot.log) == lines + 1
    assert len(ana.sees(room.channel)) == 1 + taken


@pytest.mark.parametrize(
    "plan",
    [
        lambda faults: faults.error(503, "POST", CALLBACK, times=100),
        lambda faults: faults.reset("POST", CALLBACK, times=100),
    ],
    ids=["503", "reset"],
)
async def test_outage_leaves_one_line_for_each_answer(
    plan: Callable[[Faults], Fault], discord: Standin, bot: Bot, room: Room, ana: Person
) -> None:
    """Who asked is given up before Discord gives up; and as soon as it is over, all is well."""
    before = len(undelivered(bot))
    fault = plan(discord.faults)
    asked = (each.slash(room.channel, "find", words=QUESTION) for each in (ana, room.person()))
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(outcome, DidNotRespondError) for outcome in outcomes)
    fault.left = 0
    assert ANSWER in (await ana.slash(room.channel, "find", words=QUESTION)).message.text
    await bot.wrote(lambda: len(undelivered(bot)) >= before + 2)
    assert len(undelivered(bot)) == before + 2
    assert "unknown interaction" not in undelivered(bot)[before:]


async def test_interaction_that_comes_too_late(discord: Standin, bot: Bot, room: Room, ana: Person) -> None:
    """Discord has forgotten it: a line, and nothing more."""
    before = undelivered(bot)
    discord.faults.late()
    with pytest.raises(DidNotRespondError) as missed:
        await ana.slash(room.channel, "find", words=QUESTION)
    assert ANSWER in (await ana.slash(room.channel, "find", words=QUESTION)).message.text
    await bot.wrote(lambda: len(undelivered(bot)) > len(before))
    assert undelivered(bot) == [*before, "unknown interaction"]
    assert missed.value.exchange.messages == []
    discord.refusals.clear()


@pytest.mark.parametrize("fault", [None, Faults.reset, lambda faults, *where: faults.error(503, *where)])
async def test_slow_answer_is_announced_and_then_given(
    fault: Callable[[Faults, str, str], Fault] | None, discord: Standin, shop: Shop, room: Room
) -> None:
    """For who asked alone; and a fault on the way of what was announced is no reason to leave it at that."""
    with busy(shop):
        exchange = await decide(room)
        assert exchange.message.loading
        planned = fault(discord.faults, "PATCH", EDIT) if fault else None
    await exchange.settled()
    assert "shown to everyone" in exchange.message.text
    assert exchange.message.ephemeral
    assert len(exchange.messages) == 1
    assert planned is None or planned.hits == 1


async def test_expired_token(discord: Standin, shop: Shop, bot: Bot, room: Room, ana: Person) -> None:
    """An answer that takes more than 15 minutes is not heard, but what was asked for is done."""
    before = undelivered(bot)
    with busy(shop):
        exchange = await decide(room)
        discord.expire(exchange)
    await bot.wrote(lambda: len(undelivered(bot)) > len(before))
    assert undelivered(bot) == [*before, "expired"]
    assert exchange.message.loading
    assert not (await ana.slash(room.channel, "find", words=QUESTION)).message.ephemeral
    discord.refusals.clear()


async def test_double_click_is_one(room: Room, ana: Person) -> None:
    """The second one is acknowledged, so that Discord's app does not complain."""
    asked = await ana.slash(room.channel, "find", words=QUESTION)
    clicks = await asyncio.gather(*(ana.click(asked.message, READINGS) for _ in range(2)))
    assert sum(click.answer == ACKNOWLEDGE for click in clicks) == 1
    _, (answer,) = asked.message, [each for each in ana.sees(room.channel) if each is not asked.message]
    assert "Streetlight" in answer.text


async def test_two_clicks_on_two_buttons_are_two(room: Room, ana: Person) -> None:
    asked = await ana.slash(room.channel, "find", words=QUESTION)
    clicks = await asyncio.gather(*(ana.click(asked.message, label) for label in (READINGS, ACTIONS)))
    assert ["Streetlight" in click.message.text for click in clicks] == [True, False]
    assert "End raids" in clicks[1].message.text
    assert len(ana.sees(room.channel)) == 3


async def test_what_is_shown_to_everyone_is_shown_once(discord: Standin, room: Room, ana: Person) -> None:
    """However often it was clicked before the button went."""
    asked = await ana.slash(room.channel, "find", words=QUESTION)
    await asyncio.gather(*(ana.click(asked.message, SHOW) for _ in range(3)))
    await discord.until(lambda: SHOW not in asked.message.labels)
    (public,) = room.channel.messages
    assert ANSWER in public.text
    assert public in room.person().sees(room.channel)


async def test_what_was_shown_is_not_shown_again(discord: Standin, room: Room, ana: Person) -> None:
    """Also where the button could not be taken away."""
    asked = await ana.slash(room.channel, "find", words=QUESTION)
    outage = discord.faults.reset("PATCH", EDIT, times=1000)
    await ana.click(asked.message, SHOW)
    await discord.until(lambda: room.channel.messages)
    await asyncio.sleep(AGAIN)  # until then a click counts as the same
    again = await ana.click(asked.message, SHOW)
    assert ANSWER in (await ana.slash(room.channel, "find", words=QUESTION)).message.text
    assert (again.answer, again.followups) == (ACKNOWLEDGE, [])
    assert len(room.channel.messages) == 1
    outage.left = 0
    await discord.until(lambda: SHOW not in asked.message.labels)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", [Faults.reset, partial(Faults.error, status=503)], ids=["reset", "503"])
async def test_showing_is_tried_again(
    fault: Callable[..., Fault],
    after: bool,  # noqa: FBT001
    discord: Standin,
    room: Room,
    ana: Person,
) -> None:
    """Also where it was taken and the receipt was lost: then it does not come twice."""
    asked = await ana.slash(room.channel, "find", words=QUESTION)
    planned = fault(discord.faults, method="POST", path=POST, after=after)
    await ana.click(asked.message, SHOW)
    await discord.until(lambda: SHOW not in asked.message.labels)
    assert planned.hits == 1
    assert len(room.channel.messages) == 1


async def test_what_could_not_be_shown_can_be_clicked_again(
    discord: Standin, room: Room, ana: Person
) -> None:
    """Only what everybody has seen counts as shown; why it was not, who clicked is told."""
    asked = await ana.slash(room.channel, "find", words=QUESTION)
    discord.faults.error(403, "POST", POST)
    clicked = await ana.click(asked.message, SHOW)
    await clicked.followed()
    assert "“Send Messages”" in clicked.followups[0].text
    assert room.channel.messages == []
    await asyncio.sleep(AGAIN)  # until then a click counts as the same
    await ana.click(asked.message, SHOW)
    await discord.until(lambda: SHOW not in asked.message.labels)
    assert len(room.channel.messages) == 1
    discord.refusals.clear()
