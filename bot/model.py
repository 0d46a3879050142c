"""What stands on the shelves. Frozen and plain; imports nothing of ours.

An entry is a list of *statements*, and every statement knows where it was said: that is how each
line a reader sees can be traced to a paragraph of a document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """The four shelves. A document's own summary stands on the summary shelf too."""

    SUMMARY = "summary"
    READING = "reading"
    ACTION = "action"
    CONTACT = "contact"


class NoteType(StrEnum):
    """What a note is about."""

    TOPIC = "topic"
    LAW = "law"
    ORGANISATION = "organisation"
    PERSON = "person"
    FIGURE = "figure"
    TESTIMONY = "testimony"
    PUBLICATION = "publication"


class Actor(StrEnum):
    """Who can take an action."""

    ANYONE = "anyone"
    ALLY = "ally"
    SERVICE_PROVIDER = "service-provider"
    RESEARCHER = "researcher"
    LAWMAKER = "lawmaker"
    MOVEMENT = "movement"


class WorkType(StrEnum):
    """The types of work we cite, in the vocabulary of CSL 1.0.2; of a `document`, nobody said what it is."""

    ARTICLE_JOURNAL = "article-journal"
    ARTICLE_MAGAZINE = "article-magazine"
    BOOK = "book"
    DOCUMENT = "document"
    MOTION_PICTURE = "motion_picture"
    PAMPHLET = "pamphlet"
    POST_WEBLOG = "post-weblog"
    REPORT = "report"
    REVIEW_BOOK = "review-book"
    WEBPAGE = "webpage"


@dataclass(frozen=True, slots=True)
class Name:
    """A person (family and given name) or a group (`literal`), as printed."""

    family: str = ""
    given: str = ""
    literal: str = ""

    def __str__(self) -> str:
        return self.literal or f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Work:
    """The bibliographic facts of a published work. An empty field is unknown, never guessed.

    `issued` is an ISO 8601 date of reduced precision: `2007`, `2012-01` or `2012-01-25`.
    """

    type: WorkType
    title: str
    authors: tuple[Name, ...] = ()
    issued: str = ""
    container: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    place: str = ""
    url: str = ""
    language: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Licence:
    """On what terms a source may be used. `commercial` is None where the source does not say."""

    name: str
    attribution: str
    uri: str = ""
    commercial: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Why to read a thing, in a sentence, and open questions to think about with others: at least one."""

    why: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a source document, in its order, with our summary of it."""

    id: str
    title: str
    text: str
    prompt: Prompt | None = None


@dataclass(frozen=True, slots=True)
class Manifestation:
    """One form in which a work reached us: the article itself, the page of its abstract."""

    title: str
    note: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """What people type for a thing; `language` is a BCP 47 tag."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Source:
    """A document the corpus is drawn from. `caveats` say what is lost or unknown about our copy."""

    id: str
    work: Work
    short: str
    long: str
    sections: tuple[Section, ...]
    licence: Licence
    manifestations: tuple[Manifestation, ...]
    caveats: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """A document answers a question for a summary."""
        return Kind.SUMMARY

    @property
    def title(self) -> str:
        """The title as printed."""
        return self.work.title

    def section(self, section_id: str) -> Section:
        """The section with that id. Raises `KeyError` where there is none."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something is said: a section of a source and, where it can be counted, its paragraph.

    `paragraph` counts the paragraphs or list items of that section from 1, and may be a range: `3-4`.
    """

    source: str
    section: str
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said, in our words. `by` is who says it (`the book`, `a commenter`)."""

    text: str
    origin: Origin
    by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on the shelf that can be looked up. `topics` are ids of notes.

    What has no `prompt` is never drawn for a daily reading.
    """

    id: str
    title: str
    statements: tuple[Statement, ...]
    aliases: tuple[Alias, ...] = ()
    topics: tuple[str, ...] = ()
    content_note: str = ""
    caveat: str = ""
    prompt: Prompt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Entry):
    """A topic, a law, an organisation, a person in a public role, a figure, a testimony."""

    type: NoteType

    @property
    def kind(self) -> Kind:
        """Notes stand on the summary shelf."""
        return Kind.SUMMARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Entry):
    """A work that a source recommends or points to; each statement says who does and why."""

    work: Work

    @property
    def kind(self) -> Kind:
        """Readings have a shelf of their own."""
        return Kind.READING


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Entry):
    """Something that can be done or demanded. `audience` is whom it is addressed to, in words."""

    actors: tuple[Actor, ...]
    audience: str

    @property
    def kind(self) -> Kind:
        """Actions have a shelf of their own."""
        return Kind.ACTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Entry):
    """How to reach somebody. `languages` are BCP 47 tags and empty where the source does not say.

    `police` marks a line that involves police or border agencies: never shown by default.
    """

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    region: str = ""
    languages: tuple[str, ...] = ()
    checked_on: date
    checked_in: str
    police: bool = False

    @property
    def kind(self) -> Kind:
        """Contacts have a shelf of their own."""
        return Kind.CONTACT


AnyEntry = Note | Reading | Action | Contact


class Visibility(StrEnum):
    """Who sees an answer: whoever asked, or everybody in the room."""

    PRIVATE = "private"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Community:
    """A server or a room that decides for itself. `id` is its id on its platform, which nothing reads."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something can be posted: a channel, a room, a conversation, by its id on its platform."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True)
class CommunitySettings:
    """What a community decided. Of what is None, nothing: there it is as its platform usually does it.

    `suggestions` are taken from members where that is True; cards of them are posted at `queue` (the id of a
    place on the same platform) where that is not empty. With `two`, two moderators have to approve one.
    `police` lets contacts be found that involve police or border agencies.
    """

    answers: Visibility | None = None
    suggestions: bool = False
    queue: str = ""
    two: bool = False
    police: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """One row of the thesaurus: words that mean the same, by language."""

    id: str
    words: tuple[Alias, ...]


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words that one language wraps a question in, and not what the question is about.

    `stop` carry no meaning; `cues` tell which shelf is asked for, with an empty tuple where none do.
    `language` is a BCP 47 tag.
    """

    language: str
    stop: tuple[str, ...]
    cues: Mapping[Kind, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything on the shelves, in the order of its files."""

    sources: tuple[Source, ...] = ()
    entries: tuple[AnyEntry, ...] = ()
    thesaurus: tuple[Concept, ...] = ()
    question_words: tuple[QuestionWords, ...] = ()

    def items(self) -> Iterator[Source | AnyEntry]:
        """Documents first, then what was drawn from them."""
        yield from self.sources
        yield from self.entries
