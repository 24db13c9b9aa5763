"""An answer as a stream of events, read over real HTTP."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient

from app.api import create_app

SCHOOLS = "what schools are being built?"


def events(body):
    """(event, data) of each; comments left out."""
    for block in body.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            yield fields["event"], json.loads(fields["data"])


@pytest.mark.parametrize("question", [SCHOOLS, "洛江要建哪些学校？", "When will the schools open?", "你好"])
def test_stream_is_the_answer_with_every_citation_before_its_use(address, client, question):
    response = httpx.post(address + "api/v1/ask/stream", json={"question": question})
    assert response.headers["content-type"].startswith("text/event-stream")
    seen, text = [], ""
    *before, (last, answer) = events(response.text)
    for event, data in before:
        if event == "citation":
            seen.append(data)
        else:
            assert event == "delta"
            text += data["text"]
            assert set(re.findall(r" \[(\d+)\]", text)) <= {str(citation["number"]) for citation in seen}
    plain = client.post("/api/v1/ask", json={"question": question}).json()
    assert last == "answer"
    assert {**answer, "timings_ms": 0} == {**plain, "timings_ms": 0}
    assert seen == answer["citations"]
    assert text == answer["text"]


def test_what_goes_wrong_before_the_stream_is_an_ordinary_problem(client):
    missing = client.post("/api/v1/ask/stream", json={"question": "学校", "plan": "nope"})
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert missing.headers["content-type"] == "application/problem+json"
    assert client.post("/api/v1/ask/stream", json={}).json()["code"] == "invalid_request"


def test_what_goes_wrong_within_the_stream_is_its_last_event(services):
    class HalfBroken:
        def ask(self, question, plan=None, history=(), section=None):
            answer = services.assistant.ask(question, plan)
            return replace(answer, citations=(answer.citations[0], None))

    client = TestClient(create_app(replace(services, assistant=HalfBroken()), page=False))
    response = client.post("/api/v1/ask/stream", json={"question": SCHOOLS})
    assert response.status_code == 200
    (last, problem) = list(events(response.text))[-1]
    assert (last, problem["code"], problem["status"]) == ("error", "unexpected", 500)
    assert problem["instance"] == "urn:uuid:" + response.headers["x-request-id"]
