"""Reports written, read back and compared; floors."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from eval.floors import undercut
from eval.report import Report, Row, read, write
from rag.errors import InputError


def report(right: list[float], evaluation: str = "answers", code: str = "1") -> Report:
    rows = [
        Row(id=f"q{number}", language="zh" if number % 2 else "en", kind="list", asked=f"问 <b>{number}</b>",
            outcome=f"answered: {value}", scores={"right": value, "length": 10 - value})
        for number, value in enumerate(right)
    ]  # fmt: skip
    return Report(evaluation, "set", {"code_sha256": code}, {}, rows)


def test_a_report_reads_back_as_written(tmp_path: Path) -> None:
    made = report([1, 0, 1])
    write(made, tmp_path / "deep" / "report.json")
    content, rows = read(tmp_path / "deep")
    assert rows == list(made.rows)
    assert content["scores"]["all"]["right"] == pytest.approx(2 / 3, abs=1e-4)
    assert set(content["scores"]) == {"all", "en", "zh", "kind:list"}


def test_compare_tells_worse_from_noise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(report([1.0] * 40), tmp_path / "a" / "report.json")
    write(report([0.0] * 15 + [1.0] * 25, code="2"), tmp_path / "b" / "report.json")
    write(report([0.0] + [1.0] * 38), tmp_path / "c" / "report.json")
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    out = capsys.readouterr().out
    assert "worse" in out
    assert "code_sha256 differs: 1 and 2" in out
    assert "15 questions changed in right" in out
    assert "q0 1.00 -> 0.00" in out
    assert main(["eval", "compare", str(tmp_path / "b"), str(tmp_path / "a")]) == 0
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "c")]) == 0
    out = capsys.readouterr().out
    assert "noise" in out
    assert "only before: 1 questions" in out
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "a")]) == 0
    assert "No measure moved." in capsys.readouterr().out


def test_only_reports_of_one_kind_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(report([1.0]), tmp_path / "a" / "report.json")
    write(report([1.0], "verify"), tmp_path / "b" / "report.json")
    (tmp_path / "c.json").write_text("{}", encoding="utf-8")
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 2
    assert "Compare two of one kind" in capsys.readouterr().err
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path / "c.json")]) == 2
    assert "is not a report" in capsys.readouterr().err


def test_floors_look_both_ways(tmp_path: Path) -> None:
    floors = tmp_path / "floors.toml"
    floors.write_text("[dev.all]\nall_facts = 0.5\nrefused_answerable = 0.1\n[dev.en]\nright = 0.1\n", encoding="utf-8")
    good = {"all": {"all_facts": 0.5, "refused_answerable": 0.1}, "en": {"right": 1}}
    assert undercut(good, floors, "dev") == []
    bad = {"all": {"all_facts": 0.49, "refused_answerable": 0.11}}
    assert undercut(bad, floors, "dev") == [
        "all all_facts is 0.49, but must be at least 0.5.",
        "all refused_answerable is 0.11, but must be at most 0.1.",
        "en right is None, but must be at least 0.1.",
    ]
    with pytest.raises(InputError, match="no floors"):
        undercut(good, floors, "test")
