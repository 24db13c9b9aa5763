"""An answer's words: spans of plans in their order, a citation for each, and the text that is made of them.

chosen clauses -> [Span], neighbours joined, whole units for readers of a translation -> [Citation] -> text with [n]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import rjieba
from pypinyin import lazy_pinyin

from rag.citations import cite
from rag.evidence import Evidence
from rag.phrases import phrase
from rag.text import clauses
from rag.translated import translation_for, units_within
from rag.types import Citation, Document, Paragraph

LONGEST_NAME = 3  # characters; what jieba takes for a longer one is none
MOST_NAMES = 16  # told in pinyin
# What the name of a place stands before; what jieba takes for the name of a person (小微, 高水平) is mostly none.
_PLACES = re.compile(
    r"[省市区县镇乡村州港河江湖海岛山桥路站库]|大桥|大学|学院|医院|中学|小学|学校|高速|高铁|铁路|机场|水库|核电|电站|新城|园区|工程"
)
_TRIM = "，,；;：:。、 "


@dataclass(frozen=True, slots=True)
class Span:
    """`paragraph.text[begin:stop]` of a plan."""

    document: Document
    paragraph: Paragraph
    begin: int
    stop: int


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


def told(citations: Sequence[Citation], language: str, document: Document, *, titled: bool) -> str:
    """The quotes, or what they say in the reader's language, each with its number; framed where the plan's is another.

    :param titled: name each plan over its statements.
    """
    lines: list[str] = []
    translation = translation_for(document, language)
    if language != document.info.language:
        unofficial = translation is not None and not translation.official
        lines.append(phrase("frame_unofficial" if unofficial else "frame", language))
    title = ""
    for citation in citations:
        if titled and citation.document_title != title:
            title = citation.document_title
            lines.append(f"《{title}》")
        statement = f"{(citation.translation or citation.quote).strip(_TRIM)} [{citation.number}]"
        lines.append(f"- {statement}" if len(citations) > 1 else statement)
    return "\n".join(lines)


def spelt_out(text: str, citations: Sequence[Citation], language: str, is_common: Callable[[str], bool]) -> str:
    """An answer whose quotes its reader gets untranslated, with the names in them in pinyin at the frame.

    "The plan says:" -> "The plan says (常泰 Changtai, 南通 Nantong):"
    """
    foreign = [citation.quote for citation in citations if citation.translation is None]
    frame = phrase("frame", language)
    if language == "zh" or frame not in text:
        return text
    tagged = [word for quote in foreign for word in rjieba.tag(quote)]
    names = [
        word
        for (word, tag), (behind, _) in zip_longest(tagged, tagged[1:], fillvalue=("", ""))
        if 1 < len(word) <= LONGEST_NAME and not is_common(word)
        and (tag == "ns" or (tag in ("nr", "nrt") and _PLACES.match(behind)))
    ]  # fmt: skip
    spelt = [f"{name} {''.join(lazy_pinyin(name)).capitalize()}" for name in list(dict.fromkeys(names))[:MOST_NAMES]]
    return text.replace(frame, f"{frame.rstrip(':')} ({', '.join(spelt)}):", 1) if spelt else text


def _without_mark(text: str, stop: int) -> int:
    """The end of a clause without the comma, or the like, that leads to the next."""
    return len(text[:stop].rstrip("，,；;：:、 "))
