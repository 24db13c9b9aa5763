"""Follow-ups are understood from the questions before them; a new topic is left alone."""

from __future__ import annotations

import pytest

from app.wiring import Services
from rag.followup import follow_up, without_courtesy
from rag.parts import questions_in
from rag.smalltalk import small_talk
from rag.types import Status

FOLLOW_UPS = [
    (["要建哪些学校？"], "那医院呢？", "要建哪些医院？"),
    (["what schools are being built?"], "what about hospitals?", "what hospitals are being built?"),
    (["which new schools are being built?"], "and the roads?", "which new roads are being built?"),
    (["卫生用品产值定了多少"], "那纺织鞋服呢", "纺织鞋服产值定了多少"),
    (["2025年数字经济占比多少？"], "2030年呢？", "2030年数字经济占比多少？"),
    (["纺织鞋服产值目标是多少？"], "工艺制品呢？", "工艺制品产值目标是多少？"),
    (["河市中学有什么规划？"], "马甲中学呢？", "马甲中学有什么规划？"),
    (["What is the plan for elderly care?"], "And children?", "What is the plan for children?"),
    (["How many school places will be added?"], "no, I meant hospital beds", "How many hospital beds will be added?"),
    (["要新增多少学位？"], "不对，我问的是就业", "要新增多少就业？"),
    (["要建哪些学校？", "谢谢！"], "好的，那医院呢？", "要建哪些医院？"),
    (
        ["What schools are being built?", "which of these are kindergartens?"],
        "and hospitals?",
        "What hospitals are being built?",
    ),
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


def test_what_was_narrowed_stays_so(services: Services) -> None:
    """After "which are kindergartens?" the first one is a kindergarten, and so is what is told in English."""
    history = ["要建哪些学校？", "其中哪些是幼儿园？"]
    assert "幼儿园" in (services.assistant.ask("第一个呢？", None, history).resolved or "")
    english = services.assistant.ask("In English please", None, history)
    assert english.citations
    assert all("幼儿园" in citation.quote for citation in english.citations)


def test_of_all_targets_those_of_one_subject_can_be_told(services: Services) -> None:
    answer = services.assistant.ask("其中哪些是床位？", None, ["规划有哪些数字目标？"])
    assert answer.citations
    assert all("床位" in citation.quote for citation in answer.citations)


def test_follow_ups_in_traditional_characters_are_understood(services: Services) -> None:
    answer = services.assistant.ask("第二個呢？", None, ["三大旅遊帶有哪些？"])
    assert answer.resolved == services.assistant.ask("第二个呢？", None, ["三大旅游带有哪些？"]).resolved


def test_what_points_back_keeps_the_subject(services: Services) -> None:
    answer = services.assistant.ask("其中哪些是幼儿园？", None, ["要建哪些学校？"])
    assert any("幼儿园" in citation.quote for citation in answer.citations)


SOME = [
    ("要建哪些学校？", "哪些是扩建的？", "扩建", "创建"),
    ("要建哪些学校？", "只看幼儿园", "幼儿园", "中学"),
    ("有哪些公路建设？", "其中哪些是高速？", "高速", "万虹路"),
    ("What schools are being built?", "which of these are kindergartens?", "幼儿园", "阳江中学"),
]


@pytest.mark.parametrize(("before", "question", "has", "lacks"), SOME)
def test_some_of_what_was_told_are_told_and_no_others(
    services: Services, before: str, question: str, has: str, lacks: str
) -> None:
    answer = services.assistant.ask(question, None, [before])
    assert answer.status is Status.ANSWERED
    assert all(has in citation.quote for citation in answer.citations)
    assert not any(lacks in citation.quote for citation in answer.citations)
    assert len(answer.citations) < 4


def test_of_what_was_told_none_is_of_a_kind_that_it_lacks(services: Services) -> None:
    answer = services.assistant.ask("which of these are universities?", None, ["What hospitals are being built?"])
    assert answer.status is Status.NOT_STATED


ONES = [
    ("三大旅游带有哪些？", "第二个呢？", "洛阳江金色乡村旅游"),
    ("三大旅游带有哪些？", "最后一个是什么？", "山地绿色生态旅游"),
    ("What are the three tourism belts?", "tell me more about the second one", "洛阳江金色乡村旅游"),
    ("智能装备产业链有哪些？", "第二个呢？", "以云箭集团为核心的感知测控产业链"),
]


@pytest.mark.parametrize(("before", "question", "item"), ONES)
def test_one_of_what_was_told_is_meant_by_its_place(services: Services, before: str, question: str, item: str) -> None:
    answer = services.assistant.ask(question, None, [before])
    assert answer.resolved == item
    assert item in answer.citations[0].quote
    assert answer.language == ("zh" if before[0] > "z" else "en")


@pytest.mark.parametrize("question", ["are you sure?", "Really?", "确定吗？"])
def test_a_doubt_is_met_with_the_same_words_again(services: Services, question: str) -> None:
    before = "到2025年每千人有多少张床位？"
    answer = services.assistant.ask(question, None, [before])
    assert [c.quote for c in answer.citations] == [c.quote for c in services.assistant.ask(before).citations]


def test_the_same_answer_is_told_in_another_language(services: Services) -> None:
    english = services.assistant.ask("In English please", None, ["到2025年每千人有多少张床位？"])
    assert "5 per 1,000" in english.text
    chinese = services.assistant.ask("用中文说", None, ["How many hospital beds per thousand residents?"])
    assert chinese.text.startswith("到2025年")
    assert [c.quote for c in english.citations] == [
        c.quote for c in services.assistant.ask("到2025年每千人有多少张床位？").citations
    ]


def test_a_refused_question_gives_no_subject(services: Services) -> None:
    question = "那洛江的学位目标呢？"
    answer = services.assistant.ask(question, None, ["法国首都是哪里？"])
    assert "法国" not in (answer.resolved or "")
    assert any("7500个" in citation.quote for citation in answer.citations)


def test_three_questions_strung_together_are_answered_one_by_one(services: Services) -> None:
    answer = services.assistant.ask("床位目标是多少张, 新增学位多少个, 区长是谁")
    assert [line for line in answer.text.split("\n") if line.endswith("？")] == [
        "床位目标是多少张？",
        "新增学位多少个？",
        "区长是谁？",
    ]
    assert "（规划没有说明这一点）" in answer.text


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


NEW_TOPICS = [
    "有5家医院吗？",
    "洛江区有没有机场呢？",
    "怎么促进就业？",
    "重点产业有哪些，其中哪些要超百亿？",
    "what are craft products?",
    "And can I build a house?",
    "What is planned to help the elderly so that they can live at home?",
    "Well drilling plans",
    "第一产业有什么目标？",
    "医院何时建成呢？",
    "养老服务如何完善呢",
    "是否新建医院呢",
]


@pytest.mark.parametrize("question", NEW_TOPICS)
def test_what_only_sounds_like_a_follow_up_stands_alone(services: Services, question: str) -> None:
    assert services.assistant.ask(question, None, ["要建哪些学校？"]).resolved is None


@pytest.mark.parametrize("question", ["what about   ?", "and for the ?", "and --?", "just  the ", "no, I mean   "])
def test_a_follow_up_may_say_nothing(services: Services, question: str) -> None:
    assert services.assistant.ask(question, None, ["要建哪些学校？"]).resolved is None


@pytest.mark.parametrize(
    "unit", ["能不能", "tell me more about ", "推进基础设施建设", "can you ", "好的，", "the first "]
)
def test_a_long_message_is_soon_understood(unit: str) -> None:
    """A pattern that tries every way to read it would take years."""
    message = (unit * 700)[:2000]
    for text in (message, message[:118], f"{message[:100]} zz the first one"):
        without_courtesy(text)
        follow_up(text)
        questions_in(text)
        small_talk(text)


def test_a_question_before_that_was_too_long_is_left_out(services: Services) -> None:
    assert services.assistant.ask("那医院呢？", None, ["学" * 2500]).status is Status.ANSWERED


def test_a_doubted_figure_is_set_against_the_plans(services: Services) -> None:
    answer = services.assistant.ask("是50家吧？", None, ["新培育多少家高新技术企业？"])
    assert "50家" in answer.text.split("\n")[0]
    assert "30家以上" in answer.text


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
