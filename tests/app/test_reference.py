"""The interface as it is described: every example can be sent as it stands."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from html import unescape

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.api import create_app
from app.reference import calls

TOKEN = "of-the-test"


@pytest.fixture(scope="module")
def own(services, tmp_path_factory):
    changes = {"token": SecretStr(TOKEN), "index": tmp_path_factory.mktemp("votes")}
    settings = services.settings.model_copy(update=changes)
    return TestClient(create_app(replace(services, settings=settings), page=False))


@pytest.fixture(scope="module")
def described(own):
    return list(calls(own.get("/openapi.json").json()))


def test_every_example_is_taken(own, described):
    assert len(described) > 15
    for _, operation, call in described:
        headers = {"authorization": f"Bearer {TOKEN}"} if operation.get("security") else {}
        response = own.request(call.method, call.address, json=call.body, headers=headers)
        assert response.is_success, f"{call}: {response.text}"


def test_the_page_shows_each_operation_its_own_call(own, described):
    page = own.get("/docs", headers={"host": "plans.example:1"}).text
    assert "PLANQA=plans.example:1" in page
    shown = [shlex.split(unescape(line)) for line in re.findall(r"<pre>(curl .*)</pre>", page)]
    assert [words[-1] for words in shown] == [f"$PLANQA{call.path}" for _, _, call in described]
    bodies = [json.loads(words[words.index("-d") + 1]) if "-d" in words else None for words in shown]
    assert bodies == [call.body for _, _, call in described]
    tokens = ["authorization: Bearer $PLANQA_TOKEN" in words for words in shown]
    assert tokens == ["security" in operation for _, operation, _ in described]
