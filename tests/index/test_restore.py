from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.restore import Settled, restore, split_lines
from index.spacing import readable_text
from rag.text import align, squeeze

WORDS = [
    "建设",
    "学校",
    "2025年",
    "400亿元",
    "PPP",
    "（河市—罗溪）",
    "“生态+”",
    "GDP",
    "5G应用",
    "。",
    "，",
    "、",
    "；",
    "school",
]
SPACES = ["", "", "", " ", "  ", "\n", "\n\n", "\r\n", "\u3000", "\t", "\f", "\u00a0"]


@st.composite
def damaged_text(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SPACES)), max_size=60))
    return "".join(word + space for word, space in pieces)


@settings(max_examples=300, deadline=None)
@given(damaged_text() | st.text(max_size=300))
def test_every_character_is_in_exactly_one_paragraph_in_order(source: str) -> None:
    restored = restore(source)
    assert "".join(squeeze(item.text) for item in restored) == squeeze(source)
    position = 0
    for item in restored:
        assert position <= item.start < item.end
        assert not source[position : item.start].strip(), "only white space lies between paragraphs"
        assert squeeze(source[item.start : item.end]) == squeeze(item.text)
        position = item.end
    assert not source[position:].strip()


@settings(max_examples=200, deadline=None)
@given(damaged_text())
def test_every_character_maps_to_itself_in_the_source(source: str) -> None:
    for item in restore(source):
        offsets = align(item.text, source, item.start)
        assert offsets == sorted(offsets)
        for char, offset in zip(item.text, offsets, strict=True):
            assert source[offset] == char or (char == " " and source[offset].isspace())


@settings(max_examples=100, deadline=None)
@given(damaged_text())
def test_restoring_is_deterministic(source: str) -> None:
    assert restore(source) == restore(source)


def wrap(text: str, width: int) -> str:
    """As a newspaper sets it: a first line two characters short, its indent lost."""
    lines = [text[: width - 2]]
    lines += [text[i : i + width] for i in range(width - 2, len(text), width)]
    return "\n".join(lines)


PARAGRAPHS = [
    "全力推进高新技术产业园开发，重点打造新型材料产业链，力争到2025年全区智能装备产业集群规模突破400亿元。",
    "支持纺织鞋服、工艺制品等优势传统产业企业实施技改专项行动，构建高效清洁的绿色发展体系，加快电商产业园建设。",
    "深入实施健康行动，加快区医院新院区等建设，抓好卫生院综合大楼项目，促进民办医院与公立医院优势互补。",
    "扎实开展安全生产专项整治三年行动，深化各领域隐患排查整治，建设更高水平的平安社会，防范网络犯罪。",
]


@pytest.mark.parametrize("width", [11, 16, 24, 30])
def test_paragraphs_set_in_columns_are_whole_again(width: int) -> None:
    source = "\n\n".join(wrap(text, width) for text in PARAGRAPHS)
    assert [item.text for item in restore(source)] == PARAGRAPHS


def test_a_blank_line_inside_a_sentence_ends_nothing() -> None:
    random.seed(7)
    columns = "\n\n".join(wrap(text, 12) for text in PARAGRAPHS).split("\n")
    inside = [i for i, line in enumerate(columns[:-1]) if line and columns[i + 1] and line[-1] not in "。；："]
    broken = random.choice(inside)
    columns.insert(broken + 1, "")
    assert [item.text for item in restore("\n".join(columns))] == PARAGRAPHS


def test_lines_of_a_clean_text_stay_paragraphs() -> None:
    lines = [
        "2026年工作报告",
        "一、总体要求",
        "各位代表，过去一年我们做了很多工作，成绩来之不易。" * 4,
        "（一）着力扩大内需",
        "提振消费。",
    ]
    assert [item.text for item in restore("\n".join(lines))] == lines


@pytest.mark.parametrize(
    ("damaged", "readable"),
    [
        ("突破 400 亿元", "突破400亿元"),
        ("建 设 数 字 产 业 园 ，力 争", "建设数字产业园，力争"),
        ("到 2 0 2 5 年", "到2025年"),
        ("做好泉梅高速 (泉州段 )\n与市区连接线", "做好泉梅高速(泉州段)与市区连接线"),
        ("高 速 联 络 线（河 市 — 罗\n\n溪）", "高速联络线（河市—罗溪）"),
        ("推进 5G应用", "推进5G应用"),
        ("build new schools\nand hospitals", "build new schools and hospitals"),
        ("well-\nknown roads of the town", "well-known roads of the town"),
        ("第一章 总 则", "第一章 总则"),
        ("坚持内外兼修 着力打造品质洛江", "坚持内外兼修 着力打造品质洛江"),
        ("2020 2025 2030", "2020 2025 2030"),
    ],
)
def test_spaces_in_words_go_and_spaces_between_words_stay(damaged: str, readable: str) -> None:
    assert readable_text(damaged) == readable


def test_page_numbers_and_contents_lists_are_furniture() -> None:
    source = "目标明确。\n— 12 —\n前 言.......... 3\n重点任务如下。"
    assert [item.furniture for item in restore(source)] == [False, True, True, False]


def test_a_paragraph_that_was_taken_apart_in_mid_word_is_whole_again() -> None:
    opening = "    泛在林业是林业智慧化发展的高端延伸与拓展，是林业发展的高级阶段，" + "通过大量信息基础设施建设，" * 5
    source = f"{opening}其核心特征是应用实时\n    化、主客融合化、整体共生化。\n    （二）数字林业。"
    assert [item.text[-8:] for item in restore(source)] == ["化、整体共生化。", "（二）数字林业。"]


def test_settled_lines_are_not_guessed_at() -> None:
    source = "坚持转型突破\n着力打造制造\n今后五年。"
    restored = restore(source, [Settled(1, 2, text="坚持转型突破 着力打造制造")])
    assert [item.text for item in restored] == ["坚持转型突破 着力打造制造", "今后五年。"]


def test_lines_are_numbered_as_an_editor_does() -> None:
    lines = split_lines("一\r\n\r\n二\r三\n")
    assert [(line.number, line.text) for line in lines if line.text] == [(1, "一"), (3, "二"), (4, "三")]
