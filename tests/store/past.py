"""What the rows in `revisions` say, as this version of the program understands it."""

from datetime import UTC, date, datetime, time

from bot.curation.model import (
    Act,
    CardState,
    Deed,
    LinkOutcome,
    LinkState,
    Offer,
    Own,
    OwnShelf,
    PostedCard,
    Standing,
    Suggestion,
)
from bot.daily.model import Delivery, Draw, Drawn, Memory, Order, Plan, Schedule, State, What
from bot.model import (
    Action,
    Actor,
    Alias,
    Community,
    CommunitySettings,
    Concept,
    Contact,
    Corpus,
    Kind,
    Licence,
    Manifestation,
    Name,
    Note,
    NoteType,
    Origin,
    Place,
    Prompt,
    QuestionWords,
    Reading,
    Section,
    Source,
    Statement,
    Visibility,
    Work,
    WorkType,
)
from bot.store import head

ROOM = Community("matrix", "!room")


def kept(start: str = head()) -> Corpus:
    """The corpus of a revision; before 0003, it had no prompts, and before 0005 no unknown sorts of work."""
    prompts = start >= "0003"
    sort = WorkType.DOCUMENT if start >= "0005" else WorkType.REPORT
    said = (Statement("Said.", Origin("source:one", "first", "3-4"), "the book"),)
    source = Source(
        id="source:one",
        work=Work(
            WorkType.BOOK,
            "The Book",
            authors=(Name("Doe", "Jo"), Name(literal="A collective")),
            issued="2019",
            publisher="A press",
            url="https://example.org/",
            language="en",
        ),
        short="Short.",
        long="Long.",
        sections=(
            Section(
                "first", "First", "Summary.", Prompt("It is short.", ("What for?",)) if prompts else None
            ),
        ),
        licence=Licence("CC BY 4.0", "Jo Doe"),
        manifestations=(Manifestation("Page", "as printed"),),
        caveats=("The notes are lost.",),
    )
    contact = Contact(
        id="contact:one",
        title="Contact",
        statements=said,
        emails=("a@example.org",),
        phones=("+1 416 555 0100",),
        urls=("https://example.org/",),
        region="Somewhere",
        languages=("en",),
        checked_on=date(2024, 2, 29),
        checked_in="the book",
    )
    return Corpus(
        sources=(source,),
        entries=(
            Note("topic:one", "Topic", said, aliases=(Alias("sujet", "fr"),), type=NoteType.TOPIC),
            Reading(
                "reading:one",
                "Reading",
                said,
                topics=("topic:one",),
                prompt=Prompt("It is long.", ("For whom?", "By whom?")) if prompts else None,
                work=Work(sort, "The Report"),
            ),
            Action(
                "action:one", "Action", said, content_note="raids", actors=(Actor.ALLY,), audience="Readers"
            ),
            contact,
        ),
        thesaurus=(Concept("raid", (Alias("descente", "fr"),)),),
        question_words=(
            QuestionWords("en", ("what",), {**dict.fromkeys(Kind, ()), Kind.CONTACT: ("phone",)}),
        ),
    )


def decided(start: str) -> dict[Community, CommunitySettings]:
    """What the rows of a revision say that communities decided; before 0002, none could."""
    if start < "0002":
        return {}
    every = {Community("discord", "1"): CommunitySettings(Visibility.ROOM)}
    if start >= "0004":
        every[ROOM] = CommunitySettings(suggestions=True, queue="!queue", two=True, police=True)
    return every


def scheduled() -> list[tuple[Schedule, list[Delivery]]]:
    """What the rows since 0003 say about daily prompts."""
    owned = Schedule(
        id="a",
        owner=Community("discord", "1"),
        number=3,
        place=Place("discord", "22"),
        plan=Plan(
            at=time(9, 5),
            zone="America/Toronto",
            days=frozenset({0, 1, 2, 3}),
            draw=Draw(frozenset({Drawn.READING, Drawn.ACTION}), ("topic:one", "topic:two")),
            thread=True,
            language="fr",
            mention="333",
            tell="44",
        ),
        paused=True,
        paused_until=date(2024, 3, 4),
        memory=Memory(2, ("ab12", "c-_3")),
        next_day=date(2024, 3, 4),
        due=datetime(2024, 3, 4, 14, 5, tzinfo=UTC),
        trouble="forbidden:Send Messages",
        version=7,
    )
    own = Schedule(
        id="b",
        owner=None,
        number=1,
        place=Place("matrix", "!room"),
        plan=Plan(at=time(0), zone="UTC", draw=Draw(source="source:one"), order=Order.SERIES),
        trouble="finished",
    )
    sent = Delivery(
        id=1,
        schedule_id="a",
        day=date(2024, 2, 28),
        what=What.PROMPT,
        number=0,
        item="reading:one",
        due=datetime(2024, 2, 28, 14, 5, tzinfo=UTC),
        state=State.SENT,
        free_at=datetime(2024, 2, 28, 14, 5, 30, tzinfo=UTC),
        identity="5",
        attempts=1,
        message_id="66",
        settled_at=datetime(2024, 2, 28, 14, 5, 2, tzinfo=UTC),
    )
    pending = Delivery(
        id=2,
        schedule_id="a",
        day=date(2024, 2, 29),
        what=What.EXTRA,
        number=1,
        item="action:one",
        due=datetime(2024, 2, 29, 14, 5, tzinfo=UTC),
        state=State.PENDING,
        free_at=datetime(2024, 2, 29, 14, 6, tzinfo=UTC),
        claim="token",
        identity="5",
        tried_at=datetime(2024, 2, 29, 14, 5, 1, 500_000, tzinfo=UTC),
        attempts=2,
        problem="unreachable",
    )
    return [(owned, [pending, sent]), (own, [])]


def _on(day: int, hour: int = 12) -> datetime:
    return datetime(2024, 2, day, hour, tzinfo=UTC)


def shelved() -> list[object]:
    """What the rows since 0004 say about a community's own shelf, as `test_upgrade.on_shelves` asks."""
    url = "https://example.org/"
    ours = {"id": "contact:ours", "title": "Nôtre", "urls": [url]}
    gone = {"id": "reading:gone", "work": {"url": f"{url}gone"}}
    waiting = Suggestion(
        id="s1",
        community=ROOM,
        seed={"title": "Read this"},
        at=_on(28),
        locale="fr",
        by="@m:b",
        tell=Place("matrix", "!direct"),
        seconded_by="@a:b",
        queue=Place("matrix", "!queue"),
        message_id="$card",
        version=2,
    )
    declined = Suggestion(
        id="s2",
        community=ROOM,
        seed={"title": "And this"},
        at=_on(27),
        standing=Standing.DECLINED,
        settled_by="@a:b",
        settled_at=_on(28),
        reason="We have it.",
        version=3,
    )
    card = PostedCard(
        id="c1",
        community=ROOM,
        place=Place("matrix", "!other"),
        item="contact:ours",
        at=_on(29),
        note="New!",
        locale="fr",
        state=CardState.POSTED,
        message_id="$post",
        fingerprint="ab12",
        version=2,
    )
    return [
        OwnShelf(
            (
                Own("contact:ours", ours, 2, _on(29), date(2024, 2, 28)),
                Own("reading:gone", gone, 1, _on(27), date(2024, 2, 27), removed=True),
            ),
            frozenset({"topic:one"}),
        ),
        {url: LinkState(url, LinkOutcome.GONE, _on(29, 13), "404", 2)},
        [
            Act(Deed.HIDDEN, "topic:one", "", _on(29)),
            Act(Deed.ADDED, "contact:ours", "@a:b", _on(28), 1, {"id": "contact:ours"}),
        ],
        [waiting],
        declined,
        [card],
        Offer("code", ROOM, datetime(2024, 3, 7, 12, tzinfo=UTC)),
        [ROOM],
    ]
