from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.settings import shipped_plans
from index.documents import find_plans, parse, read_document
from index.sidecar import Sidecar
from rag.errors import DocumentError
from rag.text import squeeze
from rag.types import Document, Role

SHA256 = "9c4cb7a3c68cdbbb2ca2a3fdbf8d58414aa08d3789afd889ba0f064cd6194db3"


def section(document: Document, name: str) -> list[str]:
    number = next(s.number for s in document.sections if s.headings and name in s.headings[0])
    return [p.text for p in document.paragraphs if p.section == number and p.role is Role.BODY]


def test_the_shipped_source_is_unchanged(luojiang: Document) -> None:
    data = (shipped_plans() / "luojiang-party-congress.txt").read_bytes()
    assert hashlib.sha256(data).hexdigest() == luojiang.sha256 == SHA256
    assert luojiang.source.encode() == data


def test_no_character_of_the_shipped_plan_is_lost(luojiang: Document) -> None:
    in_order = sorted(luojiang.paragraphs, key=lambda paragraph: paragraph.start)
    assert "".join(squeeze(paragraph.text) for paragraph in in_order) == squeeze(luojiang.source)
    assert [paragraph.number for paragraph in in_order] == list(range(1, len(in_order) + 1))


def test_the_shipped_plan_has_its_five_sections(luojiang: Document) -> None:
    assert [s.headings for s in luojiang.sections] == [
        (),
        ("坚持转型突破 着力打造制造洛江",),
        ("坚持科技赋能 着力打造智慧洛江",),
        ("坚持内外兼修 着力打造品质洛江",),
        ("坚持生态优先 着力打造清新洛江",),
        ("坚持普惠共享 着力打造幸福洛江",),
    ]
    for number in range(1, 6):
        members = [p for p in luojiang.paragraphs if p.section == number]
        assert sum(p.role is Role.HEADING for p in members) == 1
        (introduction,) = [p for p in members if p.role is Role.INTRODUCTION]
        assert introduction.text.startswith("今后5年，洛江区将")


@pytest.mark.parametrize(
    ("name", "paragraphs", "opening"),
    [
        ("制造", 4, "全力推进智谷万洋高新技术产业园开发。"),
        ("智慧", 3, "布局人工智能、智能网联汽车等前沿领域"),
        ("幸福", 4, "创建国家义务教育优质均衡发展区。"),
        ("清新", 3, "深化“生态+”优先策略，加快推动生态产业化、产业生态化"),
        ("品质", 4, "主动融入泉州跨江发展跨域融合"),
    ],
)
def test_every_paragraph_stands_under_its_own_heading(
    luojiang: Document, name: str, paragraphs: int, opening: str
) -> None:
    body = section(luojiang, name)
    assert len(body) == paragraphs
    assert body[0].startswith(opening)
    assert all(text.endswith("。") for text in body)


@pytest.mark.parametrize(
    "whole",
    [
        "大力发展科技服务、工业设计",
        "山地绿色生态旅游”三大旅游带",
        "完成洛江区污水管网配套工程PPP项目建设。",
        "建设数字产业园，力争2025年底数字经济规模占全区地区生产总值40%。",
        "福诏南惠高速联络线（河市—罗溪）建设",
        "泉梅高速(泉州段)与市区连接线",
        "集中力量抓好普惠性、基础性、兜底性民生建设",
    ],
)
def test_sentences_broken_by_columns_are_whole(luojiang: Document, whole: str) -> None:
    assert sum(whole in paragraph.text for paragraph in luojiang.paragraphs) == 1


def test_education_is_one_paragraph_of_its_length(luojiang: Document) -> None:
    paragraph = luojiang.paragraphs[10]
    assert (paragraph.number, len(paragraph.text)) == (11, 315)
    assert "力争新增基础教育学位7500个以上；" in paragraph.text


def test_reading_is_deterministic(luojiang: Document) -> None:
    assert read_document(shipped_plans() / "luojiang-party-congress.txt") == luojiang


def test_a_plan_without_sidecar_gets_sections_from_its_headings(plan_file: Path) -> None:
    document = read_document(plan_file)
    assert document.info.id == "青山镇规划"
    assert document.info.title == "青山镇2030年发展规划"
    assert [s.headings for s in document.sections] == [(), ("一、教育",), ("二、交通",), ("三、企业",)]


def test_markdown_headings_nest() -> None:
    lines = [
        "# 条例",
        "## 第一章 总则",
        "第一条 为了发展。",
        "### 第一节 范围",
        "适用全区。",
        "## 第二章 附则",
        "公布之日起施行。",
    ]
    source = "\n\n".join(lines)
    document = parse(source, Sidecar(), name="条例")
    assert [s.headings for s in document.sections] == [
        (),
        ("第一章 总则",),
        ("第一章 总则", "第一节 范围"),
        ("第二章 附则",),
    ]


def test_a_numbered_opening_sentence_heads_what_follows() -> None:
    source = "（一）着力扩大内需。坚持扩大内需战略，实施专项行动，释放消费潜力。\n促进消费，发放消费券一百万张。\n"
    document = parse(source, Sidecar(), name="报告")
    assert document.sections[1].headings == ("（一）着力扩大内需",)
    assert document.paragraphs[0].role is Role.BODY
    assert document.paragraphs[1].section == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_encodings_are_read_alike(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "规划.txt"
    path.write_bytes("新建学校三所。\r\n扩建医院。".encode(encoding))
    assert read_document(path).source == "新建学校三所。\r\n扩建医院。"


@pytest.mark.parametrize(
    ("content", "sidecar", "complaint"),
    [
        (b"", None, "is empty"),
        (b" \n\n", None, "is empty"),
        (b"\x00\x01\xff\xfe\x00\x80", None, "is not text"),
        ("学校".encode(), 'id = "a b"', "id"),
        ("学校".encode(), "nonsense = 1", "nonsense"),
        ("学校".encode(), "title = ", "not valid TOML"),
        ("学校".encode(), 'sha256 = "00"', "has changed"),
        ("学校".encode(), '[[section]]\nheading = "甲"\nheading_lines = [1, 1]\nbody = [2, 9]', "names line 9"),
        (
            "学校\n建设".encode(),
            '[[section]]\nheading = "甲"\nheading_lines = [1, 1]\nbody = [2, 2]',
            "white space only",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, content: bytes, sidecar: str | None, complaint: str
) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(content)
    if sidecar is not None:
        path.with_suffix(".toml").write_text(sidecar, encoding="utf-8")
    with pytest.raises(DocumentError, match=complaint):
        read_document(path)


def test_only_plans_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲", encoding="utf-8")
    (tmp_path / "b.md").write_text("乙", encoding="utf-8")
    (tmp_path / "c.pdf").write_bytes(b"")
    assert [path.name for path in find_plans([tmp_path])] == ["a.txt", "b.md"]
    with pytest.raises(DocumentError, match="does not exist"):
        find_plans([tmp_path / "no.txt"])
    with pytest.raises(DocumentError, match="not a plan"):
        find_plans([tmp_path / "c.pdf"])
