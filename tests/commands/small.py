"""A small corpus with one of everything a card can show."""

from datetime import date

from bot.model import (
    Action,
    Actor,
    Alias,
    Contact,
    Corpus,
    Licence,
    Manifestation,
    Name,
    Note,
    NoteType,
    Origin,
    Prompt,
    Reading,
    Section,
    Source,
    Statement,
    Work,
    WorkType,
)

TODAY = date(2026, 6, 1)

REVIEW = Source(
    id="source:review",
    work=Work(
        WorkType.REVIEW_BOOK,
        "Rights and Raids: A Review",
        (Name("Vita", "Sofia"),),
        "2025-12-12",
        container="Gender and Research",
        volume="26",
        issue="2",
        pages="152-158",
        url="https://journal.example/review",
        language="en",
    ),
    short="The review presents a book on raids and borders.",
    long="The first paragraph of the long version.\n\nThe second paragraph of the long version.",
    sections=(
        Section(
            "opening",
            "Opening",
            "What the opening says.",
            Prompt("It opens the book.", ("What would a book open with that was for everyone?",)),
        ),
        Section(
            "part-2",
            "Part 2: The Industry",
            "What the second part says.",
            Prompt("It names an industry.", ("Who gains from an industry of help?",)),
        ),
        Section("end", "Conclusion", "What the conclusion says."),
    ),
    licence=Licence(
        "CC BY-NC 4.0",
        "Sofia Vita, Rights and Raids, 2025",
        "https://creativecommons.org/licenses/by-nc/4.0/",
        commercial=False,
        note="Open access.",
    ),
    manifestations=(Manifestation("Full text", "Without page numbers."),),
    caveats=("No DOI is given.", "A list lost its items."),
    aliases=(Alias("vita review", "en"), Alias("Compte rendu de Vita", "fr")),
)
STATEMENT = Source(
    id="source:statement",
    work=Work(WorkType.PAMPHLET, "Stop the Harm", (Name(literal="Butterfly"),)),
    short="A network asks for an end to raids.",
    long="The whole statement at length.",
    sections=(
        Section(
            "asks",
            "What can you do?",
            "Four requests.",
            Prompt("It asks for four things.", ("Which of the four would change most?",)),
        ),
        Section("contact", "Contact us", "How."),
    ),
    licence=Licence("No licence stated", "Butterfly, Stop the Harm, undated"),
    manifestations=(Manifestation("Text", "A plain copy."),),
    aliases=(Alias("butterfly statement", "en"),),
)

RAIDS = Note(
    id="topic:raids",
    title="Raids",
    type=NoteType.TOPIC,
    statements=(
        Statement(
            "Raids harm those they claim to save.", Origin("source:review", "part-2", "3-4"), "the book"
        ),
        Statement("Raids drive people underground.", Origin("source:statement", "asks", "1"), "Butterfly"),
    ),
    aliases=(Alias("police raids", "en"), Alias("Descentes de police", "fr"), Alias("警察突袭", "zh")),
    content_note="Describes raids.",
    caveat="No figures are given.",
    prompt=Prompt(
        "It says what raids do.", ("What do raids leave behind?", "Who decides where a raid is right?")
    ),
)
BORDERS = Note(
    id="topic:borders",
    title="Border control",
    type=NoteType.TOPIC,
    statements=(Statement("Borders decide who may work.", Origin("source:review", "opening"), "the review"),),
    aliases=(Alias("Contrôle des frontières", "fr"),),
)
RELIEF = Note(
    id="topic:relief",
    title="Immigration relief that requires cooperation with police",
    type=NoteType.TOPIC,
    statements=(Statement("Relief has a price.", Origin("source:review", "end"), "the review"),),
    aliases=(Alias("Régularisation conditionnelle", "fr"),),
)
AGUSTIN = Note(
    id="person:agustin",
    title="Laura Agustín",
    type=NoteType.PERSON,
    statements=(Statement("A writer on migration.", Origin("source:review", "opening", "2"), "the review"),),
)
MARGINS = Reading(
    id="reading:agustin-2007",
    title="Sex at the Margins",
    work=Work(
        WorkType.BOOK,
        "Sex at the Margins: Migration & the “Rescue” Industry",
        (Name("Agustín", "Laura María"),),
        "2007",
        publisher="Zed Books",
        place="London",
        url="https://www.zed.example/margins",
    ),
    statements=(
        Statement(
            "Recommended on the rescue industry.", Origin("source:review", "opening", "2"), "the review"
        ),
    ),
    aliases=(Alias("agustin 2007", "en"), Alias("agustin", "en")),
    topics=("topic:borders", "topic:raids"),
    prompt=Prompt("The review recommends it.", ("What makes rescue an industry?",)),
)
CASUALTIES = Reading(
    id="reading:ticktin-2011",
    title="Casualties of Care",
    work=Work(WorkType.BOOK, "Casualties of Care", (Name("Ticktin", "Miriam"),), "2011"),
    statements=(Statement("On humanitarianism.", Origin("source:review", "opening", "2"), "the review"),),
    topics=("topic:borders",),
)
LOST_FILM = Reading(
    id="reading:film",
    title="A Film without a Year",
    work=Work(WorkType.MOTION_PICTURE, "A Film without a Year"),
    statements=(Statement("A commenter names it.", Origin("source:review", "end"), "a commenter"),),
)
REPEAL = Action(
    id="action:repeal",
    title="Repeal the law",
    statements=(Statement("Repeal it.", Origin("source:statement", "asks", "3"), "Butterfly"),),
    aliases=(Alias("Abroger la loi", "fr"),),
    topics=("topic:raids",),
    actors=(Actor.ALLY, Actor.LAWMAKER),
    audience="the government",
    prompt=Prompt("It names the law.", ("What would change on the day after a repeal?",)),
)
STOP_RAIDS = Action(
    id="action:stop-raids",
    title="Stop raids",
    statements=(Statement("End them.", Origin("source:statement", "asks", "4"), "Butterfly"),),
    topics=("topic:raids", "topic:relief"),
    actors=(Actor.LAWMAKER,),
    audience="the government",
)
BUTTERFLY = Contact(
    id="contact:butterfly",
    title="Butterfly: email and phone",
    statements=(
        Statement("For Asian and migrant sex workers.", Origin("source:statement", "contact", "1"), "it"),
    ),
    aliases=(Alias("butterfly", "en"), Alias("butterfly contact", "en")),
    topics=("topic:raids",),
    emails=("hello@butterfly.example",),
    phones=("+1 416-555-0100",),
    urls=("https://butterfly.example",),
    region="Ontario",
    languages=("en", "zh-Hans"),
    checked_on=date(2025, 8, 1),
    checked_in="its own site",
)
OLD = Contact(
    id="contact:old",
    title="Oldhouse switchboard",
    statements=(Statement("For tenants.", Origin("source:statement", "contact", "2"), "it"),),
    aliases=(Alias("oldhouse", "en"),),
    urls=("https://oldhouse.example",),
    checked_on=date(2024, 5, 1),
    checked_in="a leaflet",
)
POLICE = Contact(
    id="contact:police-hotline",
    title="Trafficking tipline",
    statements=(Statement("Calls reach the police.", Origin("source:statement", "contact", "3"), "it"),),
    aliases=(Alias("tipline", "en"),),
    topics=("topic:raids",),
    phones=("+1 800-555-0199",),
    checked_on=date(2026, 5, 1),
    checked_in="a poster",
    police=True,
)

CORPUS = Corpus(
    sources=(REVIEW, STATEMENT),
    entries=(
        RAIDS,
        BORDERS,
        RELIEF,
        AGUSTIN,
        MARGINS,
        CASUALTIES,
        LOST_FILM,
        REPEAL,
        STOP_RAIDS,
        BUTTERFLY,
        OLD,
        POLICE,
    ),
)
