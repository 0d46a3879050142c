"""What adding and changing an item have in common: its forms, what may be wrong, and what it looks like."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from bot.commands.cards import card, opening
from bot.commands.describe import Services
from bot.commands.parse import RefusedError
from bot.commands.request import Request
from bot.commands.shelf.own import is_hidden_contact, keeper_of, ledger_of
from bot.commands.words import BUTTON, label, shortened
from bot.curation.entry import UnfitFieldsError, name_of
from bot.curation.fields import form_fields
from bot.curation.model import Own, OwnShelf, Seed
from bot.curation.same import Same
from bot.curation.saying import Saying
from bot.curation.seeds import HEAVIEST, checkable
from bot.curation.shelf_file import MOST, fits, has_room
from bot.curation.showing import value_of
from bot.curation.sorts import Part, Sort, sort_of
from bot.errors import UnknownEntryError
from bot.i18n import message
from bot.reply import Ask, Card, Choice, Facts, Field, Form, Reply
from bot.shelf import Item

HEADING = 45
"""Characters of the title of a form: Discord's limit for a modal."""

TOO_HEAVY = message(
    "With this, there would be more than {n} MB of text on your own shelf, what was removed included: shorten"
    " something first."
)

PARTS = {
    Part.MAIN: message("Edit"),
    Part.DETAILS: message("Edit details"),
    Part.PROMPT: message("Add a question for daily prompts"),
}
EDIT_PROMPT = message("Edit its daily prompt")


def form(
    sort: Sort,
    part: Part,
    again: Ask,
    ask: Request,
    *,
    seed: Seed | None = None,
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, Saying] | None = None,
) -> Form:
    """A form of an item. What was filled in that is no field of it goes along with the command."""
    tr = ask.tr
    fields = form_fields(sort, part, tr, seed=seed, values=values, problems=problems)
    known = _names(fields)
    beside = {name: value for name, value in (values or {}).items() if name not in known}
    if seed is not None:
        words = name_of(seed)
    elif again.command == "suggest":
        words = tr("Suggest: {kind}", kind=label(sort, tr))
    else:
        words = tr("Add: {kind}", kind=label(sort, tr))
    return Form(shortened(words, HEADING), fields, Ask(again.command, {**again.options, **beside}))


def unfit(
    error: UnfitFieldsError,
    sort: Sort,
    typed: Mapping[str, str],
    again: Ask,
    ask: Request,
    *,
    seed: Seed | None = None,
) -> Reply:
    """That something that was filled in cannot be taken, with the form in which it stands as it was typed."""
    tr = ask.tr
    parts = {part: form_fields(sort, part, tr, seed=seed) for part in Part}
    part = next((each for each in Part if error.problems.keys() & _names(parts[each])), Part.MAIN)
    stands = {field.name: field.value for field in parts[part]}
    known = set().union(*map(_names, parts.values()))
    # What no form of it has could not be put right.
    kept = {name: value for name, value in typed.items() if name in known}
    shown = form(sort, part, again, ask, seed=seed, values={**stands, **kept}, problems=error.problems)
    text = tr("Nothing is kept yet: something has to be put differently.")
    others = [
        tr("{label}: {value}", label=tr.name(name), value=said.spoken(tr))
        for name, said in error.problems.items()
        if name not in _names(shown.fields)
    ]
    text = "\n".join((text, *others))
    if not ask.has_forms and not any(field.problem for field in shown.fields):
        # Step by step, all that is right would be asked for once more.
        without = Choice(tr("Go on without that"), Ask(again.command, {**again.options, **kept}))
        return Reply(text, choices=(without,), found=False)
    return Reply(text, form=shown, found=False)


def _names(fields: Iterable[Field]) -> set[str]:
    return {field.name for field in fields}


def insist_on_room(shelf: OwnShelf, ask: Request) -> None:
    """Raise `RefusedError` where nothing more fits on a shelf."""
    if not has_room(shelf.items):
        raise RefusedError(
            ask.tr(
                "No more than {n} entries fit on one shelf, those that were removed included: change one"
                " that is no longer needed instead.",
                n=MOST,
            )
        )


def too_heavy(items: Iterable[Own]) -> Saying | None:
    """Why these are too much for one shelf; None where they are not."""
    return None if fits(items) else Saying(TOO_HEAVY, {"n": HEAVIEST // 1_000_000})


def taken(shelf: OwnShelf, services: Services) -> frozenset[str]:
    """The ids that something has, here or on the shared shelf."""
    return frozenset((*services.shelves.shared.ids, *services.shelf.ids, *(each.id for each in shelf.items)))


def all_there(shelf: OwnShelf, services: Services) -> tuple[Item, ...]:
    """What is found on the shelf here, and what moderators hid of the shared one."""
    shared = services.shelves.shared
    hidden = (shared.get(each) for each in shelf.hidden & frozenset(shared.ids))
    return (*services.shelf.sources, *services.shelf.entries(), *hidden)


def there_already(
    same: Sequence[tuple[str, Same]], ask: Request, services: Services, hidden: Container[str] = ()
) -> list[Choice]:
    """Choices that show what seems to be the same thing, also what moderators see to be `hidden`."""
    choices: list[Choice] = []
    for item_id, _ in same:
        try:
            item = services.shelf.get(item_id)
        except UnknownEntryError:  # it is not shown here
            if item_id in hidden:
                title = services.shelves.shared.get(item_id).title
                words = ask.tr("Hidden here: show “{title}” again", title=title)
                choices.append(Choice(shortened(words, BUTTON), Ask("shelf unhide", {"entry": item_id})))
            continue
        words = ask.tr("Show “{title}”", title=item.title)
        choices.append(Choice(shortened(words, BUTTON), opening(item)))
    return choices


async def told(
    own: Own, text: str, ask: Request, services: Services, warnings: Iterable[Saying] = ()
) -> Reply:
    """The card of an item that was just kept, as readers see it from now on, and what can be done with it."""
    tr = ask.tr
    services.shelves.changed(keeper_of(ask))
    said = [*(warning.spoken(tr) for warning in warnings), text]
    if is_hidden_contact(own, ask, services):
        said.append(
            tr(
                "What is flagged as involving police or border agencies is found by nobody here, unless"
                " {settings} says otherwise.",
                settings=f"{ask.prefix}{tr.name('settings')} {tr.name('police')}:{tr('yes')}",
            )
        )
    if cards := await card_of(own, ask, services):
        said.append(tr("This is what readers see:"))
    return Reply("\n".join(said), (*cards, *_prompt_of(own, ask)), tuple(await onward(own, ask, services)))


def _prompt_of(own: Own, ask: Request) -> Iterator[Card]:
    """What is added to its card on a day when it is the daily prompt."""
    tr = ask.tr
    why, questions = (value_of(own.seed, name, tr) for name in ("why", "question"))
    if why:
        rows = ((tr("Why read it"), why), (tr("Questions to think about"), "; ".join(questions.splitlines())))
        yield Card(tr("As a daily prompt"), (Facts(rows),))


async def card_of(own: Own, ask: Request, services: Services) -> tuple[Card, ...]:
    """The card of an item as it is found now; none where it is not."""
    here = await services.within(keeper_of(ask))
    try:
        return (card(here.shelf.get(own.id), ask, here),)
    except UnknownEntryError:
        return ()


async def onward(own: Own, ask: Request, services: Services) -> list[Choice]:
    """What moderators can do with an item that stands on their shelf."""
    tr = ask.tr
    posted = await ledger_of(ask, services).cards(keeper_of(ask), own.id)
    parts = {**PARTS, **({Part.PROMPT: EDIT_PROMPT} if value_of(own.seed, "why", tr) else {})}
    choices = [
        Choice(tr(words), Ask("shelf edit", {"entry": own.id, "part": part.value}))
        for part, words in parts.items()
        if form_fields(sort_of(own.id), part, tr, seed=own.seed)
    ]
    if own.seed.get("police") is True:
        none = Ask("shelf edit", {"entry": own.id, "police": "no"})
        choices.append(Choice(tr("It has nothing to do with police"), none))
    if posted:
        words = tr.n("Update the posted card ({n})", "Update the posted cards ({n})", len(posted))
        choices.append(Choice(words, Ask("post", {"entry": own.id, "action": "update"})))
    elif own.seed.get("police") is not True:  # such a contact is not posted in public
        choices.append(Choice(tr("Post it"), Ask("post", {"entry": own.id})))
    if own.checked_on < services.today() and checkable(own.seed):
        choices.append(Choice(tr("Checked today"), Ask("shelf checked", {"entry": own.id})))
    choices.append(Choice(tr("Remove"), Ask("shelf remove", {"entry": own.id})))
    return choices
