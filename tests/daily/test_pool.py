"""What can be the reading of a day: what has a prompt, narrowed as a plan says, in the corpus's order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus.check import packaged_seeds, read
from bot.daily.model import Draw, Drawn, Order
from bot.daily.pool import Part, Pool
from bot.errors import UnknownEntryError
from bot.model import Action, Corpus, Note, NoteType, Prompt, Reading
from tests.commands.small import AGUSTIN, CORPUS, MARGINS, POLICE, RAIDS, REPEAL, REVIEW

OURS = read(packaged_seeds())
ALL = Pool(OURS)
EVERYTHING = ALL.ids(Draw(), Order.SHUFFLED)
PROMPT = Prompt("To see.", ("What then?",))

DRAWS = st.builds(
    Draw,
    kinds=st.frozensets(st.sampled_from(Drawn)),
    topics=st.lists(
        st.sampled_from([entry.id for entry in OURS.entries if isinstance(entry, Note)]), max_size=3
    ).map(tuple),
    source=st.sampled_from(["", *(source.id for source in OURS.sources)]),
)


def with_entries(*entries: Note | Reading | Action) -> Corpus:
    return Corpus(sources=(REVIEW,), entries=entries)


def test_what_has_a_prompt_is_drawn_and_nothing_else() -> None:
    """Sections of documents first, then entries, in the order of the corpus."""
    assert Pool(CORPUS).ids(Draw(), Order.SHUFFLED) == (
        "source:review#opening",
        "source:review#part-2",
        "source:statement#asks",
        RAIDS.id,
        MARGINS.id,
        REPEAL.id,
    )


def test_contacts_and_single_people_are_never_drawn() -> None:
    """Not even if a prompt slipped in: nobody is to be sent to the police, or to look at one person."""
    odd = Corpus(entries=(replace(POLICE, prompt=PROMPT), replace(AGUSTIN, prompt=PROMPT)))
    assert Pool(odd).ids(Draw(), Order.SHUFFLED) == ()


@pytest.mark.parametrize("note_type", NoteType)
def test_the_notes_that_are_drawn_are_terms(note_type: NoteType) -> None:
    note = replace(RAIDS, type=note_type)
    terms = Pool(with_entries(note)).ids(Draw(frozenset({Drawn.TERM})), Order.SHUFFLED)
    is_term = note_type in {NoteType.TOPIC, NoteType.LAW, NoteType.ORGANISATION}
    assert terms == ((note.id,) if is_term else ())


@pytest.mark.parametrize(
    ("kind", "drawn"),
    [
        (Drawn.READING, (MARGINS.id,)),
        (Drawn.ACTION, (REPEAL.id,)),
        (Drawn.TERM, (RAIDS.id,)),
        (Drawn.SECTION, ("source:review#opening", "source:review#part-2", "source:statement#asks")),
    ],
)
def test_kinds_narrow(kind: Drawn, drawn: tuple[str, ...]) -> None:
    assert Pool(CORPUS).ids(Draw(frozenset({kind})), Order.SHUFFLED) == drawn


def test_a_topic_stands_for_itself_and_for_what_is_filed_under_it() -> None:
    filed = replace(CORPUS, sources=(replace(REVIEW, topics=("topic:raids",)), *CORPUS.sources[1:]))
    assert Pool(filed).ids(Draw(topics=("topic:raids",)), Order.SHUFFLED) == (
        "source:review#opening",
        "source:review#part-2",
        RAIDS.id,
        MARGINS.id,
        REPEAL.id,
    )
    assert Pool(CORPUS).ids(Draw(topics=("topic:borders", "topic:relief")), Order.SHUFFLED) == (MARGINS.id,)


def test_a_source_has_whatever_has_a_statement_from_it() -> None:
    """Raids are spoken of in both documents."""
    assert Pool(CORPUS).ids(Draw(source="source:statement"), Order.SHUFFLED) == (
        "source:statement#asks",
        RAIDS.id,
        REPEAL.id,
    )


def test_a_series_is_a_document_part_by_part() -> None:
    """Whatever else was chosen before it became a series."""
    draw = Draw(frozenset({Drawn.READING}), ("topic:raids",), REVIEW.id)
    assert Pool(CORPUS).ids(draw, Order.SERIES) == ("source:review#opening", "source:review#part-2")


@given(draw=DRAWS, order=st.sampled_from(Order))
def test_a_pool_is_what_fits_and_leaves_out_nothing_that_does(draw: Draw, order: Order) -> None:
    """Told apart one by one, from what the entries themselves say."""
    drawn = ALL.ids(draw, order)
    assert list(drawn) == [item_id for item_id in EVERYTHING if fits(item_id, draw, order)]


def fits(item_id: str, draw: Draw, order: Order) -> bool:
    item = ALL.item(item_id).item
    if isinstance(item, Part):
        kind, topics, sources = Drawn.SECTION, item.source.topics, [item.source.id]
    else:
        kind = {Reading: Drawn.READING, Action: Drawn.ACTION, Note: Drawn.TERM}[type(item)]
        topics, sources = (*item.topics, item_id), [said.origin.source for said in item.statements]
    if order is Order.SERIES:
        return kind is Drawn.SECTION and draw.source in ("", *sources)
    return (
        (not draw.kinds or kind in draw.kinds)
        and (not draw.topics or any(topic in draw.topics for topic in topics))
        and draw.source in ("", *sources)
    )


def test_an_id_leads_to_what_it_stands_for() -> None:
    for item_id in EVERYTHING:
        found = ALL.item(item_id)
        assert found.id == item_id
        item = found.item
        if isinstance(item, Part):
            assert item_id == f"{item.source.id}#{item.section.id}"
            assert found.prompt == item.section.prompt
        else:
            assert item.id == item_id
            assert found.prompt == item.prompt


@pytest.mark.parametrize(
    "item_id",
    [
        "",
        "reading:gone",
        "topic:borders",
        "source:review",
        "source:review#end",
        "source:review#",
        "contact:old",
    ],
)
def test_what_cannot_be_drawn_is_not_on_the_shelf(item_id: str) -> None:
    """Whether it never was there or has lost its prompt: a schedule then draws something else."""
    with pytest.raises(UnknownEntryError, match="no longer on the shelf"):
        Pool(CORPUS).item(item_id)


def test_every_corpus_has_its_own_pools() -> None:
    """A new one that is loaded while the bot runs is drawn from at once, and the old one is not mixed in."""
    draw = Draw(frozenset({Drawn.TERM}))
    before, after = with_entries(RAIDS), with_entries(replace(RAIDS, id="topic:raids-anew"))
    assert Pool(before).ids(draw, Order.SHUFFLED) == (RAIDS.id,)
    assert Pool(after).ids(draw, Order.SHUFFLED) == ("topic:raids-anew",)
    assert Pool(before).ids(draw, Order.SHUFFLED) == (RAIDS.id,)


def test_a_corpus_is_gone_through_once_for_each_way_to_draw() -> None:
    """A hundred thousand schedules fall due in one minute, and they draw in a few ways."""
    draw = Draw(frozenset({Drawn.READING}))
    again = Draw(frozenset({Drawn.READING}))
    pool = Pool(OURS)
    assert pool.ids(draw, Order.SHUFFLED) is pool.ids(again, Order.SHUFFLED)
