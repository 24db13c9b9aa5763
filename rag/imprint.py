"""What a plan says of itself: when it was issued, under what number, from when on it holds.

「这个方案是哪天印发的」, "What is the document number of the plan?" -> the line at its head or foot that says so
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text import sentences, squeeze
from rag.tokenizer import plain
from rag.types import Document, Paragraph, Piece, Role

HEAD, FOOT = 25, 12  # paragraphs at either end that may hold it
LONGEST = 60  # characters of such a line
_THIS = re.compile(
    r"(?:^|[这该本此那](?:[份个部篇项])?|[，,：:是]|(?:19|20)\d\d年?的?|政府)\s*(?:政府|工作|年度)*[一-鿿]{2,3}$"
    r"|\b(?:the|this|that|its|your)(?: (?:government|work|annual|action|whole|present|current))* [a-z]+$",
    re.IGNORECASE,
)
_DOCUMENT = (
    r"(?:方案|规划|计划|纲要|报告|文件|意见|通知|办法|条例|要点|指引|指南|规范|细则|公告|意见稿|草案"
    r"|\b(?:plan|document|report|notice|call|guide|guidelines?|regulations?|rules|measures|opinions|circular|draft)\b)"
)
# What a name of a document ends in, whatever it is about.
_KIND = re.compile(rf"(?:专项|实施|工作|行动|发展|管理|总体|暂行|年度)*{_DOCUMENT.replace(chr(92) + 'b', '')}$")
_ISSUED = (
    r"(?:发布|印发|发出|下发|成文|公布|颁布|出台|发的|出的|作的|做的"
    r"|\b(?:issued|published|released|dated|delivered|presented|come out|came out)\b)"
)
_WHEN = r"(?:什么时候|啥时候|何时|哪一?天|哪一?年(?:哪一?月)?|几月几?[日号]?|几号)"
_WHEN_EN = r"\b(?:when|(?:what|which) (?:date|day|year))\b"
_ASKS_DATE = re.compile(
    rf"{_DOCUMENT}.{{0,8}}{_WHEN}.{{0,10}}{_ISSUED}|{_WHEN}.{{0,2}}{_ISSUED}.{{0,8}}{_DOCUMENT}"
    rf"|{_DOCUMENT}.{{0,8}}{_ISSUED}.{{0,4}}(?:时间|日期)|{_DOCUMENT}是{_WHEN}的"
    rf"|{_WHEN_EN}.{{0,20}}{_DOCUMENT}.{{0,30}}{_ISSUED}|\b(?:issue|issuing|publication) date\b",
    re.IGNORECASE,
)
_IN_FORCE = r"(?:施行|生效|实施|执行|\b(?:in(?:to)? force|takes? effect|took effect)\b)"
_ASKS_FORCE = re.compile(
    rf"{_DOCUMENT}.{{0,4}}{_WHEN}.{{0,6}}{_IN_FORCE}|{_WHEN_EN}.{{0,20}}{_DOCUMENT}.{{0,12}}{_IN_FORCE}", re.IGNORECASE
)
_FORCE = re.compile(r"自.{2,24}起.{0,6}(?:施行|实施|执行|生效)")
_DELIVERED = re.compile(r"作的|做的|\b(?:delivered|presented)\b")
_ASKS_NUMBER = re.compile(r"文号|发文字号|文件编号|\bdocument number\b|\breference number\b", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d\s*(?:年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[-/.]\d{1,2}[-/.]\d{1,2})")
_NUMBER = re.compile(r"[〔\[（(](?:19|20)\d\d[〕\]）)]\s*\d+\s*号")


def asks_imprint(question: str, title: str) -> bool:
    """Whether a question is after the date or number of the document of that title, or from when on it holds."""
    if _ASKS_NUMBER.search(question):
        return True
    found = _ASKS_DATE.search(question) or _ASKS_FORCE.search(question)
    if not found:
        return False
    named = re.search(_DOCUMENT, question[found.start() :], re.IGNORECASE)
    return named is None or _is_this(question[: found.start() + named.end()], squeeze(plain(title)).lower())


def _is_this(question: str, title: str) -> bool:
    """Whether what ends in the word for a document names this one: 「这份方案」, 「住房规划」 of a plan so titled."""
    if _THIS.search(question):
        return True
    last = re.search(r"[\w ]+$", question)
    return last is not None and _KIND.sub("", squeeze(last[0]).lower()) in title


def imprint(question: str, document: Document) -> list[Piece]:
    """The line with the number asked for, else with the date; one that says what date it is before a bare one.

    From when on a document holds, its last sentence on that says.
    """
    if _ASKS_FORCE.search(question):
        return [
            (paragraph, begin, stop)
            for paragraph in document.paragraphs
            for begin, stop in sentences(paragraph.text)
            if _FORCE.search(plain(paragraph.text)[begin:stop])
        ][-1:]
    wanted = _NUMBER if _ASKS_NUMBER.search(question) else _DATE
    found = [paragraph for paragraph in _ends(document) if wanted.search(paragraph.text)]
    says = "会议|大会" if _DELIVERED.search(question) else "发布|印发|成文|日期|时间"
    found.sort(key=lambda paragraph: not re.search(says, plain(paragraph.text)))
    return [(paragraph, 0, len(paragraph.text)) for paragraph in found[:1]]


def _ends(document: Document) -> Iterator[Paragraph]:
    paragraphs = document.paragraphs
    ends = [*paragraphs[:HEAD], *paragraphs[max(HEAD, len(paragraphs) - FOOT) :]]
    return (item for item in ends if len(item.text) <= LONGEST and item.role is not Role.FURNITURE)
