"""What a question demands of a text that answers it, on wordings of other plans than the shipped one."""

from __future__ import annotations

import pytest

from rag.demands import demands, met

MET = [
    ("What is the GDP target?", "经济总量突破400亿元"),
    ("地区生产总值目标是多少", "地区生产总值增长5%以上"),
    ("地铁几月份通车？", "地铁17号线9月通车"),
    ("In which month does it open?", "The terminal opens in March 2027"),
    ("新增多少张养老床位？", "新增养老床位1200张"),
    ("公路要修多少公里？", "建成农村公路三百公里"),
    ("How many kilometres of road?", "新建公路12公里"),
    ("工业增速是多少", "工业增加值年均增长8%"),
    ("第二产业占比多少？", "第二产业占比达45%"),
    ("地铁3号线什么时候开工？", "地铁3号线2026年开工"),
    ("校长是谁", "校长：王某某"),
    ("为什么要搬迁老市场？", "为了缓解交通拥堵，搬迁老市场"),
    ("去年新增了多少就业？", "去年新增就业3万人"),
    ("哪些医院要撤销？", "撤销东门卫生院"),
    ("接待了多少游客？", "接待游客3500万人次、增长10.4%"),
    ("How many tourists came?", "接待游客3500万人次"),
    ("Which company built the bridge?", "大桥由青山建设集团承建"),
    ("哪家单位牵头", "由县投资促进工作领导小组负责"),
    ("基地建在什么地方？", "在云溪县建设防治基地"),
    ("Where is the power station going to be built?", "牛首山抽水蓄能电站开工"),
    ("Who leads the group?", "组长由副市长担任"),
    ("What is the target for GDP growth?", "地区生产总值增长5%左右"),
    ("为什么选东门而不是西门？", "由于东门客流集中，先行改造东门片区"),
    ("How many square kilometres will the city cover?", "建成区扩大到40平方公里"),
    ("How many firms do they hope to grow by 2030?", "到2030年培育企业30家"),
    ("自行车道要修多少公里？", "Build 58 kilometres of protected cycle lanes"),
    ("哪个部门负责图书馆？", "Lead: Libraries and Culture Department"),
    ("Why is the bridge replaced?", "The bridge is replaced because its piers are worn"),
    ("动力配套产业链以哪家企业为核心？", "以华南动力系统为核心的动力配套产业链"),
]
UNMET = [
    ("What is the GDP target?", "第三产业增加值占GDP比重达35%"),
    ("GDP目标是多少", "数字经济规模占全区地区生产总值40%"),
    ("地铁17号线今年几月份通车？", "开通地铁17号线全线"),
    ("In which month does it open?", "The terminal opens in 2027"),
    ("新增多少张养老床位？", "新建养老院12所"),
    ("博物馆有多少平方米？", "建成区扩大到40平方公里"),
    ("How many kilometres of road?", "新建公路三条"),
    ("工业增速是多少", "工业增加值达到80亿元"),
    ("第二产业占比多少？", "第三产业占比达45%"),
    ("北京八中和谁合作", "与北京四中合作办学"),
    ("地铁3号线什么时候开工？", "地铁1号线、13号线2026年开工"),
    ("校长是谁", "支持青山中学创建达标高中"),
    ("Who is the headmaster?", "支持青山中学创建达标高中"),
    ("为什么要搬迁老市场？", "搬迁老市场"),
    ("去年新增了多少就业？", "力争新增就业3万人"),
    ("哪些医院要撤销？", "扩建东门医院"),
    ("What is the target for GDP growth?", "第三产业占GDP比重达35%，研发经费年均增长20%"),
    ("为什么选东门而不是西门？", "先行改造东门片区"),
    ("Which hospitals will be closed?", "扩建东门医院"),
    ("接待了多少游客？", "接待游客人次增长10.4%"),
    ("How many tourists came?", "接待游客人次增长20.7%"),
    ("Which company built the platform?", "单机容量最大的风电平台正式交付"),
    ("基地选在什么地方？", "投资5亿元，启动建设传染病防治"),
    ("Who won the medals?", "运动员获得3块金牌"),
    ("自行车道要修多少公里？", "Build protected cycle lanes along the river"),
    ("How fast will output grow?", "Output will be measured each spring"),
    ("到2030年建多少所学校？", "到2030年，学校教育质量提高"),
]


@pytest.mark.parametrize(("question", "text"), MET)
def test_what_was_asked_for_is_recognised(question: str, text: str) -> None:
    assert met(demands(question), text, text)


@pytest.mark.parametrize(("question", "text"), UNMET)
def test_what_speaks_of_the_subject_only_does_not_answer(question: str, text: str) -> None:
    assert not met(demands(question), text, text)


def test_the_reason_may_stand_beside_the_clause_but_the_unit_may_not() -> None:
    sentence = "为了缓解拥堵，搬迁老市场，新增车位300个"
    assert met(demands("为什么搬迁老市场"), "搬迁老市场", sentence)
    assert not met(demands("老市场有多少亩"), "搬迁老市场", "搬迁老市场，占地20亩")


@pytest.mark.parametrize(
    "question", ["要建哪些学校？", "养老怎么安排", "what schools are being built?", "目前规划了什么"]
)
def test_a_plain_question_demands_nothing(question: str) -> None:
    assert demands(question) == []


@pytest.mark.parametrize(
    "question",
    [
        "How will the plan address air pollution?",
        "How close is the nearest hospital?",
        "What is done about closing the digital gap?",
        "地铁几号线要延伸？",
        "如何促进经济增长？",
        "How will tourism support economic growth?",
        "数字经济增速目标是多少？",
        "Will a shuttle bus be opened?",
        "如何打击电话诈骗犯罪？",
        "When does the island-wide customs closure start?",
    ],
)
def test_a_word_in_another_sense_decides_nothing(question: str) -> None:
    assert not any(demand.decides for demand in demands(question))
