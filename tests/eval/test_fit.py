"""Fitting the judge: what answers is labelled by what a right answer quotes, and the fit finds what tells it apart."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from app.wiring import Services
from eval.fit import Example, describe, examples, fit, write
from eval.grow import TREES, trees
from eval.questions import Question
from eval.turn import Pairing, turning
from rag.errors import InputError
from rag.judge import Weights
from rag.signals import CLAUSE, QUESTION, TURNED
from rag.trees import Trees
from rag.turning import Turning

PLAN = "luojiang-2021"


@pytest.fixture(scope="module")
def real(services: Services) -> Example:
    question = Question(
        id="a", question="新增多少基础教育学位？", plan=PLAN, quotes=("力争新增基础教育学位7500个以上",)
    )
    (example,) = examples([question], services.assistant, services.library.document)
    return example


def test_a_quoted_clause_is_one_that_answers_and_the_judge_is_put_back(services: Services, real: Example) -> None:
    assert real.answerable
    assert 0 < real.labels.sum() < len(real.labels) / 2
    assert services.assistant.ask("新增多少基础教育学位？", PLAN).citations[0].quote.endswith("7500个以上")


def test_without_quotes_the_place_and_the_facts_say_which_clause_answers(services: Services, real: Example) -> None:
    question = Question(id="b", question="新增多少基础教育学位？", plan=PLAN, gold=((122, 123),), facts=(("7500",),))
    (example,) = examples([question], services.assistant, services.library.document)
    assert (example.labels == real.labels).all()
    nowhere = question.model_copy(update={"answerable": False, "gold": (), "facts": ()})
    (example,) = examples([nowhere], services.assistant, services.library.document)
    assert not example.labels.any()


def test_the_fit_finds_the_signal_that_tells_apart_and_is_read_back(real: Example, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    at = CLAUSE.index("cosine")
    made = []
    for number in range(240):
        signals, vectors = rng.normal(size=(8, len(CLAUSE))), rng.normal(size=(8, real.vector.size))
        answerable = number % 3 > 0
        labels = np.zeros(8, dtype=bool)
        if answerable:
            labels[number % 8] = True
        signals[:, at] = 3 * labels + 0.1 * signals[:, at]
        plan = f"p{number % 5}"
        made.append(replace(real, plan=plan, answerable=answerable, signals=signals, labels=labels, vectors=vectors))
    fitted = fit(made)
    assert fitted.first_answers > 0.9
    assert fitted.told_apart > 0.9
    write(fitted, "planqa eval fit", tmp_path / "judge.toml")
    table = tomllib.loads((tmp_path / "judge.toml").read_text(encoding="utf-8"))
    assert Weights.read(table["question"], QUESTION).intercept == pytest.approx(fitted.question.intercept, abs=1e-4)
    arrays = np.load(tmp_path / "judge.npz", allow_pickle=False)
    trees = Trees.read(arrays, (*CLAUSE, *TURNED))
    rows = np.column_stack([made[1].signals, np.zeros((8, len(TURNED)))])
    assert (trees.probabilities(rows) == fitted.clause.probabilities(rows)).all()
    assert trees.probabilities(rows).argmax() == made[1].labels.argmax()
    assert Turning.read(arrays).of(real.vector) == pytest.approx(fitted.turning.of(real.vector), abs=1e-2)
    assert "answerable refused / unanswerable answered" in describe(fitted)


def test_what_is_labelled_by_a_place_alone_teaches_the_trees_and_counts_in_no_figure(
    services: Services, real: Example
) -> None:
    question = Question(id="c", question="新增多少基础教育学位？", plan=PLAN, spans=((0, 3000),))
    (loose,) = examples([question], services.assistant, services.library.document)
    assert loose.loose
    assert not real.loose
    with pytest.raises(InputError, match="None of the questions has `quotes` or `facts`"):
        fit([loose, replace(loose, plan="other")])


def test_a_place_that_cannot_be_written_is_named_in_one_sentence(real: Example, tmp_path: Path) -> None:
    made = [replace(real, plan=f"p{n}", answerable=n % 2 == 0, labels=real.labels & (n % 2 == 0)) for n in range(20)]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"The judge cannot be written to .*file"):
        write(fit(made), "planqa eval fit", tmp_path / "file" / "judge.toml")


def test_one_plan_is_too_few_to_leave_one_out(real: Example) -> None:
    with pytest.raises(InputError, match="on 1 plan, 2 or more"):
        fit([real, real])


def test_trees_read_as_arrays_say_what_scikit_learn_says() -> None:
    rng = np.random.default_rng(0)
    signals = rng.normal(size=(900, len(CLAUSE) + len(TURNED)))
    labels = signals[:, 3] * signals[:, 5] > 0.2
    model = HistGradientBoostingClassifier(**TREES).fit(signals, labels)
    assert trees([signals], [labels]).probabilities(signals) == pytest.approx(model.predict_proba(signals)[:, 1])


def test_a_turning_brings_the_clauses_that_answer_before_those_most_alike() -> None:
    rng = np.random.default_rng(0)
    hidden = np.roll(np.eye(8), 1, axis=1)  # an answer is the question with its numbers moved on by one
    pairings = []
    for _ in range(1000):
        question = rng.normal(size=8)
        clauses = np.vstack([question + 0.1 * rng.normal(size=(3, 8)), question @ hidden])
        clauses /= np.linalg.norm(clauses, axis=1, keepdims=True)
        pairings.append(Pairing(question / np.linalg.norm(question), clauses, np.arange(4) == 3))
    turn = turning(pairings[:900])
    firsts = [(pairing.clauses @ turn.of(pairing.question)[0]).argmax() == 3 for pairing in pairings[900:]]
    assert np.mean(firsts) > 0.9
