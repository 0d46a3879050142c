"""Daily prompts for everybody: that of today, and one's own."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.describe import REGISTRY
from bot.commands.dispatch import answer
from bot.commands.request import Audience, Request
from bot.daily.model import Draw, Drawn, Plan, Schedule
from bot.errors import PlatformError
from bot.model import Place
from bot.reply import Ask, Reply
from tests.commands.daily_desk import MORNING, NINE, SERVER, Desk, moderator, reader
from tests.commands.said import everything

# For everybody


async def test_today_is_what_was_posted_here_today(desk: Desk) -> None:
    await desk.ask("set", **NINE)
    desk.at = MORNING + timedelta(hours=1)
    delivery = await desk.step()
    assert delivery
    await desk.settle()
    member = replace(moderator(), audience=Audience.EVERYONE)
    reply = await desk.ask("today", member)
    assert reply.found
    assert delivery.item.partition("#")[0] in {card.id for card in reply.cards}
    tomorrow = await desk.said("today", member)
    assert tomorrow == everything(reply)


async def test_today_is_in_a_series_the_part_it_was(desk: Desk) -> None:
    await desk.ask("set", **NINE, order="series", source="source:review")
    desk.at = MORNING + timedelta(hours=1)
    await desk.step()
    await desk.settle()
    assert "part 1 of 2" in await desk.said("today")


async def test_otherwise_everybody_is_shown_the_same_and_everything_in_turn(desk: Desk) -> None:
    """Six things can be drawn: in each six days all of them are shown, and each day one, whoever asks."""
    days: list[str] = []
    start = -(-MORNING.date().toordinal() // 6) * 6
    for number in range(start, start + 18):
        desk.at = datetime.combine(date.fromordinal(number), time(1), UTC)
        said = {await desk.said("today", each) for each in (reader(), reader(None), moderator())}
        assert len(said) == 1
        days.append(*said)
    titles = [next(line for line in said.splitlines()[1:] if line) for said in days]
    for begin in (0, 6, 12):
        assert len(set(titles[begin : begin + 6])) == 6


async def test_today_works_where_nothing_is_kept(desk: Desk) -> None:
    services = replace(desk.services, book=None)
    assert (await answer("daily today", moderator(), services)).found


@pytest.mark.parametrize(
    "name", [each for each in REGISTRY if each.startswith("daily ") and each != "daily today"]
)
async def test_where_nothing_is_kept_every_other_command_says_so(name: str, desk: Desk) -> None:
    ask = replace(moderator(), direct=reader().direct)
    reply = await answer(Ask(name), ask, replace(desk.services, book=None))
    assert (reply.found, reply.text) == (False, "Nothing is kept here, so there can be no daily prompts.")


async def test_today_is_decided_by_the_community_and_the_rest_is_private() -> None:
    private = {each.name: each.private for each in REGISTRY.values() if each.group == "daily"}
    assert not private.pop("daily today")
    assert len(private) == 11
    assert all(private.values())


# For oneself


async def test_somebody_has_prompts_sent_to_themselves_and_ends_it_at_a_word(anywhere: Desk) -> None:
    offer = await anywhere.said("me", reader())
    assert "/daily me time:09:00 zone:Toronto" in offer
    reply = await anywhere.ask("me", reader(), **NINE, days="weekdays", what="terms", language="es")
    schedule = await anywhere.book.own(Place("discord", "dm1"))
    assert schedule
    assert (schedule.owner, schedule.place) == (None, Place("discord", "dm1"))
    draw = Draw(frozenset({Drawn.TERM}))
    days = frozenset(range(5))
    assert schedule.plan == Plan(time(9), "America/Toronto", days, draw, language="es")
    said = everything(reply)
    for words in (
        "weekdays at 09:00 (America/Toronto)",
        "Where: your direct messages",
        "Tuesday, June 2, 2026, 09:00",
        "Kept for this are the conversation to write to",
        "/daily forget ends it and erases all of that",
    ):
        assert words in said, words
    await anywhere.ask("me", reader(), time="20:00", what="everything")
    changed = await anywhere.book.own(Place("discord", "dm1"))
    assert changed
    assert changed.plan == replace(schedule.plan, at=time(20), draw=Draw())
    assert changed.id == schedule.id
    assert "weekdays at 20:00" in await anywhere.said("me", reader())
    assert (await anywhere.ask("forget", reader())).text == (
        "It is over, and everything that was kept for it is erased."
    )
    assert await anywhere.book.own(Place("discord", "dm1")) is None
    again = await anywhere.ask("forget", reader())
    assert again.text == "Nothing is sent to you, and nothing is kept for it."


async def test_from_a_server_it_is_no_schedule_of_that_server(desk: Desk) -> None:
    member = replace(moderator(), audience=Audience.EVERYONE, direct=reader().direct)
    reply = await desk.ask("me", member, **NINE)
    assert reply.private
    assert not await desk.book.of(SERVER)
    assert await desk.book.own(Place("discord", "dm1"))
    assert (await desk.said("list")).startswith("There is no daily prompt here yet.")
    await desk.ask("forget", replace(reader("dm2")))
    assert await desk.book.own(Place("discord", "dm1"))


async def test_where_nobody_can_be_written_to_it_says_why(desk: Desk) -> None:
    for name in ("me", "forget"):
        reply = await desk.ask(name, reader(None), **(NINE if name == "me" else {}))
        assert (reply.found, reply.text[:23]) == (False, "Here I can only answer;")

    async def closed() -> Place:
        raise PlatformError("Your direct messages are closed to me.")

    reply = await desk.ask("me", replace(reader(), direct=closed), **NINE)
    assert reply == Reply("Your direct messages are closed to me.", found=False)


async def test_what_is_wrong_is_offered_anew_for_oneself(desk: Desk) -> None:
    reply = await desk.ask("me", reader(), time="9")
    assert reply.text.startswith("In which time zone?")
    assert reply.choices[0].ask.command == "daily me"
    assert (await answer(reply.choices[0].ask, reader(), desk.services)).found


async def test_privacy_says_what_is_kept_of_schedules(desk: Desk) -> None:
    said = everything(await answer("privacy", reader(), desk.services))
    assert "Of daily prompts, it is kept where to post, what and when, and how far that has come." in said
    assert "/daily forget erases it" in said
    without = replace(desk.services, book=None)
    assert "daily prompts" not in everything(await answer("privacy", reader(), without))


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["set", "me"]),
    options=st.dictionaries(
        st.sampled_from(["time", "zone", "days", "what"]), st.text(max_size=40), min_size=1
    ),
    locale=st.sampled_from(["en", "fr", "es", "zh"]),
)
async def test_whatever_is_typed_has_an_answer(
    name: str, options: dict[str, str], locale: str, alone: tuple[Desk, Schedule, Schedule]
) -> None:
    """And not that something went wrong on our side."""
    desk, *_ = alone
    before = len(await desk.book.of(SERVER))
    reply = await desk.ask(name, replace(moderator(locale=locale), direct=reader("dm9").direct), **options)
    assert everything(reply)
    assert not reply.text.startswith(Request(locale).tr("Something went wrong on this side"))
    if len(await desk.book.of(SERVER)) > before:
        await desk.book.remove((await desk.book.of(SERVER))[-1].id)


@pytest.mark.parametrize("name", [each.name for each in REGISTRY.values() if each.group == "daily"])
async def test_every_command_has_an_answer_before_there_is_any_schedule(name: str, desk: Desk) -> None:
    """Which says how to begin, and is no refusal."""
    ask = replace(moderator(), direct=reader().direct)
    reply = await answer(Ask(name), ask, desk.services)
    assert reply.found
    assert everything(reply)
    assert not await desk.book.of(SERVER)
