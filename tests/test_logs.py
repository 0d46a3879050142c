"""Logs: only what is on the list is written, whoever writes it and however."""

import ast
import asyncio
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.logs import ALLOWED, configure, only_allowed, silent

LEVELS = ("debug", "info", "warning", "error")
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """What has been written since it was last called. Logging is put back as it was."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def fail(error: Exception) -> None:
    """Raise it."""
    raise error


def test_fields_that_are_not_on_the_list_are_dropped(lines: Lines) -> None:
    """A question or an id that somebody logs by mistake does not arrive."""
    configure("debug")
    log = structlog.get_logger().bind(user="zqreader")
    log.info("command", command="find", query="zqwords", user_id=7, tier="found")
    (line,) = lines()
    assert set(line) == {"event", "command", "tier", "level", "timestamp"}
    assert (line["event"], line["command"], line["tier"], line["level"]) == (
        "command",
        "find",
        "found",
        "info",
    )
    assert line["timestamp"].endswith("Z")


async def test_what_is_started_in_silence_never_logs(lines: Lines) -> None:
    """Nor do libraries there; everything else does, meanwhile and afterwards."""
    configure("debug")
    go, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go.wait()
        structlog.get_logger().error("links looked at")
        logging.getLogger("aiohttp").error("no")
        done.set()

    with silent():
        working = asyncio.create_task(work())
        structlog.get_logger().error("tidying waits")
    go.set()
    await done.wait()
    await working
    structlog.get_logger().info("command")
    assert [line["event"] for line in lines()] == ["command"]


@given(st.dictionaries(st.text() | st.sampled_from(sorted(ALLOWED)), st.text() | st.integers() | st.none()))
def test_nothing_else_ever_passes(event: dict[str, Any]) -> None:
    """Whatever the fields are called: those on the list pass unchanged, no other does."""
    assert only_allowed(None, "info", dict(event)) == {k: v for k, v in event.items() if k in ALLOWED}


def test_objects_lose_their_content(lines: Lines) -> None:
    """An exception says what it is in its message, a list in its items: their class is enough."""
    configure("debug")
    structlog.get_logger().error("command", error=ValueError("zqwords"), path=["zqwords"], sources={"zq": 1})
    (line,) = lines()
    assert (line["error"], line["path"], line["sources"]) == ("ValueError", "list", "dict")
    assert "zq" not in json.dumps(line)


def test_exceptions_lose_their_text(lines: Lines) -> None:
    """A stack trace ends with the message, which may be the question."""
    configure("debug")
    try:
        fail(LookupError("zqwords"))
    except LookupError:
        structlog.get_logger().exception("command", command="find")
    (line,) = lines()
    assert (line["event"], line["level"]) == ("command", "error")
    assert "zqwords" not in json.dumps(line)


def test_other_libraries_lose_their_text(lines: Lines) -> None:
    """What a library logs is passed on as the fact that it did; also at levels of its own invention."""
    configure("debug")
    foreign = logging.getLogger("some.library")
    foreign.warning("asked %s", "zqwords")
    foreign.debug("asked zqwords")
    foreign.log(35, "asked zqwords", extra={"query": "zqwords"})
    foreign.log(70, "asked zqwords")
    try:
        fail(KeyError("zqwords"))
    except KeyError:
        foreign.exception("zqwords")
    written = lines()
    assert [line["level"] for line in written] == ["warning", "warning", "critical", "error"]
    assert {line["logger"] for line in written} == {"some.library"}
    assert written[-1]["error"] == "KeyError"
    assert "zqwords" not in json.dumps(written)


def test_warnings_lose_their_text(lines: Lines) -> None:
    """A library may warn about what it was given."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure("warning")
        warnings.warn("zqwords", stacklevel=1)
    (line,) = lines()
    assert line["logger"] == "py.warnings"
    assert "zqwords" not in json.dumps(line)


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_is_kept(lines: Lines, level: str) -> None:
    """Only that level and those above it are written, of ours and of other libraries."""
    configure(level)
    log = structlog.get_logger()
    for each in LEVELS:
        getattr(log, each)("command")
        getattr(logging.getLogger("some.library"), each)("text")
    ours = list(LEVELS[LEVELS.index(level) :])
    expected = [each for each in ours for _ in range(2 if each in ("warning", "error") else 1)]
    assert [line["level"] for line in lines()] == expected


def _log_calls(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls of a module's logger, also by a name that one of its methods was given."""
    methods = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _of_log(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (
            _of_log(node.func) or (isinstance(node.func, ast.Name) and node.func.id in methods)
        ):
            yield node


def _of_log(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "log"


def _is_fixed(call: ast.Call) -> bool:
    """Whether the event is written out in the program, so that it can hold nothing from outside."""
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant)


def _keeps_to_the_list(call: ast.Call) -> bool:
    return all(keyword.arg is None or keyword.arg in ALLOWED for keyword in call.keywords)


def test_the_house_logs_fixed_events_and_listed_fields() -> None:
    """The name of an event is on the list, so it must not be put together from what somebody asked."""
    calls = [
        call
        for file in Path(bot.__file__).parent.rglob("*.py")
        for call in _log_calls(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert calls
    assert all(_is_fixed(call) and _keeps_to_the_list(call) for call in calls)


@pytest.mark.parametrize(
    ("source", "fine"),
    [
        ('log.info("command", command=name)', True),
        ('report = log.error\nreport("command", tier=tier, **more)', True),
        ('log.info(f"asked {words}")', False),
        ('log.info("asked %s", words)', False),
        ("report = log.error\nreport(words)", False),
        ('log.info("command", words=words)', False),
    ],
)
def test_that_test_can_fail(source: str, *, fine: bool) -> None:
    """What would give somebody away is found."""
    (call,) = _log_calls(ast.parse(source))
    assert (_is_fixed(call) and _keeps_to_the_list(call)) is fine
