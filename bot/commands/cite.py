"""How to cite a document or a reading."""

import json
from typing import Annotated

from bot import citations
from bot.commands.cards import documents_of
from bot.commands.describe import Choose, Publication, Services, command
from bot.commands.looking import look
from bot.commands.request import Request
from bot.commands.words import BUTTON, CitationFormat, label, shortened
from bot.i18n import message
from bot.model import Kind, Note, NoteType, Reading, Source, Work
from bot.reply import Ask, Block, Card, Choice, Code, Paragraph, Reply

CITABLE = frozenset({Kind.SUMMARY, Kind.READING})


@command("cite")
async def cite(
    ask: Request,
    services: Services,
    thing: Annotated[
        str, Publication(message("A document, a book, an author; for example: agustin 2007"), CITABLE)
    ],
    format: Annotated[CitationFormat, Choose(message("The form of the citation"))] = CitationFormat.TEXT,  # noqa: A002
) -> Reply:
    """A citation: as text, for BibTeX, or for a reference manager."""
    tr = ask.tr
    found = await look(thing, CITABLE, ask, services)
    if isinstance(found, Reply):
        return found
    best = found.hits[0].item
    citable = [hit.item for hit in found.hits if isinstance(hit.item, Source | Reading)]
    person = isinstance(best, Note) and best.type is NoteType.PERSON  # who is cited for what they wrote
    if not citable or not (person or best is citable[0]):
        # A topic or an organisation is not a publication: cite what says something about it.
        sources = documents_of(found.hits[:1], services.shelf)
        text = tr("“{topic}” is not a publication. It is drawn from:", topic=best.title)
        return Reply(text, tuple(_card(source, format, ask) for source in sources))
    others = tuple(
        Choice(shortened(item.title, BUTTON), Ask("cite", {"thing": item.id, "format": format.value}))
        for item in citable[1:4]
    )
    return Reply(cards=(_card(citable[0], format, ask),), choices=others)


def _card(item: Source | Reading, form: CitationFormat, ask: Request) -> Card:
    tr = ask.tr
    key = item.id.partition(":")[2]
    return Card(
        title=item.title,
        blocks=(_citation(item.work, form, key),),
        id=item.id,
        kind=item.kind.value,
        label=tr("Citation · {form}", form=label(form, tr)),
        choices=tuple(
            Choice(label(other, tr), Ask("cite", {"thing": item.id, "format": other.value}))
            for other in CitationFormat
            if other is not form
        ),
    )


def _citation(work: Work, form: CitationFormat, key: str) -> Block:
    match form:
        case CitationFormat.TEXT:
            return Paragraph(citations.text(work))
        case CitationFormat.BIBTEX:
            return Code(citations.bibtex(work, key))
        case CitationFormat.RIS:
            return Code(citations.ris(work, key))
        case CitationFormat.CSL_JSON:
            return Code(json.dumps([citations.csl_json(work, key)], ensure_ascii=False, indent=2))
