"""Moving the thresholds between an answer and a refusal."""

from __future__ import annotations

from dataclasses import fields

from app.wiring import Services
from eval.calibrate import STEPS, calibrate, describe, swapped
from eval.questions import Question
from rag.thresholds import Thresholds
from rag.types import Answer, Document, DocumentInfo

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
        services.assistant.thresholds = Thresholds(answers=2.0)
        strict = services.assistant.ask(questions[0].question, PLAN)
    finally:
        services.assistant.thresholds = used
    assert trials[0].name == ""
    assert (trials[0].right, trials[0].refused_answerable, trials[0].answered_unanswerable) == (1.0, 0.0, 0.0)
    assert len(trials) == 1 + len(fields(used)) * len(STEPS)
    assert strict.status == "not_stated"
    assert f"share {used.share}" in describe(trials, used)


def test_questions_put_to_another_document_go_to_one_of_another_kind() -> None:
    """Of two reports alike each answers what is asked of the other."""
    texts = {
        "report-a": "全省新增城镇就业三万人，粮食产量稳定增长。" * 3,
        "report-b": "全省新增城镇就业五万人，粮食产量再创新高。" * 3,
        "rules-a": "测试车辆应当具备自动记录装置，驾驶人须经培训。" * 3,
        "rules-b": "测试车辆应当购买保险，驾驶人须经考核合格。" * 3,
    }
    plans = list(texts)
    questions = [Question(id=str(n), question=f"问题{n}？", plan=plans[n % 4]) for n in range(16)]

    def document(plan: str) -> Document:
        return Document(DocumentInfo(plan, plan), texts[plan], "", (), ())

    others = swapped(questions, 8, document)
    assert len(others) == 8
    by_id = {question.id: question for question in questions}
    assert not any(other.answerable for other in others)
    for other in others:
        own = by_id[other.id.removeprefix("swapped-")].plan or ""
        assert other.plan is not None
        assert other.plan.split("-")[0] != own.split("-")[0]
    assert swapped([question for question in questions if question.plan == "rules-a"], 4, document) == []
