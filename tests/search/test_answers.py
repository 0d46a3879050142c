"""What answers a question, what comes first, and when there is no answer."""

from collections.abc import Iterable

import pytest

from bot.model import Alias, Concept, Kind
from bot.search.engine import Engine, build_engine
from bot.search.gate import ENOUGH
from bot.search.record import Record
from bot.search.text import frequencies

EVERY = frozenset(Kind)


def record(
    id_: str,
    *names: str,
    body: str = "",
    topics: Iterable[str] = (),
    kind: Kind = Kind.SUMMARY,
    proper: bool = False,
) -> Record:
    return Record(
        id_,
        kind,
        tuple(Alias(n, "en") for n in names),
        tuple(Alias(t, "en") for t in topics),
        body,
        1.0,
        proper,
    )


RECORDS = [
    record(
        "end-demand", "End demand", "Nordic model", "Swedish model", body="Buyers are criminalised in Sweden."
    ),
    record("legalisation", "Legalisation", "German model", body="Brothels are licensed in Germany."),
    record("raids", "Raids and deportation", "police busts", body="People are detained. Buyers too."),
    record("lantern", "The Lantern", body="A centre for night workers.", proper=True),
    record("harbour", "Harbour Street Collective", body="A collective on the waterfront.", proper=True),
    record("shelters", "Fund shelters, not raids", kind=Kind.ACTION, body="Shelters should be safe."),
    record(
        "reach-harbour",
        "Harbour Street: email and phone",
        kind=Kind.CONTACT,
        topics=["Raids and deportation"],
    ),
    *(
        record(f"filler-{n}", f"filler number {n}", body="people say things about the world")
        for n in range(20)
    ),
]
CONCEPTS = [
    Concept("similar", (Alias("like", "en"), Alias("similar to", "en"))),
    Concept("client", (Alias("client", "en"), Alias("buyer", "en"), Alias("john", "en"))),
    Concept("sent-home", (Alias("deportation", "en"), Alias("sent home", "en"))),
]


@pytest.fixture(scope="module")
def shop() -> Engine:
    return build_engine(RECORDS, CONCEPTS)


def found(engine: Engine, question: str, kinds: frozenset[Kind] = EVERY) -> list[str]:
    return [scored.id for scored in engine.search(question, kinds).answers]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("nordick moddle", "end-demand"),
        ("what is the swedish model", "end-demand"),
        ("end dem", "end-demand"),
        ("RAIDS & DEPORTATION!!", "raids"),
        ("people sent home", "raids"),
        ("lantrn", "lantern"),
    ],
)
def test_the_right_one_comes_first(shop: Engine, question: str, first: str) -> None:
    """Misspelt, in other words, unfinished, or by the thesaurus."""
    assert found(shop, question)[0] == first


def test_several_subjects_are_answered_side_by_side(shop: Engine) -> None:
    """Where no item covers the whole question, each subject has its own answer."""
    assert set(found(shop, "nordic model vs legalisation")[:2]) == {"end-demand", "legalisation"}


def test_a_name_with_a_conjunction_stays_whole(shop: Engine) -> None:
    """A question that is covered by one item is not taken apart."""
    assert found(shop, "raids and deportation")[0] == "raids"


@pytest.mark.parametrize(
    "question", ["pizza recipe", "asdfghjkl", "german wine festival prices", "", "?????", "🦋"]
)
def test_nothing_is_answered_with_nothing(shop: Engine, question: str) -> None:
    """One known word among others is not an answer."""
    assert found(shop, question) == []


@pytest.mark.parametrize("question", ["lantern phone", "lantern raids", "deportation"])
def test_a_contact_is_given_to_nobody_who_asks_for_another(shop: Engine, question: str) -> None:
    """Not when another organisation is named, and not because of what it is filed under."""
    assert found(shop, question, frozenset({Kind.CONTACT})) == []


def test_a_contact_is_given_to_who_names_it(shop: Engine) -> None:
    """Also misspelt."""
    assert found(shop, "harbor stret phone", frozenset({Kind.CONTACT})) == ["reach-harbour"]


@pytest.mark.parametrize("question", ["books like Night Work", "anything similar to night work"])
def test_what_is_like_a_thing_is_not_the_thing(question: str) -> None:
    """More of what it is filed under, and nothing that shares none of that."""
    books = [
        record("night-work", "Night Work", topics=["labour", "night"], kind=Kind.READING),
        record("day-shift", "The Day Shift", topics=["labour"], kind=Kind.READING),
        record("gardens", "Gardens", topics=["plants"], kind=Kind.READING),
    ]
    assert found(build_engine([*RECORDS, *books], CONCEPTS), question) == ["day-shift"]


def test_only_the_kinds_asked_for(shop: Engine) -> None:
    """A shelf answers for itself alone."""
    assert found(shop, "raids", frozenset({Kind.ACTION})) == ["shelters"]


def test_near_misses_are_offered_and_not_given(shop: Engine) -> None:
    """What covers too little of a question is suggested, at most three of it."""
    outcome = shop.search("german railway museum")
    assert not outcome.answers
    assert "legalisation" in [scored.id for scored in outcome.closest]
    assert len(outcome.closest) <= 3


def test_the_same_corpus_always_answers_alike() -> None:
    """Neither the order of the records nor chance changes an answer."""
    again = build_engine(RECORDS[::-1], CONCEPTS)
    once = build_engine(RECORDS, CONCEPTS)
    for question in ("nordic", "raids", "buyers", "collective model"):
        assert set(found(again, question)) == set(found(once, question))


def test_the_gate_rises_with_the_corpus() -> None:
    """Where any words stand together somewhere by chance, more must be covered to be an answer."""
    common = " ".join(word for word in frequencies("en") if word.isalpha())
    dense = build_engine([*RECORDS, record("dictionary", "A dictionary", body=common)])
    assert build_engine(RECORDS)._gate.enough == ENOUGH < dense._gate.enough
