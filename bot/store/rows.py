"""A corpus as rows of tables, and back. Nothing here talks to a database."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, Table

from bot.model import (
    Action,
    Alias,
    AnyEntry,
    Concept,
    Contact,
    Corpus,
    Kind,
    Licence,
    Manifestation,
    Name,
    Note,
    Origin,
    Prompt,
    QuestionWords,
    Reading,
    Section,
    Source,
    Statement,
    Work,
)
from bot.store import tables

Item = Source | AnyEntry
TableRow = tuple[Table, dict[str, Any]]
ENTRY = ""
"""Stands for the section in the key of a prompt that belongs to a whole entry."""

LICENCE = tuple(field.name for field in fields(Licence))
WORK = tuple(field.name for field in fields(Work) if field.name != "authors")


def item_rows(item: Item) -> Iterator[TableRow]:
    """The rows of a document or an entry, but for the one of `item`, which also says its position."""
    yield from _source_rows(item) if isinstance(item, Source) else _entry_rows(item)
    yield from _listed(tables.alias, item.id, ((alias.text, alias.language) for alias in item.aliases))
    yield from _listed(tables.item_topic, item.id, ((topic,) for topic in item.topics))


def concept_rows(corpus: Corpus) -> Iterator[TableRow]:
    """The rows of the thesaurus."""
    for position, concept in enumerate(corpus.thesaurus):
        yield tables.concept, {"id": concept.id, "position": position}
        words = ((word.text, word.language) for word in concept.words)
        yield from _listed(tables.concept_word, concept.id, words)


def question_rows(corpus: Corpus) -> Iterator[TableRow]:
    """The rows of the question words."""
    for position, words in enumerate(corpus.question_words):
        yield tables.question_words, {"language": words.language, "position": position}
        yield from _listed(tables.stop_word, words.language, ((word,) for word in words.stop))
        cues = ((kind, cue) for kind, cues in words.cues.items() for cue in cues)
        yield from _listed(tables.cue, words.language, cues)


def _source_rows(source: Source) -> Iterator[TableRow]:
    licence = {f"licence_{name}": getattr(source.licence, name) for name in LICENCE}
    yield tables.source, {"id": source.id, "short": source.short, "long": source.long, **licence}
    yield from _work_rows(source.id, source.work)
    parts = ((section.id, section.title, section.text) for section in source.sections)
    yield from _listed(tables.section, source.id, parts)
    forms = ((form.title, form.note, form.url) for form in source.manifestations)
    yield from _listed(tables.manifestation, source.id, forms)
    yield from _listed(tables.source_caveat, source.id, ((caveat,) for caveat in source.caveats))
    for section in source.sections:
        yield from _prompt_rows(source.id, section.id, section.prompt)


def _entry_rows(entry: AnyEntry) -> Iterator[TableRow]:
    yield (
        tables.entry,
        {
            "id": entry.id,
            "kind": entry.kind,
            "title": entry.title,
            "content_note": entry.content_note,
            "caveat": entry.caveat,
        },
    )
    said = ((s.text, s.by, s.origin.source, s.origin.section, s.origin.paragraph) for s in entry.statements)
    yield from _listed(tables.statement, entry.id, said)
    yield from _prompt_rows(entry.id, ENTRY, entry.prompt)
    match entry:
        case Note():
            yield tables.note, {"id": entry.id, "type": entry.type}
        case Reading():
            yield from _work_rows(entry.id, entry.work)
        case Action():
            yield tables.action, {"id": entry.id, "audience": entry.audience}
            yield from _listed(tables.action_actor, entry.id, ((actor,) for actor in entry.actors))
        case Contact():
            yield from _contact_rows(entry)


def _contact_rows(contact: Contact) -> Iterator[TableRow]:
    names = ("id", "region", "checked_on", "checked_in", "police")
    yield tables.contact, {name: getattr(contact, name) for name in names}
    yield from _listed(tables.contact_email, contact.id, ((email,) for email in contact.emails))
    yield from _listed(tables.contact_phone, contact.id, ((phone,) for phone in contact.phones))
    yield from _listed(tables.contact_url, contact.id, ((url,) for url in contact.urls))
    yield from _listed(tables.contact_language, contact.id, ((tag,) for tag in contact.languages))


def _work_rows(item_id: str, work: Work) -> Iterator[TableRow]:
    yield tables.work, {"id": item_id, **{name: getattr(work, name) for name in WORK}}
    names = ((name.family, name.given, name.literal) for name in work.authors)
    yield from _listed(tables.author, item_id, names)


def _prompt_rows(item_id: str, section_id: str, prompt: Prompt | None) -> Iterator[TableRow]:
    if prompt is None:
        return
    key = {"item_id": item_id, "section_id": section_id}
    yield tables.prompt, {**key, "why": prompt.why}
    for position, question in enumerate(prompt.questions):
        yield tables.prompt_question, {**key, "position": position, "text": question}


def _listed(table: Table, owner: str, values: Iterable[tuple[Any, ...]]) -> Iterator[TableRow]:
    """Rows of a list: the owner and the position come first in all such tables, then the values."""
    columns = table.columns.keys()
    for position, value in enumerate(values):
        yield table, dict(zip(columns, (owner, position, *value), strict=True))


class _Rows:
    """What was read, by table and by the row it belongs to."""

    def __init__(self, rows: Mapping[Table, Iterable[Row[Any]]]) -> None:
        self._by_owner: dict[Table, dict[str, list[Row[Any]]]] = {}
        for table, read in rows.items():
            groups: dict[str, list[Row[Any]]] = self._by_owner.setdefault(table, {})
            for row in read:
                groups.setdefault(row[0], []).append(row)

    def one(self, table: Table, owner: str) -> Row[Any]:
        (row,) = self._by_owner[table][owner]
        return row

    def has(self, table: Table, owner: str) -> bool:
        return owner in self._by_owner[table]

    def rows(self, table: Table, owner: str) -> Iterable[Row[Any]]:
        return self._by_owner[table].get(owner, ())

    def values(self, table: Table, owner: str) -> list[tuple[Any, ...]]:
        """The rows of a list, without owner and position."""
        return [tuple(row[2:]) for row in self.rows(table, owner)]

    def column(self, table: Table, owner: str) -> tuple[Any, ...]:
        """The values of a list of single values."""
        return tuple(value for (value,) in self.values(table, owner))

    def owners(self, table: Table) -> Iterator[str]:
        yield from self._by_owner[table]


def corpus_of(rows: Mapping[Table, Iterable[Row[Any]]]) -> Corpus:
    """Put a corpus together from the rows of all tables, which come in the order of their positions."""
    read = _Rows(rows)
    items = list(read.owners(tables.item))
    return Corpus(
        sources=tuple(_source(read, item) for item in items if read.has(tables.source, item)),
        entries=tuple(_entry(read, item) for item in items if read.has(tables.entry, item)),
        thesaurus=tuple(
            Concept(concept, tuple(Alias(*word) for word in read.values(tables.concept_word, concept)))
            for concept in read.owners(tables.concept)
        ),
        question_words=tuple(
            _question_words(read, language) for language in read.owners(tables.question_words)
        ),
    )


def _question_words(read: _Rows, language: str) -> QuestionWords:
    cues = read.values(tables.cue, language)
    return QuestionWords(
        language,
        read.column(tables.stop_word, language),
        {kind: tuple(cue for of, cue in cues if of == kind) for kind in Kind},
    )


def _source(read: _Rows, item: str) -> Source:
    row = read.one(tables.source, item)
    prompts = _prompts(read, item)
    return Source(
        id=item,
        work=_work(read, item),
        short=row.short,
        long=row.long,
        sections=tuple(
            Section(section_id, title, text, prompts.get(section_id))
            for section_id, title, text in read.values(tables.section, item)
        ),
        licence=Licence(**{name: getattr(row, f"licence_{name}") for name in LICENCE}),
        manifestations=tuple(Manifestation(*form) for form in read.values(tables.manifestation, item)),
        caveats=read.column(tables.source_caveat, item),
        aliases=_aliases(read, item),
        topics=read.column(tables.item_topic, item),
    )


def _entry(read: _Rows, item: str) -> AnyEntry:
    row = read.one(tables.entry, item)
    common: dict[str, Any] = {
        "id": item,
        "title": row.title,
        "statements": tuple(
            Statement(text, Origin(source, section, paragraph), by)
            for text, by, source, section, paragraph in read.values(tables.statement, item)
        ),
        "aliases": _aliases(read, item),
        "topics": read.column(tables.item_topic, item),
        "content_note": row.content_note,
        "caveat": row.caveat,
        "prompt": _prompts(read, item).get(ENTRY),
    }
    match row.kind:
        case Kind.SUMMARY:
            return Note(**common, type=read.one(tables.note, item).type)
        case Kind.READING:
            return Reading(**common, work=_work(read, item))
        case Kind.ACTION:
            audience = read.one(tables.action, item).audience
            return Action(**common, audience=audience, actors=read.column(tables.action_actor, item))
    contact = read.one(tables.contact, item)
    return Contact(
        **common,
        emails=read.column(tables.contact_email, item),
        phones=read.column(tables.contact_phone, item),
        urls=read.column(tables.contact_url, item),
        region=contact.region,
        languages=read.column(tables.contact_language, item),
        checked_on=contact.checked_on,
        checked_in=contact.checked_in,
        police=contact.police,
    )


def _aliases(read: _Rows, item: str) -> tuple[Alias, ...]:
    return tuple(Alias(*alias) for alias in read.values(tables.alias, item))


def _prompts(read: _Rows, item: str) -> dict[str, Prompt]:
    """The prompts of an item by its sections."""
    questions: dict[str, list[str]] = {}
    for row in read.rows(tables.prompt_question, item):
        questions.setdefault(row.section_id, []).append(row.text)
    return {
        row.section_id: Prompt(row.why, tuple(questions.get(row.section_id, ())))
        for row in read.rows(tables.prompt, item)
    }


def _work(read: _Rows, item: str) -> Work:
    row = read.one(tables.work, item)
    names = tuple(Name(*name) for name in read.values(tables.author, item))
    return Work(authors=names, **{name: getattr(row, name) for name in WORK})
