"""Clauses that answer are told from those that mention, by weights that are fitted and can be read."""

from __future__ import annotations

import numpy as np
import pytest

from app.wiring import Services
from rag.evidence import Evidence
from rag.fitting import Wanted
from rag.judge import Judge, Judged, Weights
from rag.query import Query
from rag.signals import CLAUSE, QUESTION, of_clauses, of_question


class Listener:
    """Judges as the shipped one does, and keeps what it was shown."""

    def __init__(self) -> None:
        self.seen: list[tuple[Query, Wanted, list[Evidence], Judged]] = []

    def judge(self, query: Query, wanted: Wanted, evidence: list[Evidence]) -> Judged:
        found = Judge.shipped().judge(query, wanted, evidence)
        self.seen.append((query, wanted, evidence, found))
        return found


@pytest.fixture
def listener(services: Services, monkeypatch: pytest.MonkeyPatch) -> Listener:
    found = Listener()
    monkeypatch.setattr(services.assistant, "judge", found)
    return found


def test_a_probability_is_the_logistic_of_the_weighted_signals() -> None:
    weights = Weights.read({"intercept": -1.0, "weights": {"b": 2.0}}, ("a", "b"))
    assert weights.probabilities(np.array([[5.0, 0.5], [0.0, 1.0]])) == pytest.approx([0.5, 1 / (1 + np.exp(-1))])


def test_a_weight_for_no_signal_is_named() -> None:
    with pytest.raises(ValueError, match="weighs colour, which is no signal"):
        Weights.read({"intercept": 0.0, "weights": {"colour": 1.0}}, ("a",))


def test_the_shipped_weights_are_of_these_signals() -> None:
    judge = Judge.shipped()
    assert judge.clause.weights.shape == (len(CLAUSE),)
    assert judge.question.weights.shape == (len(QUESTION),)
    assert np.count_nonzero(judge.clause.weights) > len(CLAUSE) / 2


def test_the_clause_that_answers_is_the_likeliest_and_the_order_is_total(
    services: Services, listener: Listener
) -> None:
    services.assistant.ask("新增多少基础教育学位？")
    query, wanted, evidence, judged = listener.seen[-1]
    assert "7500个以上" in judged.clauses[0].text
    likely = [item.bears for item in judged.clauses]
    assert likely == sorted(likely, reverse=True)
    assert likely[0] > 5 * likely[1]
    again = Judge.shipped().judge(query, wanted, evidence)
    assert [item.bears for item in again.clauses] == likely
    assert again.answerable == judged.answerable


def test_what_the_plan_answers_is_likelier_answerable_than_what_it_leaves_open(
    services: Services, listener: Listener
) -> None:
    for question in ("到2025年每千常住人口有多少张床位？", "区医院新院区有多少名医生？"):
        services.assistant.ask(question)
    stated, open_ = (judged.answerable for *_, judged in listener.seen)
    assert stated > 0.8
    assert stated > open_ + 0.1


def test_signals_are_finite_and_as_many_as_their_names(services: Services, listener: Listener) -> None:
    for question in ("要建哪些学校？", "when will it open?", "¿Qué escuelas se construirán?", "2025年"):
        services.assistant.ask(question)
    for query, wanted, evidence, judged in listener.seen:
        clauses = of_clauses(query, wanted, evidence[:5])
        assert clauses.shape == (min(5, len(evidence)), len(CLAUSE))
        whole = of_question(query, wanted, clauses, np.array([item.bears for item in judged.clauses[: len(clauses)]]))
        assert np.isfinite(clauses).all()
        assert np.isfinite(whole).all()
