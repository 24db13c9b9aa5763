"""A plan's translation: aligned with it, found by it, stored with it; and the shipped one keeps every figure."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from app.settings import Settings
from app.wiring import make_builder, open_services
from index.documents import read_document
from rag.errors import DocumentError
from rag.ports import Encoder
from rag.text import squeeze
from rag.types import Document

HEAD = '{"language": "en", "official": true}'
_SCALES = {"": 1, "万": 10**4, "亿": 10**8, "thousand": 10**3, "million": 10**6, "billion": 10**9}


def figures(text: str) -> Counter[Decimal]:
    """Values of the figures written in digits, whatever their scale word."""
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?) ?(万|亿|thousand|million|billion)?", text)
    return Counter(Decimal(number.rstrip(",").replace(",", "")) * _SCALES[scale] for number, scale in found)


def test_the_shipped_translation_covers_the_plan(luojiang: Document) -> None:
    (translation,) = luojiang.translations
    assert not translation.official
    told = {number: "" for number in {unit.paragraph for unit in translation.units}}
    for unit in translation.units:
        told[unit.paragraph] += luojiang.paragraphs[unit.paragraph - 1].text[unit.begin : unit.stop]
    for paragraph in luojiang.paragraphs:
        if paragraph.role.value in ("body", "introduction"):
            assert squeeze(told[paragraph.number]) == squeeze(paragraph.text)


def test_every_figure_of_the_plan_is_in_its_translation_and_no_other(luojiang: Document) -> None:
    (translation,) = luojiang.translations
    for unit in translation.units:
        original = luojiang.paragraphs[unit.paragraph - 1].text[unit.begin : unit.stop]
        # Figures that the plan spells in characters may be digits in English, not the other way round.
        missing = figures(original) - figures(unit.text)
        assert not missing, (original, unit.text)
        spelt = len(re.findall(r"[一二三四五六七八九十两百千万]", original))
        assert (figures(unit.text) - figures(original)).total() <= spelt, (original, unit.text)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text("新建青山小学。扩建云溪医院，增加床位90张。", encoding="utf-8")
    return path


def test_a_translation_is_answered_with_and_cited_in_the_original(plan: Path, tmp_path: Path, encoder: Encoder) -> None:
    lines = [HEAD, '{"zh": "新建青山小学。", "en": "Build Qingshan Primary School"}',
             '{"zh": "扩建云溪医院，", "en": "Enlarge Yunxi Hospital"}',
             '{"zh": "增加床位90张。", "en": "Add 90 hospital beds"}']  # fmt: skip
    plan.with_suffix(".en.jsonl").write_text("\n".join(lines), encoding="utf-8")
    settings = Settings(index=tmp_path / "index")
    builder = make_builder(settings, encoder)
    builder.build([plan])
    answer = open_services(settings, encoder).assistant.ask("How many hospital beds will be added?")
    assert "Enlarge Yunxi Hospital. Add 90 hospital beds [1]" in answer.text
    assert "unofficial" not in answer.text
    assert answer.citations[0].quote == "扩建云溪医院，增加床位90张。"
    assert answer.citations[0].translation == "Enlarge Yunxi Hospital. Add 90 hospital beds"
    chinese = open_services(settings, encoder).assistant.ask("云溪医院要增加多少张床位？")
    assert chinese.citations[0].translation is None
    lines[-1] = lines[-1].replace("hospital beds", "beds")
    plan.with_suffix(".en.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert [outcome.change for outcome in builder.add([plan])] == ["replaced"]
    assert [outcome.change for outcome in builder.add([plan])] == ["unchanged"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{}", "names its language"),
        ("{", "not JSON"),
        (f"{HEAD}\n[]", "no object"),
        (f'{HEAD}\n{{"zh": "新建青山小学。"}}', 'needs "zh" and "en"'),
        (f'{HEAD}\n{{"zh": "新建云溪小学。", "en": "x"}}', "no piece of the plan"),
        (f'{HEAD}\n{{"zh": "增加床位90张。", "en": "x"}}\n{{"zh": "新建青山小学。", "en": "y"}}', "out of order"),
    ],
)
def test_what_is_no_translation_of_the_plan_is_refused(plan: Path, text: str, reason: str) -> None:
    plan.with_suffix(".en.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=reason):
        read_document(plan)


def test_translations_are_files_of_the_plan_and_no_plans(plan: Path) -> None:
    lines = [HEAD, json.dumps({"zh": "新建青山小学。", "en": "Build Qingshan Primary School"}, ensure_ascii=False)]
    plan.with_suffix(".en.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (translation,) = read_document(plan).translations
    assert [(unit.paragraph, unit.begin, unit.text) for unit in translation.units] == [
        (1, 0, "Build Qingshan Primary School")
    ]
