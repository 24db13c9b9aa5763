"""A plan's translation, aligned with it piece by piece: `plan.en.jsonl` beside `plan.txt`.

{"language": "en", "official": false, "note": "..."}     first line
{"zh": "a piece of the plan", "en": "its translation"}   then the pieces, in order, none over two paragraphs
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import DocumentError
from rag.types import Document, Paragraph, Translation, Unit


def translations_beside(path: Path) -> tuple[str, ...]:
    """The texts of the translation files that stand beside a plan, in the order of their names."""
    try:
        return tuple(file.read_text(encoding="utf-8") for file in sorted(path.parent.glob(f"{path.stem}.*.jsonl")))
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"A translation of {path.name} cannot be read as UTF-8 text: {error}.") from None


def translated(document: Document, texts: Iterable[str]) -> Document:
    """The document with its translations.

    :raises DocumentError: naming the line that is not as described above, or is no piece of the plan.
    """
    return replace(document, translations=tuple(_aligned(document, text) for text in texts))


def _aligned(document: Document, text: str) -> Translation:
    head, *lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()] or [
        (1, "")
    ]
    about = _object(*head)
    language = about.get("language")
    if not isinstance(language, str) or not language:
        raise DocumentError('Line 1 of a translation names its language: {"language": "en", "official": false}.')
    units: list[Unit] = []
    place = (0, 0)  # paragraph by position, and how far it is translated
    for number, line in lines:
        pair = _object(number, line)
        source, target = pair.get(document.info.language), pair.get(language)
        if not isinstance(source, str) or not isinstance(target, str) or not source.strip():
            raise DocumentError(f'Line {number} of a translation needs "{document.info.language}" and "{language}".')
        unit = _found(document.paragraphs, source.strip(), place)
        if unit is None:
            raise DocumentError(f"Line {number} of a translation is no piece of the plan, or out of order: {source!r}.")
        position, begin = unit
        stop = begin + len(source.strip())
        units.append(Unit(document.paragraphs[position].number, begin, stop, target.strip()))
        place = (position, stop)
    return Translation(language, bool(about.get("official")), tuple(units))


def _found(paragraphs: Sequence[Paragraph], piece: str, place: tuple[int, int]) -> tuple[int, int] | None:
    """The next paragraph, and the position in it, where a piece stands, from `place` on."""
    for position in range(place[0], len(paragraphs)):
        begin = paragraphs[position].text.find(piece, place[1] if position == place[0] else 0)
        if begin >= 0:
            return position, begin
    return None


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise DocumentError(f"Line {number} of a translation is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise DocumentError(f"Line {number} of a translation is no object.")
    return value
