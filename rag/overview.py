"""A plan as a whole, or a section of it: what it is about, and which figures it aims at.

「这份规划主要讲什么」, "Summarise the plan" -> its opening and how each part opens ; 「有哪些数字目标」 -> every target with a figure
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.general import is_general
from rag.imprint import asks_imprint, imprint
from rag.mentions import mentions
from rag.names import Name
from rag.query import Query
from rag.question import DEFINITE, Asked, holds, years
from rag.scope import own_names
from rag.sections import section_named
from rag.summary import (
    MOST_OPENINGS,
    summarise,
    told_in_brief,
    told_whole,
    wants_summary,
)
from rag.tense import Tense, own_year, tenses
from rag.text import clauses, sentences
from rag.tokenizer import plain
from rag.types import Document, Paragraph, Piece, Role

FEW = 4  # parts; of fewer, their parts are told too
LEADS = 2  # sentences before the first heading that are told
SHORTEST_LEAD = 24  # characters; shorter lines are titles, names and dates
MOST_PARAGRAPHS = 12  # of a plan without parts, whose openings are told
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十]+[）)、]|第[一二三四五六七八九十]+[，,、]")
_CEREMONY = re.compile(r"^[各同]位|我代表.{0,20}报告|请.{0,12}审议|现将|现印发")
# What asks for a summary of a plan beside what asks for one of anything (`Asked.BRIEF`).
_ABOUT = re.compile(
    r"概要|要点|亮点|摘要|主要写|写了?些?(?:什么|啥)|(?:讲|说)(?:什么|啥)|(?:什么|啥)内容|关于(?:什么|啥)"
    r"|\b(?:key|major) (?:points?|ideas?|content)\b|\b(?:messages?|takeaways?|highlights?)\b|\btl;?dr\b"
    r"|\bwhat(?:'s| is| are)? .{0,40}\babout\b|\bwhat does .{0,40}\b(?:say|contain|cover)\b|\bin (?:short|a nutshell)\b",
    re.IGNORECASE,
)
_FIGURES = re.compile(
    r"(?:数字|量化|定量|数值|具体)(?:的)?(?:性)?(?:目标|指标|任务)|(?:目标|任务)(?:的)?(?:数字|数据|数值|指标)|(?:主要|核心|关键|重要)(?:的)?(?:数字|数据|指标)|指标|哪些数(?:字|据)"
    r"|\b(?:numerical|numeric|quantitative|measurable|quantified) (?:targets?|goals?|aims?|objectives?)\b"
    r"|\b(?:figures|numbers|indicators|targets)\b",
    re.IGNORECASE,
)
_TARGETS = re.compile(r"目标|指标|\b(?:targets?|goals?|aims?|objectives?)\b", re.IGNORECASE)
_AIMS = re.compile(
    r"力争|突破|达到?(?!标)|以上|以内|左右|年均|增长|增加|新增|提高到|扩大[至到]|不低于|不少于|不超过|控制在|确保|目标|完成|到20\d\d年"
)


@dataclass(frozen=True, slots=True)
class Told:
    """Spans of a plan, and whether they are all that there is of their kind."""

    spans: list[Piece]
    complete: bool = True


def told_of_itself(
    question: str, asked: frozenset[Asked], query: Query, named: Sequence[Name], document: Document
) -> Told | None:
    """What is read from the plan from end to end: it or a section as a whole, all that it says of one of the names.

    None where a question asks for something that must be searched for.
    """
    if asks_imprint(question, document.info.title) and (lines := imprint(question, document)):
        return Told(lines)
    section = section_named(question, document)
    if section and wants_summary(section[1], asked):
        return Told(summarise(section[0], document, question))
    if not is_of_the_whole(question, asked, own_names(document.info)):
        found = mentions(query, named, document)
        return Told(found) if found else None
    named_years = years(question)
    of_another = named_years - {str(own_year(document.info))}
    if _FIGURES.search(question) or (of_another and _TARGETS.search(question)):
        told = targets(document, named_years if of_another else set())
    elif _sums_up(question, asked):
        told = outline(document)
    else:
        return None
    return told if told.spans else None


def is_of_the_whole(question: str, asked: frozenset[Asked], names: Sequence[str] = ()) -> bool:
    """Whether a question asks for nothing in particular of a plan that bears these names."""
    rest = question
    for name in sorted(names, key=len, reverse=True):
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    wants = _FIGURES.search(question) or _sums_up(question, asked) or (years(question) and _TARGETS.search(question))
    return bool(wants) and not asked & DEFINITE and is_general(rest)


def _sums_up(question: str, asked: frozenset[Asked]) -> bool:
    return Asked.BRIEF in asked or _ABOUT.search(question) is not None


def outline(document: Document) -> Told:
    """How the plan opens, and of each of its parts the introduction, else the heading; of few parts their paragraphs."""
    depths = [len(section.headings) for section in document.sections if section.headings]
    top = min(depths, default=0)
    deepest = top if depths.count(top) >= FEW else top + 1
    found = []
    for section in document.sections:
        members = [paragraph for paragraph in document.paragraphs if paragraph.section == section.number]
        opens = [p for p in members if p.role is Role.INTRODUCTION] or [p for p in members if p.role is Role.HEADING]
        if 0 < len(section.headings) <= deepest:
            found += [(paragraph, 0, len(paragraph.text)) for paragraph in opens[:1]]
    if len(found) < FEW:
        return Told(_openings(document), complete=False)
    leads = [p for p in document.paragraphs if not document.sections[p.section].headings and _is_prose(p)]
    told = [span for paragraph in leads[:1] for span in told_whole(paragraph)[:LEADS]] + found
    return Told(told[:MOST_OPENINGS], len(told) <= MOST_OPENINGS)


def _openings(document: Document) -> list[Piece]:
    """How paragraphs open, those on what is to be done where there are others, as many as are told, evenly chosen."""
    tense = tenses(document)
    prose = [paragraph for paragraph in document.paragraphs if _is_prose(paragraph)]
    ahead = [paragraph for paragraph in prose if tense.get(paragraph.number) is Tense.AHEAD]
    chosen = ahead or prose
    numbered = [paragraph for paragraph in chosen if _NUMBERED.match(paragraph.text)]
    chosen = numbered if len(numbered) >= FEW else chosen
    step = max(1, -(-len(chosen) // MOST_PARAGRAPHS))
    return [told_in_brief(paragraph)[0] for paragraph in chosen[::step]]


def _is_prose(paragraph: Paragraph) -> bool:
    return (
        paragraph.role is Role.BODY
        and len(paragraph.text) >= SHORTEST_LEAD
        and paragraph.text.rstrip().endswith(("。", ".", "；"))
        and not _CEREMONY.search(paragraph.text)
    )


def targets(document: Document, asked: set[str]) -> Told:
    """Every clause that aims at a figure, of these years where some are asked for; of many the paragraphs with most."""
    tense = tenses(document)
    by_paragraph = [
        found
        for paragraph in document.paragraphs
        if paragraph.role in (Role.BODY, Role.INTRODUCTION) and tense.get(paragraph.number) is not Tense.PAST
        if (found := _targets_of(paragraph, asked))
    ]
    kept: list[Piece] = []
    for found in sorted(by_paragraph, key=len, reverse=True):
        if not kept or len(kept) + len(found) <= MOST_OPENINGS:
            kept += found[:MOST_OPENINGS]
    complete = len(kept) == sum(map(len, by_paragraph))
    return Told(sorted(kept, key=lambda span: (span[0].number, span[1])), complete)


def _targets_of(paragraph: Paragraph, asked: set[str]) -> list[Piece]:
    found: list[Piece] = []
    for begin, stop in sentences(paragraph.text):
        sentence = plain(paragraph.text)[begin:stop]
        for first, last in clauses(sentence, "，,；;。"):
            clause = sentence[first:last]
            if (
                not re.search(r"\d", clause)
                or not holds(Asked.NUMBER, clause)
                or not _AIMS.search(clause)
                or (asked and not asked & years(clause))
            ):
                continue
            if first and found and found[-1][2] == begin + first:
                found[-1] = (paragraph, found[-1][1], begin + last)
            else:
                found.append((paragraph, begin + first, begin + last))
    return found
