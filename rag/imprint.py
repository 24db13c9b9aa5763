"""What a plan says of itself: when it was issued, and under what number.

「这个方案是哪天印发的」, "What is the document number of the plan?" -> the line at its head or foot that says so
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.types import Document, Paragraph, Role

HEAD, FOOT = 25, 12  # paragraphs at either end that may hold it
LONGEST = 60  # characters of such a line
_DOCUMENT = r"(?:方案|规划|计划|纲要|报告|文件|意见|通知|办法|条例|要点|\bplan|\bdocument|\breport|\bnotice)"
_ISSUED = r"(?:发布|印发|发出|下发|成文|公布|颁布|出台|发的|\bissued|\bpublished|\breleased|\bdated)"
_ASKS_DATE = re.compile(
    rf"{_DOCUMENT}.{{0,8}}(?:什么时候|何时|哪一?天|哪一?年|几月几?[日号]?|几号).{{0,4}}{_ISSUED}"
    rf"|(?:什么时候|何时|哪一?天|哪一?年|几月几?[日号]?|几号).{{0,2}}{_ISSUED}.{{0,8}}{_DOCUMENT}"
    rf"|{_DOCUMENT}.{{0,8}}{_ISSUED}.{{0,4}}(?:时间|日期)"
    rf"|\bwhen\b.{{0,20}}{_DOCUMENT}.{{0,30}}{_ISSUED}|\b(?:issue|issuing|publication) date\b",
    re.IGNORECASE,
)
_ASKS_NUMBER = re.compile(r"文号|发文字号|文件编号|\bdocument number\b|\breference number\b", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d\s*(?:年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[-/.]\d{1,2}[-/.]\d{1,2})")
_NUMBER = re.compile(r"[〔\[（(](?:19|20)\d\d[〕\]）)]\s*\d+\s*号")


def asks_imprint(question: str) -> bool:
    """Whether a question is after the date or number of the document itself."""
    return bool(_ASKS_DATE.search(question) or _ASKS_NUMBER.search(question))


def imprint(question: str, document: Document) -> list[tuple[Paragraph, int, int]]:
    """The line with the number asked for, else with the date; one that says what date it is before a bare one."""
    wanted = _NUMBER if _ASKS_NUMBER.search(question) else _DATE
    found = [paragraph for paragraph in _ends(document) if wanted.search(paragraph.text)]
    found.sort(key=lambda paragraph: not re.search("发布|印发|成文|日期|时间", paragraph.text))
    return [(paragraph, 0, len(paragraph.text)) for paragraph in found[:1]]


def _ends(document: Document) -> Iterator[Paragraph]:
    paragraphs = document.paragraphs
    ends = [*paragraphs[:HEAD], *paragraphs[max(HEAD, len(paragraphs) - FOOT) :]]
    return (item for item in ends if len(item.text) <= LONGEST and item.role is not Role.FURNITURE)
