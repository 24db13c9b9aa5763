"""The command line as a script meets it: exit status, standard output, standard error, files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from app.wiring import Services
from index.dense import read_manifest


@pytest.fixture
def index(services: Services, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the command line to the session's index."""
    monkeypatch.setenv("PLANQA_INDEX", str(services.settings.index))
    return services.settings.index


def test_an_answer_is_all_there_is_on_standard_output(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "新增多少学位？", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] == "力争新增基础教育学位7500个以上"
    assert set(answer) == {
        "id", "question", "language", "status", "text", "citations", "related", "completeness",
        "resolved", "scope", "confidence", "answerer", "timings_ms"
    }  # fmt: skip


def test_a_batch_gives_every_line_its_id_back(index: Path, tmp_path: Path) -> None:
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text('{"id": 7, "question": "学位"}\n\n{"id": "b", "question": "火星"}\n', encoding="utf-8")
    assert main(["ask", "--batch", str(questions), "--out", str(answers)]) == 0
    lines = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["status"]) for line in lines] == [(7, "answered"), ("b", "out_of_scope")]
    assert list(tmp_path.glob("*.part")) == []


def test_a_long_batch_is_answered_in_parts_and_in_order(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.cli._TOGETHER", 2)
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    asked = ["学位", "火星", "你好", "", "医院"]
    lines = [json.dumps({"id": number, "question": text}) for number, text in enumerate(asked)]
    questions.write_text("\n".join(lines), encoding="utf-8")
    assert main(["ask", "--batch", str(questions), "--out", str(answers)]) == 0
    found = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["question"]) for line in found] == list(enumerate(asked))

    lines[3] = json.dumps({"id": 3, "question": "学位", "plan": "nowhere"})
    questions.write_text("\n".join(lines), encoding="utf-8")
    answers.unlink()
    assert main(["ask", "--batch", str(questions), "--out", str(answers)]) == 2
    assert "q.jsonl, id 3: There is no plan 'nowhere'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [questions]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "question": 2}'])
def test_a_malformed_line_is_named_and_nothing_is_written(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text('{"id": 1, "question": "学位"}\n' + line, encoding="utf-8")
    assert main(["ask", "--batch", str(questions), "--out", str(answers)]) == 2
    assert "q.jsonl, line 2" in capsys.readouterr().err
    assert not answers.exists()


def test_search_says_why_a_passage_was_found(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "卫生用品产值", "-k", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1. luojiang-2021:c")
    assert "产值" in out
    assert "lexical" in out


def test_list_and_check_need_no_encoder(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "list", "--json"]) == 0
    assert [info["id"] for info in json.loads(capsys.readouterr().out)] == ["luojiang-2021"]
    assert main(["index", "check"]) == 0
    assert capsys.readouterr().out == "sound: 1 plans\n"


def test_a_damaged_index_is_told_by_the_exit_status(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot = index / read_manifest(index)["vectors"]["file"]
    whole = snapshot.read_bytes()
    try:
        snapshot.write_bytes(whole[:-9])
        assert main(["index", "check"]) == 1
        assert "snapshot is missing or damaged" in capsys.readouterr().out
    finally:
        snapshot.write_bytes(whole)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ask"], "either a question or --batch"),
        (["ask", "--batch", "x.jsonl"], "go together"),
        (["ask", "--batch", "nowhere.jsonl", "--out", "y"], "nowhere.jsonl"),
        (["ask", "学位", "--plan", "nope"], "no plan 'nope'"),
        (["index", "add", "nowhere.txt"], "does not exist"),
        (["index", "remove", "nope"], "no plan 'nope'"),
        (["ask", "学位\udcff"], "no UTF-8 text"),  # as the system hands over a byte that is none
        (["ask", "学位", "--plan", "\udcff"], "no UTF-8 text"),
    ],
)
def test_wrong_use_is_one_sentence_and_status_2(
    index: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert complaint in err
    assert "Traceback" not in err


def test_a_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANQA_THREADS", "many")
    assert main(["index", "list"]) == 2
    assert "PLANQA_THREADS is 'many'" in capsys.readouterr().err


def test_without_an_index_it_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANQA_INDEX", str(tmp_path))
    assert main(["ask", "学位"]) == 2
    assert "planqa index build" in capsys.readouterr().err
