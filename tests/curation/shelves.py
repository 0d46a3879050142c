"""Shelves to keep, to export and to import: examples, and any shelf that there could be."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from hypothesis import reject
from hypothesis import strategies as st

from bot.curation.entry import UnfitFieldsError, filled
from bot.curation.fields import fields_of
from bot.curation.model import Own, OwnShelf, Seed
from bot.curation.sorts import Part, Sort
from bot.model import NoteType

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
BY = "the moderators of this community"

SEEDS: tuple[Seed, ...] = (
    {
        "id": "source:lantern-2019",
        "work": {"type": "report", "title": "What the night costs", "issued": "2019"},
        "licence": {"name": "No licence stated", "attribution": "Ada Okafor"},
        "manifestations": [{"title": "What the night costs", "note": "The report as printed."}],
        "summary": {
            "short": "It counts what raids cost.",
            "long": "It counts what raids cost.\n\nThen it asks who pays.",
            "sections": [
                {"id": "costs", "title": "Costs", "text": "What raids cost."},
                {"id": "demands", "title": "Demands", "text": "Who should pay."},
            ],
        },
    },
    {
        "id": "topic:night-raids",
        "title": "Raids at night",
        "aliases": {"no": ["nattrazziaer"], "und": ["raid: night", "no"]},
        "text": "They take away pay and papers.",
        "from": {"source": "source:lantern-2019", "section": "costs", "paragraph": "2-3"},
        "by": "the report",
        "also": [
            {"text": "Members say that it is so here.", "from": {"section": "added"}, "by": "members"},
            {
                "text": "The report asks to end them.",
                "from": {"source": "source:lantern-2019", "section": "demands"},
                "by": "the report",
            },
        ],
    },
    {
        "id": "contact:drop-in",
        "title": "Drop-in centre",
        "topics": ["topic:night-raids"],
        "text": "A place to rest; they do not call the police.",
        "from": {"section": "added"},
        "by": BY,
        "emails": ["hello@lantern.example.com"],
        "checked_on": "2026-01-02",
        "checked_in": BY,
        "police": False,
    },
)


def own(seed: Seed, *, removed: bool = False) -> Own:
    """An item as it is kept."""
    checked_on = date.fromisoformat(str(seed.get("checked_on", "2026-01-02")))
    return Own(str(seed["id"]), seed, 1, AT, checked_on, removed)


def shelf_of(seeds: Iterable[Seed]) -> OwnShelf:
    """A shelf with these items on it."""
    return OwnShelf(tuple(map(own, seeds)))


_AWKWARD = (
    *("no", "~", "007", "1.10", "2015", "null", "a: b", "- a", "#x", "[a]", "'", '"', "a\n\nb", "a\n  - b"),
    *("é\U0001f3f3\ufe0f\u200d\U0001f308", "夜间突袭", "word " * 40, f"{'x' * 100} y"),
)
_WORDS = st.text(max_size=120) | st.sampled_from(_AWKWARD)
_TYPED = {
    "link": st.sampled_from(["", "https://example.org/a?b=c#d", "http://例え.jp/", "example.com"]),
    "year": st.sampled_from(["", "2015", "2015-01", "2015-01-31"]),
    "actors": st.sampled_from(["anyone", "allies, lawmakers"]),
    "reach": st.sampled_from(["a@example.com", "+1 416 555 0100, https://example.org", "example.org"]),
    "languages": st.sampled_from(["", "no", "fr, zh-Hans"]),
    "topics": st.sampled_from(["", "a", "a, b"]),
    "type": st.sampled_from(["book", "film"]),
    "why": st.sampled_from(["", "It counts."]),
    "question": st.sampled_from(["Who pays?", "Who pays?\nWho: does not?"]),
}
_NEEDED = {"title", "text", "short", "audience"}


@st.composite
def made(draw: st.DrawFn, taken: set[str]) -> Seed:
    """An item that somebody could have filled in."""
    sort = draw(st.sampled_from(Sort))
    names = [name for part in Part for name in fields_of(sort, part)]
    values = {name: draw(_TYPED.get(name, _WORDS)) for name in names}
    for name in _NEEDED & set(names):
        values[name] = f"A {values[name]}"
    if not values.get("why"):
        values.pop("question", None)
    try:
        return filled(
            sort,
            values,
            None,
            taken=taken,
            topic_of=lambda words: f"topic:{words}",
            by=BY,
            today=AT.date(),
            note_type=draw(st.sampled_from([NoteType.TOPIC, NoteType.LAW])),
        ).seed
    except UnfitFieldsError:
        reject()


def _topic(name: str) -> Seed:
    return {"id": f"topic:{name}", "title": name, "text": name, "from": {"section": "added"}, "by": BY}


@st.composite
def shelves(draw: st.DrawFn) -> list[Seed]:
    """The items of a shelf, with the topics that they are filed under."""
    seeds = [*SEEDS, _topic("a"), _topic("b")]
    for _ in range(draw(st.integers(0, 4))):
        seeds.append(draw(made({str(seed["id"]) for seed in seeds})))
    return seeds
