"""The words of a plan that may answer a question: its clauses, each weighed against the question.

hits -> segments of their passages -> cosine, matched words, held kinds -> [Evidence], best first
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.headed import head_of, note_of, read
from rag.matching import GUESSED, Matcher
from rag.ports import PassageIndex, SegmentScore, Vectors
from rag.query import Query
from rag.question import DEFINITE, Asked, holds, years
from rag.tense import Tense, asked_tense, tenses
from rag.text import SENTENCE_END, cells_of, is_han
from rag.tokenizer import Tokenizer, normalise, plain
from rag.translated import is_unit, translation_for, units_within
from rag.types import Document, Hit, Paragraph, Role

LEADING = 8  # hits whose clauses may lead an answer; those of the others only add to a list
DENSITY = 0.2
DATED = 0.05  # what it earns to name the year asked for
TENSE = 0.08  # what it earns to look the way the question does, and costs to look the other way
HEADING = 0.2
LINE = 50  # characters
HEADED = 0.25  # what a word of the headings over a clause counts beside one of its own
# Weights of the parts of a clause's score beside its cosine.
COVERAGE, PASSAGE, KIND = 0.5, 0.2, 0.15


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause, `paragraph.text[begin:stop]`, and how well it bears on the question."""

    document: Document
    paragraph: Paragraph
    begin: int
    stop: int
    hit: Hit
    cosine: float
    matched: Mapping[str, float]
    coverage: float
    score: float
    tense: Tense | None = None
    translated: str = ""  # what it says in the asker's language, where the plan has that
    further: tuple[float, ...] = ()  # cosines with the judge's own vectors
    bears: float = 0.0  # how likely it answers, once it is judged

    @property
    def sentence(self) -> tuple[int, int]:
        """Where the sentence around the clause begins and stops in the paragraph."""
        for sentence in self.hit.passage.sentences:
            if sentence.paragraph == self.paragraph.number and sentence.begin <= self.begin < sentence.stop:
                return sentence.begin, sentence.stop
        return self.begin, self.stop

    @property
    def around(self) -> str:
        """The text of that sentence, and what the paragraph says at its end of who does it all, and by when."""
        begin, stop = self.sentence
        note = max(stop, note_of(self.paragraph))
        return self._read(begin, stop) + plain(self.paragraph.text)[note:]

    @property
    def under(self) -> str:
        """The headings that it stands under."""
        return plain(" ".join(self.hit.passage.headings))

    @property
    def text(self) -> str:
        """The clause as it is read, in simplified characters and with what heads it (`rag/headed.py`)."""
        return self._read(self.begin, self.stop)

    def _read(self, begin: int, stop: int) -> str:
        return _as_read(self.document, self.paragraph, begin, stop)


def weigh(
    query: Query,
    vectors: Vectors,
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
    index: PassageIndex,
    tokenizer: Tokenizer,
    asked: frozenset[Asked],
) -> list[Evidence]:
    """Every clause of the hits' passages, best first; equal ones in the order of the plan.

    Those of the `LEADING` first hits come before the rest.

    :param vectors: (n, dim), the question's own and whatever else a clause is to be compared with.
    """
    query, dated = _undated(query), years(query.text)
    by_pid = {hit.passage.pid: hit for hit in hits}
    scores = index.segment_scores(vectors, list(by_pid))
    matcher = Matcher.of(query, tokenizer)
    under = {headings: matcher.match(" ".join(headings)) for headings in {hit.passage.headings for hit in hits}}
    forms = {form for term in query.terms for form, strength in term.forms.items() if strength >= GUESSED}
    wanted_tense = {name: asked_tense(query.text, document.info) for name, document in documents.items()}
    found = []
    for segment in _readable(query.language, scores, by_pid, documents):
        hit = by_pid[segment.pid]
        document = documents[hit.passage.document.id]
        paragraph = document.paragraphs[segment.paragraph - 1]
        text = _as_read(document, paragraph, segment.begin, segment.stop)
        if not re.search(r"\w", text):
            continue
        translated = _translated(query.language, document, segment)
        matched = matcher.match(text, translated)
        over = {word: HEADED * strength for word, strength in under[hit.passage.headings].items()}
        coverage = query.coverage(over | {word: max(over.get(word, 0.0), matched[word]) for word in matched})
        kinds = [holds(kind, text) for kind in asked & DEFINITE]
        cosine, *further = segment.cosines
        score = cosine + COVERAGE * coverage + PASSAGE * hit.score + KIND * (bool(kinds) and all(kinds))
        score += DATED * (bool(dated) and dated <= years(text))
        tense = tenses(document)[paragraph.number]
        if tense and wanted_tense[document.info.id]:
            score += TENSE if tense is wanted_tense[document.info.id] else -TENSE
        score += DENSITY * _density(forms, text) - HEADING * is_line(paragraph)
        found.append(
            Evidence(
                document,
                paragraph,
                segment.begin,
                segment.stop,
                hit,
                cosine,
                matched,
                coverage,
                score,
                tense,
                translated,
                tuple(further),
            )
        )
    found.sort(
        key=lambda item: (item.hit.rank > LEADING, -item.score, item.hit.rank, item.paragraph.number, item.begin)
    )
    return found


def _as_read(document: Document, paragraph: Paragraph, begin: int, stop: int) -> str:
    if head_of(document, paragraph):
        return plain(read(document, paragraph, begin, stop))
    return plain(paragraph.text)[begin:stop]


def is_row(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a row of a table."""
    return len(cells_of(paragraph.text)) > 1


def is_line(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a heading, or a line that ends like one: a title repeated, a speaker's name."""
    return paragraph.role in (Role.HEADING, Role.TITLE) or (
        len(paragraph.text) <= LINE and not is_row(paragraph) and paragraph.text[-1] not in SENTENCE_END + "；;：:，,、"
    )


def _undated(query: Query) -> Query:
    """The query without years: one says which figure is meant, and nothing of what it is of."""
    terms = tuple(term for term in query.terms if not years(term.word))
    return replace(query, terms=terms, total=sum(term.weight for term in terms)) if terms else query


def _density(forms: Collection[str], text: str) -> float:
    """Share of a Chinese clause's characters, figures aside, that are in one of the forms."""
    characters = [char for char in normalise(text) if is_han(char)]
    covered = [False] * len(characters)
    joined = "".join(characters)
    for form in forms:
        start = joined.find(form)
        while start >= 0 and is_han(form[0]):
            covered[start : start + len(form)] = [True] * len(form)
            start = joined.find(form, start + 1)
    return sum(covered) / len(characters) if characters else 0.0


def _readable(
    language: str, scores: Sequence[SegmentScore], by_pid: Mapping[int, Hit], documents: Mapping[str, Document]
) -> Iterator[SegmentScore]:
    """The pieces that the asker can be shown: a plan's own in its language, else whole translated ones.

    A translated piece takes the cosines of the language in which it is most like the question.
    """
    own: list[SegmentScore] = []
    units: dict[tuple[int, int, int, int], SegmentScore] = {}
    for score in scores:
        document = documents[by_pid[score.pid].passage.document.id]
        if is_unit(document, score.paragraph, score.begin, score.stop):
            key = (score.pid, score.paragraph, score.begin, score.stop)
            units[key] = max(score, units.get(key, score), key=lambda item: item.cosines)
        else:
            own.append(score)
    for score in own:
        overlapping = [
            key
            for key in units
            if key[:2] == (score.pid, score.paragraph) and key[2] < score.stop and score.begin < key[3]
        ]
        foreign = translation_for(documents[by_pid[score.pid].passage.document.id], language)
        if foreign is None:
            for key in overlapping:
                del units[key]
            yield score
        elif not overlapping:
            yield score
        for key in overlapping if foreign else ():
            units[key] = max(units[key], replace(units[key], cosines=score.cosines), key=lambda item: item.cosines)
    yield from units.values()


def _translated(language: str, document: Document, segment: SegmentScore) -> str:
    translation = translation_for(document, language)
    if translation is None:
        return ""
    return " ".join(unit.text for unit in units_within(translation, segment.paragraph, segment.begin, segment.stop))
