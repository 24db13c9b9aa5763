"""A subject in brief, in the plan's words: a section by how each of its sentences opens, a paragraph by its sentences.

a section or paragraph -> [(paragraph, begin, stop)]
"""

from __future__ import annotations

import re

from rag.question import DEFINITE, Asked, holds
from rag.text import clauses, scale, sentences
from rag.types import Document, Paragraph, Piece, Role, Section

SHORTEST_OPENING = 22  # characters; a shorter clause is told with the next
MOST_OPENINGS = 24
WHOLE_CHARS = 240  # of a paragraph that is told whole
A_SLIP, A_FEW = 2, 5  # characters beside a section's name that may be left: a mistyped word, a general one
# What may be left of a question that asks for a section as a whole.
_GENERAL = re.compile(
    r"(?:主要|重点|内容|开头|大?方向|总的|总体|要求|思路|具体|啥|定|部分|板块|章节|提出|提到|涉及|包括|围绕|怎样的?|哪几|个?方面|大概|大致|概述|归纳|简单|简要|规划|计划|措施|工作|任务|目标|方面|打造|建设|推进|做法|部署|安排|介绍|一下|总结|概括|什么|哪些|怎么|如何|怎样"
    r"|[要做干是有的了请吗呢讲说都]|\W)+"
)
_FIGURES = re.compile(
    r"数字|数据|指标|目标值|多少|多大|\b(?:figures?|numbers?|targets?|how (?:much|many|big|large)|what size)\b",
    re.IGNORECASE,
)
_OPENING_OF = re.compile(
    r"总体思路|总的(?:思路|要求|方向|目标)|总体(?:要求|方向)|大方向|开头|引言|导语"
    r"|\b(?:overall|general) (?:idea|approach|aim|direction|requirement|line)\b|\b(?:introduction|opening)\b",
    re.IGNORECASE,
)


def summarise(section: Section, document: Document, question: str) -> list[Piece]:
    """The introduction, and how each sentence opens, of a section and of those below it.

    Where a question is after its general line the introduction is all; where after figures, further clauses that
    hold one are told too.
    """
    figures = _wants_figures(question)
    inside = {s.number for s in document.sections if s.headings[: len(section.headings)] == section.headings}
    members = [paragraph for paragraph in document.paragraphs if paragraph.section in inside]
    introduction = [(p, 0, len(p.text)) for p in members if p.role is Role.INTRODUCTION]
    if introduction and _OPENING_OF.search(question):
        return introduction
    body = [p for p in members if p.role is Role.BODY or (p.role is Role.HEADING and p.section != section.number)]
    openings = [span for paragraph in body for span in told_in_brief(paragraph, figures=figures)]
    if len(openings) > MOST_OPENINGS:
        openings = [told_in_brief(paragraph)[0] for paragraph in body][:MOST_OPENINGS]
    return introduction + openings


def told_whole(paragraph: Paragraph) -> list[Piece]:
    """A paragraph's sentences; of a long one how each opens."""
    if len(paragraph.text) > WHOLE_CHARS * scale(paragraph.text):
        return told_in_brief(paragraph)
    return [(paragraph, begin, stop) for begin, stop in sentences(paragraph.text)]


def told_in_brief(paragraph: Paragraph, *, figures: bool = False) -> list[Piece]:
    """The opening of each sentence of a paragraph; where `figures`, with its further clauses that hold one."""
    found = []
    for begin, stop in sentences(paragraph.text):
        sentence = paragraph.text[begin:stop]
        opened = _opening(sentence)
        found.append((paragraph, begin, begin + opened))
        for first, last in clauses(sentence, "，,；;。") if figures else ():
            if first >= opened and holds(Asked.NUMBER, sentence[first:last]):
                found.append((paragraph, begin + first, begin + last))
    return found


def _wants_figures(question: str) -> bool:
    """Whether a summary is to tell the figures too: "with the headline numbers"."""
    return _FIGURES.search(question) is not None


def wants_summary(rest: str, asked: frozenset[Asked]) -> bool:
    """True when nothing is left of a question beside the section's name that could be looked up."""
    left = _GENERAL.sub("", rest)
    return len(left) <= (A_FEW if Asked.BRIEF in asked else A_SLIP) and not asked & DEFINITE


def _opening(sentence: str) -> int:
    """Where the opening of a sentence ends: behind the first clause that says something."""
    least = SHORTEST_OPENING * scale(sentence)
    for _, stop in clauses(sentence, "，,；;。"):
        if stop >= least:
            return stop
    return len(sentence)
