"""Fitting the judge: what answers is labelled by what a right answer quotes, and the fit finds what tells it apart."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from app.wiring import Services
from eval.fit import Example, describe, examples, fit, toml
from eval.questions import Question
from rag.errors import InputError
from rag.judge import Weights
from rag.signals import CLAUSE, QUESTION

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


def test_the_fit_finds_the_signal_that_tells_apart_and_is_read_back(real: Example) -> None:
    rng = np.random.default_rng(0)
    at = CLAUSE.index("cosine")
    made = []
    for number in range(60):
        signals = rng.normal(size=(8, len(CLAUSE)))
        answerable = number % 3 > 0
        labels = np.zeros(8, dtype=bool)
        if answerable:
            labels[number % 8] = True
        signals[:, at] = 3 * labels + 0.1 * signals[:, at]
        made.append(replace(real, plan=f"p{number % 5}", answerable=answerable, signals=signals, labels=labels))
    fitted = fit(made)
    assert fitted.first_answers > 0.9
    assert fitted.told_apart > 0.9
    table = tomllib.loads(toml(fitted, "planqa eval fit"))
    assert Weights.read(table["clause"], CLAUSE).weights == pytest.approx(fitted.clause.weights, abs=1e-4)
    assert Weights.read(table["question"], QUESTION).intercept == pytest.approx(fitted.question.intercept, abs=1e-4)
    assert max(table["clause"]["weights"], key=lambda name: abs(table["clause"]["weights"][name])) == "cosine"
    assert "answerable refused / unanswerable answered" in describe(fitted)


def test_one_plan_is_too_few_to_leave_one_out(real: Example) -> None:
    with pytest.raises(InputError, match="on 1 plan, 2 or more"):
        fit([real, real])
