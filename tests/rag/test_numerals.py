"""Figures are read by their value, and names with numerals in them are left alone."""

from __future__ import annotations

import pytest

from rag.numerals import figures


def values(text: str) -> list[str]:
    return [figure.value for figure in figures(text)]


@pytest.mark.parametrize(
    ("value", "spellings"),
    [
        ("7500", ["7,500", "7500", "七千五百", "0.75万", "7.5 thousand", "7.5千"]),
        ("40000000000", ["40 billion", "400亿", "400 亿", "四百亿", "40-billion", "4百亿"]),
        ("18000", ["18,000", "1.8万", "一万八千", "一点八万", "18 thousand"]),
        ("3000000000000", ["3 trillion", "3万亿", "三万亿"]),
        ("1050", ["一千零五十", "1,050"]),
        ("12", ["十二", "12"]),
        ("105000", ["十万五千", "10.5万"]),
        ("3.5%", ["3.5%", "百分之三点五", "3.5 percent", "3.50 per cent", "3.5个百分点"]),
        ("2025", ["2025", "二〇二五年", "二零二五年"]),
        ("0.1", ["0.1", "0.10"]),
    ],
)
def test_every_spelling_has_the_value(value: str, spellings: list[str]) -> None:
    assert {spelling: values(spelling) for spelling in spellings} == {spelling: [value] for spelling in spellings}


@pytest.mark.parametrize("text", ["三一筑工", "十四五", "一二三", "万虹公路", "千百万", "百年", "亿", "v1.2.3", "5g2"])
def test_what_is_no_figure_is_left_alone(text: str) -> None:
    assert values(text) == []


def test_figures_know_their_place() -> None:
    text = "新增学位七千五百个，投资1.8亿元"
    assert [text[figure.begin : figure.stop] for figure in figures(text)] == ["七千五百", "1.8亿"]


def test_tens_of_thousands_of_a_share_are_not_its_scale() -> None:
    assert values("3万分之一")[0] == "3"
