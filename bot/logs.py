"""Logging that cannot give anybody away: only fields on a list are ever written.

A list of what to hide would forget something one day; a list of what may be shown cannot.
"""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

from bot.errors import whereabouts

ALLOWED = frozenset(
    {
        "backend", "changed", "command", "count", "entries", "error", "event", "exit_code", "level", "logger",
        "milliseconds", "path", "platform", "problem", "problems", "revision", "seconds", "shard", "sources",
        "tier", "timestamp", "version",
    }
)  # fmt: skip
"""Every field that may be logged. None can hold what somebody asked, or who.

`problem` is a sentence for the operator, of what keeps a whole platform from working.
"""

_SILENT: ContextVar[bool] = ContextVar("silent", default=False)


def configure(level: str) -> None:
    """Send log lines of that level or above to standard error, as JSON, with UTC time stamps.

    Other libraries' log lines and Python's warnings keep their level, their logger's name and the class of an
    error, and lose their text, which may quote anything.
    """
    structlog.configure(
        processors=[
            _unless_silent,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Others()]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


@contextmanager
def silent() -> Iterator[None]:
    """What is logged meanwhile goes nowhere; nor does what tasks that are started meanwhile ever log."""
    token = _SILENT.set(True)
    try:
        yield
    finally:
        _SILENT.reset(token)


def _unless_silent(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if _SILENT.get():
        raise structlog.DropEvent
    return event


def only_allowed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list; of an object that is no plain value, keep its class alone."""
    return {key: _plain(value) for key, value in event.items() if key in ALLOWED}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else type(value).__name__


class _Others(logging.Handler):
    """Passes on that a library logged something, and where that met code of ours, and not what."""

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info[1] if record.exc_info else None
        error = type(raised).__name__ if raised else None
        path = whereabouts(raised) or None if raised else None
        # Libraries may have levels of their own between ours, which have no name.
        level = max(record.levelno // 10 * 10, logging.DEBUG)
        structlog.get_logger().log(
            min(level, logging.CRITICAL), "library message", logger=record.name, error=error, path=path
        )
