"""How a plan is read: of when a part speaks, what is numbered, what heads a paragraph, when it was issued."""

from __future__ import annotations

import pytest

from index.documents import parse
from index.sidecar import Sidecar
from rag.enumeration import head_of, number_asked, points_after, points_named
from rag.imprint import asks_imprint, imprint
from rag.parts import halves
from rag.question import Asked, holds
from rag.summary import summarise
from rag.tense import Tense, asked_tense, tenses
from rag.types import Document

REPORT = """2026年青山县政府工作报告
青政发〔2026〕7号
发布日期：2026年1月15日
一、2025年工作回顾
一年来，全县上下攻坚克难推动高质量发展取得显著成效，生产总值增长5.5%，新建学校3所。
（一）教育。新增学位2000个。
二、2026年重点工作
今年的预期目标是：全县生产总值增长6%左右。
把准着力重点：一是扩大内需。二是改善民生。三是守住底线。
三、基本原则
1.坚持质量优先。
2.坚持依法行政。
本办法自2026年3月1日起施行。
13.实施土地“增存挂钩”。根据各镇数量，制定考核目标。（县经委、县规划局）
"""


@pytest.fixture(scope="module")
def report() -> Document:
    return parse(REPORT, Sidecar(), name="report")


def _number(report: Document, text: str) -> int:
    return next(paragraph.number for paragraph in report.paragraphs if text in paragraph.text)


def test_what_stands_under_a_review_is_past_and_what_under_the_tasks_is_ahead(report: Document) -> None:
    found = tenses(report)
    assert found[_number(report, "新增学位")] is Tense.PAST
    assert found[_number(report, "增长6%")] is Tense.AHEAD


@pytest.mark.parametrize(
    ("question", "tense"),
    [
        ("去年生产总值增长多少？", Tense.PAST),
        ("2025年新建了几所学校", Tense.PAST),
        ("今年生产总值的目标是多少", Tense.AHEAD),
        ("How much did GDP grow?", Tense.PAST),
        ("What is the growth target?", Tense.AHEAD),
        ("去年增长多少，今年目标多少", None),
        ("哪个部门负责？", None),
    ],
)
def test_a_question_looks_back_or_ahead(report: Document, question: str, tense: Tense | None) -> None:
    assert asked_tense(question, report.info) is tense


def test_points_are_told_in_their_order_and_by_their_openings(report: Document) -> None:
    paragraph = report.paragraphs[_number(report, "着力重点") - 1]
    spans = points_after(report, paragraph, 0)
    assert [p.text[begin:stop] for p, begin, stop in spans] == ["一是扩大内需。", "二是改善民生。", "三是守住底线。"]
    heading = report.paragraphs[_number(report, "基本原则") - 1]
    assert [p.text for p, _, _ in points_after(report, heading, 0)] == ["1.坚持质量优先。", "2.坚持依法行政。"]
    assert points_named(report, {"坚持"}, 2) == points_after(report, heading, 0)
    assert points_named(report, {"坚持"}, 3) == []


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("是指哪四个", 4),
        ("十二项重点任务是哪些？", 12),
        ("twenty-five projects", None),
        ("第三个是什么", None),
        ("What five principles?", 5),
        ("未来五年", None),
        ("the next five years", None),
        ("哪些", None),
    ],
)
def test_how_many_a_question_says_there_are(question: str, count: int | None) -> None:
    assert number_asked(question) == count


def test_a_short_numbered_sentence_heads_its_paragraph(report: Document) -> None:
    paragraph = report.paragraphs[_number(report, "增存挂钩") - 1]
    assert paragraph.text[: head_of(paragraph)] == "13.实施土地“增存挂钩”。"
    assert head_of(report.paragraphs[_number(report, "坚持质量优先") - 1]) == 0  # there is nothing under it


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("这份报告是什么时候发布的？", "发布日期：2026年1月15日"),
        ("报告的文号是什么", "青政发〔2026〕7号"),
        ("When was the report published?", "发布日期：2026年1月15日"),
        ("这份报告是哪年哪月的", "发布日期：2026年1月15日"),
        ("这个办法从什么时候起施行", "本办法自2026年3月1日起施行。"),
        ("When did the regulation come into force?", "本办法自2026年3月1日起施行。"),
    ],
)
def test_a_plan_says_when_it_was_issued_and_under_what_number(report: Document, question: str, line: str) -> None:
    assert asks_imprint(question, report.info.title)
    assert [p.text for p, _, _ in imprint(question, report)] == [line]


TITLE = "2026年青山市政府工作报告"


def test_a_question_for_something_in_the_plan_is_not_for_its_imprint() -> None:
    assert not asks_imprint("新行政中心什么时候建成？", TITLE)
    assert not asks_imprint("到2025年要编制哪些规划？", TITLE)
    assert not asks_imprint("When will the new rules on parking be written?", TITLE)


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("绿地系统专项规划什么时候发布？", False),
        ("住房保障办法什么时候出台？", False),
        ("When was the green space plan published?", False),
        ("政府工作报告什么时候发布？", True),
        ("建设用地减量化工作实施方案什么时候印发？", True),
    ],
)
def test_the_date_of_another_document_is_no_imprint(question: str, own: bool) -> None:
    assert asks_imprint(question, "头桥街道建设用地减量化工作实施方案") is own


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("新增3.5万人", True),
        ("建设三所学校", True),
        ("2025年建成12所", True),
        ("10.照明行业：制定标准", False),
        ("到2025年全面提升水平", False),
        ("完成；3.推进改革", False),
    ],
)
def test_the_number_of_a_year_or_of_a_point_is_no_figure(text: str, held: bool) -> None:
    assert holds(Asked.NUMBER, text) is held


def test_a_summary_tells_the_figures_where_they_are_asked_for(report: Document) -> None:
    (section,) = (
        section for section in report.sections if section.headings and section.headings[-1].startswith("一、")
    )
    plain, with_figures = (
        [paragraph.text[begin:stop] for paragraph, begin, stop in summarise(section, report, question)]
        for question in ("Sum up the part on roads", "Sum up the part on roads, with the headline numbers")
    )
    assert not any("新建学校3所" in text for text in plain)
    assert any("新建学校3所" in text for text in with_figures)


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("福建出口2024年增长多少，2025年目标是多少？", ["福建出口2024年增长多少", "福建出口增长 2025年目标是多少？"]),
        ("今年新建多少个乡村，危房改造多少户？", ["今年新建多少个乡村", "今年危房改造多少户？"]),
        ("到2025年，学位增加多少个？", ["到2025年，学位增加多少个？"]),
        ("今年打算新建的公园比去年多还是少", ["新建的公园去年", "今年打算新建的公园"]),
        (
            "How does the 2025 grain target compare with the 2024 harvest?",
            ["grain the 2024 harvest?", "the 2025 grain target harvest?"],
        ),
        ("How far did costs fall from 2020 to 2025?", ["How far did costs fall from 2020 to 2025?"]),
        ("2021年至2025年粮食产量目标是多少？", ["2021年至2025年粮食产量目标是多少？"]),
        ("研发经费占GDP比重的目标是多少？", ["研发经费占GDP比重的目标是多少？"]),
        ("去年和今年的预算分别是多少", ["去年的预算分别是多少", "今年的预算分别是多少"]),
        ("到2025年，森林覆盖率比2020年提高多少？", ["到2025年，森林覆盖率比2020年提高多少？"]),
        ("去年完成的学校今年何时开学？", ["去年完成的学校今年何时开学？"]),
        ("2026年上海市政府工作报告中2025年的GDP增长多少？", ["2026年上海市政府工作报告中2025年的GDP增长多少？"]),
    ],
)
def test_a_question_for_two_figures_or_times_is_two(question: str, both: list[str]) -> None:
    assert halves(question) == both
