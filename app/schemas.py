"""What the HTTP interface says beyond the values of rag.types, and what it takes.

Document + paragraph number + slice of the source -> ParagraphView ; Hit -> HitView
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field, field_validator

from app.examples import PLAN, WORDING, example
from app.history import asked_before
from rag.citations import line_of, paragraph_lines, passage_citations
from rag.errors import NotFoundError
from rag.text import align
from rag.types import Citation, Document, DocumentInfo, Hit, MatchedWord, Paragraph, PlanScope, Role
from rag.wording.draft import Checked
from rag.wording.types import Verdict

LONGEST_DRAFT = 20_000  # characters that are verified at once
LONGEST_HISTORY = 50  # questions
LARGEST_FILE = 3_000_000  # bytes of a draft's file
LONGEST_TEXT = 100_000  # characters; how long a question may really be is a setting


PlanId = Annotated[str, Path(description="a plan's id", examples=[PLAN])]
Slice = Annotated[str, Field(pattern=r"^\d{1,9}-\d{1,9}$")]  # start and end in a source


class Question(BaseModel):
    """What is asked, and of which plan."""

    model_config = example(question="what schools are being built?")

    question: str = Field(max_length=LONGEST_TEXT, examples=["what schools are being built?"])
    plan: str | None = Field(default=None, max_length=500, description="ask this plan only", examples=["luojiang-2021"])
    section: str | None = Field(
        default=None, max_length=500, description="ask only sections with this text in their heading"
    )
    history: list[Annotated[str, Field(max_length=LONGEST_TEXT)]] = Field(
        default=[],
        max_length=LONGEST_HISTORY,
        description="the questions before it in a conversation, first one first; messages with role and content do too",
    )

    _messages = field_validator("history", mode="before")(asked_before)


class Sought(BaseModel):
    """What is looked for, and where."""

    query: str = Field(max_length=LONGEST_TEXT, examples=["学校"])
    k: int = Field(default=10, ge=1, le=50, description="how many passages")
    plan: str | None = Field(default=None, max_length=500, description="search this plan only")
    section: str | None = Field(
        default=None, max_length=500, description="search only sections with this text in their heading"
    )


class Pasted(BaseModel):
    """What is to be verified, and against which plan."""

    model_config = example(text=WORDING)

    text: str = Field(max_length=LONGEST_DRAFT, examples=[WORDING])
    plan: str | None = Field(default=None, max_length=500, description="this plan only", examples=["luojiang-2021"])


@dataclass(frozen=True, slots=True)
class Verified:
    """A pasted text as a whole, and every sentence and quotation of it; `sound`: nothing wrong or unsupported."""

    whole: Verdict
    sentences: tuple[Checked, ...]
    counts: dict[str, int]
    sound: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of a paragraph's readable text: code points, as in Python and SQL, not UTF-16 units."""

    begin: int
    stop: int


@dataclass(frozen=True, slots=True)
class Quoted(Mark):
    """What of a paragraph is quoted, and the lines of the source that it stands on."""

    line_start: int
    line_end: int


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A paragraph with its place."""

    id: str
    document_id: str
    document_title: str
    section: tuple[str, ...]
    number: int
    role: Role
    text: str
    start: int
    end: int
    line_start: int
    line_end: int
    sha256: str  # of the text
    mark: Quoted | None = None  # what of the text the asked slice of the source covers


@dataclass(frozen=True, slots=True)
class MarkedParagraph:
    """A paragraph with several marks, one for each slice that was asked for; none where a slice lies elsewhere."""

    paragraph: ParagraphView
    marks: tuple[Mark | None, ...]  # an empty slice has an empty mark: the place where something is missing


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A plan with all its paragraphs; its source has an address of its own."""

    info: DocumentInfo
    sha256: str  # of the source in UTF-8
    characters: int
    lines: int
    sections: tuple[tuple[str, ...], ...]
    paragraphs: tuple[ParagraphView, ...]


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage with the places that it is made of."""

    id: str
    document_id: str
    document_title: str
    section: tuple[str, ...]
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class HitView:
    """A passage found; every score is a similarity, higher is better."""

    rank: int
    score: float
    dense: float
    sentence: float
    lexical: float
    plan: float
    coverage: float
    matched: tuple[MatchedWord, ...]
    passage: PassageView


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages that bear most on a query, best first."""

    query: str
    hits: tuple[HitView, ...]
    scope: PlanScope | None = None  # where the query itself chose among plans


@dataclass(frozen=True, slots=True)
class Health:
    """A service that is well."""

    status: str
    plans: int | None = None


def view_paragraph(
    document: Document, paragraph: Paragraph, start: int | None = None, end: int | None = None
) -> ParagraphView:
    """The paragraph; the slice `start:end` of the source, if asked for, marked in its text."""
    first, last = paragraph_lines(document, paragraph)
    return ParagraphView(
        id=f"{document.info.id}:p{paragraph.number}",
        document_id=document.info.id,
        document_title=document.info.title,
        section=document.sections[paragraph.section].headings,
        number=paragraph.number,
        role=paragraph.role,
        text=paragraph.text,
        start=paragraph.start,
        end=paragraph.end,
        line_start=first,
        line_end=last,
        sha256=hashlib.sha256(paragraph.text.encode("utf-8")).hexdigest(),
        mark=None if start is None or end is None else _mark(document, paragraph, start, end),
    )


def _mark(document: Document, paragraph: Paragraph, start: int, end: int) -> Quoted | None:
    if end <= paragraph.start or paragraph.end <= start:
        return None
    offsets = align(paragraph.text, document.source, paragraph.start)
    covered = [position for position, offset in enumerate(offsets) if start <= offset < end]
    if not covered:
        return None
    begin, last = covered[0], covered[-1]
    return Quoted(begin, last + 1, line_of(document.source, offsets[begin]), line_of(document.source, offsets[last]))


def view_slice(document: Document, start: int, end: int, spans: list[tuple[int, int]]) -> list[MarkedParagraph]:
    """The paragraphs that `source[start:end]` goes over, marked there, and with the marks of the spans."""
    views = []
    for paragraph in document.paragraphs:
        if not (paragraph.start < end and start < paragraph.end):
            continue
        offsets = align(paragraph.text, document.source, paragraph.start)
        marks = []
        for first, last in spans:
            begin, stop = bisect_left(offsets, first), bisect_left(offsets, last)
            inside = paragraph.start <= first <= last <= paragraph.end if first == last else begin < stop
            marks.append(Mark(begin, stop) if inside else None)
        views.append(MarkedParagraph(view_paragraph(document, paragraph, start, end), tuple(marks)))
    return views


def find_paragraph(document: Document, number: int) -> Paragraph:
    """The paragraph of that number.

    :raises NotFoundError: if the plan has none.
    """
    if not 1 <= number <= len(document.paragraphs):
        raise NotFoundError(
            f"{document.info.id} has paragraphs 1 to {len(document.paragraphs)}, none of number {number}."
        )
    return document.paragraphs[number - 1]


def view_document(document: Document) -> DocumentView:
    """The whole plan."""
    return DocumentView(
        info=document.info,
        sha256=document.sha256,
        characters=len(document.source),
        lines=line_of(document.source, max(len(document.source) - 1, 0)),
        sections=tuple(section.headings for section in document.sections),
        paragraphs=tuple(view_paragraph(document, paragraph) for paragraph in document.paragraphs),
    )


def view_hit(hit: Hit, document: Document) -> HitView:
    """The hit with the places of its paragraphs in `document`, which it comes from."""
    passage = PassageView(
        id=hit.passage.id,
        document_id=hit.passage.document.id,
        document_title=hit.passage.document.title,
        section=hit.passage.headings,
        text=hit.passage.text,
        citations=passage_citations(document, hit.passage),
    )
    return HitView(
        hit.rank, hit.score, hit.dense, hit.sentence, hit.lexical, hit.plan, hit.coverage, hit.matched, passage
    )
