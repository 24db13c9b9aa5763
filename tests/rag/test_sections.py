"""A question on something in particular of a section is answered from it, not with the section."""

from __future__ import annotations

import pytest

from app.wiring import Services
from rag.question import asks_for, asks_one
from rag.sections import of_section
from rag.types import Status


@pytest.mark.parametrize(
    ("question", "rest", "heading"),
    [
        ("智慧洛江部分，培育多少家高新技术企业？", "培育多少家高新技术企业？", "智慧洛江"),
        ("在制造洛江板块里，有哪些产业链？", "有哪些产业链？", "制造洛江"),
        ("Does the section on ecology say anything about schools?", "Does  say anything about schools?", None),
        ("Under the manufacturing section, who leads the chain?", "who leads the chain?", None),
    ],
)
def test_what_is_asked_of_a_section_is_told_from_its_name(
    services: Services, question: str, rest: str, heading: str | None
) -> None:
    found = of_section(question, services.library.document("luojiang-2021"))
    assert found is not None
    assert found.question == rest
    assert (found.section is None) if heading is None else found.section and heading in found.section.headings[-1]


@pytest.mark.parametrize(
    "question",
    [
        "清新洛江部分主要讲什么",
        "Summarise the part on roads",
        "What does the section on ecology say?",
        "哪几部分组成？",
        "部分地区要建什么？",
        "要建哪些学校？",
    ],
)
def test_a_section_as_a_whole_or_none_is_nothing_in_particular(services: Services, question: str) -> None:
    assert of_section(question, services.library.document("luojiang-2021")) is None


@pytest.mark.parametrize(
    ("question", "quoted", "most"),
    [
        ("智慧洛江部分，培育多少家高新技术企业？", "30家以上", 1),
        ("品质洛江部分提到了哪些公园？", "滨江城市公园", 2),
        ("Under the manufacturing section, who leads the sensor chip chain?", "以西人马为核心", 2),
        ("“智慧洛江”开头定的大方向讲的啥", "大抓产业数字化", 1),
        ("What is the overall aim of the ecology section?", "争创国家生态文明建设示范区", 1),
    ],
)
def test_it_is_told_alone(services: Services, question: str, quoted: str, most: int) -> None:
    answer = services.assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert quoted in "".join(citation.quote for citation in answer.citations)
    assert len(answer.citations) <= most


def test_a_section_of_a_road_is_none_of_the_plan(services: Services) -> None:
    answer = services.assistant.ask("How long, in kilometres, is the Shuangyang section of Xihuan Road?")
    assert answer.status is Status.NOT_STATED


def test_it_is_looked_for_in_that_section_alone(services: Services) -> None:
    answer = services.assistant.ask("智慧洛江部分，力争新增多少个学位？")
    assert answer.status is not Status.ANSWERED


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("生态部分有没有提到湿地公园", Status.NOT_STATED),
        ("In the ecology section, does it mention a wetland park?", Status.NOT_STATED),
        ("有没有提到地铁", Status.OUT_OF_SCOPE),
        ("Does the plan mention subways?", Status.OUT_OF_SCOPE),
        ("报告提到就业了吗", Status.ANSWERED),
        ("有没有提到老年人", Status.ANSWERED),
        ("Are kindergartens mentioned?", Status.ANSWERED),
        ("Does the plan mention artificial intelligence?", Status.ANSWERED),
    ],
)
def test_what_is_mentioned_nowhere_is_said_to_be_so(services: Services, question: str, status: Status) -> None:
    assert services.assistant.ask(question).status is status


@pytest.mark.parametrize(
    ("question", "one"),
    [
        ("Which national title is the district trying to win?", True),
        ("今后五年民生工作总的思路是什么？", True),
        ("What is the urban layout called?", True),
        ("Which schools are being built?", False),
        ("Which title is it and who awards it?", False),
        ("要建哪些学校？", False),
    ],
)
def test_there_is_one_of_some_things(question: str, one: bool) -> None:
    assert asks_one(question, asks_for(question)) is one
