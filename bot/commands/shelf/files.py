"""A community's own shelf as one file: out and in."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import PurePath
from typing import Annotated

from bot.commands.describe import Attachment, Choose, Services, command
from bot.commands.parse import RefusedError
from bot.commands.request import Audience, Request
from bot.commands.shelf.differences import rows
from bot.commands.shelf.entering import all_there
from bot.commands.shelf.own import act, keeper_of, ledger_of, shelf_of
from bot.commands.words import Whether, spoken
from bot.curation.entry import name_of
from bot.curation.model import Deed, Edit
from bot.curation.shelf_file import Import, exported, read_import
from bot.errors import CorpusError
from bot.i18n import message
from bot.reply import Ask, Block, Bullets, Card, Choice, Facts, File, Paragraph, Reply

LARGEST = 5_000_000
"""Bytes of a file to import: several times what a full shelf takes."""
LISTED = 20
DIFFERING = 10
PROBLEMS = 20
# A whole shelf takes seconds. One after the other, whoever asks meanwhile finds a thread that is free.
_FILES = ThreadPoolExecutor(1, "shelf-file")


@command("shelf export", audience=Audience.MODERATOR, private=True)
async def export(ask: Request, services: Services) -> Reply:
    """This community's own shelf as one file."""
    tr = ask.tr
    items = [each for each in (await shelf_of(ask, services)).items if not each.removed]
    if not items:
        add = Choice(spoken("shelf add", ask), Ask("shelf add"))
        return Reply(tr("There is nothing on your own shelf yet."), choices=(add,), found=False)
    text = tr.n(
        "Your own shelf, with {n} entry. {import_} reads such a file, here or in another community.",
        "Your own shelf, with {n} entries. {import_} reads such a file, here or in another community.",
        len(items),
        import_=spoken("shelf import", ask),
    )
    loop = asyncio.get_running_loop()
    content = (await loop.run_in_executor(_FILES, exported, items)).encode()
    name = f"shelf-{services.today().isoformat()}.yaml"
    return Reply(text, files=(File(name, content, "application/yaml"),))


@command("shelf import", audience=Audience.MODERATOR, private=True, acts=True)
async def import_(
    ask: Request,
    services: Services,
    file: Annotated[str, Attachment(message("A file that was exported, or a seed file"))] = "",
    apply: Annotated[
        Whether | None, Choose(message("Whether to do it, instead of showing what would change"))
    ] = None,
) -> Reply:
    """Put what is in a file on this community's own shelf; first it shows what would change."""
    tr = ask.tr
    ledger, keeper = ledger_of(ask, services), keeper_of(ask)
    if ask.upload is None:
        raise RefusedError(tr("Files cannot be given here."))
    content = await ask.upload(file, LARGEST)
    shelf = await ledger.shelf(keeper)
    try:
        shared, at = services.shelves.shared.corpus, services.now()
        there = all_there(shelf, services)
        reading = partial(read_import, content, _called(file), shelf, shared=shared, at=at, there=there)
        found = await asyncio.get_running_loop().run_in_executor(_FILES, reading)
    except CorpusError as error:
        return _refused(error, ask)
    if not found.edits:
        text = tr("Everything in the file stands on your own shelf already.")
        return Reply(text, _cards(found, ask))
    if apply is not Whether.YES:
        return Reply(_would(found, ask), _cards(found, ask))
    acts = [act(Deed.RESTORED, each, ask, services) for each in found.restored]
    acts += [act(Deed.IMPORTED, each.after.id, ask, services, each.after) for each in found.edits]
    if not await ledger.keep(keeper, found.edits, acts):
        raise RefusedError(
            tr("Somebody else changed the shelf meanwhile. Nothing was imported; please try again.")
        )
    services.shelves.changed(keeper)
    text = tr("Imported. {count}", count=_counted(found, ask))
    return Reply(text, choices=(Choice(spoken("shelf list", ask), Ask("shelf list")),))


def _called(file: str) -> str:
    """What to call the file where something in it is wrong: by its own name, where that is known."""
    name = PurePath(file).name
    return name if name.lower().endswith((".yaml", ".yml")) else "shelf.yaml"


def _refused(error: CorpusError, ask: Request) -> Reply:
    tr, problems = ask.tr, [str(each) for each in error.problems]
    said: list[Block] = [Bullets(tuple(problems[:PROBLEMS]))]
    if len(problems) > PROBLEMS:
        more = len(problems) - PROBLEMS
        said.append(Paragraph(tr.n("… and {n} more", "… and {n} more", more)))
    text = tr("Nothing was imported: something in the file has to be put right first.")
    return Reply(text, (Card(tr("What is wrong"), tuple(said)),), found=False)


def _would(found: Import, ask: Request) -> str:
    tr = ask.tr
    return tr(
        "Nothing is imported yet. {count} To do it, give {command} with the file once more.",
        count=_counted(found, ask),
        command=f"{spoken('shelf import', ask)} {tr.name('apply')}:{tr('yes')}",
    )


def _counted(found: Import, ask: Request) -> str:
    return ask.tr(
        "New: {added}; brought back: {restored}; changed: {changed}; the same as before: {unchanged}.",
        added=len(found.added),
        restored=len(found.restored),
        changed=len(found.changed),
        unchanged=found.unchanged,
    )


def _cards(found: Import, ask: Request) -> tuple[Card, ...]:
    back = _list(ask.tr("Removed before, and brought back"), found, found.restored, ask)
    new = _list(ask.tr("New"), found, found.added, ask)
    return tuple(card for card in (back, new, *_differing(found, ask), _remarks(found, ask)) if card)


def _list(heading: str, found: Import, ids: Sequence[str], ask: Request) -> Card | None:
    titles = _titles(found.edits, ids)
    return Card(heading, (Bullets(_first(titles, LISTED, ask)),)) if titles else None


def _differing(found: Import, ask: Request) -> Iterator[Card]:
    for item_id, changes in found.changed[:DIFFERING]:
        (title,) = _titles(found.edits, (item_id,)) or [item_id]
        yield Card(ask.tr("Changed: “{title}”", title=title), (Facts(rows(changes, ask.tr)),))
    if rest := _titles(found.edits, [item_id for item_id, _ in found.changed[DIFFERING:]]):
        yield Card(ask.tr("Changed, too"), (Bullets(_first(rest, LISTED, ask)),))


def _remarks(found: Import, ask: Request) -> Card | None:
    remarks = [str(each) for each in found.remarks]
    return Card(ask.tr("Please note"), (Bullets(_first(remarks, LISTED, ask)),)) if remarks else None


def _titles(edits: Sequence[Edit], ids: Sequence[str]) -> list[str]:
    wanted = set(ids)
    return [name_of(each.after.seed) for each in edits if each.after.id in wanted]


def _first(items: Sequence[str], most: int, ask: Request) -> tuple[str, ...]:
    more = len(items) - most
    rest = (ask.tr.n("… and {n} more", "… and {n} more", more),) if more > 0 else ()
    return (*items[:most], *rest)
