"""The shape of a seed file: `docs/seed-files.md` explains it, `infoshop corpus schema` prints it.

Only what one value or one mapping can say about itself is checked here; what entries and files say of
each other is checked in `consistency`. Descriptions that begin small also end the sentence about a key
that is missing.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from bot.corpus.fields import (
    NOTE_WORDS,
    ActionId,
    Aliases,
    ContactId,
    Day,
    Email,
    EntryId,
    Language,
    Line,
    NoteId,
    Number,
    Paragraphs,
    PartialDate,
    Phone,
    Question,
    ReadingId,
    Reason,
    Slug,
    SourceId,
    Text,
    Web,
    Words,
    at_most,
)
from bot.model import Actor, WorkType


class Strict(BaseModel):
    """A mapping that refuses keys it does not know, so that a misspelt key is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Place(Strict):
    """Where in a source something stands."""

    source: Annotated[
        SourceId | None, Field(description="The id of the source, where it is not the one of this file.")
    ] = None
    section: Annotated[Slug, Field(description="the id of a section of the source")]
    paragraph: Annotated[
        Paragraphs | None,
        Field(description="Which paragraph or list item of the section, from 1; 3-4 for a range."),
    ] = None


class Person(Strict):
    """A person's or a group's name, as printed."""

    family: Line | None = None
    given: Line | None = None
    literal: Line | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.family) == bool(self.literal):
            raise ValueError("needs either `family` (and `given`), or `literal` for a group")
        return self


class WorkSeed(Strict):
    """The bibliographic facts of a work. Leave out what is not known."""

    type: Annotated[WorkType, Field(description="what sort of work it is, in the words of CSL")]
    title: Annotated[Line, Field(description="the title as printed")]
    authors: list[Person] = []
    issued: PartialDate | None = None
    container: Line | None = None
    volume: Number | None = None
    issue: Number | None = None
    pages: Number | None = None
    publisher: Line | None = None
    place: Line | None = None
    url: Web | None = None
    language: Language | None = None
    note: Line | None = None


class LicenceSeed(Strict):
    """The terms of a source. Leave out `commercial` where the source does not say."""

    name: Annotated[Line, Field(description="the name of the licence, or who holds the rights")]
    attribution: Annotated[Line, Field(description="the line that names author and work on every card")]
    uri: Web | None = None
    commercial: StrictBool | None = None
    note: Line | None = None


class ManifestationSeed(Strict):
    """One form in which the work reached us."""

    title: Annotated[Line, Field(description="the title as this form of the work prints it")]
    note: Annotated[Line, Field(description="what this form is and what it lacks")]
    url: Web | None = None


class PromptSeed(Strict):
    """What a daily reading adds to what it shows."""

    why: Annotated[Reason, Field(description="a reason to read it, in one sentence of at most 30 words")]
    questions: Annotated[
        list[Question],
        Field(min_length=1, max_length=3, description="one to three open questions of at most 45 words each"),
    ]


Drawn = Annotated[
    PromptSeed | None,
    Field(description="What is added where this is the reading of a day. Without, it never is."),
]


class SectionSeed(Strict):
    """A part of the document, with our summary of it."""

    id: Annotated[Slug, Field(description="the name by which `from` refers to the section")]
    title: Annotated[Line, Field(description="the heading of the section")]
    text: Annotated[Text, at_most(150), Field(description="the section in our words, at most 150 of them")]
    prompt: Drawn = None


class SummarySeed(Strict):
    """The document in our words: at two lengths, and section by section."""

    short: Annotated[Text, at_most(60), Field(description="the document in at most 60 words")]
    long: Annotated[Text, at_most(350), Field(description="the document in at most 350 words")]
    sections: Annotated[
        list[SectionSeed], Field(min_length=1, description="the parts of the document, in its order")
    ]


LinkChecked = Annotated[
    Day | None,
    Field(description="The day somebody last saw where its link leads, on a community's own shelf."),
]


class SourceSeed(Strict):
    """A document: what it is, on which terms it may be used, and what it says."""

    id: Annotated[SourceId, Field(description="the id of the source, such as `source:lantern-2019`")]
    work: Annotated[WorkSeed, Field(description="the bibliographic facts of the document")]
    licence: Annotated[LicenceSeed, Field(description="the terms on which the document may be used")]
    manifestations: Annotated[
        list[ManifestationSeed], Field(min_length=1, description="the forms in which the work reached us")
    ]
    caveats: Annotated[list[Line], Field(description="What is lost or unknown about our copy.")] = []
    aliases: Aliases = {}
    topics: list[NoteId] = []
    checked_on: LinkChecked = None
    summary: Annotated[SummarySeed, Field(description="the document in our own words")]


class Said(Strict):
    """A statement of the source, in our words, with its place."""

    text: Annotated[Text, at_most(NOTE_WORDS), Field(description="what is said, in at most 90 words of ours")]
    place: Annotated[Place, Field(alias="from", description="every entry needs the place it was drawn from")]
    by: Annotated[
        Line, Field(description="who says it, as a reader should see it: `the book`, `a commenter`")
    ]


class EntrySeed(Said):
    """What all entries have."""

    title: Annotated[Line, Field(description="the name under which a reader sees the entry")]
    aliases: Aliases = {}
    topics: Annotated[list[NoteId], Field(description="The ids of the notes it is filed under.")] = []
    content_note: Line | None = None
    caveat: Line | None = None


class NoteSeed(EntrySeed):
    """A topic, law, organisation, person, figure, testimony, or fact about the publication."""

    id: Annotated[NoteId, Field(description="the id of the note, such as `topic:end-demand`")]
    prompt: Drawn = None


class ReadingSeed(EntrySeed):
    """A work the source recommends or points to; `text` says who does and why."""

    id: Annotated[ReadingId, Field(description="the id of the reading, such as `reading:agustin-2007`")]
    work: Annotated[WorkSeed, Field(description="the bibliographic facts of the work, as far as known")]
    checked_on: LinkChecked = None
    prompt: Drawn = None


class ActionSeed(EntrySeed):
    """Something that can be done or demanded."""

    id: Annotated[ActionId, Field(description="the id of the action, such as `action:end-raids`")]
    actors: Annotated[list[Actor], Field(min_length=1, description="who can take the action")]
    audience: Annotated[Line, Field(description="whom it is addressed to, in words")]
    prompt: Drawn = None


class ContactSeed(EntrySeed):
    """How to reach somebody; `text` says what for."""

    id: Annotated[ContactId, Field(description="the id of the contact, such as `contact:butterfly`")]
    emails: list[Email] = []
    phones: list[Phone] = []
    urls: list[Web] = []
    region: Line | None = None
    languages: list[Language] = []
    checked_on: Annotated[Day, Field(description="the day somebody last checked it, such as 2024-03-09")]
    checked_in: Annotated[Line, Field(description="where it was checked")]
    police: Annotated[StrictBool, Field(description="Whether police or border agencies are involved.")] = (
        False
    )

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not (self.emails or self.phones or self.urls):
            raise ValueError("has no `emails`, `phones` or `urls`: there is no way to reach it")
        return self


class AlsoSeed(Said):
    """What this source says, too, about an entry that is defined elsewhere."""

    entry: Annotated[EntryId, Field(description="the id of the entry it adds to")]


class SeedFile(Strict):
    """One source document (or several) and everything drawn from it."""

    model_config = ConfigDict(title="An Infoshop seed file")

    source: Annotated[SourceSeed, Field(description="the document that the file is drawn from")]
    documents: Annotated[
        list[SourceSeed], Field(description="Further documents that entries of the file are drawn from.")
    ] = []
    notes: list[NoteSeed] = []
    readings: list[ReadingSeed] = []
    actions: list[ActionSeed] = []
    contacts: list[ContactSeed] = []
    also: list[AlsoSeed] = []


class ConceptSeed(Strict):
    """Words that mean the same to somebody who searches, by language."""

    concept: Annotated[Slug, Field(description="the name of the concept")]
    words: Annotated[Words, Field(min_length=1, description="words that mean the same, by language")]


class ThesaurusFile(Strict):
    """The curated thesaurus, `thesaurus.yaml`."""

    model_config = ConfigDict(title="The thesaurus of an Infoshop corpus")

    concepts: Annotated[list[ConceptSeed], Field(description="the concepts of the thesaurus")]


class CuesSeed(Strict):
    """The words of one language that shape a question rather than say what it is about."""

    stop: Annotated[list[Line], Field(description="Words that carry no meaning in a question.")] = []
    summary: Annotated[list[Line], Field(description="Words that ask what something is.")] = []
    reading: Annotated[list[Line], Field(description="Words that ask for something to read or see.")] = []
    action: Annotated[list[Line], Field(description="Words that ask what can be done.")] = []
    contact: Annotated[list[Line], Field(description="Words that ask how to reach somebody.")] = []


class QuestionWordsFile(Strict):
    """The words people wrap a question in, `question-words.yaml`."""

    model_config = ConfigDict(title="The question words of an Infoshop corpus")

    languages: Annotated[
        dict[Language, CuesSeed],
        Field(min_length=1, description="the languages people ask in, each with its question words"),
    ]
