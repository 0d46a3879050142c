"""Whatever somebody types, there is an answer or there is none, and never an error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Corpus, Kind
from bot.search.completion import Completer
from bot.search.engine import ANSWERS, SUGGESTIONS, Engine
from bot.search.question import MAX_WORDS, Reader
from bot.search.record import records

HOSTILE = [
    "",
    " ",
    "\x00",
    "\ud800",
    '"',
    "'",
    "''''",
    "' OR 1=1 --",
    '"; DROP TABLE item; --',
    "NEAR(a b, 3) AND NOT name:x* ^y",
    "* OR *",
    "kind : @contact",
    "#police",
    "police~fr",
    "<script>alert(1)</script>",
    "[url](javascript:alert(1))",
    "\u202ereverse\u202c",
    "\u200b\u200b\u200b",
    "e\u0301" * 300,
    "🏳️‍⚧️✊🏿" * 50,
    "停" * 5000,
    "สวัสดี ครับ",
    "a" * 100_000,
    "raid " * 50_000,
    "-" * 1000,
    "a-" * 1000,
    "%s %d {} {0} \\",
    "İstanbul ẞ ﬁ Ω",
    "0" * 400,
    "p.c.e.p.a." * 200,
]
KNOWN = ["raid", "raids", "police", "butterfly", "sex", "work", "end", "demand", "警察", "蝴蝶", "razie"]
OPERATORS = ["OR", "AND", "NOT", "NEAR", '"', "'", "*", "(", ")", ":", "^", "-"]
WORDS = st.sampled_from([*KNOWN, *OPERATORS])
KINDS = st.sets(st.sampled_from(Kind), min_size=1).map(frozenset)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def completer(corpus: Corpus) -> Completer:
    return Completer(records(corpus))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "kind",
    [*(frozenset({kind}) for kind in Kind), frozenset(Kind)],
    ids=lambda kinds: "+".join(sorted(kinds)),
)
def test_hostile_text_is_only_text(engine: Engine, text: str, kind: frozenset[Kind]) -> None:
    """Control characters, query languages and markup mean nothing to search."""
    outcome = engine.search(text, kind)
    assert len(outcome.answers) <= ANSWERS
    assert len(outcome.closest) <= SUGGESTIONS
    assert not (outcome.answers and outcome.closest)


@SLOW
@given(text=st.text(), kind=KINDS, locale=st.text(max_size=8))
def test_any_text_in_any_script(engine: Engine, text: str, kind: frozenset[Kind], locale: str) -> None:
    """Nobody's question, and no reader's locale, is an error."""
    outcome = engine.search(text, kind, locale)
    assert all(0 <= scored.score <= 1 for scored in (*outcome.answers, *outcome.closest))
    ordered = [scored.score for scored in outcome.closest]
    assert ordered == sorted(ordered, reverse=True)


@SLOW
@given(text=st.lists(WORDS, max_size=60).map(" ".join))
def test_any_mixture_of_known_words_and_operators(engine: Engine, corpus: Corpus, text: str) -> None:
    """Words of the corpus between the operators of FTS5 are still just words."""
    known = {item.id for item in corpus.items()}
    outcome = engine.search(text)
    assert known.issuperset(scored.id for scored in (*outcome.answers, *outcome.closest))


@SLOW
@given(text=st.text(min_size=500, max_size=5000))
def test_the_work_has_a_bound(engine: Engine, text: str) -> None:
    """However long a text is, only its beginning is compared with the shelf."""
    reader: Reader = engine._reader
    # A word of an unspaced script may be taken apart into its pairs of characters.
    assert len(reader.read(text, frozenset(Kind)).parts) <= MAX_WORDS * 10


@SLOW
@given(prefix=st.text(), kind=KINDS)
def test_completion_takes_any_prefix(
    completer: Completer, corpus: Corpus, prefix: str, kind: frozenset[Kind]
) -> None:
    """At most 25 choices of the kinds asked for, each once, whatever has been typed."""
    found = [item_id for _, item_id in completer.ranked(prefix, kind, 25)]
    kind_of = {item.id: item.kind for item in corpus.items()}
    assert len(found) == len(set(found)) <= 25
    assert all(kind_of[item] in kind for item in found)
