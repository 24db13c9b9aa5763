"""Clauses that answer are told from those that mention, by models that are fitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.wiring import Services
from rag.evidence import Evidence
from rag.fits import Wanted
from rag.judge import Judge, Judged, Weights
from rag.ports import Adapter, Encoder, Vectors
from rag.query import Query
from rag.question_signals import QUESTION, TURNED, of_question, of_turning
from rag.signals import CLAUSE, of_clauses
from rag.thresholds import Thresholds
from rag.trees import Trees
from rag.turning import Turned, Turning
from rag.types import Status
from tests.fakes import PairEncoder


class Listener:
    """Judges as the shipped one does, and keeps what it was shown."""

    def __init__(self) -> None:
        self.seen: list[tuple[Query, Wanted, list[Evidence], float, Judged]] = []

    def turned(self, text: str, vector: Vectors, encoder: Encoder) -> Turned:
        return Judge.shipped().turned(text, vector, encoder)

    def judge(self, query: Query, wanted: Wanted, evidence: list[Evidence], nothing: float) -> Judged:
        found = Judge.shipped().judge(query, wanted, evidence, nothing)
        self.seen.append((query, wanted, evidence, nothing, found))
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
    assert judge.clause.names == (*CLAUSE, *TURNED)
    assert judge.question.weights.shape == (len(QUESTION),)
    assert np.unique(judge.clause.feature).size > len(CLAUSE) / 2
    assert judge.turning.matrix.shape == (384, 384)


def test_trees_lead_a_row_to_one_leaf_each_and_add_up() -> None:
    # x0 <= 0.5 ? 1 : (x1 <= 2 ? -1 : 3), and a tree that is one leaf of 0.5
    trees = Trees(
        ("a", "b"),
        base=-0.5,
        roots=np.array([0, 5]),
        feature=np.array([0, 0, 1, 0, 0, 0]),
        threshold=np.array([0.5, 0.0, 2.0, 0.0, 0.0, 0.0]),
        left=np.array([1, 1, 3, 3, 4, 5]),
        right=np.array([2, 1, 4, 3, 4, 5]),
        value=np.array([0.0, 1.0, 0.0, -1.0, 3.0, 0.5]),
    )
    rows = np.array([[0.5, 9.0], [0.6, 2.0], [0.6, 2.1]])
    assert trees.probabilities(rows) == pytest.approx(1 / (1 + np.exp(-np.array([1.0, -1.0, 3.0]))))
    assert trees.probabilities(rows[:0]).shape == (0,)
    again = Trees.read(trees.arrays(), ("a", "b"))
    assert (again.probabilities(rows) == trees.probabilities(rows)).all()
    with pytest.raises(ValueError, match="other signals"):
        Trees.read(trees.arrays(), ("b", "a"))


def test_a_turned_question_is_compared_at_unit_length_and_one_without_an_adapter_as_it_is() -> None:
    adapter = Adapter(np.zeros((1, 2, 2), np.float32), np.zeros((1, 2, 2), np.float32))
    halves = np.array([0.2, 0.0], np.float32), np.array([0.0, 0.5], np.float32)
    turning = Turning(adapter, np.array([[0.0, 1.0], [0.0, 0.0]], np.float32), *halves, floor=0.1)
    turned = turning.of_adapted(np.array([1.0, 0.0], np.float32))
    assert turned.vectors == pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [0.2, 0.0]]))
    assert turned.nothing == pytest.approx(0.1 + 0.5 * 0.5**0.5)
    again = Turning.read(turning.arrays())
    assert again.of_adapted(np.array([1.0, 0.0], np.float32)).vectors == pytest.approx(turned.vectors, abs=1e-3)
    own = np.array([0.6, 0.8], np.float32)
    plain = turning.of("?", own, PairEncoder())
    assert plain.vectors.tolist() == [own.tolist(), [0.0, 0.0]]


def test_the_clause_nearest_to_the_turned_question_ranks_first() -> None:
    signals = of_turning(np.array([[0.1, 0.0], [0.4, 0.1], [0.2, -0.1]]), nothing=0.3)
    expected = [[0.1, -0.3, 1 / 3, 0.0, -0.2], [0.4, 0.0, 1.0, 0.1, 0.2], [0.2, -0.2, 0.5, -0.1, -0.2]]
    assert signals == pytest.approx(np.array(expected))


def test_the_clause_that_answers_is_the_likeliest_and_the_order_is_total(
    services: Services, listener: Listener
) -> None:
    services.assistant.ask("新增多少基础教育学位？")
    query, wanted, evidence, nothing, judged = listener.seen[-1]
    assert "7500个以上" in judged.clauses[0].text
    likely = [item.bears for item in judged.clauses]
    assert likely == sorted(likely, reverse=True)
    assert likely[0] > 5 * likely[1]
    again = Judge.shipped().judge(query, wanted, evidence, nothing)
    assert [item.bears for item in again.clauses] == likely
    assert again.answerable == judged.answerable


def test_what_the_plan_answers_is_likelier_answerable_than_what_it_leaves_open(
    services: Services, listener: Listener
) -> None:
    for question in ("到2025年每千常住人口有多少张床位？", "区医院新院区有多少名医生？"):
        services.assistant.ask(question)
    stated, open_ = (judged.answerable for *_, judged in listener.seen)
    assert stated > Thresholds().answers > 3 * open_


def test_signals_are_finite_and_as_many_as_their_names(services: Services, listener: Listener) -> None:
    for question in ("要建哪些学校？", "when will it open?", "¿Qué escuelas se construirán?", "2025年"):
        services.assistant.ask(question)
    for query, wanted, evidence, nothing, judged in listener.seen:
        clauses = of_clauses(query, wanted, evidence[:5])
        turned = of_turning(np.array([item.further for item in evidence[:5]]), nothing)
        assert clauses.shape == (min(5, len(evidence)), len(CLAUSE))
        likely = np.array([item.bears for item in judged.clauses[: len(clauses)]])
        whole = of_question(query, wanted, clauses, turned, likely)
        assert np.isfinite(clauses).all()
        assert np.isfinite(whole).all()


class Sure(Listener):
    """Holds every question for one that the plan answers."""

    def judge(self, query: Query, wanted: Wanted, evidence: list[Evidence], nothing: float) -> Judged:
        return replace(super().judge(query, wanted, evidence, nothing), answerable=0.9)


def test_what_another_year_or_a_false_premise_contradicts_is_no_answer(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.assistant, "judge", Sure())
    ask = services.assistant.ask
    assert ask("区医院新院区建设吗？").status is Status.ANSWERED
    assert ask("第二产业增加值占GDP比重达多少？").status is Status.NOT_STATED  # it is the third whose share is told
    assert ask("计划为什么决定停建宝璋肿瘤医院？").status is Status.NOT_STATED
    assert ask("2020年一般公共预算总收入是多少？").status is Status.NOT_STATED
    assert ask("What is the target for GDP growth?").status is Status.NOT_STATED  # shares of it are told, no growth
    assert ask("新增多少个基础教育学位？").status is Status.ANSWERED
    assert ask("现有多少个基础教育学位？").status is Status.NOT_STATED  # the plan tells what it aims at
