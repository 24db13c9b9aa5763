"""What a question takes for granted is set against the plan: a figure, a thing that is built."""

from __future__ import annotations

import pytest

from app.wiring import Services
from rag.types import Status


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("学位8500个以上是吗？", "8500个"),
        ("Will 8500 school places be added?", "8500"),
        ("计划说2025年数字经济占50%，对吗？", "50%"),
        ("居民收入年均增长8%是吗", "8%"),
        ("建成区面积扩大到50平方公里，对吗", "50平方公里"),
    ],
)
def test_a_figure_that_the_plan_has_otherwise_is_named_before_the_plans(
    services: Services, question: str, figure: str
) -> None:
    answer = services.assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert figure in answer.text.split("\n")[0]
    assert not any(figure in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("工艺制品的产值目标是200亿元，对吗", "200亿元"),
        ("True or false: the output of craft products will reach 20 billion yuan", "20 billion yuan"),
        ("一般公共预算总收入突破400亿元，对吗", "400亿元"),
        ("Is it true that budget revenue will exceed 4 billion yuan?", "4 billion yuan"),
        ("第三产业占比达45%，是不是真的", "45%"),
        ("第三产业占GDP比重达20%，对吗", "20%"),
    ],
)
def test_a_figure_that_the_plan_has_of_something_else_is_named_too(
    services: Services, question: str, figure: str
) -> None:
    assert figure in services.assistant.ask(question).text.split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "工艺制品的产值目标是150亿元，对吗",
        "纺织鞋服产值200亿元对吗",
        "Will craft products reach 15 billion yuan?",
        "一般公共预算总收入突破30亿元，对吗",
        "Is it true that budget revenue will exceed 3 billion yuan?",
        "第三产业占GDP比重达35%，对吗",
    ],
)
def test_a_figure_among_others_that_the_plan_has_is_not_contradicted(services: Services, question: str) -> None:
    text = services.assistant.ask(question).text
    assert "您说的" not in text
    assert "than your" not in text


@pytest.mark.parametrize(
    "question", ["学位7500个以上是吗？", "Will 7,500 school places be added?", "2025年高新技术企业30家以上，对吗？"]
)
def test_a_figure_that_the_plan_has_is_not_contradicted(services: Services, question: str) -> None:
    answer = services.assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert "您说的" not in answer.text
    assert "than your" not in answer.text


@pytest.mark.parametrize(
    "question", ["会建地铁吗？", "有没有说要修地铁？", "Will a zoo be built?", "When will the subway be opened?"]
)
def test_a_thing_that_the_plan_names_nowhere_is_not_built(services: Services, question: str) -> None:
    assert services.assistant.ask(question).status is Status.OUT_OF_SCOPE


@pytest.mark.parametrize("question", ["会建幼儿园吗？", "Will a museum be built?", "Will new kindergartens be built?"])
def test_a_thing_that_the_plan_names_is_built(services: Services, question: str) -> None:
    assert services.assistant.ask(question).status is Status.ANSWERED


@pytest.mark.parametrize(
    "question",
    [
        "Where are the 2 new primary schools?",
        "2021-2025年的产值目标",
        "Will textile output exceed 20bn yuan?",
        "学位会超过7000个吗？",  # it will: 7500
        "Will at least 7,000 school places be added?",
    ],
)
def test_a_figure_by_the_way_is_not_contradicted(services: Services, question: str) -> None:
    text = services.assistant.ask(question).text
    assert "您说的" not in text
    assert "than your" not in text
