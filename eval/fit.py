"""Fits the judge: which clauses answer, and when a plan does not answer at all.

questions with right answers -> vectors and signals of their clauses, each labelled -> a turning of the question
-> trees over the signals of each clause -> weights over those of each question -> judge.npz, judge.toml

Every figure that is reported is of plans that were left out of the fit it comes from (six folds by plan). Each model
is fitted on what the one before it says of plans left out; else it would trust it too much.
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
from eval.grow import trees
from eval.measures import line_span, normal
from eval.questions import Question, read_folder, read_questions
from eval.turn import Pairing, turning
from eval.workbench import workbench
from rag.citations import cite
from rag.errors import InputError, PlanQAError
from rag.evidence import Evidence
from rag.fitting import Wanted
from rag.judge import CONSIDERED, Judged, Weights
from rag.pipeline import Assistant
from rag.ports import Vectors
from rag.query import Query
from rag.signals import QUESTION, Matrix, of_clauses, of_question, of_turning
from rag.trees import Trees
from rag.turning import Turning
from rag.types import Document

FOLDS = 6
FEWEST_PLANS = 2
SHRINK = 0.05  # inverse strength of the penalty on a question's weights, on signals of equal spread
QUOTED = 0.6  # of the shorter of clause and quote that they must share
SHORTEST = 3  # characters of a clause that may be quoted in part
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
Labels = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """One question, its vector (dim,); of its clauses the vectors (n, dim), signals (n, len(CLAUSE)), which answer."""

    plan: str
    answerable: bool
    query: Query
    wanted: Wanted
    vector: Vectors
    vectors: Vectors
    signals: Matrix
    labels: Labels
    loose: bool = False  # labelled by a place alone, in which not all answers

    @property
    def pairing(self) -> Pairing:
        """What a turning is fitted on."""
        return Pairing(self.vector, self.vectors, self.labels)


@dataclass(slots=True)
class _Recorder:
    """Stands in the judge's place and keeps what it is shown; reads a clause's vector as its cosines with the axes."""

    asked: list[Vectors] = field(default_factory=list)
    seen: list[tuple[Query, Wanted, Sequence[Evidence]]] = field(default_factory=list)

    def vectors(self, vector: Vectors) -> Vectors:
        self.asked.append(vector)
        return np.eye(vector.size, dtype=np.float32)

    def judge(self, query: Query, wanted: Wanted, evidence: Sequence[Evidence]) -> Judged:
        self.seen.append((query, wanted, evidence[:CONSIDERED]))
        return Judged(tuple(evidence), 1.0)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The models, how many questions made them, and what they are worth on plans left out."""

    turning: Turning
    clause: Trees
    question: Weights
    questions: int
    plans: int
    first_answers: float  # share of answerable questions whose likeliest clause answers
    precision: float  # average precision of clauses
    told_apart: float  # area under the curve: answerable questions before the others
    refusals: dict[float, tuple[float, float]]  # threshold -> answerable refused, unanswerable answered


def fit_services(sources: Sequence[Path], others: int, services: Services, shipped: str) -> Fitted:
    """Fit on questions, `others` of those on plans of the index also put to another plan, where they have no answer.

    :param sources: files of questions on plans of the index, or folders of questions with the documents they are on.
    :param shipped: the plan of the questions that name none; of these only the dev half counts.
    :raises InputError: naming file and line of what cannot be used.
    """
    assert isinstance(services.assistant, Assistant)
    questions = [
        question if question.plan else question.model_copy(update={"plan": shipped, "id": f"{shipped}-{question.id}"})
        for source in sources
        if not source.is_dir()
        for question in read_questions(source)
        if question.plan or question.split == "dev"
    ]
    questions += swapped(questions, others, services.library.document)
    found = examples(questions, services.assistant, services.library.document)
    for source in sources:
        if source.is_dir():
            found += _of_folder(source, services)
    return fit(found)


def _of_folder(folder: Path, services: Services) -> list[Example]:
    texts, questions = read_folder(folder)
    with workbench(str(folder.resolve()), texts, services.settings) as bench:
        assert isinstance(bench.services.assistant, Assistant)
        return examples(bench.put(questions), bench.services.assistant, bench.services.library.document)


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
            vectors = np.array([item.further for item in evidence], dtype=np.float32)
            asked = recorder.asked[-1]
            loose = question.answerable and not question.quotes and not question.facts
            found.append(
                Example(question.plan, question.answerable, query, wanted, asked, vectors, signals, labels, loose)
            )
    finally:
        assistant.judge = judge
    return found


def fit(found: Sequence[Example]) -> Fitted:
    """Fit all three; what is loosely labelled takes part in the trees alone, and in no figure.

    :raises InputError: if there are too few plans to leave some out, or no question that tells which clauses answer.
    """
    plans = sorted({example.plan for example in found})
    if len(plans) < FEWEST_PLANS:
        raise InputError(f"The questions are on {len(plans)} plan, {FEWEST_PLANS} or more are needed to leave one out.")
    folds = [set(plans[start::FOLDS]) for start in range(min(FOLDS, len(plans)))]
    exact = [at for at, example in enumerate(found) if not example.loose]
    if not exact:
        raise InputError("None of the questions has `quotes` or `facts`, by which the clauses that answer are told.")
    signals: dict[int, Matrix] = {}
    for fold in folds:
        turn = _turning([example for example in found if example.plan not in fold])
        signals |= {at: _turned(example, turn) for at, example in enumerate(found) if example.plan in fold}
    likely: dict[int, Matrix] = {}
    for fold in folds:
        rest = [at for at, example in enumerate(found) if example.plan not in fold]
        model = trees([signals[at] for at in rest], [found[at].labels for at in rest])
        likely |= {at: model.probabilities(signals[at]) for at, example in enumerate(found) if example.plan in fold}
    rows = np.array([of_question(found[at].query, found[at].wanted, found[at].signals, likely[at]) for at in exact])
    answerable = np.array([found[at].answerable for at in exact])
    apart = np.zeros(len(exact))
    for fold in folds:
        out = np.array([found[at].plan in fold for at in exact])
        apart[out] = _logistic(rows[~out], answerable[~out]).probabilities(rows[out])
    labels = np.concatenate([found[at].labels for at in exact])
    firsts = [found[at].labels[likely[at].argmax()] for at in exact if found[at].answerable]
    return Fitted(
        _turning(found),
        trees([signals[at] for at in range(len(found))], [example.labels for example in found]),
        _logistic(rows, answerable),
        len(found),
        len(plans),
        float(np.mean(firsts)),
        float(average_precision_score(labels, np.concatenate([likely[at] for at in exact]))),
        float(roc_auc_score(answerable, apart)),
        {
            threshold: (float(np.mean(apart[answerable] < threshold)), float(np.mean(apart[~answerable] >= threshold)))
            for threshold in THRESHOLDS
        },
    )


def write(fitted: Fitted, command: str, path: Path) -> None:
    """Write the weights as `path`, judge.toml, and the trees and the turning beside it, as judge.npz.

    :raises InputError: if they cannot be written.
    """
    halves = {"matrix": fitted.turning.matrix, "direction": fitted.turning.direction}
    arrays = fitted.clause.arrays() | {name: part.astype(np.float16) for name, part in halves.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path.with_suffix(".npz"), **arrays)
        path.write_text(toml(fitted, command), encoding="utf-8")
    except OSError as error:
        raise InputError(f"The judge cannot be written to {path.parent}: {error.strerror}.") from None


def toml(fitted: Fitted, command: str) -> str:
    """The weights as `judge.toml` has them."""
    lines = [
        f"# Fitted by `{command}`",
        f"# on {fitted.questions} questions on {fitted.plans} plans; on plans left out of the fit:",
        *(f"# {line}" for line in describe(fitted).splitlines()),
    ]
    weights = zip(QUESTION, fitted.question.weights, strict=True)
    lines += ["", "[question]", f"intercept = {fitted.question.intercept:.4f}", "", "[question.weights]"]
    lines += [f"{signal} = {weight:.4f}" for signal, weight in weights if weight]
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


def _turning(found: Sequence[Example]) -> Turning:
    return turning([example.pairing for example in found if example.labels.any() and not example.loose])


def _turned(example: Example, turn: Turning) -> Matrix:
    """All signals of the clauses, (n, len(CLAUSE) + len(TURNED))."""
    cosines = example.vectors @ turn.of(example.vector).T
    return np.column_stack([example.signals, of_turning(*cosines.T.astype(np.float64))])


def _logistic(signals: Matrix, labels: Labels) -> Weights:
    """Fitted on signals of equal spread, told in weights of the signals as they are."""
    scaler = StandardScaler()
    model = make_pipeline(scaler, LogisticRegression(C=SHRINK, max_iter=2000))
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
