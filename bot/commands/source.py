"""The documents behind it all: terms, what is known of our copy, and what was drawn from each."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from bot.commands.cards import card, citing, documents_of, imprint, opening, shown, title
from bot.commands.describe import Choose, Document, Services, command
from bot.commands.looking import look
from bot.commands.request import Request
from bot.commands.words import BUTTON, amount, echo, label, shortened
from bot.i18n import Translator, message
from bot.model import Kind, Licence, Source
from bot.reply import Ask, Block, Bullets, Card, Choice, Facts, Link, Links, Paragraph, Reply

SHOWN = 10  # documents named where the one asked for is not here


@command("source")
async def source(
    ask: Request,
    services: Services,
    document: Annotated[str, Document(message("One of the documents; leave it out for all of them"))] = "",
    shelf: Annotated[Kind | None, Choose(message("Show what was drawn from it for this shelf"))] = None,
) -> Reply:
    """The documents behind every answer: licence, gaps, and what was drawn from each."""
    tr = ask.tr
    sources = services.shelf.sources
    if not document:
        text = tr.n(
            "Every answer comes from {n} document:", "Every answer comes from {n} documents:", len(sources)
        )
        return Reply(text, tuple(_card(each, ask, services, whole=False) for each in sources))
    found = await look(document, frozenset({Kind.SUMMARY}), ask, services)
    if isinstance(found, Reply):
        return Reply(
            tr("None of the documents is called “{words}”. There are:", words=echo(document)),
            choices=tuple(
                Choice(shortened(each.title, BUTTON), Ask("source", {"document": each.id}))
                for each in sources[:SHOWN]
            ),
            found=False,
        )
    documents = documents_of(found.hits, services.shelf)
    if shelf is None:
        return Reply(cards=tuple(_card(each, ask, services, whole=True) for each in documents))
    drawn = [entry for entry in services.shelf.drawn_from(documents[0].id) if entry.kind is shelf]
    name = title(documents[0], ask)
    if not drawn:
        return Reply(tr("Nothing was drawn from “{document}” for this shelf.", document=name), found=False)
    text = tr("Drawn from “{document}”:", document=name)
    return shown((card(entry, ask, services) for entry in drawn), text)


def _card(source: Source, ask: Request, services: Services, *, whole: bool) -> Card:
    tr = ask.tr
    counts = Counter(entry.kind for entry in services.shelf.drawn_from(source.id))
    amounts = tr.all_of(amount(kind, counts[kind], tr) for kind in Kind if counts[kind])
    facts = Facts(
        (
            *imprint(source.work, tr),
            (tr("Licence"), _licence(source.licence, tr)),
            (tr("Drawn from it"), amounts or tr("nothing yet")),
        )
    )
    if whole:
        blocks: tuple[Block, ...] = (facts, *_particulars(source, tr))
        shelves = [
            Choice(
                amount(kind, counts[kind], tr),
                Ask("source", {"document": source.id, "shelf": kind.value}),
            )
            for kind in Kind
            if counts[kind]
        ]
        choices = (Choice(tr("Summary"), opening(source)), citing(source, ask), *shelves)
    else:
        gaps = len(source.caveats)
        known = (
            tr.n("{n} thing to know about our copy", "{n} things to know about our copy", gaps)
            if gaps
            else ""
        )
        blocks = (facts, *([Paragraph(known)] if known else []))
        choices = (
            Choice(tr("About this document"), Ask("source", {"document": source.id})),
            citing(source, ask),
        )
    return Card(
        title=title(source, ask),
        blocks=blocks,
        id=source.id,
        kind=source.kind.value,
        label=label(source.work.type, tr),
        footer=(source.licence.attribution,),
        choices=choices,
    )


def _particulars(source: Source, tr: Translator) -> Iterator[Block]:
    if source.licence.note:
        yield Paragraph(source.licence.note)
    if source.caveats:
        yield Bullets(source.caveats, tr("What is lost or unknown:"))
    yield Bullets(
        tuple(f"{form.title}: {form.note}" for form in source.manifestations),
        tr("The form in which it reached us:"),
    )
    addresses = {
        source.work.url: tr("The document"),
        source.licence.uri: tr("The licence"),
        **{form.url: form.title for form in source.manifestations if form.url != source.work.url},
    }
    if links := tuple(Link(name, url) for url, name in addresses.items() if url):
        yield Links(links)


def _licence(licence: Licence, tr: Translator) -> str:
    if licence.commercial is None:
        return licence.name
    return (
        f"{licence.name} ({tr('commercial use allowed') if licence.commercial else tr('no commercial use')})"
    )
