"""Numerals by exact value, foldings with their places, and what a verdict says, on the shipped plan."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag.text import squeeze
from rag.wording.fold import bare, canonical, plain, searched, splits_figure
from rag.wording.numerals import numerals, spelled


def values(text):
    return [numeral.value for numeral in numerals(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7,500", "7500"), ("七千五百", "7500"), ("0.75万", "7500"), ("1.8万", "18000"), ("一万八千", "18000"),
        ("百分之四十", "40%"), ("40%", "40%"), ("百分之6.5", "6.5%"),
        ("400亿", "40000000000"), ("二百亿", "20000000000"),
        ("一万亿", "1000000000000"), ("二〇二五年", "2025"), ("两千", "2000"), ("十一", "11"), ("一点五", "1.5"),
        ("千分之三", "3‰"), ("6.50%", "6.5%"), ("2025.10", "2025.10"), ("05", "05"), ("1.10", "1.10"),
    ],
)  # fmt: skip
def test_a_numeral_has_its_exact_value(text, value):
    assert values(text) == [value]


@pytest.mark.parametrize(
    "name", ["三一", "八五", "十四五", "万千百十", "一百五", "两江", "百姓", "零碳", "七八", "二三十"]
)
def test_what_may_be_a_name_is_no_numeral(name):
    assert values(name) == []


@given(st.integers(1, 10**12))
def test_every_number_is_read_as_it_is_spelled(number):
    from rag.wording.numerals import _spell

    assert spelled(_spell(number)) == number
    assert values(f"{number:,}") == values(str(number)) == [str(number)]


@pytest.mark.parametrize(
    ("text", "offset", "cut"),
    [
        ("7500个", 1, True), ("7,500个", 2, True), ("6.55", 3, True), ("七千五百个", 2, True), ("1.8万", 3, False),
        ("三一筑工", 1, False), ("5张", 1, False), ("７５００", 1, True), ("７，５００", 2, True),
        ("10，200", 3, False),
        ("增长-5%", 3, True), ("3-5年", 2, False),
    ],
)  # fmt: skip
def test_a_cut_through_a_figure_is_seen(text, offset, cut):
    assert splits_figure(text, offset) is cut


@given(st.text(alphabet="建设7500,，、.。…—“”「」萬万ＧG１ \n\u3000\u200b百分之四十亿", max_size=60))
def test_every_folded_character_stands_for_its_own_part_of_the_text(text):
    for folded in (bare(text), plain(text), canonical(text), searched(text)):
        assert len(folded.text) == len(folded.starts) == len(folded.stops)
        assert list(folded.starts) == sorted(folded.starts)
        assert all(start < stop for start, stop in zip(folded.starts, folded.stops, strict=True))
        for index in range(len(folded.text)):
            assert text[slice(*folded.span(index, index + 1))].strip("\u200b") != ""
    assert bare(text).text == squeeze(text).replace("\u200b", "")


def test_equal_when_bare_is_equal_in_every_folding():
    spread = "新 增 学\n位 ７ ５ ０ ０ 个 … … 「以 上」"
    assert canonical(spread).text == canonical("新增学位7500个……“以上”").text


def test_width_is_not_all_of_unicodes_compatibility():
    assert plain("10²").text != plain("102").text


def test_names_do_not_become_other_names():
    assert plain("乾隆").text != plain("干隆").text
    assert canonical("两江新区").text != canonical("二江新区").text
    assert canonical("三一重工").text != canonical("31重工").text


# Verdicts on the shipped plan


@pytest.fixture(scope="module")
def verify(services):
    return services.verifier.verify


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("力 争\n新增基础教育学位 7500 个\u200b以上", ()),
        ("居民人均可支配收入年均增长６．５％左右", ("full width",)),
        ("支持馬甲中學創建省二級達標高中", ("traditional characters",)),
        ("拓展「雪亮」工程、网格化管理", ("quotation marks",)),
        ("“高标准建设阳江学园”。", ("quotation marks", "final punctuation")),
        ("做大做强蔬菜，水果，畜禽", ("punctuation",)),
        ("力争新增基础教育学位七千五百个以上", ("numeral spelling",)),
        ("力争全区城镇新增就业人数18000人以上", ("numeral spelling",)),
        ("推动河市中学升格为完全中学。", ("final punctuation",)),
        ("继续实施城乡中小学提质扩容工程……力争新增基础教育学位7500个以上", ("ellipsis",)),
    ],
)
def test_what_the_plan_says_is_found_and_what_was_set_aside_is_named(verify, luojiang, text, names):
    found = verify(text)
    assert found.verdict == ("normalised" if names else "exact")
    assert found.normalised == names
    assert luojiang.source[found.match.start : found.match.end].strip()


@pytest.mark.parametrize(
    ("text", "plan", "pasted"),
    [
        ("力争新增基础教育学位8500个以上", "7500个", "8500个"),
        ("500个以上；支持奕聪中学", "7500个", "500个"),
        ("学位5.2万个", "7500个", "5.2万个"),
        ("力争到2025年全区智能装备产业集群规模突破400万元。", "400亿元", "400万元"),
        ("力争城市建成区面积扩大至40公里。", "40平方公里", "40公里"),
        ("力争全区城镇新增就业人数1.8万人以下", "以上", "以下"),
        ("加快万虹路拓改、新城路新建、西环路双阳段等项目建设", "续建", "新建"),
        ("不再坚持常态化疫情防控。", "", "不再"),
        ("力争新增基础教育学位7500个。支持奕聪中学", "以上", ""),
        ("启动新行政中心。", "前期工作", "。"),
        ("重点打造以三一重工、信和为核心的新型材料产业链", "筑工", "重工"),
    ],
)
def test_what_is_not_what_the_plan_says_is_named_in_whole_words(verify, text, plan, pasted):
    found = verify(text)
    assert found.verdict == "altered"
    assert any(plan in change.plan and pasted in change.pasted for change in found.changes), found.changes


def test_items_in_another_order_are_moved(verify):
    (change,) = verify("推进南山、前埭、塘西、杏宅、琯头等片区改造项目").changes
    assert (change.kind, change.plan) == ("moved", "塘西、琯头、杏宅、前埭、南山")


def test_a_text_joined_from_two_places_says_so(verify):
    found = verify("加强对重点群体就业的扶持，布局建设滨江城市公园和水系")
    assert found.verdict == "altered"
    assert [part.verdict for part in found.joined] == ["exact", "exact"]
    assert found.joined[0].match.start < found.joined[1].match.start


def test_too_short_says_in_how_many_places(verify, luojiang):
    found = verify("建设")
    assert found.verdict == "too_short"
    assert found.places_total == squeeze(luojiang.source).count("建设")


def test_nothing_like_it(verify):
    assert verify("推动泉州南站片区综合开发，打造高铁新城。").verdict == "absent"
    assert verify("").verdict == "too_short"


@given(st.text(alphabet=st.characters(), max_size=40), st.integers(0, 1500), st.integers(0, 60))
@example("\ud800", 0, 0)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_has_a_verdict(verify, luojiang, noise, begin, length):
    text = noise + luojiang.source[begin : begin + length] + "\ue000" + noise
    assert verify(text).verdict in ("altered", "absent", "too_short", "exact", "normalised")
