"""A short run under load against a server of its own."""

from __future__ import annotations

import json

import pytest

from app.cli import main
from eval.load import WINDOWS, Part


def test_every_request_is_counted_and_a_refusal_is_no_error(services, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PLANQA_INDEX", str(services.settings.index))
    monkeypatch.setenv("PLANQA_AT_ONCE", "1")
    monkeypatch.setenv("PLANQA_WAITING", "0")
    out = tmp_path / "load.json"
    assert main(["eval", "load", "--clients", "6", "--seconds", "2", "--out", str(out)]) == 0
    found = json.loads(out.read_text("utf-8"))
    assert set(found["statuses"]) == {"200", "503"}
    assert sum(found["statuses"].values()) == found["requests"]
    assert found["errors"] == 0
    assert found["throughput"] > 0
    assert len(found["in_process_parts"]) == 3
    assert min(found["in_process_parts"]) <= found["in_process"] <= max(found["in_process_parts"])
    assert found["ratio"] > 0
    assert 0 < found["ms"]["p50"] <= found["ms"]["p95"] <= found["ms"]["p99"]
    assert min(found["rss_mb"]) > 50
    assert "6 clients" in capsys.readouterr().out


def test_a_pace_is_counted_in_windows():
    answers = [("200", 10 + position / 4, 0.1) for position in range(20)]  # four a second, for five seconds
    part = Part([*answers, ("503", 12.5, 0.0), ("broken", 12.6, 0.0)], 10.0, 15.0)
    assert WINDOWS == 5
    assert part.rates == pytest.approx([4.0] * 5)
