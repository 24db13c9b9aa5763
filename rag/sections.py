"""Which section a question speaks of, and what it asks of it.

「生态部分有没有提到湿地公园」 -> the section on ecology ; 「有没有提到湿地公园」
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.dictionary import words_and_lemmas
from rag.general import is_general
from rag.question import wants_brief
from rag.text import is_han
from rag.tokenizer import is_stop_word, plain
from rag.types import Document, Hit, Section

NAMED = 4  # characters of a heading that a question must repeat
DECISIVE = 6  # hits that decide which section is meant
_PART = re.compile(
    r"部分|板块|章节|那一?[章节块]|\b(?:section|part|chapter|priority|goal|theme|pillar)\b", re.IGNORECASE
)
_OF_HEADINGS = frozenset("section part chapter priority goal theme pillar plan strategy city council".split())
# How a question speaks of a section: "in the section on ecology", "under the ecology part", 「在关于生态的部分里」.
_SPOKEN_OF = re.compile(
    r"(?:在|按照?|根据)?(?:[^，,。？?！!；;]{0,20}?)(?:这|那|这一|那一)?(?<![哪几一两二三四五六七八九十大])(?:部分|板块|章节)(?![构组]成|地区|学校|企业|村)(?:里面?|中|内)?[，,]?"
    r"|(?:\b(?:in|under|within|from|according to) )?\b(?:the|its|that|this) (?:section|part|chapter) (?:on|about|of|headed|called|dealing with) "
    r"(?:[\w“”\"'’-]+ ){0,6}?[\w“”\"'’-]+(?=[,?.!]| (?:say|cover|contain|mention|promise|include|tell|set|call|what|which|who|how|is|are|does|do|will|has|have)\w*\b|$),?"
    r"|(?:\b(?:in|under|within|from|according to) )?\b(?:the|its|that|this) (?:(?!(?:plan|report|document|say|says|in|of|on|its|for|does|and|with)\b)[\w“”\"'’-]+ ){1,4}?(?:section|chapter|part)\b(?! of\b),?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OfSection:
    """What a question asks of a section; the section itself where its heading is named."""

    question: str
    section: Section | None


def of_section(question: str, document: Document) -> OfSection | None:
    """A question for something in particular of a section that it speaks of; None for any other."""
    found = _SPOKEN_OF.search(question)
    rest = (question[: found.start()] + question[found.end() :]).strip() if found else ""
    if found is None or wants_brief(question) or is_general(rest):
        return None
    named = section_named(found[0], document)
    return OfSection(rest, named[0] if named else _headed(found[0], document))


def section_named(question: str, document: Document) -> tuple[Section, str] | None:
    """The one section whose heading a question repeats most of, and the question without that part."""
    best: list[tuple[int, Section, str]] = []
    for section in document.sections[1:]:
        heading = plain(section.headings[-1])
        found = SequenceMatcher(None, question, heading, autojunk=False).find_longest_match()
        named = question[found.a : found.a + found.size]
        if sum(map(is_han, named)) >= NAMED:
            best.append((found.size, section, question[: found.a] + question[found.a + found.size :]))
    if not best:
        return None
    size, section, rest = max(best, key=lambda item: item[0])
    return (section, rest) if sum(other == size for other, _, _ in best) == 1 else None


def section_meant(question: str, hits: Sequence[Hit], document: Document) -> Section | None:
    """The section that a question for "the part on ..." means: the one that most of what was found is of."""
    if not _PART.search(question):
        return None
    if headed := _headed(question, document):
        return headed
    scores: dict[tuple[str, ...], float] = {}
    for hit in hits[:DECISIVE]:
        if hit.passage.document.id == document.info.id:
            scores[hit.passage.headings] = scores.get(hit.passage.headings, 0.0) + hit.score
    best = max(scores, key=lambda headings: scores[headings], default=())
    return next((section for section in document.sections[1:] if section.headings == best), None)


def _headed(question: str, document: Document) -> Section | None:
    """The one section in English whose heading has most of the question's words, each of its own kind of heading."""
    asked = set(words_and_lemmas(question)) - _OF_HEADINGS
    shared = [
        (len(asked & {word for word in words_and_lemmas(section.headings[-1]) if not is_stop_word(word)}), section)
        for section in document.sections[1:]
        if not any(map(is_han, section.headings[-1]))
    ]
    most = max((count for count, _ in shared), default=0)
    best = [section for count, section in shared if count == most > 0]
    return best[0] if len(best) == 1 else None
