"""What the judge would be shown of each question, with what of it answers: examples to fit it on.

questions with right answers -> asked as any question -> the clauses before the judge, labelled -> Example
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from eval.measures import line_span, normal
from eval.questions import Question
from eval.turn import Pairing
from rag.centring import CentredEncoder
from rag.citations import cite
from rag.errors import InputError, PlanQAError
from rag.evidence import Evidence
from rag.fits import Wanted
from rag.judge import CONSIDERED, Judged
from rag.pipeline import Assistant
from rag.ports import Encoder, Vectors
from rag.query import Query
from rag.signals import Matrix, of_clauses
from rag.turning import Turned
from rag.types import Document

QUOTED = 0.6  # of the shorter of clause and quote that they must share
TELLING = 8  # letters of a quote that answers wherever it stands; a shorter one, a cell of a table, in its place alone
SHORTEST = 3  # characters of a clause that may be quoted in part
Labels = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """One question, how it stands halfway through the encoder (length, dim) and what its language has in common (dim,);
    of its clauses the vectors (n, dim), signals (n, len(CLAUSE)), which answer."""

    plan: str
    answerable: bool
    query: Query
    wanted: Wanted
    halfway: Vectors
    mean: Vectors
    vectors: Vectors
    signals: Matrix
    labels: Labels
    loose: bool = False  # labelled by a place alone, in which not all answers

    @property
    def body(self) -> str:
        """Whose plan it is: one body's reports of several years repeat one another, and are left out together."""
        return re.sub(r"-\d{4}$", "", self.plan)

    @property
    def pairing(self) -> Pairing:
        """What a turning is fitted on."""
        return Pairing(self.halfway, self.mean, self.vectors, self.labels)


@dataclass(slots=True)
class _Recorder:
    """Stands in the judge's place and keeps what it is shown; reads a clause's vector as its cosines with the axes."""

    asked: list[tuple[Vectors, Vectors]] = field(default_factory=list)
    seen: list[tuple[Query, Wanted, Sequence[Evidence]]] = field(default_factory=list)

    def turned(self, text: str, vector: Vectors, encoder: Encoder) -> Turned:
        halfway = encoder.halfway(text)
        if halfway is None or not isinstance(encoder, CentredEncoder):
            raise InputError("The judge is fitted with the built-in encoder. Leave PLANQA_MODEL unset.")
        self.asked.append((halfway, encoder.question_mean(text)))
        return Turned(np.eye(vector.size, dtype=np.float32), 0.0)

    def judge(self, query: Query, wanted: Wanted, evidence: Sequence[Evidence], nothing: float) -> Judged:
        self.seen.append((query, wanted, evidence[:CONSIDERED]))
        return Judged(tuple(evidence), 1.0)


def examples(questions: Sequence[Question], assistant: Assistant, document: Callable[[str], Document]) -> list[Example]:
    """What the judge would be shown of each question; those that never come before it are left out."""
    found = []
    try:
        for question in tqdm(questions, desc="asking", unit="question", leave=False, disable=None):
            recorder = _Recorder()
            assistant.judge = recorder
            try:
                assistant.ask(question.question, question.plan)
            except PlanQAError as error:
                raise InputError(f"Question {question.id} cannot be asked: {error}") from None
            if len(recorder.seen) != 1 or question.plan is None:
                continue
            query, wanted, evidence = recorder.seen[0]
            labels = np.array([_answers(item, question, document(question.plan)) for item in evidence])
            signals = of_clauses(query, wanted, evidence)
            vectors = np.array([item.further for item in evidence], dtype=np.float32)
            loose = question.answerable and not question.quotes and not question.facts
            found.append(
                Example(
                    question.plan,
                    question.answerable,
                    query,
                    wanted,
                    *recorder.asked[-1],
                    vectors,
                    signals,
                    labels,
                    loose,
                )
            )
    finally:
        vars(assistant).pop("judge", None)  # the shipped one, which need not fit yet, comes back when it is wanted
    return found


def _answers(item: Evidence, question: Question, document: Document) -> bool:
    """Whether a clause is one that a right answer quotes; by its place and facts where a set has no quotes."""
    if not question.answerable:
        return False
    written = item.paragraph.text[item.begin : item.stop]  # as the right answers quote it, and not as it is read
    place = cite(document, item.paragraph, item.begin, item.stop)
    gold = [*question.spans, *(line_span(document.source, lines) for lines in question.gold)]
    overlaps = [min(place.end, end) - max(place.start, start) for start, end in gold]
    if question.quotes:
        clause, there = _letters(written), any(overlap > 0 for overlap in overlaps)
        quotes = [letters for quote in question.quotes if len(letters := _letters(quote)) >= TELLING or there]
        return any(_shared(clause, quote) for quote in quotes)
    said = normal(f"{written}\n{item.translated}")
    has_fact = any(normal(spelling) in said for fact in question.facts for spelling in fact)
    if question.facts and has_fact:
        return any(overlap > 0 for overlap in overlaps)
    half = [QUOTED * min(place.end - place.start, end - start) for start, end in gold]
    return not question.facts and any(overlap >= least for overlap, least in zip(overlaps, half, strict=True))


def _shared(clause: str, quote: str) -> bool:
    if not clause or not quote:
        return False
    if clause in quote or quote in clause:
        return True
    run = SequenceMatcher(None, clause, quote, autojunk=False).find_longest_match().size
    return len(clause) > SHORTEST and run >= QUOTED * min(len(clause), len(quote))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)
