"""Summaries: of a topic, a law, an organisation; of a document, short, long or part by part."""

from dataclasses import replace
from typing import Annotated

from bot.commands.cards import card, document, marked, short_title, shown, terms
from bot.commands.describe import Part, Services, Topic, command
from bot.commands.looking import look
from bot.commands.request import Request
from bot.commands.words import BUTTON, LONG, label, named, shortened
from bot.i18n import message
from bot.model import Kind, Section, Source
from bot.reply import Ask, Card, Choice, Paragraph, Reply


@command("summary")
async def summary(
    ask: Request,
    services: Services,
    topic: Annotated[
        str, Topic(message("A topic, a law, an organisation or a document"), frozenset({Kind.SUMMARY}))
    ],
    part: Annotated[str, Part(message("A part of the document, or “long” for its long version"))] = "",
) -> Reply:
    """A summary in plain words, and where in which document it stands."""
    found = await look(topic, frozenset({Kind.SUMMARY}), ask, services)
    if isinstance(found, Reply):
        return found
    documents = [hit.item for hit in found.hits if isinstance(hit.item, Source)]
    if part and documents:
        reply = _part(documents[0], part, ask)
        return replace(reply, cards=tuple(marked(each, ask, services) for each in reply.cards))
    text = ask.tr("Only documents have parts; here is the whole.") if part else ""
    made = (
        marked(document(hit.item, ask, score=hit.score, parts=True), ask, services)
        if isinstance(hit.item, Source)
        else card(hit.item, ask, services, score=hit.score)
        for hit in found.hits
    )
    return shown(made, text)


def _part(source: Source, part: str, ask: Request) -> Reply:
    tr = ask.tr
    if named(part, LONG, tr(LONG)):
        paragraphs = tuple(Paragraph(text) for text in source.long.split("\n\n"))
        return Reply(cards=(_card(source, tr("Long version"), paragraphs, [], ask),))
    for number, section in enumerate(source.sections):
        if named(part, section.id, section.title):
            following = source.sections[number + 1 : number + 2]
            onward = [_to(source, tr("Next: {part}", part=next_.title), next_.id) for next_ in following]
            return Reply(cards=(section_card(source, section, onward, ask),))
    return Reply(
        tr("“{document}” has no part of that name. Its parts:", document=short_title(source)),
        choices=tuple(_to(source, section.title, section.id) for section in source.sections),
        found=False,
    )


def section_card(source: Source, section: Section, onward: list[Choice], ask: Request) -> Card:
    """The card of one part of a document; its choices are the way `onward` and the way back."""
    paragraphs = (Paragraph(section.text, f"{short_title(source)} · {section.title}"),)
    return _card(source, section.title, paragraphs, onward, ask)


def _card(
    source: Source, heading: str, paragraphs: tuple[Paragraph, ...], onward: list[Choice], ask: Request
) -> Card:
    tr = ask.tr
    return Card(
        title=f"{short_title(source)}: {heading}",
        blocks=paragraphs,
        id=source.id,
        kind=source.kind.value,
        label=f"{label(source.kind, tr)} · {label(source.work.type, tr)}",
        footer=(terms(source.licence, tr),),
        choices=(*onward, Choice(tr("Back to the short summary"), Ask("summary", {"topic": source.id}))),
    )


def _to(source: Source, name: str, section_id: str) -> Choice:
    return Choice(shortened(name, BUTTON), Ask("summary", {"topic": source.id, "part": section_id}))
