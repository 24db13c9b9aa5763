"""Passages out of a document: whole sentences, never across a section; and the segments inside them.

    Document -> [Passage] -> [Segment]

A passage is what a topic is found by, a segment (a sentence, or a part of a long one) what a single
fact is found by. Neither is ever cited: citations are made from sentences of paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.text import cells_of, clauses, scale, sentences
from rag.types import Document, Paragraph, Passage, Role, Sentence

# In Chinese characters; of a text in Latin letters thrice as many (`scale`).
PASSAGE_CHARS = 300  # upper bound, except for a single sentence that is longer
SHORT_CHARS = 80  # a passage shorter than this takes the next paragraph of its section in
SEGMENT_CHARS = 36  # upper bound, except for a single clause that is longer
SHORT_SEGMENT = 10  # characters; shorter clauses say too little on their own

_ORDER = {Role.TITLE: 0, Role.HEADING: 1, Role.INTRODUCTION: 2, Role.BODY: 3}


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of one paragraph's readable text: `paragraph.text[begin:stop] == text`."""

    paragraph: int  # number
    begin: int
    stop: int
    text: str


def passages(document: Document) -> list[Passage]:
    """All passages of a document, section by section; together they hold every sentence once."""
    found: list[Passage] = []
    for section in document.sections:
        members = [
            paragraph
            for paragraph in document.paragraphs
            if paragraph.section == section.number and paragraph.role is not Role.FURNITURE
        ]
        members.sort(key=lambda paragraph: (_ORDER[paragraph.role], paragraph.number))
        for group in _groups(members):
            found.append(Passage(len(found) + 1, section.number, tuple(group)))
    return found


def _groups(paragraphs: Iterable[Paragraph]) -> Iterator[list[Sentence]]:
    group: list[Sentence] = []
    size = 0
    for paragraph in paragraphs:
        parts = list(_balanced(sentences_of(paragraph)))
        if group and (size >= SHORT_CHARS or size + _size(paragraph.text) > PASSAGE_CHARS or len(parts) > 1):
            yield group
            group, size = [], 0
        *whole, last = parts
        yield from whole
        group += last
        size += sum(_size(sentence.text) for sentence in last)
    if group:
        yield group


def sentences_of(paragraph: Paragraph) -> list[Sentence]:
    """The sentences of a paragraph, which cover its text without a gap."""
    text = paragraph.text
    return [Sentence(paragraph.number, begin, stop, text[begin:stop]) for begin, stop in sentences(text)]


def _balanced(members: list[Sentence]) -> Iterator[list[Sentence]]:
    """Split a long paragraph into parts of about equal length, each at most PASSAGE_CHARS where it can be."""
    total = sum(_size(sentence.text) for sentence in members)
    parts = -(-total // PASSAGE_CHARS)
    goal = total / parts
    group: list[Sentence] = []
    size = 0
    for sentence in members:
        length = _size(sentence.text)
        if group and (size + length > PASSAGE_CHARS or size + length / 2 > goal):
            yield group
            group, size = [], 0
        group.append(sentence)
        size += length
    yield group


def _size(text: str) -> int:
    return -(-len(text) // scale(text))


def segments(passage: Passage) -> list[Segment]:
    """Parts of a passage's sentences that say one thing; together they cover the passage."""
    return [
        Segment(sentence.paragraph, sentence.begin + begin, sentence.begin + stop, sentence.text[begin:stop])
        for sentence in passage.sentences
        for begin, stop in _segment_spans(sentence.text)
    ]


def spans_within(passage: Passage, position: int = 0) -> list[tuple[int, int]]:
    """Where its segments stand, [begin, stop) in characters, in a text that has `passage.text` at `position`."""
    spans: list[tuple[int, int]] = []
    previous = passage.sentences[0].paragraph
    for segment in segments(passage):
        position += segment.paragraph != previous  # a paragraph begins on a new line
        spans.append((position, position + len(segment.text)))
        position, previous = position + len(segment.text), segment.paragraph
    return spans


def _segment_spans(text: str) -> Iterator[tuple[int, int]]:
    times = scale(text)
    if len(text) <= SEGMENT_CHARS * times or cells_of(text):
        yield 0, len(text)
        return
    for outer, end in clauses(text, "；;"):
        if end - outer <= SEGMENT_CHARS * times:
            yield outer, end
        else:
            pieces = _clause_spans(text[outer:end], SHORT_SEGMENT * times)
            yield from ((outer + begin, outer + stop) for begin, stop in pieces)


def _clause_spans(text: str, least: int) -> Iterator[tuple[int, int]]:
    """Clauses between commas; a shorter one than `least` joins the next, so that 「到2025年，」 keeps what it dates."""
    begin = 0
    for _, stop in clauses(text, "，,；;"):
        short = stop - begin < least or 0 < len(text) - stop < least
        if not short:
            yield begin, stop
            begin = stop
    if begin < len(text):
        yield begin, len(text)
