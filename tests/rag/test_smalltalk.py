"""What is said to the assistant is answered as what it is, an opinion is not given."""

from __future__ import annotations

import pytest

from app.wiring import Services
from rag.types import Status


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("谢谢！", "不客气"),
        ("Thanks, that was helpful", "welcome"),
        ("再见", "再见"),
        ("你是谁？", "PlanQA"),
        ("Who made you?", "PlanQA"),
        ("你好", "您好"),
        ("ok", "All right"),
    ],
)
def test_small_talk_is_answered_as_what_it_is(services: Services, question: str, word: str) -> None:
    answer = services.assistant.ask(question)
    assert answer.status is Status.GREETING
    assert word in answer.text


@pytest.mark.parametrize("question", ["你觉得这个规划好吗？", "Is the plan any good?"])
def test_an_opinion_is_not_given(services: Services, question: str) -> None:
    answer = services.assistant.ask(question)
    assert answer.status is Status.OUT_OF_SCOPE
    assert answer.citations == ()
