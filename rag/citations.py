"""Citations: a slice of a paragraph's readable text, traced to its place in the source.

(document, paragraph, begin, stop) -> offsets and lines of the source -> Citation
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from rag.text import align
from rag.types import Citation, Document, Paragraph, StoredPassage


def cite(
    document: Document,
    paragraph: Paragraph,
    begin: int = 0,
    stop: int | None = None,
    number: int = 1,
    translation: str | None = None,
) -> Citation:
    """The citation of `paragraph.text[begin:stop]`, of the whole paragraph by default.

    White space around the quote is left out, so that its first and last characters are the plan's.
    """
    quote = paragraph.text[begin:stop]
    begin += len(quote) - len(quote.lstrip())
    quote = quote.strip()
    if not quote:
        raise ValueError(f"nothing to cite at {begin}:{stop} of paragraph {paragraph.number}")
    offsets = align(paragraph.text, document.source, paragraph.start)
    start, end = offsets[begin], offsets[begin + len(quote) - 1] + 1
    return Citation(
        number=number,
        document_id=document.info.id,
        document_title=document.info.title,
        section=document.sections[paragraph.section].headings,
        paragraph_id=f"{document.info.id}:p{paragraph.number}",
        paragraph_number=paragraph.number,
        quote=quote,
        start=start,
        end=end,
        line_start=line_of(document.source, start),
        line_end=line_of(document.source, end - 1),
        sha256=hashlib.sha256(paragraph.text.encode("utf-8")).hexdigest(),
        translation=translation,
    )


def cite_slice(document: Document, start: int, end: int, number: int = 1) -> Citation:
    """The citation of `source[start:end]`, which may go on over several paragraphs; it names the first of them.

    The first and last characters of the slice must be no white space.
    """
    covered = [p for p in document.paragraphs if p.start < end and start < p.end]
    pieces: list[str] = []
    for paragraph in covered:
        offsets = align(paragraph.text, document.source, paragraph.start)
        begin, stop = bisect_left(offsets, start), bisect_left(offsets, end)
        pieces.append(paragraph.text[begin:stop].strip())
    first = covered[0]
    return Citation(
        number=number,
        document_id=document.info.id,
        document_title=document.info.title,
        section=document.sections[first.section].headings,
        paragraph_id=f"{document.info.id}:p{first.number}",
        paragraph_number=first.number,
        quote="\n".join(piece for piece in pieces if piece),
        start=start,
        end=end,
        line_start=line_of(document.source, start),
        line_end=line_of(document.source, end - 1),
        sha256=hashlib.sha256(first.text.encode("utf-8")).hexdigest(),
    )


def passage_citations(document: Document, passage: StoredPassage) -> tuple[Citation, ...]:
    """One citation for each paragraph that a passage takes sentences from, in the passage's order."""
    spans: dict[int, tuple[int, int]] = {}
    for sentence in passage.sentences:
        begin, stop = spans.get(sentence.paragraph, (sentence.begin, sentence.stop))
        spans[sentence.paragraph] = (min(begin, sentence.begin), max(stop, sentence.stop))
    return tuple(
        cite(document, document.paragraphs[paragraph - 1], begin, stop, number)
        for number, (paragraph, (begin, stop)) in enumerate(spans.items(), start=1)
    )


def paragraph_lines(document: Document, paragraph: Paragraph) -> tuple[int, int]:
    """First and last line of a paragraph in the source, counted from 1."""
    return line_of(document.source, paragraph.start), line_of(document.source, paragraph.end - 1)


def line_of(source: str, offset: int) -> int:
    """Line of a code point, counted from 1; lines end with LF, CRLF or CR."""
    return bisect_right(_line_starts(source), offset)


@lru_cache(maxsize=64)
def _line_starts(source: str) -> tuple[int, ...]:
    return (0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", source)))
