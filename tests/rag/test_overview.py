"""The plan as a whole is told by its parts, its targets by every clause with one."""

from __future__ import annotations

import pytest

from app.wiring import Services
from rag.types import Status


@pytest.mark.parametrize(
    "question",
    [
        "总结一下规划",
        "这份规划主要讲什么？",
        "概括全文",
        "Summarize the plan.",
        "What is this plan about?",
        "主要内容是什么",
    ],
)
def test_the_plan_as_a_whole_is_told_by_its_parts(services: Services, question: str) -> None:
    answer = services.assistant.ask(question)
    assert answer.status is Status.ANSWERED
    quotes = [citation.quote for citation in answer.citations]
    assert sum(quote.startswith("今后5年，洛江区将") for quote in quotes) == 5
    assert any("两大目标" in quote for quote in quotes)


@pytest.mark.parametrize("question", ["规划有哪些数字目标？", "What numerical targets does the plan set?"])
def test_every_target_with_a_figure_is_told(services: Services, question: str) -> None:
    quotes = "".join(citation.quote for citation in services.assistant.ask(question).citations)
    figures = "400亿元 30亿元 35% 20%以上 200亿元 40% 30家以上 8家以上 7500个以上 达5张 1.8万人 6.5% 40平方公里".split()
    assert [figure for figure in figures if figure not in quotes.replace(" ", "")] == []


@pytest.mark.parametrize("question", ["2025年的目标有哪些？", "What are the targets for 2025?"])
def test_targets_of_a_year_are_of_that_year(services: Services, question: str) -> None:
    citations = services.assistant.ask(question).citations
    assert len(citations) == 5
    assert all("2025" in citation.quote for citation in citations)


@pytest.mark.parametrize("question", ["What year is the plan about?", "主要任务完成了多少？"])
def test_a_question_for_a_fact_is_not_told_the_whole_plan(services: Services, question: str) -> None:
    assert len(services.assistant.ask(question).citations) < 4
