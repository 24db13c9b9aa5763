"""Sections of a plan: from its sidecar's line ranges, or from the headings in its own text.

[Restored] -> [(role, section)] with the sections they belong to
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.restore import Restored, Settled
from index.sidecar import LineRange, Sidecar
from rag.text import SENTENCE_END, cells_of, mostly_latin, sentences
from rag.types import Paragraph, Role, Section

LONGEST_HEADING = 45  # characters; a numbered line that is longer is a paragraph with a number
_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (20, re.compile(r"第\s*[零〇一二三四五六七八九十百\d]+\s*[编篇]")),
    (30, re.compile(r"第\s*[零〇一二三四五六七八九十百\d]+\s*章")),
    (40, re.compile(r"第\s*[零〇一二三四五六七八九十百\d]+\s*节")),
    (50, re.compile(r"[一二三四五六七八九十]+\s*、")),
    (60, re.compile(r"[（(]\s*[一二三四五六七八九十]+\s*[）)]")),
    (70, re.compile(r"\d{1,2}\s*(?:[、．]|[.](?!\d))")),
)
# In English a line of its own heads what follows, by the word that it begins with or by its capitals.
LONGEST_LATIN = 90  # letters
CAPITALS = 25  # a level
_LATIN_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (CAPITALS, re.compile(r"(?=(?:[^A-Z]*[A-Z]){6})[^a-z]+")),
    (22, re.compile(r"(?:Part|Chapter)\s+(?:\d+|[IVX]+|[A-Z][a-z]+)\b.*")),
    (
        35,
        re.compile(r"(?:Section|Theme|Pillar|Priority|Goal|Aim|Strategy|Objective|Outcome)\s+(?:\d+|[IVX]+|[A-Z])\b.*"),
    ),
    (55, re.compile(r"(?:Action|Project|Measure|Initiative|Programme|Program|Task)\s+[A-Z]?\d+(?:\.\d+)*\b.*")),
)
_MARKDOWN = re.compile(r"(#{1,6})\s*(.+?)\s*#*")


def settled(sidecar: Sidecar) -> list[Settled]:
    """What the sidecar's outline settles about the lines of the source."""
    ranges = []
    if sidecar.front.title:
        ranges.append(Settled(*sidecar.front.title, text=sidecar.title or ""))
    if sidecar.front.introduction:
        ranges.append(Settled(*sidecar.front.introduction))
    for section in sidecar.section:
        ranges.append(Settled(*section.heading_lines, text=section.heading))
        ranges.append(Settled(*section.body, whole=False))
        if section.introduction:
            ranges.append(Settled(*section.introduction))
    return ranges


def outline(restored: Sequence[Restored], sidecar: Sidecar) -> tuple[list[Section], list[Paragraph]]:
    """Sections and paragraphs of a plan; paragraphs keep the order of the source."""
    if sidecar.section or sidecar.front.title:
        return _from_sidecar(restored, sidecar)
    return _from_headings(restored)


def _from_sidecar(restored: Sequence[Restored], sidecar: Sidecar) -> tuple[list[Section], list[Paragraph]]:
    sections = [Section(0, ())]
    placed: list[tuple[LineRange, Role, int]] = []
    if sidecar.front.title:
        placed.append((sidecar.front.title, Role.TITLE, 0))
    if sidecar.front.introduction:
        placed.append((sidecar.front.introduction, Role.INTRODUCTION, 0))
    for number, part in enumerate(sidecar.section, start=1):
        sections.append(Section(number, (part.heading,)))
        placed.append((part.heading_lines, Role.HEADING, number))
        if part.introduction:
            placed.append((part.introduction, Role.INTRODUCTION, number))
        placed.append((part.body, Role.BODY, number))

    def place(item: Restored) -> tuple[Role, int]:
        for (first, last), role, number in placed:
            if first <= item.first_line and item.last_line <= last:
                return role, number
        return Role.BODY, 0

    return sections, _paragraphs(restored, place)


def _from_headings(restored: Sequence[Restored]) -> tuple[list[Section], list[Paragraph]]:
    sections = [Section(0, ())]
    open_headings: list[tuple[int, str]] = []  # (level, heading), outermost first
    prose: list[str] = []
    english = mostly_latin("\n".join(item.text for item in restored))

    def place(item: Restored) -> tuple[Role, int]:
        found = heading_of(item.text) or (latin_heading(item.text) if english else None)
        if found is None or (found[0] == CAPITALS and not prose):  # capitals before any prose are of the title page
            prose.extend([item.text] if item.text[-1] in SENTENCE_END + "." else [])
            return Role.BODY, sections[-1].number
        level, heading, whole = found
        if level == 0:  # the only heading of its level names the whole document
            return Role.TITLE, sections[-1].number
        while open_headings and open_headings[-1][0] >= level:
            open_headings.pop()
        open_headings.append((level, heading))
        sections.append(Section(len(sections), tuple(text for _, text in open_headings)))
        return (Role.HEADING if whole else Role.BODY), sections[-1].number

    return sections, _paragraphs(restored, place)


def heading_of(text: str) -> tuple[int, str, bool] | None:
    """Level, heading and whether the paragraph is nothing else; None for plain text.

    "## 第一章 总则" -> (30, "第一章 总则", True). A paragraph that opens with a numbered short sentence
    ("（二）提升城市品质。……") heads what follows, although it goes on itself: (60, "（二）提升城市品质", False).
    """
    markdown = _MARKDOWN.fullmatch(text)
    plain = markdown.group(2) if markdown else text
    level = next((level for level, pattern in _LEVELS if pattern.match(plain)), None)
    if markdown:
        depth = len(markdown.group(1))
        return (0 if depth == 1 and level is None else level or 20 + depth, plain, True)
    if level is None or level == 70:
        return None
    first = plain[slice(*sentences(plain)[0])]
    heading = first.rstrip(SENTENCE_END + " ")
    if len(heading) > LONGEST_HEADING or heading[-1:] in "；;，,：:":
        return None
    whole = len(first) == len(plain)
    if whole and first != heading and level >= 60 and "，" in heading:
        return None  # a list item that is a sentence of its own
    return level, heading, whole


def latin_heading(text: str) -> tuple[int, str, bool] | None:
    """The same of a plan in English: "Action 2. Warm Homes" -> (55, "Action 2. Warm Homes", True)."""
    if len(text) > LONGEST_LATIN or text[-1] in SENTENCE_END + ".;,:" or not mostly_latin(text) or cells_of(text):
        return None
    level = next((level for level, pattern in _LATIN_LEVELS if pattern.fullmatch(text)), None)
    return None if level is None else (level, text, True)


def _paragraphs(restored: Sequence[Restored], place: Callable[[Restored], tuple[Role, int]]) -> list[Paragraph]:
    paragraphs = []
    section = 0
    for number, item in enumerate(restored, start=1):
        if item.furniture:
            role = Role.FURNITURE
        else:
            role, section = place(item)
        paragraphs.append(Paragraph(number, section, role, item.start, item.end, item.text))
    return paragraphs
