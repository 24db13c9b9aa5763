"""Votes on answers: kept for good, and shown only to the operator."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.api import create_app
from app.cli import main
from index import feedback

ID = "3f0c5d1e7a9b2c4d"
HOLDER = {b"authorization": "Bearer geheim-秘密".encode()}


@pytest.fixture
def client(services, tmp_path):
    settings = services.settings.model_copy(update={"index": tmp_path, "token": SecretStr("geheim-秘密")})
    return TestClient(create_app(replace(services, settings=settings), page=False), raise_server_exceptions=False)


def read(client, **query):
    return client.get("/api/v1/feedback", params=query, headers=HOLDER)


def test_a_vote_is_kept_and_exported(client, tmp_path, monkeypatch, capsys):
    given = client.post("/api/v1/feedback", json={"answer_id": ID, "vote": "down", "comment": "少了一所；\nmore"})
    assert given.status_code == 201
    assert client.post("/api/v1/feedback", json={"answer_id": ID, "vote": "up"}).status_code == 201
    found = read(client).json()
    assert [(vote["answer_id"], vote["vote"], vote["comment"]) for vote in found] == [
        (ID, "down", "少了一所；\nmore"),
        (ID, "up", None),
    ]
    assert found[0] == given.json()
    assert read(client, after=found[0]["id"]).json() == found[1:]
    assert read(client, most=1).json() == found[:1]
    monkeypatch.setenv("PLANQA_INDEX", str(tmp_path))
    assert main(["feedback", "--json"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == found


def test_only_the_tokens_holder_reads(client, services):
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}):
        refused = client.get("/api/v1/feedback", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "token_needed")
        assert refused.headers["www-authenticate"] == "Bearer"
    without = TestClient(create_app(services, page=False))
    assert without.get("/api/v1/feedback", headers={"authorization": "Bearer "}).json()["code"] == "not_open"


@pytest.mark.parametrize(
    "change", [{"vote": "sideways"}, {"answer_id": "x"}, {"comment": "x" * 2001}, {"answer_id": ID + "\n"}]
)
def test_a_malformed_vote_is_refused(client, change):
    refused = client.post("/api/v1/feedback", json={"answer_id": ID, "vote": "up", **change})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert read(client).json() == []


def test_a_vote_is_on_disk_when_it_is_answered(tmp_path):
    feedback.FeedbackStore(tmp_path).add(ID, "up", None)
    with feedback.FeedbackStore(tmp_path)._connection() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_file_does_not_grow_for_ever(client, monkeypatch):
    monkeypatch.setattr(feedback, "MOST_PAGES", 8)
    body = {"answer_id": ID, "vote": "up", "comment": "很" * 2000}
    statuses = [client.post("/api/v1/feedback", json=body).status_code for _ in range(10)]
    kept = statuses.count(201)
    assert 0 < kept < 10
    assert set(statuses) == {201, 503}
    assert len(read(client).json()) == kept


def test_a_damaged_file_is_told_to_the_operator(tmp_path, monkeypatch, capsys):
    (tmp_path / feedback.FILE).write_bytes(b"no database" * 1000)
    monkeypatch.setenv("PLANQA_INDEX", str(tmp_path))
    assert main(["feedback"]) == 2
    assert "feedback.sqlite3 cannot be used" in capsys.readouterr().err
