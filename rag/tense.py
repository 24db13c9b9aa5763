"""Whether a part of a plan looks back or ahead: 「去年增长多少」 is answered by the review, not by the targets.

    headings and openings of paragraphs, in order -> Tense of each ; question -> the Tense that it asks for

A report on work says once, at the head of a part, which year it speaks of; what follows says it no more.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from rag.tokenizer import plain
from rag.types import Document, DocumentInfo, Paragraph, Role


class Tense(StrEnum):
    """Where in time a text lies from its plan's own day."""

    PAST = "past"
    AHEAD = "ahead"


LINE = 40  # characters of a paragraph that is a line of its own; of a longer one only the first clause says of when
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PAST = re.compile(r"回顾|成就|成效|成绩|过去[一五的]|[一两三五几]年来|以来[，,]|去年|上年|刚刚过去|“十三五”时期")
_AHEAD = re.compile(
    r"今年|今后|未来|展望|下一步|工作安排|工作部署|重点工作|重点任务|主要任务|主要目标|预期目标|总体要求|指导思想|力争"
)
_ASKS_PAST = re.compile(
    r"去年|上年|上一年|过去|实际|已经?[经建完]|至今|迄今|目前为止|(?:完|建|达|做|取得|增长|下降|新增|投入|投|补|获得|开工)[成到]?了"
    r"|\b(?:last year|so far|to date|did|was|were|has|have|had|already|achieved|actual(?:ly)?|past)\b",
    re.IGNORECASE,
)
_ASKS_IS_OR_WAS = re.compile(
    r"现有|目前|眼下|现在(?!要)|如今|至今|迄今|去年|上年|过去[一二两三五几十]"
    r"|\b(?:today|now|currently|at present|so far|to date|last year|in the past|the past \w+ years)\b",
    re.IGNORECASE,
)
_ASKS_AHEAD = re.compile(
    r"今年|明年|今后|未来|以后|接下来|下一步|目标|预期|计划|打算|准备|将[来会要]?|力争|定了?多|要(?:建|新|完|办|修|达|增|改)"
    r"|\b(?:this year|next year|will|targets?|goals?|aims?|aiming|plan(?:s|ned)?|going to|to be|future|expected)\b",
    re.IGNORECASE,
)


def own_year(info: DocumentInfo) -> int | None:
    """The year a plan is of, by its title, else by when it was published."""
    found = _YEAR.findall(info.title) or _YEAR.findall(info.published)
    return int(min(found)) if found else None


@lru_cache(maxsize=256)
def tenses(document: Document) -> dict[int, Tense | None]:
    """Of each paragraph, by its number: as the headings over it say, else its opening, else as the one before it."""
    year = own_year(document.info)
    found: dict[int, Tense | None] = {}
    running: Tense | None = None
    section = -1
    for paragraph in document.paragraphs:
        if paragraph.section != section:
            section = paragraph.section
            headings = tuple(map(plain, document.sections[section].headings))
            running = next(filter(None, (_said(heading, year) for heading in reversed(headings))), running)
        if paragraph.role is not Role.FURNITURE:
            running = _opening(paragraph, year) or running
        found[paragraph.number] = running
    return found


def asked_tense(question: str, info: DocumentInfo) -> Tense | None:
    """Whether a question is after what was done or what is to be done; none where it says neither or both."""
    year = own_year(info)
    past = _ASKS_PAST.search(question) is not None
    ahead = _ASKS_AHEAD.search(question) is not None
    if year:
        asked = [int(found) for found in _YEAR.findall(question)]
        past = past or any(found < year for found in asked)
        ahead = ahead or any(found >= year for found in asked)
    if past == ahead:
        return None
    return Tense.PAST if past else Tense.AHEAD


def asks_what_is_or_was(question: str) -> bool:
    """Whether a question is after what there is or was, and says so, and not also after what there is to be."""
    return _ASKS_IS_OR_WAS.search(question) is not None and _ASKS_AHEAD.search(question) is None


def asks_both(question: str) -> bool:
    """Whether a question sets what was done against what is to be done."""
    return _ASKS_PAST.search(question) is not None and _ASKS_AHEAD.search(question) is not None


def _opening(paragraph: Paragraph, year: int | None) -> Tense | None:
    text = plain(paragraph.text)
    return _said(text if len(text) <= LINE else re.split("[，。：；,]", text, maxsplit=1)[0][:LINE], year)


def _said(text: str, year: int | None) -> Tense | None:
    named = [int(found) for found in _YEAR.findall(text)]
    if _PAST.search(text) or (year and any(found < year for found in named)):
        return Tense.PAST
    if _AHEAD.search(text) or (year and any(found >= year for found in named)):
        return Tense.AHEAD
    return None
