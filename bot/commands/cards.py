"""An item of the shelf as a card: what it says, who says it and where, and on what terms."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from urllib.parse import urlsplit

from bot.commands.describe import Services
from bot.commands.request import Request
from bot.commands.words import BUTTON, label, shortened
from bot.curation.entry import CHECKED_BY, SUGGESTED_BY
from bot.curation.model import OWN
from bot.errors import UnknownEntryError
from bot.i18n import Translator, message
from bot.model import (
    Action,
    AnyEntry,
    Contact,
    Kind,
    Licence,
    Note,
    Origin,
    Reading,
    Source,
    Statement,
    Work,
    WorkType,
)
from bot.reply import Ask, Block, Card, Choice, Facts, Link, Links, Paragraph, Reply
from bot.shelf import Hit, Item, Shelf

# The option of each command that takes an id, so that a choice leads straight to an entry.
WORDS = {Kind.SUMMARY: "topic", Kind.READING: "topic", Kind.ACTION: "topic", Kind.CONTACT: "who"}
# Small organisations live on yearly funding: after a year an address or a number may well have gone.
STALE_DAYS = 365
OUR_SHELF = message("Our own shelf")
SCREEN = 1300  # characters: about two screens of a small phone, with the labels and choices around them


def opening(item: Item) -> Ask:
    """The command that shows an item."""
    return Ask(item.kind.value, {WORDS[item.kind]: item.id})


def citing(item: Source | Reading, ask: Request) -> Choice:
    """A choice that cites something published."""
    return Choice(ask.tr("Cite"), Ask("cite", {"thing": item.id}))


def leading_to(item: Item, ask: Request, *, shelf_named: bool = False) -> Choice:
    """A choice that opens an item, with the name of its shelf where the reader asked another one."""
    words = called(item, ask)
    if shelf_named:
        words = ask.tr("{label}: {value}", label=label(item.kind, ask.tr), value=words)
    return Choice(shortened(words, BUTTON), opening(item))


def called(item: Item, ask: Request) -> str:
    """What a thing is called where there is room for one name: a publication always has its own title."""
    return item.title if isinstance(item, Source | Reading) else _translated(item, ask) or item.title


def title(item: Item, ask: Request) -> str:
    """The title as printed and, for a reader of another language, what it is called there."""
    translated = _translated(item, ask)
    if translated.casefold() in item.title.casefold():
        return item.title
    return f"{item.title} · {translated}"


def _translated(item: Item, ask: Request) -> str:
    """The first alias in the reader's language, which editors choose as a title; empty for English."""
    languages = {alias.language.partition("-")[0]: alias.text for alias in reversed(item.aliases)}
    return "" if ask.language == "en" else languages.get(ask.language, "")


def source_of(shelf: Shelf, source_id: str) -> Source:
    """The document with that id. Raises `UnknownEntryError`."""
    item = shelf.get(source_id)
    if not isinstance(item, Source):
        raise UnknownEntryError("That is not one of the documents.")
    return item


def documents_of(hits: Sequence[Hit], shelf: Shelf) -> list[Source]:
    """The documents among what was found; where there are none, those that the first of it is drawn from."""
    found = [hit.item for hit in hits if isinstance(hit.item, Source)]
    if found or not hits or isinstance(first := hits[0].item, Source):
        return found
    return [source_of(shelf, id_) for id_ in dict.fromkeys(said.origin.source for said in first.statements)]


def short_title(source: Source) -> str:
    """The title without its subtitle."""
    return source.title.partition(": ")[0]


def place(shelf: Shelf, origin: Origin) -> str:
    """Where in a document something is said: document, section and paragraph."""
    source = source_of(shelf, origin.source)
    section = source.section(origin.section).title
    paragraph = f", ¶ {origin.paragraph.replace('-', '–')}" if origin.paragraph else ""
    return f"{short_title(source)} · {section}{paragraph}"


def terms(licence: Licence, tr: Translator) -> str:
    """Attribution and licence on one line."""
    parts = [licence.attribution, licence.name]
    if licence.commercial is not None:
        parts.append(tr("commercial use allowed") if licence.commercial else tr("no commercial use"))
    return " · ".join(part.rstrip(".") for part in parts)


def shown(made: Iterable[Card], text: str = "") -> Reply:
    """A reply of cards, with as many on a page as a phone shows without much scrolling: three at most."""
    cards = tuple(made)
    lengths = islice(accumulate(map(_length, cards)), 3)
    return Reply(text, cards, page=max(1, sum(length <= SCREEN for length in lengths)))


def _length(card: Card) -> int:
    said = [f"{block.text}{block.source}" for block in card.blocks if isinstance(block, Paragraph)]
    return sum(map(len, (card.title, card.warning, *said, *card.footer)))


def card(item: Item, ask: Request, services: Services, *, score: float = 1.0) -> Card:
    """The card of an entry, or of a document with its short summary."""
    if isinstance(item, Source):
        return marked(document(item, ask, score=score), ask, services)
    tr, shelf = ask.tr, services.shelf
    sources = dict.fromkeys(said.origin.source for said in item.statements if said.origin.source != OWN)
    warnings = []
    if isinstance(item, Contact) and item.police:
        warnings.append(tr("Involves police or border agencies."))
    if item.content_note:
        warnings.append(tr("Content note: {note}", note=item.content_note))
    if isinstance(item, Contact) and (services.today() - item.checked_on).days > STALE_DAYS:
        age = tr.ago(item.checked_on, services.today())
        warnings.append(tr("This may be out of date: it was last checked {age}.", age=age))
    caveat = (Paragraph(tr("Please note: {caveat}", caveat=item.caveat)),) if item.caveat else ()
    made = Card(
        title=title(item, ask),
        blocks=(*_body(item, ask, services), *caveat),
        id=item.id,
        kind=item.kind.value,
        label=" · ".join(
            label(value, tr) for value in (item.kind, *([item.type] if isinstance(item, Note) else []))
        ),
        warning="\n".join(warnings),
        footer=tuple(terms(source_of(shelf, source).licence, tr) for source in sources),
        choices=tuple(_onward(item, ask, shelf)),
        score=score,
    )
    return marked(made, ask, services)


def marked(made: Card, ask: Request, services: Services) -> Card:
    """The card, and that it is from the community's own shelf where it is."""
    if not services.shelf.is_own(made.id):
        return made
    tr = ask.tr
    own = tr("this community's own")
    return replace(
        made,
        label=f"{made.label} · {own}",
        footer=(*made.footer, tr("From this community's own shelf, kept by its moderators.")),
    )


def document(source: Source, ask: Request, *, score: float = 1.0, parts: bool = False) -> Card:
    """The card of a document: its short summary, and the way to the rest (part by part if wanted)."""
    tr = ask.tr
    has_long, has_parts = source.long != source.short, len(source.sections) > 1
    if not (has_long or has_parts):
        onward = []
    elif parts:
        long = Choice(tr("Long version"), Ask("summary", {"topic": source.id, "part": "long"}))
        onward = [
            *([long] if has_long else []),
            *(
                Choice(
                    shortened(section.title, BUTTON), Ask("summary", {"topic": source.id, "part": section.id})
                )
                for section in source.sections
            ),
        ]
    else:
        onward = [Choice(tr("Longer, and part by part"), opening(source))]
    return Card(
        title=title(source, ask),
        blocks=(Facts(tuple(imprint(source.work, tr))), Paragraph(source.short)),
        id=source.id,
        kind=source.kind.value,
        label=" · ".join((label(source.kind, tr), *_sort(source.work, tr))),
        footer=(terms(source.licence, tr),),
        choices=(
            *onward,
            Choice(tr("About this document"), Ask("source", {"document": source.id})),
            citing(source, ask),
        ),
        score=score,
    )


def imprint(work: Work, tr: Translator) -> Iterator[tuple[str, str]]:
    """Who published a work, when and where, as labelled facts; what is unknown is left out."""
    inside = " ".join(filter(None, (work.container, work.volume, f"({work.issue})" if work.issue else "")))
    pages = tr("p. {pages}", pages=work.pages) if work.pages else ""
    rows = (
        (tr("By"), tr.all_of(map(str, work.authors))),
        (tr("Published"), tr.partial(work.issued)),
        (tr("In"), ", ".join(filter(None, (inside, pages)))),
        (tr("Publisher"), ", ".join(filter(None, (work.publisher, work.place)))),
    )
    return ((name, value) for name, value in rows if value)


def _sort(work: Work, tr: Translator) -> Iterator[str]:
    """What sort of work it is, where that is known."""
    if work.type is not WorkType.DOCUMENT:
        yield label(work.type, tr)


def _body(item: AnyEntry, ask: Request, services: Services) -> Iterator[Block]:
    tr = ask.tr
    said = [Paragraph(s.text, _said_by(s, services.shelf, tr)) for s in item.statements]
    match item:
        case Reading():
            sort = [(tr("Type"), value) for value in _sort(item.work, tr)]
            yield Facts((*sort, *imprint(item.work, tr)))
            yield from said
            if item.work.url:
                yield Links((Link(urlsplit(item.work.url).netloc.removeprefix("www."), item.work.url),))
                if checked_on := services.shelf.checked_on(item.id):
                    age = tr.ago(checked_on, services.today())
                    yield Facts(((tr("Last checked"), f"{tr.day(checked_on)} ({age})"),))
        case Action():
            yield from said
            actors = tr.all_of(label(actor, tr) for actor in item.actors)
            yield Facts(((tr("Who can do it"), actors), (tr("Addressed to"), item.audience)))
        case Contact():
            reach = [(tr("Email"), email) for email in item.emails] + [
                (tr("Phone"), phone) for phone in item.phones
            ]
            if reach:
                yield Facts(tuple(reach))
            if item.urls:
                yield Links(tuple(Link(tr("Website"), url) for url in item.urls))
            yield from said
            yield Facts(tuple(_circumstances(item, tr, services)))
        case Note():
            yield from said


def _said_by(statement: Statement, shelf: Shelf, tr: Translator) -> str:
    by = _ours(statement.by, tr)
    by = f"{by[:1].upper()}{by[1:]}"
    # Of what moderators add, there is nothing more to say than that it is theirs, and the card does.
    return by if statement.origin.source == OWN else f"{by} · {place(shelf, statement.origin)}"


def _ours(words: str, tr: Translator) -> str:
    """Who says or checked something: in the reader's language where it is what our own forms put there."""
    return tr(words) if words in {CHECKED_BY, SUGGESTED_BY} else words


def _circumstances(item: Contact, tr: Translator, services: Services) -> Iterator[tuple[str, str]]:
    if item.region:
        yield tr("Region"), item.region
    spoken = tr.all_of(map(tr.language_name, item.languages))
    if spoken or not services.shelf.is_own(item.id):  # there, no source could have stated them
        yield tr("Languages"), spoken or tr("not stated by the source")
    age = tr.ago(item.checked_on, services.today())
    day = f"{tr.day(item.checked_on)} ({age})"
    yield tr("Last checked"), tr("{label}: {value}", label=day, value=_ours(item.checked_in, tr))


def _there(item_id: str, shelf: Shelf) -> Item | None:
    try:
        return shelf.get(item_id)
    except UnknownEntryError:
        return None


def _onward(item: AnyEntry, ask: Request, shelf: Shelf) -> Iterator[Choice]:
    tr = ask.tr
    if isinstance(item, Note):
        names = {
            Kind.READING: tr("Readings on this"),
            Kind.ACTION: tr("Actions on this"),
            Kind.CONTACT: tr("Contacts for this"),
        }
        for kind, words in names.items():
            if count := len(shelf.about(item.id, kind)):
                yield Choice(f"{words} ({count})", Ask(kind.value, {WORDS[kind]: item.id}))
        return
    if isinstance(item, Reading):
        yield citing(item, ask)
    # The community may have hidden some, and its own may be filed under what is there no longer.
    there = (found for topic in item.topics if (found := _there(topic, shelf)))
    if background := next(there, None):
        yield Choice(
            shortened(tr("Background: {topic}", topic=called(background, ask)), BUTTON), opening(background)
        )
