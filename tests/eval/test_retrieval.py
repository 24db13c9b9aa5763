"""`planqa eval retrieval` on a small collection, from its files to its reports, with the real encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from eval.collection import read_collection
from eval.retrieval import score

TEXTS = {"a/1": "新建青山小学和云溪幼儿园，新增学位900个。", "b 2": "到2028年建成青云公路12公里。", "c": "  "}
QUERIES = [("q1", "学位增加多少", "zh", "a/1"), ("q2", "Which road will be built?", "en", "b 2"),
           ("q3", "公路多长", "zh", "b 2"), ("q4", "什么", "zh", "c")]  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "towns"
    folder.mkdir()
    lines = [json.dumps({"_id": key, "title": "", "text": text}) for key, text in TEXTS.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    lines = [json.dumps({"_id": key, "text": text, "lang": language}) for key, text, language, _ in QUERIES]
    lines.append(json.dumps({"_id": "unjudged", "text": "?"}))
    (folder / "queries.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = ["query-id\tcorpus-id\tscore", *(f"{key}\t{text}\t1" for key, _, _, text in QUERIES)]
    (folder / "qrels.tsv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_a_collection_is_measured_and_its_report_written(
    collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out" / "report.json"
    assert main(["eval", "retrieval", "--dataset", str(collection), "--out", str(out), "--ladder"]) == 0
    assert "zh (n=3)" in capsys.readouterr().out
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["dataset"] == "towns"
    assert report["scores"]["en"]["R@1"] == 1
    # q4's text is empty: it cannot be found, and counts as 0 instead of dropping out.
    assert report["scores"]["zh"]["n"] == 3
    assert report["scores"]["zh"]["R@1"] == pytest.approx(2 / 3, abs=1e-3)
    assert len(report["scores"]["zh"]["R@1_interval"]) == 2
    assert {"encoder", "documents_sha256", "code_sha256", "dataset_sha256"} <= set(report["index"])
    assert report["latency_ms"]["total"]["p50"] > 0
    run = [line.split("\t" if "\t" in line else " ", 2) for line in out.with_suffix(".trec").read_text().splitlines()]
    assert run[0][:2] == ["q1", "Q0"]
    page = out.with_suffix(".html").read_text(encoding="utf-8")
    assert "as shipped" in page
    assert "<svg" in page
    assert "http-equiv" not in page
    assert 'src="' not in page
    assert "什么" in page  # the question that failed
    assert "| as shipped |" in out.with_suffix(".md").read_text(encoding="utf-8")


def test_a_query_without_a_ranking_has_zero_and_ties_keep_their_order(collection: Path) -> None:
    found = {row.id: row.scores for row in score(read_collection(collection), {"q1": ["b 2", "a/1"], "q2": ["b 2"]})}
    assert (found["q1"]["R@1"], found["q1"]["MRR@10"], found["q1"]["R@5"]) == (0, 0.5, 1)
    assert found["q2"]["R@1"] == 1
    assert set(found["q3"].values()) == {0.0}
