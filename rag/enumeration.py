"""Numbered points that a clause or heading announces: 「着力重点：一是……。二是……。」, 「三、基本原则」 over 1. 2. 3.

(document, place of the announcement) -> the points' openings, in their order

Where a question asks for several things and the plan numbers them, the list is complete by the plan's own count.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.text import clauses, sentences
from rag.types import Document, Paragraph, Piece, Role
from rag.wording.numerals import spelled

_ORDINALS = "一二三四五六七八九十"
_MARKS: dict[str, re.Pattern[str]] = {
    "是": re.compile(rf"([{_ORDINALS}]{{1,2}})[是要]"),
    "第": re.compile(rf"第([{_ORDINALS}]{{1,2}})[，,、：:]"),
    "（一）": re.compile(rf"[（(]([{_ORDINALS}]{{1,3}})[）)]"),
    "一、": re.compile(rf"([{_ORDINALS}]{{1,3}})、"),
    "1.": re.compile(r"(\d{1,2})[.．、](?!\d)"),
    "（1）": re.compile(r"[（(](\d{1,2})[）)]"),
    "①": re.compile(r"([①②③④⑤⑥⑦⑧⑨⑩])"),
}
_DASHED, _DASH = "——", re.compile(r"\s*[—─-]{2}\s*")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
NEXT = 2  # paragraphs behind the announcement within which the first point stands
SHORTEST, LONGEST = 8, 60  # characters of a point's opening that says something; of one that is told whole
LONGEST_HEAD = 30
_NUMBERS = {
    **{char: number for number, char in enumerate("一二三四五六七八九十", start=1)},
    "两": 2,
    **dict(zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True)),
}
_ASKED = re.compile(
    r"(?<![第一二三四五六七八九十百\d])(?P<zh>[两二三四五六七八九]|[一二]?十[一二三四五六七八九]?|\d{1,2})(?:个|大|项|条|方面|类|种|点|位)(?!五)"
    r"|(?<![-\w])(?P<en>two|three|four|five|six|seven|eight|nine|ten)\b (?!years?|percent|per cent)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Point:
    """A place where a numbered point begins."""

    style: str
    number: int
    paragraph: Paragraph
    begin: int


def points_after(document: Document, paragraph: Paragraph, begin: int) -> list[Piece]:
    """The numbered points that stand right behind a place, each by its opening; empty where none do."""
    points = _points(document)
    start = next(
        (
            position
            for position, point in enumerate(points)
            if point.number == 1
            and (point.paragraph.number, point.begin) >= (paragraph.number, begin)
            and point.paragraph.number <= paragraph.number + NEXT
        ),
        None,
    )
    if start is None:
        return []
    found = _sequence(points, start)
    return [_opening(point) for point in found] if len(found) > 1 else []


def points_named(document: Document, words: Collection[str], count: int) -> list[Piece]:
    """So many numbered points, wherever they stand, that each have one of the words: the four 「一批」."""
    points = _points(document)
    for start, point in enumerate(points):
        if point.number == 1:
            found = [_opening(other) for other in _sequence(points, start)]
            texts = [paragraph.text[begin:stop] for paragraph, begin, stop in found]
            if len(found) == count and all(any(word in text for word in words) for text in texts):
                return found
    return []


def _sequence(points: Sequence[_Point], start: int) -> list[_Point]:
    """A point and those of its style that go on counting from it."""
    first = points[start]
    found = [first]
    for point in points[start + 1 :]:
        if point.style != first.style:
            continue
        if point.number != found[-1].number + 1:
            break
        found.append(point)
    return found


def number_asked(question: str) -> int | None:
    """How many things a question says that there are: 「哪四个」, "the five principles"."""
    found = _ASKED.search(question)
    if found is None:
        return None
    said = (found["zh"] or found["en"]).lower()
    return int(said) if said.isdigit() else _NUMBERS.get(said) or spelled(said)


def head_of(paragraph: Paragraph) -> int:
    """Where the short numbered sentence ends that heads a paragraph, 「13.实施土地“增存挂钩”。……」; 0 without one."""
    if not any(mark.match(paragraph.text) for mark in _MARKS.values()):
        return 0
    stop = sentences(paragraph.text)[0][1]
    return stop if stop <= LONGEST_HEAD and stop < len(paragraph.text) else 0


@lru_cache(maxsize=64)
def _points(document: Document) -> Sequence[_Point]:
    found: list[_Point] = []
    dashed = 0  # paragraphs in a row that a dash begins: "——更加注重……" is a point too, though no numeral says which
    for paragraph in document.paragraphs:
        if paragraph.role is Role.FURNITURE:
            continue
        dash = _DASH.match(paragraph.text)
        dashed = dashed + 1 if dash else 0
        if dash:
            found.append(_Point(_DASHED, dashed, paragraph, dash.end()))
        found += _points_of(paragraph)
    return found


def _points_of(paragraph: Paragraph) -> Iterator[_Point]:
    """Points at the beginning of a paragraph, of its sentences, and of clauses behind a colon or semicolon."""
    begins = {begin for begin, _ in sentences(paragraph.text)} | {0}
    begins |= {found.end() for found in re.finditer(r"[：:；;，,]\s*", paragraph.text)}
    for begin in sorted(begins):
        rest = paragraph.text[begin:].lstrip("#* 　—")
        at = len(paragraph.text) - len(rest)
        for style, mark in _MARKS.items():
            if found := mark.match(rest):
                if number := _value(found[1]):
                    yield _Point(style, number, paragraph, at)
                break


def _value(numeral: str) -> int:
    if numeral.isdigit() and numeral.isascii():
        return int(numeral)
    if numeral in _CIRCLED:
        return _CIRCLED.index(numeral) + 1
    tens, ten, ones = numeral.rpartition("十")
    return (10 * (_NUMBERS.get(tens, 1)) if ten else 0) + _NUMBERS.get(ones, 0)


def _opening(point: _Point) -> Piece:
    """A point's sentence, or of a long one the clause that it opens with."""
    text = point.paragraph.text[point.begin :]
    whole = sentences(text)[0][1]
    if whole <= LONGEST:
        return point.paragraph, point.begin, point.begin + whole
    stop = next((stop for _, stop in clauses(text[:whole], "，,；;。：:") if stop >= SHORTEST), whole)
    return point.paragraph, point.begin, point.begin + stop
