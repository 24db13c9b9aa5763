"""Verifying from the command line and over HTTP, and the files that come of a draft."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from docx import Document as open_docx

from app.cli import main

DRAFT = """# 汇报

各位领导，下面作简要汇报。
规划提出“力争新增基础教育学位8500个以上”，任务很重。
根据规划，“继续实施城乡中小学提质扩容工程”。
力争新增基础教育学位7500个以上；支持奕聪中学创建省一级达标高中。
全区将建成养老服务中心12个。
=1+1，<script>alert(1)</script>
"""


@pytest.fixture
def index(services, monkeypatch) -> Path:
    """Point the command line to the session's index."""
    monkeypatch.setenv("PLANQA_INDEX", str(services.settings.index))
    return services.settings.index


@pytest.mark.parametrize(
    ("text", "status", "verdict"),
    [
        ("力争新增基础教育学位7500个以上", 0, "exact"),
        ("力争新增基础教育学位七千五百个以上", 0, "normalised"),
        ("力争新增基础教育学位8500个以上", 1, "altered"),
        ("建设", 1, "too_short"),
        ("推动泉州南站片区综合开发，打造高铁新城。", 1, "absent"),
    ],
)
def test_the_exit_status_says_whether_the_plan_says_it(index, capsys, text, status, verdict):
    assert main(["verify", text, "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == verdict
    assert {"id", "text", "verdict", "match", "changes", "normalised", "places", "joined"} <= set(found)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a", "--file", "b.txt"],
        ["a", "--out-dir", "c"],
        ["--batch", "a"],
        ["--file", "gone.txt"],
        ["--file", "a.pdf"],
    ],
)
def test_wrong_use_is_one_sentence(index, capsys, arguments):
    assert main(["verify", *arguments]) == 2
    assert capsys.readouterr().err.startswith("planqa: ")


def test_a_batch_gives_every_line_its_id_back(index, tmp_path):
    lines, out = tmp_path / "w.jsonl", tmp_path / "v.jsonl"
    lines.write_text('{"id": 7, "text": "力争新增基础教育学位7500个以上"}\n{"id": "b", "text": "火星"}\n', "utf-8")
    assert main(["verify", "--batch", str(lines), "--out", str(out)]) == 1
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(line["id"], line["verdict"]) for line in found] == [(7, "exact"), ("b", "too_short")]


def test_verifying_loads_no_encoder(index):
    code = (
        "import sys; from app.cli import main; main(['verify', '力争新增基础教育学位7500个以上']); "
        "sys.exit(bool({'torch', 'onnxruntime', 'faiss', 'gradio'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True)


def test_a_draft_is_judged_by_its_quotations_and_figures(index, tmp_path, capsys):
    draft = tmp_path / "draft.md"
    draft.write_text(DRAFT, "utf-8")
    assert main(["verify", "--file", str(draft), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    concerns = {piece["verdict"]["text"]: piece["concern"] for piece in found["pieces"]}
    assert concerns == {
        "汇报": "unchecked",
        "各位领导，下面作简要汇报。": "own",
        "规划提出“力争新增基础教育学位8500个以上”，任务很重。": "own",
        "力争新增基础教育学位8500个以上": "wrong",
        "根据规划，“继续实施城乡中小学提质扩容工程”。": "own",
        "继续实施城乡中小学提质扩容工程": "sound",
        "力争新增基础教育学位7500个以上；支持奕聪中学创建省一级达标高中。": "wrong",
        "全区将建成养老服务中心12个。": "unsupported",
        "=1+1，<script>alert(1)</script>": "own",
    }
    for piece in found["pieces"]:
        assert found["draft"][piece["begin"] : piece["stop"]] == piece["verdict"]["text"]


def test_the_files_of_a_draft(index, tmp_path):
    draft, out = tmp_path / "draft.md", tmp_path / "out"
    draft.write_text(DRAFT, "utf-8")
    assert main(["verify", "--file", str(draft), "--out-dir", str(out)]) == 1
    assert {file.name for file in out.iterdir()} == {
        "verdicts.json", "annotated.html", "annotated.docx", "evidence.md", "evidence.csv", "evidence.docx"
    }  # fmt: skip
    page = (out / "annotated.html").read_text("utf-8")
    assert "<script" not in page
    assert '<span class="wrong">力争新增基础教育学位8500个以上</span><details><summary>differs from the plan' in page
    rows = list(csv.reader((out / "evidence.csv").read_text("utf-8-sig").splitlines()))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    assert {row[11] for row in rows[1:] if row[1] != "sound"} == {""}
    sheet = (out / "evidence.md").read_text("utf-8")
    assert "继续实施城乡中小学提质扩容工程[^1]" in sheet
    assert sheet.count("[^1]:") == 1
    assert "8500个以上[^" not in sheet
    comments = [comment.text for comment in open_docx(str(out / "annotated.docx")).comments]
    assert any("7500个 → 8500个" in comment for comment in comments)


def test_a_word_draft_keeps_its_form_and_gets_comments(index, tmp_path):
    document = open_docx()
    paragraph = document.add_paragraph()
    paragraph.add_run("规划要求力争新增")
    paragraph.add_run("基础教育学位8500个以上。力争城市建成").bold = True
    paragraph.add_run("区面积扩大至40平方公里。")
    document.add_table(1, 1).cell(0, 0).text = "力争到2035年全区智能装备产业集群规模突破400亿元。"
    draft = tmp_path / "draft.docx"
    document.save(str(draft))
    assert main(["verify", "--file", str(draft), "--out-dir", str(tmp_path / "out")]) == 1
    marked = open_docx(str(tmp_path / "out" / "annotated.docx"))
    assert marked.paragraphs[0].text == paragraph.text
    assert [run.text for run in marked.paragraphs[0].runs if run.bold] == ["基础教育学位8500个以上。", "力争城市建成"]
    texts = [comment.text for comment in marked.comments]
    assert any("7500个 → 8500个" in text for text in texts)
    assert any("2025年 → 2035年" in text for text in texts)


# Over HTTP


def test_one_verdict_a_sentence_and_the_whole(address):
    answer = httpx.post(address + "api/v1/verify", json={"text": DRAFT})
    assert answer.status_code == 200
    body = answer.json()
    assert body["sound"] is False
    assert body["whole"]["verdict"] == "altered"
    assert [piece["verdict"]["verdict"] for piece in body["sentences"] if piece["concern"] == "sound"] == ["exact"]
    one = httpx.post(address + "api/v1/verify", json={"text": "力 争 新增基础教育学位7500个以上"}).json()
    assert (one["whole"]["verdict"], one["sound"]) == ("exact", True)
    assert one["whole"]["match"]["paragraph_id"] == "luojiang-2021:p11"


def test_a_long_slice_is_exact_as_a_whole(address, luojiang):
    whole = httpx.post(address + "api/v1/verify", json={"text": luojiang.source[:4000]}, timeout=60).json()["whole"]
    assert (whole["verdict"], whole["match"]["start"] < 5) == ("exact", True)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_request"),
        ({"text": 1}, 422, "invalid_request"),
        ({"text": "字" * 20_001}, 422, "invalid_request"),
        ({"text": "字" * 2_000_000}, 413, "body_too_large"),
        ({"text": "学位", "plan": "nowhere"}, 404, "not_found"),
    ],
)
def test_what_cannot_be_verified_is_a_problem(address, body, status, code):
    answer = httpx.post(address + "api/v1/verify", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
