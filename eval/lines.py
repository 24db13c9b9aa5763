"""JSON lines in: every line checked, every faulty one named by file and line number.

questions.jsonl:17: "gold.0" is [9, 4]: a line range is [first, last]
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from rag.errors import InputError

Value = TypeVar("Value")
SHOWN = 5  # faults that an error spells out
_log = logging.getLogger(__name__)


def read_lines(
    path: Path, kind: type[Value], key: Callable[[Value], Hashable], *, skip_malformed: bool = False
) -> list[Value]:
    """The values of a JSON-lines file, a line each; empty lines count for numbering only.

    :param key: what no two lines may share.
    :param skip_malformed: log a faulty line and go on without it, instead of refusing the file.
    :raises InputError: if the file cannot be read, a line is faulty, or no line is left.
    """
    adapter = TypeAdapter(kind)
    values: list[Value] = []
    faults: list[str] = []
    seen: dict[Hashable, int] = {}
    for number, text in enumerate(read_text(path).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            value = adapter.validate_python(_object(text))
        except ValueError as error:
            faults.append(f"{path}:{number}: {_reason(error)}")
            continue
        name = key(value)
        if name in seen:
            faults.append(f"{path}:{number}: {name!r} is already on line {seen[name]}")
            continue
        seen[name] = number
        values.append(value)
    if faults and not skip_malformed:
        more = f"\n... and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise InputError(
            "\n".join(faults[:SHOWN]) + more + "\nMend them, or leave such lines out with --skip-malformed."
        )
    for fault in faults:
        _log.warning("left out: %s", fault)
    if not values:
        raise InputError(f"{path} holds no usable line.")
    return values


def read_text(path: Path) -> str:
    """A UTF-8 file's text.

    :raises InputError: if it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: byte {error.start}.") from None


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, not {type(value).__name__}")
    return value


def _reason(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        if first["type"] == "missing":
            return f'"{place}" is missing'
        return f'"{place}" is {first["input"]!r}: {first["msg"]}' if place else first["msg"]
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON, column {error.colno}: {error.msg}"
    return str(error)
