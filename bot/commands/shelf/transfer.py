"""Handing a community's own shelf over to another community, with the consent of both."""

import re
import secrets
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.commands.describe import Choose, Services, Typed, command
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.shelf.entering import taken, too_heavy
from bot.commands.shelf.handing import handed_over
from bot.commands.shelf.own import act, keeper_of, ledger_of, shelf_of
from bot.commands.words import Whether, label, spoken
from bot.curation.entry import name_of
from bot.curation.model import OWN, Changes, Deed, Edit, Offer, Own
from bot.curation.shelf_file import MOST
from bot.curation.sorts import Sort, sort_of
from bot.i18n import message
from bot.reply import Ask, Bullets, Card, Choice, Code, File, Reply

HOLDS = timedelta(days=7)
CODE_BYTES = 10
"""Of randomness: nobody guesses a number of 24 digits within a week."""
LISTED = 10


@command("shelf transfer", audience=Audience.MODERATOR, private=True, acts=True)
async def transfer(
    ask: Request,
    services: Services,
    code: Annotated[str, Typed(message("The code that the other community gave you, to take theirs"))] = "",
    confirm: Annotated[Whether | None, Choose(message("Whether you are sure"))] = None,
) -> Reply:
    """Hand this community's own shelf over to another one, or take over theirs."""
    if confirm is Whether.NO:
        return Reply(ask.tr("Nothing was handed over."))
    sure = confirm is Whether.YES
    # Read out or copied by hand, it may come with spaces, and in capitals.
    code = re.sub(r"[\s-]", "", code).lower()
    return await (_take(code, ask, services, sure=sure) if code else _give(ask, services, sure=sure))


async def _give(ask: Request, services: Services, *, sure: bool) -> Reply:
    tr = ask.tr
    items = [each for each in (await shelf_of(ask, services)).items if not each.removed]
    if not items:
        return Reply(tr("There is nothing on your own shelf yet."), found=False)
    if not sure:
        text = tr.n(
            "Hand {n} entry over to another community? You get a code for its moderators. When they use it,"
            " within {days} days, your own shelf becomes theirs; here you can still restore what was on it.",
            "Hand {n} entries over to another community? You get a code for its moderators. When they use it,"
            " within {days} days, your own shelf becomes theirs; here you can still restore what was on it.",
            len(items),
            days=HOLDS.days,
        )
        choice = Choice(tr("Make a code"), Ask("shelf transfer", {"confirm": Whether.YES.value}))
        return Reply(text, choices=(choice,))
    offer = Offer(secrets.token_hex(CODE_BYTES), keeper_of(ask), services.now() + HOLDS)
    await ledger_of(ask, services).offer(offer, act(Deed.OFFERED, OWN, ask, services))
    shown = "-".join(re.findall(".{4}", offer.code))
    text = tr(
        "Give this code to a moderator of the other community, and to nobody else: whoever has it can take"
        " the shelf over until {day}, with {command}. A new code ends this one.",
        day=tr.full_day(offer.ends_at.date()),
        command=f"{spoken('shelf transfer', ask)} {tr.name('code')}:…",
    )
    if ask.overheard:
        return Reply(text, files=(File("shelf-code.txt", f"{shown}\n".encode()),))
    return Reply(text, (Card(tr("The code"), (Code(shown),)),))


async def _take(code: str, ask: Request, services: Services, *, sure: bool) -> Reply:
    tr, ledger, keeper = ask.tr, ledger_of(ask, services), keeper_of(ask)
    offer = await ledger.offered(code, services.now())
    if offer is None:
        raise RefusedError(
            tr("No shelf is offered with this code: it was used, or a newer one made, or its time is over.")
        )
    if offer.community == keeper:
        raise RefusedError(
            tr("That is the code of your own shelf: a moderator of the other community gives it there.")
        )
    given = [each for each in (await ledger.shelf(offer.community)).items if not each.removed]
    here = await ledger.shelf(keeper)
    if len(here.items) + len(given) > MOST:
        raise RefusedError(
            tr(
                "There are {given} entries to take over, and {here} here, those that were removed included:"
                " no more than {n} fit on one shelf.",
                given=len(given),
                here=len(here.items),
                n=MOST,
            )
        )
    if problem := too_heavy((*here.items, *given)):
        raise RefusedError(problem.spoken(tr))
    if not sure:
        return _asked(given, code, ask)
    now = services.now()
    received = handed_over(given, taken(here, services), now)
    gone = [replace(each, removed=True, version=each.version + 1, changed_at=now) for each in given]
    done = await ledger.hand_over(
        offer,
        Changes(
            tuple(Edit(before, after) for before, after in zip(given, gone, strict=True)),
            # Who took it is somebody else's moderator, and no business of the old community.
            tuple(replace(act(Deed.GIVEN, each.id, ask, services, each), by="") for each in gone),
        ),
        keeper,
        Changes(
            tuple(Edit(None, each) for each in received),
            tuple(act(Deed.RECEIVED, each.id, ask, services, each) for each in received),
        ),
    )
    if not done:
        raise RefusedError(tr("One of the two shelves changed meanwhile. Please give the code once more."))
    services.shelves.changed(offer.community)
    services.shelves.changed(keeper)
    text = tr.n(
        "{n} entry is on your own shelf now, and no longer on theirs.",
        "{n} entries are on your own shelf now, and no longer on theirs.",
        len(received),
    )
    return Reply(text, choices=(Choice(spoken("shelf list", ask), Ask("shelf list")),))


def _asked(given: list[Own], code: str, ask: Request) -> Reply:
    tr = ask.tr
    counts = Counter(sort_of(each.id) for each in given)
    kinds = [
        tr("{label}: {value}", label=label(sort, tr), value=counts[sort]) for sort in Sort if counts[sort]
    ]
    titles = [name_of(each.seed) for each in given[:LISTED]]
    if (more := len(given) - LISTED) > 0:
        titles.append(tr.n("… and {n} more", "… and {n} more", more))
    text = tr.n(
        "Take over {n} entry? It is added to your own shelf, and taken off theirs.",
        "Take over {n} entries? They are added to your own shelf, and taken off theirs.",
        len(given),
    )
    sure = Choice(tr("Take it over"), Ask("shelf transfer", {"code": code, "confirm": Whether.YES.value}))
    blocks = (Bullets(tuple(kinds)), Bullets(tuple(titles)))
    return Reply(text, (Card(tr("What would come"), blocks),), (sure,))
