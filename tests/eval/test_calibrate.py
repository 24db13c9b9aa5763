"""Moving the thresholds between an answer and a refusal."""

from __future__ import annotations

from dataclasses import fields

from app.wiring import Services
from eval.calibrate import STEPS, calibrate, describe, swapped
from eval.questions import Question
from rag.thresholds import Thresholds
from rag.types import Answer

PLAN = "luojiang-2021"


def test_a_threshold_out_of_reach_refuses_what_can_be_answered(services: Services) -> None:
    questions = [
        Question(id="a", question="新增基础教育学位多少个？", facts=(("7500",),), gold=((122, 123),)),
        Question(id="b", question="地铁什么时候开通？", answerable=False),
    ]

    def ask(question: Question, thresholds: Thresholds) -> Answer:
        services.assistant.thresholds = thresholds
        return services.assistant.ask(question.question, PLAN)

    used = services.assistant.thresholds
    try:
        trials = calibrate(questions, ask, services.library.document, PLAN, used)
        services.assistant.thresholds = Thresholds(bears=9.0, bears_by_meaning=9.0)
        strict = services.assistant.ask(questions[0].question, PLAN)
    finally:
        services.assistant.thresholds = used
    assert trials[0].name == ""
    assert (trials[0].right, trials[0].refused_answerable, trials[0].answered_unanswerable) == (1.0, 0.0, 0.0)
    assert len(trials) == 1 + len(fields(used)) * len(STEPS)
    assert strict.status == "not_stated"
    assert f"bears {used.bears}" in describe(trials, used)


def test_questions_put_to_another_document_are_unanswerable_and_never_their_own() -> None:
    questions = [Question(id=str(n), question=f"问题{n}？", plan=f"d{n // 2}") for n in range(10)]
    others = swapped(questions, most=4)
    assert 0 < len(others) <= 4
    by_id = {question.id: question for question in questions}
    assert all(not other.answerable for other in others)
    assert all(other.plan != by_id[other.id.removeprefix("swapped-")].plan for other in others)
