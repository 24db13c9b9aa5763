"""What a plan says in another language, for a span of one of its paragraphs.

(document, language) -> translation -> the units in a span, or that a span is most of
"""

from __future__ import annotations

from functools import lru_cache

from rag.types import Document, Translation, Unit

ENOUGH = 0.5  # of a unit, or of the span: from here on a unit belongs to the span


def translation_for(document: Document, language: str) -> Translation | None:
    """The translation that a reader of a language gets: their own, else English; none where the plan is theirs."""
    if language == document.info.language:
        return None
    by_language = {translation.language: translation for translation in document.translations}
    return by_language.get(language) or by_language.get("en")


def units_within(translation: Translation, paragraph: int, begin: int, stop: int) -> list[Unit]:
    """The units of a paragraph that lie in a span, or hold most of it."""
    found = []
    for unit in _by_paragraph(translation).get(paragraph, ()):
        overlap = min(stop, unit.stop) - max(begin, unit.begin)
        if overlap > 0 and overlap >= ENOUGH * min(unit.stop - unit.begin, stop - begin):
            found.append(unit)
    return found


def is_unit(document: Document, paragraph: int, begin: int, stop: int) -> bool:
    """Whether a span is one unit of a translation of the plan."""
    return any(
        (unit.begin, unit.stop) == (begin, stop)
        for translation in document.translations
        for unit in _by_paragraph(translation).get(paragraph, ())
    )


@lru_cache(maxsize=64)
def _by_paragraph(translation: Translation) -> dict[int, tuple[Unit, ...]]:
    found: dict[int, list[Unit]] = {}
    for unit in translation.units:
        found.setdefault(unit.paragraph, []).append(unit)
    return {paragraph: tuple(units) for paragraph, units in found.items()}
