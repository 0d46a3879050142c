"""From validated seed files to the model: what several files say of one entry comes together in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from bot.corpus import schema
from bot.corpus.fields import NOTE_TYPES
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


class _Common(TypedDict):
    """What all entries have."""

    id: str
    title: str
    statements: tuple[Statement, ...]
    aliases: tuple[Alias, ...]
    topics: tuple[str, ...]
    content_note: str
    caveat: str


def build(
    seeds: Sequence[schema.SeedFile],
    thesauri: Iterable[schema.ThesaurusFile] = (),
    question_words: Iterable[schema.QuestionWordsFile] = (),
) -> Corpus:
    """The corpus in the order of the files. An entry's own statement comes first, then those of `also`."""
    added: dict[str, list[Statement]] = defaultdict(list)
    for seed in seeds:
        for also in seed.also:
            added[also.entry].append(_statement(also, seed.source.id))
    return Corpus(
        sources=tuple(_source(source) for seed in seeds for source in (seed.source, *seed.documents)),
        entries=tuple(entry for seed in seeds for entry in _entries(seed, added)),
        thesaurus=tuple(
            Concept(concept.concept, _aliases(concept.words))
            for file in thesauri
            for concept in file.concepts
        ),
        question_words=tuple(
            QuestionWords(language, tuple(cues.stop), {kind: tuple(getattr(cues, kind)) for kind in Kind})
            for file in question_words
            for language, cues in file.languages.items()
        ),
    )


def _source(seed: schema.SourceSeed) -> Source:
    return Source(
        id=seed.id,
        work=_work(seed.work),
        short=seed.summary.short,
        long=seed.summary.long,
        sections=tuple(
            Section(part.id, part.title, part.text, _prompt(part.prompt)) for part in seed.summary.sections
        ),
        licence=Licence(
            name=seed.licence.name,
            attribution=seed.licence.attribution,
            uri=seed.licence.uri or "",
            commercial=seed.licence.commercial,
            note=seed.licence.note or "",
        ),
        manifestations=tuple(
            Manifestation(form.title, form.note, form.url or "") for form in seed.manifestations
        ),
        caveats=tuple(seed.caveats),
        aliases=_aliases(seed.aliases),
        topics=tuple(seed.topics),
    )


def _entries(seed: schema.SeedFile, added: Mapping[str, Sequence[Statement]]) -> Iterable[AnyEntry]:
    def common(entry: schema.EntrySeed, entry_id: str) -> _Common:
        return _Common(
            id=entry_id,
            title=entry.title,
            statements=(_statement(entry, seed.source.id), *added.get(entry_id, ())),
            aliases=_aliases(entry.aliases),
            topics=tuple(entry.topics),
            content_note=entry.content_note or "",
            caveat=entry.caveat or "",
        )

    for note in seed.notes:
        yield Note(
            **common(note, note.id),
            type=NOTE_TYPES[note.id.partition(":")[0]],
            prompt=_prompt(note.prompt),
        )
    for reading in seed.readings:
        yield Reading(**common(reading, reading.id), work=_work(reading.work), prompt=_prompt(reading.prompt))
    for action in seed.actions:
        yield Action(
            **common(action, action.id),
            actors=tuple(action.actors),
            audience=action.audience,
            prompt=_prompt(action.prompt),
        )
    for contact in seed.contacts:
        yield Contact(
            **common(contact, contact.id),
            emails=tuple(contact.emails),
            phones=tuple(contact.phones),
            urls=tuple(contact.urls),
            region=contact.region or "",
            languages=tuple(contact.languages),
            checked_on=contact.checked_on,
            checked_in=contact.checked_in,
            police=contact.police,
        )


def _prompt(seed: schema.PromptSeed | None) -> Prompt | None:
    return Prompt(seed.why, tuple(seed.questions)) if seed else None


def _statement(said: schema.Said, source: str) -> Statement:
    place = said.place
    return Statement(said.text, Origin(place.source or source, place.section, place.paragraph or ""), said.by)


def _work(seed: schema.WorkSeed) -> Work:
    return Work(
        type=seed.type,
        title=seed.title,
        authors=tuple(Name(name.family or "", name.given or "", name.literal or "") for name in seed.authors),
        issued=seed.issued or "",
        container=seed.container or "",
        volume=seed.volume or "",
        issue=seed.issue or "",
        pages=seed.pages or "",
        publisher=seed.publisher or "",
        place=seed.place or "",
        url=seed.url or "",
        language=seed.language or "",
        note=seed.note or "",
    )


def _aliases(words: Mapping[str, Sequence[str]]) -> tuple[Alias, ...]:
    return tuple(Alias(text, language) for language, texts in words.items() for text in texts)
