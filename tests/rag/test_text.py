from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language import detect_language
from rag.text import align, clauses, sentences, squeeze

MARKS = st.text(alphabet="学校建设。！？；，、：“”（）「」 .?!\n1A", max_size=80)


@given(MARKS)
def test_sentences_and_clauses_cover_the_text_without_gap(text: str) -> None:
    for spans in (sentences(text), clauses(text)):
        assert "".join(text[begin:stop] for begin, stop in spans) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("建学校。扩医院！", ["建学校。", "扩医院！"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("他说：“好。”", ["他说：“好。”"]),
        ("（见附件。）另有规定。", ["（见附件。）", "另有规定。"]),
        ("打造“一廊。三组团”格局。", ["打造“一廊。三组团”格局。"]),
        ("增长20%以上……下一句。", ["增长20%以上……", "下一句。"]),
        ("Build 3.5 km of road. No. 5 school opens. Done", ["Build 3.5 km of road. ", "No. 5 school opens. ", "Done"]),
        ("“没有收尾。下一句。", ["“没有收尾。", "下一句。"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert [text[begin:stop] for begin, stop in sentences(text)] == expected


def test_a_comma_in_a_number_or_in_brackets_ends_no_clause() -> None:
    text = "新增学位7,500个，建设（小学，中学）各一所；完成。"
    assert [text[b:s] for b, s in clauses(text)] == ["新增学位7,500个，", "建设（小学，中学）各一所；", "完成。"]


@given(st.text(alphabet="学校12A。", max_size=30), st.randoms())
def test_align_finds_every_character_through_any_white_space(text: str, random: object) -> None:
    source = "".join(char + random.choice(["", " ", "\n", "\u3000"]) for char in text)  # type: ignore[attr-defined]
    offsets = align(text, "前" + source, 1)
    assert [("前" + source)[offset] for offset in offsets] == list(text)


def test_align_refuses_another_text() -> None:
    with pytest.raises(ValueError, match="differ"):
        align("学位8500个", "学位7500个", 0)


def test_squeeze_drops_white_space_and_nothing_else() -> None:
    assert squeeze(" 突破 400\u3000亿\n元 ") == "突破400亿元"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("洛江要建哪些学校？", "zh"),
        ("what schools are being built?", "en"),
        ("What is 奕聪中学 going to become?", "en"),
        ("GDP目标是多少", "zh"),
        ("museum", "en"),
        ("どの学校が建設されますか", "ja"),
        ("학교", "ko"),
        ("¿Qué escuelas se construirán?", "es"),
        ("Какие школы строят?", "ru"),
        ("Bao nhiêu trường mới sẽ được xây dựng?", "vi"),
        ("What was Wuhan's GDP in 2024, in yuan?", "en"),  # was, in, in: three small words of German
        ("Was ist in der Stadt geplant?", "de"),
        ("123 ？！", "und"),
        ("", "und"),
    ],
)
def test_the_language_of_a_question(text: str, language: str) -> None:
    assert detect_language(text) == language
