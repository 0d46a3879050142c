"""Daily prompts: seen, paused, skipped, posted at once and removed by moderators, and by nobody else."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.daily.deliveries import drawer
from bot.commands.daily.prompt import title_of
from bot.commands.describe import REGISTRY, Command
from bot.commands.dispatch import answer
from bot.commands.request import Audience
from bot.daily.model import Draw, Memory, Schedule, State, What
from bot.daily.order import mark
from bot.model import Community, Place
from bot.reply import Ask, Bullets
from tests.commands.daily_desk import (
    MODERATORS,
    MORNING,
    NINE,
    RIGHT,
    SERVER,
    Desk,
    moderator,
    reader,
)
from tests.commands.said import everything

# Seeing


async def test_a_list_numbers_them_and_says_how_each_stands(desk: Desk) -> None:
    assert (await desk.said("list")).startswith("There is no daily prompt here yet. /daily set")
    await desk.ask("set", **NINE)
    await desk.ask("set", time="18", zone="Paris", where="200", what="actions")
    await desk.ask("pause", schedule="2", until="2026-06-10")
    said = await desk.said("list")
    assert (
        "Schedule 1, every day at 09:00 (America/Toronto), here: everything; shuffled, nothing twice. Next: T"
        in said
    )
    assert "Schedule 2, every day at 18:00 (Europe/Paris), #lounge: actions" in said
    assert "Paused until Wednesday, June 10, 2026. Next: Wednesday, June 10, 2026, 18:00." in said


async def test_a_preview_is_what_comes(desk: Desk) -> None:
    """Day by day, as the loop then draws it."""
    await desk.ask("set", **NINE)
    (card,) = (await desk.ask("preview")).cards
    (bullets,) = (block for block in card.blocks if isinstance(block, Bullets))
    assert len(bullets.items) == 7
    for day, line in enumerate(bullets.items):
        desk.at = datetime(2026, 6, 2 + day, 13, tzinfo=UTC)
        delivery = await desk.step()
        assert delivery
        assert line.endswith(f", 09:00: {title_of(delivery.item, moderator(), desk.services)}")


async def test_which_one_is_asked_only_where_there_are_several(desk: Desk) -> None:
    await desk.ask("set", **NINE)
    assert (await desk.ask("status")).found
    await desk.ask("set", time="18", zone="Paris")
    for name in ("preview", "pause", "resume", "skip", "remove", "status", "now"):
        reply = await desk.ask(name)
        assert (reply.found, reply.text) == (False, "There are several schedules here. Which one?")
        assert [choice.ask for choice in reply.choices] == [
            Ask(f"daily {name}", {"schedule": number}) for number in ("1", "2")
        ]
    for number in ("2", "#2", "n° 2"):
        assert "Europe/Paris" in await desk.said("status", schedule=number)
    reply = await desk.ask("status", schedule="3")
    assert (reply.found, reply.text) == (False, "There is no schedule “3” here. There are:")


async def test_a_status_says_what_became_of_each(anywhere: Desk) -> None:
    await anywhere.ask("set", **NINE, tell="300")
    assert "Nothing was posted yet." in await anywhere.said("status")
    hour = timedelta(hours=1)
    became = (
        (State.SENT, "", ""),
        (State.SENT, "thread:", ""),
        (State.UNCERTAIN, "uncertain", "uncertain"),
        (State.FAILED, "forbidden:Send Messages", "forbidden:Send Messages"),
        (State.PENDING, "gone", "gone"),
    )
    for day, (state, problem, trouble) in enumerate(became):
        anywhere.at = MORNING + hour + timedelta(days=day)
        await anywhere.step()
        await anywhere.settle(state, problem, trouble)
    said = await anywhere.said("status")
    for line in (
        "Trouble: the place to post in is gone, or I am not in it any more.",
        "It has not worked since Friday, June 5, 2026, 09:00.",
        "Uncertain: the connection broke while it was posted",
        "Next: Sunday, June 7, 2026, 09:00.",
    ):
        assert line in said, line
    for line in (
        r"Saturday, June 6, 2026: .+ \(not posted yet, and tried again: the place to post in is gone",
        r"Friday, June 5, 2026: .+ \(not posted: I lack the permission “Send Messages” there\)",
        r"Thursday, June 4, 2026: .+ \(uncertain whether it was posted\)",
        r"Wednesday, June 3, 2026: .+ \(posted, but its thread could not be opened\)",
        r"Tuesday, June 2, 2026: .+ \(posted\)",
    ):
        assert re.search(line, said), line


# Pausing, skipping, ending


async def test_a_pause_lasts_until_it_is_resumed(anywhere: Desk) -> None:
    await anywhere.ask("set", **NINE)
    before = await anywhere.one()
    reply = await anywhere.ask("pause")
    paused = await anywhere.one()
    assert (paused.paused, paused.due, paused.next_day) == (True, None, None)
    assert "/daily resume lets it go on." in everything(reply)
    assert "/daily resume lets it go on." in await anywhere.said("skip")
    assert "/daily resume lets it go on." in await anywhere.said("preview")
    assert [choice.label for choice in reply.choices][-1] == "Resume"
    assert (await answer(reply.choices[-1].ask, moderator(), anywhere.services)).text == "It goes on."
    assert replace(await anywhere.one(), version=0) == replace(before, version=0)
    assert (await anywhere.ask("resume")).text == "It is not paused."


@pytest.mark.parametrize(
    ("until", "day"),
    [("monday", 8), ("3 days", 5), ("2026-06-05", 5), ("5 juin", 5), ("tomorrow", 3), ("a week", 9)],
)
async def test_a_pause_can_have_an_end(until: str, day: int, desk: Desk) -> None:
    await desk.ask("set", **NINE)
    reply = await desk.ask("pause", until=until)
    schedule = await desk.one()
    assert (schedule.paused, schedule.paused_until) == (True, date(2026, 6, day))
    assert schedule.due == datetime(2026, 6, day, 13, tzinfo=UTC)
    assert reply.text.startswith("Paused until ")
    desk.at = schedule.due
    assert await desk.step()
    assert not (await desk.one()).paused


@pytest.mark.parametrize(
    ("line", "number", "day"),
    [
        ("daily pause 2 until monday", 2, date(2026, 6, 8)),
        ("daily pause 2 2 weeks", 2, date(2026, 6, 16)),
        ("daily pause #1 5 June", 1, date(2026, 6, 5)),
        ("daily pause 2", 2, None),
    ],
)
async def test_a_pause_can_be_typed_on_one_line(line: str, number: int, day: date | None, desk: Desk) -> None:
    """Which schedule, and until when, without the names of the options."""
    await desk.ask("set", **NINE)
    await desk.ask("set", time="18", zone="Paris")
    assert (await answer(line, moderator(), desk.services)).found
    schedules = {each.number: each for each in await desk.book.of(SERVER)}
    assert (schedules[number].paused, schedules[number].paused_until) == (True, day)
    assert not schedules[3 - number].paused


@pytest.mark.parametrize("line", ["daily pause until monday", "daily pause monday", "daily pause 6 days"])
async def test_the_only_schedule_goes_without_saying_in_a_pause(line: str, desk: Desk) -> None:
    await desk.ask("set", **NINE)
    assert (await answer(line, moderator(), desk.services)).found
    assert (await desk.one()).paused_until == date(2026, 6, 8)


@pytest.mark.parametrize("until", ["someday", "2026-06-02", "yesterday", "2020-01-01", "30 months"])
async def test_a_pause_needs_an_end_that_is_one(until: str, desk: Desk) -> None:
    await desk.ask("set", **NINE)
    assert not (await desk.ask("pause", until=until)).found
    assert not (await desk.one()).paused


async def test_today_is_that_of_the_schedule(desk: Desk) -> None:
    """In Auckland it is Wednesday already."""
    desk.at = MORNING + timedelta(hours=4)
    await desk.ask("set", time="9", zone="Auckland")
    await desk.ask("pause", until="tomorrow")
    assert (await desk.one()).paused_until == date(2026, 6, 4)


async def test_a_series_that_has_ended_begins_again(anywhere: Desk) -> None:
    await anywhere.ask("set", **NINE, order="series", source="source:statement")
    for _ in range(2):
        anywhere.at = (await anywhere.one()).due or anywhere.at
        await anywhere.step()
    assert (await anywhere.one()).trouble == "finished"
    said = await anywhere.said("status")
    assert "Trouble: the series is at its end. /daily resume begins it again." in said
    assert not (await anywhere.ask("now")).found
    assert (await anywhere.ask("resume")).text == "The series begins again."
    schedule = await anywhere.one()
    assert (schedule.trouble, schedule.memory) == ("", Memory(1))
    assert schedule.due
    assert schedule.due > anywhere.at
    assert "What can you do?" in await anywhere.said("preview")


async def test_skipping_leaves_out_the_next_one_whatever_changes_later(anywhere: Desk) -> None:
    await anywhere.ask("set", **NINE)
    planned = await anywhere.said("preview")
    reply = await anywhere.ask("skip")
    assert reply.text == "Nothing comes on Tuesday, June 2, 2026, 09:00."
    left = await anywhere.said("preview")
    (first, *others) = [line for line in planned.splitlines() if "2026" in line]
    assert first not in left
    assert all(each in left for each in others)
    status = await anywhere.said("status")
    assert re.search(r"Tuesday, June 2, 2026: .+ \(left out: a moderator skipped it\)", status)
    await anywhere.ask("set", schedule="1", time="10:00")
    assert (await anywhere.one()).next_day == date(2026, 6, 3)
    await anywhere.ask("skip")
    assert (await anywhere.one()).next_day == date(2026, 6, 4)


async def test_a_series_leaves_out_no_part(desk: Desk) -> None:
    await desk.ask("set", **NINE, order="series", source="source:review")
    await desk.ask("skip")
    assert "Wednesday, June 3, 2026, 09:00: Opening" in await desk.said("preview")


async def test_a_schedule_is_removed_only_for_sure(desk: Desk) -> None:
    await desk.ask("set", **NINE)
    reply = await desk.ask("remove")
    assert reply.text.startswith("Remove this schedule for good? Schedule 1, every day at 09:00")
    await desk.one()
    assert (await desk.ask("remove", confirm="no")).text == "It stays."
    await desk.one()
    done = await answer(reply.choices[0].ask, moderator(), desk.services)
    assert done.text.startswith("Removed")
    assert not await desk.book.of(SERVER)


async def test_an_old_button_removes_no_other_that_has_its_number_now(anywhere: Desk) -> None:
    await anywhere.ask("set", **NINE)
    (sure, _) = (await anywhere.ask("remove")).choices
    await anywhere.ask("remove", confirm="yes")
    await anywhere.ask("set", time="18", zone="Paris")
    assert not (await answer(sure.ask, moderator(), anywhere.services)).found
    assert (await anywhere.one()).plan.zone == "Europe/Paris"


# At once


async def test_now_is_the_prompt_of_today_where_that_is_still_to_come(anywhere: Desk) -> None:
    await anywhere.ask("set", **NINE)
    drawn = drawer(anywhere.services)(await anywhere.one())
    assert drawn
    reply = await anywhere.ask("now")
    assert reply.text.endswith("It counts as the prompt of today.")
    assert anywhere.services.posters.changed.is_set()
    schedule = await anywhere.one()
    assert (schedule.next_day, schedule.memory) == (date(2026, 6, 3), drawn[1])
    (posted,) = await anywhere.book.history(schedule.id, 10)
    assert (posted.what, posted.day, posted.state) == (What.PROMPT, date(2026, 6, 2), State.PENDING)
    assert (posted.item, posted.due) == (drawn[0], MORNING)


async def test_now_is_an_extra_one_afterwards_and_while_paused_and_five_a_day(anywhere: Desk) -> None:
    await anywhere.ask("set", **NINE)
    await anywhere.ask("now")
    before = await anywhere.one()
    for _ in range(4):
        assert "counts as" not in (await anywhere.ask("now")).text
    await anywhere.ask("pause")
    assert (await anywhere.ask("now")).found
    schedule = await anywhere.one()
    assert (schedule.next_day, before.next_day) == (None, date(2026, 6, 3))
    assert [each.what for each in await anywhere.book.history(schedule.id, 10)].count(What.EXTRA) == 5
    assert len({mark(each.item) for each in await anywhere.book.history(schedule.id, 10)}) == 6
    refused = await anywhere.ask("now")
    assert (refused.found, refused.text[:33]) == (False, "There were 5 on request today; th")
    anywhere.at += timedelta(days=1)
    assert (await anywhere.ask("now")).found
    assert " (about to be posted)" in await anywhere.said("status")


async def test_now_has_nothing_where_nothing_is_left(desk: Desk) -> None:
    await desk.ask("set", **NINE)
    schedule = await desk.one()
    emptied = replace(schedule, plan=replace(schedule.plan, draw=Draw(topics=("topic:retired",))))
    assert await desk.book.change(schedule, emptied)
    assert (await desk.ask("now")).text == "There is nothing to post: there is nothing to draw from."
    assert "After that" not in await desk.said("list")
    assert "no longer on the shelf" in await desk.said("list")
    assert "After that: there is nothing to draw from." in await desk.said("preview")


# Who may


@pytest.mark.parametrize("described", MODERATORS, ids=lambda each: each.name)
async def test_members_are_refused_and_told_what_is_missing(described: Command, desk: Desk) -> None:
    await desk.ask("set", **NINE)
    before = await desk.one()
    name = described.name.removeprefix("daily ")
    member = replace(moderator(), audience=Audience.EVERYONE)
    reply = await desk.ask(name, member)
    assert (reply.found, reply.private) == (False, True)
    assert reply.text == f"You need the permission “{RIGHT}” for /daily {name}."
    alone = await desk.ask(name, replace(reader(), audience=Audience.MODERATOR))
    assert alone.text.startswith("This concerns a whole server or room")
    assert await desk.one() == before


COMMANDS = st.sampled_from(["set", "list", "preview", "pause", "resume", "skip", "remove", "status", "now"])
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "schedule": st.sampled_from(["1", "2", "", "ID"]),
        "time": st.sampled_from(["18:00", "x"]),
        "where": st.just("200"),
        "confirm": st.sampled_from(["yes", "no"]),
        "until": st.sampled_from(["monday", "x"]),
        "clear": st.just("topic"),
    },
)


# One book for all examples, which leave it as it was.
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given=st.lists(st.tuples(COMMANDS, OPTIONS), min_size=1, max_size=6))
async def test_nobody_sees_or_changes_what_is_anothers(
    given: list[tuple[str, dict[str, str]]], alone: tuple[Desk, Schedule, Schedule]
) -> None:
    """Whatever moderators of another server say, by number or by id."""
    desk, theirs, own = alone
    elsewhere = Community("discord", "2")
    stranger = moderator(elsewhere, Place("discord", "900"))
    await desk.ask("set", stranger, time="07:00", zone="UTC", where="900")
    for name, options in given:
        known = {option.name for option in REGISTRY[f"daily {name}"].options}
        typed = {
            each: theirs.id if value == "ID" else value for each, value in options.items() if each in known
        }
        said = await desk.said(name, stranger, **typed)
        assert "America/Toronto" not in said
        assert "#reading" not in said
    assert await desk.one() == theirs
    assert await desk.book.own(own.place) == own
    assert not await desk.book.history(theirs.id, 1)
    for each in await desk.book.of(elsewhere):
        await desk.book.remove(each.id)


async def test_a_zone_that_is_gone_hides_nothing(desk: Desk) -> None:
    """Newer zone data do not have it: it is listed and explained, and can be given another one."""
    await desk.ask("set", **NINE)
    before = await desk.one()
    gone = replace(before.plan, zone="Europe/Atlantis")
    assert await desk.book.change(before, replace(before, plan=gone, trouble="broken"))
    for name in ("list", "status"):
        said = await desk.said(name)
        assert "Trouble: its time zone, or something else of it, is not known now." in said
        assert "Tuesday, June 2, 2026, 13:00 UTC" in said
    assert (await desk.ask("set", schedule="1", zone="Toronto")).found
    assert (await desk.one()).plan == before.plan
    assert "Trouble" not in await desk.said("list")
