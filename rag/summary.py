"""A section in brief: its introduction and how each of its paragraphs opens, in the plan's words.

question that names a section's heading and asks nothing more -> [(paragraph, begin, stop)]
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rag.question import Asked
from rag.text import clauses, is_han, sentences
from rag.types import Document, Paragraph, Role, Section

NAMED = 4  # characters of a heading that a question must repeat
OPENING_CHARS = 60  # of a paragraph's first sentence; a longer one is cut at a clause
MOST_PARAGRAPHS = 12
# What may be left of a question that asks for a section as a whole.
_GENERAL = re.compile(
    r"(?:主要|重点|内容|措施|工作|任务|目标|方面|打造|建设|推进|做法|部署|安排|介绍|一下|总结|概括|什么|哪些|怎么|如何|怎样"
    r"|[要做干是有的了请吗呢讲说]|\W)+"
)
Span = tuple[Paragraph, int, int]


def section_named(question: str, document: Document) -> tuple[Section, str] | None:
    """The one section whose heading a question repeats most of, and the question without that part."""
    best: list[tuple[int, Section, str]] = []
    for section in document.sections[1:]:
        heading = section.headings[-1]
        found = SequenceMatcher(None, question, heading, autojunk=False).find_longest_match()
        named = question[found.a : found.a + found.size]
        if sum(map(is_han, named)) >= NAMED:
            best.append((found.size, section, question[: found.a] + question[found.a + found.size :]))
    if not best:
        return None
    size, section, rest = max(best, key=lambda item: item[0])
    return (section, rest) if sum(other == size for other, _, _ in best) == 1 else None


def summarise(section: Section, document: Document) -> list[Span]:
    """Introduction and openings of a section's paragraphs, and of those of the sections below it."""
    inside = {s.number for s in document.sections if s.headings[: len(section.headings)] == section.headings}
    members = [paragraph for paragraph in document.paragraphs if paragraph.section in inside]
    introduction = [(p, 0, len(p.text)) for p in members if p.role is Role.INTRODUCTION]
    body = [p for p in members if p.role is Role.BODY or (p.role is Role.HEADING and p.section != section.number)]
    return introduction + [(p, 0, _opening(p.text)) for p in body][:MOST_PARAGRAPHS]


def wants_summary(rest: str, asked: frozenset[Asked]) -> bool:
    """True when nothing is left of a question beside the section's name that could be looked up."""
    return not _GENERAL.sub("", rest) and not asked & {Asked.NUMBER, Asked.MONEY, Asked.TIME}


def _opening(text: str) -> int:
    """Where the opening of a paragraph ends: at its first sentence, or at a clause of a long one."""
    _, stop = sentences(text)[0]
    if stop <= OPENING_CHARS:
        return stop
    ends = [end for _, end in clauses(text[:stop]) if end <= OPENING_CHARS]
    return ends[-1] if ends else stop
