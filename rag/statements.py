"""What an answer quotes: spans of plans in their order, and a citation for each.

chosen clauses -> [Span], neighbours joined, whole units for readers of a translation -> [Citation]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.citations import cite
from rag.evidence import Evidence
from rag.text import clauses
from rag.translated import translation_for, units_within
from rag.types import Citation, Document, Paragraph

_TRIM = "，,；;：:。、 "


@dataclass(frozen=True, slots=True)
class Span:
    """`paragraph.text[begin:stop]` of a plan."""

    document: Document
    paragraph: Paragraph
    begin: int
    stop: int

    @property
    def text(self) -> str:
        """The words."""
        return self.paragraph.text[self.begin : self.stop]


def span_of(item: Evidence, language: str) -> Span:
    """Where a clause stands; for the reader of a translation, the whole units that it is in."""
    begin, stop = item.begin, item.stop
    translation = translation_for(item.document, language)
    units = units_within(translation, item.paragraph.number, begin, stop) if translation else []
    if units:
        begin, stop = units[0].begin, units[-1].stop
    return Span(item.document, item.paragraph, begin, stop)


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in the order of their plan, neighbours of one paragraph made one."""
    rank: dict[str, int] = {}
    for span in spans:
        rank.setdefault(span.document.info.id, len(rank))
    ordered = sorted(spans, key=lambda span: (rank[span.document.info.id], span.paragraph.number, span.begin))
    found: list[Span] = []
    for span in ordered:
        last = found[-1] if found else None
        together = last is not None and last.paragraph is span.paragraph
        if last and together and (last.stop > span.begin or _goes_on(last, span)):
            found[-1] = replace(last, stop=max(last.stop, span.stop))
        else:
            found.append(span)
    return found


def _goes_on(last: Span, span: Span) -> bool:
    return last.stop == span.begin and last.paragraph.text[last.stop - 1] in "，,、 "


def citations_of(spans: Sequence[Span], language: str) -> tuple[Citation, ...]:
    """A citation for each span, numbered from 1, with what it says in the reader's language where that is known."""
    found = []
    for number, span in enumerate(spans, start=1):
        text = span.paragraph.text[span.begin : span.stop]
        begin = span.begin + len(text) - len(text.lstrip(_TRIM))
        translation = translation_for(span.document, language)
        units = units_within(translation, span.paragraph.number, begin, span.stop) if translation else []
        said = ". ".join(unit.text.rstrip(".") for unit in units) or None
        stop = _without_mark(span.paragraph.text, span.stop)
        found.append(cite(span.document, span.paragraph, begin, stop, number, said))
    return tuple(found)


def items_of(quote: str) -> int:
    """How many things a quote enumerates: "建设甲校、乙校，扩建丙校、丁校和戊校" holds 5, one without a list 1."""
    count = 0
    for begin, stop in clauses(quote):
        before, mark, last = quote[begin:stop].rpartition("、")
        if mark:
            count += before.count("、") + 2 + bool(re.search("[和及与]", last))
    return count or 1


def _without_mark(text: str, stop: int) -> int:
    """The end of a clause without the comma, or the like, that leads to the next."""
    return len(text[:stop].rstrip("，,；;：:、 "))
