"""One trial: one peer, one corpus, in a process of its own, so that its memory can be told apart."""

import gc
import multiprocessing
import pickle
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from bench.peers import PEERS
from bench.questions import Question
from bot.search.record import Record

WARM_UP = 20
"""How many further questions are asked before the clock counts."""

_CHUNK = 1000  # records that are pickled together
_WATCHED = 0.01  # seconds between looks at the memory of the process


@dataclass(frozen=True, slots=True)
class Answered:
    """How long one question took, in seconds, and what was made of it."""

    shape: str
    seconds: float
    first: bool
    within_three: bool
    anything: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured. `peak` and `kept` are bytes beside the records: at most, and after building."""

    peer: str
    entries: int
    build_seconds: float
    peak: int
    kept: int
    answered: tuple[Answered, ...]


def save(records: Iterable[Record], path: Path) -> None:
    """Write records to a file, for `run` to read."""
    with path.open("wb") as file:
        chunk: list[Record] = []
        for record in records:
            chunk.append(record)
            if len(chunk) == _CHUNK:
                pickle.dump(chunk, file, pickle.HIGHEST_PROTOCOL)
                chunk = []
        pickle.dump(chunk, file, pickle.HIGHEST_PROTOCOL)


def _load(path: Path) -> list[Record]:
    records: list[Record] = []
    with path.open("rb") as file:
        while file.peek(1):
            records += pickle.load(file)  # noqa: S301 (we have just written it)
    return records


def run(peer: str, path: Path, asked: Sequence[Question]) -> Trial:
    """Try a peer. The last questions only warm it up. Raises `RuntimeError` where its process ends early."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, peer, path, asked), daemon=True)
    process.start()
    theirs.close()
    try:
        before: int = ours.recv()
        watched = psutil.Process(process.pid)
        peak = before
        ours.send("build")
        while not ours.poll(_WATCHED):
            peak = max(peak, watched.memory_info().rss)
        entries, seconds, after = ours.recv()
        ours.send("ask")
        answered: tuple[Answered, ...] = ours.recv()
    except (EOFError, ConnectionError, psutil.NoSuchProcess) as error:
        process.join()
        raise RuntimeError(
            f"The process of {peer} ended with {process.exitcode}; is there enough memory?"
        ) from error
    process.join()
    return Trial(peer, entries, seconds, max(peak, after) - before, after - before, answered)


def _work(connection: "Connection[Any, Any]", peer: str, path: Path, asked: Sequence[Question]) -> None:
    records = _load(path)
    own = psutil.Process()
    gc.collect()
    connection.send(own.memory_info().rss)
    connection.recv()
    started = time.perf_counter()
    ask = PEERS[peer].build(records)
    seconds = time.perf_counter() - started
    gc.collect()
    connection.send((len(records), seconds, own.memory_info().rss))
    # Answers should not wait for the garbage collector to go through data that only we have kept.
    del records
    gc.collect()
    connection.recv()
    for question in asked[-WARM_UP:]:
        ask(question.text)
    answered = []
    for question in asked[:-WARM_UP]:
        started = time.perf_counter()
        found = ask(question.text)
        taken = time.perf_counter() - started
        answered.append(
            Answered(
                question.shape,
                taken,
                first=question.wanted is not None and question.wanted in found[:1],
                within_three=question.wanted is not None and question.wanted in found[:3],
                anything=bool(found),
            )
        )
    connection.send(tuple(answered))
