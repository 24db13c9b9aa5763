"""Fits the judge: which clauses answer, and when a plan does not answer at all.

questions with right answers -> the signals of their clauses, each labelled -> two logistic models -> judge.toml

Every figure that is reported is of plans that were left out of the fit it comes from (six folds by plan). The
question's model is fitted on clause probabilities that were made so too; else it would trust them too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from app.wiring import Services
from eval.calibrate import swapped
from eval.measures import line_span, normal
from eval.questions import Question, read_questions
from rag.citations import cite
from rag.errors import InputError, PlanQAError
from rag.evidence import Evidence
from rag.fitting import Wanted
from rag.judge import CONSIDERED, Judged, Weights
from rag.pipeline import Assistant
from rag.query import Query
from rag.signals import CLAUSE, QUESTION, Matrix, of_clauses, of_question
from rag.types import Document

FOLDS = 6
FEWEST_PLANS = 2
SHRINK_CLAUSES, SHRINK_QUESTIONS = 0.02, 0.05  # inverse strength of the penalty, on signals of equal spread
QUOTED = 0.6  # of the shorter of clause and quote that they must share
SHORTEST = 3  # characters of a clause that may be quoted in part
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
Labels = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """One question: the signals of its clauses, (n, len(CLAUSE)), and which of them answer, (n,)."""

    plan: str
    answerable: bool
    query: Query
    wanted: Wanted
    signals: Matrix
    labels: Labels


@dataclass(slots=True)
class _Recorder:
    """Stands in the judge's place and keeps what it is shown."""

    seen: list[tuple[Query, Wanted, Sequence[Evidence]]] = field(default_factory=list)

    def judge(self, query: Query, wanted: Wanted, evidence: Sequence[Evidence]) -> Judged:
        self.seen.append((query, wanted, evidence[:CONSIDERED]))
        return Judged(tuple(evidence), 1.0)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The models, how many questions made them, and what they are worth on plans left out."""

    clause: Weights
    question: Weights
    questions: int
    plans: int
    first_answers: float  # share of answerable questions whose likeliest clause answers
    precision: float  # average precision of clauses
    told_apart: float  # area under the curve: answerable questions before the others
    refusals: dict[float, tuple[float, float]]  # threshold -> answerable refused, unanswerable answered


def fit_services(sources: Sequence[Path], others: int, services: Services, shipped: str) -> Fitted:
    """Fit on files of questions, `others` of which are also put to another plan, where they have no answer.

    :param shipped: the plan of the questions that name none; of these only the dev half counts.
    :raises InputError: naming file and line of what cannot be used.
    """
    assert isinstance(services.assistant, Assistant)
    questions = [
        question if question.plan else question.model_copy(update={"plan": shipped, "id": f"{shipped}-{question.id}"})
        for source in sources
        for question in read_questions(source)
        if question.plan or question.split == "dev"
    ]
    questions += swapped(questions, others)
    return fit(examples(questions, services.assistant, services.library.document))


def examples(questions: Sequence[Question], assistant: Assistant, document: Callable[[str], Document]) -> list[Example]:
    """What the judge would be shown of each question; those that never come before it are left out."""
    found = []
    judge = assistant.judge
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
            found.append(Example(question.plan, question.answerable, query, wanted, signals, labels))
    finally:
        assistant.judge = judge
    return found


def fit(found: Sequence[Example]) -> Fitted:
    """Fit both models.

    :raises InputError: if there are too few plans to leave some out.
    """
    plans = sorted({example.plan for example in found})
    if len(plans) < FEWEST_PLANS:
        raise InputError(f"The questions are on {len(plans)} plan, {FEWEST_PLANS} or more are needed to leave one out.")
    folds = [set(plans[start::FOLDS]) for start in range(min(FOLDS, len(plans)))]
    likely: dict[int, Matrix] = {}
    for fold in folds:
        model = _fit_clauses([example for example in found if example.plan not in fold])
        likely |= {at: model.probabilities(example.signals) for at, example in enumerate(found) if example.plan in fold}
    rows = np.array(
        [of_question(example.query, example.wanted, example.signals, likely[at]) for at, example in enumerate(found)]
    )
    answerable = np.array([example.answerable for example in found])
    apart = np.zeros(len(found))
    for fold in folds:
        out = np.array([example.plan in fold for example in found])
        apart[out] = _logistic(rows[~out], answerable[~out], SHRINK_QUESTIONS).probabilities(rows[out])
    firsts = [example.labels[likely[at].argmax()] for at, example in enumerate(found) if example.answerable]
    return Fitted(
        _fit_clauses(found),
        _logistic(rows, answerable, SHRINK_QUESTIONS),
        len(found),
        len(plans),
        float(np.mean(firsts)),
        float(
            average_precision_score(
                np.concatenate([example.labels for example in found]),
                np.concatenate([likely[at] for at in range(len(found))]),
            )
        ),
        float(roc_auc_score(answerable, apart)),
        {
            threshold: (float(np.mean(apart[answerable] < threshold)), float(np.mean(apart[~answerable] >= threshold)))
            for threshold in THRESHOLDS
        },
    )


def toml(fitted: Fitted, command: str) -> str:
    """The models as `judge.toml` has them."""
    lines = [
        f"# Fitted by `{command}`",
        f"# on {fitted.questions} questions on {fitted.plans} plans; on plans left out of the fit:",
        *(f"# {line}" for line in describe(fitted).splitlines()),
    ]
    for name, model, signals in (("clause", fitted.clause, CLAUSE), ("question", fitted.question, QUESTION)):
        lines += ["", f"[{name}]", f"intercept = {model.intercept:.4f}", "", f"[{name}.weights]"]
        lines += [f"{signal} = {weight:.4f}" for signal, weight in zip(signals, model.weights, strict=True) if weight]
    return "\n".join(lines) + "\n"


def describe(fitted: Fitted) -> str:
    """What the models are worth, in three lines."""
    refusals = ", ".join(
        f"{threshold}: {refused:.3f}/{answered:.3f}" for threshold, (refused, answered) in fitted.refusals.items()
    )
    return (
        f"likeliest clause answers {fitted.first_answers:.3f}, average precision of clauses {fitted.precision:.3f}\n"
        f"answerable before unanswerable {fitted.told_apart:.3f}\n"
        f"answerable refused / unanswerable answered by threshold: {refusals}"
    )


def _fit_clauses(found: Sequence[Example]) -> Weights:
    signals = np.concatenate([example.signals for example in found])
    return _logistic(signals, np.concatenate([example.labels for example in found]), SHRINK_CLAUSES)


def _logistic(signals: Matrix, labels: Labels, shrink: float) -> Weights:
    """Fitted on signals of equal spread, told in weights of the signals as they are."""
    scaler = StandardScaler()
    model = make_pipeline(scaler, LogisticRegression(C=shrink, max_iter=2000))
    model.fit(signals, labels)
    scaled = model[-1].coef_[0]
    weights = np.where(scaler.scale_ > 0, scaled / scaler.scale_, 0.0)
    return Weights(float(model[-1].intercept_[0] - weights @ scaler.mean_), weights)


def _answers(item: Evidence, question: Question, document: Document) -> bool:
    """Whether a clause is one that a right answer quotes; by its place and facts where a set has no quotes."""
    if not question.answerable:
        return False
    if question.quotes:
        clause = _letters(item.text)
        return any(_shared(clause, _letters(quote)) for quote in question.quotes)
    place = cite(document, item.paragraph, item.begin, item.stop)
    gold = [*question.spans, *(line_span(document.source, lines) for lines in question.gold)]
    overlaps = [min(place.end, end) - max(place.start, start) for start, end in gold]
    said = normal(f"{item.text}\n{item.translated}")
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
