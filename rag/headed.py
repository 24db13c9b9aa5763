"""Lines that say nothing of themselves, with what heads them: rows of tables, labelled lines under a measure.

"| 龙潭水库 | 18.5亿元 |" under "| 项目 | 总投资 |" -> "项目：龙潭水库；总投资：18.5亿元"
"Cost: $236 million" under "Action 6. Bus Rapid Transit" -> "Action 6. Bus Rapid Transit: Cost: $236 million"

Such a line is searched and judged as it is read here, and cited as it stands. A note at the end of a measure,
「（责任单位：……；完成时限：……）」, is a part of its paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from rag.text import cells_of, scale, sentences
from rag.types import Document, Paragraph, Piece, Role

LONGEST_LINE = 160  # characters of a labelled line
MOST_LINES = 8  # labelled ones under one measure
_FIGURE = re.compile(r"[\d.,]+(?!\d*年)")  # how the cell of a row begins, and a head's does not
_WHO = (
    r"责任单位|牵头单位|主办单位|承办单位|配合单位|实施单位|责任部门|负责部门|责任人|负责人"
    r"|lead(?: (?:agency|department|directorate|partner|body))?|owner|responsible(?: \w+)?|partners?"
)
_WHEN = (
    r"完成时限|完成时间|时间安排|时限|进度(?:安排)?|工期|建设年限"
    r"|time ?line|timing|when|start|finish|deadline|completion|due(?: date)?|delivery"
)
_COST = r"总?投资(?:额)?|资金(?:来源)?|经费|预算|costs?|budget|funding|funded by"
_LABEL = re.compile(rf"[-*•·\s]*(?:{_WHO}|{_WHEN}|{_COST})\**\s*[:：]", re.IGNORECASE)
_KINDS = {
    kind: re.compile(rf"[-*•·\s（(【]*(?:[^；;]*[；;])*(?:{words})[^：:；;]{{0,6}}[:：]", re.IGNORECASE)
    for kind, words in (("who", _WHO), ("when", _WHEN), ("cost", _COST))
}
_NOTE = re.compile(
    rf"(?<=[.!?)] )(?:{_WHO}|{_WHEN}|{_COST}): [^.]{{2,120}}\.?$|"
    r"[（(【](?:责任|牵头|主办|主责|承办|配合|负责|实施|完成|时限|进度)[^（）()【】]{0,6}[:：]"
    r"(?:[^（）()【】]|[（(][^（）()]*[）)])*[）)】][。.；;]?$",
    re.IGNORECASE,
)


def head_of(document: Document, paragraph: Paragraph) -> Piece | None:
    """What heads a line: a row of a table the row over it, a labelled line its heading or measure; none of others."""
    return _heads(document).get(paragraph.number)


def read(document: Document, paragraph: Paragraph, begin: int = 0, stop: int | None = None) -> str:
    """A piece of a paragraph as it is read: a row with the head of each cell, a labelled line behind its heading."""
    head = head_of(document, paragraph)
    if head is None:
        return paragraph.text[begin:stop]
    colon, mark = ("：", "；") if document.info.language == "zh" else (": ", "; ")
    said = head[0].text[head[1] : head[2]]
    cells, heads = cells_of(paragraph.text), cells_of(said)
    if not cells:
        return f"{said.rstrip('。.：: ')}{colon}{paragraph.text[begin:stop]}"
    if len(heads) != len(cells):
        return paragraph.text
    return mark.join(f"{name}{colon}{cell}" if name else cell for name, cell in zip(heads, cells, strict=True) if cell)


def note_of(paragraph: Paragraph) -> int:
    """Where the note begins that ends a measure; the paragraph's length where it has none."""
    found = _NOTE.search(paragraph.text)
    return found.start() if found else len(paragraph.text)


def notes(document: Document, paragraph: Paragraph, kind: str) -> list[Piece]:
    """What is noted of a measure, at its end or in the labelled lines behind it, of who, when or cost."""
    begin = note_of(paragraph)
    found = [(paragraph, begin, len(paragraph.text))] if begin < len(paragraph.text) else []
    for other in document.paragraphs[paragraph.number : paragraph.number + MOST_LINES]:
        if other.section != paragraph.section or not _is_labelled(other):
            break
        found.append((other, 0, len(other.text)))
    return [(other, first, last) for other, first, last in found if _KINDS[kind].match(other.text[first:last])]


def _is_labelled(paragraph: Paragraph) -> bool:
    text = paragraph.text
    short = len(text) <= LONGEST_LINE * scale(text)
    return paragraph.role is Role.BODY and short and _LABEL.match(text) is not None


def _measure(document: Document, paragraph: Paragraph, headings: Mapping[int, Paragraph]) -> Piece | None:
    """How the heading over a labelled line opens, or the paragraph before it and its like.

    :param headings: of the sections, by their number.
    """
    before = document.paragraphs[max(0, paragraph.number - 1 - MOST_LINES) : paragraph.number - 1]
    members = [other for other in before if other.section == paragraph.section and other.role is not Role.FURNITURE]
    opening = next((other for other in reversed(members) if not _is_labelled(other)), None)
    if opening is None:
        return None
    heading = headings.get(paragraph.section, opening)
    return heading, 0, sentences(heading.text)[0][1]


@lru_cache(maxsize=64)
def _heads(document: Document) -> Mapping[int, Piece]:
    found = {row.number: (head, 0, len(head.text)) for head, *rows in _tables(document) for row in rows}
    headings: dict[int, Paragraph] = {}
    for paragraph in document.paragraphs:
        if paragraph.role is Role.HEADING:
            headings.setdefault(paragraph.section, paragraph)
    labelled = [paragraph for paragraph in document.paragraphs if _is_labelled(paragraph)]
    return found | {line.number: head for line in labelled if (head := _measure(document, line, headings))}


def _tables(document: Document) -> Iterator[list[Paragraph]]:
    """The rows of each table, its head first; page numbers between them left out.

    A rule, |---|, stands under a head. A table without one begins where the number of cells changes, and its first
    row is a head if it holds no figure.
    """
    table: list[Paragraph] = []
    ruled = False
    for paragraph in document.paragraphs:
        cells = cells_of(paragraph.text)
        if paragraph.role is Role.FURNITURE and not cells:
            continue
        if len(cells) > 1 and not re.search(r"\w", paragraph.text):
            yield from _headed(table[:-1], ruled=ruled)
            table, ruled = table[-1:], True
        elif len(cells) > 1 and (not table or len(cells) == len(cells_of(table[0].text))):
            table.append(paragraph)
        else:
            yield from _headed(table, ruled=ruled)
            table, ruled = [paragraph] if len(cells) > 1 else [], False
    yield from _headed(table, ruled=ruled)


def _headed(rows: list[Paragraph], *, ruled: bool) -> Iterator[list[Paragraph]]:
    """The rows, if they have a head."""
    if len(rows) > 1 and (ruled or not any(_FIGURE.match(cell) for cell in cells_of(rows[0].text))):
        yield rows
