"""Does it find what people mean, and keep silent where there is nothing? Measured, not sampled."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Request
from bot.model import Corpus, Kind
from bot.platforms.plain import card_text
from bot.reply import Ask
from bot.search.engine import Engine
from bot.shelf import Shelf

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "search"
COMMANDS = {
    "any": ("find", "words"),
    "summary": ("summary", "topic"),
    "reading": ("reading", "topic"),
    "action": ("action", "topic"),
    "contact": ("contact", "who"),
}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def kinds(query: dict[str, Any]) -> frozenset[Kind]:
    return frozenset(Kind) if query["kind"] == "any" else frozenset({Kind(query["kind"])})


def recall(facets: list[set[str]], found: list[str], k: int) -> float:
    """How many of the things asked for are among the first `k` found, of as many as could be."""
    hit = sum(any(item in facet for item in found[:k]) for facet in facets)
    return min(1.0, hit / min(k, len(facets)))


def test_queries_of_our_own(engine: Engine, corpus: Corpus) -> None:
    """240 questions written from the documents alone; the bounds are what was measured, less one question."""
    at_1, at_3, false = [], [], []
    known = {item.id for item in corpus.items()}
    for query in lines(HERE / "queries.jsonl"):
        assert known.issuperset(query["relevant"]), query["q"]
        found = [scored.id for scored in engine.search(query["q"], kinds(query), query["locale"]).answers]
        if query["relevant"]:
            facets = [set(facet) for facet in query.get("facets", [query["relevant"]])]
            at_1.append(recall(facets, found, 1))
            at_3.append(recall(facets, found, 3))
        else:
            false.append(bool(found))
    assert sum(at_1) / len(at_1) >= 0.93
    assert sum(at_3) / len(at_3) >= 0.945
    assert sum(false) / len(false) <= 0.09


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the evaluator's own
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared evaluation is not on this machine")
async def test_the_shared_evaluation(corpus: Corpus) -> None:
    """Judged by the text of the cards that readers see: recall@1 ≥ 0.92, recall@3 ≥ 0.96, false ≤ 0.04."""
    evaluate = module(SHARED / "evaluate.py")
    queries = lines(SHARED / "queries.jsonl")
    shelf = Shelf.of(corpus)
    services = Services(shelf, "test")
    answers = []
    for query in queries:
        request = Request(query["locale"])
        command, option = COMMANDS[query["kind"]]
        reply = await answer(Ask(command, {option: query["q"]}), request, services)
        results = [{"text": card_text(card, request.tr)} for card in reply.cards if reply.found]
        answers.append({"q": query["q"], "kind": query["kind"], "results": results})
    shelf.close()
    measured = evaluate.evaluate(queries, answers, evaluate.Gold(SHARED / "expected.yaml"))[0]["overall"]
    assert measured["recall@1"] >= 0.92
    assert measured["recall@3"] >= 0.96
    assert measured["false-answer"] <= 0.04


def module(path: Path) -> ModuleType:
    """A script as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded
