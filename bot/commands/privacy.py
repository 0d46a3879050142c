"""What is kept, what of it a community can have, and how somebody is forgotten."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping

from bot.commands.describe import Services, command, group
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.words import spoken
from bot.curation.ledger import Ledger
from bot.i18n import message
from bot.model import Visibility
from bot.reply import Bullets, Card, Facts, File, Reply

LARGEST = 8_000_000
"""Bytes of a file that every platform takes: Discord's limit for a bot is 10 MiB. Larger ones are packed."""

TABLES: Mapping[str, str] = {
    "own_item": message("Own shelf"),
    "own_link": message("Links on it"),
    "hidden_item": message("Hidden entries"),
    "act": message("What moderators did"),
    "suggestion": message("Suggestions"),
    "card": message("Posted cards"),
    "offer": message("Offer to hand the shelf over"),
    "departure": message("That I was removed"),
    "community": message("Decisions"),
    "schedule": message("Daily prompts"),
    "delivery": message("Posts of daily prompts"),
}
"""What readers call the tables that have something of a community."""

group("privacy", message("What is kept, and how it is erased"), alone="privacy about")


@command("privacy about", private=True)
async def about(ask: Request, services: Services) -> Reply:
    """What is remembered about you: nothing that you did not ask for."""
    tr = ask.tr
    promises = [
        tr("What you ask is answered and forgotten: no question, no name, in any table, log or file."),
        tr("The log counts: which command, whether there was an answer, how long it took. Never your words."),
        tr("Answering asks nobody else: no website, no search engine, no outside service."),
        *_of_communities(ask, services),
    ]
    if services.book is not None:
        promises.append(
            tr(
                "Of daily prompts, it is kept where to post, what and when, and how far that has come. Of"
                " your own, by direct message, that is all, and {forget} erases it.",
                forget=spoken("daily forget", ask),
            )
        )
    if ask.remembers_language:
        promises.append(
            tr(
                "A language you choose with {settings} holds for the conversation.",
                settings=spoken("settings", ask),
            )
        )
    promises.append(
        tr(
            "What the chat platform sees and keeps is out of our hands: your messages, your account, the"
            " answers. In a shared room, other people may see what you ask."
        )
    )
    if ask.community is not None and services.communities.of(ask.community).answers is Visibility.ROOM:
        promises.append(tr("Here the moderators decided that everyone sees the answers."))
    return Reply(cards=(Card(tr("Privacy"), (Bullets(tuple(promises)),)),))


def _of_communities(ask: Request, services: Services) -> Iterator[str]:
    """What is kept of a server or room, and of who does something for its shelf."""
    tr = ask.tr
    if ask.community is not None:
        yield tr("Of a server or room, its own shelf and what its moderators decided are kept.")
    if services.ledger is None:
        return
    yield tr(
        "What you suggest for a shelf is kept without who you are, unless you choose to be told what becomes"
        " of it: then with your account's id, until you were told."
    )
    acts, left = services.terms.acts.days, services.terms.left.days
    recorded = tr.n(
        "What moderators do is recorded with their account's id, for {n} day.",
        "What moderators do is recorded with their account's id, for {n} days.",
        acts,
    )
    forgotten = tr("{forget} takes yours out everywhere.", forget=spoken("privacy forget-me", ask))
    yield f"{recorded} {forgotten}"
    yield tr.n(
        "When I am removed from a server or room, all that was kept of it is deleted {n} day later.",
        "When I am removed from a server or room, all that was kept of it is deleted {n} days later.",
        left,
    )
    if services.terms.links:
        yield tr(
            "Now and then I look whether the links on communities' own shelves still work. The sites see that"
            " this machine asks, and not for whom."
        )


@command("privacy export", audience=Audience.MODERATOR, private=True)
async def export(ask: Request, services: Services) -> Reply:
    """Everything that is stored about this server or room, as a file."""
    tr, ledger = ask.tr, _ledger(ask, services)
    # Of a room in a space, that is what the space keeps, too: who may give this is one of its moderators.
    stored: list[object] = []
    rows = Counter[str]()
    for each in dict.fromkeys(filter(None, (ask.keeper, ask.community))):
        tables = {table: lines for table, lines in (await ledger.everything(each)).items() if lines}
        if tables:
            stored.append({"platform": each.platform, "id": each.id, "tables": tables})
            rows.update({table: len(lines) for table, lines in tables.items()})
    if not stored:
        return Reply(tr("Nothing is stored about this server or room."))
    at = services.now()
    text = tr(
        "This is all that is stored about this server or room: its own shelf, hidden entries, what moderators"
        " did (with their accounts' ids), suggestions, posted cards, decisions and daily prompts. Keep it"
        " among you."
    )
    counted = tuple(
        (f"{tr(TABLES[table])} ({table})", tr.n("{n} row", "{n} rows", n)) for table, n in rows.items()
    )
    file = _file(f"infoshop-{at:%Y-%m-%d}.json", {"at": at.isoformat(), "stored": stored})
    return Reply(text, (Card(tr("In the file"), (Facts(counted),)),), files=(file,))


def _file(name: str, content: Mapping[str, object]) -> File:
    written = json.dumps(content, ensure_ascii=False, indent=2).encode()
    if len(written) <= LARGEST:
        return File(name, written, "application/json")
    return File(f"{name}.gz", gzip.compress(written, mtime=0), "application/gzip")


@command("privacy forget-me", private=True, acts=True)
async def forget_me(ask: Request, services: Services) -> Reply:
    """Take your account's id out of suggestions and out of what moderators did."""
    tr = ask.tr
    ledger = _ledger(ask, services)
    said = []
    if not ask.by:
        said.append(tr("Here nobody's account is known, and none is recorded."))
    elif not (count := await ledger.forget(await _platform(ask), ask.by)) or ask.overheard:
        # Whether there was any is nobody else's business.
        said.append(
            tr(
                "Your account's id is stored nowhere now: in no suggestion, and in no record of what"
                " moderators did. What was added to shelves stays."
            )
        )
    else:
        said += [
            tr.n(
                "Your account's id was taken out of {n} place, in suggestions or records of what moderators"
                " did, on every server and in every room. What was added to shelves stays.",
                "Your account's id was taken out of {n} places, in suggestions or records of what moderators"
                " did, on every server and in every room. What was added to shelves stays.",
                count,
            ),
            tr("Of a suggestion that still waits, I cannot tell you any more what becomes of it."),
        ]
    if services.book is not None:
        said.append(
            tr(
                "Daily readings by direct message are kept by themselves: {forget} ends yours, if you have"
                " any, and erases what is kept for them.",
                forget=spoken("daily forget", ask),
            )
        )
    return Reply("\n\n".join(said))


async def _platform(ask: Request) -> str:
    """The platform that the reader's account is on."""
    for known in (ask.community, ask.place):
        if known is not None:
            return known.platform
    if ask.direct is None:
        raise RefusedError(ask.tr("Nothing is kept here, and so there is nothing to erase."))
    return (await ask.direct()).platform


def _ledger(ask: Request, services: Services) -> Ledger:
    if services.ledger is None:
        raise RefusedError(ask.tr("Nothing is kept here, and so there is nothing to erase."))
    return services.ledger
