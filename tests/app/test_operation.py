"""The service under an operator's eyes: limits, counters, log lines, and how it stops."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import httpx
import openai
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app import log
from app.api import create_app
from app.serve import warm_up
from rag.errors import IndexMissingError
from rag.language import detect_language
from tests.app.conftest import serving

QUESTION = "How many new basic-education places will be added?"


def counters(text):
    """{name and labels: value} of what /metrics says."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def wait_until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def with_settings(services):
    def make(assistant=services.assistant, **changes):
        settings = services.settings.model_copy(update=changes)
        return create_app(replace(services, settings=settings, assistant=assistant), page=False)

    return make


# Limits


def test_one_client_asks_so_often_a_minute(with_settings):
    app = with_settings(rate_per_minute=4)
    client = TestClient(app, client=("192.0.2.1", 1))
    assert client.post("/api/v1/ask", json={"question": "你好"}).status_code == 200
    assert client.post("/api/v1/verify", json={"text": "学位"}).status_code == 200
    assert client.get("/api/v1/search", params={"q": "学位"}).status_code == 200
    assert client.post("/gradio_api/queue/join", json={}).status_code == 404  # counted though there is no page
    refused = client.post("/api/v1/ask", json={"question": "你好"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert client.get("/api/v1/documents").status_code == 200
    chat = client.post("/v1/chat/completions", json={"model": "planqa", "messages": []})
    assert chat.json()["error"]["type"] == "rate_limit_error"
    assert TestClient(app, client=("192.0.2.2", 1)).post("/api/v1/ask", json={"question": "你好"}).status_code == 200
    assert counters(client.get("/metrics").text)[("planqa_rate_limited_total",)] == 2


def test_an_ipv6_network_is_one_client(with_settings):
    app = with_settings(rate_per_minute=1)
    ask = {"question": "你好"}
    assert TestClient(app, client=("2001:db8::1", 1)).post("/api/v1/ask", json=ask).status_code == 200
    assert TestClient(app, client=("2001:db8::2", 1)).post("/api/v1/ask", json=ask).status_code == 429
    assert TestClient(app, client=("2001:db8:0:1::1", 1)).post("/api/v1/ask", json=ask).status_code == 200


def test_more_than_may_wait_are_told_to_come_back(services, with_settings):
    class Slow:
        finish = threading.Event()

        def ask(self, *asked):
            self.finish.wait(30)
            return services.assistant.ask(*asked)

    with (
        serving(with_settings(Slow(), at_once=1, waiting=1)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
        ThreadPoolExecutor(2) as pool,
    ):

        def ask():
            return client.post("api/v1/ask", json={"question": QUESTION})

        def in_flight():
            return counters(client.get("metrics").text)[("planqa_questions_in_flight",)]

        try:
            first, second = pool.submit(ask), pool.submit(ask)
            wait_until(lambda: in_flight() == 2)
            third = ask()
            assert (third.status_code, third.json()["code"]) == (503, "busy")
            assert int(third.headers["retry-after"]) >= 1
            with (
                openai.OpenAI(base_url=address + "v1", api_key="any", max_retries=0) as model,
                pytest.raises(openai.InternalServerError),
            ):
                model.chat.completions.create(model="planqa", messages=[{"role": "user", "content": QUESTION}])
            assert client.get("readyz").status_code == 200
        finally:
            Slow.finish.set()
        assert [first.result().status_code, second.result().status_code] == [200, 200]
        assert in_flight() == 0


def test_names_are_checked_where_they_are_listed(with_settings):
    client = TestClient(with_settings(hosts="Plans.example, other.example"))

    def status(host):
        return client.get("/healthz", headers={"host": host}).status_code

    assert [status("plans.example:7860"), status("127.0.0.1:7860"), status("[::1]"), status("localhost")] == [200] * 4
    assert [status("evil.example"), status(""), status("[")] == [421] * 3


# Counters and the log


def test_metrics_count_by_template_status_and_language(with_settings):
    client = TestClient(with_settings())
    client.post("/api/v1/ask", json={"question": QUESTION})
    client.post("/api/v1/ask", json={"question": "你好"})
    client.get("/api/v1/documents/luojiang-2021/paragraphs/3")
    client.get("/api/v1/documents/nope/paragraphs/3")
    client.get("/secret/path")
    client.request("INVENTED", "/healthz")
    response = client.get("/metrics")
    found = counters(response.text)
    assert response.headers["content-type"].startswith("text/plain")
    assert found[("planqa_requests_total", "POST", "/api/v1/ask", "200")] == 2
    paragraph = "/api/v1/documents/{document_id}/paragraphs/{number}"
    assert found[("planqa_requests_total", "GET", paragraph, "200")] == 1
    assert found[("planqa_requests_total", "GET", paragraph, "404")] == 1
    assert found[("planqa_requests_total", "GET", "none", "404")] == 1
    assert found[("planqa_requests_total", "other", "/healthz", "405")] == 1
    assert found[("planqa_request_seconds_count", "/api/v1/ask")] == 2
    assert found[("planqa_answers_total", "en", "answered")] == 1
    assert found[("planqa_answers_total", "zh", "greeting")] == 1
    assert found[("planqa_plans",)] == 1
    assert "secret" not in response.text


def test_a_reader_who_goes_away_ends_the_stream(services, with_settings):
    class Endless:
        def ask(self, *asked):
            answer = services.assistant.ask(*asked)
            return replace(answer, text=f"{'x' * 10_000} [1]" * 3000)

    with serving(with_settings(Endless())) as address:
        body = {"question": QUESTION}
        with httpx.stream("POST", address + "api/v1/ask/stream", json=body) as response:
            next(response.iter_bytes())
        chat = {"model": "planqa", "messages": [{"role": "user", "content": QUESTION}], "stream": True}
        with httpx.stream("POST", address + "v1/chat/completions", json=chat) as response:
            next(response.iter_bytes())

        def broken_off():
            return counters(httpx.get(address + "metrics").text)[("planqa_streams_broken_off_total",)]

        wait_until(lambda: broken_off() == 2)


def test_a_requests_number_is_kept_if_it_is_plain(with_settings):
    client = TestClient(with_settings())

    def number(given):
        return client.get("/nowhere", headers={"x-request-id": given})

    kept = number("edge-0123456789")
    assert kept.headers["x-request-id"] == kept.json()["instance"] == "edge-0123456789"
    for odd in ("short", "x" * 65, "a b c d e f", '"quoted-text"'):
        assert number(odd).headers["x-request-id"] != odd


def test_a_request_is_one_line_and_its_question_only_where_wanted(with_settings, caplog):
    caplog.set_level(logging.INFO, "app")

    def line(**changes):
        caplog.clear()
        TestClient(with_settings(**changes)).post("/api/v1/ask", json={"question": QUESTION})
        (record,) = [record for record in caplog.records if record.name == "app.edge"]
        return json.loads(log._JsonLine().format(record))

    told = line()
    assert told["message"] == "request"
    assert (told["method"], told["route"], told["status"]) == ("POST", "/api/v1/ask", 200)
    assert (told["answer_status"], told["language"]) == ("answered", "en")
    assert told["ms"] > 0
    assert "places" not in json.dumps(told)
    assert line(log_questions=True)["question"] == QUESTION


# The process


def test_whoever_asks_first_does_not_wait_for_what_is_loaded_late(services, caplog):
    asked = []

    class Recording:
        def ask(self, question):
            asked.append(question)
            raise IndexMissingError("no plan")

    warm_up(replace(services, assistant=Recording()))  # goes on without a plan
    assert [detect_language(question) for question in asked] == ["zh", "en"]
    assert caplog.text.count("index_missing") == 2


@contextmanager
def process(settings, **environment):
    """`planqa serve` as an operator runs it, and where it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--no-page", "--port", str(port)],
        env={**os.environ, "PLANQA_INDEX": str(settings.index), **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/", timeout=60) as client:

            def ready():
                assert running.poll() is None, running.stderr.read()
                try:
                    return client.get("readyz").status_code == 200
                except httpx.TransportError:
                    return False

            wait_until(ready, 120)  # it loads the model, and answers a first question
            yield running, client
    finally:
        running.kill()
        running.communicate()


def test_stopping_finishes_the_answers_in_flight(services):
    with (
        process(services.settings, PLANQA_AT_ONCE="1", PLANQA_TOKEN="very-secret") as (running, client),
        ThreadPoolExecutor(8) as pool,
    ):
        asked = [pool.submit(client.post, "api/v1/ask", json={"question": QUESTION}) for _ in range(8)]
        wait_until(lambda: counters(client.get("metrics").text)[("planqa_questions_in_flight",)] >= 3)
        running.send_signal(signal.SIGTERM)
        answers = [future.result() for future in asked]
        _, lines = running.communicate(timeout=30)
    assert [answer.json()["status"] for answer in answers] == ["answered"] * 8
    told = [json.loads(line) for line in lines.splitlines()]
    (start,) = [line for line in told if "answers on" in line["message"]]
    assert start["at_once"] == "1"
    assert start["token"]
    assert "very-secret" not in lines
    assert sum(line["message"] == "request" and line["route"] == "/api/v1/ask" for line in told) == 8
