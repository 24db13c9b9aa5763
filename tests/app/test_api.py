"""The HTTP interface: its shapes, its errors, its headers, and that every place is a true slice of the source."""

from __future__ import annotations

import inspect
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.api import create_app
from app.problems import STATUS
from app.settings import Settings
from app.wiring import Services
from index.build import Builder
from index.database import Identity
from index.library import Library
from index.wordings import StoredWordings
from rag import errors
from rag.dictionary import Dictionary
from rag.pipeline import Assistant
from rag.text import squeeze
from rag.tokenizer import Tokenizer
from rag.wording.verify import Verifier
from tests.fakes import PairEncoder

PLAN = "luojiang-2021"
ANSWER_KEYS = set(
    "id question language status text citations related completeness resolved scope confidence answerer "
    "timings_ms".split()
)
CITATION_KEYS = set(
    "number document_id document_title section paragraph_id paragraph_number quote start end "
    "line_start line_end translation sha256".split()
)
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "instance"}


@pytest.fixture(scope="module")
def source(client):
    return client.get(f"/api/v1/documents/{PLAN}/source").text


@pytest.fixture
def small(tmp_path, plan_file, settings):
    """A service over two small plans, one with a Chinese id and one full of markup."""
    hostile = tmp_path / "hostile.txt"
    hostile.write_text(
        "<script>alert(1)</script>规划\n\n一、教育\n新建<img src=x onerror=alert(1)>小学&amp;幼儿园。\n",
        "utf-8",
    )
    encoder, tokenizer = PairEncoder(), Tokenizer()
    folder = tmp_path / "index"
    Builder(folder, encoder, tokenizer).build([plan_file, hostile])
    library = Library.open(folder, Identity(encoder.name, encoder.dim, tokenizer.name))
    assistant = Assistant(encoder, tokenizer, Dictionary.load(settings.cache), library, 50)
    verifier = Verifier(StoredWordings(library.store), tokenizer)
    return Services(Settings(index=folder, max_question_chars=50), library, assistant, verifier)


@pytest.fixture
def small_client(small):
    return TestClient(create_app(small, page=False), raise_server_exceptions=False)


def assert_true_slice(citation, source):
    assert set(citation) == CITATION_KEYS
    assert squeeze(source[citation["start"] : citation["end"]]) == squeeze(citation["quote"]) != ""
    before = source[: citation["start"]].count("\n") + 1
    assert (citation["line_start"], citation["line_end"]) == (
        before,
        before + source[citation["start"] : citation["end"]].count("\n"),
    )


def assert_problem(response, status, code):
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) - {"errors"} == PROBLEM_KEYS
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["instance"] == "urn:uuid:" + response.headers["x-request-id"]
    assert body["detail"].endswith(".")
    return body


# Answers and passages


@pytest.mark.parametrize("question", ["洛江要建哪些学校？", "what schools are being built?"])
def test_answer_has_the_contracts_shape_and_true_places(client, source, question):
    response = client.post("/api/v1/ask", json={"question": question})
    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == ANSWER_KEYS
    assert answer["status"] == "answered"
    assert answer["question"] == question
    assert answer["citations"]
    for number, citation in enumerate(answer["citations"], start=1):
        assert_true_slice(citation, source)
        assert citation["number"] == number
        assert f"[{number}]" in answer["text"]


def test_refusal_cites_the_nearest_passages(client, source):
    answer = client.post("/api/v1/ask", json={"question": "When will the schools open?"}).json()
    assert answer["status"] == "not_stated"
    assert not answer["citations"]
    assert answer["related"]
    for citation in answer["related"]:
        assert_true_slice(citation, source)


def test_search_gives_ranked_hits_with_places(client, source):
    result = client.get("/api/v1/search", params={"q": "学校", "k": 3, "plan": PLAN}).json()
    assert set(result) == {"query", "hits", "scope"}
    assert [hit["rank"] for hit in result["hits"]] == [1, 2, 3]
    scores = [hit["score"] for hit in result["hits"]]
    assert scores == sorted(scores, reverse=True)
    for hit in result["hits"]:
        assert set(hit) == set("rank score dense sentence lexical plan coverage matched passage".split())
        passage = hit["passage"]
        assert set(passage) == set("id document_id document_title section text citations".split())
        assert passage["citations"]
        for citation in passage["citations"]:
            assert_true_slice(citation, source)
        assert squeeze("".join(citation["quote"] for citation in passage["citations"])) == squeeze(passage["text"])


def test_search_gives_ten_by_default_and_at_most_fifty(client):
    assert len(client.get("/api/v1/search", params={"q": "学校"}).json()["hits"]) == 10
    assert client.get("/api/v1/search", params={"q": "学校", "k": 50}).status_code == 200
    for k in (0, 51):
        assert_problem(client.get("/api/v1/search", params={"q": "学校", "k": k}), 422, "invalid_request")


# Plans


def test_source_is_the_file_to_the_letter(client, luojiang):
    response = client.get(f"/api/v1/documents/{PLAN}/source")
    assert response.content == luojiang.source.encode("utf-8")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_document_lists_paragraphs_that_are_slices(client, source):
    assert [info["id"] for info in client.get("/api/v1/documents").json()] == [PLAN]
    document = client.get(f"/api/v1/documents/{PLAN}").json()
    assert document["info"]["id"] == PLAN
    assert document["characters"] == len(source)
    assert document["lines"] == len(source.splitlines())
    assert [paragraph["number"] for paragraph in document["paragraphs"]] == list(
        range(1, len(document["paragraphs"]) + 1)
    )
    for paragraph in document["paragraphs"]:
        assert squeeze(source[paragraph["start"] : paragraph["end"]]) == squeeze(paragraph["text"])
        assert client.get(f"/api/v1/documents/{PLAN}/paragraphs/{paragraph['number']}").json() == paragraph


def test_paragraph_marks_the_slice_that_is_asked_for(client):
    citation = client.post("/api/v1/ask", json={"question": "要建哪些学校？"}).json()["citations"][0]
    place = f"/api/v1/documents/{PLAN}/paragraphs/{citation['paragraph_number']}"
    paragraph = client.get(place, params={"start": citation["start"], "end": citation["end"]}).json()
    mark = paragraph["mark"]
    assert paragraph["text"][mark["begin"] : mark["stop"]] == citation["quote"]
    lines = ("line_start", "line_end")
    assert [mark[line] for line in lines] == [citation[line] for line in lines]
    assert [mark[line] for line in lines] != [paragraph[line] for line in lines]
    assert paragraph["sha256"] == citation["sha256"]
    assert client.get(place, params={"start": 0, "end": 1}).json()["mark"] is None


def test_ids_in_chinese(small_client):
    ids = [info["id"] for info in small_client.get("/api/v1/documents").json()]
    chinese = next(name for name in ids if not name.isascii())
    assert small_client.get(f"/api/v1/documents/{chinese}").json()["info"]["id"] == chinese
    assert "青山小学" in small_client.get(f"/api/v1/documents/{chinese}/source").text
    assert "青山小学" in small_client.get(f"/plans/{chinese}").text
    hits = small_client.get("/api/v1/search", params={"q": "青山小学", "plan": chinese}).json()["hits"]
    assert {hit["passage"]["document_id"] for hit in hits} == {chinese}


# The page of a plan


def test_plan_page_marks_the_quote(client):
    citation = client.post("/api/v1/ask", json={"question": "要建哪些学校？"}).json()["citations"][0]
    response = client.get(f"/plans/{PLAN}", params={"start": citation["start"], "end": citation["end"]})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = response.text
    assert page.count("<mark>") == 1
    assert f"<mark>{citation['quote']}</mark>" in page
    assert '<html lang="zh-CN">' in page
    for number in range(1, 32):
        assert page.count(f'id="p{number}"') == 1
    assert "<mark>" not in client.get(f"/plans/{PLAN}").text
    assert "<script" not in page


def test_plan_page_shows_markup_as_text(small_client):
    page = small_client.get("/plans/hostile").text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "小学&amp;amp;幼儿园" in page
    assert "<img" not in page
    assert "<script" not in page


def test_plan_page_speaks_the_readers_language(client):
    assert "114–141行" in client.get(f"/plans/{PLAN}", headers={"accept-language": "zh-CN,en;q=0.5"}).text
    assert "lines 114–141" in client.get(f"/plans/{PLAN}", headers={"accept-language": "en,zh;q=0.5"}).text


def test_plan_page_is_light_or_dark_as_was_chosen(client):
    def theme(cookie):
        return re.findall(r'data-theme="(.*?)"', client.get(f"/plans/{PLAN}", headers={"cookie": cookie}).text)

    assert theme("planqa_theme=dark") == ["dark"]
    assert theme("planqa_theme=light") == ["light"]
    assert theme('planqa_theme="><b>') == theme("") == []


# Health and description


def test_health(client):
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready", "plans": 1}


def test_not_ready_without_a_plan(tmp_path, services):
    class Empty:
        def documents(self):
            return []

    client = TestClient(create_app(replace(services, library=Empty()), page=False))
    body = assert_problem(client.get("/readyz"), 503, "index_missing")
    assert "planqa" not in body["detail"]
    assert client.get("/healthz").status_code == 200


def test_description_has_examples_and_loads_nothing_from_elsewhere(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        "/api/v1/ask",
        "/api/v1/ask/stream",
        "/api/v1/verify",
        "/api/v1/drafts/text",
        "/api/v1/drafts/{form}",
        "/api/v1/search",
        "/api/v1/documents",
        "/api/v1/documents/{document_id}",
        "/api/v1/documents/{document_id}/paragraphs/{number}",
        "/api/v1/documents/{document_id}/slice",
        "/api/v1/documents/{document_id}/source",
        "/api/v1/feedback",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{name}",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    example = paths["/api/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]["example"]
    # FastAPI leaves out what is null.
    assert set(example) == ANSWER_KEYS - {"completeness", "resolved", "scope"}
    assert set(example["citations"][0]) == CITATION_KEYS - {"translation"}
    page = client.get("/docs").text
    assert all(path in page for path in paths)
    assert "://" not in page


def test_example_of_the_description_is_true(client, source):
    paths = client.get("/openapi.json").json()["paths"]
    example = paths["/api/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]["example"]
    assert_true_slice({**example["citations"][0], "translation": None}, source)
    assert example["citations"][0]["quote"] in example["text"]


# Errors


def test_every_error_has_a_status():
    kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.PlanQAError)}
    assert set(STATUS) == kinds


def test_errors_are_problems(client, small_client):
    assert_problem(client.get("/api/v1/nowhere"), 404, "no_such_path")
    assert_problem(client.get("/nowhere"), 404, "no_such_path")
    assert_problem(client.get("/api/v1/documents/nowhere"), 404, "not_found")
    assert_problem(client.get(f"/api/v1/documents/{PLAN}/paragraphs/0"), 404, "not_found")
    assert_problem(client.get(f"/api/v1/documents/{PLAN}/paragraphs/32"), 404, "not_found")
    assert_problem(client.post("/api/v1/ask", json={"question": "学校", "plan": "nowhere"}), 404, "not_found")
    assert_problem(small_client.post("/api/v1/ask", json={"question": "学" * 51}), 422, "invalid_question")
    wrong_method = client.get("/api/v1/ask")
    assert_problem(wrong_method, 405, "method_not_allowed")
    assert wrong_method.headers["allow"] == "POST"


def test_invalid_request_names_the_place_and_repeats_nothing(client):
    response = client.post("/api/v1/ask", json={"question": ["secret words"]})
    body = assert_problem(response, 422, "invalid_request")
    assert [item["place"] for item in body["errors"]] == ["body.question"]
    assert "secret" not in response.text
    assert_problem(client.post("/api/v1/ask", content="{"), 422, "invalid_request")


def test_large_bodies_are_refused(client):
    def pieces():
        for _ in range(400):
            yield b" " * 1000

    assert_problem(client.post("/api/v1/ask", content=b" " * 400_000), 413, "body_too_large")
    assert_problem(client.post("/api/v1/ask", content=pieces()), 413, "body_too_large")
    assert client.post("/gradio_api/queue/join", content=pieces()).status_code == 413


def test_unexpected_error_tells_the_client_nothing_and_the_log_where(services, caplog):
    class Broken:
        def ask(self, question, plan=None, history=(), section=None):
            raise RuntimeError(f"/secret/path {question}")

    client = TestClient(create_app(replace(services, assistant=Broken()), page=False))
    response = client.post("/api/v1/ask", json={"question": "my private question"})
    body = assert_problem(response, 500, "unexpected")
    assert "secret" not in response.text
    assert body["instance"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "test_api.py" in caplog.text
    assert "private" not in caplog.text


def test_questions_are_not_logged(client, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("app", "rag", "index"):
        caplog.set_level(logging.DEBUG, logger=name)
    client.post("/api/v1/ask", json={"question": "my private question on schools"})
    client.get("/api/v1/search", params={"q": "my private query"})
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert not [line for line in ours if "private" in line]


# Headers


@pytest.mark.parametrize("path", ["/", "/api/v1/documents", f"/plans/{PLAN}", "/healthz", "/nowhere", "/config"])
def test_security_headers_everywhere(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == ("'self'" if path in {"/", "/config"} else "'none'")
    assert policy["frame-ancestors"] == "'self'"
    assert ("script-src" in policy) == (path in {"/", "/config"})


def test_no_other_origin_is_let_in(client):
    evil = {"origin": "https://evil.example", "host": "planqa.example"}
    for path in ("/api/v1/documents", "/config"):
        assert "access-control-allow-origin" not in client.get(path, headers=evil).headers
    preflight = client.options("/api/v1/ask", headers={**evil, "access-control-request-method": "POST"})
    assert preflight.status_code == 400
    assert preflight.headers["x-content-type-options"] == "nosniff"


def test_static_files_are_only_ours(client):
    assert client.get("/page/page.js").status_code == 200
    assert client.get("/page/%2e%2e/api.py").status_code == 404
    assert Path("app/static/page.js").read_text("utf-8") == client.get("/page/page.js").text


def test_what_was_asked_before_may_be_told_as_messages(client: TestClient) -> None:
    before = [{"role": "user", "content": "要建哪些学校？"}, {"role": "assistant", "content": "建设阳江学园……"}]
    answers = [
        client.post("/api/v1/ask", json={"question": "那医院呢？", "history": history}).json()
        for history in (before, ["要建哪些学校？"])
    ]
    assert answers[0]["resolved"] == "要建哪些医院？"
    assert answers[0]["text"] == answers[1]["text"]
    assert client.post("/api/v1/ask", json={"question": "那医院呢？", "history": [{"role": "user"}]}).status_code == 422
