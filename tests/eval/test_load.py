"""A short run under load against a server of its own."""

from __future__ import annotations

import json

from app.cli import main


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
    assert found["in_process"] > 0
    assert 0 < found["ms"]["p50"] <= found["ms"]["p95"] <= found["ms"]["p99"]
    assert min(found["rss_mb"]) > 50
    assert "6 clients" in capsys.readouterr().out
