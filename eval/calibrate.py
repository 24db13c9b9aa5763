"""Where the thresholds between an answer and a refusal should lie: each is moved, and what that changes is told.

questions + questions put to a document that is not theirs -> each threshold at other values -> Trial, best first

A question put to another document has no answer there, so that refusing is right. Selective answering and its
risk-coverage curve: El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import fmean

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from tqdm import tqdm

from app.wiring import Services
from eval.measures import score
from eval.questions import Question, read_folder
from eval.statistics import Difference, difference
from eval.workbench import workbench
from rag.errors import PlanQAError
from rag.pipeline import Assistant
from rag.thresholds import Thresholds
from rag.types import Answer, Document

STEPS = (-0.1, -0.05, 0.05, 0.1)
Ask = Callable[[Question, Thresholds], Answer]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one set of thresholds; shares of the questions concerned."""

    name: str  # the threshold that was moved, empty for none
    value: float
    right: float  # of all questions, answerable and not counting the same
    refused_answerable: float
    answered_unanswerable: float
    moved: Difference | None = None  # in the share of right ones, against the thresholds in use


def swapped(questions: Sequence[Question], most: int, document: Callable[[str], Document]) -> list[Question]:
    """At most so many of the questions, evenly chosen, each put to a document that does not answer it.

    One report answers what is asked of another of its kind, so a question goes to one of that half of the documents
    that is least like its own, by the pairs of characters they share.
    """
    own = [(question, question.plan) for question in questions if question.plan]
    plans = sorted({plan for _, plan in own})
    if len(plans) < 2:
        return []
    pairs = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True)
    weights = pairs.fit_transform([document(plan).source for plan in plans])
    alike = (weights @ weights.T).toarray()
    others = []
    step = max(1, len(own) // max(1, most))
    for number, (question, home) in enumerate(own[::step][:most]):
        at = plans.index(home)
        far = [other for other in np.argsort(alike[at], kind="stable") if other != at][: len(plans) // 2]
        plan = plans[far[number % len(far)]]
        others.append(Question(id=f"swapped-{question.id}", question=question.question, plan=plan, answerable=False))
    return others


def calibrate(
    questions: Sequence[Question], ask: Ask, document: Callable[[str], Document], plan: str | None, used: Thresholds
) -> list[Trial]:
    """The thresholds in use, then each of them at other values, those first that get most right.

    :param plan: the plan of the questions that name none.
    """

    def rights(thresholds: Thresholds) -> list[dict[str, float]]:
        return [score(question, _asked(ask, question, thresholds), document, plan) for question in questions]

    def trial(name: str, value: float, scores: Sequence[dict[str, float]], moved: Difference | None) -> Trial:
        answerable = [row["right"] for row in scores if "refused_answerable" in row]
        unanswerable = [row["right"] for row in scores if "answered_unanswerable" in row]
        both = [fmean(values) for values in (answerable, unanswerable) if values]
        return Trial(
            name,
            value,
            fmean(both),
            fmean([row["refused_answerable"] for row in scores if "refused_answerable" in row] or [0.0]),
            fmean([row["answered_unanswerable"] for row in scores if "answered_unanswerable" in row] or [0.0]),
            moved,
        )

    base = rights(used)
    settings = [
        (field.name, round(value, 2))
        for field in fields(used)
        for value in (getattr(used, field.name) + step for step in STEPS)
    ]
    trials = []
    for name, value in tqdm(settings, desc="moving thresholds", leave=False, disable=None):
        scores = rights(replace(used, **{name: value}))
        moved = difference([row["right"] for row in base], [row["right"] for row in scores])
        trials.append(trial(name, value, scores, moved))
    trials.sort(key=lambda item: -item.right)
    return [trial("", 0.0, base, None), *trials]


def calibrate_services(
    questions: Sequence[Question], services: Services, plan: str, folder: Path | None, most: int
) -> tuple[list[Trial], Thresholds]:
    """Questions on one plan, and `most` of a folder's put to other documents, in an index of its own."""
    used = _bare(services).thresholds
    with ExitStack() as stack:
        others = services
        asked = [question.model_copy(update={"plan": question.plan or plan}) for question in questions]
        if folder:
            texts, elsewhere = read_folder(folder)
            bench = stack.enter_context(workbench(str(folder.resolve()), texts, services.settings))
            others = bench.services
            own = [item.model_copy(update={"plan": bench.plans.get(item.plan or "")}) for item in elsewhere]
            asked += swapped(own, most, others.library.document)

        def of(name: str | None) -> Services:
            return services if name == plan else others

        def ask(question: Question, thresholds: Thresholds) -> Answer:
            assistant = _bare(of(question.plan))
            assistant.thresholds = thresholds
            return assistant.ask(question.question, question.plan)

        return calibrate(asked, ask, lambda name: of(name).library.document(name), plan, used), used


def _bare(services: Services) -> Assistant:
    """The assistant itself, whose thresholds can be set."""
    assert isinstance(services.assistant, Assistant)
    return services.assistant


def describe(trials: Sequence[Trial], used: Thresholds) -> str:
    """A table of the trials, the thresholds in use above it."""
    lines = [
        "in use: " + ", ".join(f"{name} {value}" for name, value in asdict(used).items()),
        f"{'threshold':18} {'value':>6} {'right':>6} {'refused, answerable':>19} {'answered, not so':>22}  moved",
    ]
    for item in trials:
        what = f"{item.name or 'as in use':18} {item.value if item.name else '':>6} {item.right:6.3f}"
        rest = f"{item.refused_answerable:19.3f} {item.answered_unanswerable:22.3f}"
        moved = f"{item.moved.after - item.moved.before:+.3f} ({item.moved.verdict()})" if item.moved else ""
        lines.append(f"{what} {rest}  {moved}".rstrip())
    return "\n".join(lines)


def _asked(ask: Ask, question: Question, thresholds: Thresholds) -> Answer | None:
    try:
        return ask(question, thresholds)
    except PlanQAError:
        return None
