"""Moderators learn what happened to which schedule, what they can do, and that nothing was lost."""

import re
from dataclasses import replace
from datetime import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commands.daily.notice import TROUBLES, notice, recovery
from bot.commands.request import Request
from bot.daily.model import Plan, Schedule
from bot.i18n import LANGUAGES
from bot.model import Community, Place
from bot.reply import Ask

SCHEDULE = Schedule(
    id="a",
    owner=Community("discord", "1"),
    number=2,
    place=Place("discord", "2"),
    plan=Plan(time(9, 5), "America/Toronto", tell="3"),
)
WAITS = ["gone", "forbidden:", "forbidden:Send Messages", "unreachable", "broken"]
EVERY = [*WAITS, "uncertain", "empty", "finished"]


@pytest.mark.parametrize("trouble", EVERY)
def test_a_notice_says_which_schedule_and_leads_to_its_status(trouble: str) -> None:
    made = notice(trouble, SCHEDULE, Request(prefix="!"))
    assert "schedule 2 (09:05, America/Toronto)" in made.text
    [choice] = made.choices
    assert choice.label == "!daily status"
    assert choice.ask == Ask("daily status", {"schedule": "2"})


@pytest.mark.parametrize("trouble", EVERY)
def test_a_notice_says_that_nothing_is_lost_where_something_would_have_come(trouble: str) -> None:
    """What is uncertain is not sent again, and what has ended does not go on by itself."""
    promised = "goes on by itself" in notice(trouble, SCHEDULE, Request()).text
    assert promised is (trouble in WAITS)


def test_a_missing_permission_is_named() -> None:
    assert "the permission “Send Messages”" in notice("forbidden:Send Messages", SCHEDULE, Request()).text
    assert "“" not in notice("forbidden:", SCHEDULE, Request()).text
    assert "“" not in notice("forbidden", SCHEDULE, Request()).text


@pytest.mark.parametrize("prefix", ["/", "!"])
@pytest.mark.parametrize("trouble", EVERY)
def test_commands_are_named_as_they_are_typed(trouble: str, prefix: str) -> None:
    """And only such as there are: two words, the second of which is one of the group."""
    text = notice(trouble, SCHEDULE, Request(prefix=prefix)).text
    named = set(re.findall(rf"{prefix}daily (\w+)", text))
    assert named <= {"set", "remove", "now", "resume"}
    assert named


def test_uncertain_says_that_it_is_not_sent_again() -> None:
    text = notice("uncertain", SCHEDULE, Request()).text
    assert "may have been posted or not" in text
    assert "it is not sent again" in text


def test_recovery_says_so() -> None:
    made = recovery(SCHEDULE, Request())
    assert made.text == "The prompt of schedule 2 (09:05, America/Toronto) was posted: it works again."
    assert made.choices


@given(trouble=st.sampled_from([*TROUBLES, "forbidden:"]) | st.text(), locale=st.sampled_from(LANGUAGES))
@example(trouble="forbidden:{", locale="en")
def test_whatever_the_trouble_there_is_word_of_it(trouble: str, locale: str) -> None:
    """In every language, and also of one that an older version of us recorded."""
    for schedule in (SCHEDULE, replace(SCHEDULE, number=10)):
        made = notice(trouble, schedule, Request(locale))
        assert str(schedule.number) in made.text
        assert "{" not in made.text.replace(trouble.partition(":")[2] or "\0", "")
