"""Logging, configured once, to standard error only: standard output is for results.

message + facts -> a line to read, or a line of JSON ; what is noted while a request is served joins its line
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

_noted: ContextVar[dict[str, object] | None] = ContextVar("noted", default=None)


def configure(level: str, *, as_json: bool = False) -> None:
    """Send our own messages from `level` up, and other libraries' warnings, to standard error."""
    handler = _Stderr()
    handler.setFormatter(_JsonLine() if as_json else _Line())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for package in ("app", "index", "rag", "eval", "uvicorn"):
        logging.getLogger(package).setLevel(level)


def begin_request() -> dict[str, object]:
    """A place for what is noted from here on, in this request."""
    facts: dict[str, object] = {}
    _noted.set(facts)
    return facts


def note(**facts: object) -> None:
    """Put facts into the log line of the request that is being served, if one is."""
    noted = _noted.get()
    if noted is not None:
        noted.update(facts)


class _Stderr(logging.StreamHandler[TextIO]):
    """Whatever standard error is when something is logged."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _value: TextIO) -> None:
        pass


class _Line(logging.Formatter):
    """For a person."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        # As JSON, so that no text that was sent can begin a line of its own.
        facts = getattr(record, "facts", {}).items()
        return " ".join([super().format(record), *(f"{name}={_json(value)}" for name, value in facts)])


class _JsonLine(logging.Formatter):
    """For a program: an object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            # Without its message, which may quote a question.
            line["error"] = record.exc_info[0].__name__
            line["trace"] = "".join(traceback.format_tb(record.exc_info[2]))
        return _json(line)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
