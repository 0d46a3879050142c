"""What moderators are told when a prompt could not be posted, and when it works again."""

from bot.commands.request import Request
from bot.commands.words import spoken
from bot.daily.model import Schedule
from bot.i18n import message
from bot.reply import Ask, Choice, Reply

COMES_NEXT = message(
    "Nothing is lost: the schedule stays as it is, what was not shown is drawn again, and it goes on by"
    " itself as soon as it works again."
)
# By trouble (see `daily.model.Schedule`): what happened, and what can be done about it. A command in braces
# is shown as this reader types it.
TROUBLES: dict[str, tuple[str, str]] = {
    "gone": (
        message("The prompt of {schedule} cannot be posted: the place it goes to is gone, or I was removed."),
        message("Let me in again, choose another place with {set}, or end the schedule with {remove}."),
    ),
    "forbidden": (
        message("The prompt of {schedule} cannot be posted: I may not post where it goes."),
        message("Allow me to post there, or choose another place with {set}."),
    ),
    "permission": (
        message(
            "The prompt of {schedule} cannot be posted: where it goes, I lack the permission “{permission}”."
        ),
        message("Give me that permission there, or choose another place with {set}."),
    ),
    "unreachable": (
        message("The prompt of {schedule} could not be posted in time: the platform did not take it."),
        message("There is nothing for you to mend. {now} posts one at once."),
    ),
    "uncertain": (
        message(
            "The prompt of {schedule} may have been posted or not: the connection broke just then, and"
            " nobody can tell. So that it does not stand there twice, it is not sent again."
        ),
        message("Please look whether it is there; if not, {now} posts one at once."),
    ),
    "broken": (
        message(
            "There is no prompt for {schedule}: its time zone, or something else of it, is not known now."
        ),
        message(
            "Set it anew with {set}: name the zone again. Whoever runs me sees in the log what is wrong."
        ),
    ),
    "empty": (
        message("There is no prompt for {schedule}: nothing is left of what it draws from."),
        message("Choose something else to draw from with {set}."),
    ),
    "finished": (
        message("The series of {schedule} has come to its end."),
        message("{resume} begins it again, {set} chooses another one, and {remove} ends the schedule."),
    ),
}
# After these, there is nothing that would have to come back by itself.
SETTLED = frozenset({"uncertain", "empty", "finished"})


def notice(trouble: str, schedule: Schedule, ask: Request) -> Reply:
    """Word to the moderators of a schedule that it is in trouble, and what they can do."""
    tr = ask.tr
    kind, _, permission = trouble.partition(":")
    happened, remedy = TROUBLES.get("permission" if permission else kind, TROUBLES["unreachable"])
    said = [
        tr(happened, schedule=_named(schedule, ask), permission=tr(permission) if permission else ""),
        tr(remedy, **{word: spoken(f"daily {word}", ask) for word in ("set", "remove", "now", "resume")}),
    ]
    if kind not in SETTLED:
        said.append(tr(COMES_NEXT))
    return Reply("\n\n".join(said), choices=(_status(schedule, ask),))


def recovery(schedule: Schedule, ask: Request) -> Reply:
    """Word to the moderators of a schedule that was in trouble that it works again."""
    text = ask.tr("The prompt of {schedule} was posted: it works again.", schedule=_named(schedule, ask))
    return Reply(text, choices=(_status(schedule, ask),))


def _named(schedule: Schedule, ask: Request) -> str:
    plan = schedule.plan
    return ask.tr(
        "schedule {number} ({time}, {zone})",
        number=schedule.number,
        time=ask.tr.clock(plan.at),
        zone=plan.zone,
    )


def _status(schedule: Schedule, ask: Request) -> Choice:
    return Choice(spoken("daily status", ask), Ask("daily status", {"schedule": str(schedule.number)}))
