"""Rows of tables and labelled lines: read with what heads them, cited as they stand."""

from __future__ import annotations

import pytest

from index.documents import parse
from index.passages import passages, segments
from index.sidecar import Sidecar
from rag.headed import head_of, notes, read

MARKDOWN = """# 青石县规划

重大项目如下：

| 项目 | 建设内容 | 总投资 |
| --- | --- | --- |
| 龙潭水库 | 总库容3200万立方米，管线64公里；含泵站。 | 18.5亿元 |
| 县医院 | | 7.2亿元 |

以上项目由县政府督办。
"""
SPACED = "附表\n序号\t项目\t完成时限\n1\t优质学位\t8月25日\n2\t普惠托育\t11月底\n合计两项。\n"


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        (
            MARKDOWN,
            [
                "项目：龙潭水库；建设内容：总库容3200万立方米，管线64公里；含泵站。；总投资：18.5亿元",
                "项目：县医院；总投资：7.2亿元",
            ],
        ),
        (SPACED, ["序号：1；项目：优质学位；完成时限：8月25日", "序号：2；项目：普惠托育；完成时限：11月底"]),
        (
            "| Measure | Target 2030 |\n|---|---|\n| Homes built | 9,000 |",
            ["Measure: Homes built; Target 2030: 9,000"],
        ),
        ("| a | b |\n| --- | --- |\n| 缺一格 |\n", []),
        ("项目  投资\n水库  3亿元\n", []),  # two columns in plain text may be a gap in a line
    ],
)
def test_a_row_is_read_with_the_heads_of_its_columns(source: str, rows: list[str]) -> None:
    document = parse(source, Sidecar(), name="表")
    found = [(paragraph, read(document, paragraph)) for paragraph in document.paragraphs]
    assert [said for paragraph, said in found if said != paragraph.text] == rows


def test_a_row_is_one_segment_whatever_its_cells_hold() -> None:
    document = parse(MARKDOWN, Sidecar(), name="表")
    cut = [segment.text for passage in passages(document) for segment in segments(passage)]
    assert "| 龙潭水库 | 总库容3200万立方米，管线64公里；含泵站。 | 18.5亿元 |" in cut


def test_only_rows_have_a_head() -> None:
    document = parse(MARKDOWN, Sidecar(), name="表")
    heads = {paragraph.text: head_of(document, paragraph) for paragraph in document.paragraphs}
    assert [text[:8].rstrip() for text, head in heads.items() if head] == ["| 龙潭水库 |", "| 县医院 |"]
    assert heads["以上项目由县政府督办。"] is None


def test_figures_of_neighbouring_cells_do_not_run_together() -> None:
    document = parse(SPACED, Sidecar(), name="表")
    assert [paragraph.text for paragraph in document.paragraphs][2] == "1   优质学位   8月25日"


@pytest.mark.parametrize(
    "source",
    [
        "We will build 300 homes by 2030.  The council leads.  Work starts in May.\n\n"
        "Libraries stay open.  Hours are longer.  Staff are trained.\n",
        "到  2025  年，经济总量突破  400  亿元，新增学位\n7500  个，建成  3  所学校，增加床位  90  张。\n",
        "政  府  工  作\n报  告  全  文\n\n新建学校3所。\n",
    ],
)
def test_wide_gaps_in_prose_make_no_table(source: str) -> None:
    document = parse(source, Sidecar(), name="文")
    assert all(read(document, paragraph) == paragraph.text for paragraph in document.paragraphs)
    assert not any("   " in paragraph.text for paragraph in document.paragraphs)


def test_of_two_tables_each_has_its_own_head() -> None:
    source = (
        "| 项目 | 投资 |\n|---|---|\n| 水库 | 3亿元 |\n\n| 指标 | 目标 |\n|---|---|\n| 绿化率 | 30% |\n\n"
        "序号\t项目\t时限\n1\t学位\t8月\n- 12 -\n2\t托育\t11月\n"
    )
    document = parse(source, Sidecar(), name="表")
    found = [read(document, paragraph) for paragraph in document.paragraphs]
    assert "项目：水库；投资：3亿元" in found
    assert "指标：绿化率；目标：30%" in found
    assert "序号：2；项目：托育；时限：11月" in found


def test_a_table_without_a_head_is_read_as_it_stands() -> None:
    document = parse("1\t学位\t8月\n2\t托育\t11月\n", Sidecar(), name="表")
    assert [read(document, paragraph) for paragraph in document.paragraphs] == ["1   学位   8月", "2   托育   11月"]


def test_a_row_is_no_title() -> None:
    assert (
        parse("| 项目名称 | 总投资 |\n|---|---|\n| 水库 | 3亿元 |\n", Sidecar(), name="项目表").info.title == "项目表"
    )


def test_a_cell_may_be_empty_or_a_space() -> None:
    document = parse("序号  \xa0  项目  时限\n1  学位  8月  好\n", Sidecar(), name="表")
    assert document.paragraphs


LABELLED = """(五)改造老旧小区
改造小区72个，加装电梯260部。
牵头单位：市住房城乡建设局；配合单位：市城管局。
进度：11月底前完工。
(六)畅通出行
打通断头路9条。（责任单位：市交通局；完成时限：12月底）
"""


def test_a_labelled_line_is_read_behind_its_heading() -> None:
    document = parse(LABELLED, Sidecar(), name="实事")
    assert [read(document, paragraph) for paragraph in document.paragraphs[2:4]] == [
        "(五)改造老旧小区：牵头单位：市住房城乡建设局；配合单位：市城管局。",
        "(五)改造老旧小区：进度：11月底前完工。",
    ]


@pytest.mark.parametrize(
    ("number", "kind", "noted"),
    [
        (2, "who", ["牵头单位：市住房城乡建设局；配合单位：市城管局。"]),
        (2, "when", ["进度：11月底前完工。"]),
        (2, "cost", []),
        (6, "who", ["（责任单位：市交通局；完成时限：12月底）"]),
        (6, "when", ["（责任单位：市交通局；完成时限：12月底）"]),
    ],
)
def test_what_is_noted_of_a_measure(number: int, kind: str, noted: list[str]) -> None:
    document = parse(LABELLED, Sidecar(), name="实事")
    found = notes(document, document.paragraphs[number - 1], kind)
    assert [paragraph.text[begin:stop] for paragraph, begin, stop in found] == noted


def test_of_english_lines_those_with_a_label_or_in_capitals_are_told_apart() -> None:
    document = parse(
        "CITY OF KESTREL\n\nClimate Plan\n\nThe city is growing hotter every year, and its streets flood.\n\n"
        "2. OUR ACTIONS\n\nAction 6. Bus Rapid Transit\n\nAn 8.4-mile line with 17 stations.\n"
        "Lead agency: Transit Authority\nCost: $236 million\n",
        Sidecar(),
        name="climate",
    )
    assert document.info.title == "CITY OF KESTREL"
    assert document.sections[-1].headings == ("2. OUR ACTIONS", "Action 6. Bus Rapid Transit")
    assert read(document, document.paragraphs[-1]) == "Action 6. Bus Rapid Transit: Cost: $236 million"
