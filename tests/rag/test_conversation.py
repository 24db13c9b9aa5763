"""Follow-ups are understood from the questions before them; a new topic is left alone."""

from __future__ import annotations

import pytest

from app.wiring import Services
from rag.parts import questions_in
from rag.types import Status

FOLLOW_UPS = [
    (["要建哪些学校？"], "那医院呢？", "要建哪些医院？"),
    (["what schools are being built?"], "what about hospitals?", "what hospitals are being built?"),
    (["which new schools are being built?"], "and the roads?", "which new roads are being built?"),
    (["卫生用品产值定了多少"], "那纺织鞋服呢", "纺织鞋服产值定了多少"),
    (["2025年数字经济占比多少？"], "2030年呢？", "2030年数字经济占比多少？"),
]


@pytest.mark.parametrize(("history", "question", "resolved"), FOLLOW_UPS)
def test_another_subject_takes_the_place_of_the_first(
    services: Services, history: list[str], question: str, resolved: str
) -> None:
    assert services.assistant.ask(question, None, history).resolved == resolved


def test_another_thing_is_asked_of_the_same_subject(services: Services) -> None:
    answer = services.assistant.ask("什么时候完工？", None, ["万虹路拓改包括哪些内容？"])
    assert answer.resolved is not None
    assert "万虹路" in answer.resolved
    assert answer.status is Status.NOT_STATED
    assert any("万虹路" in citation.quote for citation in answer.related)


def test_what_points_back_keeps_the_subject(services: Services) -> None:
    answer = services.assistant.ask("其中哪些是幼儿园？", None, ["要建哪些学校？"])
    assert any("幼儿园" in citation.quote for citation in answer.citations)


def test_follow_ups_build_on_each_other(services: Services) -> None:
    answer = services.assistant.ask("花多少钱？", None, ["要建哪些学校？", "那医院呢？"])
    assert answer.resolved is not None
    assert "医院" in answer.resolved
    assert "学校" not in answer.resolved


@pytest.mark.parametrize("question", ["到2025年有多少张床位？", "洛江的污水怎么治理？", "How many new jobs?"])
def test_a_new_topic_is_not_dragged_back(services: Services, question: str) -> None:
    answer = services.assistant.ask(question, None, ["要建哪些学校？"])
    assert answer.resolved is None
    alone = services.assistant.ask(question)
    assert (answer.text, answer.citations) == (alone.text, alone.citations)


def test_several_questions_are_answered_one_by_one(services: Services) -> None:
    answer = services.assistant.ask("卫生用品产值定了多少？到2025年每千常住人口有多少张床位？")
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    quotes = "".join(citation.quote for citation in answer.citations)
    assert "100亿元" in quotes
    assert "达5张" in quotes
    for citation in answer.citations:
        assert f"[{citation.number}]" in answer.text


def test_every_question_of_a_message_is_marked_as_one_over_its_answer(services: Services) -> None:
    text = services.assistant.ask("医生水平咋提高？要培养哪些人").text
    assert [line for line in text.split("\n") if line.endswith("？")] == ["医生水平咋提高？", "要培养哪些人？"]


def test_questions_are_told_apart_but_one_thought_stays_whole() -> None:
    assert questions_in("要建哪些学校？床位目标是多少？") == ["要建哪些学校？", "床位目标是多少？"]
    assert questions_in("要建哪些学校") == ["要建哪些学校"]
    assert questions_in("真的吗？？") == ["真的吗？？"]
