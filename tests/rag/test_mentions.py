"""Everything that a plan says of one thing, and only where that is asked for."""

from __future__ import annotations

import pytest

from app.wiring import Services
from rag.types import Status

EVERYWHERE = [
    ("西人马", ("传感芯片产业链", "智能传感平台", "联合测控")),
    ("和马甲有关的安排有哪些，学校、河道、乡镇都算", ("马甲中学", "马甲溪", "特色乡镇")),
    ("河市有什么项目", ("河市中学", "河市卫生院", "河市东溪", "河市—罗溪", "特色乡镇")),
    ("我住万安，未来五年家门口有哪些变化？", ("万安社区卫生服务中心", "退城入园", "万安商贸城")),
    ("Which projects mention FATRI?", ("传感芯片产业链", "智能传感平台", "联合测控")),
    ("What's planned in Heshi?", ("河市中学", "河市卫生院", "河市东溪", "河市—罗溪", "特色乡镇")),
]


@pytest.mark.parametrize(("question", "told"), EVERYWHERE)
def test_all_mentions_of_a_thing_are_told(services: Services, question: str, told: tuple[str, ...]) -> None:
    answer = services.assistant.ask(question)
    quotes = "\n".join(citation.quote for citation in answer.citations)
    assert [piece for piece in told if piece not in quotes] == []
    assert answer.completeness is not None
    assert answer.completeness.complete


@pytest.mark.parametrize(
    "question",
    ["马甲中学要创建几级达标高中？", "规划的所有指标有哪些？", "万虹路拓改花多少钱？", "How large will Heshi be?"],
)
def test_a_question_for_something_of_it_is_searched_for(services: Services, question: str) -> None:
    mentioned = services.assistant.ask(question)
    assert mentioned.confidence != 1.0 or len(mentioned.citations) > 8


@pytest.mark.parametrize(
    ("words", "quoted"), [("港湾计划", "港湾计划"), ("悠游洛江", "悠游洛江"), ("Harbor Plan", "港湾计划")]
)
def test_a_name_alone_is_told_where_it_stands(services: Services, words: str, quoted: str) -> None:
    answer = services.assistant.ask(words)
    assert answer.status is Status.ANSWERED
    assert quoted in answer.citations[0].quote


def test_a_word_alone_that_the_plan_has_not_is_refused(services: Services) -> None:
    assert services.assistant.ask("地铁").status is Status.OUT_OF_SCOPE
