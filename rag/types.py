"""The values that flow through PlanQA, one frozen dataclass a stage.

    file -> Document(Section, Paragraph) -> Sentence -> Passage        when a plan is indexed
    question -> Query -> Hit -> Citation -> Answer                     when it is asked

Offsets: `start`, `end` are code points of the document's source text, `begin`, `stop` are
positions in a paragraph's readable text. Lines and paragraph numbers count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a paragraph is in its document."""

    TITLE = "title"
    HEADING = "heading"
    INTRODUCTION = "introduction"
    BODY = "body"
    FURNITURE = "furniture"  # page numbers, rules, contents lists: kept, shown, never searched


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A contiguous piece of the source; white space aside, `text` equals `source[start:end]`."""

    number: int
    section: int  # index into Document.sections
    role: Role
    start: int
    end: int
    text: str


Piece = tuple[Paragraph, int, int]  # `paragraph.text[begin:stop]`


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document under one heading; number 0, without headings, is the front matter."""

    number: int
    headings: tuple[str, ...]  # from the outermost to its own


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a plan besides its text."""

    id: str
    title: str
    issuer: str = ""
    kind: str = ""
    language: str = "zh"
    published: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of one paragraph, `paragraph.text[begin:stop]`, and what it says in another language."""

    paragraph: int  # number
    begin: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A plan in another language, piece by piece, in the plan's order."""

    language: str
    official: bool
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A plan as read: the source exactly as the file had it, and its restored structure."""

    info: DocumentInfo
    source: str
    sha256: str  # of the source in UTF-8
    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]  # in source order
    translations: tuple[Translation, ...] = ()

    def __hash__(self) -> int:
        return hash(self.sha256)  # of all its paragraphs it would take long, and caches by document ask often


@dataclass(frozen=True, slots=True)
class Sentence:
    """A whole sentence of one paragraph: `paragraph.text[begin:stop] == text`."""

    paragraph: int  # number
    begin: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What is searched: whole sentences of one section; cites nothing but their own text."""

    number: int  # within its document, from 1
    section: int
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """The sentences in order, one line a paragraph."""
        parts: list[str] = []
        previous: int | None = None
        for sentence in self.sentences:
            if previous is not None and sentence.paragraph != previous:
                parts.append("\n")
            parts.append(sentence.text)
            previous = sentence.paragraph
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as an index gives it back, with what a reader needs to place it."""

    pid: int  # its number in the store
    id: str  # "luojiang-2021:c7"
    document: DocumentInfo
    headings: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    text: str


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word of a question, and the words of a passage that stand for it: schools, (学校, 小学)."""

    word: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; every score is a similarity, higher is better."""

    passage: StoredPassage
    score: float  # fused, what hits are sorted by
    dense: float  # cosine of question and passage, centred
    sentence: float  # cosine of question and the passage's best sentence, centred
    lexical: float  # BM25 as a share of the most that the question's words could score, 0..1
    plan: float  # share of the question's own words that its plan's candidates hold between them, 0..1
    coverage: float  # share of the question's informative words found here, 0..1
    matched: tuple[MatchedWord, ...]  # those words
    rank: int = 0  # 1-based


@dataclass(frozen=True, slots=True)
class Citation:
    """A slice of the source that bears a statement; the same object on every way out."""

    number: int
    document_id: str
    document_title: str
    section: tuple[str, ...]
    paragraph_id: str
    paragraph_number: int
    quote: str
    start: int
    end: int
    line_start: int
    line_end: int
    sha256: str  # of the paragraph's text
    translation: str | None = None


class Status(StrEnum):
    """What kind of answer this is; every one but ANSWERED states nothing."""

    ANSWERED = "answered"
    NOT_STATED = "not_stated"
    OUT_OF_SCOPE = "out_of_scope"
    UNCLEAR = "unclear"
    GREETING = "greeting"


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of the plan stands behind an answer that is a list."""

    items: int
    paragraphs_scanned: int
    complete: bool


@dataclass(frozen=True, slots=True)
class PlanScope:
    """The one plan that a question limited itself to, and the words of the question that said so."""

    plan: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first, and the plan where the query itself chose among several."""

    hits: tuple[Hit, ...]
    scope: PlanScope | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in the plan's own words, or the reason why there is none."""

    id: str
    question: str
    language: str
    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    completeness: Completeness | None = None
    resolved: str | None = None  # the question as understood after those before it, where that differs
    scope: PlanScope | None = None  # where the question itself chose among plans
    confidence: float = 0.0  # how likely the plan answers the question, as the judge has it; 1 where none was asked
    answerer: str = "extractive"
    timings_ms: dict[str, float] = field(default_factory=dict)
