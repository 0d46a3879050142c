"""Setting up daily prompts, and changing them."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.commands.daily.schedules import insist
from bot.commands.dispatch import answer, complete
from bot.commands.parse import RefusedError
from bot.daily.book import Book
from bot.daily.model import Draw, Drawn, Memory, Order, Plan, Schedule
from bot.model import Community, Place
from bot.reply import Ask, Bullets
from bot.store import SqlBook
from tests.commands.daily_desk import CHANNEL, MORNING, NINE, SERVER, Desk, moderator
from tests.commands.said import everything

# Setting up


async def test_a_time_and_a_city_are_enough(desk: Desk) -> None:
    """Everything else is as usual: every day, here, from all there is, shuffled, nobody mentioned."""
    reply = await desk.ask("set", **NINE)
    assert reply.found
    assert reply.private
    schedule = await desk.one()
    assert (schedule.place, schedule.number, schedule.owner) == (CHANNEL, 1, SERVER)
    assert schedule.plan == Plan(time(9), "America/Toronto", tell="100")
    assert schedule.due == datetime(2026, 6, 2, 13, tzinfo=UTC)
    said = everything(reply)
    assert "every day at 09:00 (America/Toronto)" in said
    assert "Where: here" in said
    assert "What: everything; shuffled, nothing twice" in said
    days = [block.items for block in reply.cards[0].blocks if isinstance(block, Bullets)]
    assert days == [
        ("Tuesday, June 2, 2026, 09:00", "Wednesday, June 3, 2026, 09:00", "Thursday, June 4, 2026, 09:00")
    ]
    assert [choice.ask.command for choice in reply.choices] == [
        "daily preview",
        "daily now",
        "daily list",
        "daily pause",
    ]
    for choice in reply.choices:
        assert (await answer(choice.ask, moderator(), desk.services)).found


@pytest.mark.parametrize(
    "line", ["daily set time:9am zone:Toronto", "daily set 9am Toronto", "daily set 09:00 zone:montreal"]
)
async def test_it_can_be_typed_on_one_line(line: str, desk: Desk) -> None:
    assert (await answer(line, moderator(), desk.services)).found
    assert (await desk.one()).plan == Plan(time(9), "America/Toronto", tell="100")


async def test_every_option_is_kept_and_said(anywhere: Desk) -> None:
    reply = await anywhere.ask(
        "set",
        time="9.30 pm",
        zone="Europe/Paris",
        where="200",
        days="mon, wed",
        what="readings and actions",
        topic="raids",
        source="vita review",
        order="shuffled",
        thread="yes",
        language="fr",
        mention="7",
        tell="300",
    )
    schedule = await anywhere.one()
    draw = Draw(frozenset({Drawn.READING, Drawn.ACTION}), ("topic:raids",), "source:review")
    assert schedule.plan == Plan(
        time(21, 30),
        "Europe/Paris",
        frozenset({0, 2}),
        draw,
        Order.SHUFFLED,
        thread=True,
        language="fr",
        mention="7",
        tell="300",
    )
    assert schedule.place == Place("discord", "200")
    said = everything(reply)
    for words in (
        "Monday and Wednesday at 21:30 (Europe/Paris)",
        "Where: #lounge",
        "readings and actions on “Raids” from “Rights and Raids”",
        "Language: French",
        "Thread: one under each prompt",
        "Mentioned: @readers",
        "Trouble is told: #mods",
    ):
        assert words in said


async def test_a_series_goes_through_one_document(desk: Desk) -> None:
    reply = await desk.ask("set", **NINE, order="series", source="source:review")
    assert "“Rights and Raids” in parts, one after the other" in everything(reply)
    assert (await desk.one()).plan.order is Order.SERIES
    preview = await desk.said("preview")
    assert preview.index("Opening") < preview.index("Part 2: The Industry")
    assert "After that: the series is at its end." in preview


async def test_a_series_without_a_document_asks_which(desk: Desk) -> None:
    reply = await desk.ask("set", **NINE, order="series")
    assert (reply.found, reply.text) == (False, "A series goes through one document. Which one?")
    assert [choice.ask.options["source"] for choice in reply.choices] == ["source:review", "source:statement"]
    assert (await answer(reply.choices[1].ask, moderator(), desk.services)).found
    assert (await desk.one()).plan.draw.source == "source:statement"


@pytest.mark.parametrize(
    ("options", "sentence", "offered"),
    [
        ({"zone": "Toronto"}, "At what time of day?", "time"),
        ({"time": "25:00", "zone": "Toronto"}, "That is no time of day", ""),
        ({"time": "9"}, "In which time zone?", "zone"),
        ({"time": "9", "zone": "Birmingham"}, "Which time zone do you mean by “Birmingham”?", "zone"),
        ({"time": "9", "zone": "xqxqxq"}, "I know no time zone for “xqxqxq”.", ""),
        ({**NINE, "days": "somedays"}, "I do not know which days “somedays” are.", "days"),
        ({**NINE, "what": "contacts"}, "I do not know what “contacts” are.", "what"),
        ({**NINE, "topic": "xqxqxq"}, "I have no topic “xqxqxq”.", "topic"),
        ({**NINE, "source": "xqxqxq"}, "None of the documents is called “xqxqxq”.", "source"),
        ({**NINE, "mention": "1"}, "I mention a role that people chose for themselves, and never", ""),
        ({**NINE, "schedule": "2"}, "", ""),
    ],
)
async def test_what_will_not_do_is_said_with_what_would(
    options: dict[str, str], sentence: str, offered: str, desk: Desk
) -> None:
    """Nothing is kept, and every choice that is offered sets it up."""
    reply = await desk.ask("set", **options)
    assert reply.text.startswith(sentence or "There is no daily prompt here yet.")
    assert reply.found is not bool(sentence)
    assert not await desk.book.of(SERVER)
    if offered:
        assert reply.choices
    for choice in reply.choices:
        done = await answer(choice.ask, moderator(), desk.services)
        assert done.found
        assert not offered or offered in choice.ask.options


async def test_nothing_to_draw_from_is_refused_with_what_would_give_something(desk: Desk) -> None:
    options = {**NINE, "what": "sections", "topic": "topic:borders"}
    reply = await desk.ask("set", **options)
    assert not reply.found
    assert reply.text == (
        "There is nothing to draw from: sections on “Border control”. There would be something in:"
    )
    assert [choice.label for choice in reply.choices] == ["everything on “Border control”", "sections"]
    assert not await desk.book.of(SERVER)
    for choice in reply.choices:
        assert (await answer(choice.ask, moderator(), desk.services)).found
    assert [each.plan.draw for each in await desk.book.of(SERVER)] == [
        Draw(topics=("topic:borders",)),
        Draw(frozenset({Drawn.SECTION})),
    ]


async def test_without_anything_it_says_how(desk: Desk) -> None:
    reply = await desk.ask("set")
    assert "/daily set time:09:00 zone:Toronto" in reply.text
    assert not await desk.book.of(SERVER)
    for choice in reply.choices:
        assert (await answer(choice.ask, moderator(), desk.services)).found


async def test_the_same_again_is_no_second_schedule(desk: Desk) -> None:
    """Pressed twice, or given by two moderators, it would post twice."""
    await desk.ask("set", **NINE)
    assert (await desk.ask("set", **NINE)).text == "There is that schedule already."
    await desk.one()


async def test_there_are_ten_at_most(anywhere: Desk) -> None:
    for hour in range(10):
        assert (await anywhere.ask("set", time=str(hour), zone="Toronto")).found
    reply = await anywhere.ask("set", time="11", zone="Toronto")
    assert (reply.found, len(await anywhere.book.of(SERVER))) == (False, 10)
    assert reply.text.startswith("There are 10 schedules here, and no room for more.")


async def test_where_nothing_can_be_posted_a_channel_has_to_be_named(desk: Desk) -> None:
    nowhere = moderator(place=None)
    assert (await desk.ask("set", nowhere, **NINE)).text.startswith("Nothing can be posted where you are.")
    assert (await desk.ask("set", nowhere, **NINE, where="200")).found
    assert (await desk.one()).plan.tell == "200"


async def test_an_option_is_completed(desk: Desk) -> None:
    def offered(option: str, prefix: str) -> list[str]:
        return [value for _, value in complete("daily set", option, prefix, moderator(), desk.services)]

    assert offered("zone", "toron")[0] == "America/Toronto"
    assert offered("time", "9")[0] == "09:00"
    assert offered("days", "week") == ["weekdays", "weekends"]
    assert offered("what", "rea") == ["readings"]
    assert offered("order", "ser") == ["series"]
    assert "topic:raids" in offered("topic", "raid")
    assert offered("source", "rights") == ["source:review"]


# Changing


async def test_only_what_is_given_changes(anywhere: Desk) -> None:
    await anywhere.ask("set", **NINE, days="weekdays", topic="topic:raids", mention="7")
    before = await anywhere.one()
    reply = await anywhere.ask("set", schedule="1", time="18:00")
    after = await anywhere.one()
    assert after.plan == replace(before.plan, at=time(18))
    assert (after.id, after.place, after.number) == (before.id, before.place, 1)
    assert "weekdays at 18:00" in everything(reply)
    assert after.due == datetime(2026, 6, 2, 22, tzinfo=UTC)
    await anywhere.ask("set", schedule="1", where="200", thread="yes")
    moved = await anywhere.one()
    assert (moved.place.id, moved.plan) == ("200", replace(after.plan, thread=True))


@pytest.mark.parametrize(
    ("clear", "change"),
    [
        ("topic", {"draw": Draw(source="source:review")}),
        ("source", {"draw": Draw(topics=("topic:raids",))}),
        ("mention", {"mention": ""}),
        ("tell", {"tell": ""}),
    ],
)
async def test_what_was_chosen_can_be_cleared(clear: str, change: dict[str, object], desk: Desk) -> None:
    await desk.ask("set", **NINE, topic="topic:raids", source="source:review", mention="7", tell="300")
    before = await desk.one()
    await desk.ask("set", schedule="1", clear=clear)
    assert (await desk.one()).plan == replace(before.plan, **change)  # type: ignore[arg-type]


async def test_two_changes_at_once_both_hold(anywhere: Desk) -> None:
    """Whoever comes second begins again from what the first one decided."""
    await anywhere.ask("set", **NINE)
    interrupted = Interrupting(anywhere.book, Ask("daily set", {"schedule": "1", "thread": "yes"}), anywhere)
    services = replace(anywhere.services, book=interrupted)
    assert (await answer(Ask("daily set", {"schedule": "1", "time": "18"}), moderator(), services)).found
    assert (await anywhere.one()).plan == Plan(time(18), "America/Toronto", thread=True, tell="100")


class Interrupting(SqlBook):
    """A book in which, before the first change that somebody makes, somebody else makes theirs."""

    def __init__(self, book: Book, theirs: Ask, desk: Desk) -> None:
        assert isinstance(book, SqlBook)
        super().__init__(book._engine)
        self._theirs: list[Ask] = [theirs]
        self._desk = desk

    async def change(self, before: Schedule, after: Schedule) -> bool:
        """As ever, after the other one."""
        if self._theirs:
            assert (await answer(self._theirs.pop(), moderator(), self._desk.services)).found
        return await super().change(before, after)


async def test_who_is_always_overtaken_is_told(desk: Desk) -> None:
    await desk.ask("set", **NINE)

    async def never(_schedule: Schedule) -> None:
        return None

    with pytest.raises(RefusedError, match="Somebody else is changing"):
        await insist(await desk.one(), moderator(), desk.services, never)
    gone = await desk.one()
    await desk.book.remove(gone.id)
    with pytest.raises(RefusedError, match="removed meanwhile"):
        await insist(gone, moderator(), desk.services, never)


async def test_a_day_that_had_its_prompt_gets_no_other_by_a_later_time(desk: Desk) -> None:
    await desk.ask("set", **NINE)
    desk.at = MORNING + timedelta(hours=1)
    assert await desk.step()
    reply = await desk.ask("set", schedule="1", time="20:00")
    assert "Wednesday, June 3, 2026, 20:00" in everything(reply)
    assert "June 2, 2026" not in everything(reply)


async def test_a_series_begins_at_its_beginning(desk: Desk) -> None:
    """Also where parts of the document were shown before, shuffled."""
    await desk.ask("set", **NINE, what="sections", source="source:review")
    desk.at += timedelta(hours=1)
    await desk.step()
    await desk.ask("set", schedule="1", order="series")
    assert (await desk.one()).memory == Memory(1)


async def test_where_there_are_no_channels_the_room_is_the_place_and_can_be_mentioned(desk: Desk) -> None:
    """On Matrix: no option of a channel, and in place of roles the word for everybody."""
    room = Place("matrix", "!room")
    ask = replace(
        moderator(Community("matrix", "!room"), room), has_channels=False, mentionable=("room",), prefix="!"
    )
    said = await desk.said("set", ask, **NINE, mention="room")
    schedule = await desk.one(Community("matrix", "!room"))
    assert (schedule.place, schedule.plan.mention, schedule.plan.tell) == (room, "room", "!room")
    assert "Where: here" in said
    assert "Mentioned: room" in said
    for option in ("where", "tell"):
        assert not (await desk.ask("set", ask, **NINE, **{option: "!other"})).found
    assert not (await desk.ask("set", ask, **NINE, mention="somebody")).found
    await desk.one(Community("matrix", "!room"))
