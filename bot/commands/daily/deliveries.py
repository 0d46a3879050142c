"""What is posted unasked, put into words; and what a schedule draws next."""

from bot.commands.daily.notice import notice, recovery
from bot.commands.daily.prompt import prompt, title_of
from bot.commands.daily.stock import stock
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.daily.courier import Composed, Composer, Drawer
from bot.daily.model import Delivery, Memory, Order, Schedule, What
from bot.daily.order import draw, mark
from bot.daily.steps import Draws


def composer(services: Services) -> Composer:
    """Puts a delivery into words, with what is on the shelf."""

    async def compose(delivery: Delivery, schedule: Schedule, prefix: str, *, late: bool) -> Composed:
        here = await _within(schedule, services)
        ask = Request(schedule.plan.language, prefix=prefix, community=schedule.owner)
        match delivery.what:
            case What.TROUBLE:
                return Composed(notice(delivery.item, schedule, ask), "")
            case What.RECOVERY:
                return Composed(recovery(schedule, ask), "")
            case What.PROMPT | What.EXTRA:
                reply = prompt(
                    delivery.item,
                    ask,
                    here,
                    late=late,
                    due=schedule.plan.at,
                    part=part_of(delivery.item, schedule, here),
                    round=round_of(delivery.item, schedule),
                )
                return Composed(reply, title_of(delivery.item, ask, here))

    return compose


def drawer_everywhere(services: Services) -> Drawer:
    """Draws the next item of a schedule from what is on the shelf of its community."""

    async def drawn(schedule: Schedule) -> tuple[str, Memory] | None:
        return drawer(await _within(schedule, services))(schedule)

    return drawn


async def _within(schedule: Schedule, services: Services) -> Services:
    """The services with the shelf that holds where a schedule is: of a room in a space, that of the space."""
    owner = schedule.owner
    return await services.within(owner and await services.posters.keeper(owner))


def drawer(services: Services) -> Draws:
    """Draws the next item of a schedule from what is on this shelf."""

    def drawn(schedule: Schedule) -> tuple[str, Memory] | None:
        return draw(pool_of(schedule, services), schedule.memory, schedule.id, schedule.plan.order)

    return drawn


def pool_of(schedule: Schedule, services: Services) -> tuple[str, ...]:
    """The ids of the items that a schedule draws from."""
    return stock(services.shelf).ids(schedule.plan.draw, schedule.plan.order)


def part_of(item_id: str, schedule: Schedule, services: Services) -> tuple[int, int] | None:
    """Which part of how many an item is in a series; None where it is in none."""
    parts = pool_of(schedule, services)
    if schedule.plan.order is not Order.SERIES or item_id not in parts:
        return None
    return parts.index(item_id) + 1, len(parts)


def round_of(item_id: str, schedule: Schedule) -> int:
    """The round in which an item was last shown, which may be the one before."""
    if mark(item_id) in schedule.memory.shown:
        return schedule.memory.round
    return max(0, schedule.memory.round - 1)
